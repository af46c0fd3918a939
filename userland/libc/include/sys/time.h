/* Time of day: POSIX <sys/time.h>. */
#ifndef _SYS_TIME_H
#define _SYS_TIME_H

#include <sys/types.h>
#include <uapi/time.h>

int gettimeofday(struct timeval *restrict now, void *restrict zone);

#endif
