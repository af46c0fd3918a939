/* What the BIOS says of its disk: geometry, kind, a sector by place and by number, and how it
 * refuses places and drives that are not there. */
#include "begin.h"
  movb %dl, drive
  movb %dl, %al
  call print_byte
  call new_line

  movb $0x08, %ah
  int $0x13
  movzbw %ah, %ax
  call print_word
  call space
  movw %cx, %ax
  call print_word
  call space
  movw %dx, %ax
  call print_word
  call new_line

/* The second sector begins with text. A floppy's parameters came with ES:DI. */
  xorw %ax, %ax
  movw %ax, %es
  movw $0x0201, %ax
  movw $0x0002, %cx
  movb $0, %dh
  movb drive, %dl
  movw $0x9000, %bx
  int $0x13
  call print_status
  movw $0x9000, %si
  call print

  movb $0x41, %ah
  movw $0x55aa, %bx
  movb drive, %dl
  int $0x13
  movw %bx, %ax
  jnc 1f
  xorw %ax, %ax
1: call print_word
  call new_line
  testw %ax, %ax
  jz 2f
  movb $0x42, %ah
  movb drive, %dl
  movw $packet, %si
  int $0x13
  call print_status
  movw $0xa000, %si
  call print

/* Sector 0 of a track, drive 85h, a function that does not exist. */
2: movw $0x0201, %ax
  movw $0x0000, %cx
  movb $0, %dh
  movb drive, %dl
  movw $0x9000, %bx
  int $0x13
  call print_failure
  movw $0x0201, %ax
  movw $0x0001, %cx
  movw $0x0085, %dx
  int $0x13
  call print_failure
  movb $0x77, %ah
  movb drive, %dl
  int $0x13
  call print_failure
  jmp finish

/* Carry, AH, AL of the last call. */
print_status:
  pushw %ax
  pushw %ax
  setc %al
  call print_digit
  call space
  popw %ax
  call print_word
  call space
  popw %ax
  ret

/* Carry and AH. */
print_failure:
  movb $0, %al
  call print_status
  call new_line
  ret

drive: .byte 0
  .balign 4
packet:
  .byte 16, 0
  .word 1, 0xa000, 0
  .quad 1
#include "print.h"
/* Sector 1. */
  .asciz "sector one\r\n"
  .org 1024
