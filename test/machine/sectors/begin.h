/* How each boot sector of this folder starts: known segments and stack, and the [ before its
 * answer. */

  .code16
  .globl _start
_start:
  ljmp $0, $1f
1: xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw $0x7c00, %sp
  cld
  movb $'[', %al
  call put
