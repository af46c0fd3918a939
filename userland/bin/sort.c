/*
 * sort [-bcCdfghimMnrsuVz] [-k FROM[,TO]] [-t C] [-o FILE] [FILE ..]: sorts or merges lines. All of
 * the input is held in memory and sorted by merging, which keeps equal lines in their order.
 */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct order {
  unsigned char kind; /* 0 text, n, g, h, M, V */
  unsigned char is_reverse, folds, skips_start, skips_end, is_dictionary, is_printable;
};

struct key {
  long first_field, first_char; /* from 0 */
  long last_field, last_char;   /* last_field -1: the line's end; last_char 0: the field's end */
  struct order order;
  int has_order;
};

struct line {
  const char *text;
  size_t length;
  const char *start, *end; /* of the first key */
};

static struct key *keys;
static int key_count;
static struct order global;
static int separator = -1, is_stable, is_unique, terminator = '\n';

/* --- keys */

static const char *field_start(const char *at, const char *end, long field) {
  for (; field > 0 && at < end; field--) {
    if (separator >= 0) {
      const char *next = memchr(at, separator, (size_t)(end - at));
      at = next == NULL ? end : next + 1;
    } else {
      while (at < end && (isblank((unsigned char)*at) || *at == '\n')) at++;
      while (at < end && !isblank((unsigned char)*at) && *at != '\n') at++;
    }
  }
  return at;
}

static const char *skip_blanks(const char *at, const char *end) {
  while (at < end && (isblank((unsigned char)*at) || *at == '\n')) at++;
  return at;
}

static const char *key_start(const struct key *key, const struct line *line) {
  const char *end = line->text + line->length;
  const char *at = field_start(line->text, end, key->first_field);
  if (key->order.skips_start) at = skip_blanks(at, end);
  return end - at < key->first_char ? end : at + key->first_char;
}

static const char *key_end(const struct key *key, const struct line *line) {
  const char *end = line->text + line->length;
  if (key->last_field < 0) return end;
  if (key->last_char == 0) {
    const char *at = field_start(line->text, end, key->last_field);
    if (separator >= 0) {
      const char *next = memchr(at, separator, (size_t)(end - at));
      return next == NULL ? end : next;
    }
    at = skip_blanks(at, end);
    while (at < end && !isblank((unsigned char)*at) && *at != '\n') at++;
    return at;
  }
  const char *at = field_start(line->text, end, key->last_field);
  if (key->order.skips_end) at = skip_blanks(at, end);
  return end - at < key->last_char ? end : at + key->last_char;
}

/* --- comparisons */

struct number {
  int sign;
  const char *whole, *fraction;
  size_t whole_length, fraction_length;
  int suffix;
};

static struct number read_number(const char *at, const char *end) {
  static const char suffixes[] = "KMGTPEZY";
  struct number number = {0};
  at = skip_blanks(at, end);
  int is_negative = at < end && *at == '-';
  at += is_negative;
  while (at < end && *at == '0') at++;
  number.whole = at;
  while (at < end && isdigit((unsigned char)*at)) at++;
  number.whole_length = (size_t)(at - number.whole);
  number.fraction = at;
  if (at < end && *at == '.') {
    number.fraction = ++at;
    while (at < end && isdigit((unsigned char)*at)) at++;
    const char *last = at;
    while (last > number.fraction && last[-1] == '0') last--;
    number.fraction_length = (size_t)(last - number.fraction);
  }
  number.sign = number.whole_length + number.fraction_length == 0 ? 0 : is_negative ? -1 : 1;
  if (at < end && number.sign != 0) {
    const char *found = *at == 'k' ? suffixes : strchr(suffixes, *at);
    if (found != NULL && *at != '\0') number.suffix = (int)(found - suffixes) + 1;
  }
  return number;
}

static int compare_numbers(struct number a, struct number b, int uses_suffix) {
  if (a.sign != b.sign) return a.sign < b.sign ? -1 : 1;
  if (a.sign == 0) return 0;
  int order = 0;
  if (uses_suffix) order = a.suffix - b.suffix;
  if (order == 0) order = (a.whole_length > b.whole_length) - (a.whole_length < b.whole_length);
  if (order == 0) order = memcmp(a.whole, b.whole, a.whole_length);
  if (order == 0) {
    size_t least = a.fraction_length < b.fraction_length ? a.fraction_length : b.fraction_length;
    order = memcmp(a.fraction, b.fraction, least);
    if (order == 0) {
      order = (a.fraction_length > b.fraction_length) - (a.fraction_length < b.fraction_length);
    }
  }
  return order * a.sign;
}

