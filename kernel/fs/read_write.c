/*
 * The system calls on open files: read, write and their relatives, seeking, directories, ioctl.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/dirent.h>
#include <uapi/errno.h>
#include <uapi/uio.h>

/* Regular files hold the file's lock for their offset; streams have none and may block long. */
static bool has_offset(const struct file *file) {
  return S_ISREG(file->inode->mode) || S_ISDIR(file->inode->mode) || S_ISBLK(file->inode->mode);
}

static ssize_t file_transfer(struct file *file, char *buffer, size_t count, u64 *position,
                             bool write) {
  u32 access = file->flags & O_ACCMODE;
  if (access == (write ? O_RDONLY : O_WRONLY) || (file->flags & O_PATH))
    return -EBADF;
  if (S_ISDIR(file->inode->mode))
    return -EISDIR;
  if (count > 0x7fffffff)
    return -EINVAL;
  if (!user_range_ok(buffer, count))
    return -EFAULT;
  if (write)
    return file->operations->write ? file->operations->write(file, buffer, count, position)
                                   : -EINVAL;
  return file->operations->read ? file->operations->read(file, buffer, count, position) : -EINVAL;
}

static ssize_t fd_transfer(int fd, char *buffer, size_t count, bool write) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  bool locked = has_offset(file);
  if (locked)
    mutex_lock(&file->lock);
  ssize_t done = file_transfer(file, buffer, count, &file->offset, write);
  if (locked)
    mutex_unlock(&file->lock);
  file_put(file);
  return done;
}

long sys_read(int fd, char *to, size_t count) { return fd_transfer(fd, to, count, false); }

long sys_write(int fd, char *from, size_t count) { return fd_transfer(fd, from, count, true); }

long sys_pread64(int fd, char *to, size_t count, u32 low, u32 high) {
  struct file *file = file_get(fd);
  u64 position = (u64)high << 32 | low;
  if (!file)
    return -EBADF;
  long done = has_offset(file) ? file_transfer(file, to, count, &position, false) : -ESPIPE;
  file_put(file);
  return done;
}

static long vector_transfer(int fd, const struct iovec *vector, u32 count, bool write) {
  long total = 0;
  if (count > IOV_MAX)
    return -EINVAL;
  for (u32 i = 0; i < count; i++) {
    struct iovec piece;
    if (get_user(piece, vector + i) < 0)
      return total ? total : -EFAULT;
    if (piece.iov_len == 0)
      continue;
    ssize_t done = fd_transfer(fd, piece.iov_base, piece.iov_len, write);
    if (done < 0)
      return total ? total : done;
    total += done;
    if ((u32)done < piece.iov_len)
      break;
  }
  return total;
}

long sys_readv(int fd, const struct iovec *vector, u32 count) {
  return vector_transfer(fd, vector, count, false);
}

long sys_writev(int fd, const struct iovec *vector, u32 count) {
  return vector_transfer(fd, vector, count, true);
}

static s64 seek(int fd, s64 offset, u32 origin) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  s64 result = -EINVAL;
  if (!file->path || S_ISFIFO(file->inode->mode) || S_ISCHR(file->inode->mode)) {
    result = -ESPIPE;
  } else {
    mutex_lock(&file->lock);
    if (origin == SEEK_CUR)
      offset += file->offset;
    else if (origin == SEEK_END)
      offset += file->inode->size;
    if (origin <= SEEK_END && offset >= 0)
      result = file->offset = offset;
    mutex_unlock(&file->lock);
  }
  file_put(file);
  return result;
}

long sys_lseek(int fd, s32 offset, u32 origin) {
  s64 result = seek(fd, offset, origin);
  return result > 0x7fffffff ? -EOVERFLOW : (long)result;
}

long sys__llseek(int fd, u32 high, u32 low, s64 *to, u32 origin) {
  s64 result = seek(fd, (s64)((u64)high << 32 | low), origin);
  return result < 0 ? (long)result : copy_to_user(to, &result, sizeof(result));
}

long sys_ioctl(int fd, u32 request, u32 argument) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  long result = file->operations && file->operations->ioctl
                    ? file->operations->ioctl(file, request, argument)
                    : -ENOTTY;
  file_put(file);
  return result;
}

struct dirent_sink {
  struct dir_sink sink;
  u8 *to; /* user */
  u32 room, used;
  int error;
};

static bool dirent_put(struct dir_sink *sink, const char *name, u32 length, u64 next, u32 number,
                       u8 type) {
  struct dirent_sink *out = container_of(sink, struct dirent_sink, sink);
  struct dirent64 head = {number, next, 0, type};
  u32 fixed = offsetof(struct dirent64, d_name);
  u32 size = align_up(fixed + length + 1, 8);
  u8 *to = out->to + out->used;

  if (out->used + size > out->room) {
    out->error = -EINVAL; /* counts only if nothing fitted */
    return false;
  }
  head.d_reclen = size;
  if (copy_to_user(to, &head, fixed) < 0 || copy_to_user(to + fixed, name, length) < 0 ||
      clear_user(to + fixed + length, size - fixed - length) < 0) {
    out->error = -EFAULT;
    return false;
  }
  out->used += size;
  return true;
}

long sys_getdents64(int fd, u8 *to, u32 size) {
  struct dirent_sink out = {{dirent_put}, to, size, 0, 0};
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  int error = -ENOTDIR;
  if (file->operations && file->operations->readdir) {
    mutex_lock(&file->lock);
    error = file->operations->readdir(file, &out.sink);
    mutex_unlock(&file->lock);
  }
  file_put(file);
  if (error < 0)
    return error;
  return out.used ? (long)out.used : out.error;
}

long sys_fsync(int fd) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  file_put(file);
  return 0;
}

long sys_ftruncate64(int fd, u32 low, u32 high) {
  struct file *file = file_get(fd);
  long error = -EINVAL;
  if (!file)
    return -EBADF;
  if ((file->flags & O_ACCMODE) != O_RDONLY && S_ISREG(file->inode->mode)) {
    mutex_lock(&file->inode->lock);
    error = file->inode->operations->truncate(file->inode, (u64)high << 32 | low);
    mutex_unlock(&file->inode->lock);
  }
  file_put(file);
  return error;
}

static ssize_t regular_read(struct file *file, char *to, size_t count, u64 *offset) {
  ssize_t done = cache_file_read(file->inode, to, count, *offset);
  if (done > 0)
    *offset += done;
  return done;
}

/* Files of read-only file systems. */
const struct file_operations regular_operations = {.read = regular_read};
