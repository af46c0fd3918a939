/*
 * The 8254 interval timer: channel 0 interrupts HZ times a second, channel 2 measures what other
 * clocks are worth.
 */
#include <asm/clock.h>
#include <asm/io.h>
#include <asm/trapframe.h>
#include <kernel/lock.h>
#include <kernel/time.h>

#define PIT_CHANNEL0 0x40
#define PIT_COMMAND 0x43
#define PIT_RATE_GENERATOR 0x34 /* channel 0, both bytes, mode 2 */
#define PIT_ONE_SHOT 0x30       /* mode 0: nothing counts until a count is written */
#define PIT_LATCH 0x00
#define PIT_CHANNEL2 0x42
#define PIT_STOPWATCH 0xb0      /* channel 2, both bytes, mode 0: the output rises at zero */
#define PIT_LATCH2 0x80
#define PIT_STATUS2 0xe8        /* read back channel 2's status */
#define STATUS_NOT_LOADED 0x40
#define STOPWATCH_MAX 0xffff
#define CONTROL_B 0x61
#define GATE2 0x01
#define SPEAKER 0x02
#define OUTPUT2 0x20
#define PIT_DIVISOR ((PIT_FREQUENCY + HZ / 2) / HZ)

DEFINE_SPINLOCK(pit_lock); /* the byte order of the ports */

void pit_init(void) {
  bool were_on = spin_lock_save(&pit_lock);
  outb(PIT_COMMAND, PIT_RATE_GENERATOR);
  outb(PIT_CHANNEL0, PIT_DIVISOR & 0xff);
  outb(PIT_CHANNEL0, PIT_DIVISOR >> 8);
  spin_unlock_restore(&pit_lock, were_on);
  irq_install(IRQ_TIMER, "timer", time_tick);
}

static u32 pit_count(void) {
  bool were_on = spin_lock_save(&pit_lock);
  outb(PIT_COMMAND, PIT_LATCH);
  u32 count = inb(PIT_CHANNEL0);
  count |= inb(PIT_CHANNEL0) << 8;
  spin_unlock_restore(&pit_lock, were_on);
  return count;
}

/* Begins to count PIT clocks from zero. */
void stopwatch_start(void) {
  bool were_on = spin_lock_save(&pit_lock);
  outb(CONTROL_B, (inb(CONTROL_B) & ~SPEAKER) | GATE2);
  outb(PIT_COMMAND, PIT_STOPWATCH);
  outb(PIT_CHANNEL2, STOPWATCH_MAX & 0xff);
  outb(PIT_CHANNEL2, STOPWATCH_MAX >> 8);
  do
    outb(PIT_COMMAND, PIT_STATUS2);
  while (inb(PIT_CHANNEL2) & STATUS_NOT_LOADED);
  spin_unlock_restore(&pit_lock, were_on);
}

/* Clocks since then. False: more than there is room for, 55 ms, have passed. */
bool stopwatch_read(u32 *clocks) {
  bool were_on = spin_lock_save(&pit_lock);
  outb(PIT_COMMAND, PIT_LATCH2);
  u32 count = inb(PIT_CHANNEL2);
  count |= inb(PIT_CHANNEL2) << 8;
  bool is_over = (inb(CONTROL_B) & OUTPUT2) != 0;
  spin_unlock_restore(&pit_lock, were_on);
  *clocks = STOPWATCH_MAX - count;
  return !is_over;
}

void pit_stop(void) {
  bool were_on = spin_lock_save(&pit_lock);
  outb(PIT_COMMAND, PIT_ONE_SHOT);
  spin_unlock_restore(&pit_lock, were_on);
}

u32 pit_nanoseconds_into_tick(void) {
  u32 count = pit_count();
  return count >= PIT_DIVISOR ? 0 : (PIT_DIVISOR - count) * (1000000000 / PIT_FREQUENCY);
}
