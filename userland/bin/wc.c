/* wc [-lwc] [FILE ..]: counts lines, words, bytes. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct counts {
  unsigned long long lines, words, bytes;
};

static int shows_lines, shows_words, shows_bytes;

static int count(int fd, struct counts *counts) {
  static char buffer[16384];
  int is_in_word = 0;
  ssize_t length;
  while ((length = read(fd, buffer, sizeof buffer)) > 0) {
    counts->bytes += (unsigned)length;
    for (ssize_t i = 0; i < length; i++) {
      int is_space = isspace((unsigned char)buffer[i]);
      counts->lines += buffer[i] == '\n';
      counts->words += !is_space && !is_in_word;
      is_in_word = !is_space;
    }
  }
  return length < 0 ? -1 : 0;
}

static void show(const struct counts *counts, const char *name, int width) {
  const char *between = "";
  if (shows_lines) printf("%*llu", width, counts->lines), between = " ";
  if (shows_words) printf("%s%*llu", between, width, counts->words), between = " ";
  if (shows_bytes) printf("%s%*llu", between, width, counts->bytes);
  printf(*name == '\0' ? "\n" : " %s\n", name);
}

int main(int argc, char **argv) {
  int status = 0;
  struct counts total = {0, 0, 0};
  for (int option; (option = getopt(argc, argv, "lwc")) != -1;) {
    if (option == '?') return 2;
    if (option == 'l') shows_lines = 1;
    if (option == 'w') shows_words = 1;
    if (option == 'c') shows_bytes = 1;
  }
  if (!shows_lines && !shows_words && !shows_bytes) shows_lines = shows_words = shows_bytes = 1;
  int width = shows_lines + shows_words + shows_bytes == 1 ? 1 : 7;
  if (optind == argc) {
    if (count(0, &total) < 0) perror("wc"), status = 1;
    show(&total, "", width);
    return status;
  }
  for (int i = optind; i < argc; i++) {
    struct counts counts = {0, 0, 0};
    int fd = open(argv[i], O_RDONLY);
    if (fd < 0 || count(fd, &counts) < 0) {
      fprintf(stderr, "wc: %s: %s\n", argv[i], strerror(errno));
      status = 1;
    } else {
      show(&counts, argv[i], width);
    }
    if (fd >= 0) close(fd);
    total.lines += counts.lines;
    total.words += counts.words;
    total.bytes += counts.bytes;
  }
  if (argc - optind > 1) show(&total, "total", width);
  return status;
}
