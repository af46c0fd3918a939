/*
 * Formatted input. Characters come one at a time from a stream or a string; numbers are collected
 * into a small buffer, then read by the strto functions.
 */
#include "internal.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct source {
  FILE *file; /* or null: */
  const char *text;
  int count; /* of characters consumed */
};

static int peek(struct source *source) {
  if (source->file == NULL) return *source->text == '\0' ? EOF : (unsigned char)*source->text;
  int c = fgetc(source->file);
  if (c != EOF) ungetc(c, source->file);
  return c;
}

static void advance(struct source *source) {
  source->count++;
  if (source->file == NULL) source->text++;
  else fgetc(source->file);
}

static void skip_space(struct source *source) {
  while (isspace(peek(source))) advance(source);
}

/* Takes characters of `set` (or, with `stop`, others than those of `set`) up to width. */
static int collect(struct source *source, char *to, int room, int width, const char *set,
                   int is_negated) {
  int length = 0;
  for (int c; width > 0 && (c = peek(source)) != EOF; width--) {
    if ((strchr(set, c) != NULL && c != '\0') == is_negated) break;
    if (to != NULL && length < room - 1) to[length] = (char)c;
    length++;
    advance(source);
  }
  if (to != NULL) to[length < room ? length : room - 1] = '\0';
  return length;
}

/* Expands the set of %[..] into `set`; gives what follows its bracket. */
static const char *scan_set(const char *format, char *set, int *is_negated) {
  int length = 0;
  *is_negated = *format == '^';
  format += *is_negated;
  for (int is_first = 1; *format != '\0' && (*format != ']' || is_first); is_first = 0) {
    unsigned char low = (unsigned char)*format++;
    unsigned char high = low;
    if (*format == '-' && format[1] != ']' && format[1] != '\0') {
      high = (unsigned char)format[1];
      format += 2;
    }
    for (int c = low; c <= high && length < 255; c++) set[length++] = (char)c;
  }
  set[length] = '\0';
  return *format == ']' ? format + 1 : format;
}

static void store_integer(void *to, int length, long long value) {
  if (length == 'L') *(long long *)to = value;
  else if (length == 'h') *(short *)to = (short)value;
  else if (length == 'H') *(char *)to = (char)value;
  else *(int *)to = (int)value;
}

static int scan_number(struct source *source, char conversion, int width, int length, void *to) {
  char text[128];
  int is_float = strchr("aefgAEFG", conversion) != NULL;
  skip_space(source);
  if (peek(source) == EOF) return EOF;
  const char *set = is_float ? "+-.0123456789abcdefinptxyABCDEFINPTXY"
                    : conversion == 'd' || conversion == 'u' ? "+-0123456789"
                                                             : "+-0123456789abcdefABCDEFxX";
  collect(source, text, sizeof text, width < (int)sizeof text ? width : (int)sizeof text - 1, set,
          0);
  char *end;
  if (is_float) {
    long double value = strtold(text, &end);
    if (end == text) return 0;
    if (to == NULL) return 1;
    if (length == 'L') *(long double *)to = value;
    else if (length == 'l') *(double *)to = (double)value;
    else *(float *)to = (float)value;
    return 1;
  }
  int base = conversion == 'i' ? 0 : conversion == 'o' ? 8 : conversion == 'x' ||
                                                                     conversion == 'X' ||
                                                                     conversion == 'p'
                                                                 ? 16
                                                                 : 10;
  long long value = *text == '-' ? strtoll(text, &end, base) : (long long)strtoull(text, &end, base);
  if (end == text) return 0;
  if (to != NULL) store_integer(to, length, value);
  return 1;
}

static int scan(struct source *source, const char *format, va_list arguments) {
  int stored = 0;
  while (*format != '\0') {
    if (isspace((unsigned char)*format)) {
      skip_space(source);
      format++;
      continue;
    }
    if (*format != '%' || format[1] == '%') {
      if (*format == '%') format++, skip_space(source);
      if (peek(source) != (unsigned char)*format) return stored > 0 || peek(source) != EOF ? stored : EOF;
      advance(source);
      format++;
      continue;
    }
    format++;
    int is_skipped = *format == '*';
    format += is_skipped;
    int width = 0, length = 0;
    for (; isdigit((unsigned char)*format); format++) width = width * 10 + (*format - '0');
    for (; strchr("hlLjzt", *format) != NULL && *format != '\0'; format++) {
      length = *format == 'h' ? (length == 'h' ? 'H' : 'h')
               : *format == 'l' ? (length == 'l' ? 'L' : 'l')
               : *format == 'L' || *format == 'j' ? 'L' : length;
    }
    char conversion = *format++;
    void *to = is_skipped ? NULL : va_arg(arguments, void *);
    char set[257];
    int is_negated = 0, result;
    if (conversion == 'n') {
      store_integer(to, length, source->count);
      continue;
    }
    if (conversion == 'c' || conversion == 's' || conversion == '[') {
      if (conversion == '[') format = scan_set(format, set, &is_negated);
      else strcpy(set, conversion == 's' ? " \t\n\v\f\r" : ""), is_negated = 1;
      if (conversion == 's') skip_space(source);
      int is_character = conversion == 'c';
      int wanted = width > 0 ? width : is_character ? 1 : INT32_MAX;
      if (peek(source) == EOF) result = EOF;
      else if (is_character) {
        int got = 0;
        for (int c; got < wanted && (c = peek(source)) != EOF; got++, advance(source)) {
          if (to != NULL) ((char *)to)[got] = (char)c;
        }
        result = got == wanted;
      } else {
        result = collect(source, to, INT32_MAX, wanted, set, is_negated) > 0;
      }
    } else {
      result = scan_number(source, conversion, width > 0 ? width : INT32_MAX, length, to);
    }
    if (result <= 0) return stored == 0 && result == EOF ? EOF : stored;
    stored += !is_skipped;
  }
  return stored;
}

int vfscanf(FILE *restrict file, const char *restrict format, va_list arguments) {
  struct source source = {file, NULL, 0};
  return scan(&source, format, arguments);
}

int vsscanf(const char *restrict text, const char *restrict format, va_list arguments) {
  struct source source = {NULL, text, 0};
  return scan(&source, format, arguments);
}

int vscanf(const char *restrict format, va_list arguments) {
  return vfscanf(stdin, format, arguments);
}

int scanf(const char *restrict format, ...) {
  va_list list;
  va_start(list, format);
  int count = vfscanf(stdin, format, list);
  va_end(list);
  return count;
}

int fscanf(FILE *restrict file, const char *restrict format, ...) {
  va_list list;
  va_start(list, format);
  int count = vfscanf(file, format, list);
  va_end(list);
  return count;
}

int sscanf(const char *restrict text, const char *restrict format, ...) {
  va_list list;
  va_start(list, format);
  int count = vsscanf(text, format, list);
  va_end(list);
  return count;
}
