/*
 * The system calls on what a file is beside its contents: permissions, owner, times, size; and what
 * a symbolic link says.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/time.h>

/* A change of a file's attributes: called with the inode's lock held. */
typedef int change_function(struct inode *inode, const void *data);

static int change_inode(struct inode *inode, change_function *change, const void *data) {
  if (inode->super->read_only)
    return -EROFS;
  mutex_lock(&inode->lock);
  int error = change(inode, data);
  if (!error && inode->operations && inode->operations->store)
    error = inode->operations->store(inode);
  mutex_unlock(&inode->lock);
  return error;
}

static int change_path(int directory, const char *path, u32 walk_flags, change_function *change,
                       const void *data) {
  struct step *step;
  int error = path_walk_user(directory, path, walk_flags, &step, NULL);
  if (error)
    return error;
  error = change_inode(step->inode, change, data);
  step_put(step);
  return error;
}

static int change_fd(int fd, change_function *change, const void *data) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  int error = file->flags & O_PATH ? -EBADF : change_inode(file->inode, change, data);
  file_put(file);
  return error;
}

static int mode_change(struct inode *inode, const void *data) {
  inode->mode = (inode->mode & S_IFMT) | (*(const u32 *)data & 07777);
  inode->ctime = seconds_of_day();
  return 0;
}

long sys_fchmodat(int directory, const char *path, u32 mode) {
  return change_path(directory, path, WALK_FOLLOW, mode_change, &mode);
}

long sys_chmod(const char *path, u32 mode) { return sys_fchmodat(AT_FDCWD, path, mode); }

long sys_fchmod(int fd, u32 mode) { return change_fd(fd, mode_change, &mode); }

struct owner {
  u32 uid, gid; /* 0xffffffff: stays */
};

/* A file that changes hands is no longer executed with its owner's rights. */
static int owner_change(struct inode *inode, const void *data) {
  const struct owner *owner = data;
  if (owner->uid != 0xffffffff)
    inode->uid = owner->uid;
  if (owner->gid != 0xffffffff)
    inode->gid = owner->gid;
  if (!S_ISDIR(inode->mode)) {
    inode->mode &= ~S_ISUID;
    if (inode->mode & S_IXGRP)
      inode->mode &= ~S_ISGID;
  }
  inode->ctime = seconds_of_day();
  return 0;
}

long sys_fchownat(int directory, const char *path, u32 uid, u32 gid, u32 flags) {
  struct owner owner = {uid, gid};
  char first = 0;
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
    return -EINVAL;
  if ((flags & AT_EMPTY_PATH) && directory != AT_FDCWD && get_user(first, path) == 0 && !first)
    return change_fd(directory, owner_change, &owner);
  return change_path(directory, path, flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW, owner_change,
                     &owner);
}

long sys_chown32(const char *path, u32 uid, u32 gid) {
  return sys_fchownat(AT_FDCWD, path, uid, gid, 0);
}

