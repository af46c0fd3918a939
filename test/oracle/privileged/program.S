// What only ring 0 can try: a program for a bare machine that sets up descriptors, tasks, virtual-8086 mode and
// debug registers, provokes, and writes to COM1 what it sees. It is entered in flat 32-bit protected mode, as
// multiboot has it, and ends by a write to port 0xf4. QEMU and our machine must write the same.

#define COM1 0x3f8
#define CODE0 0x08
#define DATA0 0x10
#define CODE3 0x1b
#define DATA3 0x23
#define TSS_A 0x28
#define TSS_B 0x30
#define CONFORMING 0x38
#define GATE 0x4b
#define TASK_GATE 0x50
#define ABSENT 0x58
#define READ_ONLY 0x60
#define BACK 0x30
#define FLAGS 0x4dd7

  .code32
  .section .text
  .globl _start
  .align 4
  .long 0x1badb002, 0, -0x1badb002

// Where execution goes on after an exception, and the name printed before a test.
.macro TEST name
  movl $9f, resume
  movl $8f, begin
  movl $7f, %esi
  call print
  jmp 8f
7:  .asciz "\name:"
8:
.endm
.macro END
9:  call restore
  movl $newline, %esi
  call print
.endm
// The value is read with one word more on the stack.
.macro SHOW value
  pushl %eax
  movl \value, %eax
  call hex
  popl %eax
.endm

_start:
  cli
  movb $0xff, %al
  outb %al, $0x21
  outb %al, $0xa1
  movl $stack0, %esp
  call make_gates
  lgdt gdt_pointer
  lidt idt_pointer
  ljmp $CODE0, $1f
1:  call restore
  movw $TSS_A, %ax
  ltr %ax

  TEST "divide error"
  xorl %ecx, %ecx
  divl %ecx
  END

  TEST "load of an absent segment"
  movw $ABSENT, %ax
  movw %ax, %ds
  END

  TEST "load beyond the table"
  movw $0xf8, %ax
  movw %ax, %es
  END

  TEST "null stack"
  xorl %eax, %eax
  movw %ax, %ss
  END

  TEST "stack of read-only data"
  movw $READ_ONLY, %ax
  movw %ax, %ss
  END

  TEST "conforming code keeps the privilege"
  lcall $CONFORMING, $conforming
  SHOW %eax
  END

  TEST "single steps"
  movl $5, steps
  pushfl
  orl $0x100, (%esp)
  popfl
  nop
  movl $3, %ecx
  xorl %eax, %eax
  rep stosb
  nop
  END

  TEST "single step over a load of ss"
  movl $2, steps
  movw %ss, %ax
  pushfl
  orl $0x100, (%esp)
  popfl
  movw %ax, %ss
  nop
  nop
  END

  TEST "write breakpoint"
  movl $1, steps
  movl $scratch, %eax
  movl %eax, %db1
  movl $0x00d00008, %eax
  movl %eax, %db7
  movl %eax, scratch
  nop
  xorl %eax, %eax
  movl %eax, %db7
  END

  TEST "read or write breakpoint of one byte"
  movl $3, steps
  movl $scratch + 1, %eax
  movl %eax, %db0
  movl $0x00030002, %eax
  movl %eax, %db7
  movb scratch, %al
  movb scratch + 1, %al
  movl %eax, scratch
  xorl %eax, %eax
  movl %eax, %db7
  END

  TEST "execution breakpoint"
  movl $1, steps
  movl $here, %eax
  movl %eax, %db2
  movl $0x00000020, %eax
  movl %eax, %db7
  nop
here:  nop
  xorl %eax, %eax
  movl %eax, %db7
  END

  TEST "int through a gate of ring 0 from ring 3"
  call to_ring3
  int $0x20
  END

  TEST "hlt in ring 3"
  call to_ring3
  hlt
  END

  TEST "call gate with two parameters"
  call to_ring3
  pushl $0x1111
  pushl $0x2222
  lcall $GATE, $0
  SHOW %eax
  SHOW %esp
  int $BACK
  END

  TEST "call gate without a change of privilege"
  pushl $0x1111
  pushl $0x2222
  lcall $GATE, $0
  SHOW %eax
  END

  TEST "absent call gate"
  andb $0x7f, gdt + (GATE & ~7) + 5
  call to_ring3
  lcall $GATE, $0
  END

  TEST "call gate into an absent segment"
  xorb $0x80, gdt + (GATE & ~7) + 5
  movw $ABSENT, gdt + (GATE & ~7) + 2
  call to_ring3
  lcall $GATE, $0
  END

  TEST "segments of ring 0 are dropped on the way out"
  movw $DATA0, %ax
  movw %ax, %fs
  movw $DATA3, %ax
  movw %ax, %gs
  call to_ring3
  movl %fs, %eax
  SHOW %eax
  movl %gs, %eax
  SHOW %eax
  int $BACK
  END

  TEST "what lsl, verr and verw say"
  xorl %ecx, %ecx
