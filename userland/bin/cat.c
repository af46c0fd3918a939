/* cat [FILE ..]: the files one after another; - is standard input. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int copy(int fd, const char *name) {
  static char buffer[16384];
  ssize_t count;
  while ((count = read(fd, buffer, sizeof buffer)) > 0) {
    for (ssize_t done = 0, part; done < count; done += part) {
      part = write(1, buffer + done, (size_t)(count - done));
      if (part < 0) {
        perror("cat: write");
        return 1;
      }
    }
  }
  if (count == 0) return 0;
  fprintf(stderr, "cat: %s: %s\n", name, strerror(errno));
  return 1;
}

int main(int argc, char **argv) {
  int status = argc == 1 ? copy(0, "-") : 0;
  for (int i = 1; i < argc; i++) {
    int is_input = strcmp(argv[i], "-") == 0;
    int fd = is_input ? 0 : open(argv[i], O_RDONLY);
    if (fd < 0) {
      fprintf(stderr, "cat: %s: %s\n", argv[i], strerror(errno));
      status = 1;
      continue;
    }
    status |= copy(fd, argv[i]);
    if (!is_input) close(fd);
  }
  return status;
}
