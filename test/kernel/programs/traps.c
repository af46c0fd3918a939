/*
 * One misdeed or question of a user program each, chosen by the first argument. What should be
 * deadly prints "survived"; questions print "ok" or what went wrong.
 */
#include <uapi/auxvec.h>
#include <uapi/errno.h>
#include <uapi/fcntl.h>
#include <uapi/mman.h>
#include <uapi/syscall.h>

#define KERNEL 0x80100000u

long system_call(long number, ...);
void int_33(void), int_64(void), load_idt(void), write_cr3(void), divide(void), breakpoint(void),
    undefined(void);
int bad_number(void);

static unsigned length(const char *text) {
  unsigned count = 0;
  while (text[count])
    count++;
  return count;
}

static int equal(const char *a, const char *b) {
  while (*a && *a == *b)
    a++, b++;
  return *a == *b;
}

static void print(const char *text) { system_call(SYS_write, 1, text, length(text)); }

static void verdict(int good) { print(good ? "ok\n" : "wrong\n"); }

static void load_kernel(void) { *(volatile int *)KERNEL; }

static void store_kernel(void) { *(volatile int *)KERNEL = 0; }

static void call_kernel(void) { ((void (*)(void))KERNEL)(); }

/* I13: the kernel's own access to a bad user address ends in EFAULT. */
static void bad_pointers(void) {
  int zero = system_call(SYS_open, "/dev/zero", O_RDONLY, 0);
  verdict(system_call(SYS_write, 1, KERNEL, 4) == -EFAULT &&
          system_call(SYS_read, zero, KERNEL, 4) == -EFAULT &&
          system_call(SYS_read, zero, 0, 4) == -EFAULT &&
          system_call(SYS_open, 8, O_RDONLY, 0) == -EFAULT &&
          system_call(SYS_uname, 0x7fffffff) == -EFAULT);
}

/* Y03: six arguments. The sixth of mmap2 is the offset in pages. */
static void six_arguments(void) {
  char read[16];
  int fd = system_call(SYS_open, "/bin/sh", O_RDONLY, 0);
  char *page = (char *)system_call(SYS_mmap2, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 1);
  int same = (unsigned)page < KERNEL;
  system_call(SYS_lseek, fd, 4096, SEEK_SET);
  system_call(SYS_read, fd, read, sizeof(read));
  for (unsigned i = 0; same && i < sizeof(read); i++)
    same = page[i] == read[i];
  verdict(same);
}

static int deep(int levels) {
  volatile char room[4096];
  room[0] = 1;
  return levels == 0 ? 0 : deep(levels - 1) + room[0];
}

static void stack_grows(void) { verdict(deep(1000) == 1000); }

static void heap_grows(void) {
  char *start = (char *)system_call(SYS_brk, 0);
  char *end = (char *)system_call(SYS_brk, start + (1 << 20));
  int zero = end == start + (1 << 20);
  for (char *at = start; zero && at < end; at += 4096) {
    zero = *at == 0;
    *at = 1;
  }
  verdict(zero);
}

/* X05: what exec left on the stack. */
static void arguments(unsigned *stack) {
  char **argv = (char **)(stack + 1), **envp = argv + stack[0] + 1;
  unsigned *auxiliary, page_size = 0, has_random = 0;
  int count = 0;
  for (unsigned i = 0; i < stack[0]; i++) {
    print("[");
    print(argv[i]);
    print("]");
  }
  for (; envp[count]; count++)
    if (equal(envp[count], "HOME=/"))
      print(" home");
  for (auxiliary = (unsigned *)(envp + count + 1); auxiliary[0] != AT_NULL; auxiliary += 2) {
    if (auxiliary[0] == AT_PAGESZ)
      page_size = auxiliary[1];
    if (auxiliary[0] == AT_RANDOM)
      has_random = 1;
  }
  print(argv[stack[0]] == 0 && page_size == 4096 && has_random && (unsigned)stack % 16 == 0
            ? " ok\n"
            : " wrong\n");
}

static void spin(void) {
  for (;;)
    ;
}

static void registers_kept(void) { verdict(bad_number() == 0); }

static const struct {
  const char *name;
  void (*run)(void);
} deeds[] = {
    {"int33", int_33},           {"int64", int_64},       {"lidt", load_idt},
    {"cr3", write_cr3},          {"load", load_kernel},   {"store", store_kernel},
    {"call", call_kernel},       {"divide", divide},      {"int3", breakpoint},
    {"ud2", undefined},          {"badptr", bad_pointers}, {"six", six_arguments},
    {"stack", stack_grows},      {"heap", heap_grows},    {"spin", spin},
    {"badcall", registers_kept},
};

int program(unsigned *stack) {
  const char *name = stack[0] > 1 ? (const char *)stack[2] : "";
  if (equal(name, "args")) {
    arguments(stack);
    return 0;
  }
  for (unsigned i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
    if (equal(name, deeds[i].name)) {
      deeds[i].run();
      if (i < 10)
        print("survived\n");
      return 0;
    }
  print("no such test\n");
  return 2;
}
