/* INT 10h on an 80x25 text screen. Characters written as on a teletype go to COM1 too, so that a
 * serial line shows what the screen does. Modes 0..3 and 7 all are mode 3. The services leave
 * every register but their results alone. */

#define COLUMNS 80
#define ROWS 25
#define PAGE_BYTES 4096
#define BLANK 0x0720
#define CRTC_CURSOR_START 0x0a
#define CRTC_START 0x0c
#define CRTC_CURSOR 0x0e

set_up_video:
  movw $0x0003, %ax
  int $0x10
  ret

video_service:
  enter_service
  movw $video_functions, %si
  jmp dispatch

video_functions:
  row 0x00, set_mode
  row 0x01, set_cursor_shape
  row 0x02, set_cursor_place
  row 0x03, get_cursor
  row 0x05, set_page
  row 0x06, scroll_up
  row 0x07, scroll_down
  row 0x08, read_cell
  row 0x09, write_cells
  row 0x0a, write_characters
  row 0x0e, teletype
  row 0x0f, get_mode
  row 0x13, write_string
  row 0xff, no_function

no_function:
  ret

set_mode:
  movb %al, %bl
  movb $3, BDA_VIDEO_MODE
  movw $COLUMNS, BDA_COLUMNS
  movw $PAGE_BYTES, BDA_PAGE_SIZE
  movw $CRTC_PORT, BDA_CRTC
  movb $(ROWS - 1), BDA_ROWS
  movw $16, BDA_FONT_HEIGHT
  movw $0x0607, BDA_CURSOR_SHAPE
  pushw %ds
  popw %es
  movw $BDA_CURSORS, %di
  xorw %ax, %ax
  movw $8, %cx
  rep stosw
  testb $0x80, %bl
  jnz 1f
  movw $TEXT_SEGMENT, %ax
  movw %ax, %es
  xorw %di, %di
  movw $BLANK, %ax
  movw $0x4000, %cx
  rep stosw
1: movw $(0x0d00 | CRTC_CURSOR_START), %ax
  movw $CRTC_PORT, %dx
  outw %ax, %dx
  movw $(0x0e00 | (CRTC_CURSOR_START + 1)), %ax
  outw %ax, %dx
  xorb %al, %al
  jmp show_page

set_cursor_shape:
  movw %cx, BDA_CURSOR_SHAPE
  movw $CRTC_PORT, %dx
  movb $CRTC_CURSOR_START, %al
  movb %ch, %ah
/* Shapes are in lines of an 8 line font; ours has 16. */
  testb $0x20, %ch
  jnz 1f
  cmpb $8, %cl
  jae 1f
  shlb $1, %ah
  shlb $1, %cl
  incb %cl
1: outw %ax, %dx
  incb %al
  movb %cl, %ah
  outw %ax, %dx
  ret

set_cursor_place:
/* The cursor of page BH to row DH, column DL; on the page shown, the screen's too. */
move_cursor:
  pushaw
  movzbw %bh, %di
  andw $7, %di
  shlw $1, %di
  movw %dx, BDA_CURSORS(%di)
  cmpb BDA_PAGE, %bh
  jne 1f
  call show_cursor
1: popaw
  ret

/* Programs the CRTC for the cursor at row DH, column DL of the page shown. */
show_cursor:
  movzbw %dh, %ax
  imulw $COLUMNS, %ax, %ax
  movzbw %dl, %cx
  addw %cx, %ax
  movw BDA_PAGE_OFFSET, %cx
  shrw $1, %cx
  addw %cx, %ax
  movw %ax, %bx
  movw $CRTC_PORT, %dx
  movb $CRTC_CURSOR, %al
  movb %bh, %ah
  outw %ax, %dx
  incb %al
  movb %bl, %ah
  outw %ax, %dx
  ret

get_cursor:
  movzbw %bh, %di
  andw $7, %di
  shlw $1, %di
  movw BDA_CURSORS(%di), %ax
  movw %ax, FRAME_DX
  movw BDA_CURSOR_SHAPE, %ax
  movw %ax, FRAME_CX
  ret

