/*
 * tr [-cCdst] SET1 [SET2]: translates, deletes or squeezes bytes. A set has characters, escapes,
 * ranges a-z, classes [:alpha:], [=a=] and, in SET2, repetitions [x*n].
 */
#include "command.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct set {
  unsigned char *bytes;
  size_t count;
  size_t fill_at; /* where [x*] stands; its byte is in fill */
  int has_fill;
  unsigned char fill;
};

static void add(struct set *set, int c) {
  set->bytes = must_have(set->bytes, set->count + 1);
  set->bytes[set->count++] = (unsigned char)c;
}

static int escape(const char **at) {
  static const char from[] = "abfnrtv\\", to[] = "\a\b\f\n\r\t\v\\";
  const char *text = *at + 1;
  const char *found = *text == '\0' ? NULL : strchr(from, *text);
  if (*text == '\0') {
    fprintf(stderr, "%s: warning: an unescaped backslash at end of string is not portable\n",
            program_invocation_name);
    *at = text;
    return '\\';
  }
  if (found != NULL) {
    *at = text + 1;
    return to[found - from];
  }
  int value = 0, digits = 0;
  while (digits < 3 && *text >= '0' && *text <= '7' && value * 8 + *text - '0' < 256) {
    value = value * 8 + *text++ - '0';
    digits++;
  }
  *at = digits > 0 ? text : text + 1;
  return digits > 0 ? value : (unsigned char)*text;
}

static int next_byte(const char **at) {
  if (**at == '\\') return escape(at);
  return (unsigned char)*(*at)++;
}

static void add_class(struct set *set, const char *name, size_t length) {
  int (*test)(int) = __class_test(name, length);
  if (test != NULL) {
    for (int c = 0; c < 256; c++) {
      if (test(c)) add(set, c);
    }
    return;
  }
  char text[32];
  snprintf(text, sizeof text, "%.*s", (int)length, name);
  give_up("invalid character class %s", quoted(text));
}

/* [:class:], [=c=] or [c*n] at `at`; false when it is none of them. */
static int bracket(struct set *set, const char **at, int is_second) {
  const char *text = *at, *end;
  if (text[1] == ':' && (end = strstr(text + 2, ":]")) != NULL) {
    add_class(set, text + 2, (size_t)(end - text - 2));
    *at = end + 2;
    return 1;
  }
  if (text[1] == '=' && text[2] != '\0' && text[3] == '=' && text[4] == ']') {
    add(set, (unsigned char)text[2]);
    *at = text + 5;
    return 1;
  }
  const char *rest = text + 1;
  if (*rest == '\0') return 0;
  int c = *rest == '\\' ? escape(&rest) : (unsigned char)*rest++;
  if (*rest != '*' || (end = strchr(rest, ']')) == NULL) return 0;
  char *stop;
  unsigned long count = strtoul(rest + 1, &stop, rest[1] == '0' ? 8 : 10);
  if (stop != end) return 0;
  *at = end + 1;
  if (count == 0) {
    if (!is_second) give_up("the [c*] repeat construct may not appear in string1");
    set->has_fill = 1;
    set->fill_at = set->count;
    set->fill = (unsigned char)c;
  }
  while (count-- > 0) add(set, c);
  return 1;
}

static struct set parse(const char *text, int is_second) {
  struct set set = {0};
  const char *at = text;
  while (*at != '\0') {
    if (*at == '[' && bracket(&set, &at, is_second)) continue;
    const char *start = at;
    int low = next_byte(&at);
    if (*at != '-' || at[1] == '\0') {
      add(&set, low);
      continue;
    }
    at++;
    int high = next_byte(&at);
    if (high < low) {
      give_up("range-endpoints of '%.*s' are in reverse collating sequence order",
              (int)(at - start), start);
    }
    for (int c = low; c <= high; c++) add(&set, c);
  }
  return set;
}

