/*
 * Formatted output: one formatter that sends pieces to a sink, and the calls that own a sink.
 */
#include "internal.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct directive {
  unsigned char is_left, is_plus, is_space, is_alternate, is_zero;
  int width;
  int precision; /* -1: none */
  int length;    /* 'h', 'H' (hh), 'l', 'L' (ll, L, j), or 0 */
  char conversion;
};

static void put(struct sink *sink, const char *text, size_t count) {
  sink->count += count;
  sink->put(sink, text, count);
}

static void pad(struct sink *sink, char with, int count) {
  char run[32];
  memset(run, with, sizeof run);
  for (; count > 0; count -= (int)sizeof run) {
    put(sink, run, count < (int)sizeof run ? (size_t)count : sizeof run);
  }
}

/* prefix (sign or 0x), zeros, body, within the width. */
static void field(struct sink *sink, const struct directive *directive, const char *prefix,
                  int zeros, const char *body, size_t count) {
  int prefix_length = (int)strlen(prefix);
  int blanks = directive->width - prefix_length - zeros - (int)count;
  if (!directive->is_left) pad(sink, ' ', blanks);
  put(sink, prefix, (size_t)prefix_length);
  pad(sink, '0', zeros);
  put(sink, body, count);
  if (directive->is_left) pad(sink, ' ', blanks);
}

static void put_integer(struct sink *sink, struct directive *directive, uintmax_t value,
                        int is_negative) {
  static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
  char digits[24];
  int at = (int)sizeof digits;
  char conversion = directive->conversion;
  unsigned base = conversion == 'o' ? 8 : (conversion | 32) == 'x' || conversion == 'p' ? 16 : 10;
  const char *alphabet = conversion == 'X' ? upper : lower;
  const char *prefix = "";
  if (conversion == 'd' || conversion == 'i') {
    prefix = is_negative ? "-" : directive->is_plus ? "+" : directive->is_space ? " " : "";
  } else if (conversion == 'p' || (directive->is_alternate && base == 16 && value != 0)) {
    prefix = conversion == 'X' ? "0X" : "0x";
  }
  for (; value > UINT32_MAX; value /= base) digits[--at] = alphabet[value % base];
  for (unsigned low = (unsigned)value; low > 0; low /= base) digits[--at] = alphabet[low % base];
  int count = (int)sizeof digits - at;
  int zeros = directive->precision < 0 ? (count == 0) : directive->precision - count;
  if (zeros < 0) zeros = 0;
  if (conversion == 'o' && directive->is_alternate && zeros == 0) zeros = 1;
  if (directive->precision < 0 && directive->is_zero && !directive->is_left) {
    int fill = directive->width - (int)strlen(prefix) - count;
    if (fill > zeros) zeros = fill;
  }
  field(sink, directive, prefix, zeros, digits + at, (size_t)count);
}

#define FLOAT_TEXT_MAX 5200

static void put_float(struct sink *sink, struct directive *directive, long double value) {
  char text[FLOAT_TEXT_MAX];
  int precision = directive->precision > 100 ? 100 : directive->precision;
  int count = __format_float(text, sizeof text, value, directive->conversion, precision,
                             directive->is_alternate);
  const char *body = text;
  const char *prefix = directive->is_plus ? "+" : directive->is_space ? " " : "";
  if (*body == '-') {
    prefix = "-";
    body++;
    count--;
  }
  int is_finite = *body >= '0' && *body <= '9';
  int fill = directive->width - (int)strlen(prefix) - count;
  int zeros = directive->is_zero && !directive->is_left && is_finite && fill > 0 ? fill : 0;
  field(sink, directive, prefix, zeros, body, (size_t)count);
}

static intmax_t signed_argument(int length, va_list *arguments) {
  switch (length) {
    case 'L':
      return va_arg(*arguments, long long);
    case 'l':
      return va_arg(*arguments, long);
    case 'h':
      return (short)va_arg(*arguments, int);
    case 'H':
      return (signed char)va_arg(*arguments, int);
    default:
      return va_arg(*arguments, int);
  }
}

