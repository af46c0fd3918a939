/* 16-bit code as a BIOS has it, at 0000:7c00 in real mode: sums a table with calls, pushes and segment loads; the sum
   goes to 0x600 and port 0xf4 ends the run. CX holds the rounds. */

.code16
.globl start
start:
  xor %ax, %ax
  mov %ax, %ds
  mov %ax, %ss
  mov $0x7000, %sp
  mov %ax, 0x600
round:
  push %cx
  mov $0x7c00, %si
  mov $64, %cx
1:
  lodsw
  add %ax, 0x600
  mov (%si), %bx
  test $1, %bl
  jz 2f
  call turn
2:
  inc %si
  cmp $0x7cc0, %si
  jb 3f
  mov $0x7c00, %si
3:
  loop 1b
  pop %cx
  dec %cx
  jnz round
  xor %al, %al
  outb %al, $0xf4
  hlt
turn:
  push %bp
  mov %sp, %bp
  mov 0x600, %ax
  rol $3, %ax
  mov %ax, %es
  mov %ax, 0x600
  pop %bp
  ret
