/*
 * The shell's options: `sh`, `sh FILE [ARGUMENT ..]`, `sh -c TEXT [NAME [ARGUMENT ..]]`, -i.
 */
#include "sh.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Only so that a read at the prompt ends: what follows is up to the reader. */
static void interrupted(int signal) {
  (void)signal;
}

static void set_up_terminal(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = interrupted;
  sigaction(SIGINT, &action, NULL);
  static const int ignored[] = {SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGTERM};
  for (unsigned i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  setpgid(0, 0);
  tcsetpgrp(0, getpgrp());
}

int main(int argc, char **argv, char **environment) {
  int first = 1;
  const char *text = NULL;
  struct arena top = {NULL};
  arena = &top;
  shell_pid = getpid();
  take_environment(environment);
  if (get_variable("PATH") == NULL) set_variable("PATH", "/bin");
  if (argc > 1 && strcmp(argv[1], "-i") == 0) {
    is_interactive = 1;
    first = 2;
  } else if (argc > 1 && strcmp(argv[1], "-c") == 0) {
    if (argc == 2) {
      dprintf(2, "sh: -c needs a command\n");
      return 2;
    }
    text = argv[2];
    first = 3;
  } else if (argc > 1 && argv[1][0] == '-' && argv[1][1] != '\0') {
    dprintf(2, "sh: unknown option %s\nusage: sh [-i] [-c TEXT | FILE] [ARGUMENT ..]\n", argv[1]);
    return 2;
  }
  int fd = 0;
  if (first < argc) {
    shell_name = argv[first];
    if (text == NULL) fd = open_script(argv[first]);
    if (fd < 0) {
      dprintf(2, "sh: %s: %s\n", argv[first], strerror(errno));
      return 127;
    }
    positional = argv + first + 1;
    positional_count = argc - first - 1;
  }
  if (text != NULL) return run_text(text);
  if (fd == 0 && first == argc && isatty(0) && isatty(2)) is_interactive = 1;
  if (is_interactive) set_up_terminal();
  int status = run_file(fd, is_interactive);
  shell_exit(status);
}
