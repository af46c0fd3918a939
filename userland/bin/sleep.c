/* sleep SECONDS: waits; fractions such as 0.25 are taken. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv) {
  char *end = NULL;
  long seconds = argc == 2 ? strtol(argv[1], &end, 10) : -1;
  long nanoseconds = 0;
  if (end != NULL && *end == '.') {
    long place = 100000000;
    for (end++; *end >= '0' && *end <= '9'; end++, place /= 10) {
      nanoseconds += (*end - '0') * place;
    }
  }
  if (seconds < 0 || *end != '\0') {
    fprintf(stderr, "usage: sleep SECONDS\n");
    return 2;
  }
  struct timespec wanted = {seconds, nanoseconds};
  return nanosleep(&wanted, NULL) < 0;
}
