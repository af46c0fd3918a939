/* Power-on self test: memory first, since nothing can call before it has a stack; then each
 * device, with a code on port 80h before its check. A device that fails is named on the screen
 * and on COM1, and the machine stops. */

post:
  cli
  cld
  movb $POST_START, %al
  outb %al, $PORT_POST
  movl %cr0, %eax
  andl $~CR0_NO_CACHE, %eax
  movl %eax, %cr0
  movb $POST_MEMORY, %al
  outb %al, $PORT_POST

/* Two patterns in one word of each 4 KiB below 640 KiB. Memory keeps its contents. */
  xorw %ax, %ax
1: movw %ax, %ds
  movw 0x7f0, %dx
  movw $0x55aa, 0x7f0
  movw $0xaa55, 0x7f2
  cmpw $0x55aa, 0x7f0
  jne memory_failed
  notw 0x7f0
  cmpw $0xaa55, 0x7f0
  jne memory_failed
  movw %dx, 0x7f0
  addw $0x100, %ax
  cmpw $0xa000, %ax
  jb 1b

  xorw %ax, %ax
  movw %ax, %ss
  movw $0x7c00, %sp
  call set_up_data
  call set_up_vectors
  call set_up_pic
  movb $POST_VIDEO, %al
  outb %al, $PORT_POST
  call set_up_video
  movb $POST_SERIAL, %al
  outb %al, $PORT_POST
  call set_up_serial
  call check_cmos
  call check_pic
  call check_pit
  call check_keyboard
  movb $POST_PCI, %al
  outb %al, $PORT_POST
  call set_up_pci
  call set_up_clock
  call set_up_tables
  sti
  movb $POST_DISKS, %al
  outb %al, $PORT_POST
  call find_disks
  call a20_off
  int $0x19

/* Without a stack there is only the port, and the screen by hand. */
memory_failed:
  movb $(POST_FAILED + POST_MEMORY / 16), %al
  outb %al, $PORT_POST
  movw $TEXT_SEGMENT, %ax
  movw %ax, %es
  xorw %di, %di
  movw $memory_message, %si
  movb $0x07, %ah
1: movb %cs:(%si), %al
  testb %al, %al
  jz 2f
  stosw
  incw %si
  jmp 1b
2: hlt
  jmp 2b

/* The check whose code is in AL failed; SI names the device. */
post_failed:
  cli
  shrb $4, %al
  addb $POST_FAILED, %al
  outb %al, $PORT_POST
  pushw %si
  movw $failed_message, %si
  call print
  popw %si
  call print
  movw $line_end, %si
  call print
1: hlt
  jmp 1b

/* The BIOS data area and ours, zeroed but for what is known already. The warm start flag
 * survives. */
set_up_data:
  pushw $BDA_SEGMENT
  popw %es
  movw %es:BDA_WARM, %bx
  xorw %di, %di
  xorw %ax, %ax
  movw $0x80, %cx
  rep stosw
  movw %bx, %es:BDA_WARM
  movw $EBDA_SEGMENT, %es:BDA_EBDA
  movw $BASE_MEMORY_KIB, %es:BDA_MEMORY
  movw $BDA_KEYS, %es:BDA_KEY_HEAD
  movw $BDA_KEYS, %es:BDA_KEY_TAIL
  movw $BDA_KEYS, %es:BDA_KEYS_FIRST
  movw $BDA_KEYS_END, %es:BDA_KEYS_LAST
  movw $0x0022, %es:BDA_EQUIPMENT /* FPU, 80x25 in colour */
  pushw $EBDA_SEGMENT
  popw %es
  xorw %di, %di
  movw $0x200, %cx
  rep stosw
  movb $1, %es:EBDA_SIZE_KIB
  ret

/* The CMOS memory must hold what is written, and its battery must have held. */
check_cmos:
  movb $POST_CMOS, %al
  outb %al, $PORT_POST
  movb $CMOS_SCRATCH, %al
  call read_cmos
  movb %al, %bl
  movw $0xaa55, %cx
