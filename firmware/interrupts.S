/* The interrupt vector table, the hardware interrupts without a driver, and the processor's own
 * exceptions. Vectors 08h to 0Fh are both exceptions and IRQ 0..7; the interrupt controller's
 * in-service register tells them apart. */

set_up_vectors:
  pushw $0
  popw %es
  xorw %di, %di
  movw $ROM_SEGMENT, %dx
/* 00h..77h: nothing to do, unless the table below says otherwise. The rest stays zero for
 * programs to use. */
  movw $0x78, %cx
1: movw $ignore_interrupt, %ax
  stosw
  movw %dx, %ax
  stosw
  loop 1b
  movw $(0x88 * 2), %cx
  xorw %ax, %ax
  rep stosw
  movw $vector_table, %si
2: movzbw %cs:(%si), %di
  cmpw $0xff, %di
  je 3f
  shlw $2, %di
  movw %cs:1(%si), %ax
  movw %ax, %es:(%di)
  addw $3, %si
  jmp 2b
3: ret

vector_table:
  row 0x00, divide_error
  row 0x06, invalid_opcode
  row 0x08, irq0_timer
  row 0x09, irq1_keyboard
  row 0x0a, irq_master
  row 0x0b, irq_master
  row 0x0c, irq_master
  row 0x0d, irq5_or_protection
  row 0x0e, irq_master
  row 0x0f, irq_master
  row 0x10, video_service
  row 0x11, equipment_service
  row 0x12, memory_service
  row 0x13, disk_service
  row 0x15, system_service
  row 0x16, keyboard_service
  row 0x18, no_boot
  row 0x19, boot_service
  row 0x1a, clock_service
  row 0x1e, floppy_parameters
  row 0x70, irq8_clock
  row 0x71, irq_slave
  row 0x72, irq_slave
  row 0x73, irq_slave
  row 0x74, irq_slave
  row 0x75, irq_slave
  row 0x76, irq_slave
  row 0x77, irq_slave
  .byte 0xff

/* An interrupt of a device that no one drives. A spurious one has no in-service bit and gets no
 * end of interrupt. */
irq_master:
  pushw %ax
  movb $PIC_READ_IN_SERVICE, %al
  outb %al, $PIC1
  inb $PIC1, %al
  testb %al, %al
  jz 1f
  movb $PIC_EOI, %al
  outb %al, $PIC1
1: popw %ax
  iretw

irq_slave:
  pushw %ax
  movb $PIC_READ_IN_SERVICE, %al
  outb %al, $PIC2
  inb $PIC2, %al
  testb %al, %al
  jz 1f
  movb $PIC_EOI, %al
  outb %al, $PIC2
1: movb $PIC_EOI, %al
  outb %al, $PIC1
  popw %ax
  iretw

/* Vector 0Dh is IRQ 5 when the controller has it in service, else a protection fault, such as a
 * word at offset FFFFh. */
irq5_or_protection:
  pushw %ax
  movb $PIC_READ_IN_SERVICE, %al
  outb %al, $PIC1
  inb $PIC1, %al
  testb $0x20, %al
  popw %ax
  jnz irq_master
  pushw $0x0d
  jmp exception

divide_error:
  pushw $0x00
  jmp exception

invalid_opcode:
  pushw $0x06

/* A fault returns to the instruction that caused it, so a program that does not handle it would
 * hang without a word. */
exception:
  movw %sp, %bp
  movw $exception_message, %si
  call print
  movb (%bp), %al
  call print_byte
  movw $at_message, %si
  call print
  movw 4(%bp), %ax
  call print_word
  movw $colon, %si
  call print
  movw 2(%bp), %ax
  call print_word
  movw $halted_message, %si
  call print
  cli
1: hlt
  jmp 1b

print_word:
  xchgb %al, %ah
  call print_byte
  xchgb %al, %ah
print_byte:
  pushw %ax
  shrb $4, %al
  call print_digit
  popw %ax
print_digit:
  pushaw
  andb $0x0f, %al
  cmpb $10, %al
  sbbb $0x69, %al
  das
  movb $0x0e, %ah
  movw $0x0007, %bx
  int $0x10
  popaw
  ret

exception_message: .asciz "\r\nException "
at_message: .asciz " at "
colon: .asciz ":"
halted_message: .asciz ", system halted\r\n"
