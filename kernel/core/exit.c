/*
 * The end of a process, and waiting for it. A process that ends gives back everything but its task,
 * which stays as a zombie until the parent has read its status; orphans go to init.
 */
#include <asm/clock.h>
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/syscall.h>
#include <kernel/task.h>
#include <kernel/tty.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/resource.h>
#include <uapi/wait.h>

/* Signals a parent that a child has changed, and wakes it if it waits. task_lock held. */
static void parent_notify(struct task *task, int number, int code) {
  ASSERT(spin_held(&task_lock));
  struct kernel_siginfo info = {.si_signo = number, .si_code = code};
  info.u.process.pid = task->pid;
  info.u.process.status =
      code == CLD_EXITED ? WEXITSTATUS(task->exit_status) : WTERMSIG(task->exit_status);
  if (code == CLD_STOPPED) {
    info.u.process.status = WSTOPSIG(task->exit_status);
    if (task->parent->signals.action[SIGCHLD].flags & SA_NOCLDSTOP)
      number = 0;
  }
  if (number)
    signal_send(task->parent, number, &info);
  wake_all(&task->parent->child_wait);
}

/* Stops until SIGCONT. No interrupt comes between, so SIGCONT finds the task stopped or running. */
void stop_current(int number) {
  struct task *task = current;
  bool irqs = spin_lock_save(&task_lock);
  task->exit_status = number << 8 | 0x7f;
  task->is_stop_reported = task->is_continued = false;
  task->state = TASK_STOPPED;
  parent_notify(task, SIGCHLD, CLD_STOPPED);
  spin_unlock(&task_lock);
  schedule();
  if (irqs)
    irq_enable();
}

static void orphans_to_init(struct task *task) {
  ASSERT(spin_held(&task_lock));
  bool zombies = false;
  list_for_each_safe(link, after, &task->children) {
    struct task *child = list_entry(link, struct task, sibling_link);
    list_remove(link);
    list_add_tail(&init_task->children, link);
    child->parent = init_task;
    zombies |= child->state == TASK_ZOMBIE;
  }
  if (zombies)
    wake_all(&init_task->child_wait);
}

/* No member has a parent outside the group but in its session, who could continue it if it stops. */
bool group_is_orphaned(int pgid, const struct task *ignored) {
  ASSERT(spin_held(&task_lock));
  list_for_each(link, &all_tasks) {
    const struct task *task = list_entry(link, struct task, all_link);
    const struct task *parent = task->parent;
    if (task->pgid != pgid || task == ignored || task->state == TASK_ZOMBIE || !parent)
      continue;
    if (parent != init_task && parent->pgid != pgid && parent->sid == task->sid)
      return false;
  }
  return true;
}

static bool group_has_stopped(int pgid) {
  list_for_each(link, &all_tasks) {
    const struct task *task = list_entry(link, struct task, all_link);
    if (task->pgid == pgid && task->state == TASK_STOPPED)
      return true;
  }
  return false;
}

/* Nobody is left who would continue the stopped group: it is told so, and goes on. */
static void group_end(int pgid, const struct task *ending) {
  if (!group_has_stopped(pgid) || !group_is_orphaned(pgid, ending))
    return;
  signal_send_group(pgid, SIGHUP);
  signal_send_group(pgid, SIGCONT);
}

/* Which groups lose with the task the last one who cared: its own, and those of its children. */
static void groups_lose(struct task *task) {
  ASSERT(spin_held(&task_lock));
  const struct task *parent = task->parent;
  if (parent && parent->pgid != task->pgid && parent->sid == task->sid)
    group_end(task->pgid, task);
  list_for_each(link, &init_task->children) {
    const struct task *child = list_entry(link, struct task, sibling_link);
    if (child->sid == task->sid && child->pgid != task->pgid && child->state == TASK_STOPPED)
      group_end(child->pgid, task);
  }
}

/* A parent that ignores SIGCHLD, or says that it will not wait, does not have to: init does. */
static void leave_to_init(struct task *task) {
  struct task *parent = task->parent;
  const struct kernel_sigaction *action = &parent->signals.action[SIGCHLD];
  if (parent == init_task ||
      !(action->handler == SIGNAL_IGNORE || action->flags & SA_NOCLDWAIT))
    return;
  list_remove(&task->sibling_link);
  list_add_tail(&init_task->children, &task->sibling_link);
  task->parent = init_task;
  wake_all(&parent->child_wait);
}

