/*
 * Where entry.S jumps to: the table of contents of boot, on the boot stack, interrupts off.
 */
#include <asm/apic.h>
#include <asm/clock.h>
#include <asm/layout.h>
#include <asm/percpu.h>
#include <kernel/mm.h>
#include <kernel/pci.h>
#include <kernel/printk.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <kernel/tty.h>

extern u8 kernel_start[];

void main(void) {
  idt_init();          /* exceptions and interrupts, before anything can go wrong */
  task_init();         /* the boot stack is the idle task's */
  gdt_init();          /* our own segments, task-state segments, the per-CPU segment */
  console_init();      /* serial line and screen: printk works */
  ASSERT((u32)kernel_start == KERNBASE + KERNEL_PHYSICAL);
  printk("ring0 kernel, command line \"%s\"\n", cmdline_text());
  memory_map_init();   /* what RAM there is */
  paging_init();       /* the final page directory: all of RAM at KERNBASE */
  frame_init();        /* free page frames: page_alloc and kmalloc work */
  setup_kstack_area(); /* guarded kernel stacks */
  fpu_init();          /* each task has its own FPU registers */
  pic_init();          /* interrupts are vectors 32..47, all masked */
  pit_init();          /* 100 ticks a second */
  time_init();         /* the date */
  apic_init();         /* the other CPUs, if any: they start and wait; interrupts by APICs */
  tty_init();          /* keyboard and serial input */
  mem_devices_init();  /* null, zero, random */
  pci_init();          /* what is on the PCI bus */
  ata_init();          /* disks and partitions */
  smp_release();       /* what is done once is done: the others go on, and park */
  user_init();         /* the first process, which mounts the root and execs /init */
  scheduler();         /* never returns */
}
