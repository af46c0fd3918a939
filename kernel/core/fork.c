/*
 * fork, vfork and the forms of clone that make a process: the child is a copy that shares what is
 * only read; memory is copied page by page when either side writes.
 */
#include <asm/clock.h>
#include <asm/cpu.h>
#include <asm/paging.h>
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/string.h>
#include <kernel/syscall.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define CLONE_SIGNAL_MASK 0xff
#define CLONE_VM 0x100
#define CLONE_VFORK 0x4000
#define CLONE_PARENT_SETTID 0x100000
#define CLONE_CHILD_CLEARTID 0x200000
#define CLONE_CHILD_SETTID 0x1000000
#define CLONE_SUPPORTED                                                                            \
  (CLONE_SIGNAL_MASK | CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID |       \
   CLONE_CHILD_SETTID)

/* Everything of the parent that the child gets a copy of, except memory. */
static void copy_attributes(struct task *child) {
  struct task *parent = current;
  memcpy(child->name, parent->name, sizeof(child->name));
  memcpy(child->tls, parent->tls, sizeof(child->tls));
  child->umask = parent->umask;
  memcpy(child->limits, parent->limits, sizeof(child->limits));
  child->alternate_stack = parent->alternate_stack;
  child->alternate_size = parent->alternate_size;
  child->cwd = step_hold(parent->cwd);
  child->executable = parent->executable ? executable_hold(parent->executable) : NULL;
  fpu_copy(child);
  files_copy(child, parent);
  signals_copy(child, parent);
}

static void link_to_parent(struct task *child) {
  bool irqs = spin_lock_save(&task_lock);
  child->pgid = current->pgid;
  child->sid = current->sid;
  child->tty = current->tty;
  child->parent = current;
  list_add_tail(&current->children, &child->sibling_link);
  spin_unlock_restore(&task_lock, irqs);
}

/* P32: a child gets half of what its parent had left, so that forking earns no time. */
static void slice_share(struct task *child) {
  bool irqs = irqs_enabled();
  irq_disable();
  child->slice = (current->slice + 1) / 2;
  current->slice -= child->slice;
  if (irqs)
    irq_enable();
}

static bool vfork_is_over(struct task *child, int pid) {
  bool irqs = spin_lock_save(&task_lock);
  struct task *task = task_find(pid);
  bool over = task != child || child->vfork_parent == NULL;
  spin_unlock_restore(&task_lock, irqs);
  return over;
}

/* The child's number, or -errno. stack 0: the parent's. */
static long do_fork(u32 flags, u32 stack, u32 *parent_tid, u32 *child_tid) {
  if ((flags & ~CLONE_SUPPORTED) || ((flags & CLONE_VM) && !(flags & CLONE_VFORK)))
    return -EINVAL; /* threads */
  if (task_count() >= min_u32(tasks_max(), current->limits[RLIMIT_NPROC].rlim_cur))
    return -EAGAIN;
  struct task *child = task_alloc();
  if (!child)
    return -ENOMEM;
  if (flags & CLONE_VM) {
    mm_get(current->mm);
    child->mm = current->mm;
  } else {
    child->mm = mm_copy(current->mm);
  }
  if (!child->mm) {
    task_free(child);
    return -ENOMEM;
  }
  int pid = child->pid;
  *child->frame = *current->frame;
  child->frame->eax = 0; /* what fork returns in the child */
  if (stack)
    child->frame->esp = stack;
  child->exit_signal = flags & CLONE_SIGNAL_MASK;
  copy_attributes(child);
  link_to_parent(child);
  if (flags & CLONE_CHILD_CLEARTID)
    child->clear_child_tid = child_tid;
  if (flags & CLONE_CHILD_SETTID)
    mm_write(child->mm, (u32)child_tid, &pid, sizeof(pid));
  if ((flags & CLONE_PARENT_SETTID) && put_user((u32)pid, parent_tid) < 0)
    pid = child->pid; /* as Linux: a bad address is the caller's loss */
  if (flags & CLONE_VFORK)
    child->vfork_parent = current;
  slice_share(child);
  make_runnable(child);
  if (flags & CLONE_VFORK)
    wait_event(&current->child_wait, vfork_is_over(child, pid));
  return pid;
}

long sys_fork(void) { return do_fork(SIGCHLD, 0, NULL, NULL); }

long sys_vfork(void) { return do_fork(CLONE_VFORK | CLONE_VM | SIGCHLD, 0, NULL, NULL); }

long sys_clone(u32 flags, u32 stack, u32 *parent_tid, u32 tls, u32 *child_tid) {
  (void)tls;
  return do_fork(flags, stack, parent_tid, child_tid);
}

long sys_set_tid_address(u32 *address) {
  current->clear_child_tid = address;
  return current->pid;
}
