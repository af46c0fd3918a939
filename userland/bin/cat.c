/* cat [-AbeEnstTuv] [FILE ..]: the files one after another; - is standard input. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int numbers, numbers_full, marks_ends, marks_tabs, shows_control, squeezes;
static unsigned long line_number;
static int is_line_start = 1, empty_lines;

static void show_visibly(int c) {
  if (c >= 128) {
    fputs("M-", stdout);
    c -= 128;
  }
  if (c < 32) printf("^%c", c + 64);
  else if (c == 127) fputs("^?", stdout);
  else putchar(c);
}

static void show(int c) {
  if (is_line_start) {
    empty_lines = c == '\n' ? empty_lines + 1 : 0;
    if (squeezes && empty_lines > 1) return;
    if (numbers && !(numbers_full && c == '\n')) printf("%6lu\t", ++line_number);
  }
  is_line_start = c == '\n';
  if (c == '\n') {
    if (marks_ends) putchar('$');
    putchar('\n');
  } else if (c == '\t') {
    fputs(marks_tabs ? "^I" : "\t", stdout);
  } else if (shows_control) {
    show_visibly(c);
  } else {
    putchar(c);
  }
}

static int is_changed(void) {
  return numbers || marks_ends || marks_tabs || shows_control || squeezes;
}

static int write_fully(const char *from, ssize_t count) {
  while (count > 0) {
    ssize_t written = write(1, from, (size_t)count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return -1;
    from += written;
    count -= written;
  }
  return 0;
}

/* False when there is no use in going on. */
static int copy(int fd, const char *name) {
  static char block[65536];
  struct stat in, out;
  if (fstat(fd, &in) == 0 && fstat(1, &out) == 0 && S_ISREG(in.st_mode) &&
      is_same_file(&in, &out) && in.st_size > 0 && lseek64(fd, 0, SEEK_CUR) < in.st_size) {
    complain_only("%s: input file is output file", shown(name));
    return 1;
  }
  for (;;) {
    ssize_t count = read(fd, block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) complain("%s", shown(name));
    if (count <= 0) return 1;
    if (is_changed()) {
      for (ssize_t i = 0; i < count; i++) show((unsigned char)block[i]);
      fflush(stdout);
    } else if (write_fully(block, count) < 0) {
      complain("write error");
      return 0;
    }
  }
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"number", no_argument, NULL, 'n'},
                                        {"number-nonblank", no_argument, NULL, 'b'},
                                        {"show-all", no_argument, NULL, 'A'},
                                        {"show-ends", no_argument, NULL, 'E'},
                                        {"show-tabs", no_argument, NULL, 'T'},
                                        {"show-nonprinting", no_argument, NULL, 'v'},
                                        {"squeeze-blank", no_argument, NULL, 's'},
                                        {NULL, 0, NULL, 0}};
  static char *standard[] = {"-", NULL};
  for (int option; (option = next_option(argc, argv, "AbeEnstTuv", longs,
                                         "cat [-AbeEnstTv] [FILE ..]\n")) != -1;) {
    if (option == 'n') numbers = 1;
    if (option == 'b') numbers = numbers_full = 1;
    if (option == 'A' || option == 'e' || option == 'E') marks_ends = 1;
    if (option == 'A' || option == 't' || option == 'T') marks_tabs = 1;
    if (option == 'A' || option == 'e' || option == 't' || option == 'v') shows_control = 1;
    if (option == 's') squeezes = 1;
  }
  char **names = optind < argc ? argv + optind : standard;
  for (int goes_on = 1; goes_on && *names != NULL; names++) {
    int is_input = strcmp(*names, "-") == 0;
    int fd = is_input ? 0 : open(*names, O_RDONLY);
    if (fd < 0) {
      complain("%s", shown(*names));
      continue;
    }
    goes_on = copy(fd, *names);
    if (!is_input) close(fd);
  }
  return finish(exit_status);
}
