/* mv [-finuTv] [-t DIRECTORY] SOURCE .. DESTINATION: renames; to another file system, by a copy. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum { FORCED, ASKS, SKIPS, ORDINARY } existing = ORDINARY;
static int is_update, is_verbose;

static enum walk_answer take_away(struct walk *walk, enum walk_event event) {
  int failed = 0;
  if (event == WALK_FAILED || event == WALK_UNREADABLE) {
    errno = walk->error;
    failed = 1;
  } else if (event != WALK_DIRECTORY) {
    failed = unlinkat(walk->fd, walk->name, event == WALK_AFTER ? AT_REMOVEDIR : 0) < 0;
  }
  if (failed) complain("cannot remove %s", quoted(walk->path));
  return WALK_ON;
}

/* The old file goes first, so that the copy is a new one. */
static void copy_across(const char *from, const char *to, const struct stat *old) {
  const struct copy_options options = {.is_recursive = 1, .keeps_mode = 1, .keeps_owner = 1,
                                       .keeps_times = 1, .keeps_hard_links = 1, .is_move = 1,
                                       .is_verbose = is_verbose};
  struct walk walk = {0};
  if (old != NULL && (S_ISDIR(old->st_mode) ? rmdir(to) : unlink(to)) < 0) {
    complain("inter-device move failed: %s to %s; unable to remove target", quoted(from),
             quoted(to));
    return;
  }
  if (copy_to(from, to, &options)) walk_tree(from, WALK_PHYSICAL, &walk, take_away);
}

static int is_newer(const struct stat *a, const struct stat *b) {
  if (a->st_mtime != b->st_mtime) return a->st_mtime > b->st_mtime;
  return a->st_mtime_nsec > b->st_mtime_nsec;
}

/* False when the old file stays; an error has been told. */
static int may_replace(const char *from, const char *to, const struct stat *source,
                       const struct stat *old) {
  char mode[11];
  if (is_same_file(source, old)) {
    complain_only("%s and %s are the same file", quoted(from), quoted(to));
    return 0;
  }
  if (is_update && !S_ISDIR(source->st_mode) && !is_newer(source, old)) return 0;
  if (existing == SKIPS) return 0;
  if (existing == ASKS) return ask("overwrite %s? ", quoted(to));
  if (existing == FORCED || S_ISLNK(old->st_mode) || access(to, W_OK) == 0 || !isatty(0)) {
    return 1;
  }
  mode_text(old->st_mode, mode);
  return ask("replace %s, overriding mode %04o (%s)? ", quoted(to), old->st_mode & 07777, mode + 1);
}

static void move(const char *from, const char *to) {
  struct stat source, old;
  if (lstat(from, &source) < 0) {
    complain("cannot stat %s", quoted(from));
    return;
  }
  int exists = lstat(to, &old) == 0;
  if (!exists && errno != ENOENT) {
    complain("cannot stat %s", quoted(to));
    return;
  }
  if (exists && !may_replace(from, to, &source, &old)) return;
  if (exists && S_ISDIR(old.st_mode) != S_ISDIR(source.st_mode)) {
    if (S_ISDIR(old.st_mode)) {
      complain_only("cannot overwrite directory %s with non-directory", quoted(to));
    } else {
      complain_only("cannot overwrite non-directory %s with directory %s", quoted(to),
                    quoted(from));
    }
    return;
  }
  if (rename(from, to) == 0) {
    if (is_verbose) printf("renamed %s -> %s\n", quoted(from), quoted(to));
  } else if (errno == EXDEV) {
    copy_across(from, to, exists ? &old : NULL);
  } else if (errno == EINVAL && S_ISDIR(source.st_mode)) {
    complain_only("cannot move %s to a subdirectory of itself, %s", quoted(from), quoted(to));
  } else {
    complain("cannot move %s to %s", quoted(from), quoted(to));
  }
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"force", no_argument, NULL, 'f'},
                                        {"interactive", no_argument, NULL, 'i'},
                                        {"no-clobber", no_argument, NULL, 'n'},
                                        {"update", no_argument, NULL, 'u'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {"no-target-directory", no_argument, NULL, 'T'},
                                        {"target-directory", required_argument, NULL, 't'},
                                        {NULL, 0, NULL, 0}};
  const char *directory = NULL;
  int is_plain = 0;
  for (int option; (option = next_option(argc, argv, "finuTvt:", longs,
                                         "mv [-finuTv] SOURCE .. DESTINATION\n")) != -1;) {
    if (option == 'f') existing = FORCED;
    if (option == 'i') existing = ASKS;
    if (option == 'n') existing = SKIPS;
    if (option == 'u') is_update = 1;
    if (option == 'v') is_verbose = 1;
    if (option == 'T') is_plain = 1;
    if (option == 't') directory = optarg;
  }
  int count = argc - optind;
  char **operands = argv + optind;
  if (count == 0) wrong_usage("missing file operand");
  if (count == 1 && directory == NULL) {
    wrong_usage("missing destination file operand after %s", quoted(operands[0]));
  }
  if (is_plain && count > 2) wrong_usage("extra operand %s", quoted(operands[2]));
  if (directory == NULL && !is_plain && (count > 2 || is_directory(operands[count - 1]))) {
    directory = operands[--count];
  }
  if (directory == NULL) {
    move(operands[0], operands[1]);
    return finish(exit_status);
  }
  if (!is_target(directory)) return exit_status;
  for (int i = 0; i < count; i++) {
    char *part = last_part(operands[i]), *to = joined(directory, part);
    move(operands[i], to);
    free(to);
    free(part);
  }
  return finish(exit_status);
}
