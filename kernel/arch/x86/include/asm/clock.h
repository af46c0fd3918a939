/*
 * The hardware clocks: 100 interrupts a second, by the PIT or a local APIC, and the battery clock's
 * date at boot. And power.
 */
#ifndef ASM_CLOCK_H
#define ASM_CLOCK_H

#include <kernel/types.h>

#define HZ 100

#define PIT_FREQUENCY 1193182

void pit_init(void);
void stopwatch_start(void);
bool stopwatch_read(u32 *clocks);
void pit_stop(void);
u32 pit_nanoseconds_into_tick(void);
u32 rtc_read_seconds(void);
u8 cmos_read(u8 index);
void power_off(void) __attribute__((noreturn));
void power_restart(void) __attribute__((noreturn));

void fpu_init(void);
void fpu_device_not_available(void);
struct task;
void fpu_switch_from(struct task *task);
void fpu_copy(struct task *to);
void fpu_drop(struct task *task);

#endif
