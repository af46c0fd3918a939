/*
 * Time structures and clocks. One clock tick (times, /proc) is 10 ms.
 */
#ifndef UAPI_TIME_H
#define UAPI_TIME_H

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
#define CLOCK_MONOTONIC_RAW 4
#define CLOCK_REALTIME_COARSE 5
#define CLOCK_MONOTONIC_COARSE 6
#define CLOCK_BOOTTIME 7
#define TIMER_ABSTIME 1
#define USER_HZ 100
#define UTIME_NOW 0x3fffffff /* nanoseconds of utimensat: the present time */
#define UTIME_OMIT 0x3ffffffe /* leave as it is */

struct timespec {
  long tv_sec;
  long tv_nsec;
};

struct kernel_timespec64 {
  long long tv_sec;
  long long tv_nsec;
};

struct timeval {
  long tv_sec;
  long tv_usec;
};

struct timezone {
  int tz_minuteswest;
  int tz_dsttime;
};

struct tms {
  long tms_utime;
  long tms_stime;
  long tms_cutime;
  long tms_cstime;
};

#endif
