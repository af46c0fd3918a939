/* kill [-SIGNAL] PID ..: sends a signal; SIGTERM unless another is named. kill -l lists them. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  int number;
} signals[] = {
    {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ILL", SIGILL},   {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT}, {"BUS", SIGBUS},   {"FPE", SIGFPE},   {"KILL", SIGKILL}, {"USR1", SIGUSR1},
    {"SEGV", SIGSEGV}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"TERM", SIGTERM},
    {"CHLD", SIGCHLD}, {"CONT", SIGCONT}, {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},
};

#define COUNT (sizeof signals / sizeof *signals)

static int number_of(const char *name) {
  char *end;
  long number = strtol(name, &end, 10);
  if (*name != '\0' && *end == '\0') return (int)number;
  if (strncmp(name, "SIG", 3) == 0) name += 3;
  for (unsigned i = 0; i < COUNT; i++) {
    if (strcmp(signals[i].name, name) == 0) return signals[i].number;
  }
  return -1;
}

int main(int argc, char **argv) {
  int number = SIGTERM, first = 1, status = 0;
  if (argc > 1 && strcmp(argv[1], "-l") == 0) {
    for (unsigned i = 0; i < COUNT; i++) printf("%2d %s\n", signals[i].number, signals[i].name);
    return 0;
  }
  if (argc > 1 && argv[1][0] == '-') {
    number = number_of(argv[1] + 1);
    first = 2;
  }
  if (number < 0 || first >= argc) {
    fprintf(stderr, "usage: kill [-SIGNAL] PID ..\n");
    return 2;
  }
  for (int i = first; i < argc; i++) {
    char *end;
    long process = strtol(argv[i], &end, 10);
    if (*argv[i] == '\0' || *end != '\0') {
      fprintf(stderr, "kill: %s: not a process number\n", argv[i]);
      status = 1;
    } else if (kill((pid_t)process, number) < 0) {
      fprintf(stderr, "kill: %s: %s\n", argv[i], strerror(errno));
      status = 1;
    }
  }
  return status;
}
