/* The timer's channel 2 by its data sheet: status with the null count, a count held by the gate,
 * the output at the end of a count, none of which QEMU's timer knows; and a timer interrupt polled. */
#include "begin.h"
  cli
/* The timer's channel 2: its status after a control word, after half a count, and loaded. */
  movb $1, %al
  outb %al, $0x61
  movb $0xb4, %al
  call status2
  movb $0x34, %al
  outb %al, $0x42
  movb $0x12, %al
  outb %al, $0x42
  call settle
  movb $0xe8, %al
  outb %al, $0x43
  inb $0x42, %al
  call print_byte
/* Mode 0 holds its count while the gate is down. */
  movb $0, %al
  outb %al, $0x61
  movb $0xb0, %al
  call status2
  movb $0x78, %al
  outb %al, $0x42
  movb $0x56, %al
  outb %al, $0x42
  call settle
  movb $0xd8, %al
  outb %al, $0x43
  inb $0x42, %al
  movb %al, %ah
  inb $0x42, %al
  xchgb %al, %ah
  call print_word
  inb $0x61, %al
  andb $0x2f, %al
  call print_byte
  movb $1, %al
  outb %al, $0x61
  movb $0x90, %al
  outb %al, $0x43
  movb $2, %al
  outb %al, $0x42
  call settle
  inb $0x61, %al
  andb $0x2f, %al
  call print_byte

/* The master: mask, then a timer request pending and polled, in service, ended. */
  movb $0xfe, %al
  outb %al, $0x21
  inb $0x21, %al
  call print_byte
  movb $0x34, %al
  outb %al, $0x43
  movb $0, %al
  outb %al, $0x40
  movb $1, %al
  outb %al, $0x40
  call settle
  call settle
  movb $0x0a, %al
  call pic
  movb $0x0c, %al
  call pic
  movb $0x0b, %al
  call pic
  movb $0x20, %al
  outb %al, $0x20
  movb $0x0b, %al
  call pic
  movl %ebx, %eax
  call print_long
  jmp finish

pic:
  outb %al, $0x20
  inb $0x20, %al
  shll $8, %ebx
  movb %al, %bl
  ret

status2:
  outb %al, $0x43
  movb $0xe8, %al
  outb %al, $0x43
  inb $0x42, %al
  call print_byte
  ret

/* A few refreshes. */
settle:
  movw $40, %cx
1: inb $0x61, %al
  andb $0x10, %al
  cmpb %al, %ah
  movb %al, %ah
  je 1b
  loop 1b
  ret
#include "print.h"
