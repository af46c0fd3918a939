/*
 * One piece of a gathered or scattered transfer: readv, writev.
 */
#ifndef UAPI_UIO_H
#define UAPI_UIO_H

#define IOV_MAX 1024

struct iovec {
  void *iov_base;
  unsigned long iov_len;
};

#endif
