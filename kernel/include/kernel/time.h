/*
 * Kernel time: ticks of 10 ms since boot, wall time, timers.
 */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include <kernel/list.h>
#include <kernel/types.h>

struct timer {
  struct list link; /* in the timer list while armed; timer_lock */
  u32 expires;      /* tick */
  void (*fire)(struct timer *timer);
  void *data;
};

void time_init(void);
void time_tick(void); /* in the timer interrupt */
u32 ticks_now(void);
void ticks_wait(u32 count);
u64 nanoseconds_since_boot(void);
u32 seconds_of_day(void); /* Unix time */
void timer_arm(struct timer *timer, u32 expires);
bool timer_cancel(struct timer *timer); /* true if it was armed */
u32 ticks_from_nanoseconds(u64 nanoseconds);
void load_average(u32 *three);
u32 idle_ticks(void);

#endif
