/*
 * Commands that must run in the shell itself, and test, which is asked so often.
 */
#include "sh.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(const char *name, const char *what) {
  dprintf(2, "sh: %s: %s\n", name, what);
  return 2;
}

static int do_colon(int argc, char **argv) {
  (void)argc, (void)argv;
  return 0;
}

static int do_cd(int argc, char **argv) {
  const char *to = argc > 1 ? argv[1] : get_variable("HOME");
  char path[4096];
  if (to == NULL) to = "/";
  int is_back = strcmp(to, "-") == 0;
  if (is_back && (to = get_variable("OLDPWD")) == NULL) return complain("cd", "OLDPWD not set");
  if (getcwd(path, sizeof path) != NULL) set_variable("OLDPWD", path);
  if (chdir(to) < 0) {
    dprintf(2, "sh: cd: %s: %s\n", to, strerror(errno));
    return 1;
  }
  if (getcwd(path, sizeof path) != NULL) set_variable("PWD", path);
  if (is_back) dprintf(1, "%s\n", path);
  return 0;
}

static int do_pwd(int argc, char **argv) {
  char path[4096];
  (void)argc, (void)argv;
  if (getcwd(path, sizeof path) == NULL) return complain("pwd", strerror(errno));
  dprintf(1, "%s\n", path);
  return 0;
}

static int do_exit(int argc, char **argv) {
  shell_exit(argc > 1 ? atoi(argv[1]) : last_status);
}

static int do_export(int argc, char **argv) {
  if (argc == 1) print_variables(1);
  for (int i = 1; i < argc; i++) {
    char *equals = strchr(argv[i], '=');
    if (equals != NULL) {
      *equals = '\0';
      if (!set_variable(argv[i], equals + 1)) return 1;
    }
    if (!is_name(argv[i], strlen(argv[i]))) return complain("export", "not a variable's name");
    export_variable(argv[i]);
  }
  return 0;
}

static int do_unset(int argc, char **argv) {
  for (int i = 1; i < argc; i++) unset_variable(argv[i]);
  return 0;
}

static int do_set(int argc, char **argv) {
  if (argc == 1) {
    print_variables(0);
    return 0;
  }
  int first = strcmp(argv[1], "--") == 0 ? 2 : 1;
  if (first == 1 && (argv[1][0] == '-' || argv[1][0] == '+')) {
    return complain("set", "options are not supported");
  }
  positional_count = argc - first;
  positional = must_alloc(NULL, (size_t)(argc + 1) * sizeof *positional);
  for (int i = 0; i < positional_count; i++) positional[i] = strdup(argv[first + i]);
  positional[positional_count] = NULL;
  return 0;
}

static int do_shift(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 1;
  if (count < 0 || count > positional_count) return complain("shift", "too few parameters");
  positional += count;
  positional_count -= count;
  return 0;
}

static int leave_loop(int argc, char **argv, enum leave how) {
  if (loop_depth == 0) return 0;
  leave_count = argc > 1 ? atoi(argv[1]) : 1;
  if (leave_count < 1) return complain(argv[0], "the count must be 1 or more");
  if (leave_count > loop_depth) leave_count = loop_depth;
  leaving = how;
  return 0;
}

static int do_break(int argc, char **argv) {
  return leave_loop(argc, argv, LEAVE_BREAK);
}

static int do_continue(int argc, char **argv) {
  return leave_loop(argc, argv, LEAVE_CONTINUE);
}

static int do_return(int argc, char **argv) {
  leaving = LEAVE_RETURN;
  return argc > 1 ? atoi(argv[1]) : last_status;
}

static int do_eval(int argc, char **argv) {
  struct text text = {0};
  text_add_all(&text, "");
  for (int i = 1; i < argc; i++) {
    if (i > 1) text_add(&text, ' ');
    text_add_all(&text, argv[i]);
  }
  return text.length == 0 ? 0 : run_text(text.bytes);
}

static int do_dot(int argc, char **argv) {
  int fd = argc > 1 ? open_script(argv[1]) : -1;
  if (fd < 0) return complain(".", argc > 1 ? strerror(errno) : "which file?");
  int status = run_file(fd, 0);
  close(fd);
  if (leaving == LEAVE_RETURN) leaving = LEAVE_NOT;
  return status;
}

static int do_exec(int argc, char **argv) {
  (void)argc, (void)argv; /* run.c does it, redirections and all */
  return 0;
}

