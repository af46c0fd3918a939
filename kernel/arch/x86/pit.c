/*
 * The 8254 interval timer: channel 0 interrupts HZ times a second.
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

/* Clocks of the PIT since its first tick began, interrupts off. False: a tick is due that has not
 * been counted. */
bool pit_clocks(u32 *clocks) {
  u32 count = pit_count();
  *clocks = ticks_now() * PIT_DIVISOR + PIT_DIVISOR - count;
  return !pic_is_requested(IRQ_TIMER);
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
