/* Registers of the interrupt controller, the keyboard controller and the CMOS clock, as their data
 * sheets have them: what any PC answers the same. Answers are kept until the end: services of the
 * BIOS let interrupts in. */
#include "begin.h"
  cli
/* The master's mask holds what is written. */
  movb $0xa5, %al
  outb %al, $0x21
  inb $0x21, %al
  call keep
/* The keyboard controller: self test, interface test, keyboard's identity, an echo. */
  movb $0xff, %al
  outb %al, $0x21
  movb $0xaa, %al
  outb %al, $0x64
  call answer
  movb $0xab, %al
  outb %al, $0x64
  call answer
  movb $0x60, %al
  outb %al, $0x64
  movb $0x44, %al
  outb %al, $0x60
  movb $0x20, %al
  outb %al, $0x64
  call answer
  movb $0xf2, %al
  outb %al, $0x60
  call answer
  call answer
  call answer
  movb $0xee, %al
  outb %al, $0x60
  call answer
  movb $0xff, %al
  outb %al, $0x60
  call answer
  call answer

/* The clock: its valid bit, a byte of memory, binary hours in twelve hour mode. */
  movb $0x0d, %al
  call cmos
  movb $0x0b, %al
  outb %al, $0x70
  movb $0x04, %al
  outb %al, $0x71
  movb $0x04, %al
  call cmos
  movb $0x08, %al
  call cmos
  movw $0x9000, %si
1: lodsb
  call print_byte
  cmpw next, %si
  jne 1b
  jmp finish

cmos:
  outb %al, $0x70
  inb $0x71, %al
  jmp keep

/* Waits for the controller's next byte and prints it. */
answer:
  inb $0x64, %al
  testb $1, %al
  jz answer
  inb $0x60, %al
  jmp keep

keep:
  movw next, %di
  stosb
  movw %di, next
  ret
next: .word 0x9000
#include "print.h"