static int month(const char *at, const char *end) {
  static const char names[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
  at = skip_blanks(at, end);
  if (end - at < 3) return 0;
  for (int i = 0; i < 12; i++) {
    int same = 0;
    while (same < 3 && toupper((unsigned char)at[same]) == names[i * 3 + same]) same++;
    if (same == 3) return i + 1;
  }
  return 0;
}

/* A number as strtold reads it; what is none comes first. */
static int compare_general(const char *a, const char *a_end, const char *b, const char *b_end) {
  char first[64], second[64], *stop;
  snprintf(first, sizeof first, "%.*s", (int)(a_end - a), a);
  snprintf(second, sizeof second, "%.*s", (int)(b_end - b), b);
  long double x = strtold(first, &stop);
  int x_is_none = stop == first;
  long double y = strtold(second, &stop);
  int y_is_none = stop == second;
  if (x_is_none || y_is_none) return y_is_none - x_is_none;
  return (x > y) - (x < y);
}

/* Digits count as numbers, everything else as text: file-9 before file-10. */
static int compare_versions(const char *a, const char *a_end, const char *b, const char *b_end) {
  while (a < a_end && b < b_end) {
    if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
      const char *a_start, *b_start;
      while (a < a_end && *a == '0') a++;
      while (b < b_end && *b == '0') b++;
      for (a_start = a; a < a_end && isdigit((unsigned char)*a);) a++;
      for (b_start = b; b < b_end && isdigit((unsigned char)*b);) b++;
      if (a - a_start != b - b_start) return a - a_start < b - b_start ? -1 : 1;
      int order = memcmp(a_start, b_start, (size_t)(a - a_start));
      if (order != 0) return order;
      continue;
    }
    unsigned char x = (unsigned char)*a++, y = (unsigned char)*b++;
    if (x == y) continue;
    int x_rank = isdigit(x) ? 0 : isalpha(x) ? x : x + 256;
    int y_rank = isdigit(y) ? 0 : isalpha(y) ? y : y + 256;
    return x_rank - y_rank;
  }
  return (a < a_end) - (b < b_end);
}

static int is_ignored(const struct order *order, unsigned char c) {
  if (order->is_dictionary) return !isalnum(c) && !isblank(c);
  return order->is_printable && !isprint(c);
}

static int compare_text(const struct order *order, const char *a, const char *a_end, const char *b,
                        const char *b_end) {
  if (!order->folds && !order->is_dictionary && !order->is_printable) {
    size_t a_length = (size_t)(a_end - a), b_length = (size_t)(b_end - b);
    int result = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return result != 0 ? result : (a_length > b_length) - (a_length < b_length);
  }
  for (;;) {
    while (a < a_end && is_ignored(order, (unsigned char)*a)) a++;
    while (b < b_end && is_ignored(order, (unsigned char)*b)) b++;
    if (a == a_end || b == b_end) return (a < a_end) - (b < b_end);
    int x = (unsigned char)*a++, y = (unsigned char)*b++;
    if (order->folds) x = toupper(x), y = toupper(y);
    if (x != y) return x - y;
  }
}

static int compare_by(const struct order *order, const char *a, const char *a_end, const char *b,
                      const char *b_end) {
  if (a_end < a) a_end = a;
  if (b_end < b) b_end = b;
  switch (order->kind) {
    case 'n':
    case 'h':
      return compare_numbers(read_number(a, a_end), read_number(b, b_end), order->kind == 'h');
    case 'g':
      return compare_general(a, a_end, b, b_end);
    case 'M':
      return month(a, a_end) - month(b, b_end);
    case 'V':
      return compare_versions(a, a_end, b, b_end);
    default:
      return compare_text(order, a, a_end, b, b_end);
  }
}

static int compare_keys(const struct line *a, const struct line *b) {
  for (int i = 0; i < key_count; i++) {
    const struct key *key = &keys[i];
    const char *a_start = i == 0 ? a->start : key_start(key, a);
    const char *b_start = i == 0 ? b->start : key_start(key, b);
    const char *a_end = i == 0 ? a->end : key_end(key, a);
    const char *b_end = i == 0 ? b->end : key_end(key, b);
    int order = compare_by(&key->order, a_start, a_end, b_start, b_end);
    if (order != 0) return key->order.is_reverse ? -order : order;
  }
  return 0;
}

static int compare(const struct line *a, const struct line *b) {
  int order = compare_keys(a, b);
  if (order != 0 || is_stable || is_unique) return order;
  size_t least = a->length < b->length ? a->length : b->length;
  order = memcmp(a->text, b->text, least);
  if (order == 0) order = (a->length > b->length) - (a->length < b->length);
  return global.is_reverse ? -order : order;
}

