/*
 * Everything that enters the kernel comes through trap(): system calls, interrupts, exceptions. An
 * exception of a user program becomes a signal, unless it is a page fault that memory management can
 * serve. In the kernel only one exception is legal: a page fault in a copy from or to user memory
 * (I13); all others are our bugs.
 */
#include <asm/apic.h>
#include <asm/clock.h>
#include <asm/cpu.h>
#include <asm/percpu.h>
#include <asm/trapframe.h>
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/syscall.h>
#include <kernel/task.h>
#include <uapi/syscall.h>

#define IRQ_COUNT 16
#define OOM_ROUNDS 20 /* ticks that the kernel's own access waits for memory */

static const struct {
  const char *name;
  u8 signal, code;
} exceptions[] = {
    [T_DIVIDE] = {"divide error", SIGFPE, FPE_INTDIV},
    [T_DEBUG] = {"debug", SIGTRAP, TRAP_TRACE},
    [T_NMI] = {"non-maskable interrupt", 0, 0},
    [T_BREAKPOINT] = {"breakpoint", SIGTRAP, SI_KERNEL},
    [T_OVERFLOW] = {"overflow", SIGSEGV, SI_KERNEL},
    [T_BOUND] = {"bound range", SIGSEGV, SI_KERNEL},
    [T_OPCODE] = {"invalid opcode", SIGILL, ILL_ILLOPN},
    [T_DEVICE] = {"device not available", 0, 0},
    [T_DOUBLE_FAULT] = {"double fault", SIGSEGV, SI_KERNEL},
    [9] = {"coprocessor overrun", SIGFPE, SI_KERNEL},
    [T_TSS] = {"invalid TSS", SIGSEGV, SI_KERNEL},
    [T_SEGMENT] = {"segment not present", SIGBUS, SI_KERNEL},
    [T_STACK] = {"stack segment", SIGBUS, SI_KERNEL},
    [T_PROTECTION] = {"general protection", SIGSEGV, SI_KERNEL},
    [T_PAGE_FAULT] = {"page fault", SIGSEGV, SEGV_MAPERR},
    [15] = {"reserved", SIGSEGV, SI_KERNEL},
    [T_FPU] = {"floating point", SIGFPE, FPE_FLTINV},
    [T_ALIGNMENT] = {"alignment", SIGBUS, BUS_ADRALN},
    [T_MACHINE_CHECK] = {"machine check", 0, 0},
    [T_SIMD] = {"SIMD floating point", SIGFPE, FPE_FLTINV},
};

static struct {
  const char *name;
  irq_handler *handler;
  const char *controller;
  u32 count;
} irqs[IRQ_COUNT]; /* written at boot; the counts by the CPU that serves, interrupts off */
static const struct irq_controller *controller = &pic_controller;

extern const struct {
  u32 instruction, fixup;
} ex_table_start[], ex_table_end[];
extern const u8 trapret_segments[], trapret_end[];

void irq_install(u32 irq, const char *name, irq_handler *handler) {
  irqs[irq].name = name;
  irqs[irq].handler = handler;
  irqs[irq].controller = controller->name;
  controller->unmask(irq);
}

/* At boot, interrupts off: what is installed from now on comes by another controller. */
void irq_controller_set(const struct irq_controller *next) { controller = next; }

const char *irq_controller_name(u32 irq) { return irqs[irq].controller; }

u32 irq_count(u32 irq) { return irqs[irq].count; }

const char *irq_name(u32 irq) { return irqs[irq].name; }

u32 fixup_find(u32 eip) {
  for (u32 i = 0; &ex_table_start[i] < ex_table_end; i++)
    if (ex_table_start[i].instruction == eip)
      return ex_table_start[i].fixup;
  return 0;
}

static void irq_dispatch(struct trapframe *frame) {
  struct cpu *cpu = this_cpu();
  u32 irq = frame->trapno - T_IRQ0;

  if (controller->begin && !controller->begin(irq))
    return;
  ASSERT(!cpu->in_service[irq]);
  cpu->in_service[irq] = true;
  cpu->irq_depth++;
  irqs[irq].count++;
  if (irqs[irq].handler)
    irqs[irq].handler();
  else
    printk("interrupt %u has no handler\n", irq);
  if (irq == IRQ_TIMER)
    scheduler_tick(from_user(frame));
  cpu->irq_depth--;
  cpu->in_service[irq] = false;
  if (controller->end)
    controller->end();
}

/* Of the CPU's own local APIC. A spurious one is in service nowhere and must not be ended. */
static void local_dispatch(struct trapframe *frame) {
  struct cpu *cpu = this_cpu();
  cpu->irq_depth++;
  if (frame->trapno == T_LAPIC_TIMER) {
    cpu->timer_ticks++;
    if (cpu->id == 0)
      time_tick();
    scheduler_tick(from_user(frame));
  } else if (frame->trapno == T_LAPIC_ERROR) {
    lapic_report_error();
  }
  cpu->irq_depth--;
  if (frame->trapno != T_LAPIC_SPURIOUS)
    lapic_end();
}

