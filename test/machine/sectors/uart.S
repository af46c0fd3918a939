/* COM1 in loopback: data, identification, line and modem status, with and without FIFOs. Answers
 * are kept until the loop is open, since teletype output goes through it. */
#include "begin.h"
  movw $0x3fd, %dx
1: inb %dx, %al
  testb $0x40, %al
  jz 1b
  movw $0x3fb, %dx
  movb $0x83, %al
  outb %al, %dx
  movw $0x3f8, %dx
  movb $1, %al
  outb %al, %dx
  incw %dx
  xorb %al, %al
  outb %al, %dx
  movw $0x3fb, %dx
  movb $3, %al
  outb %al, %dx
  movw $0x3fa, %dx
  xorb %al, %al
  outb %al, %dx
  call registers
/* Modem lines follow the outputs; QEMU does not note changes in loopback. */
  movw $0x3fc, %dx
  movb $0x10, %al
  outb %al, %dx
  movw $0x3fe, %dx
  inb %dx, %al
  inb %dx, %al
  call keep
  movw $0x3fc, %dx
  movb $0x15, %al
  outb %al, %dx
  movw $0x3fe, %dx
  inb %dx, %al
  andb $0xf0, %al
  call keep
  movw $0x3fc, %dx
  movb $0x1a, %al
  outb %al, %dx
  movw $0x3fe, %dx
  inb %dx, %al
  andb $0xf0, %al
  call keep
  inb %dx, %al
  call keep
/* A byte through the loop. */
  movw $0x3f9, %dx
  movb $1, %al
  outb %al, %dx
  movb $0x5a, %al
  call send
  call registers
  movw $0x3f8, %dx
  inb %dx, %al
  call keep
  call registers
/* Three bytes through the FIFO, trigger at one. */
  movw $0x3fa, %dx
  movb $0x07, %al
  outb %al, %dx
  movb $0x11, %al
  call send
  movb $0x22, %al
  call send
  movb $0x33, %al
  call send
  call registers
  movw $0x3f8, %dx
  inb %dx, %al
  call keep
  inb %dx, %al
  call keep
  inb %dx, %al
  call keep
  call registers
/* Leave it as firmware does. */
  movw $0x3f9, %dx
  xorb %al, %al
  outb %al, %dx
  movw $0x3fa, %dx
  outb %al, %dx
  movw $0x3fc, %dx
  movb $3, %al
  outb %al, %dx
  movw $0x9000, %si
1: lodsb
  call print_byte
  cmpw next, %si
  jne 1b
  jmp finish

/* AL through the transmitter, and the time it takes. */
send:
  movw $0x3f8, %dx
  outb %al, %dx
  movw $0x3fd, %dx
1: inb %dx, %al
  testb $0x40, %al
  jz 1b
  movw $2000, %cx
2: inb $0x61, %al
  loop 2b
  ret

/* Identification, without the mark of a character time-out, and line status. */
registers:
  movw $0x3fa, %dx
  inb %dx, %al
  andb $0xf7, %al
  call keep
  movw $0x3fd, %dx
  inb %dx, %al
keep:
  movw next, %di
  stosb
  movw %di, next
  ret
next: .word 0x9000
#include "print.h"