set_page:
  cmpb $7, %al
  jbe show_page
  ret

/* Shows page AL. */
show_page:
  movb %al, BDA_PAGE
  movzbw %al, %di
  movw %di, %bx
  shlw $12, %bx
  movw %bx, BDA_PAGE_OFFSET
  shrw $1, %bx
  movw $CRTC_PORT, %dx
  movb $CRTC_START, %al
  movb %bh, %ah
  outw %ax, %dx
  incb %al
  movb %bl, %ah
  outw %ax, %dx
  shlw $1, %di
  movw BDA_CURSORS(%di), %dx
  jmp show_cursor

get_mode:
  movb BDA_VIDEO_MODE, %al
  movb BDA_COLUMNS, %ah
  movw %ax, FRAME_AX
  movb BDA_PAGE, %al
  movb %al, FRAME_BH
  ret

/* ES:DI = the cell of page BH at row DH, column DL. Changes AX. */
cell_address:
  movw $TEXT_SEGMENT, %ax
  movw %ax, %es
  movzbw %dh, %di
  imulw $COLUMNS, %di, %di
  movzbw %dl, %ax
  addw %ax, %di
  shlw $1, %di
  movzbw %bh, %ax
  andw $7, %ax
  shlw $12, %ax
  addw %ax, %di
  ret

/* ES:DI = the cell at page BH's cursor, DX = the cursor. Changes AX. */
cursor_address:
  movzbw %bh, %di
  andw $7, %di
  shlw $1, %di
  movw BDA_CURSORS(%di), %dx
  jmp cell_address

/* Scrolls the window CH,CL..DH,DL of the page shown by AL rows; 0 clears it. Rows that open are
 * blank in attribute BH. */
scroll_up:
  call clip_window
  jc 2f
1: call row_count
  jz 2f
  cmpb %ah, %al
  jae 3f
/* The row is filled from the one AL below it. */
  call copy_row
  incb %ch
  jmp 1b
3: call blank_row
  incb %ch
  cmpb %dh, %ch
  jbe 3b
2: ret

scroll_down:
  call clip_window
  jc 2b
1: call row_count
  jz 2b
  cmpb %ah, %al
  jae 3f
  negb %al
  call copy_row_at_bottom
  negb %al
  decb %dh
  jmp 1b
3: xchgb %ch, %dh
  call blank_row
  xchgb %ch, %dh
  decb %dh
  js 2b
  cmpb %ch, %dh
  jge 3b
  ret

/* Carry: the window is empty. AL = 0 becomes a full window. */
clip_window:
  cmpb $ROWS, %dh
  jb 1f
  movb $(ROWS - 1), %dh
1: cmpb $COLUMNS, %dl
  jb 2f
  movb $(COLUMNS - 1), %dl
2: cmpb %dh, %ch
  ja 4f
  cmpb %dl, %cl
  ja 4f
  testb %al, %al
  jnz 3f
  movb $0xff, %al
3: clc
  ret
4: stc
  ret

/* AH = rows left in the window, ZF = none. */
row_count:
  movb %dh, %ah
  subb %ch, %ah
  incb %ah
  ret

/* Row CH of the window becomes a copy of the row AL (signed) below it. */
copy_row:
  pushaw
  pushw %ds
  movb %al, %bl
  call copy_row_addresses
  rep movsw
  popw %ds
  popaw
  ret

copy_row_at_bottom:
  xchgb %ch, %dh
  call copy_row
  xchgb %ch, %dh
  ret

/* ES:DI = row CH, DS:SI = row CH + BL, CX = cells. */
copy_row_addresses:
  pushw %dx
  movb BDA_PAGE, %bh
  movb %ch, %dh
  movb %cl, %dl
  call cell_address
  popw %dx
  movsbw %bl, %si
  imulw $(2 * COLUMNS), %si, %si
  addw %di, %si
  movb %dl, %al
  subb %cl, %al
  incb %al
  movzbw %al, %cx
  pushw %es
  popw %ds
  ret

