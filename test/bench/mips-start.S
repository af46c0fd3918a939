/* Entry of the benchmark image, at 1 MiB in flat protected mode: paging over 8 MiB, the PIT at about 1 kHz through the
   PIC, then run_kernel(EBX, ECX); its checksum goes to CHECKSUM and port 0xf4 ends the run. */

.set TABLES, 0x80000
.set IDT, 0x90000
.set CHECKSUM, 0x9f000

.globl start
start:
  mov $0x7f000, %esp
  push %ecx
  push %ebx
  mov $TABLES + 0x1000, %edi            # two page tables map 8 MiB one to one
  mov $3, %eax
1:
  mov %eax, (%edi)
  add $4, %edi
  add $0x1000, %eax
  cmp $0x800003, %eax
  jne 1b
  movl $TABLES + 0x1003, TABLES
  movl $TABLES + 0x2003, TABLES + 4
  mov $TABLES, %eax
  mov %eax, %cr3
  mov %cr0, %eax
  or $0x80000000, %eax
  mov %eax, %cr0
  mov $timer, %eax                      # vector 0x20
  mov %ax, IDT + 0x100
  movw $8, IDT + 0x102
  movw $0x8e00, IDT + 0x104
  shr $16, %eax
  mov %ax, IDT + 0x106
  lidt idt_pointer
  mov $0x11, %al
  out %al, $0x20
  mov $0x20, %al
  out %al, $0x21
  mov $4, %al
  out %al, $0x21
  mov $1, %al
  out %al, $0x21
  mov $0xfe, %al
  out %al, $0x21
  mov $0x34, %al
  out %al, $0x43
  mov $1193 & 0xff, %al
  out %al, $0x40
  mov $1193 >> 8, %al
  out %al, $0x40
  sti
  call run_kernel
  cli
  mov %eax, CHECKSUM
  mov %edx, CHECKSUM + 8
  xor %eax, %eax
  out %al, $0xf4
  hlt

timer:
  push %eax
  incl CHECKSUM + 4
  mov $0x20, %al
  out %al, $0x20
  pop %eax
  iret

idt_pointer:
  .word 0x107
  .long IDT