/* A session leader's terminal loses its session, and the foreground group is told. */
static void session_end(struct task *task) {
  ASSERT(spin_held(&task_lock));
  if (task->sid != task->pid || !task->tty)
    return;
  struct tty *tty = task->tty;
  bool were_on = spin_lock_save(&tty->lock);
  int foreground = tty->foreground;
  tty->session = tty->foreground = 0;
  spin_unlock_restore(&tty->lock, were_on);
  if (foreground > 0)
    signal_send_group(foreground, SIGHUP);
  list_for_each(link, &all_tasks) {
    struct task *other = list_entry(link, struct task, all_link);
    if (other->sid == task->sid)
      other->tty = NULL;
  }
}

/* status is as wait reports it. Does not return. */
void exit_current(int status) {
  struct task *task = current;

  if (task == init_task)
    panic("init ended with status %x", status);
  timer_cancel(&task->alarm);
  if (task->clear_child_tid)
    put_user(0u, task->clear_child_tid);
  files_close_all(task);
  step_put(task->cwd);
  if (task->executable)
    executable_put(task->executable);
  fpu_drop(task);
  struct mm *mm = task->mm;
  irq_disable(); /* a switch here would load the page directory that is about to go */
  task->mm = NULL;
  mm_switch(NULL);
  irq_enable();
  mm_put(mm);

  /* From here to the switch no interrupt: the parent may free the stack only after it. */
  spin_lock_save(&task_lock);
  orphans_to_init(task);
  session_end(task);
  task->exit_status = status;
  if (task->vfork_parent) {
    struct task *parent = task->vfork_parent;
    task->vfork_parent = NULL;
    wake_all(&parent->child_wait);
  }
  groups_lose(task);
  task->state = TASK_ZOMBIE;
  leave_to_init(task);
  parent_notify(task, task->exit_signal, WTERMSIG(status) ? CLD_KILLED : CLD_EXITED);
  spin_unlock(&task_lock);
  schedule();
  panic("a zombie runs");
}

long sys_exit(int status) { exit_current((status & 0xff) << 8); }

long sys_exit_group(int status) { exit_current((status & 0xff) << 8); }

static bool is_wanted(const struct task *child, int pid) {
  if (pid > 0)
    return child->pid == pid;
  if (pid == 0)
    return child->pgid == current->pgid;
  return pid == -1 || child->pgid == -pid;
}

struct wait_result {
  struct task *zombie; /* taken off the list: the caller frees it */
  int pid, status;
  bool has_children;
};

/* Looks for a child to report. True if there is something to say, an error included. */
static bool wait_look(int pid, int options, struct wait_result *result) {
  *result = (struct wait_result){0};
  bool irqs = spin_lock_save(&task_lock);
  list_for_each(link, &current->children) {
    struct task *child = list_entry(link, struct task, sibling_link);
    if (!is_wanted(child, pid))
      continue;
    result->has_children = true;
    if (child->state == TASK_ZOMBIE) {
      result->zombie = child;
      result->status = child->exit_status;
      list_remove(&child->sibling_link);
      current->children_user_ticks += child->user_ticks + child->children_user_ticks;
      current->children_system_ticks += child->system_ticks + child->children_system_ticks;
    } else if ((options & WUNTRACED) && child->state == TASK_STOPPED && !child->is_stop_reported) {
      child->is_stop_reported = true;
      result->status = child->exit_status;
    } else if ((options & WCONTINUED) && child->is_continued) {
      child->is_continued = false;
      result->status = WAIT_CONTINUED;
    } else {
      continue;
    }
    result->pid = child->pid;
    break;
  }
  spin_unlock_restore(&task_lock, irqs);
  return result->pid != 0 || !result->has_children;
}

long sys_wait4(int pid, int *status, int options, struct rusage *usage) {
  struct wait_result result;

  if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | 0x60000000))
    return -EINVAL;
  if (options & WNOHANG)
    wait_look(pid, options, &result);
  else if (wait_event_interrupted(&current->child_wait, wait_look(pid, options, &result)))
    return -ERESTARTSYS;
  if (result.pid == 0)
    return result.has_children ? 0 : -ECHILD;
  if (usage) {
    struct rusage none = {{0}};
    if (result.zombie) {
      none.ru_utime.tv_sec = result.zombie->user_ticks / HZ;
      none.ru_utime.tv_usec = result.zombie->user_ticks % HZ * (1000000 / HZ);
      none.ru_stime.tv_sec = result.zombie->system_ticks / HZ;
      none.ru_stime.tv_usec = result.zombie->system_ticks % HZ * (1000000 / HZ);
    }
    copy_to_user(usage, &none, sizeof(none));
  }
  if (result.zombie)
    task_free(result.zombie);
  if (status && put_user(result.status, status) < 0)
    return -EFAULT;
  return result.pid;
}

long sys_waitpid(int pid, int *status, int options) {
  return sys_wait4(pid, status, options, NULL);
}
