/* File status: POSIX <sys/stat.h>. The layout is stat64's. */
#ifndef _SYS_STAT_H
#define _SYS_STAT_H

#include <sys/types.h>
#include <uapi/stat.h>
#include <uapi/time.h>

/* In tv_nsec, for utimensat and futimens. */
#ifndef UTIME_NOW
#define UTIME_NOW 0x3fffffff
#define UTIME_OMIT 0x3ffffffe
#endif

int stat(const char *restrict path, struct stat *restrict status);
int lstat(const char *restrict path, struct stat *restrict status);
int fstat(int fd, struct stat *status);
int fstatat(int directory, const char *restrict path, struct stat *restrict status, int flags);
int mkdir(const char *path, mode_t mode);
int mkdirat(int directory, const char *path, mode_t mode);
int mknod(const char *path, mode_t mode, dev_t device);
int mkfifo(const char *path, mode_t mode);
int chmod(const char *path, mode_t mode);
int fchmod(int fd, mode_t mode);
int fchmodat(int directory, const char *path, mode_t mode, int flags);
int utimensat(int directory, const char *path, const struct timespec times[2], int flags);
int futimens(int fd, const struct timespec times[2]);
mode_t umask(mode_t mask);

#endif