1: movb %cl, %ah
  movb $CMOS_SCRATCH, %al
  call write_cmos
  movb $CMOS_SCRATCH, %al
  call read_cmos
  cmpb %cl, %al
  jne 2f
  xchgb %cl, %ch
  cmpb $0x55, %cl
  jne 1b
  movb %bl, %ah
  movb $CMOS_SCRATCH, %al
  call write_cmos
  movb $CMOS_D, %al
  call read_cmos
  testb $0x80, %al
  jz 2f
  ret
2: movb $POST_CMOS, %al
  movw $cmos_name, %si
  jmp post_failed

/* The interrupt controllers: vectors 08h and 70h, everything masked. Before this an interrupt would
 * come as whatever vector the controllers woke up with. */
set_up_pic:
  movb $0x11, %al
  outb %al, $PIC1
  outb %al, $PIC2
  movb $0x08, %al
  outb %al, $PIC1_DATA
  movb $0x70, %al
  outb %al, $PIC2_DATA
  movb $0x04, %al
  outb %al, $PIC1_DATA
  movb $0x02, %al
  outb %al, $PIC2_DATA
  movb $0x01, %al
  outb %al, $PIC1_DATA
  outb %al, $PIC2_DATA
  movb $0xff, %al
  outb %al, $PIC1_DATA
  outb %al, $PIC2_DATA
  ret

/* The mask registers must hold what is written. In the end the timer, the keyboard and the cascade
 * are unmasked. */
check_pic:
  movb $POST_PIC, %al
  outb %al, $PORT_POST
  movb $0xa5, %al
  outb %al, $PIC1_DATA
  notb %al
  outb %al, $PIC2_DATA
  inb $PIC1_DATA, %al
  cmpb $0xa5, %al
  jne 1f
  inb $PIC2_DATA, %al
  cmpb $0x5a, %al
  jne 1f
  movb $0xf8, %al
  outb %al, $PIC1_DATA
  movb $0xff, %al
  outb %al, $PIC2_DATA
  ret
1: movb $POST_PIC, %al
  movw $pic_name, %si
  jmp post_failed

/* Timer channel 0: square waves of 65,536 clocks. Its status must say so, and its count must
 * move. */
check_pit:
  movb $POST_PIT, %al
  outb %al, $PORT_POST
  movb $0x36, %al
  outb %al, $PIT_CONTROL
  xorb %al, %al
  outb %al, $PIT_CHANNEL0
  outb %al, $PIT_CHANNEL0
  movb $0xe2, %al
  outb %al, $PIT_CONTROL
  inb $PIT_CHANNEL0, %al
  andb $0x3f, %al
  cmpb $0x36, %al
  jne 2f
  call read_pit
  movw %ax, %bx
  movw $0xffff, %cx
1: call read_pit
  cmpw %bx, %ax
  loope 1b
  je 2f
  ret
2: movb $POST_PIT, %al
  movw $pit_name, %si
  jmp post_failed

read_pit:
  xorb %al, %al
  outb %al, $PIT_CONTROL
  inb $PIT_CHANNEL0, %al
  movb %al, %ah
  inb $PIT_CHANNEL0, %al
  xchgb %al, %ah
  ret

/* The keyboard controller's self test; then translated scan codes with interrupts, and the
 * keyboard reset. A machine without a keyboard starts all the same. */
check_keyboard:
  movb $POST_KEYBOARD, %al
  outb %al, $PORT_POST
1: inb $KBC_STATUS, %al
  cmpb $0xff, %al
  je 2f
  testb $KBC_HAS_OUTPUT, %al
  jz 3f
  inb $KBC_DATA, %al
  jmp 1b
3: movb $0xaa, %al
  call kbc_command
  jc 2f
  call kbc_read
  jc 2f
  cmpb $0x55, %al
  jne 2f
  movb $0xab, %al
  call kbc_command
  call kbc_read
  jc 2f
  testb %al, %al
  jnz 2f
  movb $0x60, %al
  call kbc_command
  movb $0x64, %al /* translation, passed self test, no auxiliary port, no interrupts yet */
  call kbc_write
  movb $0xff, %al
  call kbc_write
  call kbc_read
  call kbc_read
  movb $0x60, %al
  call kbc_command
  movb $0x65, %al
  call kbc_write
  ret
2: movb $POST_KEYBOARD, %al
  movw $keyboard_name, %si
  jmp post_failed

