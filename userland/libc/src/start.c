/*
 * The way in and out of a program: the start, errno, the environment's pointer, exit.
 */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXIT_FUNCTIONS_MAX 32

char **environ;
char *program_invocation_name = "?";

static int error_number;
static void (*exit_functions[EXIT_FUNCTIONS_MAX])(void);
static int exit_function_count;

extern void (*__init_array_start[])(void) __attribute__((weak));
extern void (*__init_array_end[])(void) __attribute__((weak));

int main(int argc, char **argv, char **environment);

int *__errno_location(void) {
  return &error_number;
}

long __result(long answer) {
  if ((unsigned long)answer < (unsigned long)-4095L) return answer;
  errno = (int)-answer;
  return -1;
}

void __libc_start(long *stack) {
  int argc = (int)stack[0];
  char **argv = (char **)(stack + 1);
  environ = argv + argc + 1;
  if (argc > 0) program_invocation_name = argv[0];
  for (void (**function)(void) = __init_array_start; function < __init_array_end; function++) {
    (*function)();
  }
  exit(main(argc, argv, environ));
}

int atexit(void (*function)(void)) {
  if (exit_function_count == EXIT_FUNCTIONS_MAX) return -1;
  exit_functions[exit_function_count++] = function;
  return 0;
}

void exit(int status) {
  while (exit_function_count > 0) exit_functions[--exit_function_count]();
  __flush_all();
  _exit(status);
}

void _exit(int status) {
  for (;;) __syscall(SYS_exit_group, status);
}

void _Exit(int status) {
  _exit(status);
}

void __assert_fail(const char *text, const char *file, unsigned line, const char *function) {
  fprintf(stderr, "%s:%u: %s: assertion '%s' failed\n", file, line, function, text);
  abort();
}
