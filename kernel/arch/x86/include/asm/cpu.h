/*
 * Privileged instructions, one wrapper each, and the interrupt flag.
 */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <asm/register.h>
#include <kernel/types.h>

struct table_pointer {
  u16 limit;
  u32 base;
} __attribute__((packed));

static inline void lidt(const struct table_pointer *table) {
  __asm__ volatile("lidt %0" : : "m"(*table) : "memory");
}

static inline void lgdt(const struct table_pointer *table) {
  __asm__ volatile("lgdt %0" : : "m"(*table) : "memory");
}

static inline void ltr(u16 selector) { __asm__ volatile("ltr %0" : : "r"(selector)); }

static inline void lldt(u16 selector) { __asm__ volatile("lldt %0" : : "r"(selector)); }

static inline void load_fs(u16 selector) {
  __asm__ volatile("movw %0, %%fs" : : "r"(selector) : "memory");
}

static inline u32 read_cr0(void) {
  u32 value;
  __asm__ volatile("movl %%cr0, %0" : "=r"(value));
  return value;
}

static inline void write_cr0(u32 value) {
  __asm__ volatile("movl %0, %%cr0" : : "r"(value) : "memory");
}

static inline u32 read_cr2(void) {
  u32 value;
  __asm__ volatile("movl %%cr2, %0" : "=r"(value));
  return value;
}

static inline void write_cr3(u32 value) {
  __asm__ volatile("movl %0, %%cr3" : : "r"(value) : "memory");
}

static inline u32 read_cr4(void) {
  u32 value;
  __asm__ volatile("movl %%cr4, %0" : "=r"(value));
  return value;
}

static inline void write_cr4(u32 value) {
  __asm__ volatile("movl %0, %%cr4" : : "r"(value) : "memory");
}

static inline void invlpg(u32 address) {
  __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline u32 read_eflags(void) {
  u32 value;
  __asm__ volatile("pushfl; popl %0" : "=r"(value));
  return value;
}

static inline u32 read_ebp(void) {
  u32 value;
  __asm__ volatile("movl %%ebp, %0" : "=r"(value));
  return value;
}

static inline void irq_disable(void) { __asm__ volatile("cli" : : : "memory"); }

static inline void irq_enable(void) { __asm__ volatile("sti" : : : "memory"); }

/* The shadow of sti keeps interrupts out until hlt has begun: no wake-up is lost between them. */
static inline void irq_enable_and_halt(void) { __asm__ volatile("sti; hlt" : : : "memory"); }

/* Lets what is pending in. No pause behind sti: QEMU 7.2 carries sti's shadow over it. */
static inline void irq_window(void) { __asm__ volatile("sti; nop; nop; cli" : : : "memory"); }

static inline void halt(void) { __asm__ volatile("hlt" : : : "memory"); }

static inline void cpu_pause(void) { __asm__ volatile("pause" : : : "memory"); }

static inline bool irqs_enabled(void) { return (read_eflags() & EFLAGS_IF) != 0; }

static inline u32 atomic_exchange(volatile u32 *word, u32 value) {
  __asm__ volatile("xchgl %0, %1" : "+r"(value), "+m"(*word) : : "memory");
  return value;
}

static inline void cpuid(u32 leaf, u32 *a, u32 *b, u32 *c, u32 *d) {
  u32 eax = leaf, ebx, ecx = 0, edx;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  *a = eax;
  *b = ebx;
  *c = ecx;
  *d = edx;
}

static inline u64 rdtsc(void) {
  u32 low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (u64)high << 32 | low;
}

static inline void clts(void) { __asm__ volatile("clts"); }

static inline void fninit(void) { __asm__ volatile("fninit"); }

static inline void fnsave(void *area) { __asm__ volatile("fnsave (%0)" : : "r"(area) : "memory"); }

static inline void frstor(const void *area) {
  __asm__ volatile("frstor (%0)" : : "r"(area) : "memory");
}

#endif
