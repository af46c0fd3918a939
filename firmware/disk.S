/* INT 13h: disks as cylinders, heads and sectors, and as numbered sectors (the extensions 41h,
 * 42h, 48h). Drives are numbered from 00h for floppies and from 80h for hard disks. Every
 * function answers with a status in AH, the carry flag for a failure, and leaves the status
 * where function 01h finds it. */

#define EXTENSIONS_VERSION 0x21
#define EXTENSIONS_DISK_ACCESS 0x0001
#define SECTORS_MAX 128
#define PACKET_COUNT 2
#define PACKET_OFFSET 4
#define PACKET_SEGMENT 6
#define PACKET_SECTOR 8
#define PARAMETERS_BYTES 0x1a

disk_service:
  enter_service
  pushw $EBDA_SEGMENT
  popw %ds
  call find_drive
  jc 1f
  movw $disk_functions, %si
  jmp dispatch
1: movw $absent_functions, %si
  jmp dispatch

disk_functions:
  row 0x00, disk_reset
  row 0x01, disk_last_status
  row 0x02, disk_read
  row 0x03, disk_write
  row 0x04, disk_verify
  row 0x08, disk_parameters
  row 0x15, disk_type
  row 0x41, extensions_present
  row 0x42, extended_read
  row 0x48, extended_parameters
  row 0xff, disk_bad_command

/* Of a drive that is not there. */
absent_functions:
  row 0x01, disk_last_status
  row 0x15, absent_type
  row 0xff, disk_bad_command

/* DI = entry of drive DL. Carry: there is none. */
find_drive:
  movzbw %dl, %di
  testb $0x80, %dl
  jnz 1f
  cmpb EBDA_FLOPPY_COUNT, %dl
  jae 2f
  movzbw EBDA_FLOPPIES(%di), %di
  clc
  ret
1: pushw $BDA_SEGMENT
  popw %es
  andw $0x7f, %di
  movw %di, %cx
  cmpb %es:BDA_DISK_COUNT, %cl
  movw FRAME_CX, %cx
  jae 2f
  movzbw EBDA_HARD_DISKS(%di), %di
  clc
  ret
2: stc
  ret

/* Ends a function with status AH. */
disk_done:
  movb %ah, FRAME_AH
  pushw $BDA_SEGMENT
  popw %ds
  testb $0x80, FRAME_DL
  jnz 1f
  movb %ah, BDA_FLOPPY_STATUS
  jmp 2f
1: movb %ah, BDA_DISK_STATUS
2: call clear_carry
  testb %ah, %ah
  jz 3f
  call set_carry
3: ret

disk_bad_command:
  movb $STATUS_BAD_COMMAND, %ah
  jmp disk_done

disk_reset:
  xorb %ah, %ah
  jmp disk_done

disk_last_status:
  pushw $BDA_SEGMENT
  popw %ds
  movb BDA_DISK_STATUS, %ah
  testb $0x80, %dl
  jnz disk_done
  movb BDA_FLOPPY_STATUS, %ah
  jmp disk_done

disk_read:
  movb $0, %bl
  jmp move_by_place
disk_write:
  movb $1, %bl
  jmp move_by_place
disk_verify:
  movb $2, %bl

/* AL sectors at cylinder CH and CL's upper bits, head DH, sector CL's lower bits; buffer ES:BX. */
move_by_place:
  movw %di, %si
  movb FRAME_AL, %al
  testb %al, %al
  jz disk_bad_command
  cmpb $SECTORS_MAX, %al
  ja disk_bad_command
  call sector_of_place
  jc disk_bad_command
  cmpb $2, %bl
  je 1f
  movw FRAME_ES, %dx
  movw FRAME_BX, %di
  call normalize
  jmp 2f
/* A check reads into our buffer. */
1: movw $(EBDA_SEGMENT + EBDA_BUFFER / 16), %dx
  movw %dx, %es
  xorw %di, %di
2: movzbw FRAME_AL, %cx
  call move_sectors
  subb %cl, FRAME_AL
  jmp disk_done

/* EAX = the sector that the caller's CX and DH name on drive SI. Carry: there is none. */
sector_of_place:
  pushw %cx
  movzbw FRAME_CL, %ax
  movw %ax, %cx
  andw $0x3f, %cx
  jz 1f
  cmpw DRIVE_TRACK(%si), %cx
  ja 1f
  shlw $2, %ax
  movb FRAME_CH, %al
  cmpw DRIVE_CYLINDERS(%si), %ax
  jae 1f
  movzbw FRAME_DH, %dx
  cmpw DRIVE_HEADS(%si), %dx
  jae 1f
  movzwl %ax, %eax
  movzwl %dx, %edx
  pushl %edx
  movzwl DRIVE_HEADS(%si), %edx
  imull %edx, %eax
  popl %edx
  addl %edx, %eax
  movzwl DRIVE_TRACK(%si), %edx
  imull %edx, %eax
  movzwl %cx, %ecx
  leal -1(%eax, %ecx), %eax
  popw %cx
  clc
  ret
