/*
 * The first instructions of every CPU but the first: copied to AP_START, where the start-up interrupt
 * begins in real mode with CS = AP_START >> 4. The same as the boot block and entry.S do, without
 * what is done once: protected mode, the entry page directory, and on to ap_main on its own stack.
 */
#include <asm/layout.h>
#include <asm/register.h>
#include <asm/segment.h>

#define LOW(label) (label - apstart + AP_START)

.text
.code16
.globl apstart
apstart:
  cli
  cld
  xorw %ax, %ax
  movw %ax, %ds
  lgdtl LOW(gdt_pointer)
  movl %cr0, %eax
  orb $CR0_PE, %al
  movl %eax, %cr0
  ljmpl $KERNEL_CS, $LOW(start32)

.code32
start32:
  movw $KERNEL_DS, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  xorl %eax, %eax
  movw %ax, %fs
  movw %ax, %gs
  movl %cr4, %eax               # as entry.S
  orl $CR4_PSE, %eax
  movl %eax, %cr4
  movl $(V2P_WO(entrypgdir)), %eax
  movl %eax, %cr3
  movl %cr0, %eax
  andl $~(CR0_CD | CR0_NW), %eax # INIT leaves the cache as the reset had it
  orl $(CR0_PG | CR0_WP), %eax
  movl %eax, %cr0
  movl ap_stack, %esp
  xorl %ebp, %ebp
  movl $ap_main, %eax           # indirect: a direct jump is relative to where this was linked
  pushl $0                      # no way back
  jmp *%eax

  .p2align 3
gdt:
  .quad 0
  .quad 0x00cf9a000000ffff      # code: base 0, limit 4 GiB, readable
  .quad 0x00cf92000000ffff      # data: base 0, limit 4 GiB, writable
gdt_pointer:
  .word gdt_pointer - gdt - 1
  .long LOW(gdt)
.globl apstart_end
apstart_end:
