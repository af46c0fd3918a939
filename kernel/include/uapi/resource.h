/*
 * Resource limits and usage: getrlimit, ugetrlimit and the last argument of wait4.
 */
#ifndef UAPI_RESOURCE_H
#define UAPI_RESOURCE_H

#include <uapi/time.h>

#define RLIMIT_CPU 0
#define RLIMIT_FSIZE 1
#define RLIMIT_DATA 2
#define RLIMIT_STACK 3
#define RLIMIT_CORE 4
#define RLIMIT_RSS 5
#define RLIMIT_NPROC 6
#define RLIMIT_NOFILE 7
#define RLIMIT_MEMLOCK 8
#define RLIMIT_AS 9
#define RLIMIT_COUNT 16
#define RLIM_INFINITY 0xfffffffful
#define RLIM64_INFINITY 0xffffffffffffffffull

struct rlimit {
  unsigned long rlim_cur;
  unsigned long rlim_max;
};

struct rlimit64 {
  unsigned long long rlim_cur;
  unsigned long long rlim_max;
};

struct rusage {
  struct timeval ru_utime;
  struct timeval ru_stime;
  long ru_maxrss;
  long ru_unused[13];
};

#endif
