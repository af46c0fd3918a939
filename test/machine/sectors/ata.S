/* The primary ATA channel by hand: signature after a reset, IDENTIFY, data by CHS and LBA, a write
 * and its reading back, errors. Status registers are read when not busy. */
#include "begin.h"
  movw $0x3f6, %dx
  movb $6, %al
  outb %al, %dx
  call pause
  movb $2, %al
  outb %al, %dx
  call registers
  call space
/* Words 1, 3, 6, 49, 60, 61 of IDENTIFY, 49 and 83 as far as they must agree. */
  movb $0xec, %al
  call command
  call read_block
  movw 0x9002, %ax
  call print_word
  movw 0x9006, %ax
  call print_word
  movw 0x900c, %ax
  call print_word
  movw 0x9062, %ax
  andw $0x0200, %ax
  call print_word
  movl 0x9078, %eax
  call print_long
  movw 0x90a6, %ax
  andw $0x0400, %ax
  call print_word
  call space
/* Sector 1 by LBA, then by CHS. */
  movl $0xe0000001, %ebx
  movb $0x20, %al
  call sector
  call read_block
  movl 0x9000, %eax
  call print_long
  movl $0xa0000002, %ebx
  movb $0x20, %al
  call sector
  call read_block
  movl 0x9004, %eax
  call print_long
  call new_line
/* Written and read back. */
  movl $0xe0001234, %ebx
  movb $0x30, %al
  call sector
  movw $0x7c00, %si
  movw $256, %cx
  movw $0x1f0, %dx
  rep outsw
  call wait
  call print_byte
  movb $0x20, %al
  call sector
  call read_block
  movw $0x7c00, %si
  movw $0x9000, %di
  movw $256, %cx
  repe cmpsw
  setz %al
  call print_digit
  call space
/* No such sector; a command that does not exist; FLUSH CACHE. */
  movl $0xe1000000, %ebx
  movb $0x20, %al
  call sector
  call error
  movb $0xff, %al
  call command
  call error
  movb $0xe7, %al
  call command
  call error
  call space
/* The absent second drive. */
  movw $0x1f6, %dx
  movb $0xb0, %al
  outb %al, %dx
  call wait
  call print_byte
  movb $0xa0, %al
  outb %al, %dx
  jmp finish

/* One sector at EBX: device register, high, middle, low. Command AL. */
sector:
  pushw %ax
  movw $0x1f2, %dx
  movb $1, %al
  outb %al, %dx
  movl %ebx, %eax
  movw $4, %cx
1: incw %dx
  outb %al, %dx
  shrl $8, %eax
  loop 1b
  popw %ax

command:
  movw $0x1f7, %dx
  outb %al, %dx

/* AL = status when no longer busy. */
wait:
  call pause
  movw $0x1f7, %dx
1: inb %dx, %al
  testb $0x80, %al
  jnz 1b
  movw $0x1f6, %dx
  ret

pause:
  pushaw
  movw $200, %cx
1: inb $0x61, %al
  loop 1b
  popaw
  ret

read_block:
  movw $0x9000, %di
  movw $256, %cx
  movw $0x1f0, %dx
  rep insw
  ret

/* The status' error bit. Which bit the error register has is the drive's business. */
error:
  andb $1, %al
  jmp print_digit

/* Status, then 1F1h..1F5h. */
registers:
  call wait
  call print_byte
  movw $0x1f1, %dx
1: inb %dx, %al
  call print_byte
  incw %dx
  cmpw $0x1f6, %dx
  jb 1b
  ret
#include "print.h"
  .ascii "abcdefgh"
  .org 1024
