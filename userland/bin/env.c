/* env [NAME=VALUE ..] [COMMAND [ARGUMENT ..]]: the environment, or a command with more of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int at = 1;
  for (; at < argc && strchr(argv[at], '=') != NULL; at++) putenv(argv[at]);
  if (at < argc) {
    execvp(argv[at], argv + at);
    fprintf(stderr, "env: %s: %s\n", argv[at], strerror(errno));
    return errno == ENOENT ? 127 : 126;
  }
  for (char **entry = environ; *entry != NULL; entry++) puts(*entry);
  return 0;
}
