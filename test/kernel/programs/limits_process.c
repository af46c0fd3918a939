/* Ends of processes: orphans, children nobody waits for, the options of wait, stopped groups. */
#include "limits.h"

static volatile int hangups, child_signals;

static void on_hangup(int number) {
  (void)number;
  hangups++;
}

static void on_child(int number) {
  (void)number;
  child_signals++;
}

/* Each child leaves a child behind, half of them already dead. */
static void orphans(void) {
  for (unsigned i = 0; i < 1000; i++) {
    int child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      if (fork() == 0) {
        if (i % 2)
          system_call(SYS_sched_yield);
        leave(0);
      }
      if (i % 2 == 0)
        system_call(SYS_sched_yield);
      leave(0);
    }
    CHECK_IS(wait_for(child), 0);
  }
  sleep_ticks(3);
}

static void reaped_with(void (*handler)(int), unsigned long flags) {
  int status;
  handle(SIGCHLD, handler, flags);
  for (unsigned i = 0; i < 50; i++) {
    int child = fork();
    CHECK(child >= 0);
    if (child == 0)
      leave(3);
  }
  CHECK_IS(system_call(SYS_wait4, -1, &status, 0, 0), -ECHILD);
  handle(SIGCHLD, (void (*)(int))SIGNAL_DEFAULT, 0);
  sleep_ticks(2);
}

/* Who ignores SIGCHLD has no zombies, and waits until all are gone. */
static void ignored(void) {
  reaped_with((void (*)(int))SIGNAL_IGNORE, 0);
  reaped_with(on_child, SA_NOCLDWAIT);
}

static int paused_child(int own_group) {
  int child = fork();
  if (child == 0) {
    if (own_group)
      system_call(SYS_setpgid, 0, 0);
    for (;;)
      system_call(SYS_pause);
  }
  if (own_group)
    CHECK_IS(system_call(SYS_setpgid, child, child), 0);
  return child;
}

static void waiting(void) {
  int status = 0;
  CHECK_IS(system_call(SYS_wait4, -1, &status, 0, 0), -ECHILD);
  CHECK_IS(system_call(SYS_wait4, -1, &status, 0x10, 0), -EINVAL);
  int a = paused_child(1), b = paused_child(0);
  CHECK_IS(system_call(SYS_wait4, -1, &status, WNOHANG, 0), 0);
  CHECK_IS(system_call(SYS_wait4, a + 1000, &status, WNOHANG, 0), -ECHILD);
  CHECK_IS(system_call(SYS_wait4, -b - 1000, &status, WNOHANG, 0), -ECHILD);
  CHECK_IS(system_call(SYS_kill, a, SIGSTOP), 0);
  CHECK_IS(system_call(SYS_wait4, -a, &status, WUNTRACED, 0), a);
  CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
  CHECK_IS(system_call(SYS_wait4, a, &status, WUNTRACED | WNOHANG, 0), 0); /* told once */
  CHECK_IS(system_call(SYS_kill, a, SIGCONT), 0);
  CHECK_IS(system_call(SYS_wait4, a, &status, WUNTRACED | WCONTINUED, 0), a);
  CHECK(WIFCONTINUED(status) && !WIFSTOPPED(status) && !WIFEXITED(status));
  CHECK_IS(system_call(SYS_wait4, a, &status, WCONTINUED | WNOHANG, 0), 0);
  CHECK_IS(system_call(SYS_kill, b, SIGTERM), 0);
  CHECK_IS(system_call(SYS_wait4, 0, &status, 0, 0), b); /* of the caller's group */
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  CHECK_IS(system_call(SYS_wait4, 0, &status, WNOHANG, 0), -ECHILD);
  CHECK_IS(system_call(SYS_kill, a, SIGSTOP), 0);
  CHECK_IS(system_call(SYS_kill, a, SIGKILL), 0); /* a stopped one dies of it */
  CHECK_IS(system_call(SYS_wait4, -1, &status, 0, 0), a);
  CHECK_IS(WTERMSIG(status), SIGKILL);
}

