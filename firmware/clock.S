/* Time: the tick of IRQ 0, 18.2 times a second, the clock of CMOS, and waiting. INT 1Ah, and INT
 * 15h AH=86h by the clock's periodic interrupt, so that the processor is halted while it waits. */

#define TICKS_PER_DAY 0x1800b0
#define PIT_HZ 1193182
#define RTC_PERIODIC 0x40
#define RTC_PERIOD_US 976

irq0_timer:
  sti
  pushw %ds
  pushl %eax
  pushw $BDA_SEGMENT
  popw %ds
  movl BDA_TICKS, %eax
  incl %eax
  cmpl $TICKS_PER_DAY, %eax
  jb 1f
  xorl %eax, %eax
  incb BDA_MIDNIGHT
1: movl %eax, BDA_TICKS
  int $0x1c
  cli
  movb $PIC_EOI, %al
  outb %al, $PIC1
  popl %eax
  popw %ds
  iretw

irq8_clock:
  pushw %ds
  pushw %ax
  pushw $BDA_SEGMENT
  popw %ds
  movb $CMOS_C, %al
  call read_cmos
  testb $RTC_PERIODIC, %al
  jz 1f
  testb $WAIT_ACTIVE, BDA_WAIT_STATE
  jz 1f
  subl $RTC_PERIOD_US, BDA_WAIT
  ja 1f
  orb $WAIT_DONE, BDA_WAIT_STATE
  call periodic_off
1: movb $PIC_EOI, %al
  outb %al, $PIC2
  outb %al, $PIC1
  popw %ax
  popw %ds
  iretw

periodic_off:
  movb $CMOS_B, %al
  call read_cmos
  andb $~RTC_PERIODIC, %al
  movb %al, %ah
  movb $CMOS_B, %al
  jmp write_cmos

/* CX:DX microseconds, to the next period of 976. */
wait_microseconds:
  testb $WAIT_ACTIVE, BDA_WAIT_STATE
  jnz 3f
  movw %cx, %ax
  shll $16, %eax
  movw %dx, %ax
  testl %eax, %eax
  jz 2f
  movl %eax, BDA_WAIT
  movb $WAIT_ACTIVE, BDA_WAIT_STATE
  inb $PIC2_DATA, %al
  andb $0xfe, %al
  outb %al, $PIC2_DATA
  movb $CMOS_A, %al
  movb $0x26, %ah
  call write_cmos
  movb $CMOS_B, %al
  call read_cmos
  orb $RTC_PERIODIC, %al
  movb %al, %ah
  movb $CMOS_B, %al
  call write_cmos
1: testb $WAIT_DONE, BDA_WAIT_STATE
  jnz 2f
  sti
  hlt
  cli
  jmp 1b
2: movb $0, BDA_WAIT_STATE
  movb $0, FRAME_AH
  ret
3: movb $0x83, FRAME_AH
  jmp set_carry

/* Waits until the clock is not about to change. Carry: it is stopped. Changes AL. */
wait_clock:
  pushw %cx
  xorw %cx, %cx
1: movb $CMOS_A, %al
  call read_cmos
  testb $0x80, %al
  loopnz 1b
  popw %cx
  jz 2f
  stc
  ret
2: clc
  ret

/* 24 hours in BCD, no interrupts; and the ticks since midnight. */
set_up_clock:
  pushw $BDA_SEGMENT
  popw %ds
  movb $CMOS_A, %al
  movb $0x26, %ah
  call write_cmos
  movb $CMOS_B, %al
  movb $0x02, %ah
  call write_cmos
  call wait_clock
  movb $CMOS_HOURS, %al
  call read_bcd
  imull $3600, %eax, %ebx
  movb $CMOS_MINUTES, %al
  call read_bcd
  imull $60, %eax, %eax
  addl %eax, %ebx
  movb $CMOS_SECONDS, %al
  call read_bcd
  addl %ebx, %eax
  movl $PIT_HZ, %ebx
  mull %ebx
  shrdl $16, %edx, %eax
  movl %eax, BDA_TICKS
  ret

/* EAX = the number in CMOS register AL. Changes CX. */
read_bcd:
  call read_cmos
  movzbl %al, %eax
  movw %ax, %cx
  shrw $4, %ax
  imulw $10, %ax, %ax
  andw $0x0f, %cx
  addw %cx, %ax
  ret

clock_service:
  enter_service
  call clear_carry
  movw $clock_functions, %si
  jmp dispatch

clock_functions:
  row 0x00, get_ticks
  row 0x01, set_ticks
  row 0x02, get_time
  row 0x04, get_date
  row 0xff, set_carry

get_ticks:
  movl BDA_TICKS, %eax
  movb BDA_MIDNIGHT, %bl
  movb $0, BDA_MIDNIGHT
  movw %ax, FRAME_DX
  shrl $16, %eax
  movw %ax, FRAME_CX
  movb %bl, FRAME_AL
  ret

set_ticks:
  movw %dx, BDA_TICKS
  movw %cx, BDA_TICKS + 2
  movb $0, BDA_MIDNIGHT
  ret

get_time:
  call wait_clock
  jc set_carry
  movb $CMOS_HOURS, %al
  call read_cmos
  movb %al, FRAME_CH
  movb $CMOS_MINUTES, %al
  call read_cmos
  movb %al, FRAME_CL
  movb $CMOS_SECONDS, %al
  call read_cmos
  movb %al, FRAME_DH
  movb $0, FRAME_DL
  ret

get_date:
  call wait_clock
  jc set_carry
  movb $CMOS_CENTURY, %al
  call read_cmos
  movb %al, FRAME_CH
  movb $CMOS_YEAR, %al
  call read_cmos
  movb %al, FRAME_CL
  movb $CMOS_MONTH, %al
  call read_cmos
  movb %al, FRAME_DH
  movb $CMOS_DAY, %al
  call read_cmos
  movb %al, FRAME_DL
  ret
