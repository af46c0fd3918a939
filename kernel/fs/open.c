/*
 * open and its relatives, and the working directory.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define CREATE_DEPTH 6 /* symbolic links to what is to be created */

/* Opens what a step leads to; takes over the reference to the step, also when it fails. */
int file_open_step(struct step *step, u32 flags, struct file **opened) {
  struct inode *inode = step->inode;
  bool write = (flags & O_ACCMODE) != O_RDONLY;
  int error = 0;

  if (S_ISLNK(inode->mode))
    error = -ELOOP;
  else if (S_ISDIR(inode->mode) && write)
    error = -EISDIR;
  else if (!S_ISDIR(inode->mode) && (flags & O_DIRECTORY))
    error = -ENOTDIR;
  else if (S_ISREG(inode->mode) && (write || (flags & O_TRUNC)) && inode->super->read_only)
    error = -EROFS;
  else if (S_ISREG(inode->mode) && (write || (flags & O_TRUNC)) && inode->executions > 0)
    error = -ETXTBSY;
  else if (!inode->files)
    error = -ENXIO; /* a device without a driver, a named pipe */
  struct file *file = error ? NULL : file_new();
  if (!file) {
    step_put(step);
    return error ? error : -ENOMEM;
  }
  file->flags = flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC);
  file->path = step;
  file->inode = inode_hold(inode);
  file->operations = inode->files;
  if (S_ISREG(inode->mode) && write)
    file_count_writer(file);
  if (S_ISREG(inode->mode) && (flags & O_TRUNC)) {
    mutex_lock(&inode->lock);
    error = inode->operations->truncate ? inode->operations->truncate(inode, 0) : 0;
    mutex_unlock(&inode->lock);
  }
  if (!error && file->operations && file->operations->open)
    error = file->operations->open(file);
  file->flags &= ~O_NOCTTY; /* of no meaning once open */
  if (error) {
    file->operations = NULL; /* not open: nothing to release */
    file_put(file);
    return error;
  }
  *opened = file;
  return 0;
}

/* A regular file for open, where the path leads to none: also where a symbolic link points to a name
 * that is not there. -EEXIST if somebody was faster. */
static int create_file(struct step *from, const char *path, u32 flags, u32 mode, u32 depth,
                       struct step **made) {
  struct last_name *last = kmalloc(sizeof(*last));
  struct step *dir = NULL;
  struct inode *inode = NULL;
  char *target = NULL;
  int error = last ? path_walk(from, path, WALK_PARENT, &dir, last) : -ENOMEM;

  if (!error && last->has_slash)
    error = -EISDIR;
  if (!error)
    error = name_make(dir->inode, last, S_IFREG | mode, 0, &inode);
  if (error == -EEXIST && inode && S_ISLNK(inode->mode) && !(flags & (O_EXCL | O_NOFOLLOW))) {
    target = kmalloc(PATH_MAX);
    int length = !target              ? -ENOMEM
                 : depth >= CREATE_DEPTH ? -ELOOP
                                         : inode->operations->readlink(inode, target, PATH_MAX - 1);
    error = length < 0 ? length : 0;
    if (!error) {
      target[length] = 0;
      error = create_file(dir, target, flags, mode, depth + 1, made);
    }
  } else if (!error) {
    *made = step_new(dir, inode_hold(inode), last->name, last->length);
    error = *made ? 0 : -ENOMEM;
  }
  if (inode)
    inode_put(inode);
  if (dir)
    step_put(dir);
  kfree(target);
  kfree(last);
  return error;
}

static int open_path(struct step *from, const char *path, u32 flags, u32 mode,
                     struct step **step) {
  bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
  u32 walk_flags = flags & O_NOFOLLOW || exclusive ? 0 : WALK_FOLLOW;
  for (;;) {
    int error = path_walk(from, path, walk_flags, step, NULL);
    if (!error && exclusive) {
      step_put(*step);
      return -EEXIST;
    }
    if (error != -ENOENT || !(flags & O_CREAT))
      return error;
    error = create_file(from, path, flags, mode & 07777 & ~current->umask, 0, step);
    if (error != -EEXIST || exclusive)
      return error;
  }
}

long sys_openat(int directory, const char *user_path, u32 flags, u32 mode) {
  struct step *from, *step;
  struct file *file;
  char *path;
  int error = path_from_user(directory, user_path, &path, &from);
  if (error)
    return error;
  error = open_path(from, path, flags, mode, &step);
  if (from)
    step_put(from);
  kfree(path);
  if (error)
    return error;
  error = file_open_step(step, flags, &file);
  if (error)
    return error;
  int fd = fd_install(file, 0, flags & O_CLOEXEC);
  if (fd < 0)
    file_put(file);
  return fd;
}

long sys_open(const char *path, u32 flags, u32 mode) {
  return sys_openat(AT_FDCWD, path, flags, mode);
}

long sys_creat(const char *path, u32 mode) {
  return sys_openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

static int cwd_set(struct step *step) {
  if (!S_ISDIR(step->inode->mode)) {
    step_put(step);
    return -ENOTDIR;
  }
  step_put(current->cwd);
  current->cwd = step;
  return 0;
}

long sys_chdir(const char *path) {
  struct step *step;
  int error = path_walk_user(AT_FDCWD, path, WALK_FOLLOW, &step, NULL);
  return error ? error : cwd_set(step);
}

long sys_fchdir(int fd) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  int error = file->path ? cwd_set(step_hold(file->path)) : -ENOTDIR;
  file_put(file);
  return error;
}

long sys_getcwd(char *to, u32 size) {
  char *name = kmalloc(PATH_MAX);
  if (!name)
    return -ENOMEM;
  int length = path_name(current->cwd, name, PATH_MAX);
  if (length > (int)size)
    length = -ERANGE;
  if (length > 0 && copy_to_user(to, name, length) < 0)
    length = -EFAULT;
  kfree(name);
  return length;
}

