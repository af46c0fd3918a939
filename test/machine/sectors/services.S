/* Prints what the BIOS says of memory and disks, and reads a sector in two ways. */
  .code16
  .globl _start
_start:
  xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw $0x7c00, %sp
  movb %dl, drive
  movw $hello, %si
  call print
  movb drive, %al
  call print_byte
  call new_line

  int $0x12
  call print_word
  call new_line

  movw $0xe801, %ax
  int $0x15
  pushw %bx
  call print_word
  popw %ax
  call print_word
  call new_line

  movb $0x08, %ah
  movb drive, %dl
  int $0x13
  pushw %cx
  pushw %dx
  movzbw %ah, %ax
  call print_word
  popw %ax
  call print_word
  popw %ax
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
  jc failed
  movw $0x9000, %si
  call print

/* The same by number. */
  movb $0x42, %ah
  movb drive, %dl
  movw $packet, %si
  int $0x13
  jc 1f
  movw $0xa000, %si
  call print
1:
/* No such sector, no such drive. */
  movw $0x0201, %ax
  movw $0x003f, %cx
  movw $0xff80, %dx
  movb drive, %dl
  movw $0x9000, %bx
  int $0x13
  call print_status
  movw $0x0201, %ax
  movw $0x0001, %cx
  movw $0x0085, %dx
  int $0x13
  call print_status
  call new_line
failed:
  movb $0x42, %al
  outb %al, $0xf4
1: hlt
  jmp 1b

print_status:
  pushfw
  popw %bx
  andw $1, %bx
  movb %bl, %al
  call print_word
  ret

print:
  movb (%si), %al
  testb %al, %al
  jz 1f
  incw %si
  call put
  jmp print
1: ret

put:
  pushaw
  movb $0x0e, %ah
  movw $0x0007, %bx
  int $0x10
  popaw
  ret

new_line:
  movb $13, %al
  call put
  movb $10, %al
  jmp put

print_word:
  pushw %ax
  movb %ah, %al
  call print_byte
  popw %ax
print_byte:
  pushw %ax
  shrb $4, %al
  call 1f
  popw %ax
1: andb $15, %al
  addb $'0', %al
  cmpb $'9', %al
  jbe put
  addb $39, %al
  jmp put

hello: .asciz "hello from drive "
drive: .byte 0
  .balign 4
packet:
  .byte 16, 0
  .word 1, 0xa000, 0
  .quad 1
  .org 510
  .word 0xaa55
/* Sector 1. */
  .asciz "sector one\r\n"
  .org 1536
