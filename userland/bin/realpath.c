/* realpath [-emqsz] FILE ..: absolute names without links, . and .. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  static const struct option longs[] = {{"canonicalize-existing", no_argument, NULL, 'e'},
                                        {"canonicalize-missing", no_argument, NULL, 'm'},
                                        {"quiet", no_argument, NULL, 'q'},
                                        {"zero", no_argument, NULL, 'z'},
                                        {NULL, 0, NULL, 0}};
  int mode = 'f', is_quiet = 0, terminator = '\n';
  for (int option; (option = next_option(argc, argv, "emqz", longs,
                                         "realpath [-emqz] FILE ..\n")) != -1;) {
    if (option == 'e' || option == 'm') mode = option;
    if (option == 'q') is_quiet = 1;
    if (option == 'z') terminator = '\0';
  }
  if (optind == argc) wrong_usage("missing operand");
  for (int i = optind; i < argc; i++) {
    const char *found = resolve(argv[i], mode);
    if (found != NULL) {
      fputs(found, stdout);
      putchar(terminator);
    } else if (is_quiet) {
      exit_status = 1;
    } else {
      complain("%s", shown(argv[i]));
    }
  }
  return finish(exit_status);
}
