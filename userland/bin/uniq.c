/* uniq [-cdDiuz] [-f FIELDS] [-s CHARS] [-w CHARS] [INPUT [OUTPUT]]: repeated lines once. */
#include "command.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static long long fields, characters, width = -1;
static int shows_count, only_repeated, only_single, ignores_case, shows_all, terminator = '\n';

struct line {
  char *text;
  size_t size;
  ssize_t length; /* without the terminator */
};

static const char *compared(const struct line *line, size_t *length) {
  const char *at = line->text, *end = line->text + line->length;
  for (long long i = 0; i < fields && at < end; i++) {
    while (at < end && isblank((unsigned char)*at)) at++;
    while (at < end && !isblank((unsigned char)*at)) at++;
  }
  at += end - at < characters ? end - at : (long)characters;
  *length = (size_t)(end - at);
  if (width >= 0 && *length > (unsigned long long)width) *length = (size_t)width;
  return at;
}

static int is_same(const struct line *a, const struct line *b) {
  size_t a_length, b_length;
  const char *a_text = compared(a, &a_length), *b_text = compared(b, &b_length);
  if (a_length != b_length) return 0;
  if (!ignores_case) return memcmp(a_text, b_text, a_length) == 0;
  for (size_t i = 0; i < a_length; i++) {
    if (tolower((unsigned char)a_text[i]) != tolower((unsigned char)b_text[i])) return 0;
  }
  return 1;
}

static void show(const struct line *line, unsigned long long count) {
  if (only_repeated && count == 1) return;
  if (only_single && count > 1) return;
  if (shows_count) printf("%7llu ", count);
  fwrite(line->text, 1, (size_t)line->length, stdout);
  putchar(terminator);
}

static int read_one(FILE *file, struct line *line) {
  line->length = getdelim(&line->text, &line->size, terminator, file);
  if (line->length > 0 && line->text[line->length - 1] == terminator) line->length--;
  else if (line->length < 0) return 0;
  return 1;
}

static long long number(const char *text, const char *what) {
  long long value;
  if (!parse_number(text, &value) || value < 0) {
    give_up("%s: invalid number of %s", shown(text), what);
  }
  return value;
}

static void filter(FILE *file) {
  struct line held = {0}, next = {0};
  unsigned long long count = 0;
  while (read_one(file, &next)) {
    if (count > 0 && is_same(&held, &next)) {
      if (shows_all && count == 1) show(&held, 2);
      count++;
      if (shows_all) show(&next, 2);
      if (!shows_all) continue;
    } else {
      if (count > 0 && !shows_all) show(&held, count);
      count = 1;
    }
    struct line other = held;
    held = next;
    next = other;
  }
  if (count > 0 && !shows_all) show(&held, count);
  if (ferror(file)) complain("error reading");
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"count", no_argument, NULL, 'c'},
                                        {"repeated", no_argument, NULL, 'd'},
                                        {"unique", no_argument, NULL, 'u'},
                                        {"ignore-case", no_argument, NULL, 'i'},
                                        {"skip-fields", required_argument, NULL, 'f'},
                                        {"skip-chars", required_argument, NULL, 's'},
                                        {"check-chars", required_argument, NULL, 'w'},
                                        {NULL, 0, NULL, 0}};
  for (int option; (option = next_option(argc, argv, "cdDf:is:uw:z", longs,
                                         "uniq [-cdDiuz] [-f N] [-s N] [-w N] "
                                         "[INPUT [OUTPUT]]\n")) != -1;) {
    if (option == 'c') shows_count = 1;
    if (option == 'd') only_repeated = 1;
    if (option == 'D') shows_all = only_repeated = 1;
    if (option == 'f') fields = number(optarg, "fields to skip");
    if (option == 'i') ignores_case = 1;
    if (option == 's') characters = number(optarg, "bytes to skip");
    if (option == 'u') only_single = 1;
    if (option == 'w') width = number(optarg, "bytes to compare");
    if (option == 'z') terminator = '\0';
  }
  if (argc - optind > 2) wrong_usage("extra operand %s", quoted(argv[optind + 2]));
  const char *input = optind < argc ? argv[optind] : "-";
  FILE *file = strcmp(input, "-") == 0 ? stdin : fopen(input, "r");
  if (file == NULL) {
    complain("%s", shown(input));
    return 1;
  }
  if (argc - optind == 2 && strcmp(argv[optind + 1], "-") != 0 &&
      freopen(argv[optind + 1], "w", stdout) == NULL) {
    complain("%s", shown(argv[optind + 1]));
    return 1;
  }
  filter(file);
  return finish(exit_status);
}
