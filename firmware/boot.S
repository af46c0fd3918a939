/* INT 19h: the first drive with a boot signature is started, floppies before hard disks: its
 * first sector goes to 0000:7C00 with the drive's number in DL. INT 18h: nothing could be
 * started; the tick stops, so that the machine sleeps until a key starts it anew. */

#define BOOT_ADDRESS 0x7c00
#define BOOT_SIGNATURE 0xaa55

boot_service:
  cli
  cld
  xorw %ax, %ax
  movw %ax, %ss
  movw $BOOT_ADDRESS, %sp
  movw %ax, %ds
  sti
  movb $POST_BOOT, %al
  outb %al, $PORT_POST
  xorb %dl, %dl
1: call try_boot
  incb %dl
  cmpb $2, %dl
  jb 1b
  movb $0x80, %dl
2: call try_boot
  incb %dl
  cmpb $0x84, %dl
  jb 2b
  int $0x18

/* Returns when drive DL is not there, cannot be read or has no signature. */
try_boot:
  pushw %dx
  xorw %ax, %ax
  movw %ax, %es
  movw $BOOT_ADDRESS, %bx
  movw $0x0201, %ax
  movw $0x0001, %cx
  xorb %dh, %dh
  int $0x13
  popw %dx
  jc 1f
  cmpw $BOOT_SIGNATURE, %es:BOOT_ADDRESS + 510
  jne 1f
  addw $2, %sp
  movzbl %dl, %edx
  xorl %eax, %eax
  xorl %ebx, %ebx
  xorl %ecx, %ecx
  xorl %esi, %esi
  xorl %edi, %edi
  xorl %ebp, %ebp
  movw %ax, %ds
  ljmp $0, $BOOT_ADDRESS
1: ret

no_boot:
  movb $0x34, %al
  outb %al, $PIT_CONTROL
  sti
  movb $POST_NO_BOOT, %al
  outb %al, $PORT_POST
  movw $no_boot_message, %si
  call print
  xorb %ah, %ah
  int $0x16
  jmp restart

no_boot_message: .asciz "No bootable device. Press a key to start again.\r\n"
