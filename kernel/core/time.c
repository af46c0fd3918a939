/*
 * Time: the tick, timers, sleeping, and the system calls that tell time.
 */
#include <asm/apic.h>
#include <asm/clock.h>
#include <asm/percpu.h>
#include <asm/uaccess.h>
#include <kernel/syscall.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <uapi/errno.h>
#include <uapi/time.h>

#define NANOSECONDS 1000000000u
#define TICK_NANOSECONDS (NANOSECONDS / HZ)
#define LOAD_INTERVAL (5 * HZ)
#define LOAD_ONE 2048 /* fixed point: 11 bits */

DEFINE_SPINLOCK(timer_lock);
static struct list timers = LIST_INIT(timers); /* by expiry; timer_lock */
static volatile u32 ticks;                     /* written by the timer interrupt alone */
static u32 boot_seconds;
static u32 loads[3];

void time_init(void) { boot_seconds = rtc_read_seconds(); }

u32 ticks_now(void) { return ticks; }

/* At boot, before there are tasks that could sleep; interrupts off. The first tick comes early. */
void ticks_wait(u32 count) {
  u32 start = ticks;
  while (ticks - start < count) {
    irq_enable_and_halt();
    irq_disable();
  }
}

static bool is_before(u32 a, u32 b) { return (s32)(a - b) < 0; }

void timer_arm(struct timer *timer, u32 expires) {
  bool were_on = spin_lock_save(&timer_lock);
  struct list *place = &timers;
  timer->expires = expires;
  list_for_each(link, &timers) {
    if (is_before(expires, list_entry(link, struct timer, link)->expires)) {
      place = link;
      break;
    }
  }
  list_add_tail(place, &timer->link);
  spin_unlock_restore(&timer_lock, were_on);
}

bool timer_cancel(struct timer *timer) {
  bool were_on = spin_lock_save(&timer_lock);
  bool armed = !list_empty(&timer->link);
  list_remove(&timer->link);
  spin_unlock_restore(&timer_lock, were_on);
  return armed;
}

static struct timer *timer_take_expired(void) {
  struct timer *timer = NULL;
  spin_lock(&timer_lock);
  if (!list_empty(&timers)) {
    timer = list_entry(timers.next, struct timer, link);
    if (is_before(ticks, timer->expires))
      timer = NULL;
    else
      list_remove(&timer->link);
  }
  spin_unlock(&timer_lock);
  return timer;
}

/* Exponentially damped averages over 1, 5 and 15 minutes, every 5 seconds. */
static void load_sample(void) {
  static const u16 decay[3] = {1884, 2014, 2037}; /* LOAD_ONE * exp(-5 s / interval) */
  u32 active = runnable_count() + (this_cpu()->task != this_cpu()->idle);
  for (u32 i = 0; i < 3; i++)
    loads[i] = (loads[i] * decay[i] + active * LOAD_ONE * (LOAD_ONE - decay[i])) / LOAD_ONE;
}

void time_tick(void) {
  struct timer *timer;
  ticks++;
  if (ticks % LOAD_INTERVAL == 0)
    load_sample();
  while ((timer = timer_take_expired()))
    timer->fire(timer);
}

void load_average(u32 *three) {
  for (u32 i = 0; i < 3; i++)
    three[i] = loads[i] * 100 / LOAD_ONE; /* hundredths */
}

/* A tick may be due while the timer has started its next count: then little has passed of it. */
u64 nanoseconds_since_boot(void) {
  static u64 shown; /* time never goes back; interrupts off */
  bool were_on = irqs_enabled();
  irq_disable();
  u64 now = (u64)ticks * TICK_NANOSECONDS + tick_nanoseconds_passed();
  if (now > shown)
    shown = now;
  now = shown;
  if (were_on)
    irq_enable();
  return now;
}

u32 seconds_of_day(void) { return boot_seconds + ticks / HZ; }

/* Rounded up, and one more: the tick in progress has begun already. */
u32 ticks_from_nanoseconds(u64 nanoseconds) {
  u64 count = (nanoseconds + TICK_NANOSECONDS - 1) / TICK_NANOSECONDS + 1;
  return count > 0x7fffffff ? 0x7fffffff : (u32)count;
}

static void wake_sleeper(struct timer *timer) { wake(timer->data); }

/* The caller has set its state. Returns when woken, or after so many ticks. */
void schedule_timeout(u32 count) {
  struct timer timer = {.fire = wake_sleeper, .data = current};
  list_init(&timer.link);
  timer_arm(&timer, ticks + count);
  schedule();
  timer_cancel(&timer);
}

