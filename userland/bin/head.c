/* head [-n [-]LINES | -c [-]BYTES] [-qvz] [FILE ..]: the start of files, or all but their end. */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static long long count = 10;
static int is_bytes, is_all_but, terminator = '\n';

static void show_start(FILE *file) {
  for (long long left = count; left > 0;) {
    int c = getc(file);
    if (c == EOF) return;
    putchar(c);
    left -= is_bytes || c == terminator;
  }
}

/* All but the last bytes: a ring of them is held back. */
static void show_all_but_bytes(FILE *file) {
  char *ring = must_have(NULL, (size_t)count + 1);
  unsigned long long at = 0;
  for (int c; (c = getc(file)) != EOF; at++) {
    if (count == 0) {
      putchar(c);
      continue;
    }
    if (at >= (unsigned long long)count) putchar(ring[at % (unsigned long long)count]);
    ring[at % (unsigned long long)count] = (char)c;
  }
  free(ring);
}

struct line {
  char *text;
  size_t size;
  ssize_t length;
};

static void show_all_but_lines(FILE *file) {
  size_t room = (size_t)count + 1;
  struct line *lines = must_have(NULL, room * sizeof *lines);
  memset(lines, 0, room * sizeof *lines);
  for (size_t at = 0;; at++) {
    struct line *line = &lines[at % room];
    if (at >= room) fwrite(line->text, 1, (size_t)line->length, stdout);
    line->length = getdelim(&line->text, &line->size, terminator, file);
    if (line->length < 0) break;
  }
  for (size_t i = 0; i < room; i++) free(lines[i].text);
  free(lines);
}

static void set_count(const char *text, int is_of_bytes) {
  is_bytes = is_of_bytes;
  is_all_but = *text == '-';
  if (!parse_size(text + is_all_but, &count) || !isdigit((unsigned char)text[is_all_but])) {
    give_up("invalid number of %s: %s", is_bytes ? "bytes" : "lines", quoted(text + is_all_but));
  }
}

/* The old form, head -5. */
static void take_old_form(int *argc, char **argv) {
  if (*argc < 2 || argv[1][0] != '-' || !isdigit((unsigned char)argv[1][1])) return;
  set_count(argv[1] + 1, 0);
  for (int i = 1; i < *argc; i++) argv[i] = argv[i + 1];
  --*argc;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"lines", required_argument, NULL, 'n'},
                                        {"bytes", required_argument, NULL, 'c'},
                                        {"quiet", no_argument, NULL, 'q'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {"zero-terminated", no_argument, NULL, 'z'},
                                        {NULL, 0, NULL, 0}};
  static char *standard[] = {"-", NULL};
  int titles = -1, is_first = 1;
  take_old_form(&argc, argv);
  for (int option; (option = next_option(argc, argv, "n:c:qvz", longs,
                                         "head [-n LINES | -c BYTES] [-qvz] [FILE ..]\n")) != -1;) {
    if (option == 'n' || option == 'c') set_count(optarg, option == 'c');
    if (option == 'q') titles = 0;
    if (option == 'v') titles = 1;
    if (option == 'z') terminator = '\0';
  }
  if (titles < 0) titles = argc - optind > 1;
  for (char **name = optind < argc ? argv + optind : standard; *name != NULL; name++) {
    int is_input = strcmp(*name, "-") == 0;
    FILE *file = is_input ? stdin : fopen(*name, "r");
    if (file == NULL) {
      complain("cannot open %s for reading", quoted(*name));
      continue;
    }
    if (titles) {
      printf("%s==> %s <==\n", is_first ? "" : "\n", is_input ? "standard input" : *name);
    }
    is_first = 0;
    errno = 0;
    if (!is_all_but) show_start(file);
    else if (is_bytes) show_all_but_bytes(file);
    else show_all_but_lines(file);
    if (ferror(file)) complain("error reading %s", quoted(*name));
    if (is_input) fflush(stdin); /* what was read ahead belongs to the next reader */
    else fclose(file);
  }
  return finish(exit_status);
}
