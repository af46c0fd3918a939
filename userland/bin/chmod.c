/* chmod [-cfRv] (MODE | --reference=FILE) FILE ..: sets files' modes, octal or symbolic. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static struct mode_change *change;
static mode_t reference, mask;
static int has_reference, is_recursive, is_quiet, tells_changes, tells_all;

static void tell(const char *path, mode_t old, mode_t mode) {
  char old_text[11], text[11];
  if (old == mode && !tells_all) return;
  mode_text(old, old_text);
  mode_text(mode, text);
  if (old == mode) {
    printf("mode of %s retained as %04o (%s)\n", quoted(path), mode & 07777, text + 1);
  } else {
    printf("mode of %s changed from %04o (%s) to %04o (%s)\n", quoted(path), old & 07777,
           old_text + 1, mode & 07777, text + 1);
  }
}

static void set_mode(const struct walk *walk) {
  mode_t old = walk->status.st_mode & 07777;
  mode_t mode = has_reference ? reference
                              : change_mode(change, old, S_ISDIR(walk->status.st_mode), mask);
  if (fchmodat(walk->fd, walk->name, mode, 0) < 0) {
    if (!is_quiet) complain("changing permissions of %s", quoted(walk->path));
    exit_status = 1;
  } else if (tells_changes || tells_all) {
    tell(walk->path, old, mode);
  }
}

static enum walk_answer visit(struct walk *walk, enum walk_event event) {
  if (event == WALK_FAILED || event == WALK_UNREADABLE) {
    errno = walk->error;
    if (is_quiet) exit_status = 1;
    else if (event == WALK_FAILED) complain("cannot access %s", quoted(walk->path));
    else complain("cannot read directory %s", quoted(walk->path));
    return WALK_ON;
  }
  if (event == WALK_AFTER || event == WALK_CYCLE) return WALK_ON;
  if (S_ISLNK(walk->status.st_mode)) {
    if (walk->depth == 0) {
      if (!is_quiet) complain_only("cannot operate on dangling symlink %s", quoted(walk->path));
      exit_status = 1;
    }
    return WALK_ON;
  }
  set_mode(walk);
  return is_recursive ? WALK_ON : WALK_SKIP;
}

/* -x and -rwx are modes, not options: they are taken out of the way of getopt. */
static char *take_mode(int *argc, char **argv) {
  for (int i = 1; i < *argc; i++) {
    if (strcmp(argv[i], "--") == 0) return NULL;
    if (argv[i][0] != '-' || argv[i][1] == '\0' || strchr("rwxXstugo0123456", argv[i][1]) == NULL) {
      continue;
    }
    char *mode = argv[i];
    for (; i < *argc; i++) argv[i] = argv[i + 1];
    --*argc;
    return mode;
  }
  return NULL;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"recursive", no_argument, NULL, 'R'},
                                        {"changes", no_argument, NULL, 'c'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {"quiet", no_argument, NULL, 'f'},
                                        {"silent", no_argument, NULL, 'f'},
                                        {"reference", required_argument, NULL, 1},
                                        {NULL, 0, NULL, 0}};
  struct stat status;
  char *mode = take_mode(&argc, argv);
  for (int option; (option = next_option(argc, argv, "cfRv", longs,
                                         "chmod [-cfRv] MODE FILE ..\n")) != -1;) {
    if (option == 'c') tells_changes = 1;
    if (option == 'f') is_quiet = 1;
    if (option == 'R') is_recursive = 1;
    if (option == 'v') tells_all = 1;
    if (option == 1) {
      if (stat(optarg, &status) < 0) {
        complain("failed to get attributes of %s", quoted(optarg));
        return 1;
      }
      reference = status.st_mode & 07777;
      has_reference = 1;
    }
  }
  mask = umask(0);
  umask(mask);
  if (!has_reference && mode == NULL) {
    if (optind == argc) wrong_usage("missing operand");
    mode = argv[optind++];
  }
  if (!has_reference && (change = parse_mode(mode)) == NULL) {
    wrong_usage("invalid mode: %s", quoted(mode));
  }
  if (optind == argc) {
    if (has_reference) wrong_usage("missing operand");
    wrong_usage("missing operand after %s", quoted(mode));
  }
  for (int i = optind; i < argc; i++) {
    struct walk walk = {0};
    walk_tree(argv[i], WALK_FOLLOW_OPERANDS, &walk, visit);
  }
  return finish(exit_status);
}
