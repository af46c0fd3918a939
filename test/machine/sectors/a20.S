/* The A20 gate as the boot sector finds it and through every way of INT 15h AX=24xxh and the
 * controller: 1 where FFFF:7E10 is another byte than 0000:7E00. */
#include "begin.h"
  call state
  movw $0x2401, %ax
  int $0x15
  call state
  movw $0x2402, %ax
  int $0x15
  call print_digit
  movw $0x2400, %ax
  int $0x15
  call state
  movw $0x2402, %ax
  int $0x15
  call print_digit
/* By hand, as bootblocks do. */
1: inb $0x64, %al
  testb $2, %al
  jnz 1b
  movb $0xd1, %al
  outb %al, $0x64
2: inb $0x64, %al
  testb $2, %al
  jnz 2b
  movb $0xdf, %al
  outb %al, $0x60
  call state
  movw $0x2403, %ax
  int $0x15
  movw %bx, %ax
  call print_digit
  jmp finish

state:
  movw $0xffff, %ax
  movw %ax, %es
  movb $0x11, 0x7e00
  movb $0x22, %es:0x7e10
  cmpb $0x11, 0x7e00
  sete %al
  xorw %bx, %bx
  movw %bx, %es
  jmp print_digit
#include "print.h"
