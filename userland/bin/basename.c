/* basename NAME [SUFFIX] | basename -a [-s SUFFIX] NAME ..: the last part of names. */
#include "command.h"

#include <string.h>

static void show(const char *name, const char *suffix, int terminator) {
  char *part = last_part(name);
  size_t length = strlen(part), end = suffix == NULL ? 0 : strlen(suffix);
  if (end > 0 && length > end && strcmp(part + length - end, suffix) == 0) part[length - end] = '\0';
  printf("%s%c", part, terminator);
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"multiple", no_argument, NULL, 'a'},
                                        {"suffix", required_argument, NULL, 's'},
                                        {"zero", no_argument, NULL, 'z'},
                                        {NULL, 0, NULL, 0}};
  const char *suffix = NULL;
  int is_multiple = 0, terminator = '\n';
  for (int option; (option = next_option(argc, argv, "+as:z", longs,
                                         "basename NAME [SUFFIX] | -a [-s SUFFIX] NAME ..\n")) !=
                   -1;) {
    if (option == 'a') is_multiple = 1;
    if (option == 's') suffix = optarg, is_multiple = 1;
    if (option == 'z') terminator = '\0';
  }
  int count = argc - optind;
  if (count == 0) wrong_usage("missing operand");
  if (!is_multiple && count > 2) wrong_usage("extra operand %s", quoted(argv[optind + 2]));
  if (!is_multiple) show(argv[optind], argv[optind + 1], terminator);
  for (int i = optind; i < argc && is_multiple; i++) show(argv[i], suffix, terminator);
  return finish(0);
}