static bool is_local(u32 vector) {
  return vector == T_LAPIC_TIMER || vector == T_LAPIC_ERROR || vector == T_LAPIC_SPURIOUS;
}

static void kernel_exception(struct trapframe *frame, u32 address) {
  const char *name =
      frame->trapno < array_length(exceptions) ? exceptions[frame->trapno].name : "unexpected";
  printk("%s in the kernel: vector %u, code %x, eip %08x, cr2 %08x, task %d (%s)\n", name,
         frame->trapno, frame->err, frame->eip, address, current->pid, current->name);
  printk("eax %08x ebx %08x ecx %08x edx %08x esi %08x edi %08x ebp %08x\n", frame->eax,
         frame->ebx, frame->ecx, frame->edx, frame->esi, frame->edi, frame->ebp);
  backtrace_print(frame->ebp, frame->eip);
  panic("%s", name);
}

/* A user left a selector or a return address that the CPU refuses on the way out. */
static bool is_return_fault(const struct trapframe *frame) {
  return frame->eip >= (u32)trapret_segments && frame->eip < (u32)trapret_end &&
         (frame->trapno == T_PROTECTION || frame->trapno == T_SEGMENT || frame->trapno == T_STACK);
}

/* When memory is out, some process is made to end, and the access is tried again: for ever, unless
 * the process itself ends, or the kernel holds what the other may need in order to end. */
static int fault_serve(u32 address, bool write, bool user, bool may_wait) {
  for (u32 round = 0;; round++) {
    int result = fault_handle(current->mm, address, write);
    if (result != FAULT_NO_MEMORY || is_dying(current) || !may_wait)
      return result;
    if (round == 0)
      continue; /* writing to the disk may have brought something meanwhile */
    if (!out_of_memory()) {
      if (current == init_task)
        panic("out of memory, and no process is left but init");
      return result;
    }
    if (is_dying(current) || (!user && round == OOM_ROUNDS))
      return result;
    current->state = TASK_UNINTERRUPTIBLE;
    schedule_timeout(1);
  }
}

static void page_fault(struct trapframe *frame) {
  u32 address = read_cr2();
  bool user = from_user(frame);
  u32 fixup = user ? 0 : fixup_find(frame->eip);

  if (!user && fixup == 0)
    kernel_exception(frame, address);
  if (frame->eflags & EFLAGS_IF)
    irq_enable();
  int result = FAULT_NO_MAPPING;
  if (address < TASK_SIZE && current->mm)
    result = fault_serve(address, (frame->err & FAULT_WRITE) != 0, user,
                         (frame->eflags & EFLAGS_IF) != 0);
  if (result == FAULT_OK)
    return;
  if (!user) {
    frame->eip = fixup;
    return;
  }
  if (result == FAULT_NO_MEMORY)
    signal_send(current, SIGKILL, NULL);
  else if (result == FAULT_IO)
    signal_force(SIGBUS, SI_KERNEL, address);
  else
    signal_force(SIGSEGV, result == FAULT_NO_ACCESS || address >= TASK_SIZE ? SEGV_ACCERR
                                                                          : SEGV_MAPERR,
                 address);
}

static void exception(struct trapframe *frame) {
  if (frame->trapno == T_PAGE_FAULT) {
    page_fault(frame);
    return;
  }
  if (!from_user(frame)) {
    if (is_return_fault(frame)) {
      irq_enable();
      signal_force(SIGSEGV, SI_KERNEL, 0);
      exit_current(SIGSEGV);
    }
    kernel_exception(frame, read_cr2());
  }
  irq_enable();
  if (frame->trapno == T_DEVICE) {
    fpu_device_not_available();
  } else if (frame->trapno < array_length(exceptions) && exceptions[frame->trapno].signal) {
    signal_force(exceptions[frame->trapno].signal, exceptions[frame->trapno].code, frame->eip);
  } else {
    printk("unexpected vector %u from task %d\n", frame->trapno, current->pid);
  }
}

/* Leaves with interrupts off, so that nothing new comes up before iret. */
static void return_to_user(struct trapframe *frame) {
  for (;;) {
    irq_disable();
    if (this_cpu()->need_reschedule) {
      schedule();
    } else if (signal_pending()) {
      irq_enable();
      signal_deliver(frame);
    } else {
      break;
    }
  }
  syscall_restart_if_asked(frame);
  ASSERT(this_cpu()->irq_depth == 0 && this_cpu()->lock_depth == 0);
  ASSERT(this_cpu()->tss.esp0 == (u32)current->kstack + KSTACKSIZE);
}

/* Entered with interrupts off, from alltraps. */
void trap(struct trapframe *frame) {
  bool user = from_user(frame);

  if (user)
    current->frame = frame;
  if (frame->trapno == T_SYSCALL) {
    irq_enable();
    syscall_dispatch(frame);
  } else if (frame->trapno >= T_IRQ0 && frame->trapno < T_IRQ0 + IRQ_COUNT) {
    irq_dispatch(frame);
  } else if (is_local(frame->trapno)) {
    local_dispatch(frame);
  } else {
    exception(frame);
  }
  if (user)
    return_to_user(frame);
}
