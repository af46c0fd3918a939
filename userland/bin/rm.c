/* rm [-dfirRv] FILE ..: removes files; -r trees, however deep. Never / nor . nor .. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int is_recursive, is_forced, is_interactive, asks_once, removes_empty, is_verbose;
static int keeps_root = 1;
static int kept_depth; /* where something stayed: what is around it stays, too */

/* Without -i a file that may not be written is asked about, where somebody is there to answer. */
static int may_remove(const struct walk *walk) {
  if (is_forced) return 1;
  int is_protected = !S_ISLNK(walk->status.st_mode) && isatty(0) &&
                     faccessat(walk->fd, walk->name, W_OK, 0) < 0;
  if (!is_interactive && !is_protected) return 1;
  return ask("remove %s%s %s? ", is_protected ? "write-protected " : "", file_kind(&walk->status),
             quoted(walk->path));
}

static void keep(const struct walk *walk) {
  if (walk->depth > kept_depth) kept_depth = walk->depth;
}

static void take_away(const struct walk *walk, int flags) {
  if (!may_remove(walk)) {
    keep(walk);
  } else if (unlinkat(walk->fd, walk->name, flags) < 0) {
    keep(walk);
    complain("cannot remove %s", quoted(walk->path));
  } else if (is_verbose) {
    printf("removed %s%s\n", flags == 0 ? "" : "directory ", quoted(walk->path));
  }
}

static int is_empty(const struct walk *walk) {
  int fd = openat(walk->fd, walk->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  char entries[1024];
  if (fd < 0) return 0;
  long length = syscall(SYS_getdents64, fd, entries, sizeof entries);
  close(fd);
  return length > 0 && length <= 64; /* . and .. take 24 bytes each */
}

static enum walk_answer visit(struct walk *walk, enum walk_event event) {
  if (event == WALK_FAILED) {
    errno = walk->error;
    if (is_forced && (errno == ENOENT || errno == ENOTDIR)) return WALK_ON;
    complain("cannot remove %s", quoted(walk->path));
  } else if (event == WALK_UNREADABLE) {
    errno = walk->error;
    complain("cannot remove %s", quoted(walk->path));
    keep(walk);
    return WALK_SKIP;
  } else if (event == WALK_FILE) {
    take_away(walk, 0);
  } else if (event == WALK_AFTER) {
    if (kept_depth > walk->depth) kept_depth = walk->depth;
    else take_away(walk, AT_REMOVEDIR);
  } else if (removes_empty && !is_recursive) {
    take_away(walk, AT_REMOVEDIR);
    return WALK_SKIP;
  } else if (!is_recursive) {
    errno = EISDIR;
    complain("cannot remove %s", quoted(walk->path));
    return WALK_SKIP;
  } else if (is_interactive && is_empty(walk)) {
    take_away(walk, AT_REMOVEDIR);
    return WALK_SKIP;
  } else if (is_interactive && !ask("descend into directory %s? ", quoted(walk->path))) {
    keep(walk);
    return WALK_SKIP;
  }
  return WALK_ON;
}

static int is_dots(const char *path) {
  char *part = last_part(path);
  return strcmp(part, ".") == 0 || strcmp(part, "..") == 0;
}

static void remove_operand(const char *path) {
  struct walk walk = {0};
  struct stat root, status;
  if (is_dots(path) && is_recursive) {
    complain_only("refusing to remove '.' or '..' directory: skipping %s", quoted(path));
    return;
  }
  if (is_recursive && keeps_root && lstat("/", &root) == 0 && lstat(path, &status) == 0 &&
      is_same_file(&root, &status)) {
    if (strcmp(path, "/") == 0) {
      complain_only("it is dangerous to operate recursively on '/'");
    } else {
      complain_only("it is dangerous to operate recursively on %s (same as '/')", quoted(path));
    }
    complain_only("use --no-preserve-root to override this failsafe");
    return;
  }
  kept_depth = 0;
  walk_tree(path, WALK_PHYSICAL, &walk, visit);
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"recursive", no_argument, NULL, 'r'},
                                        {"force", no_argument, NULL, 'f'},
                                        {"dir", no_argument, NULL, 'd'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {"interactive", optional_argument, NULL, 1},
                                        {"no-preserve-root", no_argument, NULL, 2},
                                        {"preserve-root", no_argument, NULL, 3},
                                        {NULL, 0, NULL, 0}};
  for (int option; (option = next_option(argc, argv, "dfiIrRv", longs,
                                         "rm [-dfiIrRv] FILE ..\n")) != -1;) {
    if (option == 'r' || option == 'R') is_recursive = 1;
    if (option == 'f') is_forced = 1, is_interactive = asks_once = 0;
    if (option == 'i') is_interactive = 1, is_forced = asks_once = 0;
    if (option == 'I') asks_once = 1, is_forced = is_interactive = 0;
    if (option == 'd') removes_empty = 1;
    if (option == 'v') is_verbose = 1;
    if (option == 2) keeps_root = 0;
    if (option == 1) {
      is_forced = 0;
      asks_once = optarg != NULL && strcmp(optarg, "once") == 0;
      is_interactive = optarg == NULL || strcmp(optarg, "always") == 0;
    }
  }
  if (optind == argc && is_forced) return 0;
  if (optind == argc) wrong_usage("missing operand");
  int count = argc - optind;
  if (asks_once && (is_recursive || count > 3)) {
    if (!ask("remove %d argument%s%s? ", count, count == 1 ? "" : "s",
             is_recursive ? " recursively" : "")) {
      return 0;
    }
  }
  for (int i = optind; i < argc; i++) remove_operand(argv[i]);
  return finish(exit_status);
}
