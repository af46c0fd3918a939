/*
 * Signals: sent by kill, by exceptions and by the kernel; pending until the process is about to
 * return to user mode; then ignored, deadly, stopping, or handled by the program (sigframe.c).
 * signal_lock protects every task's struct signals; it is taken inside task_lock, and by interrupt
 * handlers (^C).
 */
#include <asm/sigframe.h>
#include <asm/uaccess.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/syscall.h>
#include <kernel/task.h>
#include <uapi/errno.h>
#include <uapi/syscall.h>

DEFINE_SPINLOCK(signal_lock);

#define UNBLOCKABLE (signal_bit(SIGKILL) | signal_bit(SIGSTOP))
#define STOPPING                                                                                   \
  (signal_bit(SIGSTOP) | signal_bit(SIGTSTP) | signal_bit(SIGTTIN) | signal_bit(SIGTTOU))
#define IGNORED_BY_DEFAULT                                                                         \
  (signal_bit(SIGCHLD) | signal_bit(SIGURG) | signal_bit(SIGWINCH) | signal_bit(SIGCONT))

#define FROM_EXCEPTIONS                                                                            \
  (signal_bit(SIGSEGV) | signal_bit(SIGILL) | signal_bit(SIGFPE) | signal_bit(SIGBUS) |            \
   signal_bit(SIGTRAP))

static const char *const names[] = {
    "0",         "SIGHUP",  "SIGINT",  "SIGQUIT", "SIGILL",    "SIGTRAP", "SIGABRT",  "SIGBUS",
    "SIGFPE",    "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",   "SIGPIPE", "SIGALRM",  "SIGTERM",
    "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP",   "SIGTTIN", "SIGTTOU",  "SIGURG",
    "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",  "SIGPWR",   "SIGSYS",
};

bool signal_pending(void) {
  return (current->signals.pending & ~current->signals.blocked) != 0;
}

static bool is_ignored(const struct task *task, int number) {
  u32 handler = task->signals.action[number].handler;
  if (task->signals.blocked & signal_bit(number))
    return false;
  return handler == SIGNAL_IGNORE ||
         (handler == SIGNAL_DEFAULT && (IGNORED_BY_DEFAULT & signal_bit(number)));
}

/* True if it had stopped. */
static bool continue_stopped(struct task *task) {
  if (task->state != TASK_STOPPED)
    return false;
  task->is_stop_reported = false;
  make_runnable(task);
  return true;
}

/* task_lock held by who sent the SIGCONT. */
static void tell_continued(struct task *task) {
  struct task *parent = task->parent;
  struct kernel_siginfo info = {.si_signo = SIGCHLD, .si_code = CLD_CONTINUED};
  info.u.process.pid = task->pid;
  info.u.process.status = SIGCONT;
  task->is_continued = true;
  if (!parent)
    return;
  if (!(parent->signals.action[SIGCHLD].flags & SA_NOCLDSTOP))
    signal_send(parent, SIGCHLD, &info);
  wake_all(&parent->child_wait);
}

/* Any context; info may be NULL. Ends up pending even for a task that has stopped. */
int signal_send(struct task *task, int number, const struct kernel_siginfo *info) {
  bool continued = false;
  bool were_on = spin_lock_save(&signal_lock);
  if (number == SIGCONT || number == SIGKILL) {
    task->signals.pending &= ~STOPPING;
    continued = continue_stopped(task) && number == SIGCONT;
  } else if (STOPPING & signal_bit(number)) {
    task->signals.pending &= ~signal_bit(SIGCONT);
  }
  if (task->state != TASK_ZOMBIE && !is_ignored(task, number) &&
      !(task == init_task && number == SIGKILL)) {
    task->signals.pending |= signal_bit(number);
    if (number < 32) {
      if (info)
        task->signals.info[number] = *info;
      else
        task->signals.info[number] =
            (struct kernel_siginfo){.si_signo = number, .si_code = SI_KERNEL};
    }
    if (!(task->signals.blocked & signal_bit(number)) && task->state == TASK_SLEEPING)
      wake(task);
  }
  spin_unlock_restore(&signal_lock, were_on);
  if (continued)
    tell_continued(task);
  return 0;
}

/* Each process of the group; 0, or -ESRCH if there is none. */
int signal_send_group(int pgid, int number) {
  ASSERT(spin_held(&task_lock));
  int result = -ESRCH;
  list_for_each(link, &all_tasks) {
    struct task *task = list_entry(link, struct task, all_link);
    if (task->pgid == pgid && task->state != TASK_ZOMBIE) {
      result = 0;
      if (number)
        signal_send(task, number, NULL);
    }
  }
  return result;
}