static uintmax_t unsigned_argument(int length, va_list *arguments) {
  switch (length) {
    case 'L':
      return va_arg(*arguments, unsigned long long);
    case 'l':
      return va_arg(*arguments, unsigned long);
    case 'h':
      return (unsigned short)va_arg(*arguments, int);
    case 'H':
      return (unsigned char)va_arg(*arguments, int);
    default:
      return va_arg(*arguments, unsigned);
  }
}

static const char *number(const char *format, int *value, va_list *arguments) {
  if (*format == '*') {
    *value = va_arg(*arguments, int);
    return format + 1;
  }
  for (*value = 0; *format >= '0' && *format <= '9'; format++) {
    if (*value < 100000) *value = *value * 10 + (*format - '0');
  }
  return format;
}

/* Reads flags, width, precision and length; gives the conversion's place. */
static const char *directive_parts(const char *format, struct directive *directive,
                                   va_list *arguments) {
  memset(directive, 0, sizeof *directive);
  for (;; format++) {
    if (*format == '-') directive->is_left = 1;
    else if (*format == '+') directive->is_plus = 1;
    else if (*format == ' ') directive->is_space = 1;
    else if (*format == '#') directive->is_alternate = 1;
    else if (*format == '0') directive->is_zero = 1;
    else break;
  }
  format = number(format, &directive->width, arguments);
  if (directive->width < 0) {
    directive->is_left = 1;
    directive->width = -directive->width;
  }
  directive->precision = -1;
  if (*format == '.') {
    format = number(format + 1, &directive->precision, arguments);
    if (directive->precision < 0) directive->precision = -1;
  }
  for (;; format++) {
    if (*format == 'h') directive->length = directive->length == 'h' ? 'H' : 'h';
    else if (*format == 'l') directive->length = directive->length == 'l' ? 'L' : 'l';
    else if (*format == 'L' || *format == 'j' || *format == 'q') directive->length = 'L';
    else if (*format != 'z' && *format != 't') break;
  }
  directive->conversion = *format;
  return format;
}

static void convert(struct sink *sink, struct directive *directive, va_list *arguments) {
  switch (directive->conversion) {
    case 'd':
    case 'i': {
      intmax_t value = signed_argument(directive->length, arguments);
      put_integer(sink, directive, value < 0 ? -(uintmax_t)value : (uintmax_t)value, value < 0);
      break;
    }
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      put_integer(sink, directive, unsigned_argument(directive->length, arguments), 0);
      break;
    case 'p':
      put_integer(sink, directive, (uintptr_t)va_arg(*arguments, void *), 0);
      break;
    case 'c': {
      char c = (char)va_arg(*arguments, int);
      field(sink, directive, "", 0, &c, 1);
      break;
    }
    case 's': {
      const char *text = va_arg(*arguments, const char *);
      if (text == NULL) text = "(null)";
      size_t max = directive->precision < 0 ? SIZE_MAX : (size_t)directive->precision;
      field(sink, directive, "", 0, text, strnlen(text, max));
      break;
    }
    case 'n':
      *va_arg(*arguments, int *) = (int)sink->count;
      break;
    case '%':
      put(sink, "%", 1);
      break;
    default: /* a, e, f, g in either case */
      put_float(sink, directive,
                directive->length == 'L' ? va_arg(*arguments, long double)
                                         : (long double)va_arg(*arguments, double));
  }
}

void __format(struct sink *sink, const char *format, va_list given) {
  va_list arguments;
  va_copy(arguments, given);
  for (;;) {
    size_t plain = strcspn(format, "%");
    if (plain > 0) put(sink, format, plain);
    format += plain;
    if (*format == '\0') break;
    struct directive directive;
    const char *end = directive_parts(format + 1, &directive, &arguments);
    if (directive.conversion != '\0' && strchr("diuoxXpcsn%aAeEfFgG", directive.conversion)) {
      convert(sink, &directive, &arguments);
      format = end + 1;
    } else {
      put(sink, "%", 1); /* unknown: shown as it stands */
      format++;
    }
  }
  va_end(arguments);
}

