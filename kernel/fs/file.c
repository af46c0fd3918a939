/*
 * Open files and the tables of descriptors. files_lock protects every table and every count.
 */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

DEFINE_SPINLOCK(files_lock);

struct file *file_new(void) {
  struct file *file = kzalloc(sizeof(*file));
  if (file) {
    file->count = 1;
    mutex_init(&file->lock);
  }
  return file;
}

struct file *file_hold(struct file *file) {
  spin_lock(&files_lock);
  file->count++;
  spin_unlock(&files_lock);
  return file;
}

/* The file is open for writing: its inode is not executed and its file system stays writable. */
void file_count_writer(struct file *file) {
  spin_lock(&files_lock);
  file->is_writer = true;
  file->inode->writers++;
  file->inode->super->writers++;
  spin_unlock(&files_lock);
}

struct inode *executable_hold(struct inode *inode) {
  spin_lock(&files_lock);
  inode->executions++;
  spin_unlock(&files_lock);
  return inode_hold(inode);
}

void executable_put(struct inode *inode) {
  spin_lock(&files_lock);
  inode->executions--;
  spin_unlock(&files_lock);
  inode_put(inode);
}

void file_put(struct file *file) {
  spin_lock(&files_lock);
  bool last = --file->count == 0;
  if (last && file->is_writer) {
    file->inode->writers--;
    file->inode->super->writers--;
  }
  spin_unlock(&files_lock);
  if (!last)
    return;
  if (file->operations && file->operations->release)
    file->operations->release(file);
  if (file->path)
    step_put(file->path);
  if (file->inode)
    inode_put(file->inode);
  kfree(file);
}

struct file *file_get(int fd) {
  struct file *file = NULL;
  spin_lock(&files_lock);
  if (fd >= 0 && fd < OPEN_MAX)
    file = current->files[fd];
  if (file)
    file->count++;
  spin_unlock(&files_lock);
  return file;
}

static void set_close_on_exec(struct task *task, int fd, bool on) {
  ASSERT(spin_held(&files_lock));
  if (on)
    task->close_on_exec[fd / 32] |= 1u << fd % 32;
  else
    task->close_on_exec[fd / 32] &= ~(1u << fd % 32);
}

/* The lowest free descriptor from `lowest` on; takes over the reference unless it fails. */
int fd_install(struct file *file, int lowest, bool close_on_exec) {
  int fd;
  spin_lock(&files_lock);
  for (fd = lowest; fd < OPEN_MAX && current->files[fd]; fd++)
    ;
  if (fd < OPEN_MAX) {
    current->files[fd] = file;
    set_close_on_exec(current, fd, close_on_exec);
  }
  spin_unlock(&files_lock);
  return fd < OPEN_MAX ? fd : -EMFILE;
}

static struct file *fd_take(struct task *task, int fd) {
  struct file *file = NULL;
  spin_lock(&files_lock);
  if (fd >= 0 && fd < OPEN_MAX) {
    file = task->files[fd];
    task->files[fd] = NULL;
    set_close_on_exec(task, fd, false);
  }
  spin_unlock(&files_lock);
  return file;
}

int fd_close(int fd) {
  struct file *file = fd_take(current, fd);
  if (!file)
    return -EBADF;
  file_put(file);
  return 0;
}

void files_copy(struct task *to, struct task *from) {
  spin_lock(&files_lock);
  for (u32 fd = 0; fd < OPEN_MAX; fd++) {
    to->files[fd] = from->files[fd];
    if (to->files[fd])
      to->files[fd]->count++;
  }
  for (u32 i = 0; i < OPEN_MAX / 32; i++)
    to->close_on_exec[i] = from->close_on_exec[i];
  spin_unlock(&files_lock);
}

void files_close_all(struct task *task) {
  for (u32 fd = 0; fd < OPEN_MAX; fd++)
    if (task->files[fd])
      file_put(fd_take(task, fd));
}

void files_close_on_exec(struct task *task) {
  for (u32 fd = 0; fd < OPEN_MAX; fd++)
    if (task->files[fd] && task->close_on_exec[fd / 32] & 1u << fd % 32)
      file_put(fd_take(task, fd));
}

long sys_close(int fd) { return fd_close(fd); }

long sys_dup(int fd) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  int copy = fd_install(file, 0, false);
  if (copy < 0)
    file_put(file);
  return copy;
}

static long dup_to(int fd, int copy, bool close_on_exec) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  if (copy < 0 || copy >= OPEN_MAX) {
    file_put(file);
    return -EBADF;
  }
  spin_lock(&files_lock);
  struct file *before = current->files[copy];
  current->files[copy] = file;
  set_close_on_exec(current, copy, close_on_exec);
  spin_unlock(&files_lock);
  if (before)
    file_put(before);
  return copy;
}

long sys_dup2(int fd, int copy) {
  if (fd == copy) {
    struct file *file = file_get(fd);
    if (!file)
      return -EBADF;
    file_put(file);
    return copy;
  }
  return dup_to(fd, copy, false);
}

long sys_dup3(int fd, int copy, u32 flags) {
  return fd == copy || (flags & ~O_CLOEXEC) ? -EINVAL : dup_to(fd, copy, flags & O_CLOEXEC);
}

long sys_fcntl64(int fd, int command, u32 argument) {
  struct file *file = file_get(fd);
  long result = -EINVAL;
  if (!file)
    return -EBADF;
  switch (command) {
  case F_DUPFD:
  case F_DUPFD_CLOEXEC:
    if (argument < OPEN_MAX)
      result = fd_install(file_hold(file), argument, command == F_DUPFD_CLOEXEC);
    if (result == -EMFILE)
      file_put(file);
    break;
  case F_GETFD:
    result = (current->close_on_exec[fd / 32] >> fd % 32) & 1;
    break;
  case F_SETFD:
    spin_lock(&files_lock);
    set_close_on_exec(current, fd, argument & FD_CLOEXEC);
    spin_unlock(&files_lock);
    result = 0;
    break;
  case F_GETFL:
    result = file->flags;
    break;
  case F_SETFL:
    mutex_lock(&file->lock);
    file->flags = (file->flags & ~(O_APPEND | O_NONBLOCK)) | (argument & (O_APPEND | O_NONBLOCK));
    mutex_unlock(&file->lock);
    result = 0;
    break;
  }
  file_put(file);
  return result;
}
