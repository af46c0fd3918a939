/* INT 12h and every entry of E820h, type and length last. */
#include "begin.h"
  int $0x12
  call print_word
  call new_line
  xorl %ebx, %ebx
1: movl $0xe820, %eax
  movl $0x534d4150, %edx
  movl $20, %ecx
  movw $0x9000, %di
  int $0x15
  jc 2f
  cmpl $0x534d4150, %eax
  jne 2f
  movl 0x9004, %eax
  call print_long
  movl 0x9000, %eax
  call print_long
  call space
  movl 0x900c, %eax
  call print_long
  movl 0x9008, %eax
  call print_long
  call space
  movl 0x9010, %eax
  call print_byte
  call new_line
  testl %ebx, %ebx
  jnz 1b
2: movw $0xe801, %ax
  int $0x15
  call print_word
  call space
  movw %bx, %ax
  call print_word
  call space
  movb $0x88, %ah
  int $0x15
  call print_word
  jmp finish
#include "print.h"
