/* seq [FIRST [STEP]] LAST: integers, one a line. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc < 2 || argc > 4) {
    fprintf(stderr, "usage: seq [FIRST [STEP]] LAST\n");
    return 2;
  }
  long first = argc > 2 ? atol(argv[1]) : 1;
  long step = argc > 3 ? atol(argv[2]) : 1;
  long last = atol(argv[argc - 1]);
  if (step == 0) {
    wrong_usage("invalid Zero increment value: %s", quoted(argv[2]));
  }
  for (long at = first; step > 0 ? at <= last : at >= last; at += step) printf("%ld\n", at);
  return finish(0);
}
