/* The tick moves on while the processor is halted; INT 15h AH=86h waits 200 ms, three or four
 * ticks; the date and time of the CMOS clock. */
#include "begin.h"
  sti
  movb $0, %ah
  int $0x1a
  movw %dx, %bx
1: hlt
  movb $0, %ah
  int $0x1a
  subw %bx, %dx
  cmpw $5, %dx
  jb 1b
  movb $0, %ah
  int $0x1a
  movw %dx, %bx
  movb $0x86, %ah
  movw $(200000 >> 16), %cx
  movw $(200000 & 0xffff), %dx
  int $0x15
  movb $0, %ah
  int $0x1a
  subw %bx, %dx
  subw $3, %dx
  cmpw $2, %dx
  setb %al
  call print_digit
  call space
  movb $4, %ah
  int $0x1a
  movw %cx, %ax
  call print_word
  movw %dx, %ax
  call print_word
  call space
  movb $2, %ah
  int $0x1a
  movb %ch, %al
  call print_byte
  jmp finish
#include "print.h"