/* --- lines */

struct lines {
  struct line *items;
  size_t count, room;
};

static void add_line(struct lines *lines, const char *text, size_t length) {
  if (lines->count == lines->room) {
    lines->room = lines->room == 0 ? 256 : lines->room * 2;
    lines->items = must_have(lines->items, lines->room * sizeof *lines->items);
  }
  struct line *line = &lines->items[lines->count++];
  *line = (struct line){text, length, text, text + length};
  line->start = key_start(&keys[0], line);
  line->end = key_end(&keys[0], line);
}

static int read_lines(const char *name, struct lines *lines) {
  FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
  struct buffer all = {0};
  char part[8192];
  size_t count;
  int error = errno;
  errno = 0;
  while (file != NULL && (count = fread(part, 1, sizeof part, file)) > 0) {
    buffer_add(&all, part, count);
  }
  if (file == NULL) errno = error;
  if (file == NULL || ferror(file)) {
    complain("%s: %s", file == NULL ? "cannot read" : "read failed", shown(name));
    return -1;
  }
  if (file != stdin) fclose(file);
  const char *at = all.bytes, *end = all.bytes + all.length;
  while (at < end) {
    const char *stop = memchr(at, terminator, (size_t)(end - at));
    if (stop == NULL) stop = end;
    add_line(lines, at, (size_t)(stop - at));
    at = stop + 1;
  }
  return 0;
}

/* Merges runs of growing size between two arrays. */
static struct line *sort_lines(struct line *lines, size_t count) {
  struct line *other = must_have(NULL, count * sizeof *other);
  for (size_t run = 1; run < count; run *= 2) {
    for (size_t at = 0; at < count; at += 2 * run) {
      size_t middle = at + run < count ? at + run : count;
      size_t end = middle + run < count ? middle + run : count;
      size_t left = at, right = middle;
      for (size_t to = at; to < end; to++) {
        int takes_left = left < middle &&
                         (right == end || compare(&lines[left], &lines[right]) <= 0);
        other[to] = takes_left ? lines[left++] : lines[right++];
      }
    }
    struct line *held = lines;
    lines = other;
    other = held;
  }
  free(other);
  return lines;
}

/* Merges inputs that are sorted already. */
static void merge_files(struct lines *inputs, int count, struct lines *result) {
  size_t *next = must_have(NULL, (size_t)count * sizeof *next);
  memset(next, 0, (size_t)count * sizeof *next);
  for (;;) {
    int least = -1;
    for (int i = 0; i < count; i++) {
      if (next[i] == inputs[i].count) continue;
      if (least < 0 || compare(&inputs[i].items[next[i]], &inputs[least].items[next[least]]) < 0) {
        least = i;
      }
    }
    if (least < 0) break;
    const struct line *line = &inputs[least].items[next[least]++];
    add_line(result, line->text, line->length);
  }
  free(next);
}

static int check(const struct lines *lines, const char *name, int is_quiet) {
  for (size_t i = 1; i < lines->count; i++) {
    int order = compare(&lines->items[i - 1], &lines->items[i]);
    if (order < 0 || (order == 0 && !is_unique)) continue;
    if (!is_quiet) {
      fprintf(stderr, "%s: %s:%lu: disorder: ", program_invocation_name, name,
              (unsigned long)i + 1);
      fwrite(lines->items[i].text, 1, lines->items[i].length, stderr);
      fputc('\n', stderr);
    }
    return 1;
  }
  return 0;
}

static void write_lines(const struct line *lines, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (is_unique && i > 0 && compare_keys(&lines[i - 1], &lines[i]) == 0) continue;
    fwrite(lines[i].text, 1, lines[i].length, stdout);
    putchar(terminator);
  }
}

/* --- options */

/* Applies an ordering letter; false if it is none. */
static int set_order(struct order *order, char letter, int is_end) {
  switch (letter) {
    case 'b':
      if (is_end != 1) order->skips_start = 1;
      if (is_end != 0) order->skips_end = 1;
      return 1;
    case 'd':
      order->is_dictionary = 1;
      return 1;
    case 'f':
      order->folds = 1;
      return 1;
    case 'i':
      order->is_printable = 1;
      return 1;
    case 'r':
      order->is_reverse = 1;
      return 1;
    case 'g':
    case 'h':
    case 'M':
    case 'n':
    case 'V':
      order->kind = (unsigned char)letter;
      return 1;
    default:
      return 0;
  }
}

