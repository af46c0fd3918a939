/* Text services: places, attributes, cells read back, scrolling. The answers are cells as INT 10h
 * AH=08h reads them, and cursors. */
#include "begin.h"
  movw $0x0003, %ax
  int $0x10
  movw $0x0c28, %dx
  call place
  movw $0x0941, %ax
  movw $0x001e, %bx
  movw $3, %cx
  int $0x10
  call cell
  call cursor
/* Scroll the window 12,40..13,42 up by one: row 12 becomes blank in attribute 4Fh. */
  movw $0x0d28, %dx
  call place
  movw $0x0a42, %ax
  movw $0x001e, %bx
  movw $2, %cx
  int $0x10
  movw $0x0601, %ax
  movb $0x4f, %bh
  movw $0x0c28, %cx
  movw $0x0d2a, %dx
  int $0x10
  call cell
  movw $0x0c28, %dx
  call place
  call cell
/* Down by one: row 13 gets row 12. */
  movw $0x0701, %ax
  movb $0x2f, %bh
  movw $0x0c28, %cx
  movw $0x0d2a, %dx
  int $0x10
  call cell
  movw $0x0d28, %dx
  call place
  call cell
/* A string with attributes, cursor moved along. */
  movw $0x1303, %ax
  movw $0x0000, %bx
  movw $2, %cx
  movw $0x0505, %dx
  movw $text, %bp
  int $0x10
  call cursor
  movw $0x0506, %dx
  call place
  call cell
/* The end of the last line scrolls the screen: what was in row 5 is in row 4. */
  movw $0x184f, %dx
  call place
  movw $0x0e58, %ax
  movw $0x0007, %bx
  int $0x10
  call cursor
  movw $0x0406, %dx
  call place
  call cell
  movb $0x0f, %ah
  int $0x10
  call keep
  movw $0x0000, %dx
  call place
  movw $answers, %si
1: lodsw
  call print_word
  call space
  cmpw next, %si
  jne 1b
  jmp finish

place:
  movb $2, %ah
  xorb %bh, %bh
  int $0x10
  ret

cell:
  movb $8, %ah
  xorb %bh, %bh
  int $0x10
  jmp keep

cursor:
  movb $3, %ah
  xorb %bh, %bh
  int $0x10
  movw %dx, %ax

/* AX among the answers, which are printed when the screen is done with. */
keep:
  movw next, %di
  stosw
  movw %di, next
  ret

next: .word answers
text: .byte 'h', 0x12, 'i', 0x34
  .equ answers, 0x9000
#include "print.h"
