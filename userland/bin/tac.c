/* tac [FILE ..]: lines in reverse order. */
#include "command.h"

#include <string.h>

int main(int argc, char **argv) {
  static char *standard[] = {"-", NULL};
  while (next_option(argc, argv, "", NULL, "tac [FILE ..]\n") != -1) continue;
  for (char **name = optind < argc ? argv + optind : standard; *name != NULL; name++) {
    int is_input = strcmp(*name, "-") == 0;
    FILE *file = is_input ? stdin : fopen(*name, "r");
    struct buffer all = {0};
    char block[4096];
    size_t count;
    if (file == NULL) {
      complain("failed to open %s for reading", quoted(*name));
      continue;
    }
    while ((count = fread(block, 1, sizeof block, file)) > 0) buffer_add(&all, block, count);
    if (ferror(file)) complain("%s: read error", shown(*name));
    for (size_t end = all.length; end > 0;) {
      size_t start = end - 1;
      while (start > 0 && all.bytes[start - 1] != '\n') start--;
      fwrite(all.bytes + start, 1, end - start, stdout);
      end = start;
    }
    if (!is_input) fclose(file);
  }
  return finish(exit_status);
}
