/* dirname NAME ..: names without their last part. */
#include "command.h"

#include <string.h>

int main(int argc, char **argv) {
  static const struct option longs[] = {{"zero", no_argument, NULL, 'z'}, {NULL, 0, NULL, 0}};
  int terminator = '\n';
  for (int option; (option = next_option(argc, argv, "z", longs, "dirname NAME ..\n")) != -1;) {
    if (option == 'z') terminator = '\0';
  }
  if (optind == argc) wrong_usage("missing operand");
  for (int i = optind; i < argc; i++) {
    const char *name = argv[i];
    size_t end = strlen(name);
    while (end > 1 && name[end - 1] == '/') end--;
    while (end > 0 && name[end - 1] != '/') end--;
    while (end > 1 && name[end - 1] == '/') end--;
    printf("%.*s%c", end == 0 ? 1 : (int)end, end == 0 ? "." : name, terminator);
  }
  return finish(0);
}
