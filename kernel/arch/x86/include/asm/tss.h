/*
 * The 32-bit task-state segment (SDM vol. 3, 7.2.1). The kernel's own serves esp0/ss0 only; the
 * second one is entered through the task gate of vector 8.
 */
#ifndef ASM_TSS_H
#define ASM_TSS_H

#include <asm/segment.h>
#include <kernel/types.h>

struct tss {
  u32 link;
  u32 esp0, ss0, esp1, ss1, esp2, ss2;
  u32 cr3, eip, eflags;
  u32 eax, ecx, edx, ebx, esp, ebp, esi, edi;
  u32 es, cs, ss, ds, fs, gs, ldt;
  u16 trap, io_map;
};

struct cpu;
struct task;

void idt_init(void);
void idt_load(void);
void gdt_init(void);
void gdt_init_cpu(struct cpu *cpu, struct task *idle);
void gdt_load(struct cpu *cpu);
void double_fault(void) __attribute__((noreturn));
void gdt_set_tls(const u64 *descriptors);

#endif
