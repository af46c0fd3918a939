/*
 * Numbers and sizes, read and shown.
 */
#include "command.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

int parse_number(const char *text, long long *value) {
  char *end;
  errno = 0;
  *value = strtoll(text, &end, 10);
  return end != text && *end == '\0' && errno == 0;
}

/* Multiplies unless that overflows. */
static int scale(long long *value, long long by) {
  if (*value > LLONG_MAX / by || *value < LLONG_MIN / by) return 0;
  *value *= by;
  return 1;
}

int parse_size(const char *text, long long *value) {
  static const char letters[] = "KMGTPE";
  char *end;
  errno = 0;
  *value = strtoll(text, &end, 10);
  if (errno != 0) return 0;
  if (end == text) {
    if (*text == '\0' || strchr("KMGTPEkmg", *text) == NULL) return 0;
    *value = 1;
  }
  if (*end == '\0') return 1;
  if (end[1] == '\0' && *end == 'c') return 1;
  if (end[1] == '\0' && *end == 'w') return scale(value, 2);
  if (end[1] == '\0' && *end == 'b') return scale(value, 512);
  char letter = *end == 'k' ? 'K' : *end == 'm' ? 'M' : *end == 'g' ? 'G' : *end;
  const char *found = strchr(letters, letter);
  if (found == NULL) return 0;
  end++;
  long long by = strcmp(end, "B") == 0 ? 1000 : 1024;
  if (*end != '\0' && strcmp(end, "B") != 0 && strcmp(end, "iB") != 0) return 0;
  for (long i = found - letters; i >= 0; i--) {
    if (!scale(value, by)) return 0;
  }
  return 1;
}

const char *human_size(unsigned long long bytes, char *to) {
  static const char letters[] = " KMGTPE";
  int power = 0;
  unsigned long long value = bytes, rest = 0; /* rest: something was cut off */
  unsigned tenths = 0;
  while (value >= 1024) {
    unsigned long long cut = (value % 1024) * 10 + tenths;
    tenths = (unsigned)(cut / 1024);
    rest = rest | cut % 1024;
    value /= 1024;
    power++;
  }
  if (power == 0) {
    sprintf(to, "%llu", value);
    return to;
  }
  if (value < 10) {
    if (rest != 0) tenths++;
    if (tenths == 10) tenths = 0, value++;
    if (value < 10) {
      sprintf(to, "%llu.%u%c", value, tenths, letters[power]);
      return to;
    }
    rest = tenths = 0;
  }
  if (rest != 0 || tenths != 0) value++;
  if (value == 1024 && power < 6) {
    sprintf(to, "1.0%c", letters[power + 1]);
    return to;
  }
  sprintf(to, "%llu%c", value, letters[power]);
  return to;
}
