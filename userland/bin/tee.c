/* tee [-ai] [FILE ..]: standard input to standard output and to the files. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static int write_fully(int fd, const char *from, ssize_t count) {
  while (count > 0) {
    ssize_t written = write(fd, from, (size_t)count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return -1;
    from += written;
    count -= written;
  }
  return 0;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"append", no_argument, NULL, 'a'},
                                        {"ignore-interrupts", no_argument, NULL, 'i'},
                                        {NULL, 0, NULL, 0}};
  static char block[16384];
  int flags = O_TRUNC;
  for (int option;
       (option = next_option(argc, argv, "ai", longs, "tee [-ai] [FILE ..]\n")) != -1;) {
    if (option == 'a') flags = O_APPEND;
    if (option == 'i') signal(SIGINT, SIG_IGN);
  }
  int count = argc - optind + 1;
  int *files = must_have(NULL, (size_t)count * sizeof *files);
  files[0] = 1;
  for (int i = 1; i < count; i++) {
    const char *name = argv[optind + i - 1];
    files[i] = open(name, O_WRONLY | O_CREAT | flags, 0666);
    if (files[i] < 0) complain("%s", shown(name));
  }
  for (;;) {
    ssize_t length = read(0, block, sizeof block);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) complain("read error");
    if (length <= 0) break;
    for (int i = 0; i < count; i++) {
      if (files[i] < 0 || write_fully(files[i], block, length) == 0) continue;
      complain("%s", i == 0 ? "'standard output'" : shown(argv[optind + i - 1]));
      files[i] = -1;
    }
  }
  for (int i = 1; i < count; i++) {
    if (files[i] >= 0 && close(files[i]) < 0) complain("%s", shown(argv[optind + i - 1]));
  }
  return exit_status;
}
