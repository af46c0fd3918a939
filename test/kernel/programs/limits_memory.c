/* The stack's limit, memory that is out, and allocations that fail one by one. */
#include "limits.h"

static unsigned *volatile deepest;
static char *alternate;

/* One page of stack each; no tail call, since the room is used after. */
static int recurse(int levels) {
  volatile unsigned room[PAGE / sizeof(unsigned)];
  room[0] = levels;
  deepest = (unsigned *)room;
  if (levels == 0)
    return 0;
  int below = recurse(levels - 1);
  return below + (room[0] == (unsigned)levels);
}

static void forever(void) { recurse(0x7fffffff); }

static void set_stack_limit(unsigned bytes) {
  struct rlimit limit = {bytes, RLIM_INFINITY}, back = {0, 0};
  CHECK_IS(system_call(SYS_setrlimit, RLIMIT_STACK, &limit), 0);
  CHECK_IS(system_call(SYS_ugetrlimit, RLIMIT_STACK, &back), 0);
  CHECK(back.rlim_cur == bytes && back.rlim_max == RLIM_INFINITY);
}

/* The handler of the fault stands on a stack of its own and is told the address. */
static unsigned fault_address;

static void on_fault(int number, struct kernel_siginfo *info, struct kernel_ucontext *context) {
  char here, *low = alternate;
  unsigned long esp = context->registers.esp;
  CHECK_IS(number, SIGSEGV);
  CHECK(&here > low && &here < low + 4 * PAGE);
  CHECK(info->si_code == SEGV_MAPERR);
  CHECK(info->u.address >= esp - 2 * PAGE && info->u.address <= esp + PAGE);
  fault_address = info->u.address;
  leave(fault_address >> 20 & 0xff);
}

/* A child recurses without an end: its status word. The handler leaves with the address in MiB. */
static int overflow(void) {
  int child = fork();
  if (child == 0) {
    struct kernel_stack stack;
    alternate = map_memory(4, MAP_PRIVATE);
    stack = (struct kernel_stack){(unsigned long)alternate, 0, 4 * PAGE};
    CHECK_IS(system_call(SYS_sigaltstack, &stack, 0), 0);
    handle(SIGSEGV, (void (*)(int))on_fault, SA_SIGINFO | SA_ONSTACK);
    forever();
  }
  return wait_for(child);
}

static void stack_limit(void) {
  struct rlimit limit;
  int child;
  CHECK_IS(system_call(SYS_ugetrlimit, RLIMIT_STACK, &limit), 0);
  CHECK_IS(limit.rlim_cur, 8 << 20);
  if ((child = fork()) == 0) {
    CHECK_IS(recurse(1900), 1900); /* 7.8 MiB */
    leave(0);
  }
  CHECK_IS(wait_for(child), 0);
  if ((child = fork()) == 0)
    forever(); /* no handler, no stack for one */
  CHECK_IS(wait_for(child), SIGSEGV);
  CHECK_IS(overflow(), 0xf7 << 8); /* 0x7f7xxxxx: below the stack's end less 8 MiB */
  set_stack_limit(1 << 20);
  CHECK_IS(overflow(), 0xfe << 8); /* 0x7fexxxxx */
  set_stack_limit(4 << 20);
  CHECK_IS(overflow(), 0xfb << 8);
}

/* A mapping below the stack is not run into: 64 KiB stay free. */
static void stack_gap(void) {
  unsigned top = (unsigned)deepest;
  recurse(0);
  top = (unsigned)deepest & -PAGE;
  char *below = (char *)(top - 0x200000);
  CHECK_IS(system_call(SYS_mmap2, below, PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), below);
  *below = 42;
  volatile char *touch = below + PAGE + 17 * PAGE;
  *touch = 1;
  CHECK_IS(*touch, 1);
  int child = fork();
  if (child == 0) {
    below[PAGE + 2 * PAGE] = 1; /* within the gap */
    leave(0);
  }
  CHECK_IS(wait_for(child), SIGSEGV);
  CHECK_IS(*below, 42);
}