/* AL to the controller's command port. Carry: it would not take it. Keeps all but AH and CX. */
kbc_command:
  call kbc_wait
  jc 1f
  outb %al, $KBC_STATUS
1: ret

kbc_write:
  call kbc_wait
  jc 1f
  outb %al, $KBC_DATA
1: ret

kbc_wait:
  movb %al, %ah
  movw $0xffff, %cx
1: inb $KBC_STATUS, %al
  testb $KBC_HAS_INPUT, %al
  loopnz 1b
  movb %ah, %al
  jnz 2f
  clc
  ret
2: stc
  ret

/* AL from the controller; carry: nothing came in about 50 ms. */
kbc_read:
  pushl %ecx
  movl $0x20000, %ecx
1: inb $KBC_STATUS, %al
  testb $KBC_HAS_OUTPUT, %al
  jnz 2f
  decl %ecx
  jnz 1b
  popl %ecx
  stc
  ret
2: popl %ecx
  inb $KBC_DATA, %al
  clc
  ret

/* Serial ports whose scratch register holds, at 115,200 baud, 8N1. */
set_up_serial:
  pushw $BDA_SEGMENT
  popw %ds
  movw $BDA_COM, %di
  movw $0x3f8, %dx
  call set_up_uart
  movw $0x2f8, %dx
set_up_uart:
  addw $7, %dx
  movb $0x5a, %al
  outb %al, %dx
  inb %dx, %al
  cmpb $0x5a, %al
  jne 1f
  subw $4, %dx
  movb $0x80, %al
  outb %al, %dx
  subw $3, %dx
  movb $1, %al
  outb %al, %dx
  incw %dx
  xorb %al, %al
  outb %al, %dx
  addw $2, %dx
  movb $0x03, %al
  outb %al, %dx
  subw $2, %dx
  xorb %al, %al
  outb %al, %dx
  addw $3, %dx
  movb $0x03, %al
  outb %al, %dx
  subw $4, %dx
  movw %dx, (%di)
  addw $2, %di
  addw $0x200, BDA_EQUIPMENT
1: ret

/* Power management of a PIIX4, device 1, function 3, at POWER_BASE. */
set_up_pci:
  movl $0x80000b00, %ebx
  movl %ebx, %eax
  call pci_select
  movw $PCI_DATA, %dx
  inl %dx, %eax
  cmpl $0x71138086, %eax
  jne 1f
  leal 0x40(%ebx), %eax
  call pci_select
  movl $(POWER_BASE | 1), %eax
  movw $PCI_DATA, %dx
  outl %eax, %dx
  leal 0x80(%ebx), %eax
  call pci_select
  movw $PCI_DATA, %dx
  inb %dx, %al
  orb $1, %al
  outb %al, %dx
  leal 0x04(%ebx), %eax
  call pci_select
  movw $PCI_DATA, %dx
  inw %dx, %ax
  orb $1, %al
  outw %ax, %dx
  movw $(POWER_BASE + 4), %dx
  movw $1, %ax /* SCI_EN: what is described is always in ACPI mode */
  outw %ax, %dx
1: jmp set_up_ide

pci_select:
  movw $PCI_ADDRESS, %dx
  outl %eax, %dx
  ret

/* AL = CMOS register AL; and AH into register AL. Index bit 7 would mask NMI. */
read_cmos:
  outb %al, $CMOS_INDEX
  inb $CMOS_DATA, %al
  ret

write_cmos:
  outb %al, $CMOS_INDEX
  movb %ah, %al
  outb %al, $CMOS_DATA
  ret

/* Prints the text at CS:SI, zero-terminated, on the screen and COM1. */
print:
  pushaw
1: movb %cs:(%si), %al
  testb %al, %al
  jz 2f
  incw %si
  movb $0x0e, %ah
  movw $0x0007, %bx
  int $0x10
  jmp 1b
2: popaw
  ret

memory_message: .asciz "POST failure: memory"
failed_message: .asciz "POST failure: "
cmos_name: .asciz "CMOS memory or clock"
pic_name: .asciz "interrupt controller"
pit_name: .asciz "timer"
keyboard_name: .asciz "keyboard controller"
line_end: .asciz "\r\n"
