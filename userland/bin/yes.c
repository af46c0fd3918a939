/* yes [WORD]: the word, y unless given, line after line. */
#include <stdio.h>

int main(int argc, char **argv) {
  while (puts(argc > 1 ? argv[1] : "y") >= 0) continue;
  return 1;
}
