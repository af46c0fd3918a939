/*
 * Small system calls: who am I, process groups, machine facts, thread-local storage, power.
 */
#include <asm/clock.h>
#include <asm/segment.h>
#include <asm/tss.h>
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/syscall.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/ldt.h>
#include <uapi/reboot.h>
#include <uapi/sysinfo.h>
#include <uapi/utsname.h>

long sys_getpid(void) { return current->tgid; }

long sys_gettid(void) { return current->pid; }

long sys_getppid(void) {
  bool irqs = spin_lock_save(&task_lock);
  long pid = current->parent ? current->parent->tgid : 0;
  spin_unlock_restore(&task_lock, irqs);
  return pid;
}

/* One user so far: root. */
long sys_getuid(void) { return 0; }
long sys_getgid(void) { return 0; }
long sys_geteuid(void) { return 0; }
long sys_getegid(void) { return 0; }
long sys_getuid32(void) { return 0; }
long sys_getgid32(void) { return 0; }
long sys_geteuid32(void) { return 0; }
long sys_getegid32(void) { return 0; }

long sys_getgroups32(void) { return 0; }

long sys_getpgrp(void) { return current->pgid; }

long sys_getpgid(int pid) {
  bool irqs = spin_lock_save(&task_lock);
  struct task *task = pid ? task_find(pid) : current;
  long result = task ? task->pgid : -ESRCH;
  spin_unlock_restore(&task_lock, irqs);
  return result;
}

long sys_getsid(int pid) {
  bool irqs = spin_lock_save(&task_lock);
  struct task *task = pid ? task_find(pid) : current;
  long result = task ? task->sid : -ESRCH;
  spin_unlock_restore(&task_lock, irqs);
  return result;
}

static bool group_is_in_session(int pgid, int sid) {
  list_for_each(link, &all_tasks) {
    struct task *task = list_entry(link, struct task, all_link);
    if (task->pgid == pgid && task->sid == sid)
      return true;
  }
  return false;
}

long sys_setpgid(int pid, int pgid) {
  long result = 0;
  bool irqs = spin_lock_save(&task_lock);
  struct task *task = pid ? task_find(pid) : current;
  if (pgid == 0 && task)
    pgid = task->pid;
  if (!task || (task != current && task->parent != current))
    result = -ESRCH;
  else if (pgid < 0)
    result = -EINVAL;
  else if (task != current && task->executed > current->executed)
    result = -EACCES;
  else if (task->sid != current->sid || task->sid == task->pid)
    result = -EPERM;
  else if (pgid != task->pid && !group_is_in_session(pgid, task->sid))
    result = -EPERM;
  else
    task->pgid = pgid;
  spin_unlock_restore(&task_lock, irqs);
  return result;
}

long sys_setsid(void) {
  long result = current->pid;
  bool irqs = spin_lock_save(&task_lock);
  if (current->pgid == current->pid && current != init_task) {
    result = -EPERM;
  } else {
    current->sid = current->pgid = current->pid;
    current->tty = NULL;
  }
  spin_unlock_restore(&task_lock, irqs);
  return result;
}

long sys_sched_yield(void) {
  yield();
  return 0;
}

long sys_uname(struct utsname *to) {
  static const struct utsname name = {"ring0", "ring0", "0.1.0", "#1", "i686", "(none)"};
  return copy_to_user(to, &name, sizeof(name));
}

long sys_sysinfo(struct sysinfo *to) {
  struct sysinfo info;
  u32 loads[3];
  memset(&info, 0, sizeof(info));
  load_average(loads);
  for (u32 i = 0; i < 3; i++)
    info.loads[i] = (loads[i] << 16) / 100;
  info.uptime = ticks_now() / HZ;
  info.totalram = frames_total();
  info.freeram = frames_free();
  info.procs = task_count();
  info.mem_unit = PAGE_SIZE;
  return copy_to_user(to, &info, sizeof(info));
}

long sys_umask(u32 mask) {
  u32 before = current->umask;
  current->umask = mask & 0777;
  return before;
}

static u64 tls_descriptor(const struct user_desc *user) {
  u32 low, high, access;
  if (user->base_addr == 0 && user->limit == 0)
    return 0;
  access = 0xf0 | (user->contents << 2) | (user->read_exec_only ? 0 : 2); /* present, DPL 3, S */
  if (user->seg_not_present)
    access &= ~0x80u;
  low = user->base_addr << 16 | (user->limit & 0xffff);
  high = (user->base_addr & 0xff000000) | user->limit_in_pages << 23 | user->seg_32bit << 22 |
         user->useable << 20 | (user->limit & 0xf0000) | access << 8 |
         (user->base_addr >> 16 & 0xff);
  return (u64)high << 32 | low;
}

/* Data segments only: contents 2 and 3 would be code. */
long sys_set_thread_area(struct user_desc *to) {
  struct user_desc user;
  if (get_user(user, to) < 0)
    return -EFAULT;
  u32 slot = user.entry_number - SEG_TLS;
  if (user.entry_number == 0xffffffff)
    for (slot = 0; slot < SEG_TLS_COUNT && current->tls[slot]; slot++)
      ;
  if (slot >= SEG_TLS_COUNT)
    return user.entry_number == 0xffffffff ? -ESRCH : -EINVAL;
  if (user.contents > 1)
    return -EINVAL;
  current->tls[slot] = tls_descriptor(&user);
  bool were_on = irqs_enabled();
  irq_disable();
  gdt_set_tls(current->tls);
  if (were_on)
    irq_enable();
  return put_user(slot + SEG_TLS, &to->entry_number);
}

long sys_reboot(u32 magic1, u32 magic2, u32 command) {
  if (magic1 != LINUX_REBOOT_MAGIC1 || magic2 != LINUX_REBOOT_MAGIC2)
    return -EINVAL;
  switch (command) {
  case LINUX_REBOOT_CMD_RESTART:
    mounts_shut_down();
    printk("restarting\n");
    power_restart();
  case LINUX_REBOOT_CMD_HALT:
  case LINUX_REBOOT_CMD_POWER_OFF:
    mounts_shut_down();
    power_off();
  default:
    return -EINVAL;
  }
}
