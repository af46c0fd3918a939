/* mkfifo [-m MODE] NAME ..: makes named pipes. */
#include "command.h"

int main(int argc, char **argv) {
  static const struct option longs[] = {{"mode", required_argument, NULL, 'm'},
                                        {NULL, 0, NULL, 0}};
  mode_t mode = 0666, mask = umask(0);
  int has_mode = 0;
  umask(mask);
  for (int option;
       (option = next_option(argc, argv, "m:", longs, "mkfifo [-m MODE] NAME ..\n")) != -1;) {
    struct mode_change *change = option == 'm' ? parse_mode(optarg) : NULL;
    if (change == NULL) give_up("invalid mode");
    mode = change_mode(change, 0666, 0, mask);
    has_mode = 1;
  }
  if (optind == argc) wrong_usage("missing operand");
  for (int i = optind; i < argc; i++) {
    if (mkfifo(argv[i], mode) < 0) complain("cannot create fifo %s", quoted(argv[i]));
    else if (has_mode && chmod(argv[i], mode) < 0) complain("cannot set mode of %s", quoted(argv[i]));
  }
  return finish(exit_status);
}
