/*
 * System calls on names, modes, owners, times and mounts; what POSIX builds from them.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <utime.h>

int openat(int directory, const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
  va_end(list);
  return __result(__syscall(SYS_openat, directory, path, flags, mode));
}

int mkdirat(int directory, const char *path, mode_t mode) {
  return __result(__syscall(SYS_mkdirat, directory, path, mode));
}

int unlinkat(int directory, const char *path, int flags) {
  return __result(__syscall(SYS_unlinkat, directory, path, flags));
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags) {
  return __result(__syscall(SYS_linkat, from_directory, from, to_directory, to, flags));
}

int symlinkat(const char *target, int directory, const char *path) {
  return __result(__syscall(SYS_symlinkat, target, directory, path));
}

ssize_t readlinkat(int directory, const char *restrict path, char *restrict to, size_t size) {
  return __result(__syscall(SYS_readlinkat, directory, path, to, size));
}

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
  return __result(__syscall(SYS_renameat, from_directory, from, to_directory, to));
}

int faccessat(int directory, const char *path, int mode, int flags) {
  (void)flags; /* the call has none */
  return __result(__syscall(SYS_faccessat, directory, path, mode));
}

int fstatat(int directory, const char *restrict path, struct stat *restrict status, int flags) {
  return __result(__syscall(SYS_fstatat64, directory, path, status, flags));
}

/* --- modes, owners */

int fchmod(int fd, mode_t mode) {
  return __result(__syscall(SYS_fchmod, fd, mode));
}

int fchmodat(int directory, const char *path, mode_t mode, int flags) {
  if (flags != 0) {
    errno = EOPNOTSUPP; /* a symbolic link has no mode of its own */
    return -1;
  }
  return __result(__syscall(SYS_fchmodat, directory, path, mode));
}

int fchown(int fd, uid_t user, gid_t group) {
  return __result(__syscall(SYS_fchown32, fd, user, group));
}

int fchownat(int directory, const char *path, uid_t user, gid_t group, int flags) {
  return __result(__syscall(SYS_fchownat, directory, path, user, group, flags));
}

int chown(const char *path, uid_t user, gid_t group) {
  return __result(__syscall(SYS_chown32, path, user, group));
}

int lchown(const char *path, uid_t user, gid_t group) {
  return __result(__syscall(SYS_lchown32, path, user, group));
}

/* --- times */

int utimensat(int directory, const char *path, const struct timespec times[2], int flags) {
  return __result(__syscall(SYS_utimensat, directory, path, times, flags));
}

int futimens(int fd, const struct timespec times[2]) {
  return utimensat(fd, NULL, times, 0);
}

int utime(const char *path, const struct utimbuf *times) {
  if (times == NULL) return utimensat(AT_FDCWD, path, NULL, 0);
  const struct timespec both[2] = {{times->actime, 0}, {times->modtime, 0}};
  return utimensat(AT_FDCWD, path, both, 0);
}

/* --- sizes, descriptors */

int truncate64(const char *path, off64_t size) {
  return __result(__syscall(SYS_truncate64, path, (long)size, (long)(size >> 32)));
}

int ftruncate64(int fd, off64_t size) {
  return __result(__syscall(SYS_ftruncate64, fd, (long)size, (long)(size >> 32)));
}

int truncate(const char *path, off_t size) {
  return truncate64(path, size);
}

int ftruncate(int fd, off_t size) {
  return ftruncate64(fd, size);
}

off64_t lseek64(int fd, off64_t offset, int whence) {
  off64_t at;
  long answer =
      __syscall(SYS__llseek, fd, (long)(offset >> 32), (long)offset, &at, whence);
  return __result(answer) < 0 ? -1 : at;
}

ssize_t pread(int fd, void *to, size_t count, off_t offset) {
  return __result(__syscall(SYS_pread64, fd, to, count, offset, offset >> 31));
}

int fchdir(int fd) {
  return __result(__syscall(SYS_fchdir, fd));
}

int fsync(int fd) {
  return __result(__syscall(SYS_fsync, fd));
}

int fdatasync(int fd) {
  return __result(__syscall(SYS_fdatasync, fd));
}

int dup3(int fd, int as, int flags) {
  return __result(__syscall(SYS_dup3, fd, as, flags));
}

int pipe2(int ends[2], int flags) {
  return __result(__syscall(SYS_pipe2, ends, flags));
}

int mkfifo(const char *path, mode_t mode) {
  return mknod(path, (mode & 07777) | S_IFIFO, 0);
}

/* --- file systems */

int mount(const char *source, const char *target, const char *type, unsigned long flags,
          const void *data) {
  return __result(__syscall(SYS_mount, source, target, type, flags, data));
}

int umount2(const char *target, int flags) {
  return __result(__syscall(SYS_umount2, target, flags));
}

int umount(const char *target) {
  return umount2(target, 0);
}

int statfs(const char *path, struct statfs *status) {
  return __result(__syscall(SYS_statfs64, path, sizeof *status, status));
}

int fstatfs(int fd, struct statfs *status) {
  return __result(__syscall(SYS_fstatfs64, fd, sizeof *status, status));
}

static int convert(int result, const struct statfs *from, struct statvfs *to) {
  if (result < 0) return result;
  memset(to, 0, sizeof *to);
  to->f_bsize = from->f_bsize;
  to->f_frsize = from->f_frsize == 0 ? from->f_bsize : from->f_frsize;
  to->f_blocks = from->f_blocks;
  to->f_bfree = from->f_bfree;
  to->f_bavail = from->f_bavail;
  to->f_files = from->f_files;
  to->f_ffree = to->f_favail = from->f_ffree;
  to->f_fsid = (unsigned long)from->f_fsid[0];
  to->f_flag = from->f_flags;
  to->f_namemax = from->f_namelen;
  return 0;
}

int statvfs(const char *restrict path, struct statvfs *restrict status) {
  struct statfs found;
  return convert(statfs(path, &found), &found, status);
}

int fstatvfs(int fd, struct statvfs *status) {
  struct statfs found;
  return convert(fstatfs(fd, &found), &found, status);
}

int gethostname(char *to, size_t size) {
  struct utsname name;
  if (uname(&name) < 0) return -1;
  if (strlen(name.nodename) >= size) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(to, name.nodename);
  return 0;
}