static long position(const char **at, const char *where) {
  char *end;
  long value = strtol(*at, &end, 10);
  if (end == *at || value < 0) {
    give_up("invalid number %s: invalid count at start of %s", where, quoted(*at));
  }
  *at = end;
  return value;
}

static void parse_key(const char *text) {
  const char *at = text;
  struct key key = {.last_field = -1};
  key.first_field = position(&at, "at field start") - 1;
  if (key.first_field < 0) {
    give_up("field number is zero: invalid field specification %s", quoted(text));
  }
  if (*at == '.') {
    at++;
    key.first_char = position(&at, "after '.'") - 1;
    if (key.first_char < 0) give_up("character offset is zero: invalid field specification %s",
                                    quoted(text));
  }
  for (; set_order(&key.order, *at, 0); at++) key.has_order = 1;
  if (*at == ',') {
    at++;
    key.last_field = position(&at, "after ','") - 1;
    if (key.last_field < 0) {
      give_up("field number is zero: invalid field specification %s", quoted(text));
    }
    if (*at == '.') {
      at++;
      key.last_char = position(&at, "after '.'");
    }
    for (; set_order(&key.order, *at, 1); at++) key.has_order = 1;
  }
  if (*at != '\0') {
    give_up("stray character in field spec: invalid field specification %s", quoted(text));
  }
  keys = must_have(keys, (size_t)(key_count + 1) * sizeof *keys);
  keys[key_count++] = key;
}

static void set_separator(const char *text) {
  if (*text == '\0') give_up("empty tab");
  if (strcmp(text, "\\0") == 0) separator = 0;
  else if (text[1] != '\0') give_up("multi-character tab %s", quoted(text));
  else separator = (unsigned char)*text;
}

static void settle_keys(void) {
  for (int i = 0; i < key_count; i++) {
    if (!keys[i].has_order) keys[i].order = global;
  }
  if (key_count > 0) return;
  keys = must_have(NULL, sizeof *keys);
  keys[0] = (struct key){.last_field = -1, .order = global};
  key_count = 1;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {
      {"reverse", no_argument, NULL, 'r'},        {"numeric-sort", no_argument, NULL, 'n'},
      {"unique", no_argument, NULL, 'u'},         {"key", required_argument, NULL, 'k'},
      {"output", required_argument, NULL, 'o'},   {"field-separator", required_argument, NULL, 't'},
      {"ignore-case", no_argument, NULL, 'f'},    {"stable", no_argument, NULL, 's'},
      {"merge", no_argument, NULL, 'm'},          {"check", no_argument, NULL, 'c'},
      {"human-numeric-sort", no_argument, NULL, 'h'}, {"version-sort", no_argument, NULL, 'V'},
      {"zero-terminated", no_argument, NULL, 'z'}, {NULL, 0, NULL, 0}};
  static char *standard[] = {"-", NULL};
  const char *output = NULL;
  int is_merge = 0, checks = 0;
  usage_status = trouble_status = 2;
  for (int option; (option = next_option(argc, argv, "bcCdfghik:mMno:rsS:t:T:uVz", longs,
                                         "sort [-bcdfghimMnrsuVz] [-k FROM[,TO]] [-t C] "
                                         "[-o FILE] [FILE ..]\n")) != -1;) {
    if (option == 'c' || option == 'C') checks = option;
    else if (option == 'k') parse_key(optarg);
    else if (option == 'm') is_merge = 1;
    else if (option == 'o') output = optarg;
    else if (option == 's') is_stable = 1;
    else if (option == 't') set_separator(optarg);
    else if (option == 'u') is_unique = 1;
    else if (option == 'z') terminator = '\0';
    else set_order(&global, (char)option, 2);
  }
  settle_keys();
  char **names = optind < argc ? argv + optind : standard;
  int count = optind < argc ? argc - optind : 1;
  struct lines *inputs = must_have(NULL, (size_t)count * sizeof *inputs), all = {0};
  if (checks && count > 1) give_up("extra operand %s not allowed with -%c", quoted(names[1]), checks);
  memset(inputs, 0, (size_t)count * sizeof *inputs);
  for (int i = 0; i < count; i++) {
    if (read_lines(names[i], is_merge ? &inputs[i] : &all) < 0) return 2;
  }
  if (checks) return check(&all, names[0], checks == 'C');
  if (is_merge) merge_files(inputs, count, &all);
  else if (all.count > 1) all.items = sort_lines(all.items, all.count);
  if (output != NULL && freopen(output, "w", stdout) == NULL) {
    complain("open failed: %s", shown(output));
    return 2;
  }
  write_lines(all.items, all.count);
  return finish(exit_status) == 0 ? 0 : 2;
}
