/*
 * Built with our libc and with glibc: both must print the same. Left out: %a, whose leading digit C
 * leaves open.
 */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double values[] = {0,   1,   -1,  0.1,   123456789.125, 1e300, 1e-300,  5e-324, 2.5,
                                3.5, 0.5, 1.5, 9.995, 999999.5,      1e21,  DBL_MAX, -0.0};
static const char *const formats[] = {"%f",    "%e",    "%g",      "%.0f",     "%.3e",   "%.10g",
                                      "%+.2f", "%20.5f|", "%-20.3g|", "%020.4f", "%G",     "%E"};

static void floats(void) {
  for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
    for (unsigned j = 0; j < sizeof formats / sizeof *formats; j++) {
      printf(formats[j], values[i]);
      putchar('\n');
    }
  }
  printf("%Lf %Lg %Le\n", LDBL_MAX, LDBL_MIN, 1.0L / 3);
}

static void integers(void) {
  printf("%d %5d %-5d| %05d %+d % d %u %x %#x %X %o %#o\n", -5, 42, 42, 42, 42, 42, 4000000000u,
         255, 255, 255, 8, 8);
  printf("%lld %llu %p %c %s %.2s %10s %-10s| %%\n", -1234567890123456789LL,
         18446744073709551615ULL, (void *)0x1234, 'x', "hey", "hey", "hey", "hey");
  printf("%hhd %hd %.0d|%.5d|%8.3d|%-8.3d| %i\n", 300, 70000, 0, 42, 42, 42, 7);
  char small[10];
  int length = snprintf(small, sizeof small, "%s", "hello world!");
  printf("%d %s\n", length, small);
}

static void scans(void) {
  int number;
  char word[20], set[10];
  double value;
  int count = sscanf(" 42 word 3.25e2 [abc]", "%d %19s %lf [%[a-c]", &number, word, &value, set);
  printf("%d %d %s %g %s\n", count, number, word, value, set);
  printf("%g %g %g %.17g\n", strtod("1e-5", 0), strtod("0x1.8p3", 0), strtod("-inf", 0),
         strtod("0.1", 0));
  printf("%ld %ld %lu %lld\n", strtol("0x7fffffff", 0, 0), strtol("-99999999999", 0, 10),
         strtoul("-1", 0, 10), strtoll("-9223372036854775808", 0, 10));
}

static void dates(void) {
  time_t when = 951782399;
  for (int i = 0; i < 5; i++) {
    char text[100];
    struct tm *parts = gmtime(&when);
    strftime(text, sizeof text, "%F %T %a %b %j %D %u %w %y %I %p", parts);
    puts(text);
    when += 86400L * 397 * (i + 1);
  }
  when = -1000000000;
  printf("%s", asctime(gmtime(&when)));
}

/* A long random walk over the heap: blocks keep what was written at their start. */
static void heap(void) {
  int *blocks[200] = {0};
  unsigned seed = 1;
  for (int i = 0; i < 200000; i++) {
    seed = seed * 1103515245 + 12345;
    int at = (int)((seed >> 16) % 200);
    if (blocks[at] != NULL && *blocks[at] != at) puts("overwritten");
    if (seed & 0x100) {
      free(blocks[at]);
      blocks[at] = NULL;
    } else {
      blocks[at] = realloc(blocks[at], 8 + (seed >> 8) % 3000);
      *blocks[at] = at;
    }
  }
}

int main(void) {
  floats();
  integers();
  scans();
  dates();
  heap();
  return 0;
}
