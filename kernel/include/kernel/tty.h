/*
 * The console terminal: line discipline above, screen, serial line and keyboard below.
 */
#ifndef KERNEL_TTY_H
#define KERNEL_TTY_H

#include <kernel/lock.h>
#include <kernel/types.h>
#include <uapi/termios.h>

#define TTY_BUFFER 4096

struct tty {
  struct spinlock lock; /* all below; taken by the receive interrupts */
  struct kernel_termios termios;
  struct winsize size;
  char input[TTY_BUFFER]; /* ring; counters run on */
  u32 read_at, line_end, write_at; /* in canonical mode, only up to line_end may be read */
  u32 lines;                       /* complete lines and end-of-file marks in the ring */
  u32 column;
  u32 lost;       /* bytes that found the ring full */
  int foreground; /* process group */
  int session;
  struct wait_queue readers;
};

extern struct tty console_tty;

void console_init(void);
void console_write(const char *text, u32 count); /* any context */
void tty_init(void);
void tty_receive(u8 character); /* interrupt context */
bool tty_has_room(void);        /* likewise */
void serial_init(void);
void serial_write(u8 byte);
void serial_irq_init(void);
void serial_resume(void);
void vga_init(void);
void vga_write(u8 byte);
void keyboard_init(void);
void ata_init(void);
void mem_devices_init(void);

#endif
