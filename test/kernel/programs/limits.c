/*
 * limits NAME: one test of a limit of the kernel, chosen by the name; prints "ok", or the line that
 * did not hold. Its parts are the other limits_*.c.
 */
#include "limits.h"

unsigned length(const char *text) {
  unsigned count = 0;
  while (text[count])
    count++;
  return count;
}

int equal(const char *a, const char *b) {
  while (*a && *a == *b)
    a++, b++;
  return *a == *b;
}

void *memset(void *to, int value, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    ((char *)to)[i] = value;
  return to;
}

void *memcpy(void *to, const void *from, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    ((char *)to)[i] = ((const char *)from)[i];
  return to;
}

void print(const char *text) { system_call(SYS_write, 1, text, length(text)); }

void print_number(long number) {
  char text[16], *at = text + sizeof(text) - 1;
  unsigned long rest = number < 0 ? -number : number;
  *at = 0;
  do
    *--at = '0' + rest % 10;
  while (rest /= 10);
  if (number < 0)
    *--at = '-';
  print(at);
}

void leave(int status) {
  system_call(SYS_exit, status);
  for (;;)
    ;
}

void fail_at(int line, long value) {
  print("wrong at line ");
  print_number(line);
  print(": ");
  print_number(value);
  print("\n");
  leave(1);
}

int fork(void) { return system_call(SYS_fork); }

int wait_for(int pid) {
  int status = -1;
  CHECK_IS(system_call(SYS_wait4, pid, &status, 0, 0), pid);
  return status;
}

long frames_free(void) {
  static struct sysinfo info;
  system_call(SYS_sysinfo, &info);
  return info.freeram;
}

char *map_memory(unsigned pages, int flags) {
  long address = system_call(SYS_mmap2, 0, pages * PAGE, PROT_READ | PROT_WRITE,
                             MAP_ANONYMOUS | flags, -1, 0);
  return (unsigned long)address > -4096ul ? NULL : (char *)address;
}

void handle(int number, void (*handler)(int), unsigned long flags) {
  struct kernel_sigaction action = {(unsigned long)handler, flags, 0, 0};
  CHECK_IS(system_call(SYS_rt_sigaction, number, &action, 0, 8), 0);
}

void sleep_ticks(int ticks) {
  long time[2] = {0, ticks * 10000000l};
  system_call(SYS_nanosleep, time, 0);
}

static int run_of(const struct deed *deeds, const char *name) {
  for (; deeds->name; deeds++)
    if (equal(deeds->name, name)) {
      deeds->run();
      print("ok\n");
      return 1;
    }
  return 0;
}

unsigned *start_stack;

int program(unsigned *stack) {
  const char *name = stack[0] > 1 ? (const char *)stack[2] : "";
  start_stack = stack;
  if (equal(name, "quit"))
    return 0;
  if (run_of(cow_deeds, name) || run_of(exec_deeds, name) || run_of(process_deeds, name) ||
      run_of(memory_deeds, name))
    return 0;
  print("no such test\n");
  return 2;
}