static int do_jobs(int argc, char **argv) {
  (void)argc, (void)argv;
  list_jobs();
  return 0;
}

static int do_wait(int argc, char **argv) {
  int status = 0;
  if (argc == 1) return wait_jobs(NULL);
  for (int i = 1; i < argc; i++) status = wait_jobs(argv[i]);
  return status;
}

static int do_umask(int argc, char **argv) {
  mode_t mask = umask(0);
  umask(argc > 1 ? (mode_t)strtol(argv[1], NULL, 8) : mask);
  if (argc == 1) dprintf(1, "%04o\n", mask);
  return 0;
}

/* Splits a line at blanks; the last name takes the rest. */
static int do_read(int argc, char **argv) {
  struct text line = {0};
  int first = argc > 1 && strcmp(argv[1], "-r") == 0 ? 2 : 1;
  char c;
  ssize_t count;
  text_add_all(&line, "");
  while ((count = read(0, &c, 1)) == 1 && c != '\n') {
    if (c == '\\' && first == 1) {
      if (read(0, &c, 1) != 1) break;
      if (c == '\n') continue;
    }
    text_add(&line, c);
  }
  const char *separators = get_variable("IFS");
  if (separators == NULL) separators = " \t\n";
  char *at = line.length == 0 ? arena_text("", 0) : line.bytes;
  for (int i = first; i < argc; i++) {
    at += strspn(at, separators);
    size_t length = strcspn(at, separators);
    if (i == argc - 1) {
      length = strlen(at);
      while (length > 0 && strchr(separators, at[length - 1]) != NULL) length--;
    }
    set_variable(argv[i], arena_text(at, length));
    at += length;
  }
  return count != 1;
}

static int do_kill(int argc, char **argv) {
  static const char *const names[] = {"",    "HUP",  "INT",  "QUIT", "ILL",  "TRAP", "ABRT",
                                      "BUS", "FPE",  "KILL", "USR1", "SEGV", "USR2", "PIPE",
                                      "ALRM", "TERM", "",     "CHLD", "CONT", "STOP", "TSTP"};
  int number = SIGTERM, status = 0, first = 1;
  if (argc > 1 && argv[1][0] == '-') {
    const char *name = argv[1] + 1;
    first = 2;
    if (strcmp(name, "s") == 0 && argc > 2) name = argv[first++];
    if (strncmp(name, "SIG", 3) == 0) name += 3;
    number = *name >= '0' && *name <= '9' ? atoi(name) : -1;
    for (unsigned i = 1; number < 0 && i < sizeof names / sizeof *names; i++) {
      if (*name != '\0' && strcmp(names[i], name) == 0) number = (int)i;
    }
    if (number < 0) return complain("kill", "unknown signal");
  }
  if (first >= argc) return complain("kill", "which process?");
  for (int i = first; i < argc; i++) {
    struct job *job = argv[i][0] == '%' ? find_job(argv[i]) : NULL;
    pid_t target = job == NULL ? atoi(argv[i]) : is_interactive ? -job->group : job->group;
    if (argv[i][0] == '%' && job == NULL) {
      status = complain("kill", "no such job");
    } else if (target == 0 || kill(target, number) < 0) {
      dprintf(2, "sh: kill: %s: %s\n", argv[i], target == 0 ? "not a process" : strerror(errno));
      status = 1;
    }
  }
  return status;
}

/* --- test */

struct test {
  char **words;
  int at, count;
  int failed;
};

static int test_or(struct test *test);

static int unary_test(char operator, const char *operand) {
  struct stat status;
  if (operator == 'n') return *operand != '\0';
  if (operator == 'z') return *operand == '\0';
  if (operator == 't') return isatty(atoi(operand));
  if (operator == 'r' || operator == 'w' || operator == 'x') {
    return access(operand, operator == 'r' ? R_OK : operator == 'w' ? W_OK : X_OK) == 0;
  }
  if (operator == 'h' || operator == 'L') {
    return lstat(operand, &status) == 0 && S_ISLNK(status.st_mode);
  }
  if (stat(operand, &status) < 0) return 0;
  switch (operator) {
    case 'f':
      return S_ISREG(status.st_mode);
    case 'd':
      return S_ISDIR(status.st_mode);
    case 'c':
      return S_ISCHR(status.st_mode);
    case 'b':
      return S_ISBLK(status.st_mode);
    case 'p':
      return S_ISFIFO(status.st_mode);
    case 's':
      return status.st_size > 0;
    default: /* e */
      return 1;
  }
}

