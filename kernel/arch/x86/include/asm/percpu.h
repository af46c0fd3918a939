/*
 * What each processor has of its own, reached through %fs: its base is the address of this CPU's
 * struct cpu. No lock: only its own CPU touches it, with interrupts off where a handler could too.
 */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

#include <asm/tss.h>
#include <kernel/types.h>

#define CPUS_MAX 8

#define CPU_ABSENT 0
#define CPU_STARTED 1 /* stands in ap_main, or is the first one */
#define CPU_PARKED 2  /* halted until there is work for it */

struct task;
struct context;
struct mm;

struct cpu {
  struct cpu *self;          /* %fs:0 */
  struct task *task;         /* %fs:4, the task whose kernel stack this CPU stands on */
  struct context *scheduler; /* where the idle task, that is scheduler(), left off */
  struct task *idle;
  struct task *fpu_owner;    /* whose values the FPU holds, or NULL */
  struct mm *mm;             /* whose page directory CR3 holds, or NULL for the kernel's */
  u32 id;
  u8 apic_id;
  volatile u32 state;        /* CPU_* */
  u32 timer_ticks;           /* of its local APIC */
  u32 irq_depth;             /* interrupt handlers in progress */
  u32 lock_depth;            /* spinlocks held */
  bool need_reschedule;
  bool in_service[16];       /* I15: a vector that is being served is not entered again */
  u64 gdt[SEG_COUNT];
  struct tss tss;
  struct tss double_fault_tss;
};

extern struct cpu cpus[CPUS_MAX];

static inline struct cpu *this_cpu(void) {
  struct cpu *cpu;
  __asm__ volatile("movl %%fs:0, %0" : "=r"(cpu));
  return cpu;
}

static inline struct task *current_task(void) {
  struct task *task;
  __asm__ volatile("movl %%fs:4, %0" : "=r"(task));
  return task;
}

#define current (current_task())

#endif