long sys_lchown32(const char *path, u32 uid, u32 gid) {
  return sys_fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown32(int fd, u32 uid, u32 gid) {
  struct owner owner = {uid, gid};
  return change_fd(fd, owner_change, &owner);
}

/* The calls from when there were 16 bits. */
static u32 wide(u32 id) { return (id & 0xffff) == 0xffff ? 0xffffffff : id & 0xffff; }

long sys_chown(const char *path, u32 uid, u32 gid) {
  return sys_chown32(path, wide(uid), wide(gid));
}

long sys_lchown(const char *path, u32 uid, u32 gid) {
  return sys_lchown32(path, wide(uid), wide(gid));
}

long sys_fchown(int fd, u32 uid, u32 gid) { return sys_fchown32(fd, wide(uid), wide(gid)); }

/* Access and modification; what is not set stays. */
struct times {
  u32 seconds[2];
  bool is_set[2];
};

static int times_change(struct inode *inode, const void *data) {
  const struct times *times = data;
  if (times->is_set[0])
    inode->atime = times->seconds[0];
  if (times->is_set[1])
    inode->mtime = times->seconds[1];
  inode->ctime = seconds_of_day();
  return 0;
}

static struct times times_now(void) {
  u32 now = seconds_of_day();
  return (struct times){{now, now}, {true, true}};
}

long sys_utimensat(int directory, const char *path, const struct timespec *user, u32 flags) {
  struct times times = times_now();
  if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
    return -EINVAL;
  for (u32 i = 0; user && i < 2; i++) {
    struct timespec time;
    if (get_user(time, user + i) < 0)
      return -EFAULT;
    times.is_set[i] = time.tv_nsec != UTIME_OMIT;
    if (time.tv_nsec != UTIME_NOW && time.tv_nsec != UTIME_OMIT) {
      if ((u32)time.tv_nsec >= 1000000000u)
        return -EINVAL;
      times.seconds[i] = time.tv_sec;
    }
  }
  if (!path)
    return change_fd(directory, times_change, &times);
  return change_path(directory, path, flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW, times_change,
                     &times);
}

long sys_utimes(const char *path, const struct timeval *user) {
  struct times times = times_now();
  for (u32 i = 0; user && i < 2; i++) {
    struct timeval time;
    if (get_user(time, user + i) < 0)
      return -EFAULT;
    times.seconds[i] = time.tv_sec;
  }
  return change_path(AT_FDCWD, path, WALK_FOLLOW, times_change, &times);
}

long sys_utime(const char *path, const long *user) {
  struct times times = times_now();
  for (u32 i = 0; user && i < 2; i++)
    if (get_user(times.seconds[i], (const u32 *)user + i) < 0)
      return -EFAULT;
  return change_path(AT_FDCWD, path, WALK_FOLLOW, times_change, &times);
}

static int size_change(struct inode *inode, u64 size) {
  if (S_ISDIR(inode->mode))
    return -EISDIR;
  if (!S_ISREG(inode->mode) || !inode->operations || !inode->operations->truncate ||
      (s64)size < 0)
    return -EINVAL;
  if (inode->super->read_only)
    return -EROFS;
  if (inode->executions > 0)
    return -ETXTBSY;
  mutex_lock(&inode->lock);
  int error = inode->operations->truncate(inode, size);
  mutex_unlock(&inode->lock);
  return error;
}

long sys_truncate64(const char *path, u32 low, u32 high) {
  struct step *step;
  int error = path_walk_user(AT_FDCWD, path, WALK_FOLLOW, &step, NULL);
  if (error)
    return error;
  error = size_change(step->inode, (u64)high << 32 | low);
  step_put(step);
  return error;
}

long sys_truncate(const char *path, s32 size) {
  return sys_truncate64(path, size, size < 0 ? 0xffffffff : 0);
}

long sys_ftruncate64(int fd, u32 low, u32 high) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  int error = (file->flags & O_ACCMODE) == O_RDONLY
                  ? -EINVAL
                  : size_change(file->inode, (u64)high << 32 | low);
  file_put(file);
  return error;
}

long sys_ftruncate(int fd, s32 size) {
  return sys_ftruncate64(fd, size, size < 0 ? 0xffffffff : 0);
}

long sys_faccessat(int directory, const char *path, u32 mode) {
  struct step *step;
  if (mode & ~(R_OK | W_OK | X_OK))
    return -EINVAL;
  int error = path_walk_user(directory, path, WALK_FOLLOW, &step, NULL);
  if (error)
    return error;
  struct inode *inode = step->inode;
  if ((mode & W_OK) && inode->super->read_only && !S_ISCHR(inode->mode) && !S_ISBLK(inode->mode))
    error = -EROFS;
  else if ((mode & X_OK) && S_ISREG(inode->mode) && !(inode->mode & 0111))
    error = -EACCES; /* root may all but execute what nobody may */
  step_put(step);
  return error;
}

long sys_access(const char *path, u32 mode) { return sys_faccessat(AT_FDCWD, path, mode); }

long sys_readlinkat(int directory, const char *path, char *to, u32 size) {
  struct step *step;
  if ((s32)size <= 0)
    return -EINVAL;
  int error = path_walk_user(directory, path, 0, &step, NULL);
  if (error)
    return error;
  char *target = kmalloc(PATH_MAX);
  int length = !target                         ? -ENOMEM
               : !S_ISLNK(step->inode->mode)   ? -EINVAL
                                               : step->inode->operations->readlink(
                                                   step->inode, target, min_u32(size, PATH_MAX));
  if (length > 0 && copy_to_user(to, target, length) < 0)
    length = -EFAULT;
  kfree(target);
  step_put(step);
  return length;
}

long sys_readlink(const char *path, char *to, u32 size) {
  return sys_readlinkat(AT_FDCWD, path, to, size);
}
