/* head [-n LINES | -c BYTES] [FILE ..]: the start of files; 10 lines unless told. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void show(FILE *file, long lines, long bytes) {
  for (int c; (bytes < 0 ? lines > 0 : bytes > 0) && (c = getc(file)) != EOF; bytes -= bytes > 0) {
    putchar(c);
    lines -= c == '\n';
  }
}

int main(int argc, char **argv) {
  long lines = 10, bytes = -1;
  int status = 0;
  if (argc > 1 && argv[1][0] == '-' && isdigit((unsigned char)argv[1][1])) {
    lines = atol(argv[1] + 1);
    optind = 2;
  }
  for (int option; (option = getopt(argc, argv, "n:c:")) != -1;) {
    if (option == '?') return 2;
    if (option == 'n') lines = atol(optarg);
    if (option == 'c') bytes = atol(optarg);
  }
  int count = argc - optind;
  if (count == 0) show(stdin, lines, bytes);
  for (int i = optind; i < argc; i++) {
    FILE *file = fopen(argv[i], "r");
    if (file == NULL) {
      fprintf(stderr, "head: %s: %s\n", argv[i], strerror(errno));
      status = 1;
      continue;
    }
    if (count > 1) printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
    show(file, lines, bytes);
    fclose(file);
  }
  return status;
}
