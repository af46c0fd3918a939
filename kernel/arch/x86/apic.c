/*
 * From PICs and PIT to APICs. With one CPU nothing changes hands: PICs and PIT continue (M01). With
 * several, the I/O APIC brings device interrupts, CPU 0's local APIC timer ticks, and the PICs are
 * masked. `noapic` and `nosmp` on the command line leave a machine as if it had one CPU.
 */
#include <asm/apic.h>
#include <asm/clock.h>
#include <asm/cpu.h>
#include <asm/trapframe.h>
#include <kernel/printk.h>

static bool is_lapic_ticking;

static const struct irq_controller ioapic_controller = {
    .name = "IO-APIC",
    .begin = NULL,
    .end = lapic_end,
    .unmask = ioapic_unmask,
};

static bool is_forbidden(void) {
  char value[2];
  return cmdline_get("noapic", value, sizeof(value)) || cmdline_get("nosmp", value, sizeof(value));
}

static bool has_lapic(void) {
  u32 a, b, c, features;
  cpuid(1, &a, &b, &c, &features);
  return (features & CPUID_APIC) != 0;
}

/* Interrupts off; the PIT ticks by the PICs, and no device has its interrupt yet. */
void apic_init(void) {
  static struct platform platform;

  if (!acpi_find(&platform) && !mp_find(&platform)) {
    printk("cpu0: no MADT and no MP table: one CPU, PICs and PIT\n");
    return;
  }
  printk("cpu0: %s lists %u CPU%s\n", platform.source, platform.cpu_count,
         platform.cpu_count == 1 ? "" : "s");
  if (platform.cpu_count < 2 || !has_lapic() || platform.ioapic_address == 0 || is_forbidden()) {
    printk("cpu0: PICs and PIT continue\n");
    return;
  }
  lapic_map(platform.lapic_address);
  cpus[0].apic_id = lapic_id();
  if (!lapic_timer_calibrate()) {
    printk("cpu0: the local APIC timer cannot be measured: PICs and PIT continue\n");
    return;
  }
  pic_disable();
  lapic_enable();
  ioapic_init(&platform, cpus[0].apic_id);
  irq_controller_set(&ioapic_controller);
  lapic_timer_start();
  is_lapic_ticking = true;
  pit_stop();
  smp_start(&platform);
}

u32 tick_nanoseconds_passed(void) {
  return is_lapic_ticking ? lapic_timer_nanoseconds() : pit_nanoseconds_into_tick();
}
