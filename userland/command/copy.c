/*
 * Copies of files and trees, for cp and mv. A directory is made writable first and gets its own
 * mode and times when it is full. Files with several names are remembered, so that `cp -a` and mv
 * keep them one file.
 */
#include "command.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 65536
#define HOLE 512 /* runs of zeros of this size and at this alignment become holes */

struct made {
  dev_t device;
  ino_t inode;
  char *path;
  struct made *next;
};

struct copying {
  const struct copy_options *options;
  const char *from, *to; /* the operands */
  mode_t mask;
  int failed;
  struct stat destination; /* what the outermost directory became, once made */
  int has_destination;
};

static struct made *made_files; /* what this program has made, for hard links and for clashes */

int is_same_file(const struct stat *a, const struct stat *b) {
  return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

static struct made *find_made(const struct stat *status) {
  struct made *made = made_files;
  while (made != NULL && (made->inode != status->st_ino || made->device != status->st_dev)) {
    made = made->next;
  }
  return made;
}

static void remember(const struct stat *source, const char *path) {
  struct made *made = must_have(NULL, sizeof *made);
  *made = (struct made){source->st_dev, (ino_t)source->st_ino, copy_text(path), made_files};
  made_files = made;
}

/* --- bytes */

static int is_zero(const char *bytes, size_t count) {
  return *bytes == 0 && memcmp(bytes, bytes + 1, count - 1) == 0;
}

static int write_fully(int fd, const char *from, size_t count) {
  while (count > 0) {
    ssize_t written = write(fd, from, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return -2;
    from += written;
    count -= (size_t)written;
  }
  return 0;
}

/* Writes a block, its zero runs by seeking; *is_hole says that the file ends in such a run. */
static int write_sparsely(int fd, const char *from, size_t count, int *is_hole) {
  for (size_t at = 0; at < count;) {
    size_t run = count - at < HOLE ? count - at : HOLE;
    int zero = run == HOLE && is_zero(from + at, run);
    size_t end = at + run;
    while (end < count) {
      size_t next = count - end < HOLE ? count - end : HOLE;
      if ((next == HOLE && is_zero(from + end, next)) != zero) break;
      end += next;
    }
    if (zero && lseek64(fd, (off64_t)(end - at), SEEK_CUR) < 0) return -2;
    if (!zero && write_fully(fd, from + at, end - at) < 0) return -2;
    *is_hole = zero;
    at = end;
  }
  return 0;
}

int copy_bytes(int from, int to, const struct stat *status) {
  static char block[BLOCK];
  int is_sparse = status != NULL && S_ISREG(status->st_mode) && status->st_size > 0 &&
                  status->st_blocks * 512 < (unsigned long long)status->st_size;
  int is_hole = 0;
  for (;;) {
    ssize_t count = read(from, block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) break;
    int failed = is_sparse ? write_sparsely(to, block, (size_t)count, &is_hole)
                           : write_fully(to, block, (size_t)count);
    if (failed) return failed;
  }
  if (!is_hole) return 0;
  off64_t size = lseek64(to, 0, SEEK_CUR);
  return size < 0 || ftruncate64(to, size) < 0 ? -2 : 0;
}

/* --- one file */

static int keep(struct copying *copying, const char *to, const struct stat *source) {
  const struct copy_options *options = copying->options;
  int is_link = S_ISLNK(source->st_mode), result = 1;
  mode_t mode = source->st_mode & 07777;
  if (options->keeps_times) {
    const struct timespec times[2] = {
        {(long)source->st_atime, (long)source->st_atime_nsec},
        {(long)source->st_mtime, (long)source->st_mtime_nsec},
    };
    if (utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW) < 0) {
      complain("preserving times for %s", quoted(to));
      result = 0;
    }
  }
  if (options->keeps_owner && lchown(to, source->st_uid, source->st_gid) < 0) {
    mode &= ~06000u;
    if (errno != EPERM) {
      complain("failed to preserve ownership for %s", quoted(to));
      result = 0;
    }
  }
  if (options->has_default_mode && !is_link) {
    mode = S_ISDIR(source->st_mode) ? 0777 & ~copying->mask : 0666 & ~copying->mask;
    chmod(to, mode);
  }
  if (options->keeps_mode && !is_link && chmod(to, mode) < 0) {
    complain("preserving permissions for %s", quoted(to));
    result = 0;
  }
  return result;
}

static int open_destination(struct copying *copying, const char *to, mode_t mode, int exists) {
  if (!exists) return open(to, O_WRONLY | O_CREAT | O_EXCL, mode);
  int fd = open(to, O_WRONLY | O_TRUNC);
  if (fd >= 0 || !copying->options->is_forced) return fd;
  if (unlink(to) < 0) {
    complain("cannot remove %s", quoted(to));
    return -2;
  }
  return open(to, O_WRONLY | O_CREAT | O_EXCL, mode);
}

static int copy_regular(struct copying *copying, const char *from, const char *to,
                        const struct stat *source, int exists) {
  int in = open(from, O_RDONLY | O_NONBLOCK);
  if (in < 0) {
    complain("cannot open %s for reading", quoted(from));
    return 0;
  }
  mode_t mode = source->st_mode & (copying->options->keeps_owner ? 0700 : 0777);
  struct stat status;
  if (!exists && lstat(to, &status) == 0 && S_ISLNK(status.st_mode)) {
    complain_only("not writing through dangling symlink %s", quoted(to));
    close(in);
    return 0;
  }
  int out = open_destination(copying, to, mode, exists);
  if (out < 0) {
    if (errno == EISDIR && to[strlen(to) - 1] == '/') errno = ENOTDIR;
    if (out == -1) complain("cannot create regular file %s", quoted(to));
    close(in);
    return 0;
  }
  int result = copying->options->copies_attributes_only ? 0 : copy_bytes(in, out, source);
  if (result == -1) complain("error reading %s", quoted(from));
  if (result == -2) complain("error writing %s", quoted(to));
  if (close(out) < 0 && result == 0) {
    complain("failed to close %s", quoted(to));
    result = -2;
  }
  close(in);
  return result == 0;
}

static int copy_link(const char *from, const char *to) {
  char target[4096];
  ssize_t length = readlink(from, target, sizeof target - 1);
  if (length < 0) {
    complain("cannot read symbolic link %s", quoted(from));
    return 0;
  }
  target[length] = '\0';
  if (symlink(target, to) == 0) return 1;
  complain("cannot create symbolic link %s", quoted(to));
  return 0;
}

static int make_copy(struct copying *copying, const char *from, const char *to,
                     const struct stat *source, int exists) {
  const struct copy_options *options = copying->options;
  if (options->is_hard_link) {
    if (link(from, to) == 0) return 1;
    complain("cannot create hard link %s to %s", quoted(to), quoted(from));
    return 0;
  }
  if (options->is_symbolic_link) {
    if (symlink(from, to) == 0) return 1;
    complain("cannot create symbolic link %s to %s", quoted(to), quoted(from));
    return 0;
  }
  if (S_ISLNK(source->st_mode)) return copy_link(from, to);
  if (S_ISREG(source->st_mode) || !options->is_recursive) {
    return copy_regular(copying, from, to, source, exists);
  }
  mode_t mode = source->st_mode & ~copying->mask;
  if (mknod(to, mode, source->st_rdev) == 0) return 1;
  if (S_ISFIFO(source->st_mode)) complain("cannot create fifo %s", quoted(to));
  else complain("cannot create special file %s", quoted(to));
  return 0;
}

static int is_newer(const struct stat *a, const struct stat *b) {
  if (a->st_mtime != b->st_mtime) return a->st_mtime > b->st_mtime;
  return a->st_mtime_nsec > b->st_mtime_nsec;
}

/* Whether an existing destination may go: 1 yes, 0 no, -1 no and that is an error. */
static int may_replace(struct copying *copying, const char *from, const char *to,
                       const struct stat *source, const struct stat *old) {
  const struct copy_options *options = copying->options;
  struct stat itself;
  if (lstat(to, &itself) < 0) itself = *old;
  int is_replaced = options->removes_destination || options->is_move ||
                    S_ISLNK(source->st_mode) || options->is_hard_link;
  if (is_same_file(source, is_replaced ? &itself : old)) {
    if (options->is_hard_link || (options->is_update && options->is_hard_link)) return 0;
    complain_only("%s and %s are the same file", quoted(from), quoted(to));
    return -1;
  }
  if (S_ISDIR(old->st_mode)) {
    complain_only("cannot overwrite directory %s with non-directory", quoted(to));
    return -1;
  }
  if (options->is_update && !is_newer(source, old)) return 0;
  if (options->existing == COPY_SKIPS) return 0;
  if (options->existing == COPY_ASKS && !ask("overwrite %s? ", quoted(to))) return 0;
  return 1;
}

static int copy_file(struct copying *copying, const char *from, const char *to,
                     const struct stat *source) {
  const struct copy_options *options = copying->options;
  struct stat old;
  int follows = !S_ISLNK(source->st_mode) && !options->is_move;
  int exists = (follows ? stat(to, &old) : lstat(to, &old)) == 0;
  if (exists) {
    int answer = may_replace(copying, from, to, source, &old);
    if (answer <= 0) return answer == 0;
    for (struct made *made = made_files; made != NULL; made = made->next) {
      if (strcmp(made->path, to) != 0) continue;
      if (made->inode == source->st_ino && made->device == source->st_dev) {
        fflush(stdout);
        warnx("warning: source file %s specified more than once", quoted(from));
        return 1;
      }
      complain_only("will not overwrite just-created %s with %s", quoted(to), quoted(from));
      return 0;
    }
    int makes_link = options->is_hard_link || options->is_symbolic_link;
    int is_replaced = makes_link ? options->is_forced
                                 : !S_ISREG(source->st_mode) || options->is_move;
    if (is_replaced || options->removes_destination) {
      if (unlink(to) < 0) {
        complain("cannot remove %s", quoted(to));
        return 0;
      }
      exists = 0;
    }
  }
  struct made *made = options->keeps_hard_links && source->st_nlink > 1 ? find_made(source) : NULL;
  if (made != NULL) {
    if (exists) unlink(to);
    if (link(made->path, to) < 0) {
      complain("cannot create hard link %s to %s", quoted(to), quoted(made->path));
      return 0;
    }
    if (options->is_verbose) printf("%s -> %s\n", quoted(from), quoted(to));
    return 1;
  }
  if (options->is_verbose) printf("%s -> %s\n", quoted(from), quoted(to));
  if (!make_copy(copying, from, to, source, exists)) return 0;
  remember(source, to);
  if (options->is_hard_link || options->is_symbolic_link) return 1;
  return keep(copying, to, source);
}

/* --- trees */

static char *destination_of(const struct copying *copying, const struct walk *walk) {
  const char *rest = walk->path + strlen(copying->from);
  while (*rest == '/') rest++;
  return *rest == '\0' ? copy_text(copying->to) : joined(copying->to, rest);
}

/* Makes the directory, or uses the one that is there. */
static int make_directory(struct copying *copying, const struct walk *walk, const char *to) {
  struct stat old;
  if (stat(to, &old) == 0) {
    if (S_ISDIR(old.st_mode)) {
      if (!copying->has_destination) copying->destination = old;
      return 1;
    }
    complain_only("cannot overwrite non-directory %s with directory %s", quoted(to),
                  quoted(walk->path));
    return 0;
  }
  mode_t mode = walk->status.st_mode & 07777;
  if (mkdir(to, (mode & ~copying->mask & 0777) | 0700) < 0) {
    complain("cannot create directory %s", quoted(to));
    return 0;
  }
  if (copying->options->is_verbose) printf("%s -> %s\n", quoted(walk->path), quoted(to));
  if (!copying->has_destination) stat(to, &copying->destination);
  return 2;
}

static enum walk_answer visit(struct walk *walk, enum walk_event event) {
  struct copying *copying = walk->context;
  const struct copy_options *options = copying->options;
  char *to = destination_of(copying, walk);
  int is_fine = 1;
  enum walk_answer answer = WALK_ON;
  if (event == WALK_FAILED) {
    errno = walk->error;
    complain("cannot stat %s", quoted(walk->path));
    is_fine = 0;
  } else if (event == WALK_UNREADABLE) {
    errno = walk->error;
    complain("cannot access %s", quoted(walk->path));
    is_fine = 0;
  } else if (event == WALK_CYCLE) {
    complain_only("cannot copy cyclic symbolic link %s", quoted(walk->path));
    is_fine = 0;
  } else if (event == WALK_FILE) {
    is_fine = copy_file(copying, walk->path, to, &walk->status);
  } else if (event == WALK_AFTER) {
    is_fine = keep(copying, to, &walk->status);
    mode_t mode = walk->status.st_mode & 0777 & ~copying->mask;
    if (!options->keeps_mode && (mode & 0700) != 0700) is_fine &= chmod(to, mode) == 0;
  } else if (!options->is_recursive) {
    complain_only("-r not specified; omitting directory %s", quoted(walk->path));
    is_fine = 0;
    answer = WALK_SKIP;
  } else if (copying->has_destination && is_same_file(&walk->status, &copying->destination)) {
    complain_only("cannot copy a directory, %s, into itself, %s", quoted(copying->from),
                  quoted(copying->to));
    is_fine = 0;
    answer = WALK_STOP;
  } else {
    is_fine = make_directory(copying, walk, to) != 0;
    copying->has_destination |= is_fine;
    if (!is_fine) answer = WALK_SKIP;
  }
  if (!is_fine) copying->failed = 1;
  free(to);
  return answer;
}

int copy_to(const char *from, const char *to, const struct copy_options *options) {
  struct copying copying = {.options = options, .from = from, .to = to};
  struct walk walk = {.is_one_device = options->is_one_device, .is_by_inode = 1,
                      .context = &copying};
  struct stat source, old;
  enum walk_links links = options->links == COPY_KEEPS_LINKS         ? WALK_PHYSICAL
                          : options->links == COPY_FOLLOWS_OPERANDS ? WALK_FOLLOW_OPERANDS
                                                                    : WALK_FOLLOW_ALL;
  copying.mask = umask(0);
  umask(copying.mask);
  int found = links == WALK_PHYSICAL ? lstat(from, &source) : stat(from, &source);
  if (found == 0 && S_ISDIR(source.st_mode) && options->is_recursive) {
    if (stat(to, &old) == 0 && is_same_file(&source, &old)) {
      complain_only("%s and %s are the same file", quoted(from), quoted(to));
      return 0;
    }
  }
  if (found < 0) {
    complain("cannot stat %s", quoted(from));
    return 0;
  }
  walk_tree(from, links, &walk, visit);
  return !copying.failed;
}