static void complement(struct set *set) {
  unsigned char is_in[256] = {0};
  for (size_t i = 0; i < set->count; i++) is_in[set->bytes[i]] = 1;
  set->count = 0;
  for (int c = 0; c < 256; c++) {
    if (!is_in[c]) add(set, c);
  }
}

/* Makes the second set as long as the first. */
static void stretch(struct set *set, size_t count, int truncates) {
  if (set->has_fill && set->count < count) {
    size_t more = count - set->count;
    set->bytes = must_have(set->bytes, count);
    memmove(set->bytes + set->fill_at + more, set->bytes + set->fill_at,
            set->count - set->fill_at);
    memset(set->bytes + set->fill_at, set->fill, more);
    set->count = count;
  }
  if (set->count == 0 && !truncates) {
    give_up("when not truncating set1, string2 must be non-empty");
  }
  while (!truncates && set->count < count) add(set, set->bytes[set->count - 1]);
}

static int deletes, squeezes;
static unsigned char map[256], is_deleted[256], is_squeezed[256];

static void filter(void) {
  static unsigned char block[16384];
  int last = -1;
  for (ssize_t count; (count = read(0, block, sizeof block)) != 0;) {
    if (count < 0) {
      complain("read error");
      return;
    }
    ssize_t kept = 0;
    for (ssize_t i = 0; i < count; i++) {
      if (deletes && is_deleted[block[i]]) continue;
      int c = map[block[i]];
      if (squeezes && is_squeezed[c] && c == last) continue;
      block[kept++] = (unsigned char)c;
      last = c;
    }
    fwrite(block, 1, (size_t)kept, stdout);
  }
}

/* Classes of letters' case map onto each other whatever their order in the sets. */
static void set_up_map(const struct set *first, const struct set *second) {
  size_t count = first->count < second->count ? first->count : second->count;
  for (size_t i = 0; i < count; i++) map[first->bytes[i]] = second->bytes[i];
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"complement", no_argument, NULL, 'c'},
                                        {"delete", no_argument, NULL, 'd'},
                                        {"squeeze-repeats", no_argument, NULL, 's'},
                                        {"truncate-set1", no_argument, NULL, 't'},
                                        {NULL, 0, NULL, 0}};
  int is_complement = 0, truncates = 0;
  for (int option; (option = next_option(argc, argv, "+cCdst", longs,
                                         "tr [-cCdst] SET1 [SET2]\n")) != -1;) {
    if (option == 'c' || option == 'C') is_complement = 1;
    if (option == 'd') deletes = 1;
    if (option == 's') squeezes = 1;
    if (option == 't') truncates = 1;
  }
  int count = argc - optind;
  if (count == 0) wrong_usage("missing operand");
  int translates = !deletes && count >= 2;
  int least = deletes == squeezes ? 2 : 1, most = deletes && !squeezes ? 1 : 2;
  if (count < least) {
    complain_only("missing operand after %s", quoted(argv[argc - 1]));
    fprintf(stderr, deletes ? "Two strings must be given when both deleting and squeezing repeats."
                              "\n"
                            : "Two strings must be given when translating.\n");
    wrong_usage(NULL);
  }
  if (count > most) {
    complain_only("extra operand %s", quoted(argv[optind + most]));
    if (most == 1 && count == 2) {
      fprintf(stderr, "Only one string may be given when deleting without squeezing repeats.\n");
    }
    wrong_usage(NULL);
  }
  struct set first = parse(argv[optind], 0), second = {0};
  if (count == 2) second = parse(argv[optind + 1], 1);
  for (int c = 0; c < 256; c++) map[c] = (unsigned char)c;
  if (is_complement) complement(&first);
  if (translates) {
    stretch(&second, first.count, truncates);
    set_up_map(&first, &second);
  }
  const struct set *squeezed = count == 2 ? &second : &first;
  for (size_t i = 0; i < first.count; i++) is_deleted[first.bytes[i]] = 1;
  for (size_t i = 0; i < squeezed->count; i++) is_squeezed[squeezed->bytes[i]] = 1;
  filter();
  return finish(exit_status);
}
