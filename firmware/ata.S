/* ATA drives, polled: finding them at power-on and moving sectors. Every routine here takes the
 * drive's entry in our data area as DS:SI, DS being EBDA_SEGMENT. A disk with the geometry of a
 * floppy medium is presented as a floppy. */

#define ATA_ERROR 1
#define ATA_COUNT 2
#define ATA_LOW 3
#define ATA_DEVICE 6
#define ATA_STATUS 7
#define ATA_BUSY 0x80
#define ATA_FAULT 0x20
#define ATA_REQUEST 0x08
#define ATA_FAILED 0x01
#define ATA_NO_INTERRUPT 0x02
#define ATA_LBA 0x40
#define ATA_READ 0x20
#define ATA_READ_EXT 0x24
#define ATA_WRITE 0x30
#define ATA_IDENTIFY 0xec
#define ATA_ABORTED 0x04
#define ATA_NOT_FOUND 0x10
#define ATA_UNCORRECTABLE 0x40
#define ATA_PATIENCE 0x400000

#define IDENTIFY_CYLINDERS (EBDA_BUFFER + 2)
#define IDENTIFY_HEADS (EBDA_BUFFER + 6)
#define IDENTIFY_TRACK (EBDA_BUFFER + 12)
#define IDENTIFY_TOTAL28 (EBDA_BUFFER + 120)
#define IDENTIFY_COMMANDS2 (EBDA_BUFFER + 166)
#define IDENTIFY_TOTAL48 (EBDA_BUFFER + 200)

#define STATUS_BAD_COMMAND 0x01
#define STATUS_WRITE_PROTECTED 0x03
#define STATUS_NOT_FOUND 0x04
#define STATUS_BAD_DATA 0x10
#define STATUS_CONTROLLER 0x20
#define STATUS_TIMEOUT 0x80
#define STATUS_WRITE_FAULT 0xcc

#define IDE_FUNCTION 0x80000900
#define IDE_CLASS 0x0101
#define PCI_COMMAND 0x04
#define PCI_CLASS 0x0a
#define PCI_BASE4 0x20
#define BUS_MASTER_BASE 0xc000

/* The bus master registers of a PIIX's IDE function, device 1, function 1, at BUS_MASTER_BASE. Bus
 * mastering itself is for the system's driver to turn on. */
set_up_ide:
  movl $(IDE_FUNCTION | PCI_CLASS & ~3), %eax
  call pci_select
  movw $(PCI_DATA + PCI_CLASS % 4), %dx
  inw %dx, %ax
  cmpw $IDE_CLASS, %ax
  jne 1f
  movl $(IDE_FUNCTION | PCI_BASE4), %eax
  call pci_select
  movw $PCI_DATA, %dx
  movl $(BUS_MASTER_BASE | 1), %eax
  outl %eax, %dx
  movl $(IDE_FUNCTION | PCI_COMMAND), %eax
  call pci_select
  movw $PCI_DATA, %dx
  inw %dx, %ax
  orb $1, %al
  outw %ax, %dx
1: ret

find_disks:
  pushw $EBDA_SEGMENT
  popw %ds
  movw $EBDA_DRIVES, %si
  movw $ata_places, %bx
1: movw %cs:(%bx), %ax
  testw %ax, %ax
  jz 2f
  movw %ax, DRIVE_PORT(%si)
  movw %cs:2(%bx), %ax
  movw %ax, DRIVE_CONTROL(%si)
  movb %cs:4(%bx), %al
  movb %al, DRIVE_SELECT(%si)
  pushw %bx
  call identify
  jc 3f
  call register_drive
3: popw %bx
  addw $5, %bx
  addw $DRIVE_BYTES, %si
  jmp 1b
2: ret

ata_places:
  .word 0x1f0, 0x3f6
  .byte 0xa0
  .word 0x1f0, 0x3f6
  .byte 0xb0
  .word 0x170, 0x376
  .byte 0xa0
  .word 0x170, 0x376
  .byte 0xb0
  .word 0

/* The drive's IDENTIFY DEVICE data into EBDA_BUFFER. Carry: there is no such drive. */
identify:
  movb DRIVE_SELECT(%si), %al
  call select_drive
  call read_status
  testb %al, %al
  jz 1f
  cmpb $0x7f, %al
  je 1f
  cmpb $0xff, %al
  je 1f
  call wait_drive
  jc 1f
  movb $ATA_IDENTIFY, %al
  outb %al, %dx
  call wait_drive
  jc 1f
  testb $(ATA_FAILED | ATA_FAULT), %al
  jnz 1f
  testb $ATA_REQUEST, %al
  jz 1f
  pushw %ds
  popw %es
  movw $EBDA_BUFFER, %di
  movw DRIVE_PORT(%si), %dx
  movw $256, %cx
  rep insw
  call interrupts_on
  clc
  ret
