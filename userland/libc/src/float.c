/*
 * Floating point to text and back. A long double is mantissa * 2^exponent exactly; its decimal
 * digits, all of them, come from words of nine digits that are doubled or halved; then one rounding,
 * half to even, gives what was asked. Text to number multiplies by powers of ten in long double, so
 * it may be off by one unit in the last place of a long double.
 */
#include "internal.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD 1000000000u
#define INTEGER_WORDS 552   /* 2^16384 has 4,933 digits */
#define FRACTION_WORDS 1836 /* 2^-16445 has 16,445 places */
#define DIGITS ((INTEGER_WORDS + FRACTION_WORDS) * 9)

union image {
  long double value;
  struct {
    uint64_t mantissa;
    uint16_t sign_exponent;
  } parts;
};

/* Digits of |value|; the first INTEGER_WORDS * 9 of them stand before the point. */
static void all_digits(union image image, char *digits) {
  static uint32_t words[INTEGER_WORDS + FRACTION_WORDS];
  int exponent = image.parts.sign_exponent & 0x7fff;
  exponent = (exponent == 0 ? 1 : exponent) - 16383 - 63;
  uint64_t mantissa = image.parts.mantissa;
  int top = INTEGER_WORDS - 3, end = INTEGER_WORDS; /* words that may be non-zero */
  memset(words, 0, sizeof words);
  for (int i = INTEGER_WORDS - 1; mantissa > 0; i--, mantissa /= WORD) {
    words[i] = (uint32_t)(mantissa % WORD);
  }
  while (exponent > 0) {
    int shift = exponent < 29 ? exponent : 29;
    uint64_t carry = 0;
    for (int i = end - 1; i >= top || carry > 0; i--) {
      carry += (uint64_t)words[i] << shift;
      words[i] = (uint32_t)(carry % WORD);
      carry /= WORD;
      if (i < top) top = i;
    }
    exponent -= shift;
  }
  while (exponent < 0) {
    int shift = -exponent < 9 ? -exponent : 9;
    uint32_t below = 0, factor = WORD >> shift;
    for (int i = top; i < end || below > 0; i++) {
      uint32_t word = words[i];
      words[i] = (word >> shift) + below;
      below = (word & ((1u << shift) - 1)) * factor;
      if (i >= end) end = i + 1;
    }
    while (top < end && words[top] == 0) top++;
    exponent += shift;
  }
  for (int i = 0; i < INTEGER_WORDS + FRACTION_WORDS; i++) {
    uint32_t word = words[i];
    for (int place = 8; place >= 0; place--, word /= 10) {
      digits[i * 9 + place] = (char)('0' + word % 10);
    }
  }
}

/* Rounds the digits half to even so that those from `keep` on are gone. */
static void round_digits(char *digits, int keep) {
  if (keep < 0 || keep >= DIGITS) return;
  int is_up = digits[keep] > '5';
  if (digits[keep] == '5') {
    int rest = keep + 1;
    while (rest < DIGITS && digits[rest] == '0') rest++;
    is_up = rest < DIGITS || (keep > 0 && (digits[keep - 1] & 1));
  }
  memset(digits + keep, '0', (size_t)(DIGITS - keep));
  while (is_up && keep-- > 0) {
    is_up = digits[keep] == '9';
    digits[keep] = is_up ? '0' : (char)(digits[keep] + 1);
  }
}

static const int point = INTEGER_WORDS * 9;

static int first_digit(const char *digits) {
  int first = 0;
  while (first < DIGITS && digits[first] == '0') first++;
  return first == DIGITS ? point - 1 : first;
}

static char *put_fixed(char *to, const char *digits, int precision, int has_point) {
  int first = first_digit(digits);
  if (first >= point) first = point - 1;
  memcpy(to, digits + first, (size_t)(point - first));
  to += point - first;
  if (has_point) *to++ = '.';
  memcpy(to, digits + point, (size_t)precision);
  return to + precision;
}

static char *put_exponential(char *to, const char *digits, int precision, int has_point,
                             char letter) {
  int first = first_digit(digits);
  int exponent = point - 1 - first;
  *to++ = digits[first];
  if (has_point) *to++ = '.';
  memcpy(to, digits + first + 1, (size_t)precision);
  to += precision;
  return to + sprintf(to, "%c%c%02d", letter, exponent < 0 ? '-' : '+', abs(exponent));
}

static char *put_hexadecimal(char *to, union image image, int precision, char conversion) {
  uint64_t mantissa = image.parts.mantissa;
  int exponent = (image.parts.sign_exponent & 0x7fff) - 16383;
  if (mantissa == 0) exponent = 0;
  int is_upper = conversion == 'A';
  if (precision >= 0 && precision < 15) {
    int drop = 60 - precision * 4;
    uint64_t half = (uint64_t)1 << (drop - 1), low = mantissa & (half * 2 - 1);
    mantissa -= low;
    if (low > half || (low == half && mantissa & (half * 2))) {
      uint64_t more = mantissa + half * 2;
      if (more < mantissa) {
        more = more >> 1 | (uint64_t)1 << 63;
        exponent++;
      }
      mantissa = more;
    }
  }
  char digits[20];
  sprintf(digits, is_upper ? "%016llX" : "%016llx", mantissa);
  int count = precision < 0 ? 15 : precision > 15 ? 15 : precision;
  while (precision < 0 && count > 0 && digits[count] == '0') count--;
  to += sprintf(to, "%s%c%s%.*s", is_upper ? "0X" : "0x", digits[0], count > 0 ? "." : "", count,
                digits + 1);
  for (int i = count; i < precision; i++) *to++ = '0';
  return to + sprintf(to, "%c%+d", is_upper ? 'P' : 'p', mantissa == 0 ? 0 : exponent - 3);
}

