// What the tests of program.S stand on: segments made flat again, the common handler of all vectors, tables of
// descriptors and gates, output to COM1, data.

// Flat segments again, debug registers quiet, the first task's stack.
restore:
  popl %ebx
  movw $DATA0, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %fs
  movw %ax, %gs
  movw %ax, %ss
  movl $stack0, %esp
  pushl $2
  popfl
  xorl %eax, %eax
  movl %eax, %db7
  movl %eax, %db6
  movl $0, steps
  jmp *%ebx

// All vectors come here: number and error code are on the stack. What is printed: vector, error code, place in the
// test, code segment, flags but RF (QEMU leaves it out); for a debug exception DR6; from virtual-8086 mode the
// segments.
common:
  pusha
  movw $DATA0, %ax
  movw %ax, %ds
  movw %ax, %es
  movl $vector_text, %esi
  call print
  SHOW 36(%esp)
  SHOW 40(%esp)
  movl 40(%esp), %eax
  testl $0x20000, 48(%esp)
  jnz 1f
  subl begin, %eax
1:  call hex
  SHOW 48(%esp)
  movl 48(%esp), %eax
  andl $0x24700, %eax
  call hex
  testl $0x20000, 48(%esp)
  jz 2f
  SHOW 56(%esp)
  SHOW 60(%esp)
  SHOW 64(%esp)
  SHOW 76(%esp)
2:  cmpl $1, 32(%esp)
  jne 3f
  movl %db6, %eax
  andl $0xe00f, %eax
  call hex
  xorl %eax, %eax
  movl %eax, %db6
  decl steps
  js 3f
  cmpl $0, steps
  jne 4f
  andl $~0x100, 48(%esp)
4:  orl $0x10000, 48(%esp)
  popa
  addl $8, %esp
  iret
3:  movl resume, %eax
  movl $DATA0, %edx
  movw %dx, %ss
  movl $stack0, %esp
  jmp *%eax

make_gates:
  movl $stubs, %eax
  movl $idt, %edi
  xorl %ecx, %ecx
1:  movl %eax, %edx
  andl $0xffff, %edx
  orl $CODE0 << 16, %edx
  movl %edx, (%edi)
  movl %eax, %edx
  andl $0xffff0000, %edx
  orl $0x8e00, %edx
  cmpl $BACK, %ecx
  jne 2f
  orl $0x6000, %edx
2:  movl %edx, 4(%edi)
  addl $8, %edi
  addl $16, %eax
  incl %ecx
  cmpl $0x40, %ecx
  jne 1b
  movl $TSS_B << 16, idt + 0x31 * 8
  movl $0xe500, idt + 0x31 * 8 + 4
  movl $gdt, %eax
  movl $tss_a, %edx
  movl $TSS_A, %ebx
  call place
  movl $tss_b, %edx
  movl $TSS_B, %ebx
  call place
  movl $gate_entry, %edx
  movw %dx, gdt + (GATE & ~7)
  shrl $16, %edx
  movw %dx, gdt + (GATE & ~7) + 6
  ret

// Writes base edx into descriptor ebx.
place:
  movw %dx, 2(%eax, %ebx)
  shrl $16, %edx
  movb %dl, 4(%eax, %ebx)
  movb %dh, 7(%eax, %ebx)
  ret

print:
  pushl %eax
1:  lodsb
  testb %al, %al
  jz 2f
  call put
  jmp 1b
2:  popl %eax
  ret

hex:
  pusha
  movl %eax, %ebx
  movb $' ', %al
  call put
  movl $8, %ecx
1:  roll $4, %ebx
  movb %bl, %al
  andb $15, %al
  addb $'0', %al
  cmpb $'9', %al
  jbe 2f
  addb $39, %al
2:  call put
  loop 1b
  popa
  ret

// Sends al when the transmitter has room.
put:
  pushl %edx
  pushl %eax
  movw $COM1 + 5, %dx
1:  inb %dx, %al
  testb $0x20, %al
  jz 1b
  popl %eax
  movw $COM1, %dx
  outb %al, %dx
  popl %edx
  ret

  .align 16
stubs:
  .set number, 0
  .rept 0x40
  .align 16
  .if !(number == 8 || (number >= 10 && number <= 14) || number == 17)
  pushl $0
  .endif
  pushl $number
  jmp common
  .set number, number + 1
  .endr

  .section .data
  .align 16
gdt:
  .quad 0
  .quad 0x00cf9a000000ffff
  .quad 0x00cf92000000ffff
  .quad 0x00cffa000000ffff
  .quad 0x00cff2000000ffff
  .quad 0x0000890000000067
  .quad 0x0000890000000067
  .quad 0x00cf9e000000ffff
  .quad 0x0000960000000fff
  .quad 0x0000ec0200080000
  .quad 0x0000e50000300000
  .quad 0x00cf12000000ffff
  .quad 0x00cf90000000ffff
gdt_end:
gdt_pointer:
  .word gdt_end - gdt - 1
  .long gdt
idt_pointer:
  .word 0x40 * 8 - 1
  .long idt
newline: .asciz "\n"
vector_text: .asciz " !"
  .align 16
tss_a:
  .long 0, stack_inner, DATA0
  .fill 22, 4, 0
  .long 0x680000
tss_b:
  .long 0, stack_inner, DATA0
  .fill 4, 4, 0
  .long 0, 0, 2
  .fill 4, 4, 0
  .long stack_b, 0, 0, 0
  .long DATA0, CODE0, DATA0, DATA0, DATA0, DATA0, 0
  .long 0x680000
resume: .long 0
begin: .long 0
steps: .long 0
scratch: .fill 64, 1, 0x90
  .bss
  .align 16
idt: .skip 0x200
  .skip 4096
stack0:
  .skip 4096
stack_inner:
  .skip 4096
stack3:
  .skip 4096
stack_b:
