/* hexdump [FILE]: sixteen bytes a line, in hexadecimal and as text. */
#include <ctype.h>
#include <stdio.h>

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "r") : stdin;
  unsigned char row[16];
  unsigned long at = 0;
  if (file == NULL) {
    perror(argv[1]);
    return 1;
  }
  for (size_t count; (count = fread(row, 1, sizeof row, file)) > 0; at += count) {
    printf("%08lx ", at);
    for (size_t i = 0; i < sizeof row; i++) {
      if (i % 8 == 0) putchar(' ');
      if (i < count) printf("%02x ", row[i]);
      else printf("   ");
    }
    printf(" |");
    for (size_t i = 0; i < count; i++) putchar(isprint(row[i]) ? row[i] : '.');
    puts("|");
  }
  printf("%08lx\n", at);
  return 0;
}
