/*
 * getopt and getopt_long. Operands before options are passed over and moved behind them, unless
 * the option text begins with '+' or POSIXLY_CORRECT is set. The messages are GNU's.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1;
int opterr = 1;
int optopt;

static int at; /* within argv[optind], among letters; 0: at its start */
static int passed; /* operands directly before optind that were passed over */

/* Moves the operands that were passed over behind the `count` words at optind. */
static void settle(char **argv, int count) {
  for (int moved = 0; moved < count && passed > 0; moved++) {
    char *word = argv[optind + moved];
    for (int i = optind + moved; i > optind + moved - passed; i--) argv[i] = argv[i - 1];
    argv[optind + moved - passed] = word;
  }
  optind += count;
}

static int finish(void) {
  optind -= passed;
  passed = 0;
  return -1;
}

static int complain(const char *format, const char *program, const char *prefix, const char *name) {
  if (opterr) fprintf(stderr, format, program, prefix, name);
  return '?';
}

static int letter(int argc, char **argv, const char *options) {
  const char letter_text[2] = {argv[optind][at], '\0'};
  int option = (unsigned char)argv[optind][at++];
  const char *row = option == ':' || option == ';' ? NULL : strchr(options, option);
  char *rest = argv[optind] + at;
  int is_last = *rest == '\0';
  optopt = option;
  optarg = NULL;
  if (row != NULL && row[1] == ':') {
    int is_optional = row[2] == ':';
    at = 0;
    if (!is_last) optarg = rest;
    if (!is_last || is_optional) {
      settle(argv, 1);
      return option;
    }
    if (optind + 1 < argc) {
      optarg = argv[optind + 1];
      settle(argv, 2);
      return option;
    }
    settle(argv, 1);
    if (*options == ':') return ':';
    return complain("%s: option requires an argument -- %s'%s'\n", argv[0], "", letter_text);
  }
  if (is_last) {
    at = 0;
    settle(argv, 1);
  }
  if (row != NULL) return option;
  return complain("%s: invalid option -- %s'%s'\n", argv[0], "", letter_text);
}

/* The row that the name of `length` characters means, by itself or as the only one it begins. */
static const struct option *find(const struct option *rows, const char *name, size_t length,
                                 int *is_ambiguous) {
  const struct option *found = NULL;
  *is_ambiguous = 0;
  for (const struct option *row = rows; row->name != NULL; row++) {
    if (strncmp(row->name, name, length) != 0) continue;
    if (row->name[length] == '\0') {
      *is_ambiguous = 0;
      return row;
    }
    if (found == NULL) found = row;
    else if (found->val != row->val || found->flag != row->flag) *is_ambiguous = 1;
  }
  return *is_ambiguous ? NULL : found;
}

static int tell_ambiguous(const char *program, const char *name, size_t length,
                          const struct option *rows) {
  if (!opterr) return '?';
  fprintf(stderr, "%s: option '--%s' is ambiguous; possibilities:", program, name);
  for (; rows->name != NULL; rows++) {
    if (strncmp(rows->name, name, length) == 0) fprintf(stderr, " '--%s'", rows->name);
  }
  fputc('\n', stderr);
  return '?';
}

static int long_option(int argc, char **argv, const char *options, const struct option *rows,
                       int *index) {
  char *name = argv[optind] + 2;
  size_t length = strcspn(name, "=");
  int is_ambiguous;
  const struct option *row = find(rows, name, length, &is_ambiguous);
  optopt = 0;
  optarg = name[length] == '=' ? name + length + 1 : NULL;
  if (is_ambiguous) {
    settle(argv, 1);
    return tell_ambiguous(argv[0], name, length, rows);
  }
  if (row == NULL) {
    settle(argv, 1);
    if (optarg != NULL) name[length] = '\0';
    complain("%s: unrecognized option '%s%s'\n", argv[0], "--", name);
    return '?';
  }
  optopt = row->val;
  if (optarg != NULL && row->has_arg == no_argument) {
    settle(argv, 1);
    return complain("%s: option '%s%s' doesn't allow an argument\n", argv[0], "--", row->name);
  }
  if (optarg == NULL && row->has_arg == required_argument) {
    if (optind + 1 >= argc) {
      settle(argv, 1);
      if (*options == ':') return ':';
      return complain("%s: option '%s%s' requires an argument\n", argv[0], "--", row->name);
    }
    optarg = argv[optind + 1];
    settle(argv, 2);
  } else {
    settle(argv, 1);
  }
  if (index != NULL) *index = (int)(row - rows);
  if (row->flag == NULL) return row->val;
  *row->flag = row->val;
  return 0;
}

int getopt_long(int argc, char *const words[], const char *options,
                const struct option *long_options, int *index) {
  char **argv = (char **)words; /* POSIX's const is GNU's promise only */
  int keeps_order = *options == '+' || getenv("POSIXLY_CORRECT") != NULL;
  if (*options == '+') options++;
  if (optind == 0) {
    optind = 1;
    at = passed = 0;
  }
  if (at == 0) {
    while (!keeps_order && optind < argc &&
           (argv[optind][0] != '-' || argv[optind][1] == '\0')) {
      optind++;
      passed++;
    }
    if (optind >= argc || argv[optind][0] != '-' || argv[optind][1] == '\0') return finish();
    if (strcmp(argv[optind], "--") == 0) {
      settle(argv, 1);
      return finish();
    }
    if (long_options != NULL && argv[optind][1] == '-') {
      return long_option(argc, argv, options, long_options, index);
    }
    at = 1;
  }
  return letter(argc, argv, options);
}

int getopt(int argc, char *const argv[], const char *options) {
  return getopt_long(argc, argv, options, NULL, NULL);
}
