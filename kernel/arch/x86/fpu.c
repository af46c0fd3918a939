/*
 * The x87 FPU belongs to one task at a time. A switch sets CR0.TS; the first FPU instruction after
 * that raises exception 7, which saves the owner's values and loads the current task's.
 */
#include <asm/clock.h>
#include <asm/cpu.h>
#include <kernel/string.h>
#include <kernel/task.h>

/* And CR0.AM: programs may ask for alignment checks. */
void fpu_init(void) {
  write_cr0((read_cr0() & ~CR0_EM) | CR0_MP | CR0_NE | CR0_TS | CR0_AM);
}

/* Interrupts off: the FPU and its owner change together. */
static void fpu_save_owner(void) {
  struct cpu *cpu = this_cpu();
  if (cpu->fpu_owner) {
    clts();
    fnsave(cpu->fpu_owner->fpu);
    cpu->fpu_owner = NULL;
  }
}

void fpu_device_not_available(void) {
  struct cpu *cpu = this_cpu();
  bool were_on = irqs_enabled();
  irq_disable();
  clts();
  if (cpu->fpu_owner != current) {
    fpu_save_owner();
    if (current->fpu_used)
      frstor(current->fpu);
    else
      fninit();
    current->fpu_used = true;
    cpu->fpu_owner = current;
  }
  if (were_on)
    irq_enable();
}

/* Interrupts off, in the middle of a switch. */
void fpu_switch_from(struct task *task) {
  if (this_cpu()->fpu_owner == task)
    write_cr0(read_cr0() | CR0_TS);
}

/* fork: the child starts with the values of current. */
void fpu_copy(struct task *to) {
  bool were_on = irqs_enabled();
  irq_disable();
  if (this_cpu()->fpu_owner == current) {
    fpu_save_owner();
    write_cr0(read_cr0() | CR0_TS);
  }
  if (were_on)
    irq_enable();
  to->fpu_used = current->fpu_used;
  memcpy(to->fpu, current->fpu, FPU_AREA_SIZE);
}

/* exec and exit: the values are of no more use. */
void fpu_drop(struct task *task) {
  bool were_on = irqs_enabled();
  irq_disable();
  if (this_cpu()->fpu_owner == task) {
    this_cpu()->fpu_owner = NULL;
    write_cr0(read_cr0() | CR0_TS);
  }
  task->fpu_used = false;
  if (were_on)
    irq_enable();
}
