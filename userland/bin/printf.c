/* printf FORMAT [ARGUMENT ..]: %d %i %u %o %x %X %c %s %% and backslash escapes, format reused. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: printf FORMAT [ARGUMENT ..]\n");
    return 2;
  }
  int next = 2, before;
  do {
    before = next;
    for (const char *at = argv[1]; *at != '\0';) {
      if (*at == '\\') {
        at = put_escape(at + 1);
        continue;
      }
      if (*at != '%' || at[1] == '%') {
        putchar(*at);
        at += *at == '%' ? 2 : 1;
        continue;
      }
      char directive[32];
      size_t length = 1 + strspn(at + 1, "-+ #0123456789.");
      char conversion = at[length];
      if (conversion == '\0' || length > 20 || strchr("diuoxXcs", conversion) == NULL) {
        fprintf(stderr, "printf: found '%s', expected a conversion\n", at);
        return 1;
      }
      memcpy(directive, at, length);
      const char *argument = next < argc ? argv[next++] : "";
      int is_number = conversion != 's' && conversion != 'c';
      sprintf(directive + length, "%s%c", is_number ? "l" : "", conversion);
      if (is_number) printf(directive, strtol(argument, NULL, 0));
      else if (conversion == 'c') printf(directive, *argument);
      else printf(directive, argument);
      at += length + 1;
    }
  } while (next > before && next < argc);
  return 0;
}