static void alternate_stack(void) {
  struct kernel_stack stack = {0x1000, 0, 100}, old = {0, 0, 1};
  CHECK_IS(system_call(SYS_sigaltstack, &stack, 0), -ENOMEM);
  stack = (struct kernel_stack){0x1000, 77, 8192};
  CHECK_IS(system_call(SYS_sigaltstack, &stack, 0), -EINVAL);
  CHECK_IS(system_call(SYS_sigaltstack, 0, &old), 0);
  CHECK(old.ss_flags == SS_DISABLE && old.ss_size == 0);
  stack.ss_flags = 0;
  CHECK_IS(system_call(SYS_sigaltstack, &stack, 0), 0);
  CHECK_IS(system_call(SYS_sigaltstack, 8, &old), -EFAULT);
  stack.ss_flags = SS_DISABLE;
  CHECK_IS(system_call(SYS_sigaltstack, &stack, &old), 0);
  CHECK(old.ss_flags == 0 && old.ss_size == 8192 && old.ss_sp == 0x1000);
}

/* fork writes the child's number where it is told to, but not into the kernel. */
static void bad_tid(void) {
  int child = system_call(SYS_clone, 0x1000000 | SIGCHLD, 0, 0, 0, 0x80100000u);
  if (child == 0)
    leave(0);
  CHECK_IS(wait_for(child), 0);
}

/* More than all of the memory is refused at once; so is what a limit forbids. */
static void refused(void) {
  struct sysinfo info;
  struct rlimit limit = {16 << 20, RLIM_INFINITY};
  CHECK_IS(system_call(SYS_sysinfo, &info), 0);
  CHECK(map_memory(info.totalram + 1, MAP_PRIVATE) == NULL);
  CHECK(map_memory(info.totalram + 1, MAP_SHARED) == NULL);
  char *end = (char *)system_call(SYS_brk, 0);
  CHECK_IS(system_call(SYS_brk, end + (info.totalram + 1) * PAGE), end);
  CHECK_IS(system_call(SYS_brk, end + PAGE), end + PAGE);
  CHECK_IS(system_call(SYS_setrlimit, RLIMIT_AS, &limit), 0);
  CHECK(map_memory((16 << 20) / PAGE, MAP_PRIVATE) == NULL);
  CHECK(map_memory(256, MAP_PRIVATE) != NULL);
  limit.rlim_cur = 8 * PAGE;
  CHECK_IS(system_call(SYS_setrlimit, RLIMIT_DATA, &limit), 0);
  CHECK_IS(system_call(SYS_brk, end + 10 * PAGE), end + PAGE);
  limit.rlim_cur = 3;
  limit.rlim_max = 2;
  CHECK_IS(system_call(SYS_setrlimit, RLIMIT_DATA, &limit), -EINVAL);
}

/* What the kernel needs for pipes and open files comes when they do, and goes with them. */
static void kernel_memory(void) {
  static int fds[200];
  memset(fds, 0, sizeof(fds));
  for (unsigned round = 0; round < 2; round++) {
    frames_free();
    long before = frames_free();
    for (unsigned i = 0; i < 100; i++) {
      CHECK_IS(system_call(SYS_pipe, fds + 2 * i), 0);
      CHECK_IS(system_call(SYS_write, fds[2 * i + 1], "x", 1), 1);
    }
    CHECK(before - frames_free() >= 100);
    for (unsigned i = 0; i < 200; i++)
      CHECK_IS(system_call(SYS_close, fds[i]), 0);
    CHECK_IS(before - frames_free(), 0);
  }
}

/* Touches more and more, until it is made to end. */
static void hog(void) {
  for (;;) {
    char *area = map_memory(256, MAP_PRIVATE);
    CHECK(area != NULL);
    for (unsigned i = 0; i < 256; i++)
      area[i * PAGE] = 1;
  }
}

/* Each way to allocate: 0 or more, or -errno. Undoes what it did. */
static long try_fork(void) {
  int child = fork();
  if (child == 0)
    leave(0);
  if (child > 0)
    wait_for(child);
  return child;
}

static long try_vfork_exec(void) {
  static char *arguments[] = {SELF, "quit", NULL};
  unsigned left = system_call(SYS_prctl, PR_RING0_FAIL_AFTER, 0);
  int child = fork();
  if (child == 0) {
    system_call(SYS_prctl, PR_RING0_FAIL_AFTER, left);
    leave(-system_call(SYS_execve, SELF, arguments, 0));
  }
  return -WEXITSTATUS(wait_for(child));
}

