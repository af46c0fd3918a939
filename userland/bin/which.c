/* which [-a] NAME ..: where commands are found. */
#include "command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_program(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static int find(const char *name, int shows_all) {
  const char *directories = getenv("PATH");
  int found = 0;
  if (strchr(name, '/') != NULL) {
    if (is_program(name)) puts(name), found = 1;
    return found;
  }
  char *list = copy_text(directories == NULL ? "/bin" : directories);
  for (char *rest = list, *directory; (directory = strsep(&rest, ":")) != NULL;) {
    char *path = joined(*directory == '\0' ? "." : directory, name);
    if (is_program(path) && (shows_all || !found)) puts(path), found = 1;
    free(path);
  }
  free(list);
  return found;
}

int main(int argc, char **argv) {
  int shows_all = 0;
  for (int option; (option = next_option(argc, argv, "a", NULL, "which [-a] NAME ..\n")) != -1;) {
    if (option == 'a') shows_all = 1;
  }
  int status = optind == argc;
  for (int i = optind; i < argc; i++) status |= !find(argv[i], shows_all);
  return finish(status);
}
