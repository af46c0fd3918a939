/*
 * What statfs and statfs64 tell of a file system, Linux i386.
 */
#ifndef UAPI_STATFS_H
#define UAPI_STATFS_H

#define ST_RDONLY 1 /* f_flags */
#define ST_NOATIME 1024
#define ST_VALID 32 /* f_flags means something */

struct statfs {
  unsigned long f_type;
  unsigned long f_bsize;
  unsigned long f_blocks;
  unsigned long f_bfree;
  unsigned long f_bavail;
  unsigned long f_files;
  unsigned long f_ffree;
  int f_fsid[2];
  unsigned long f_namelen;
  unsigned long f_frsize;
  unsigned long f_flags;
  unsigned long f_spare[4];
};

struct statfs64 {
  unsigned long f_type;
  unsigned long f_bsize;
  unsigned long long f_blocks;
  unsigned long long f_bfree;
  unsigned long long f_bavail;
  unsigned long long f_files;
  unsigned long long f_ffree;
  int f_fsid[2];
  unsigned long f_namelen;
  unsigned long f_frsize;
  unsigned long f_flags;
  unsigned long f_spare[4];
} __attribute__((packed, aligned(4)));

#endif
