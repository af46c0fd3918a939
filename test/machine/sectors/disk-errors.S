/* INT 13h on a disk that cannot do everything: three sectors from 100 on, by place and by number; a
 * write of them; a check; a place past the end. After each the carry, AH, and what says how many
 * sectors moved. */
#include "begin.h"
  movb %dl, drive
  movb $0x02, %ah
  call by_place
  movb $0x04, %ah
  call by_place
  movb $0x03, %ah
  call by_place
  movb $0x42, %ah
  movb drive, %dl
  movw $packet, %si
  int $0x13
  movb packet + 2, %al
  call report
  movb $0x01, %ah
  movb drive, %dl
  int $0x13
  movb $0, %al
  call report
  jmp finish

/* Sector 100 is cylinder 0, head 1, sector 38 of 63 to a track. */
by_place:
  movb $3, %al
  movw $38, %cx
  movb $1, %dh
  movb drive, %dl
  movw $0x9000, %bx
  int $0x13

report:
  pushfw
  call print_word
  popfw
  setc %al
  call print_digit
  jmp space

packet:
  .byte 16, 0
  .word 3, 0x9000, 0
  .quad 100
drive:
  .byte 0
#include "print.h"
