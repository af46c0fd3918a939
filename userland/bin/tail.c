/* tail [-n LINES] [FILE]: the end of a file; 10 lines unless told. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  long count = 10, at = 0;
  if (argc > 1 && argv[1][0] == '-' && isdigit((unsigned char)argv[1][1])) {
    count = atol(argv[1] + 1);
    optind = 2;
  }
  for (int option; (option = getopt(argc, argv, "n:")) != -1;) {
    if (option == '?') return 2;
    count = atol(optarg);
  }
  FILE *file = optind < argc ? fopen(argv[optind], "r") : stdin;
  if (file == NULL) {
    fprintf(stderr, "tail: %s: %s\n", argv[optind], strerror(errno));
    return 1;
  }
  if (count <= 0 || count > 1000000) return count != 0;
  char **lines = calloc((size_t)count, sizeof *lines);
  size_t *sizes = calloc((size_t)count, sizeof *sizes);
  while (getline(&lines[at % count], &sizes[at % count], file) >= 0) at++;
  for (long i = at > count ? at - count : 0; i < at; i++) fputs(lines[i % count], stdout);
  return 0;
}