/* SIGCHLD comes for ends and stops; not for stops where SA_NOCLDSTOP says so. */
static void child_signal(void) {
  int status;
  handle(SIGCHLD, on_child, SA_NOCLDSTOP | SA_RESTART);
  int child = paused_child(0);
  system_call(SYS_kill, child, SIGSTOP);
  CHECK_IS(system_call(SYS_wait4, child, &status, WUNTRACED, 0), child);
  system_call(SYS_kill, child, SIGCONT);
  sleep_ticks(2);
  CHECK_IS(child_signals, 0);
  handle(SIGCHLD, on_child, SA_RESTART);
  system_call(SYS_kill, child, SIGSTOP);
  CHECK_IS(system_call(SYS_wait4, child, &status, WUNTRACED, 0), child);
  CHECK_IS(child_signals, 1);
  system_call(SYS_kill, child, SIGKILL);
  CHECK_IS(WTERMSIG(wait_for(child)), SIGKILL);
  CHECK_IS(child_signals, 2);
}

/* The parent of a stopped group ends: the group gets SIGHUP and goes on. */
static void orphaned_group(void) {
  int ends[2], status;
  char byte = 0;
  CHECK_IS(system_call(SYS_pipe, ends), 0);
  int child = fork();
  if (child == 0) {
    int grandchild = fork();
    if (grandchild == 0) {
      system_call(SYS_setpgid, 0, 0);
      handle(SIGHUP, on_hangup, 0);
      system_call(SYS_kill, system_call(SYS_getpid), SIGTSTP);
      byte = hangups == 1 ? 'h' : '?';
      /* Nobody could continue it now: the terminal's signals do not stop it. */
      system_call(SYS_kill, system_call(SYS_getpid), SIGTSTP);
      system_call(SYS_write, ends[1], &byte, 1);
      leave(0);
    }
    CHECK_IS(system_call(SYS_wait4, grandchild, &status, WUNTRACED, 0), grandchild);
    CHECK(WIFSTOPPED(status));
    leave(0);
  }
  CHECK_IS(wait_for(child), 0);
  CHECK_IS(system_call(SYS_read, ends[0], &byte, 1), 1);
  CHECK_IS(byte, 'h');
}

/* As many processes as there may be; then the next fork says so, and all end. */
static void bomb(void) {
  unsigned made = 0;
  int result, status;
  handle(SIGTERM, (void (*)(int))SIGNAL_IGNORE, 0);
  while ((result = fork()) > 0)
    made++;
  if (result == 0) {
    handle(SIGTERM, (void (*)(int))SIGNAL_DEFAULT, 0);
    while (fork() > 0) /* they try as well */
      made++;
    for (;;)
      system_call(SYS_pause);
  }
  CHECK(result == -EAGAIN || result == -ENOMEM);
  print_number(made);
  print(" more, then ");
  print_number(result);
  print("\n");
  sleep_ticks(50);
  system_call(SYS_kill, 0, SIGTERM);
  while (system_call(SYS_wait4, -1, &status, 0, 0) > 0)
    made--;
  CHECK_IS(made, 0);
}

/* RLIMIT_NPROC, inherited. */
static void processes(void) {
  struct rlimit limit = {12, 12};
  int children[16], made = 0;
  CHECK_IS(system_call(SYS_setrlimit, RLIMIT_NPROC, &limit), 0);
  while (made < 16 && (children[made] = fork()) > 0)
    made++;
  if (children[made] == 0)
    for (;;)
      system_call(SYS_pause);
  CHECK_IS(children[made], -EAGAIN);
  CHECK(made > 2 && made < 12);
  while (made-- > 0) {
    system_call(SYS_kill, children[made], SIGKILL);
    CHECK_IS(wait_for(children[made]), SIGKILL);
  }
}

const struct deed process_deeds[] = {
    {"orphans", orphans},           {"ignored", ignored},   {"waiting", waiting},
    {"child-signal", child_signal}, {"group", orphaned_group}, {"bomb", bomb},
    {"processes", processes},       {NULL, NULL},
};
