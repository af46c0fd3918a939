/* sync [-d] [FILE ..]: writes everything back to the disks, or these files. */
#include "command.h"

#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  static const struct option longs[] = {{"data", no_argument, NULL, 'd'},
                                        {"file-system", no_argument, NULL, 'f'},
                                        {NULL, 0, NULL, 0}};
  int is_data = 0, is_system = 0;
  for (int option;
       (option = next_option(argc, argv, "df", longs, "sync [-df] [FILE ..]\n")) != -1;) {
    if (option == 'd') is_data = 1;
    if (option == 'f') is_system = 1;
  }
  if (is_data && optind == argc) give_up("--data needs at least one argument");
  if (optind == argc || is_system) sync();
  for (int i = optind; i < argc && !is_system; i++) {
    int fd = open(argv[i], O_RDONLY | O_NONBLOCK);
    if (fd < 0) fd = open(argv[i], O_WRONLY | O_NONBLOCK);
    if (fd < 0) {
      complain("error opening %s", quoted(argv[i]));
      continue;
    }
    if ((is_data ? fdatasync(fd) : fsync(fd)) < 0) complain("error syncing %s", quoted(argv[i]));
    close(fd);
  }
  return finish(exit_status);
}