/* Nanoseconds left if a signal came first, else 0. */
static u64 sleep_nanoseconds(u64 nanoseconds) {
  u64 end = nanoseconds_since_boot() + nanoseconds;
  while (!signal_pending()) {
    u64 now = nanoseconds_since_boot();
    if (now >= end)
      return 0;
    bool were_on = irqs_enabled();
    irq_disable(); /* no signal may come between the look and the sleep */
    if (!signal_pending()) {
      current->state = TASK_SLEEPING;
      schedule_timeout(ticks_from_nanoseconds(end - now) - 1);
    }
    if (were_on)
      irq_enable();
  }
  u64 now = nanoseconds_since_boot();
  return now < end ? end - now : 0;
}

static void timespec_from(struct timespec *to, u64 nanoseconds) {
  to->tv_sec = (u32)(nanoseconds / NANOSECONDS);
  to->tv_nsec = (u32)(nanoseconds % NANOSECONDS);
}

static long sleep_user(const struct timespec *request, struct timespec *left, u64 since) {
  struct timespec time;
  if (get_user(time, request) < 0)
    return -EFAULT;
  if (time.tv_sec < 0 || (u32)time.tv_nsec >= NANOSECONDS)
    return -EINVAL;
  u64 wanted = (u64)time.tv_sec * NANOSECONDS + time.tv_nsec;
  u64 rest = sleep_nanoseconds(wanted > since ? wanted - since : 0);
  if (rest == 0)
    return 0;
  timespec_from(&time, rest);
  if (left && since == 0 && copy_to_user(left, &time, sizeof(time)) < 0)
    return -EFAULT;
  return -EINTR;
}

long sys_nanosleep(const struct timespec *request, struct timespec *left) {
  return sleep_user(request, left, 0);
}

static int clock_read(int clock, u64 *nanoseconds) {
  *nanoseconds = nanoseconds_since_boot();
  switch (clock) {
  case CLOCK_REALTIME:
  case CLOCK_REALTIME_COARSE:
    *nanoseconds += (u64)boot_seconds * NANOSECONDS;
    return 0;
  case CLOCK_PROCESS_CPUTIME_ID:
  case CLOCK_THREAD_CPUTIME_ID:
    *nanoseconds = (u64)(current->user_ticks + current->system_ticks) * TICK_NANOSECONDS;
    return 0;
  case CLOCK_MONOTONIC:
  case CLOCK_MONOTONIC_RAW:
  case CLOCK_MONOTONIC_COARSE:
  case CLOCK_BOOTTIME:
    return 0;
  default:
    return -EINVAL;
  }
}

long sys_clock_nanosleep(int clock, int flags, const struct timespec *request,
                         struct timespec *left) {
  u64 now;
  if (clock_read(clock, &now) < 0)
    return -EINVAL;
  return sleep_user(request, left, flags & TIMER_ABSTIME ? now : 0);
}

long sys_clock_gettime(int clock, struct timespec *to) {
  struct timespec time;
  u64 now;
  if (clock_read(clock, &now) < 0)
    return -EINVAL;
  timespec_from(&time, now);
  return copy_to_user(to, &time, sizeof(time));
}

long sys_clock_gettime64(int clock, struct kernel_timespec64 *to) {
  struct kernel_timespec64 time;
  u64 now;
  if (clock_read(clock, &now) < 0)
    return -EINVAL;
  time.tv_sec = now / NANOSECONDS;
  time.tv_nsec = now % NANOSECONDS;
  return copy_to_user(to, &time, sizeof(time));
}

long sys_gettimeofday(struct timeval *to, struct timezone *zone) {
  u64 now;
  clock_read(CLOCK_REALTIME, &now);
  struct timeval time = {(u32)(now / NANOSECONDS), (u32)(now % NANOSECONDS) / 1000};
  struct timezone none = {0, 0};
  if (to && copy_to_user(to, &time, sizeof(time)) < 0)
    return -EFAULT;
  return zone ? copy_to_user(zone, &none, sizeof(none)) : 0;
}

long sys_time(long *to) {
  long now = seconds_of_day();
  if (to && put_user(now, to) < 0)
    return -EFAULT;
  return now;
}

long sys_times(struct tms *to) {
  struct tms times = {current->user_ticks, current->system_ticks, current->children_user_ticks,
                      current->children_system_ticks};
  if (to && copy_to_user(to, &times, sizeof(times)) < 0)
    return -EFAULT;
  return ticks & 0x7fffffff;
}

static void alarm_fire(struct timer *timer) { signal_send(timer->data, SIGALRM, NULL); }

/* Seconds that an earlier alarm still had to go. */
long sys_alarm(u32 seconds) {
  struct timer *alarm = &current->alarm;
  u32 left = 0;
  if (timer_cancel(alarm))
    left = (alarm->expires - ticks + HZ - 1) / HZ;
  alarm->fire = alarm_fire;
  alarm->data = current;
  if (seconds)
    timer_arm(alarm, ticks + min_u32(seconds, 0x7fffffff / HZ) * HZ);
  return left;
}