1: popw %cx
  stc
  ret

/* ES:DI = DX:DI with the least offset. */
normalize:
  pushw %di
  shrw $4, %di
  addw %di, %dx
  movw %dx, %es
  popw %di
  andw $0x0f, %di
  ret

disk_parameters:
  movw DRIVE_CYLINDERS(%di), %ax
  decw %ax
  movb %al, FRAME_CH
  shlb $6, %ah
  movb DRIVE_TRACK(%di), %al
  orb %ah, %al
  movb %al, FRAME_CL
  movb DRIVE_HEADS(%di), %al
  decb %al
  movb %al, FRAME_DH
  movb $0, FRAME_AL
  testb $0x80, FRAME_DL
  jz 1f
  pushw $BDA_SEGMENT
  popw %es
  movb %es:BDA_DISK_COUNT, %al
  movb %al, FRAME_DL
/* The status belongs to hard disks, whatever the count is. */
  movw %es, %ax
  movw %ax, %ds
  movb $0, BDA_DISK_STATUS
  movb $0, FRAME_AH
  jmp clear_carry
1: movb EBDA_FLOPPY_COUNT, %al
  movb %al, FRAME_DL
  movzbw DRIVE_FLOPPY_TYPE(%di), %ax
  movw %ax, FRAME_BX
  movw $ROM_SEGMENT, FRAME_ES
  movw $floppy_parameters, FRAME_DI
  xorb %ah, %ah
  jmp disk_done

/* AH = 1 for a floppy without change line, 3 for a hard disk with CX:DX sectors. Not a status. */
disk_type:
  call clear_carry
  movb $1, FRAME_AH
  testb $0x80, FRAME_DL
  jz 1f
  movb $3, FRAME_AH
  movzwl DRIVE_CYLINDERS(%di), %eax
  movzwl DRIVE_HEADS(%di), %ecx
  imull %ecx, %eax
  movzwl DRIVE_TRACK(%di), %ecx
  imull %ecx, %eax
  movw %ax, FRAME_DX
  shrl $16, %eax
  movw %ax, FRAME_CX
1: ret

absent_type:
  movb $0, FRAME_AH
  jmp set_carry

extensions_present:
  testb $0x80, %dl
  jz disk_bad_command
  cmpw $0x55aa, %bx
  jne disk_bad_command
  movw $0xaa55, FRAME_BX
  movw $EXTENSIONS_DISK_ACCESS, FRAME_CX
  movb $EXTENSIONS_VERSION, FRAME_AH
  jmp clear_carry

/* The disk address packet at DS:SI says what and where. */
extended_read:
  testb $0x80, %dl
  jz disk_bad_command
  movw FRAME_DS, %es
  movw FRAME_SI, %bx
  cmpb $16, %es:(%bx)
  jb disk_bad_command
  movw %es:PACKET_COUNT(%bx), %cx
  cmpw $SECTORS_MAX, %cx
  ja disk_bad_command
  cmpl $0, %es:PACKET_SECTOR + 4(%bx)
  jne disk_bad_command
  movl %es:PACKET_SECTOR(%bx), %eax
  movw %di, %si
  movw %es:PACKET_OFFSET(%bx), %di
  movw %es:PACKET_SEGMENT(%bx), %dx
  call normalize
  pushw %cx
  xorb %bl, %bl
  testw %cx, %cx
  jz 1f
  call move_sectors
  jmp 2f
1: xorb %ah, %ah
2: popw %dx
  subw %cx, %dx
  movw FRAME_DS, %es
  movw FRAME_SI, %bx
  movw %dx, %es:PACKET_COUNT(%bx)
  jmp disk_done

extended_parameters:
  testb $0x80, %dl
  jz disk_bad_command
  movw FRAME_DS, %es
  movw FRAME_SI, %bx
  cmpw $PARAMETERS_BYTES, %es:(%bx)
  jb disk_bad_command
  movw $PARAMETERS_BYTES, %es:(%bx)
  movw $0x0002, %es:2(%bx)
  movzwl DRIVE_CYLINDERS(%di), %eax
  movl %eax, %es:4(%bx)
  movzwl DRIVE_HEADS(%di), %eax
  movl %eax, %es:8(%bx)
  movzwl DRIVE_TRACK(%di), %eax
  movl %eax, %es:12(%bx)
  movl DRIVE_TOTAL(%di), %eax
  movl %eax, %es:16(%bx)
  movl $0, %es:20(%bx)
  movw $512, %es:24(%bx)
  xorb %ah, %ah
  jmp disk_done

/* The diskette parameter table that vector 1Eh points at, for 1.44 MB. */
floppy_parameters:
  .byte 0xaf, 0x02, 0x25, 0x02, 18, 0x1b, 0xff, 0x6c, 0xf6, 0x0f, 0x08
