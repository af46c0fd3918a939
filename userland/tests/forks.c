/*
 * forks COUNT [PROGRAM]: forks COUNT children one after another and waits for each; a child exits, or
 * runs PROGRAM. Prints how many ended with status 0.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 1, good = 0;
  for (int i = 0; i < count; i++) {
    pid_t child = fork();
    if (child < 0) {
      perror("fork");
      break;
    }
    if (child == 0) {
      if (argc > 2) execv(argv[2], argv + 2);
      _exit(argc > 2);
    }
    int status;
    if (waitpid(child, &status, 0) == child && status == 0) good++;
  }
  printf("%d of %d\n", good, count);
  return good != count;
}
