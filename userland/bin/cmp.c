/* cmp [-ls] [-n COUNT] FILE FILE: where two files differ first; -l all differences. */
#include "command.h"

#include <string.h>

int main(int argc, char **argv) {
  static const struct option longs[] = {{"silent", no_argument, NULL, 's'},
                                        {"quiet", no_argument, NULL, 's'},
                                        {"verbose", no_argument, NULL, 'l'},
                                        {"bytes", required_argument, NULL, 'n'},
                                        {NULL, 0, NULL, 0}};
  int is_quiet = 0, lists = 0;
  long long most = -1, at = 0, line = 1;
  usage_status = trouble_status = 2;
  for (int option; (option = next_option(argc, argv, "bln:s", longs,
                                         "cmp [-ls] [-n COUNT] FILE FILE\n")) != -1;) {
    if (option == 'l') lists = 1;
    if (option == 's') is_quiet = 1;
    if (option == 'n' && !parse_size(optarg, &most)) wrong_usage("invalid --bytes value %s", quoted(optarg));
  }
  int count = argc - optind;
  if (count == 0) give_up("missing operand after '%s'\n%s: Try '%s --help' for more information.",
                          argv[argc - 1], argv[0], argv[0]);
  if (count > 2) wrong_usage("extra operand '%s'", argv[optind + 2]);
  const char *names[2] = {argv[optind], count == 2 ? argv[optind + 1] : "-"};
  FILE *files[2];
  for (int i = 0; i < 2; i++) {
    files[i] = strcmp(names[i], "-") == 0 ? stdin : fopen(names[i], "r");
    if (files[i] != NULL) continue;
    if (!is_quiet) complain("%s", names[i]);
    return 2;
  }
  int width = 1;
  long long sizes[2] = {0};
  for (int i = 0; i < 2; i++) {
    struct stat status;
    if (fstat(fileno(files[i]), &status) == 0) sizes[i] = status.st_size;
  }
  for (long long rest = sizes[0] < sizes[1] ? sizes[0] : sizes[1]; rest >= 10; rest /= 10) width++;
  int status = 0, last = '\n';
  for (;; at++) {
    if (most >= 0 && at == most) break;
    int a = getc(files[0]), b = getc(files[1]);
    if (a == EOF && b == EOF) break;
    if (a == EOF || b == EOF) {
      status = 1;
      if (is_quiet) break;
      const char *name = names[a == EOF ? 0 : 1];
      if (at == 0) complain_only("EOF on %s which is empty", name);
      else if (lists) complain_only("EOF on %s after byte %lld", name, at);
      else if (last == '\n') complain_only("EOF on %s after byte %lld, line %lld", name, at, line - 1);
      else complain_only("EOF on %s after byte %lld, in line %lld", name, at, line);
      break;
    }
    if (a != b) {
      status = 1;
      if (is_quiet) break;
      if (!lists) {
        printf("%s %s differ: char %lld, line %lld\n", names[0], names[1], at + 1, line);
        break;
      }
      printf("%*lld %3o %3o\n", width, at + 1, (unsigned)a, (unsigned)b);
    }
    line += a == '\n';
    last = a;
  }
  return finish(status);
}
