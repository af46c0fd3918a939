/* date [+FORMAT]: now, in UTC. */
#include <stdio.h>
#include <time.h>

int main(int argc, char **argv) {
  char text[256];
  time_t now = time(NULL);
  const char *format = argc > 1 && argv[1][0] == '+' ? argv[1] + 1 : "%a %b %e %H:%M:%S %Z %Y";
  if (strftime(text, sizeof text, format, gmtime(&now)) > 0) puts(text);
  return 0;
}