/* For an exception of the current task: it cannot be blocked or ignored. */
void signal_force(int number, int code, u32 address) {
  struct signals *signals = &current->signals;
  struct kernel_siginfo info = {.si_signo = number, .si_code = code};

  info.u.address = address;
  bool were_on = spin_lock_save(&signal_lock);
  if ((signals->blocked & signal_bit(number)) || signals->action[number].handler == SIGNAL_IGNORE) {
    signals->blocked &= ~signal_bit(number);
    signals->action[number].handler = SIGNAL_DEFAULT;
  }
  bool deadly = signals->action[number].handler == SIGNAL_DEFAULT;
  spin_unlock_restore(&signal_lock, were_on);
  if (deadly)
    printk("%s[%d]: killed by %s at %08x, address %08x (vector %u, code %x)\n", current->name,
           current->pid, names[number], current->frame->eip, address, current->frame->trapno,
           current->frame->err);
  signal_send(current, number, &info);
}

/* Takes the lowest deliverable signal off; 0 if there is none. */
static int signal_take(struct kernel_siginfo *info, struct kernel_sigaction *action) {
  struct signals *signals = &current->signals;
  bool were_on = spin_lock_save(&signal_lock);
  u64 ready = signals->pending & ~signals->blocked;
  int number = 0;

  for (int i = 1; i < SIGNAL_COUNT && number == 0; i++)
    if (ready & signal_bit(i))
      number = i;
  if (number) {
    signals->pending &= ~signal_bit(number);
    *action = signals->action[number];
    if (number < 32)
      *info = signals->info[number];
    else
      *info = (struct kernel_siginfo){.si_signo = number};
    if (action->flags & SA_RESETHAND && action->handler > SIGNAL_IGNORE)
      signals->action[number].handler = SIGNAL_DEFAULT;
  }
  spin_unlock_restore(&signal_lock, were_on);
  return number;
}

/* An interrupted call ends with EINTR when a handler runs, unless it asked for a restart. */
static void call_interrupted(struct trapframe *frame, const struct kernel_sigaction *action) {
  if (frame->trapno != T_SYSCALL || frame->eax != (u32)-ERESTARTSYS)
    return;
  if (action->flags & SA_RESTART)
    syscall_restart_if_asked(frame);
  else
    frame->eax = -EINTR;
}

/* Nobody would continue the current task if the terminal stopped it. */
static bool is_orphan(void) {
  bool irqs = spin_lock_save(&task_lock);
  bool result = group_is_orphaned(current->pgid, NULL);
  spin_unlock_restore(&task_lock, irqs);
  return result;
}

/* One signal, on the way to user mode. */
void signal_deliver(struct trapframe *frame) {
  struct signals *signals = &current->signals;
  struct kernel_siginfo info;
  struct kernel_sigaction action;
  int number = signal_take(&info, &action);

  if (number == 0 || action.handler == SIGNAL_IGNORE)
    return;
  if (action.handler == SIGNAL_DEFAULT) {
    if (IGNORED_BY_DEFAULT & signal_bit(number))
      return;
    if (STOPPING & signal_bit(number)) {
      if (current != init_task && (number == SIGSTOP || !is_orphan()))
        stop_current(number);
      return;
    }
    if (current == init_task && !(FROM_EXCEPTIONS & signal_bit(number)))
      return;
    exit_current(number);
  }
  call_interrupted(frame, &action);
  u64 mask = signals->restore_blocked ? signals->saved_blocked : signals->blocked;
  if (sigframe_push(frame, &info, &action, mask) < 0) {
    printk("%s[%d]: no stack for a signal handler at %08x\n", current->name, current->pid,
           frame->esp);
    exit_current(SIGSEGV);
  }
  bool were_on = spin_lock_save(&signal_lock);
  signals->restore_blocked = false;
  signals->blocked |= action.mask;
  if (!(action.flags & SA_NODEFER))
    signals->blocked |= signal_bit(number);
  signals->blocked &= ~UNBLOCKABLE;
  spin_unlock_restore(&signal_lock, were_on);
}

long sigmask_set(u64 mask) {
  bool were_on = spin_lock_save(&signal_lock);
  current->signals.blocked = mask & ~UNBLOCKABLE;
  spin_unlock_restore(&signal_lock, were_on);
  return 0;
}

/* Handlers are gone with the program that had them; ignored signals stay ignored. */
void signals_reset_on_exec(struct task *task) {
  bool were_on = spin_lock_save(&signal_lock);
  for (int i = 1; i < SIGNAL_COUNT; i++)
    if (task->signals.action[i].handler != SIGNAL_IGNORE)
      task->signals.action[i] = (struct kernel_sigaction){0};
  task->alternate_stack = task->alternate_size = 0;
  spin_unlock_restore(&signal_lock, were_on);
}

void signals_copy(struct task *to, struct task *from) {
  bool were_on = spin_lock_save(&signal_lock);
  to->signals = from->signals;
  to->signals.pending = 0;
  to->signals.restore_blocked = false;
  spin_unlock_restore(&signal_lock, were_on);
}