1:  xorl %eax, %eax
  lsl %ecx, %eax
  setzb %dl
  verr %cx
  setzb %dh
  verw %cx
  movzwl %dx, %edx
  setzb %bl
  movzbl %bl, %ebx
  SHOW %eax
  SHOW %edx
  SHOW %ebx
  addl $8, %ecx
  cmpl $0x70, %ecx
  jne 1b
  END

  TEST "conforming code from ring 3"
  call to_ring3
  lcall $CONFORMING | 3, $conforming
  SHOW %eax
  int $BACK
  END

  TEST "jump to code of ring 0 from ring 3"
  call to_ring3
  ljmp $CODE0, $scratch
  END

  TEST "return to an inner privilege"
  call to_ring3
  pushl $CODE0
  pushl $scratch
  lret
  END

  TEST "return to ring 3 with a stack of ring 0"
  pushl $DATA0
  pushl $stack3
  pushl $0x3002
  pushl $CODE3
  pushl $scratch
  iret
  END

  TEST "call of a task and iret"
  movl $task_b, tss_b + 32
  movl $stack_b, tss_b + 56
  movl $0x2, tss_b + 36
  movl $0x77, tss_b + 40
  lcall $TSS_B, $0
  SHOW $0x600d
  SHOW tss_b
  SHOW gdt + TSS_A + 4
  SHOW gdt + TSS_B + 4
  movl %cr0, %eax
  andl $8, %eax
  SHOW %eax
  clts
  END

  TEST "task gate"
  movl $task_b, tss_b + 32
  movl $stack_b, tss_b + 56
  movl $0x2, tss_b + 36
  lcall $TASK_GATE, $0
  str %ax
  movzwl %ax, %eax
  SHOW %eax
  clts
  END

  TEST "task gate in the interrupt table"
  movl $task_b, tss_b + 32
  movl $stack_b, tss_b + 56
  movl $0x2, tss_b + 36
  int $0x31
  str %ax
  movzwl %ax, %eax
  SHOW %eax
  clts
  END

  TEST "jump to a task and back"
  movl $task_jumps, tss_b + 32
  movl $stack_b, tss_b + 56
  movl $0x2, tss_b + 36
  ljmp $TSS_B, $0
  SHOW $0xbac4
  SHOW gdt + TSS_A + 4
  SHOW gdt + TSS_B + 4
  clts
  END

  TEST "call of a busy task"
  lcall $TSS_A, $0
  END

  TEST "iret with nt and a task that is not busy"
  movw $TSS_B, tss_a
  pushfl
  orl $0x4000, (%esp)
  popfl
  iret
  END
  pushfl
  andl $~0x4000, (%esp)
  popfl

  TEST "virtual 8086 mode, int with iopl 3"
  movl $0x3002, %ebx
  movl $v86_int - v86, %ecx
  jmp to_v86
  END

  TEST "virtual 8086 mode, int with iopl 0"
  movl $0x0002, %ebx
  movl $v86_int - v86, %ecx
  jmp to_v86
  END

  TEST "virtual 8086 mode, pushf with iopl 0"
  movl $0x0002, %ebx
  movl $v86_pushf - v86, %ecx
  jmp to_v86
  END

  TEST "virtual 8086 mode, pushf, popf and iret with iopl 3"
  movl $0x3002, %ebx
  movl $v86_flags - v86, %ecx
  jmp to_v86
  END

  TEST "virtual 8086 mode, a single step"
  movl $1, steps
  movl $0x3102, %ebx
  movl $v86_int - v86, %ecx
  jmp to_v86
  END

  TEST "virtual 8086 mode, hlt"
  movl $0x3002, %ebx
  movl $v86_hlt - v86, %ecx
  jmp to_v86
  END

  TEST "virtual 8086 mode, no table instructions"
  movl $0x3002, %ebx
  movl $v86_sldt - v86, %ecx
  jmp to_v86
  END

  movb $0x21, %al
  movw $0xf4, %dx
  outb %al, %dx
1:  hlt
  jmp 1b

conforming:
  movl %cs, %eax
  lret

gate_entry:
  SHOW 16(%esp)
  SHOW 12(%esp)
  SHOW 8(%esp)
  movl %cs, %eax
  lret $8

task_b:
  SHOW %eax
  pushfl
  popl %eax
  andl $FLAGS, %eax
  SHOW %eax
  SHOW tss_b
  SHOW gdt + TSS_A + 4
  SHOW gdt + TSS_B + 4
  iret

task_jumps:
  SHOW gdt + TSS_A + 4
  SHOW gdt + TSS_B + 4
  ljmp $TSS_A, $0

// The caller goes on in ring 3, on a stack of its own.
to_ring3:
  popl %edx
  movw $DATA3, %ax
  movw %ax, %ds
  movw %ax, %es
  pushl $DATA3
  pushl $stack3
  pushl $0x3002
  pushl $CODE3
  pushl %edx
  iret

// To the virtual-8086 code at offset ecx with flags ebx.
to_v86:
  movl $v86, %esi
  movl $0x20000, %edi
  push %ecx
  movl $v86_end - v86, %ecx
  rep movsb
  pop %ecx
  orl $0x20000, %ebx
  pushl $0x1000
  pushl $0x1001
  pushl $0x1002
  pushl $0x1003
  pushl $0x2000
  pushl $0xfff0
  pushl %ebx
  pushl $0x2000
  pushl %ecx
  iret

  .code16
v86:
v86_int:
  movw %cs, %ax
  int $BACK
v86_pushf:
  pushfw
  int $BACK
v86_flags:
  pushfw
  popw %cx
  orw $0x8d5, %cx
  pushw %cx
  popfw
  pushw $0x2246
  pushw %cs
  pushw $1f - v86
  iretw
1:  int $BACK
v86_hlt:
  hlt
v86_sldt:
  sldt %ax
v86_end:
  .code32

#include "support.S"
