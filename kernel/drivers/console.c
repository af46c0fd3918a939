/*
 * The console's output: every byte to the serial line and to the screen. console_lock keeps the
 * bytes of one call together.
 */
#include <kernel/tty.h>

DEFINE_SPINLOCK(console_lock);

void console_init(void) {
  serial_init();
  vga_init();
}

void console_write(const char *text, u32 count) {
  bool nested = spin_held(&console_lock); /* a panic inside: better mixed than lost */
  bool were_on = irqs_enabled();
  if (!nested)
    were_on = spin_lock_save(&console_lock);
  for (u32 i = 0; i < count; i++) {
    if (text[i] == '\n')
      serial_write('\r');
    serial_write(text[i]);
    vga_write(text[i]);
  }
  if (!nested)
    spin_unlock_restore(&console_lock, were_on);
}
