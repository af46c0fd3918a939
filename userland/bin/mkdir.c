/* mkdir [-pv] [-m MODE] DIRECTORY ..: makes directories; -p those above them too. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int makes_parents, is_verbose;

static int make(const char *path, mode_t mode) {
  if (mkdir(path, mode) < 0) return -1;
  if (is_verbose) printf("%s: created directory %s\n", program_name(), quoted(path));
  return 0;
}

/* The directories above `path`, which stay writable for who makes them. */
static int make_parents(char *path, mode_t mask) {
  for (char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
    if (slash == path || slash[-1] == '/' || slash[strspn(slash, "/")] == '\0') continue;
    *slash = '\0';
    umask(mask & ~0300u);
    int failed = make(path, 0777) < 0 && (errno != EEXIST || !is_directory(path));
    if (failed && errno == EEXIST) errno = ENOTDIR;
    umask(mask);
    if (failed) complain("cannot create directory %s", quoted(path));
    *slash = '/';
    if (failed) return -1;
  }
  return 0;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"parents", no_argument, NULL, 'p'},
                                        {"mode", required_argument, NULL, 'm'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {NULL, 0, NULL, 0}};
  struct mode_change *change = NULL;
  mode_t mask = umask(0);
  umask(mask);
  for (int option; (option = next_option(argc, argv, "pm:v", longs,
                                         "mkdir [-pv] [-m MODE] DIRECTORY ..\n")) != -1;) {
    if (option == 'p') makes_parents = 1;
    if (option == 'v') is_verbose = 1;
    if (option == 'm' && (change = parse_mode(optarg)) == NULL) {
      give_up("invalid mode %s", quoted(optarg));
    }
  }
  if (optind == argc) wrong_usage("missing operand");
  mode_t mode = change == NULL ? 0777 : change_mode(change, 0777, 1, mask);
  for (int i = optind; i < argc; i++) {
    if (makes_parents && make_parents(argv[i], mask) < 0) continue;
    if (change != NULL) umask(0);
    if (make(argv[i], mode) < 0) {
      int error = errno;
      if (!(makes_parents && error == EEXIST && is_directory(argv[i]))) {
        errno = error;
        complain("cannot create directory %s", quoted(argv[i]));
      }
    } else if (change != NULL && mode & 07000) {
      chmod(argv[i], mode);
    }
    umask(mask);
  }
  return finish(exit_status);
}
