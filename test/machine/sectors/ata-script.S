/* A boot sector that carries out a script: what ata.test.ts writes behind it, from sector 1 on. It
 * loads the script to 10000h, goes to 32-bit protected mode with interrupts off, and answers on
 * port E9h. Each step is a byte and its operands. */

#define SCRIPT 0x10000
#define SCRIPT_SECTORS 48
#define PATIENCE 3000000

  .code16
  .globl _start
_start:
  ljmp $0, $1f
1: xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw $0x7c00, %sp
  cld
  movb $0x42, %ah
  movw $packet, %si
  int $0x13
  jc 1b
  cli
  lgdt gdt_pointer
  movl $1, %eax
  movl %eax, %cr0
  ljmp $8, $flat

packet:
  .byte 16, 0
  .word SCRIPT_SECTORS, 0, SCRIPT >> 4
  .quad 1

  .balign 8
gdt:
  .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
  .word 23
  .long gdt

  .code32
flat:
  movw $16, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movl $SCRIPT, %esi
step:
  xorl %eax, %eax
  lodsb
  jmp *steps(, %eax, 4)

steps:
  .long end, out_byte, out_long, in_byte, in_long, wait, say, poke, fill, sum, pio_in, pio_out

end:
  xorb %al, %al
  outb %al, $0xf4
1: hlt
  jmp 1b

/* EDX = the port that is the next operand. */
port:
  lodsw
  movzwl %ax, %edx
  ret

out_byte:
  call port
  lodsb
  outb %al, %dx
  jmp step

out_long:
  call port
  lodsl
  outl %eax, %dx
  jmp step

/* Prints a port's byte under a mask. */
in_byte:
  call port
  inb %dx, %al
  andb (%esi), %al
  incl %esi
  call print_byte
  jmp step

in_long:
  call port
  inl %dx, %eax
  jmp print_and_step

/* Until the port's byte under a mask has a value; - if it never has. */
wait:
  call port
  lodsw
  movl $PATIENCE, %ecx
  movl %eax, %ebx
1: inb %dx, %al
  andb %bl, %al
  cmpb %bh, %al
  je step
  loop 1b
  movb $'-', %al
  outb %al, $0xe9
  jmp step

say:
  lodsb
  testb %al, %al
  jz step
  outb %al, $0xe9
  jmp say

poke:
  lodsl
  movl %eax, %edi
  movsl
  jmp step

/* Address, length, first value: bytes that go up by 3, and by 1 more in each sector. */
fill:
  call range
  lodsb
1: movb %al, (%edi)
  incl %edi
  addb $3, %al
  testl $511, %edi
  jnz 2f
  incb %al
2: loop 1b
  jmp step

/* Address and length: prints a sum in which the order counts. */
sum:
  call range
  xorl %ebx, %ebx
1: roll $5, %ebx
  movzbl (%edi), %eax
  addl %eax, %ebx
  incl %edi
  loop 1b
  movl %ebx, %eax
print_and_step:
  call print_long
  jmp step

range:
  lodsl
  movl %eax, %edi
  lodsl
  movl %eax, %ecx
  ret

/* Address and words. */
pio_in:
  call range
  movl $0x1f0, %edx
  rep insw
  jmp step

pio_out:
  call range
  pushl %esi
  movl %edi, %esi
  movl $0x1f0, %edx
  rep outsw
  popl %esi
  jmp step

print_long:
  movl $4, %ecx
1: roll $8, %eax
  call print_byte
  loop 1b
  ret

print_byte:
  rorb $4, %al
  call print_digit
  rorb $4, %al
print_digit:
  pushl %eax
  andb $15, %al
  cmpb $10, %al
  sbbb $0x69, %al
  das
  outb %al, $0xe9
  popl %eax
  ret

  .org 510
  .word 0xaa55
