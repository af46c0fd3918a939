/*
 * Limits of resources: what a process may have of them, inherited by its children. The stack, the
 * address space, the heap, processes and CPU time are held to theirs. There is one user, root, so
 * who lowers a limit may raise it again.
 */
#include <asm/clock.h>
#include <asm/paging.h>
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/string.h>
#include <kernel/syscall.h>
#include <kernel/task.h>
#include <uapi/errno.h>

#define STACK_LIMIT (8 << 20)
#define TASKS_LEAST 32

/* All processes together; one takes about ten frames at least. */
u32 tasks_max(void) {
  return min_u32(max_u32(frames_total() / 16, TASKS_LEAST), KSTACK_SLOTS - 1);
}

void limits_init(struct task *task) {
  for (u32 i = 0; i < RLIMIT_COUNT; i++)
    task->limits[i] = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
  task->limits[RLIMIT_STACK].rlim_cur = STACK_LIMIT;
  task->limits[RLIMIT_NOFILE] = (struct rlimit){OPEN_MAX, OPEN_MAX};
  task->limits[RLIMIT_NPROC] = (struct rlimit){tasks_max(), tasks_max()};
  task->limits[RLIMIT_CORE] = (struct rlimit){0, 0};
}

/* Once a tick, in the interrupt: SIGXCPU each second over the limit, SIGKILL at the hard one. */
void limit_check_cpu(struct task *task) {
  const struct rlimit *limit = &task->limits[RLIMIT_CPU];
  u32 used = task->user_ticks + task->system_ticks;
  if (limit->rlim_cur == RLIM_INFINITY || !task->mm || used % HZ)
    return;
  if (limit->rlim_max != RLIM_INFINITY && used / HZ >= limit->rlim_max)
    signal_send(task, SIGKILL, NULL);
  else if (used / HZ >= limit->rlim_cur)
    signal_send(task, SIGXCPU, NULL);
}

static long limit_read(u32 resource, struct rlimit *to) {
  if (resource >= RLIMIT_COUNT)
    return -EINVAL;
  return copy_to_user(to, &current->limits[resource], sizeof(*to));
}

static long limit_write(u32 resource, struct rlimit limit) {
  if (resource >= RLIMIT_COUNT || limit.rlim_cur > limit.rlim_max)
    return -EINVAL;
  if (resource == RLIMIT_NOFILE && limit.rlim_max > OPEN_MAX)
    return -EPERM;
  current->limits[resource] = limit;
  if (resource == RLIMIT_STACK)
    current->mm->stack_limit = limit.rlim_cur;
  return 0;
}

long sys_getrlimit(u32 resource, struct rlimit *to) { return limit_read(resource, to); }

long sys_ugetrlimit(u32 resource, struct rlimit *to) { return limit_read(resource, to); }

long sys_setrlimit(u32 resource, const struct rlimit *from) {
  struct rlimit limit;
  if (get_user(limit, from) < 0)
    return -EFAULT;
  return limit_write(resource, limit);
}

static u32 narrow(u64 value) { return value > RLIM_INFINITY ? RLIM_INFINITY : (u32)value; }

static u64 widen(u32 value) { return value == RLIM_INFINITY ? RLIM64_INFINITY : value; }

long sys_prlimit64(int pid, u32 resource, const struct rlimit64 *new, struct rlimit64 *old) {
  struct rlimit64 given;
  if (resource >= RLIMIT_COUNT)
    return -EINVAL;
  if (pid && pid != current->pid)
    return -ESRCH;
  const struct rlimit *limit = &current->limits[resource];
  struct rlimit64 before = {widen(limit->rlim_cur), widen(limit->rlim_max)};
  if (new) {
    if (get_user(given, new) < 0)
      return -EFAULT;
    if (given.rlim_cur > given.rlim_max)
      return -EINVAL;
    long error = limit_write(
        resource, (struct rlimit){narrow(given.rlim_cur), narrow(given.rlim_max)});
    if (error)
      return error;
  }
  return old ? copy_to_user(old, &before, sizeof(before)) : 0;
}
