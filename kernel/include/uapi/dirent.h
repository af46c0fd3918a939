/*
 * What getdents64 writes: records of varying length, each a multiple of 8 bytes.
 */
#ifndef UAPI_DIRENT_H
#define UAPI_DIRENT_H

#define DT_UNKNOWN 0
#define DT_FIFO 1
#define DT_CHR 2
#define DT_DIR 4
#define DT_BLK 6
#define DT_REG 8
#define DT_LNK 10
#define DT_SOCK 12

struct dirent64 {
  unsigned long long d_ino;
  long long d_off; /* where the next record begins; to be given to lseek */
  unsigned short d_reclen;
  unsigned char d_type;
  char d_name[]; /* ends in a zero byte */
};

#endif