1: stc
  ret

/* AL to the device register, with interrupts off and the 400 ns that a drive has to answer. */
select_drive:
  pushw %ax
  movw DRIVE_CONTROL(%si), %dx
  movb $ATA_NO_INTERRUPT, %al
  outb %al, %dx
  popw %ax
  movw DRIVE_PORT(%si), %dx
  addw $ATA_DEVICE, %dx
  outb %al, %dx
  movw DRIVE_CONTROL(%si), %dx
  inb %dx, %al
  inb %dx, %al
  inb %dx, %al
  inb %dx, %al
  ret

interrupts_on:
  movw DRIVE_CONTROL(%si), %dx
  xorb %al, %al
  outb %al, %dx
  ret

/* AL = status, DX = its port. */
read_status:
  movw DRIVE_PORT(%si), %dx
  addw $ATA_STATUS, %dx
  inb %dx, %al
  ret

/* Waits until the drive is not busy; AL and DX as read_status. Carry: it stays busy. */
wait_drive:
  pushl %ecx
  movl $ATA_PATIENCE, %ecx
1: call read_status
  testb $ATA_BUSY, %al
  jz 2f
  decl %ecx
  jnz 1b
  stc
2: popl %ecx
  ret

/* Geometry, size and number of the drive just identified. */
register_drive:
  movl IDENTIFY_TOTAL28, %eax
  testb $0x04, IDENTIFY_COMMANDS2 + 1
  jz 1f
  movl IDENTIFY_TOTAL48, %eax
  cmpl $0, IDENTIFY_TOTAL48 + 4
  je 1f
  movl $0xffffffff, %eax
1: movl %eax, DRIVE_TOTAL(%si)
  movw IDENTIFY_CYLINDERS, %cx
  movw IDENTIFY_HEADS, %bx
  movw IDENTIFY_TRACK, %dx
  movw $floppy_media, %di
2: cmpb $0, %cs:(%di)
  je 4f
  cmpb %cs:(%di), %cl
  jne 3f
  cmpb %cs:1(%di), %bl
  jne 3f
  cmpb %cs:2(%di), %dl
  jne 3f
  movb %cs:3(%di), %al
  movb %al, DRIVE_FLOPPY_TYPE(%si)
  call store_geometry
  jmp register_floppy
3: addw $4, %di
  jmp 2b
4: cmpw $1024, %cx
  ja 5f
  call store_geometry
  jmp register_hard_disk

/* More than 1,024 cylinders do not fit in INT 13h: as many heads as it takes, of 63 sectors. */
5: movw $16, %bx
6: shlw $1, %bx
  cmpw $256, %bx
  jb 7f
  movw $255, %bx
7: movl DRIVE_TOTAL(%si), %eax
  xorl %edx, %edx
  movzwl %bx, %ecx
  imull $63, %ecx, %ecx
  divl %ecx
  cmpl $1024, %eax
  jbe 8f
  cmpw $255, %bx
  jne 6b
  movl $1024, %eax
8: movw %ax, %cx
  movw $63, %dx
  call store_geometry
  jmp register_hard_disk

store_geometry:
  movw %cx, DRIVE_CYLINDERS(%si)
  movw %bx, DRIVE_HEADS(%si)
  movw %dx, DRIVE_TRACK(%si)
  ret

/* Cylinders, heads, sectors of a track, and the drive type of INT 13h AH=08. */
floppy_media:
  .byte 80, 2, 18, 4
  .byte 80, 2, 9, 3
  .byte 80, 2, 15, 2
  .byte 80, 2, 36, 5
  .byte 40, 2, 9, 1
  .byte 40, 2, 8, 1
  .byte 40, 1, 9, 1
  .byte 40, 1, 8, 1
  .byte 0

register_floppy:
  movzbw EBDA_FLOPPY_COUNT, %bx
  cmpw $2, %bx
  jae 1f
  movw %si, %ax
  movb %al, EBDA_FLOPPIES(%bx)
  incb EBDA_FLOPPY_COUNT
  pushw $BDA_SEGMENT
  popw %es
  movzbw %bl, %ax
  shlw $6, %ax
  orw $0x0001, %ax
  orw %ax, %es:BDA_EQUIPMENT
1: ret

register_hard_disk:
  pushw $BDA_SEGMENT
  popw %es
  movzbw %es:BDA_DISK_COUNT, %bx
  movw %si, %ax
  movb %al, EBDA_HARD_DISKS(%bx)
  incb %es:BDA_DISK_COUNT
  ret

/* Moves CX sectors from sector EAX on, to or from ES:DI with DI < 16; BL is 0 to read, 1 to
 * write, 2 to read one over the other for a check. Gives AH = status, CX = sectors not moved.
 * Changes EAX, BH, DX, DI, ES. */
