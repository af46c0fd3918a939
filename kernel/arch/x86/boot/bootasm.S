/*
 * The boot block's assembly: the BIOS loads sector 0 at 0x7c00 and jumps here in real mode. Opens
 * the A20 gate, asks the BIOS for the memory map, enters protected mode and calls bootmain, which
 * returns only when there is no kernel to start. With bootmain.c at most 440 bytes: the partition
 * table lies behind it.
 */
#include <asm/layout.h>
#include <asm/register.h>
#include <asm/segment.h>

.code16
.globl start
start:
  cli                       # the BIOS left interrupts on
  xorw %ax, %ax             # and says nothing about DS, ES, SS
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw $start, %sp          # for the BIOS call below

  # The keyboard controller's output port, bit 1, lets address line 20 through.
a20_command:
  inb $0x64, %al
  testb $0x2, %al           # input buffer full: busy
  jnz a20_command
  movb $0xd1, %al           # "write the output port"
  outb %al, $0x64
a20_data:
  inb $0x64, %al
  testb $0x2, %al
  jnz a20_data
  movb $0xdf, %al           # A20 on, reset line inactive
  outb %al, $0x60

  # INT 15h E820: one record a call; EBX is the BIOS's place in its list, 0 at both ends.
  xorl %ebx, %ebx
  movw $BOOT_E820_RECORDS, %di
e820_next:
  movl $0xe820, %eax
  movl $0x534d4150, %edx    # "SMAP"
  movw $20, %cx
  int $0x15
  jc e820_done
  addw $20, %di
  testl %ebx, %ebx
  jnz e820_next
e820_done:
  movw %di, BOOT_E820_END

  lgdt gdtdesc
  movl %cr0, %eax
  orb $CR0_PE, %al
  movl %eax, %cr0
  ljmp $KERNEL_CS, $start32 # only this reloads CS and makes the code 32-bit

.code32
start32:
  movw $KERNEL_DS, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movl $start, %esp         # grows down from 0x7c00
  call bootmain

  # No kernel. Two words to port 0x8a00 stop Bochs, and ring0's machine, in the debugger.
  movw $0x8a00, %ax
  movw %ax, %dx
  outw %ax, %dx
  movw $0x8ae0, %ax
  outw %ax, %dx
spin:
  jmp spin

  .p2align 2
gdt:
  .quad 0
  .quad 0x00cf9a000000ffff  # code: base 0, limit 4 GiB, readable
  .quad 0x00cf92000000ffff  # data: base 0, limit 4 GiB, writable
gdtdesc:
  .word gdtdesc - gdt - 1
  .long gdt
