/*
 * The first serial port, a 16550: output polled, input by interrupt. While the terminal has no room the
 * other side is asked to wait (RTS off) and what has come stays in the chip.
 */
#include <asm/io.h>
#include <asm/trapframe.h>
#include <kernel/tty.h>

#define COM1 0x3f8
#define UART_DATA (COM1 + 0)
#define UART_INTERRUPT_ENABLE (COM1 + 1)
#define UART_DIVISOR_LOW (COM1 + 0)
#define UART_DIVISOR_HIGH (COM1 + 1)
#define UART_INTERRUPT_ID (COM1 + 2) /* read */
#define UART_FIFO (COM1 + 2)         /* written */
#define UART_LINE_CONTROL (COM1 + 3)
#define UART_MODEM_CONTROL (COM1 + 4)
#define UART_LINE_STATUS (COM1 + 5)
#define LINE_8N1 0x03
#define LINE_DIVISOR 0x80
#define FIFO_ON_CLEAR 0x07
#define MODEM_DTR_OUT2 0x09 /* OUT2 lets the interrupt through to the PIC */
#define MODEM_RTS 0x02
#define STATUS_DATA 0x01
#define STATUS_EMPTY 0x20
#define INTERRUPT_RECEIVED 0x01
#define WAIT_LIMIT 100000

static bool present; /* written once at boot */
static bool waiting; /* the other side was asked to wait; console_tty.lock */

void serial_init(void) {
  outb(UART_INTERRUPT_ENABLE, 0);
  outb(UART_LINE_CONTROL, LINE_DIVISOR);
  outb(UART_DIVISOR_LOW, 1); /* 115200 baud */
  outb(UART_DIVISOR_HIGH, 0);
  outb(UART_LINE_CONTROL, LINE_8N1);
  outb(UART_FIFO, FIFO_ON_CLEAR);
  outb(UART_MODEM_CONTROL, MODEM_DTR_OUT2 | MODEM_RTS);
  present = inb(UART_LINE_STATUS) != 0xff;
}

/* console_lock held, or a panic. */
void serial_write(u8 byte) {
  if (!present)
    return;
  for (u32 tries = 0; tries < WAIT_LIMIT && !(inb(UART_LINE_STATUS) & STATUS_EMPTY); tries++)
    ;
  outb(UART_DATA, byte);
}

/* True: the terminal has no room, the rest stays in the chip until serial_resume. */
static bool must_wait(void) {
  spin_lock(&console_tty.lock);
  waiting = !tty_has_room();
  if (waiting) {
    outb(UART_MODEM_CONTROL, MODEM_DTR_OUT2);
    outb(UART_INTERRUPT_ENABLE, 0);
  }
  spin_unlock(&console_tty.lock);
  return waiting;
}

static void serial_interrupt(void) {
  inb(UART_INTERRUPT_ID);
  while ((inb(UART_LINE_STATUS) & STATUS_DATA) && !must_wait())
    tty_receive(inb(UART_DATA));
}

/* The terminal has room again; console_tty.lock held. What waits in the chip interrupts at once. */
void serial_resume(void) {
  if (!waiting)
    return;
  waiting = false;
  outb(UART_MODEM_CONTROL, MODEM_DTR_OUT2 | MODEM_RTS);
  outb(UART_INTERRUPT_ENABLE, INTERRUPT_RECEIVED);
}

void serial_irq_init(void) {
  if (!present)
    return;
  irq_install(IRQ_COM1, "serial", serial_interrupt);
  outb(UART_INTERRUPT_ENABLE, INTERRUPT_RECEIVED);
}