move_sectors:
  movb $STATUS_NOT_FOUND, %dl
  pushl %eax
  pushl %ecx
  movzwl %cx, %ecx
  addl %ecx, %eax
  jc 1f
  cmpl %eax, DRIVE_TOTAL(%si)
1: popl %ecx
  popl %eax
  jc 7f
  call start_command
  movb $STATUS_TIMEOUT, %dl
  jc 7f
  xorb %bh, %bh
2: call wait_drive
  jc 6f
  testb $(ATA_FAILED | ATA_FAULT), %al
  jnz 5f
  jcxz 4f
  testb $ATA_REQUEST, %al
  jz 5f
  pushw %cx
  movw $256, %cx
  movw DRIVE_PORT(%si), %dx
  cmpb $1, %bl
  je 3f
  rep insw
  jmp 8f
3: pushw %si
  pushw %ds
  movw %di, %si
  pushw %es
  popw %ds
  rep outsw
  popw %ds
  popw %si
  addw $512, %di
8: popw %cx
  subw $512, %di
  cmpb $2, %bl
  je 9f
  movw %es, %ax
  addw $0x20, %ax
  movw %ax, %es
9: decw %cx
  movb %bl, %bh
  movw DRIVE_CONTROL(%si), %dx
  inb %dx, %al
  jmp 2b
4: call interrupts_on
  xorb %ah, %ah
  ret
5: call drive_error
  jmp 10f
6: movb $STATUS_TIMEOUT, %ah
/* A write that fails does so after its sector was sent. */
10: cmpb $1, %bh
  jne 11f
  incw %cx
11: pushw %ax
  call interrupts_on
  popw %ax
  ret
7: movb %dl, %ah
  ret

/* Task file and command for CX sectors at EAX. Carry: the drive stays busy. Keeps ECX and BX. */
start_command:
  pushl %eax
  movb DRIVE_SELECT(%si), %al
  call select_drive
  call wait_drive
  popl %eax
  jc 2f
  movw DRIVE_PORT(%si), %dx
  addw $ATA_COUNT, %dx
  cmpl $0x0fffff00, %eax
  jae 3f
  xchgb %al, %cl
  outb %al, %dx
  xchgb %al, %cl
  incw %dx
  outb %al, %dx
  shrl $8, %eax
  incw %dx
  outb %al, %dx
  shrl $8, %eax
  incw %dx
  outb %al, %dx
  shrl $8, %eax
  orb DRIVE_SELECT(%si), %al
  orb $ATA_LBA, %al
  incw %dx
  outb %al, %dx
  movb $ATA_READ, %al
1: cmpb $1, %bl
  jne 4f
  addb $(ATA_WRITE - ATA_READ), %al
4: incw %dx
  outb %al, %dx
  movw DRIVE_CONTROL(%si), %dx
  inb %dx, %al
  clc
2: ret

/* Past 128 GiB: each register takes its high byte first. */
3: pushl %eax
  shrl $24, %eax
  pushw %ax
  xorb %al, %al
  outb %al, %dx
  popw %ax
  incw %dx
  outb %al, %dx
  xorb %al, %al
  incw %dx
  outb %al, %dx
  incw %dx
  outb %al, %dx
  subw $3, %dx
  movb %cl, %al
  outb %al, %dx
  popl %eax
  incw %dx
  outb %al, %dx
  shrl $8, %eax
  incw %dx
  outb %al, %dx
  shrl $8, %eax
  incw %dx
  outb %al, %dx
  movb DRIVE_SELECT(%si), %al
  orb $ATA_LBA, %al
  incw %dx
  outb %al, %dx
  movb $ATA_READ_EXT, %al
  jmp 1b

/* AH = what INT 13h says of the drive's error register. AL is the status. Bit 6 means write
 * protected beside "aborted", else that the sector cannot be read. */
drive_error:
  movb $STATUS_WRITE_FAULT, %ah
  testb $ATA_FAULT, %al
  jnz 1f
  movw DRIVE_PORT(%si), %dx
  incw %dx
  inb %dx, %al
  movb $STATUS_NOT_FOUND, %ah
  testb $ATA_NOT_FOUND, %al
  jnz 1f
  movb $STATUS_WRITE_PROTECTED, %ah
  andb $(ATA_UNCORRECTABLE | ATA_ABORTED), %al
  cmpb $(ATA_UNCORRECTABLE | ATA_ABORTED), %al
  je 1f
  movb $STATUS_BAD_DATA, %ah
  testb $ATA_UNCORRECTABLE, %al
  jnz 1f
  movb $STATUS_CONTROLLER, %ah
1: ret