int __format_float(char *to, size_t size, long double value, char conversion, int precision,
                   int is_alternate) {
  static char digits[DIGITS];
  union image image;
  char *out = to;
  int is_upper = conversion < 'a';
  (void)size;
  memset(&image, 0, sizeof image);
  image.value = value;
  if (image.parts.sign_exponent & 0x8000) *out++ = '-';
  if ((image.parts.sign_exponent & 0x7fff) == 0x7fff) {
    const char *word = image.parts.mantissa << 1 == 0 ? "inf" : "nan";
    for (; *word != '\0'; word++) *out++ = (char)(is_upper ? toupper(*word) : *word);
    return (int)(out - to);
  }
  char kind = (char)(conversion | 32);
  if (kind == 'a') return (int)(put_hexadecimal(out, image, precision, conversion) - to);
  if (precision < 0) precision = 6;
  all_digits(image, digits);
  char letter = is_upper ? 'E' : 'e';
  if (kind == 'f') {
    round_digits(digits, point + precision);
    return (int)(put_fixed(out, digits, precision, precision > 0 || is_alternate) - to);
  }
  if (kind == 'e') {
    round_digits(digits, first_digit(digits) + 1 + precision);
    return (int)(put_exponential(out, digits, precision, precision > 0 || is_alternate, letter) -
                 to);
  }
  if (precision == 0) precision = 1;
  round_digits(digits, first_digit(digits) + precision);
  int first = first_digit(digits);
  int exponent = point - 1 - first;
  int is_fixed = exponent >= -4 && exponent < precision;
  int places = is_fixed ? precision - 1 - exponent : precision - 1;
  if (!is_alternate) {
    int last = is_fixed ? point + places : first + 1 + places;
    while (places > 0 && digits[last - 1] == '0') last--, places--;
  }
  int has_point = places > 0 || is_alternate;
  char *end = is_fixed ? put_fixed(out, digits, places, has_point)
                       : put_exponential(out, digits, places, has_point, letter);
  return (int)(end - to);
}

/* --- text to number */

static long double scaled(long double value, int exponent, long double base) {
  long double factor = base;
  int is_negative = exponent < 0;
  unsigned count = (unsigned)(is_negative ? -exponent : exponent);
  for (; count > 0; count >>= 1, factor *= factor) {
    if (count & 1) value = is_negative ? value / factor : value * factor;
  }
  return value;
}

static const char *read_exponent(const char *at, char letter, int *exponent) {
  if ((*at | 32) != letter) return at;
  const char *digits = at + 1;
  if (*digits == '-' || *digits == '+') digits++;
  if (!isdigit((unsigned char)*digits)) return at;
  char *end;
  long written = strtol(at + 1, &end, 10);
  *exponent += (int)(written > 20000 ? 20000 : written < -20000 ? -20000 : written);
  return end;
}

static long double read_digits(const char *at, char **end, unsigned base, char letter) {
  uint64_t mantissa = 0;
  int exponent = 0, has_point = 0, has_digits = 0;
  int step = base == 16 ? 4 : 1;
  for (;; at++) {
    int c = (unsigned char)*at;
    if (c == '.' && !has_point) {
      has_point = 1;
      continue;
    }
    if (!(base == 16 ? isxdigit(c) : isdigit(c))) break;
    has_digits = 1;
    unsigned digit = (unsigned)(isdigit(c) ? c - '0' : (c | 32) - 'a' + 10);
    if (mantissa <= (UINT64_MAX - digit) / base) {
      mantissa = mantissa * base + digit;
      exponent -= has_point ? step : 0;
    } else {
      exponent += has_point ? 0 : step;
    }
  }
  if (!has_digits) return 0;
  *end = (char *)read_exponent(at, letter, &exponent);
  return scaled((long double)mantissa, mantissa == 0 ? 0 : exponent, base == 16 ? 2 : 10);
}

long double strtold(const char *restrict text, char **restrict end) {
  const char *at = text;
  char *after = (char *)text;
  while (isspace((unsigned char)*at)) at++;
  int is_negative = *at == '-';
  if (*at == '-' || *at == '+') at++;
  long double value;
  if (strncasecmp(at, "inf", 3) == 0) {
    value = __builtin_huge_val();
    after = (char *)at + (strncasecmp(at, "infinity", 8) == 0 ? 8 : 3);
  } else if (strncasecmp(at, "nan", 3) == 0) {
    value = __builtin_huge_val();
    value -= value;
    after = (char *)at + 3;
  } else if (at[0] == '0' && (at[1] | 32) == 'x' &&
             (isxdigit((unsigned char)at[2]) || at[2] == '.')) {
    value = read_digits(at + 2, &after, 16, 'p');
  } else {
    value = read_digits(at, &after, 10, 'e');
  }
  if (end != NULL) *end = after;
  return is_negative ? -value : value;
}

double strtod(const char *restrict text, char **restrict end) {
  return (double)strtold(text, end);
}

float strtof(const char *restrict text, char **restrict end) {
  return (float)strtold(text, end);
}

double atof(const char *text) {
  return strtod(text, NULL);
}
