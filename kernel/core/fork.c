/*
 * fork, vfork and the forms of clone that make a process: the child is a copy that shares what is
 * only read; memory is copied page by page when either side writes.
 */
#include <asm/clock.h>
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
  struct task *child = task_alloc();
  if (!child)
    return -EAGAIN;
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
