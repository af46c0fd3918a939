/* wc [-clmwL] [FILE ..]: counts lines, words, bytes, and the longest line. */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { LINES, WORDS, CHARACTERS, BYTES, LONGEST, KINDS };

static int is_shown[KINDS];

static int count(int fd, unsigned long long *counts) {
  static char buffer[65536];
  int is_in_word = 0;
  unsigned long long width = 0;
  ssize_t length;
  while ((length = read(fd, buffer, sizeof buffer)) > 0) {
    counts[BYTES] += (unsigned)length;
    for (ssize_t i = 0; i < length; i++) {
      unsigned char c = (unsigned char)buffer[i];
      int is_space = isspace(c);
      counts[LINES] += c == '\n';
      if (is_space) is_in_word = 0;
      else if (!is_in_word && isprint(c)) counts[WORDS]++, is_in_word = 1;
      if (c == '\t') width += 8 - width % 8;
      else if (isprint(c)) width++;
      if (width > counts[LONGEST]) counts[LONGEST] = width;
      if (c == '\n' || c == '\r' || c == '\f') width = 0;
    }
  }
  counts[CHARACTERS] = counts[BYTES];
  return length < 0 ? -1 : 0;
}

static void show(const unsigned long long *counts, const char *name, int width) {
  const char *between = "";
  for (int i = 0; i < KINDS; i++) {
    if (!is_shown[i]) continue;
    printf("%s%*llu", between, width, counts[i]);
    between = " ";
  }
  printf(*name == '\0' ? "\n" : " %s\n", name);
}

/* As wide as the sum of the sizes; 7 where a size is not known before; 1 for a single number. */
static int number_width(char **names, int name_count) {
  unsigned long long total = 0;
  int kinds = 0, width = 1, is_unknown = 0;
  for (int i = 0; i < KINDS; i++) kinds += is_shown[i];
  if (kinds == 1 && name_count <= 1) return 1;
  for (int i = 0; i < name_count; i++) {
    struct stat status;
    int failed = strcmp(names[i], "-") == 0 ? fstat(0, &status) : stat(names[i], &status);
    if (failed) continue;
    if (S_ISREG(status.st_mode)) total += (unsigned long long)status.st_size;
    else is_unknown = 1;
  }
  for (; total >= 10; total /= 10) width++;
  return is_unknown && width < 7 ? 7 : width;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"bytes", no_argument, NULL, 'c'},
                                        {"chars", no_argument, NULL, 'm'},
                                        {"lines", no_argument, NULL, 'l'},
                                        {"words", no_argument, NULL, 'w'},
                                        {"max-line-length", no_argument, NULL, 'L'},
                                        {NULL, 0, NULL, 0}};
  static const char letters[] = "lwmcL";
  static char *standard[] = {"-", NULL};
  unsigned long long total[KINDS] = {0};
  int has_choice = 0;
  for (int option;
       (option = next_option(argc, argv, "clmwL", longs, "wc [-clmwL] [FILE ..]\n")) != -1;) {
    is_shown[strchr(letters, option) - letters] = has_choice = 1;
  }
  if (!has_choice) is_shown[LINES] = is_shown[WORDS] = is_shown[BYTES] = 1;
  int name_count = optind < argc ? argc - optind : 1;
  char **names = optind < argc ? argv + optind : standard;
  int width = number_width(names, name_count);
  for (int i = 0; i < name_count; i++) {
    unsigned long long counts[KINDS] = {0};
    int is_input = strcmp(names[i], "-") == 0;
    int fd = is_input ? 0 : open(names[i], O_RDONLY);
    if (fd < 0) {
      complain("%s", shown(names[i]));
      continue;
    }
    if (count(fd, counts) < 0) complain("%s", shown(names[i]));
    show(counts, optind < argc ? names[i] : "", width);
    if (!is_input) close(fd);
    for (int kind = 0; kind < KINDS; kind++) {
      if (kind != LONGEST) total[kind] += counts[kind];
      else if (counts[kind] > total[kind]) total[kind] = counts[kind];
    }
  }
  if (name_count > 1) show(total, "total", width);
  return finish(exit_status);
}
