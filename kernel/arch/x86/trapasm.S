/*
 * The common way in and out for interrupts, exceptions and system calls: alltraps completes a
 * struct trapframe and calls trap(frame); trapret takes it down. A new task begins in trapret.
 */
#include <asm/segment.h>

.text
.globl alltraps
alltraps:
  pushl %ds
  pushl %es
  pushl %fs
  pushl %gs
  pushal
  cld                           # C code expects the direction flag clear
  movw $KERNEL_DS, %ax
  movw %ax, %ds
  movw %ax, %es
  movw $PERCPU_SELECTOR, %ax
  movw %ax, %fs
  xorl %eax, %eax               # the user's %gs may name a descriptor that is gone by the next
  movw %ax, %gs                 # interrupt: an interrupted kernel must not have to restore it
  pushl %esp                    # trap(frame)
  call trap
  addl $4, %esp
  # falls through
.globl trapret
trapret:
  popal
.globl trapret_segments         # a user may leave selectors that fault here: trap.c knows
trapret_segments:
  popl %gs
  popl %fs
  popl %es
  popl %ds
  addl $8, %esp                 # trapno and err
  iret
.globl trapret_end
trapret_end:
