/*
 * The local APIC of each CPU (SDM vol. 3, chapter 10): end of interrupt, the timer that takes the
 * PIT's place, and commands to other CPUs. All CPUs see their own at the same address.
 */
#include <asm/apic.h>
#include <asm/clock.h>
#include <asm/cpu.h>
#include <asm/paging.h>
#include <asm/trapframe.h>
#include <kernel/printk.h>
#include <kernel/time.h>

#define LAPIC_ID 0x20
#define LAPIC_TPR 0x80
#define LAPIC_EOI 0xb0
#define LAPIC_SPURIOUS 0xf0
#define LAPIC_ESR 0x280
#define LAPIC_ICR_LOW 0x300
#define LAPIC_ICR_HIGH 0x310
#define LAPIC_LVT_TIMER 0x320
#define LAPIC_LVT_LINT0 0x350
#define LAPIC_LVT_LINT1 0x360
#define LAPIC_LVT_ERROR 0x370
#define LAPIC_TIMER_INITIAL 0x380
#define LAPIC_TIMER_CURRENT 0x390
#define LAPIC_TIMER_DIVIDE 0x3e0
#define LAPIC_SIZE 0x400

#define SPURIOUS_ENABLE 0x100
#define LVT_MASKED 0x10000
#define LVT_PERIODIC 0x20000
#define LVT_NMI 0x400
#define ICR_PENDING 0x1000
#define ICR_OTHERS 0xc0000
#define DIVIDE_BY_16 3
#define DIVISOR 16
#define CALIBRATION_TICKS 2
#define CALIBRATION_TRIES 20
#define SAMPLE_TRIES 8
#define MHZ 1000000

static volatile u32 *lapic; /* one address, other registers on each CPU */
static u32 timer_count;     /* of the timer in a tick; written once, by the first CPU */
static u32 error_count;

static u32 lapic_read(u32 offset) { return lapic[offset / 4]; }

static void lapic_write(u32 offset, u32 value) { lapic[offset / 4] = value; }

void lapic_map(u32 physical) { lapic = mmio_map(physical, LAPIC_SIZE); }

/* Interrupts off. LINT0, where the PICs' request arrives, is masked: devices come by the I/O APIC. */
void lapic_enable(void) {
  lapic_write(LAPIC_SPURIOUS, SPURIOUS_ENABLE | T_LAPIC_SPURIOUS);
  lapic_write(LAPIC_LVT_TIMER, LVT_MASKED);
  lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
  lapic_write(LAPIC_LVT_LINT1, this_cpu()->id == 0 ? LVT_NMI : LVT_MASKED);
  lapic_write(LAPIC_LVT_ERROR, T_LAPIC_ERROR);
  lapic_write(LAPIC_ESR, 0); /* twice: the first write brings old errors in */
  lapic_write(LAPIC_ESR, 0);
  lapic_write(LAPIC_EOI, 0); /* of whatever firmware left in service */
  lapic_write(LAPIC_TPR, 0);
}

u32 lapic_id(void) { return lapic_read(LAPIC_ID) >> 24; }

void lapic_end(void) { lapic_write(LAPIC_EOI, 0); }

/* In the error interrupt. */
void lapic_report_error(void) {
  lapic_write(LAPIC_ESR, 0);
  error_count++;
  printk("cpu%u: local APIC error %02x\n", this_cpu()->id, lapic_read(LAPIC_ESR));
}

u32 lapic_errors(void) { return error_count; }

struct sample {
  u32 pit, lapic; /* clocks of the stopwatch; counts that the local APIC's timer has left */
  bool is_whole;  /* the stopwatch has not run over */
};

/* Both timers at one moment: of some tries the one in which the PIT was read in the shortest time,
 * since a machine that is not real may stand still in between. Interrupts off. */
static struct sample sample_take(void) {
  struct sample best = {0, 0, true};
  u32 shortest = 0xffffffff;
  for (u32 tries = 0; tries < SAMPLE_TRIES; tries++) {
    u32 pit, before = lapic_read(LAPIC_TIMER_CURRENT);
    best.is_whole &= stopwatch_read(&pit);
    u32 took = before - lapic_read(LAPIC_TIMER_CURRENT);
    if (took < shortest) {
      shortest = took;
      best.pit = pit;
      best.lapic = before - took / 2;
    }
  }
  return best;
}

/*
 * How fast the timer counts, by the PIT. Both are read together at both ends, and ticks only say
 * when to look again, so that it does not matter how late or how few they come; the CPU sleeps in
 * between. False: it always came so late that the stopwatch had run over. Interrupts off, the PIT
 * ticking.
 */
bool lapic_timer_calibrate(void) {
  struct sample first, second;
  u32 tries = 0;
  do {
    lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_16);
    lapic_write(LAPIC_TIMER_INITIAL, 0xffffffff);
    stopwatch_start();
    first = sample_take();
    ticks_wait(CALIBRATION_TICKS);
    second = sample_take();
    lapic_write(LAPIC_TIMER_INITIAL, 0);
  } while (!second.is_whole && ++tries < CALIBRATION_TRIES);
  if (!second.is_whole)
    return false;

  u64 counts = first.lapic - second.lapic;
  u32 per_second = counts * PIT_FREQUENCY / (second.pit - first.pit);
  u64 bus = (u64)per_second * DIVISOR;
  timer_count = (per_second + HZ / 2) / HZ;
  printk("cpu0: bus clock %u.%03u MHz, %u counts of the local APIC timer a tick\n",
         (u32)(bus / MHZ), (u32)(bus % MHZ) / 1000, timer_count);
  return timer_count > 0;
}

void lapic_timer_start(void) {
  lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_16);
  lapic_write(LAPIC_LVT_TIMER, LVT_PERIODIC | T_LAPIC_TIMER);
  lapic_write(LAPIC_TIMER_INITIAL, timer_count);
}

/* Since the timer's count began anew. */
u32 lapic_timer_nanoseconds(void) {
  u32 passed = timer_count - lapic_read(LAPIC_TIMER_CURRENT);
  return (u64)passed * (1000000000 / HZ) / timer_count;
}

/* Waits until the command is on its way. Interrupts off: the two halves belong together. */
static void command(u32 high, u32 low) {
  ASSERT(!irqs_enabled());
  lapic_write(LAPIC_ICR_HIGH, high);
  lapic_write(LAPIC_ICR_LOW, low);
  while (lapic_read(LAPIC_ICR_LOW) & ICR_PENDING)
    cpu_pause();
}

void lapic_send(u8 apic_id, u32 low) { command((u32)apic_id << 24, low); }

void lapic_send_others(u32 low) { command(0, ICR_OTHERS | low); }
