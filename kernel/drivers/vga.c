/*
 * The screen: 80 by 25 cells of text at physical 0xb8000, two bytes each, and the hardware cursor.
 * Escape sequences of terminals are swallowed, except those that clear the screen and home the
 * cursor. Called with console_lock held.
 */
#include <asm/io.h>
#include <asm/paging.h>
#include <kernel/string.h>
#include <kernel/tty.h>

#define COLUMNS 80
#define ROWS 25
#define CELLS (COLUMNS * ROWS)
#define BLANK 0x0720 /* grey on black, a space */
#define ATTRIBUTE 0x0700
#define CRTC_INDEX 0x3d4
#define CRTC_DATA 0x3d5
#define CURSOR_HIGH 14
#define CURSOR_LOW 15
#define ESCAPE 0x1b

static volatile u16 *const cells = (u16 *)(KERNBASE + 0xb8000);
static u32 cursor;
static enum { PLAIN, ESCAPED, SEQUENCE } state;
static u32 parameter;

static void cursor_show(void) {
  outb(CRTC_INDEX, CURSOR_HIGH);
  outb(CRTC_DATA, cursor >> 8);
  outb(CRTC_INDEX, CURSOR_LOW);
  outb(CRTC_DATA, cursor);
}

static void clear(u32 from, u32 to) {
  for (u32 i = from; i < to; i++)
    cells[i] = BLANK;
}

void vga_init(void) {
  clear(0, CELLS);
  cursor = 0;
  cursor_show();
}

static void scroll(void) {
  for (u32 i = 0; i < CELLS - COLUMNS; i++)
    cells[i] = cells[i + COLUMNS];
  clear(CELLS - COLUMNS, CELLS);
  cursor -= COLUMNS;
}

/* True if the byte belonged to an escape sequence. */
static bool escape(u8 byte) {
  if (state == PLAIN && byte == ESCAPE) {
    state = ESCAPED;
  } else if (state == ESCAPED) {
    state = byte == '[' ? SEQUENCE : PLAIN;
    parameter = 0;
  } else if (state == SEQUENCE) {
    if (byte >= '0' && byte <= '9') {
      parameter = (parameter * 10 + byte - '0') % 1000;
    } else if (byte >= '@' && byte <= '~') {
      if (byte == 'J')
        clear(parameter == 2 ? 0 : cursor, CELLS);
      else if (byte == 'H')
        cursor = 0;
      else if (byte == 'K')
        clear(cursor, cursor - cursor % COLUMNS + COLUMNS);
      state = PLAIN;
    }
  } else {
    return false;
  }
  return true;
}

void vga_write(u8 byte) {
  if (escape(byte)) {
    cursor_show();
    return;
  }
  switch (byte) {
  case '\n':
    cursor += COLUMNS - cursor % COLUMNS;
    break;
  case '\r':
    cursor -= cursor % COLUMNS;
    break;
  case '\b':
    if (cursor % COLUMNS > 0)
      cursor--;
    break;
  case '\t':
    do
      cells[cursor++] = BLANK;
    while (cursor % 8);
    break;
  case '\a':
    break;
  default:
    cells[cursor++] = ATTRIBUTE | byte;
  }
  if (cursor >= CELLS)
    scroll();
  cursor_show();
}
