/* readlink [-efmnz] FILE ..: where symbolic links point; -f and kin, the name without any links. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  static const struct option longs[] = {{"canonicalize", no_argument, NULL, 'f'},
                                        {"canonicalize-existing", no_argument, NULL, 'e'},
                                        {"no-newline", no_argument, NULL, 'n'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {"zero", no_argument, NULL, 'z'},
                                        {NULL, 0, NULL, 0}};
  int mode = 0, is_verbose = 0, hides_end = 0, terminator = '\n';
  for (int option; (option = next_option(argc, argv, "efmnqsvz", longs,
                                         "readlink [-efmnvz] FILE ..\n")) != -1;) {
    if (option == 'e' || option == 'f' || option == 'm') mode = option;
    if (option == 'n') hides_end = 1;
    if (option == 'v') is_verbose = 1;
    if (option == 'z') terminator = '\0';
  }
  if (optind == argc) wrong_usage("missing operand");
  for (int i = optind; i < argc; i++) {
    char target[4097];
    const char *found = target;
    if (mode == 0) {
      ssize_t length = readlink(argv[i], target, sizeof target - 1);
      if (length < 0) found = NULL;
      else target[length] = '\0';
    } else {
      found = resolve(argv[i], mode);
    }
    if (found == NULL) {
      exit_status = 1;
      if (is_verbose) complain("%s", shown(argv[i]));
      continue;
    }
    fputs(found, stdout);
    if (!hides_end || argc - optind > 1) putchar(terminator);
  }
  return finish(exit_status);
}
