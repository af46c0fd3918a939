/*
 * Processors and APICs: what the firmware's tables say, the local APIC of each CPU, the I/O APIC,
 * and starting the other CPUs.
 */
#ifndef ASM_APIC_H
#define ASM_APIC_H

#include <asm/percpu.h>
#include <kernel/types.h>

#define ISA_IRQS 16

/* Where an ISA interrupt arrives at the I/O APIC. */
struct isa_route {
  u8 pin;
  bool level, active_low;
};

/* What a MADT or an MP configuration table says of the machine. */
struct platform {
  const char *source;
  u32 cpu_count; /* enabled ones; those beyond CPUS_MAX are not in the list */
  u8 apic_ids[CPUS_MAX];
  u32 lapic_address, ioapic_address; /* physical; 0: there is none */
  struct isa_route isa[ISA_IRQS];
};

/* False: no such table, or none that is whole. */
bool acpi_find(struct platform *platform);
bool mp_find(struct platform *platform);
void platform_add_cpu(struct platform *platform, u8 apic_id);
const void *firmware_search(const char *signature, u32 start, u32 size, u32 length);
const void *firmware_search_low(const char *signature, u32 length);
bool sums_to_zero(const void *bytes, u32 size);

/* apic.c */
void apic_init(void);
u32 tick_nanoseconds_passed(void);

/* lapic.c; each for the CPU that calls */
void lapic_map(u32 physical);
void lapic_enable(void);
u32 lapic_id(void);
void lapic_end(void);
bool lapic_timer_calibrate(void);
void lapic_timer_start(void);
u32 lapic_timer_nanoseconds(void);
void lapic_send(u8 apic_id, u32 command);
void lapic_send_others(u32 command);
void lapic_report_error(void);
u32 lapic_errors(void);

#define ICR_INIT 0x4500     /* assert */
#define ICR_STARTUP 0x4600  /* with the page of the first instruction */
#define ICR_FIXED 0x4000    /* with a vector */

/* ioapic.c */
void ioapic_init(const struct platform *platform, u8 apic_id);
void ioapic_unmask(u32 irq);

/* smp.c */
void smp_start(const struct platform *platform);
void smp_release(void);
void smp_stop_others(void);
u32 cpus_started(void);

#endif
