/*
 * A task: a process, and the kernel stack it enters the kernel on. Tasks are made by fork alone,
 * except the idle task (the boot stack) and the first one.
 */
#ifndef KERNEL_TASK_H
#define KERNEL_TASK_H

#include <asm/percpu.h>
#include <asm/trapframe.h>
#include <kernel/list.h>
#include <kernel/lock.h>
#include <kernel/time.h>
#include <kernel/types.h>
#include <uapi/limits.h>
#include <uapi/resource.h>
#include <uapi/signal.h>

struct file;
struct step;
struct tty;

#define FPU_AREA_SIZE 108

/* Signals of a process. All under signal_lock. */
struct signals {
  u64 pending;
  u64 blocked;
  u64 saved_blocked; /* of sigsuspend, to be put back after the handler */
  bool restore_blocked;
  struct kernel_siginfo info[32]; /* of pending signals below 32 */
  struct kernel_sigaction action[SIGNAL_COUNT];
};

struct task {
  /* runqueue_lock */
  volatile int state;
  struct list run_link;
  struct context *context; /* while it does not run: its registers on its stack */
  u32 slice;               /* ticks left before another runnable task gets the CPU */
  u32 slept_at;            /* tick */
  bool is_hog;             /* has used up a slice since it last slept */

  /* task_lock */
  int pid, tgid, pgid, sid;
  struct task *parent;
  struct list all_link; /* all_tasks */
  struct list children; /* of sibling_link */
  struct list sibling_link;
  int exit_status; /* as wait reports it */
  bool is_stop_reported, is_continued; /* by SIGCONT, which wait has not told yet */
  struct wait_queue child_wait; /* the parent in wait4 */

  /* its own, or set while no one else can see it */
  void *kstack; /* lowest byte */
  struct mm *mm;
  struct trapframe *frame; /* of the innermost entry from user mode */
  u32 *clear_child_tid;
  char name[16];
  int exit_signal;
  struct task *vfork_parent; /* waits in child_wait until this task execs or exits; task_lock */
  bool fpu_used;
  u8 fpu[FPU_AREA_SIZE] __attribute__((aligned(4)));
  u64 tls[SEG_TLS_COUNT]; /* descriptors */
  u32 user_ticks, system_ticks, children_user_ticks, children_system_ticks;
  u32 start_tick;
  u32 minor_faults, major_faults;
  u32 executed; /* F09: count of execve */
  struct timer alarm;
  struct rlimit limits[RLIMIT_COUNT];
  u32 alternate_stack, alternate_size; /* of sigaltstack; size 0: none */
  u32 fail_after; /* tests: the allocation that fails, counted from now; 0: none */

  struct signals signals; /* signal_lock */

  /* files_lock */
  struct file *files[OPEN_MAX];
  u32 close_on_exec[OPEN_MAX / 32];

  struct step *cwd; /* its own */
  u32 umask;
  struct tty *tty; /* controlling terminal; task_lock */
  struct inode *executable;
  void (*kthread)(void); /* what a kernel thread runs; it has no mm */
};

extern struct task idle_task, *init_task;
extern struct list all_tasks;
extern struct spinlock task_lock;

/* task.c */
void task_init(void);
void idle_task_init(struct task *idle, void *kstack);
struct task *task_alloc(void); /* allocproc: state EMBRYO, stack ready for forkret and trapret */
void task_free(struct task *task);
struct task *task_find(int pid); /* task_lock held */
void user_init(void);
void forkret(void);
u32 task_count(void);

/* rlimit.c */
void limits_init(struct task *task);
void limit_check_cpu(struct task *task);
u32 tasks_max(void);

/* kthread.c */
struct task *kthread_start(const char *name, void (*run)(void));

/* sched.c */
void schedule_tail(void); /* what a new task does first: it was switched to with the lock held */
void scheduler(void) __attribute__((noreturn));
void wake(struct task *task);
void make_runnable(struct task *task);
void scheduler_tick(bool user);
void schedule_timeout(u32 ticks);
void yield(void);
u32 switch_count(void);
u32 runnable_count(void);

/* exit.c */
void exit_current(int status) __attribute__((noreturn));
void stop_current(int number);
bool group_is_orphaned(int pgid, const struct task *ignored); /* task_lock held */

/* signal.c */
int signal_send(struct task *task, int number, const struct kernel_siginfo *info);
int signal_send_group(int pgid, int number); /* task_lock held */
void signal_force(int number, int code, u32 address);
void signal_deliver(struct trapframe *frame);
void signals_reset_on_exec(struct task *task);
void signals_copy(struct task *to, struct task *from);
long sigmask_set(u64 mask);

#define signal_bit(number) (1ull << ((number) - 1))
#define ERESTARTSYS 512 /* never seen by programs: EINTR, or the call is made again */

#endif