/* Row CH of the window is blank in attribute BH. */
blank_row:
  pushaw
  movb %bh, %ah
  movb $' ', %al
  pushw %ax
  pushw %ds
  xorb %bl, %bl
  call copy_row_addresses
  popw %ds
  popw %ax
  rep stosw
  popaw
  ret

read_cell:
  call cursor_address
  movw %es:(%di), %ax
  movw %ax, FRAME_AX
  ret

write_cells:
  call cursor_address
  movb FRAME_AL, %al
  movb FRAME_BL, %ah
  movw FRAME_CX, %cx
  rep stosw
  ret

write_characters:
  call cursor_address
  movb FRAME_AL, %al
  movw FRAME_CX, %cx
  jcxz 2f
1: stosb
  incw %di
  loop 1b
2: ret

/* AL to page BH as on a teletype. */
teletype:
  movb BDA_PAGE, %bh

/* The same in any page, registers kept. A character leaves the attribute of its cell. */
put_character:
  pushaw
  pushw %es
  call send_serial
  movb %al, %cl
  call cursor_address
  cmpb $7, %cl
  je 4f
  cmpb $8, %cl
  je 1f
  cmpb $10, %cl
  je 2f
  cmpb $13, %cl
  je 5f
  movb %cl, %es:(%di)
  incb %dl
  cmpb $COLUMNS, %dl
  jb 3f
  xorb %dl, %dl
2: incb %dh
  cmpb $ROWS, %dh
  jb 3f
  movb $(ROWS - 1), %dh
  call scroll_page
  jmp 3f
1: testb %dl, %dl
  jz 3f
  decb %dl
  jmp 3f
5: xorb %dl, %dl
3: call move_cursor
4: popw %es
  popaw
  ret

/* Page BH up by one row; the new one has the attribute of the last cell. */
scroll_page:
  pushaw
  pushw %ds
  movw $0x0000, %dx
  call cell_address
  movw %di, %si
  addw $(2 * COLUMNS), %si
  pushw %es
  popw %ds
  movw $(COLUMNS * (ROWS - 1)), %cx
  rep movsw
  movb -1(%si), %ah
  movb $' ', %al
  movw $COLUMNS, %cx
  rep stosw
  popw %ds
  popaw
  ret

/* CX characters at ES:BP, from row DH, column DL of page BH. AL bit 0 moves the cursor along;
 * bit 1 says that each character has its attribute behind it, else BL is the attribute. */
write_string:
  pushw %fs
  testw %cx, %cx
  jz 4f
  movw FRAME_ES, %fs
  movw 8(%bp), %si
  movzbw %bh, %di
  andw $7, %di
  shlw $1, %di
  pushw BDA_CURSORS(%di)
  call move_cursor
1: movb %fs:(%si), %al
  incw %si
  testb $2, FRAME_AL
  jz 2f
  movb %fs:(%si), %bl
  incw %si
2: cmpb $13, %al
  ja 5f
  cmpb $7, %al
  je 3f
  cmpb $8, %al
  je 3f
  cmpb $10, %al
  je 3f
  cmpb $13, %al
  je 3f
5: pushw %ax
  call cursor_address
  popw %ax
  movb %bl, %es:1(%di)
3: call put_character
  loop 1b
  popw %dx
  testb $1, FRAME_AL
  jnz 4f
  call move_cursor
4: popw %fs
  ret

/* AL to COM1, where there is one. A line that never takes it is given up after 65,536 looks. */
send_serial:
  pushaw
  movw BDA_COM, %dx
  testw %dx, %dx
  jz 2f
  movb %al, %bl
  addw $5, %dx
  xorw %cx, %cx
1: inb %dx, %al
  testb $0x20, %al
  loopz 1b
  jz 2f
  subw $5, %dx
  movb %bl, %al
  outb %al, %dx
2: popaw
  ret
