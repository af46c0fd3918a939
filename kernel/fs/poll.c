/*
 * poll: looks at every file, and looks again each tick until something holds or time is up. Files
 * that cannot say count as always ready.
 */
#include <asm/clock.h>
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/poll.h>

static u32 poll_one(struct pollfd *entry) {
  struct file *file = entry->fd < 0 ? NULL : file_get(entry->fd);
  entry->revents = 0;
  if (entry->fd < 0)
    return 0;
  if (!file) {
    entry->revents = POLLNVAL;
    return 1;
  }
  u32 events = file->operations && file->operations->poll ? file->operations->poll(file)
                                                          : POLLIN | POLLOUT;
  file_put(file);
  entry->revents = events & (entry->events | POLLERR | POLLHUP);
  return entry->revents != 0;
}

long sys_poll(struct pollfd *user, u32 count, int timeout_ms) {
  u32 end = ticks_now() + ticks_from_nanoseconds((u64)(u32)timeout_ms * 1000000);
  if (count > OPEN_MAX)
    return -EINVAL;
  struct pollfd *entries = kmalloc(count * sizeof(*entries) + 1);
  long ready = 0;
  if (!entries)
    return -ENOMEM;
  if (copy_from_user(entries, user, count * sizeof(*entries)) < 0)
    ready = -EFAULT;
  while (ready == 0) {
    for (u32 i = 0; i < count; i++)
      ready += poll_one(&entries[i]);
    if (ready || timeout_ms == 0 || (timeout_ms > 0 && (s32)(ticks_now() - end) >= 0))
      break;
    if (signal_pending())
      ready = -EINTR;
    else {
      current->state = TASK_SLEEPING;
      schedule_timeout(1);
    }
  }
  if (ready >= 0 && copy_to_user(user, entries, count * sizeof(*entries)) < 0)
    ready = -EFAULT;
  kfree(entries);
  return ready;
}
