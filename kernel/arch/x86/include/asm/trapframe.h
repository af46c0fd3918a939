/*
 * The stack that alltraps builds and trapret takes down: what the CPU pushed, the vector, and all
 * registers of the interrupted code. esp and ss are there only if it ran in user mode.
 */
#ifndef ASM_TRAPFRAME_H
#define ASM_TRAPFRAME_H

#include <kernel/types.h>

#define T_DIVIDE 0
#define T_DEBUG 1
#define T_NMI 2
#define T_BREAKPOINT 3
#define T_OVERFLOW 4
#define T_BOUND 5
#define T_OPCODE 6
#define T_DEVICE 7
#define T_DOUBLE_FAULT 8
#define T_TSS 10
#define T_SEGMENT 11
#define T_STACK 12
#define T_PROTECTION 13
#define T_PAGE_FAULT 14
#define T_FPU 16
#define T_ALIGNMENT 17
#define T_MACHINE_CHECK 18
#define T_SIMD 19
#define T_IRQ0 32
#define T_LAPIC_TIMER 0xef
#define T_LAPIC_ERROR 0xfe
#define T_LAPIC_SPURIOUS 0xff

#define IRQ_TIMER 0
#define IRQ_KEYBOARD 1
#define IRQ_COM1 4
#define IRQ_DISK 14

struct trapframe {
  u32 edi, esi, ebp, esp_of_pushal, ebx, edx, ecx, eax;
  u32 gs, fs, es, ds;
  u32 trapno, err;
  u32 eip, cs, eflags;
  u32 esp, ss;
};

/* What swtch leaves on the stack of a task that does not run. */
struct context {
  u32 edi, esi, ebx, ebp, eip;
};

static inline bool from_user(const struct trapframe *frame) { return (frame->cs & 3) == 3; }

void trap(struct trapframe *frame);
void trapret(void);
void swtch(struct context **save, struct context *load);

typedef void irq_handler(void);
void irq_install(u32 irq, const char *name, irq_handler *handler);
u32 irq_count(u32 irq);
const char *irq_name(u32 irq);

/* What brings device interrupts: the PICs, or the I/O APIC. */
struct irq_controller {
  const char *name;
  bool (*begin)(u32 irq); /* false: there was none after all; NULL: there always is */
  void (*end)(void);      /* after the handler; NULL: nothing to do */
  void (*unmask)(u32 irq);
};

void irq_controller_set(const struct irq_controller *controller);
const char *irq_controller_name(u32 irq);

void pic_init(void);
void pic_disable(void);
extern const struct irq_controller pic_controller;

#endif