static int binary_test(struct test *test, const char *left, const char *operator,
                       const char *right) {
  if (strcmp(operator, "=") == 0 || strcmp(operator, "==") == 0) return strcmp(left, right) == 0;
  if (strcmp(operator, "!=") == 0) return strcmp(left, right) != 0;
  static const char *const names[] = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
  char *left_end, *right_end;
  long a = strtol(left, &left_end, 10), b = strtol(right, &right_end, 10);
  for (int i = 0; i < 6; i++) {
    if (strcmp(operator, names[i]) != 0) continue;
    if (*left_end != '\0' || *right_end != '\0' || left_end == left || right_end == right) {
      complain("test", "expected an integer");
      test->failed = 1;
      return 0;
    }
    const int results[] = {a == b, a != b, a < b, a <= b, a > b, a >= b};
    return results[i];
  }
  complain("test", "unknown operator");
  test->failed = 1;
  return 0;
}

static int is_binary(const char *word) {
  static const char *const all[] = {"=",   "==",  "!=",  "-eq", "-ne",
                                    "-lt", "-le", "-gt", "-ge"};
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    if (strcmp(word, all[i]) == 0) return 1;
  }
  return 0;
}

static int test_primary(struct test *test) {
  int left = test->count - test->at;
  char **words = test->words + test->at;
  if (left >= 3 && is_binary(words[1])) {
    test->at += 3;
    return binary_test(test, words[0], words[1], words[2]);
  }
  if (left >= 1 && strcmp(words[0], "!") == 0) {
    test->at++;
    return !test_primary(test);
  }
  if (left >= 2 && strcmp(words[0], "(") == 0) {
    test->at++;
    int result = test_or(test);
    if (test->at < test->count && strcmp(test->words[test->at], ")") == 0) test->at++;
    else test->failed = 1;
    return result;
  }
  if (left >= 2 && words[0][0] == '-' && words[0][1] != '\0' && words[0][2] == '\0' &&
      strchr("nzrwxhLfdcbpset", words[0][1]) != NULL) {
    test->at += 2;
    return unary_test(words[0][1], words[1]);
  }
  if (left >= 1) {
    test->at++;
    return words[0][0] != '\0';
  }
  test->failed = 1;
  return 0;
}

static int test_and(struct test *test) {
  int result = test_primary(test);
  while (test->at < test->count && strcmp(test->words[test->at], "-a") == 0) {
    test->at++;
    result &= test_primary(test);
  }
  return result;
}

static int test_or(struct test *test) {
  int result = test_and(test);
  while (test->at < test->count && strcmp(test->words[test->at], "-o") == 0) {
    test->at++;
    result |= test_and(test);
  }
  return result;
}

static int do_test(int argc, char **argv) {
  struct test test = {argv, 1, argc, 0};
  if (strcmp(argv[0], "[") == 0) {
    if (strcmp(argv[argc - 1], "]") != 0) return complain("[", "expected ']' at the end");
    test.count--;
  }
  if (test.at == test.count) return 1;
  int result = test_or(&test);
  if (!test.failed && test.at < test.count) {
    dprintf(2, "sh: test: found '%s', expected an operator\n", argv[test.at]);
    test.failed = 1;
  }
  return test.failed ? 2 : !result;
}

static const struct {
  const char *name;
  builtin function;
} builtins[] = {
    {":", do_colon},        {".", do_dot},       {"[", do_test},
    {"break", do_break},    {"cd", do_cd},       {"continue", do_continue},
    {"eval", do_eval},      {"exec", do_exec},   {"exit", do_exit},
    {"export", do_export},  {"jobs", do_jobs},   {"kill", do_kill},
    {"pwd", do_pwd},        {"read", do_read},   {"return", do_return},
    {"set", do_set},        {"shift", do_shift}, {"test", do_test},
    {"umask", do_umask},    {"unset", do_unset}, {"wait", do_wait},
};

builtin find_builtin(const char *name) {
  for (unsigned i = 0; i < sizeof builtins / sizeof *builtins; i++) {
    if (strcmp(builtins[i].name, name) == 0) return builtins[i].function;
  }
  return NULL;
}
