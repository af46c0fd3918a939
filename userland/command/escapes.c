/* Backslash escapes, as printf and stat write them. */
#include "command.h"

#include <string.h>

const char *put_escape(const char *at) {
  static const char from[] = "abfnrtv\\\"", to[] = "\a\b\f\n\r\t\v\\\"";
  const char *found = *at == '\0' ? NULL : strchr(from, *at);
  if (found != NULL) {
    putchar(to[found - from]);
    return at + 1;
  }
  if (*at < '0' || *at > '7') {
    putchar('\\');
    return at;
  }
  int value = 0;
  for (int digits = 0; digits < 3 && *at >= '0' && *at <= '7'; digits++) {
    value = value * 8 + (*at++ - '0');
  }
  putchar(value);
  return at;
}
