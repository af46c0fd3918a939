/* rmdir [-pv] DIRECTORY ..: removes empty directories; -p those above them too. */
#include "command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int is_verbose, forgives_full;

/* False after an error; a directory that is not empty may be none. */
static int take_away(const char *path, const char *what) {
  if (is_verbose) printf("%s: removing directory, %s\n", program_name(), quoted(path));
  if (rmdir(path) == 0) return 1;
  if (forgives_full && (errno == ENOTEMPTY || errno == EEXIST)) return 0;
  complain("failed to remove %s%s", what, quoted(path));
  return 0;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {
      {"parents", no_argument, NULL, 'p'},
      {"verbose", no_argument, NULL, 'v'},
      {"ignore-fail-on-non-empty", no_argument, NULL, 'i'},
      {NULL, 0, NULL, 0}};
  int removes_parents = 0;
  for (int option; (option = next_option(argc, argv, "pv", longs,
                                         "rmdir [-pv] DIRECTORY ..\n")) != -1;) {
    if (option == 'p') removes_parents = 1;
    if (option == 'v') is_verbose = 1;
    if (option == 'i') forgives_full = 1;
  }
  if (optind == argc) wrong_usage("missing operand");
  for (int i = optind; i < argc; i++) {
    char *path = argv[i];
    if (!take_away(path, "") || !removes_parents) continue;
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') path[--end] = '\0';
    for (char *slash; (slash = strrchr(path, '/')) != NULL && slash != path;) {
      while (slash > path && *slash == '/') *slash-- = '\0';
      if (!take_away(path, "directory ")) break;
    }
  }
  return finish(exit_status);
}
