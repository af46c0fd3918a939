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

/* At a place of the caller's: the file's own stays as it is. */
static long transfer_at(int fd, char *buffer, size_t count, u64 position, bool write) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  long done = !has_offset(file)     ? -ESPIPE
              : (s64)position < 0   ? -EINVAL
                                    : file_transfer(file, buffer, count, &position, write);
  file_put(file);
  return done;
}

long sys_pread64(int fd, char *to, size_t count, u32 low, u32 high) {
  return transfer_at(fd, to, count, (u64)high << 32 | low, false);
}

long sys_pwrite64(int fd, char *from, size_t count, u32 low, u32 high) {
  return transfer_at(fd, from, count, (u64)high << 32 | low, true);
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

/* Where data, or a hole, begins at or after an offset; what is not on a disk is data. The end of the
 * file is a hole. */
static s64 seek_data(struct inode *inode, s64 offset, bool hole) {
  if (offset < 0 || offset >= (s64)inode->size)
    return -ENXIO;
  while (inode->operations && inode->operations->map && offset < (s64)inode->size) {
    u32 at, run = 1u << 16;
    int error = inode->operations->map(inode, (u32)(offset / SECTOR_SIZE), &at, &run);
    if (error)
      return error;
    if ((at == NO_SECTOR) == hole)
      return offset;
    offset = (offset / SECTOR_SIZE + run) * SECTOR_SIZE;
  }
  if (offset > (s64)inode->size)
    offset = inode->size;
  return hole ? (s64)inode->size : offset < (s64)inode->size ? offset : -ENXIO;
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
    else if (origin == SEEK_DATA || origin == SEEK_HOLE)
      offset = seek_data(file->inode, offset, origin == SEEK_HOLE);
    if (origin <= SEEK_HOLE)
      result = offset >= 0 ? (s64)(file->offset = offset) : offset < -4095 ? -EINVAL : offset;
    if (result < 0 && origin <= SEEK_END)
      result = -EINVAL;
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

/* What the file has in memory is on its disk. */
static long fd_sync(int fd) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  long error = !file->inode->super ? -EINVAL : 0;
  if (!error && (S_ISREG(file->inode->mode) || S_ISDIR(file->inode->mode)))
    error = file_sync(file->inode);
  else if (!error && file->operations && file->operations->sync)
    error = file->operations->sync(file);
  else
    error = -EINVAL;
  file_put(file);
  return error;
}

long sys_fsync(int fd) { return fd_sync(fd); }

long sys_fdatasync(int fd) { return fd_sync(fd); }

long sys_syncfs(int fd) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  long error = super_sync(file->inode->super);
  file_put(file);
  return error;
}

static ssize_t regular_read(struct file *file, char *to, size_t count, u64 *offset) {
  ssize_t done = cache_file_read(file->inode, to, count, *offset);
  if (done > 0)
    *offset += done;
  return done;
}

static ssize_t regular_write(struct file *file, const char *from, size_t count, u64 *offset) {
  struct inode *inode = file->inode;
  if (inode->super->read_only)
    return -EROFS;
  mutex_lock(&inode->lock);
  if (file->flags & O_APPEND)
    *offset = inode->size;
  ssize_t done = cache_file_write(inode, from, count, *offset);
  mutex_unlock(&inode->lock);
  if (done > 0)
    *offset += done;
  writeback_throttle(inode);
  int error = done > 0 && (file->flags & O_DSYNC) ? file_sync(inode) : 0;
  return error ? error : done;
}

const struct file_operations regular_operations = {.read = regular_read, .write = regular_write};
