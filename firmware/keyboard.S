/* The keyboard: IRQ 1 turns scan codes into words in the BIOS data area's ring of sixteen, INT
 * 16h takes them out. A word is a scan code over an ASCII code. Keys behind the E0 prefix leave
 * E0 as their ASCII code, which the old functions 00h and 01h show as 00. */

#define SCAN_CTRL 0x1d
#define SCAN_LEFT_SHIFT 0x2a
#define SCAN_RIGHT_SHIFT 0x36
#define SCAN_ALT 0x38
#define SCAN_CAPS 0x3a
#define SCAN_NUM 0x45
#define SCAN_DELETE 0x53
#define SCAN_KEYPAD 0x47
#define SCAN_LAST 0x58
#define SCAN_ENTER 0x1c
#define SCAN_SLASH 0x35

irq1_keyboard:
  sti
  enter_service
  inb $KBC_DATA, %al
  call take_scancode
  cli
  movb $PIC_EOI, %al
  outb %al, $PIC1
  jmp leave_service

take_scancode:
  cmpb $0xe0, %al
  jne 1f
  orb $KEY_PREFIX_E0, BDA_KEY_PREFIX
  ret
1: movb BDA_KEY_PREFIX, %ah
  andb $~KEY_PREFIX_E0, BDA_KEY_PREFIX
  movb %al, %bl
  andb $0x7f, %bl
  movw $shift_keys, %si
2: movw %cs:(%si), %cx
  testb %cl, %cl
  jz 4f
  addw $2, %si
  cmpb %bl, %cl
  jne 2b
/* The E0 prefix turns the shift keys into padding around the grey keys. */
  testb $(SHIFT_LEFT | SHIFT_RIGHT), %ch
  jz 3f
  testb $KEY_PREFIX_E0, %ah
  jnz 9f
3: orb %ch, BDA_SHIFT
  testb $0x80, %al
  jz 9f
  xorb %ch, BDA_SHIFT
  ret
4: testb $0x80, %al
  jnz 9f
  cmpb $SCAN_CAPS, %al
  jne 5f
  xorb $SHIFT_CAPS, BDA_SHIFT
  ret
5: cmpb $SCAN_NUM, %al
  jne 6f
  xorb $SHIFT_NUM, BDA_SHIFT
  ret
6: cmpb $SCAN_LAST, %al
  ja 9f
  call check_restart
  call key_word
  testw %ax, %ax
  jnz store_key
9: ret

shift_keys:
  .byte SCAN_LEFT_SHIFT, SHIFT_LEFT
  .byte SCAN_RIGHT_SHIFT, SHIFT_RIGHT
  .byte SCAN_CTRL, SHIFT_CTRL
  .byte SCAN_ALT, SHIFT_ALT
  .byte 0, 0

/* Ctrl, Alt and Del start the machine anew. */
check_restart:
  cmpb $SCAN_DELETE, %al
  jne 1f
  movb BDA_SHIFT, %cl
  andb $(SHIFT_CTRL | SHIFT_ALT), %cl
  cmpb $(SHIFT_CTRL | SHIFT_ALT), %cl
  je restart
1: ret

restart:
  pushw $BDA_SEGMENT
  popw %ds
  movw $0x1234, BDA_WARM
  movb $0xfe, %al
  call kbc_command
1: hlt
  jmp 1b

/* AX = the word of key AL, prefix in AH, under the present shift keys; 0 for none. */
key_word:
  testb $KEY_PREFIX_E0, %ah
  jnz 5f
  movzbw %al, %si
  shlw $3, %si
  movb BDA_SHIFT, %cl
  testb $SHIFT_ALT, %cl
  jnz 3f
  testb $SHIFT_CTRL, %cl
  jnz 2f
  movw %cs:key_table(%si), %dx
  xorb %ch, %ch
  testb $(SHIFT_LEFT | SHIFT_RIGHT), %cl
  setnz %ch
/* Caps Lock turns the shift of letters around, Num Lock that of the keypad. */
  cmpb $SCAN_KEYPAD, %al
  jb 1f
  cmpb $SCAN_DELETE, %al
  ja 4f
  testb $SHIFT_NUM, %cl
  jz 4f
  xorb $1, %ch
  jmp 4f
1: cmpb $'a', %dl
  jb 4f
  cmpb $'z', %dl
  ja 4f
  testb $SHIFT_CAPS, %cl
  jz 4f
  xorb $1, %ch
4: movzbw %ch, %bx
  shlw $1, %bx
  movw %cs:key_table(%bx, %si), %ax
  ret
2: movw %cs:key_table + 4(%si), %ax
  ret
3: movw %cs:key_table + 6(%si), %ax
  ret
5: cmpb $SCAN_ENTER, %al
  jne 6f
  movw $0xe00d, %ax
  ret
6: cmpb $SCAN_SLASH, %al
  jne 7f
  movw $0xe02f, %ax
  ret
7: movb %al, %ah
  movb $0xe0, %al
  ret

/* AX into the ring; a key that finds it full is lost. */
store_key:
  movw BDA_KEY_TAIL, %bx
  movw %bx, %cx
  call next_key
  cmpw BDA_KEY_HEAD, %bx
  je 1f
  xchgw %bx, %cx
  movw %ax, (%bx)
  movw %cx, BDA_KEY_TAIL
1: ret

/* BX moves on in the ring. */
next_key:
  addw $2, %bx
  cmpw BDA_KEYS_LAST, %bx
  jb 1f
  movw BDA_KEYS_FIRST, %bx
1: ret

keyboard_service:
  enter_service
  movw $keyboard_functions, %si
  jmp dispatch

keyboard_functions:
  row 0x00, read_key
  row 0x01, peek_key
  row 0x02, read_shift
  row 0x10, read_extended_key
  row 0x11, peek_extended_key
  row 0xff, no_function

read_key:
  call take_key
  call old_key
  movw %ax, FRAME_AX
  ret

read_extended_key:
  call take_key
  movw %ax, FRAME_AX
  ret

/* Waits for a key with the processor halted. */
take_key:
  movw BDA_KEY_HEAD, %bx
  cmpw BDA_KEY_TAIL, %bx
  jne 1f
  sti
  hlt
  cli
  jmp take_key
1: movw (%bx), %ax
  call next_key
  movw %bx, BDA_KEY_HEAD
  ret

/* What the functions of the first PC show of a key: no prefix, and the keypad's scan codes as
 * the main keys'. */
old_key:
  cmpb $0xe0, %ah
  jne 2f
  movb $SCAN_ENTER, %ah
  cmpb $0x0d, %al
  je 1f
  movb $SCAN_SLASH, %ah
1: ret
2: cmpb $0xe0, %al
  jne 1b
  xorb %al, %al
  ret

peek_key:
  call look_at_key
  jz 1f
  call old_key
  movw %ax, FRAME_AX
1: ret

peek_extended_key:
  call look_at_key
  jz 1f
  movw %ax, FRAME_AX
1: ret

/* ZF here and in the caller's flags: no key; else AX is it. */
look_at_key:
  orb $FLAG_ZERO, FRAME_FLAGS
  movw BDA_KEY_HEAD, %bx
  cmpw BDA_KEY_TAIL, %bx
  je 1f
  andb $~FLAG_ZERO, FRAME_FLAGS
  movw (%bx), %ax
  testw %bx, %bx
1: ret

read_shift:
  movb BDA_SHIFT, %al
  movb %al, FRAME_AL
  ret
