/* File system status: statfs, with 64-bit counts. */
#ifndef _SYS_STATFS_H
#define _SYS_STATFS_H

#include <sys/types.h>

struct statfs {
  unsigned int f_type;
  unsigned int f_bsize;
  unsigned long long f_blocks;
  unsigned long long f_bfree;
  unsigned long long f_bavail;
  unsigned long long f_files;
  unsigned long long f_ffree;
  int f_fsid[2];
  unsigned int f_namelen;
  unsigned int f_frsize;
  unsigned int f_flags;
  unsigned int f_spare[4];
} __attribute__((packed, aligned(4)));

int statfs(const char *path, struct statfs *status);
int fstatfs(int fd, struct statfs *status);

#endif