static long try_map(void) {
  long address = system_call(SYS_mmap2, 0x30000000, 16 * PAGE, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if ((unsigned long)address > -4096ul)
    return address;
  ((volatile char *)address)[3 * PAGE] = 1; /* a fault may fail as well: it is tried again */
  long error = system_call(SYS_mprotect, address + 4 * PAGE, 4 * PAGE, PROT_READ);
  long other = system_call(SYS_munmap, address + 8 * PAGE, PAGE);
  system_call(SYS_prctl, PR_RING0_FAIL_AFTER, 0);
  CHECK_IS(system_call(SYS_munmap, address, 16 * PAGE), 0);
  return error ? error : other;
}

static long try_pipe(void) {
  int ends[2];
  long error = system_call(SYS_pipe, ends);
  if (!error) {
    system_call(SYS_write, ends[1], "x", 1);
    system_call(SYS_close, ends[0]);
    system_call(SYS_close, ends[1]);
  }
  return error;
}

static long try_open(void) {
  long fd = system_call(SYS_open, "/bin/../bin/./sh", O_RDONLY, 0);
  if (fd >= 0)
    system_call(SYS_close, fd);
  return fd;
}

static long try_create(void) {
  long fd = system_call(SYS_open, "/tmp/created", O_CREAT | O_RDWR, 0644);
  if (fd < 0)
    return fd;
  long written = system_call(SYS_write, fd, "hello", 5);
  system_call(SYS_close, fd);
  long gone = system_call(SYS_unlink, "/tmp/created");
  system_call(SYS_prctl, PR_RING0_FAIL_AFTER, 0);
  system_call(SYS_unlink, "/tmp/created");
  return written < 0 ? written : gone;
}

static long try_directory(void) {
  long made = system_call(SYS_mkdir, "/tmp/directory", 0755);
  long moved = made < 0 ? 0 : system_call(SYS_chdir, "/tmp/directory");
  char name[64];
  long named = made < 0 ? 0 : system_call(SYS_getcwd, name, sizeof(name));
  system_call(SYS_prctl, PR_RING0_FAIL_AFTER, 0);
  system_call(SYS_chdir, "/");
  system_call(SYS_rmdir, "/tmp/directory");
  return made < 0 ? made : moved < 0 ? moved : named;
}

static long try_proc(void) {
  char text[256];
  long fd = system_call(SYS_open, "/proc/self/maps", O_RDONLY, 0);
  if (fd < 0)
    return fd;
  long count = system_call(SYS_read, fd, text, sizeof(text));
  system_call(SYS_close, fd);
  return count;
}

static const struct {
  const char *name;
  long (*run)(void);
} ways[] = {
    {"fork", try_fork},   {"exec", try_vfork_exec}, {"map", try_map},
    {"pipe", try_pipe},   {"open", try_open},       {"create", try_create},
    {"directory", try_directory}, {"proc", try_proc},
};

/* The first allocation fails, then only the second, and so on: the call says ENOMEM or does without,
 * and afterwards nothing is missing. */
static void failing(void) {
  for (unsigned way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
    unsigned refusals = 0, rest = 0;
    long result = 0;
    CHECK(ways[way].run() >= 0);
    ways[way].run();
    frames_free();
    long frames = frames_free(), blocks = system_call(SYS_prctl, PR_RING0_BLOCKS, 0);
    for (unsigned nth = 1; nth < 200 && rest < 10; nth++) {
      CHECK_IS(system_call(SYS_prctl, PR_RING0_FAIL_AFTER, nth), 0);
      result = ways[way].run();
      system_call(SYS_prctl, PR_RING0_FAIL_AFTER, 0);
      refusals += result == -ENOMEM;
      rest = result == -ENOMEM ? 0 : rest + 1;
      if (result < 0 && result != -ENOMEM) {
        print(ways[way].name);
        print(" ");
        print_number(nth);
        fail_at(__LINE__, result);
      }
    }
    print(ways[way].name);
    print(" refused ");
    print_number(refusals);
    print("; lost frames, blocks: ");
    print_number(frames - frames_free());
    print(", ");
    print_number(system_call(SYS_prctl, PR_RING0_BLOCKS, 0) - blocks);
    print("\n");
  }
}

const struct deed memory_deeds[] = {
    {"stack-limit", stack_limit}, {"stack-gap", stack_gap}, {"stack-alternate", alternate_stack},
    {"stack-forever", forever},   {"bad-tid", bad_tid},
      {"refused", refused},     {"hog", hog},
    {"failing", failing},         {"kernel-memory", kernel_memory},
            {NULL, NULL},
};