long sys_kill(int pid, int number) {
  struct kernel_siginfo info = {.si_signo = number, .si_code = SI_USER};
  long result = -ESRCH;

  if (number < 0 || number >= SIGNAL_COUNT)
    return -EINVAL;
  info.u.process.pid = current->pid;
  bool irqs = spin_lock_save(&task_lock);
  if (pid > 0) {
    struct task *task = task_find(pid);
    if (task) {
      result = 0;
      if (number)
        signal_send(task, number, &info);
    }
  } else if (pid == -1) {
    list_for_each(link, &all_tasks) {
      struct task *task = list_entry(link, struct task, all_link);
      if (task == init_task || task == current)
        continue;
      result = 0;
      if (number)
        signal_send(task, number, &info);
    }
  } else {
    result = signal_send_group(pid == 0 ? current->pgid : -pid, number);
  }
  spin_unlock_restore(&task_lock, irqs);
  return result;
}

static long action_exchange(int number, const struct kernel_sigaction *new,
                            struct kernel_sigaction *old) {
  if (number < 1 || number >= SIGNAL_COUNT || (new && (UNBLOCKABLE & signal_bit(number))))
    return -EINVAL;
  bool were_on = spin_lock_save(&signal_lock);
  *old = current->signals.action[number];
  if (new) {
    current->signals.action[number] = *new;
    if (is_ignored(current, number))
      current->signals.pending &= ~signal_bit(number);
  }
  spin_unlock_restore(&signal_lock, were_on);
  return 0;
}

long sys_rt_sigaction(int number, const struct kernel_sigaction *new, struct kernel_sigaction *old,
                      u32 size) {
  struct kernel_sigaction given, before;
  if (size != sizeof(u64))
    return -EINVAL;
  if (new && get_user(given, new) < 0)
    return -EFAULT;
  long error = action_exchange(number, new ? &given : NULL, &before);
  if (!error && old)
    error = copy_to_user(old, &before, sizeof(before));
  return error;
}

long sys_sigaction(int number, const struct old_sigaction *new, struct old_sigaction *old) {
  struct old_sigaction user;
  struct kernel_sigaction given = {0}, before;
  if (new) {
    if (get_user(user, new) < 0)
      return -EFAULT;
    given = (struct kernel_sigaction){user.handler, user.flags, user.restorer, user.mask};
  }
  long error = action_exchange(number, new ? &given : NULL, &before);
  if (!error && old) {
    user = (struct old_sigaction){before.handler, (u32)before.mask, before.flags, before.restorer};
    error = copy_to_user(old, &user, sizeof(user));
  }
  return error;
}

long sys_signal(int number, u32 handler) {
  struct kernel_sigaction given = {handler, SA_RESETHAND | SA_NODEFER, 0, 0}, before;
  long error = action_exchange(number, &given, &before);
  return error ? error : (long)before.handler;
}

static long mask_change(int how, const u64 *set, u64 *old) {
  u64 mask = current->signals.blocked;
  *old = mask;
  if (!set)
    return 0;
  if (how == SIG_BLOCK)
    mask |= *set;
  else if (how == SIG_UNBLOCK)
    mask &= ~*set;
  else if (how == SIG_SETMASK)
    mask = *set;
  else
    return -EINVAL;
  return sigmask_set(mask);
}

long sys_rt_sigprocmask(int how, const u64 *set, u64 *old, u32 size) {
  u64 given, before;
  if (size != sizeof(u64))
    return -EINVAL;
  if (set && get_user(given, set) < 0)
    return -EFAULT;
  long error = mask_change(how, set ? &given : NULL, &before);
  return !error && old ? copy_to_user(old, &before, sizeof(before)) : error;
}

long sys_sigprocmask(int how, const u32 *set, u32 *old) {
  u32 low = 0;
  u64 given, before;
  if (set && get_user(low, set) < 0)
    return -EFAULT;
  given = low;
  if (how == SIG_SETMASK)
    given |= current->signals.blocked & ~0xffffffffull;
  long error = mask_change(how, set ? &given : NULL, &before);
  low = (u32)before;
  return !error && old ? copy_to_user(old, &low, sizeof(low)) : error;
}

long sys_rt_sigpending(u64 *set, u32 size) {
  u64 pending = current->signals.pending & current->signals.blocked;
  return size == sizeof(u64) ? copy_to_user(set, &pending, sizeof(pending)) : -EINVAL;
}

long sys_pause(void) {
  DEFINE_WAIT_QUEUE(never);
  wait_event_interrupted(&never, false);
  return -EINTR;
}

long sys_rt_sigsuspend(const u64 *set, u32 size) {
  u64 mask;
  if (size != sizeof(u64) || get_user(mask, set) < 0)
    return -EFAULT;
  current->signals.saved_blocked = current->signals.blocked;
  current->signals.restore_blocked = true;
  sigmask_set(mask);
  sys_pause();
  return -EINTR;
}

long sys_sigreturn(void) { return sigframe_pop(current->frame, false); }

long sys_rt_sigreturn(void) { return sigframe_pop(current->frame, true); }
