/*
 * Numbers from text, sorting, random numbers, the environment, programs.
 */
#include "internal.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int digit_value(int c) {
  if (isdigit(c)) return c - '0';
  if (isalpha(c)) return tolower(c) - 'a' + 10;
  return INT_MAX;
}

/* The magnitude as far as it fits `max`, then `max`; is_negative and is_overflow say the rest. */
static unsigned long long magnitude(const char *text, char **end, int base,
                                    unsigned long long max_positive,
                                    unsigned long long max_negative, int *is_negative) {
  const char *at = text;
  unsigned long long value = 0;
  int is_overflow = 0, has_digits = 0;
  while (isspace((unsigned char)*at)) at++;
  *is_negative = *at == '-';
  if (*at == '-' || *at == '+') at++;
  if ((base == 0 || base == 16) && at[0] == '0' && (at[1] | 32) == 'x' &&
      digit_value((unsigned char)at[2]) < 16) {
    at += 2;
    base = 16;
  } else if (base == 0) {
    base = *at == '0' ? 8 : 10;
  }
  unsigned long long max = *is_negative ? max_negative : max_positive;
  for (; digit_value((unsigned char)*at) < base; at++) {
    unsigned digit = (unsigned)digit_value((unsigned char)*at);
    has_digits = 1;
    if (value > (max - digit) / (unsigned)base || digit > max) is_overflow = 1;
    else value = value * (unsigned)base + digit;
  }
  if (end != NULL) *end = (char *)(has_digits ? at : text);
  if (!is_overflow) return value;
  errno = ERANGE;
  return max;
}

long strtol(const char *restrict text, char **restrict end, int base) {
  int is_negative;
  unsigned long value =
      (unsigned long)magnitude(text, end, base, LONG_MAX, LONG_MAX + 1ull, &is_negative);
  return (long)(is_negative ? -value : value);
}

long long strtoll(const char *restrict text, char **restrict end, int base) {
  int is_negative;
  unsigned long long value =
      magnitude(text, end, base, LLONG_MAX, LLONG_MAX + 1ull, &is_negative);
  return (long long)(is_negative ? -value : value);
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base) {
  int is_negative;
  unsigned long value =
      (unsigned long)magnitude(text, end, base, ULONG_MAX, ULONG_MAX, &is_negative);
  return is_negative ? -value : value;
}

unsigned long long strtoull(const char *restrict text, char **restrict end, int base) {
  int is_negative;
  unsigned long long value = magnitude(text, end, base, ULLONG_MAX, ULLONG_MAX, &is_negative);
  return is_negative ? -value : value;
}

int atoi(const char *text) {
  return (int)strtol(text, NULL, 10);
}

long atol(const char *text) {
  return strtol(text, NULL, 10);
}

long long atoll(const char *text) {
  return strtoll(text, NULL, 10);
}

int abs(int value) {
  return value < 0 ? -value : value;
}

long labs(long value) {
  return value < 0 ? -value : value;
}

long long llabs(long long value) {
  return value < 0 ? -value : value;
}

div_t div(int numerator, int denominator) {
  return (div_t){numerator / denominator, numerator % denominator};
}

ldiv_t ldiv(long numerator, long denominator) {
  return (ldiv_t){numerator / denominator, numerator % denominator};
}

lldiv_t lldiv(long long numerator, long long denominator) {
  return (lldiv_t){numerator / denominator, numerator % denominator};
}

/* --- random numbers: xorshift32, never in state 0 */

static unsigned random_state = 1;

void srand(unsigned seed) {
  random_state = seed * 2654435761u | 1;
}

int rand(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return (int)(random_state & RAND_MAX);
}

/* --- sorting: heap sort, in place, n log n on every input */

static void exchange(char *a, char *b, size_t size) {
  for (; size > 0; size--, a++, b++) {
    char held = *a;
    *a = *b;
    *b = held;
  }
}

static void sift(char *base, size_t at, size_t count, size_t size,
                 int (*compare)(const void *, const void *)) {
  for (size_t child; (child = 2 * at + 1) < count; at = child) {
    char *larger = base + child * size;
    if (child + 1 < count && compare(larger, larger + size) < 0) {
      child++;
      larger += size;
    }
    if (compare(base + at * size, larger) >= 0) return;
    exchange(base + at * size, larger, size);
  }
}

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  if (count < 2) return;
  for (size_t at = count / 2; at-- > 0;) sift(base, at, count, size, compare);
  for (size_t left = count - 1; left > 0; left--) {
    exchange(base, (char *)base + left * size, size);
    sift(base, 0, left, size, compare);
  }
}

void *bsearch(const void *key, const void *base, size_t count, size_t size,
              int (*compare)(const void *, const void *)) {
  const char *low = base;
  while (count > 0) {
    const char *middle = low + count / 2 * size;
    int order = compare(key, middle);
    if (order == 0) return (void *)middle;
    if (order > 0) {
      low = middle + size;
      count--;
    }
    count /= 2;
  }
  return NULL;
}

/* --- programs */

void abort(void) {
  signal(SIGABRT, SIG_DFL);
  raise(SIGABRT);
  _exit(127);
}

int system(const char *command) {
  if (command == NULL) return 1;
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
  }
  int status;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return status;
}
