/*
 * The interrupt descriptor table: 256 gates into vectors.S. Only 3, 4 and the system call may be
 * reached by an INT instruction of a user program (I04); vector 8 is a task gate, so that a fault
 * on a bad kernel stack still has a good one to be reported from.
 */
#include <asm/cpu.h>
#include <asm/segment.h>
#include <asm/trapframe.h>
#include <asm/tss.h>
#include <uapi/syscall.h>

#define GATE_INTERRUPT 0x8e00 /* present, 32-bit, clears IF */
#define GATE_TASK 0x8500
#define GATE_DPL_USER 0x6000
#define VECTOR_STUB_SIZE 16

extern const u8 vectors[];

static struct {
  u16 offset_low, selector, type, offset_high;
} idt[256] __attribute__((aligned(8)));

static void gate_set(u32 vector, u32 address, u16 selector, u16 type) {
  idt[vector].offset_low = address;
  idt[vector].selector = selector;
  idt[vector].type = type;
  idt[vector].offset_high = address >> 16;
}

/* One table for all CPUs. */
void idt_load(void) {
  struct table_pointer pointer = {sizeof(idt) - 1, (u32)idt};
  lidt(&pointer);
}

void idt_init(void) {
  for (u32 vector = 0; vector < 256; vector++) {
    u16 type = GATE_INTERRUPT;
    if (vector == T_BREAKPOINT || vector == T_OVERFLOW || vector == T_SYSCALL)
      type |= GATE_DPL_USER;
    gate_set(vector, (u32)vectors + vector * VECTOR_STUB_SIZE, KERNEL_CS, type);
  }
  gate_set(T_DOUBLE_FAULT, 0, SEG_DOUBLE_FAULT_TSS << 3, GATE_TASK);
  idt_load();
}
