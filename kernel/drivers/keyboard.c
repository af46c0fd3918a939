/*
 * The keyboard behind the i8042: scan codes of set 1 become characters (US layout), with shift,
 * control and caps lock. Arrow and editing keys become the escape sequences of a VT100.
 */
#include <asm/io.h>
#include <asm/trapframe.h>
#include <kernel/tty.h>

#define I8042_DATA 0x60
#define I8042_STATUS 0x64
#define I8042_COMMAND 0x64
#define STATUS_OUTPUT 1
#define STATUS_INPUT 2
#define STATUS_MOUSE 0x20
#define COMMAND_READ_CONFIG 0x20
#define COMMAND_WRITE_CONFIG 0x60
#define CONFIG_INTERRUPT 1
#define CONFIG_DISABLED 0x10
#define CONFIG_TRANSLATE 0x40
#define RELEASED 0x80
#define EXTENDED 0xe0
#define KEY_CONTROL 0x1d
#define KEY_SHIFT_LEFT 0x2a
#define KEY_SHIFT_RIGHT 0x36
#define KEY_CAPS_LOCK 0x3a
#define WAIT_LIMIT 100000

static const char plain[] = "\0\0331234567890-=\177\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] =
    "\0\033!@#$%^&*()_+\177\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

/* Only the interrupt handler uses these. */
static bool shift, control, caps_lock, extended;

static void receive_text(const char *text) {
  for (; *text; text++)
    tty_receive(*text);
}

static void extended_key(u8 code) {
  switch (code) {
  case 0x48:
    receive_text("\033[A");
    break;
  case 0x50:
    receive_text("\033[B");
    break;
  case 0x4d:
    receive_text("\033[C");
    break;
  case 0x4b:
    receive_text("\033[D");
    break;
  case 0x47:
    receive_text("\033[H");
    break;
  case 0x4f:
    receive_text("\033[F");
    break;
  case 0x53:
    receive_text("\033[3~");
    break;
  case 0x1c:
    tty_receive('\r');
    break;
  case 0x35:
    tty_receive('/');
    break;
  }
}

static void key(u8 code) {
  bool down = !(code & RELEASED);
  code &= ~RELEASED;

  if (code == KEY_CONTROL) {
    control = down;
  } else if (extended) {
    if (down)
      extended_key(code);
  } else if (code == KEY_SHIFT_LEFT || code == KEY_SHIFT_RIGHT) {
    shift = down;
  } else if (code == KEY_CAPS_LOCK) {
    caps_lock ^= down;
  } else if (down && code < sizeof(plain) - 1) {
    char character = (shift ? shifted : plain)[code];
    bool letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    if (letter && caps_lock)
      character ^= 0x20;
    if (control && character >= '?')
      character &= 0x1f;
    else if (control && character == ' ')
      character = 0;
    else if (character == '\n')
      character = '\r';
    else if (character == 0)
      return;
    tty_receive(character);
  }
}

static void keyboard_interrupt(void) {
  u8 status;
  while ((status = inb(I8042_STATUS)) & STATUS_OUTPUT) {
    u8 code = inb(I8042_DATA);
    if (status & STATUS_MOUSE)
      continue;
    if (code == EXTENDED) {
      extended = true;
      continue;
    }
    key(code);
    extended = false;
  }
}

static void wait_to_write(void) {
  for (u32 tries = 0; tries < WAIT_LIMIT && (inb(I8042_STATUS) & STATUS_INPUT); tries++)
    ;
}

void keyboard_init(void) {
  if (inb(I8042_STATUS) == 0xff)
    return;
  while (inb(I8042_STATUS) & STATUS_OUTPUT) /* what the firmware left */
    inb(I8042_DATA);
  wait_to_write();
  outb(I8042_COMMAND, COMMAND_READ_CONFIG);
  for (u32 tries = 0; tries < WAIT_LIMIT && !(inb(I8042_STATUS) & STATUS_OUTPUT); tries++)
    ;
  u8 config = inb(I8042_DATA);
  wait_to_write();
  outb(I8042_COMMAND, COMMAND_WRITE_CONFIG);
  wait_to_write();
  outb(I8042_DATA, (config | CONFIG_INTERRUPT | CONFIG_TRANSLATE) & ~CONFIG_DISABLED);
  irq_install(IRQ_KEYBOARD, "keyboard", keyboard_interrupt);
}
