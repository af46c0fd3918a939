/*
 * stat64 and its relatives.
 */
#include <asm/uaccess.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

static long stat_fill(struct stat *to, const struct inode *inode) {
  struct stat stat;
  memset(&stat, 0, sizeof(stat));
  stat.st_dev = inode->super ? inode->super->device : 0;
  stat.st_ino = stat.st_ino_low = inode->number;
  stat.st_mode = inode->mode;
  stat.st_nlink = inode->links;
  stat.st_uid = inode->uid;
  stat.st_gid = inode->gid;
  stat.st_rdev = inode->rdev;
  stat.st_size = inode->size;
  stat.st_blksize = 4096;
  stat.st_blocks = inode->blocks;
  stat.st_atime = inode->atime;
  stat.st_mtime = inode->mtime;
  stat.st_ctime = inode->ctime;
  return copy_to_user(to, &stat, sizeof(stat));
}

static long stat_path(int directory, const char *path, struct stat *to, u32 walk_flags) {
  struct step *step;
  long error = path_walk_user(directory, path, walk_flags, &step, NULL);
  if (error)
    return error;
  error = stat_fill(to, step->inode);
  step_put(step);
  return error;
}

long sys_stat64(const char *path, struct stat *to) {
  return stat_path(AT_FDCWD, path, to, WALK_FOLLOW);
}

long sys_lstat64(const char *path, struct stat *to) { return stat_path(AT_FDCWD, path, to, 0); }

long sys_fstat64(int fd, struct stat *to) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  long error = stat_fill(to, file->inode);
  file_put(file);
  return error;
}

long sys_fstatat64(int directory, const char *path, struct stat *to, u32 flags) {
  char first = 0;
  if ((flags & AT_EMPTY_PATH) && get_user(first, path) == 0 && first == 0 &&
      directory != AT_FDCWD)
    return sys_fstat64(directory, to);
  return stat_path(directory, path, to, flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW);
}
