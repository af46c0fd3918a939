/*
 * The system calls that take paths: open and what makes, removes and renames names.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

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
  else if (S_ISREG(inode->mode) && write && inode->super->read_only)
    error = -EROFS;
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
  if (S_ISREG(inode->mode) && write && (flags & O_TRUNC)) {
    mutex_lock(&inode->lock);
    error = inode->operations->truncate(inode, 0);
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

/* Makes a name in a directory, and a step to it. */
static int create_at(struct step *dir, const char *name, u32 mode, u32 rdev, struct step **made) {
  struct inode *inode = NULL;
  int error;
  if (!name[0] || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
    return -EEXIST;
  mutex_lock(&dir->inode->lock);
  error = dir->inode->operations->lookup(dir->inode, name, strlen(name), &inode);
  if (!error) {
    inode_put(inode);
    error = -EEXIST;
  } else if (error == -ENOENT) {
    error = dir->inode->operations->create
                ? dir->inode->operations->create(dir->inode, name, strlen(name), mode, rdev, &inode)
                : -EROFS;
  }
  mutex_unlock(&dir->inode->lock);
  if (error)
    return error;
  if (!made) {
    inode_put(inode);
    return 0;
  }
  *made = step_new(dir, inode, name, strlen(name));
  return *made ? 0 : -ENOMEM;
}

static int create_user(int directory, const char *path, u32 mode, u32 rdev, struct step **made) {
  char *name = kmalloc(NAME_MAX + 1);
  struct step *dir;
  if (!name)
    return -ENOMEM;
  int error = path_walk_user(directory, path, WALK_PARENT, &dir, name);
  if (!error) {
    error = create_at(dir, name, mode, rdev, made);
    step_put(dir);
  }
  kfree(name);
  return error;
}

long sys_openat(int directory, const char *path, u32 flags, u32 mode) {
  struct step *step;
  struct file *file;
  u32 walk_flags = flags & O_NOFOLLOW || (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL)
                       ? 0
                       : WALK_FOLLOW;
  int error = path_walk_user(directory, path, walk_flags, &step, NULL);

  if (!error && (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL)) {
    step_put(step);
    return -EEXIST;
  }
  if (error == -ENOENT && (flags & O_CREAT))
    error = create_user(directory, path, S_IFREG | (mode & 07777 & ~current->umask), 0, &step);
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

long sys_mkdirat(int directory, const char *path, u32 mode) {
  return create_user(directory, path, S_IFDIR | (mode & 01777 & ~current->umask), 0, NULL);
}

long sys_mkdir(const char *path, u32 mode) { return sys_mkdirat(AT_FDCWD, path, mode); }

long sys_mknod(const char *path, u32 mode, u32 rdev) {
  if ((mode & S_IFMT) == 0)
    mode |= S_IFREG;
  if (S_ISDIR(mode))
    return -EPERM;
  if (!S_ISREG(mode) && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode))
    return -EINVAL;
  return create_user(AT_FDCWD, path, mode & ~current->umask, rdev, NULL);
}

static int remove_user(int directory, const char *path, bool is_directory) {
  char *name = kmalloc(NAME_MAX + 1);
  struct step *dir;
  if (!name)
    return -ENOMEM;
  int error = path_walk_user(directory, path, WALK_PARENT, &dir, name);
  if (!error) {
    if (!name[0] || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
      error = is_directory ? -EBUSY : -EISDIR;
    } else if (!dir->inode->operations->remove) {
      error = -EROFS;
    } else {
      mutex_lock(&dir->inode->lock);
      error = dir->inode->operations->remove(dir->inode, name, strlen(name), is_directory);
      mutex_unlock(&dir->inode->lock);
    }
    step_put(dir);
  }
  kfree(name);
  return error;
}

long sys_unlink(const char *path) { return remove_user(AT_FDCWD, path, false); }

long sys_rmdir(const char *path) { return remove_user(AT_FDCWD, path, true); }

long sys_unlinkat(int directory, const char *path, u32 flags) {
  return remove_user(directory, path, flags & AT_REMOVEDIR);
}

/* Two directories' locks are taken in the order of their addresses. */
static void lock_two(struct inode *a, struct inode *b) {
  mutex_lock(a < b ? &a->lock : &b->lock);
  if (a != b)
    mutex_lock(a < b ? &b->lock : &a->lock);
}

static void unlock_two(struct inode *a, struct inode *b) {
  mutex_unlock(&a->lock);
  if (a != b)
    mutex_unlock(&b->lock);
}

long sys_rename(const char *from, const char *to) {
  char *names = kmalloc(2 * (NAME_MAX + 1)), *new = names + NAME_MAX + 1;
  struct step *from_dir, *to_dir;
  if (!names)
    return -ENOMEM;
  int error = path_walk_user(AT_FDCWD, from, WALK_PARENT, &from_dir, names);
  if (error)
    goto out;
  error = path_walk_user(AT_FDCWD, to, WALK_PARENT, &to_dir, new);
  if (error)
    goto out_from;
  struct inode *a = from_dir->inode, *b = to_dir->inode;
  if (a->super != b->super)
    error = -EXDEV;
  else if (!a->operations->rename)
    error = -EROFS;
  else if (!names[0] || !new[0])
    error = -EBUSY;
  if (!error) {
    lock_two(a, b);
    error = a->operations->rename(a, names, strlen(names), b, new, strlen(new));
    unlock_two(a, b);
  }
  step_put(to_dir);
out_from:
  step_put(from_dir);
out:
  kfree(names);
  return error;
}

long sys_link(const char *old, const char *new) {
  char *name = kmalloc(NAME_MAX + 1);
  struct step *target, *dir;
  if (!name)
    return -ENOMEM;
  int error = path_walk_user(AT_FDCWD, old, 0, &target, NULL);
  if (error)
    goto out;
  error = path_walk_user(AT_FDCWD, new, WALK_PARENT, &dir, name);
  if (error)
    goto out_target;
  if (dir->inode->super != target->inode->super) {
    error = -EXDEV;
  } else if (!dir->inode->operations->link) {
    error = -EROFS;
  } else {
    mutex_lock(&dir->inode->lock);
    error = dir->inode->operations->link(dir->inode, name, strlen(name), target->inode);
    mutex_unlock(&dir->inode->lock);
  }
  step_put(dir);
out_target:
  step_put(target);
out:
  kfree(name);
  return error;
}

long sys_symlink(const char *target, const char *path) {
  char *text = kmalloc(PATH_MAX), *name = kmalloc(NAME_MAX + 1);
  struct step *dir;
  int error = text && name ? strncpy_from_user(text, target, PATH_MAX) : -ENOMEM;
  if (error >= 0)
    error = path_walk_user(AT_FDCWD, path, WALK_PARENT, &dir, name);
  if (error == 0) {
    mutex_lock(&dir->inode->lock);
    error = dir->inode->operations->symlink
                ? dir->inode->operations->symlink(dir->inode, name, strlen(name), text)
                : -EROFS;
    mutex_unlock(&dir->inode->lock);
    step_put(dir);
  }
  kfree(text);
  kfree(name);
  return error;
}

long sys_access(const char *path, u32 mode) {
  struct step *step;
  int error = path_walk_user(AT_FDCWD, path, WALK_FOLLOW, &step, NULL);
  if (error)
    return error;
  struct inode *inode = step->inode;
  if ((mode & W_OK) && inode->super->read_only && !S_ISCHR(inode->mode))
    error = -EROFS;
  else if ((mode & X_OK) && S_ISREG(inode->mode) && !(inode->mode & 0111))
    error = -EACCES; /* root may all but execute what nobody may */
  step_put(step);
  return error;
}

long sys_chmod(const char *path, u32 mode) {
  struct step *step;
  int error = path_walk_user(AT_FDCWD, path, WALK_FOLLOW, &step, NULL);
  if (error)
    return error;
  if (step->inode->super->read_only) {
    error = -EROFS;
  } else {
    mutex_lock(&step->inode->lock);
    step->inode->mode = (step->inode->mode & S_IFMT) | (mode & 07777);
    mutex_unlock(&step->inode->lock);
  }
  step_put(step);
  return error;
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

long sys_readlink(const char *path, char *to, u32 size) {
  struct step *step;
  int error = path_walk_user(AT_FDCWD, path, 0, &step, NULL);
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