/* --- the sinks */

struct file_sink {
  struct sink sink;
  FILE *file;
  int has_failed;
};

static void put_to_file(struct sink *sink, const char *text, size_t count) {
  struct file_sink *to = (struct file_sink *)sink;
  if (count > 0 && fwrite(text, 1, count, to->file) != count) to->has_failed = 1;
}

struct text_sink {
  struct sink sink;
  char *to;
  size_t room; /* without the final zero */
};

static void put_to_text(struct sink *sink, const char *text, size_t count) {
  struct text_sink *to = (struct text_sink *)sink;
  size_t part = count < to->room ? count : to->room;
  memcpy(to->to, text, part);
  to->to += part;
  to->room -= part;
}

struct fd_sink {
  struct sink sink;
  int fd;
  int has_failed;
};

static void put_to_fd(struct sink *sink, const char *text, size_t count) {
  struct fd_sink *to = (struct fd_sink *)sink;
  if (count > 0 && write(to->fd, text, count) != (ssize_t)count) to->has_failed = 1;
}

/* An unbuffered stream still gets one write a call: it borrows a buffer meanwhile. */
int vfprintf(FILE *restrict file, const char *restrict format, va_list arguments) {
  char borrowed[256];
  struct file_sink sink = {{put_to_file, 0}, file, 0};
  int is_unbuffered = file->mode == _IONBF && file->buffer == NULL && !file->is_readable;
  if (is_unbuffered) {
    file->mode = _IOFBF;
    file->buffer = (unsigned char *)borrowed;
    file->capacity = sizeof borrowed;
  }
  __format(&sink.sink, format, arguments);
  if (is_unbuffered) {
    if (fflush(file) < 0) sink.has_failed = 1;
    file->mode = _IONBF;
    file->buffer = NULL;
    file->is_writing = 0;
  }
  return sink.has_failed ? -1 : (int)sink.sink.count;
}

int vsnprintf(char *restrict to, size_t size, const char *restrict format, va_list arguments) {
  struct text_sink sink = {{put_to_text, 0}, to, size == 0 ? 0 : size - 1};
  __format(&sink.sink, format, arguments);
  if (size > 0) *sink.to = '\0';
  return (int)sink.sink.count;
}

int vsprintf(char *restrict to, const char *restrict format, va_list arguments) {
  return vsnprintf(to, INT_MAX, format, arguments);
}

int vprintf(const char *restrict format, va_list arguments) {
  return vfprintf(stdout, format, arguments);
}

int printf(const char *restrict format, ...) {
  va_list list;
  va_start(list, format);
  int count = vfprintf(stdout, format, list);
  va_end(list);
  return count;
}

int fprintf(FILE *restrict file, const char *restrict format, ...) {
  va_list list;
  va_start(list, format);
  int count = vfprintf(file, format, list);
  va_end(list);
  return count;
}

int sprintf(char *restrict to, const char *restrict format, ...) {
  va_list list;
  va_start(list, format);
  int count = vsprintf(to, format, list);
  va_end(list);
  return count;
}

int snprintf(char *restrict to, size_t size, const char *restrict format, ...) {
  va_list list;
  va_start(list, format);
  int count = vsnprintf(to, size, format, list);
  va_end(list);
  return count;
}

int dprintf(int fd, const char *restrict format, ...) {
  va_list list;
  struct fd_sink sink = {{put_to_fd, 0}, fd, 0};
  va_start(list, format);
  __format(&sink.sink, format, list);
  va_end(list);
  return sink.has_failed ? -1 : (int)sink.sink.count;
}
