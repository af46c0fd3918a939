/* Printing for the boot sectors of this folder, by the BIOS's teletype and, for QEMU's debug
 * console, by port E9h; every routine keeps all registers. `finish` leaves by port F4h after the ]
 * of the answer. The file ends the sector. */

print:
  pushaw
1: movb (%si), %al
  testb %al, %al
  jz 2f
  incw %si
  call put
  jmp 1b
2: popaw
  ret

put:
  pushaw
  outb %al, $0xe9
  movb $0x0e, %ah
  movw $0x0007, %bx
  int $0x10
  popaw
  ret

new_line:
  pushaw
  movb $13, %al
  call put
  movb $10, %al
  call put
  popaw
  ret

print_long:
  rorl $16, %eax
  call print_word
  rorl $16, %eax
print_word:
  xchgb %al, %ah
  call print_byte
  xchgb %al, %ah
print_byte:
  rorb $4, %al
  call print_digit
  rorb $4, %al
print_digit:
  pushw %ax
  andb $15, %al
  cmpb $10, %al
  sbbb $0x69, %al
  das
  call put
  popw %ax
  ret

space:
  pushw %ax
  movb $' ', %al
  call put
  popw %ax
  ret

finish:
  movb $']', %al
  call put
  call new_line
  xorb %al, %al
  outb %al, $0xf4
1: hlt
  jmp 1b

  .org 510
  .word 0xaa55
