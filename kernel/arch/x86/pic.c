/*
 * The two 8259A interrupt controllers, remapped so that IRQ n is vector 32 + n. The second one hangs
 * on IRQ 2 of the first.
 */
#include <asm/io.h>
#include <asm/trapframe.h>
#include <kernel/lock.h>

#define PIC1 0x20
#define PIC2 0xa0
#define ICW1_INIT_ICW4 0x11
#define ICW4_8086 0x01
#define OCW2_EOI 0x20
#define OCW3_READ_ISR 0x0b
#define CASCADE 2

DEFINE_SPINLOCK(pic_lock);
static u16 pic_mask = 0xffff & ~(1 << CASCADE); /* a set bit is a masked line; pic_lock */

void pic_init(void) {
  bool were_on = spin_lock_save(&pic_lock);
  outb(PIC1, ICW1_INIT_ICW4);
  outb(PIC1 + 1, T_IRQ0);
  outb(PIC1 + 1, 1 << CASCADE);
  outb(PIC1 + 1, ICW4_8086);
  outb(PIC2, ICW1_INIT_ICW4);
  outb(PIC2 + 1, T_IRQ0 + 8);
  outb(PIC2 + 1, CASCADE);
  outb(PIC2 + 1, ICW4_8086);
  outb(PIC1 + 1, pic_mask);
  outb(PIC2 + 1, pic_mask >> 8);
  spin_unlock_restore(&pic_lock, were_on);
}

static void pic_unmask(u32 irq) {
  bool were_on = spin_lock_save(&pic_lock);
  pic_mask &= ~(1 << irq);
  outb(PIC1 + 1, pic_mask);
  outb(PIC2 + 1, pic_mask >> 8);
  spin_unlock_restore(&pic_lock, were_on);
}

/* Ends the interrupt. False if the line had gone before the CPU asked: 7 and 15 stand for that. */
static bool pic_acknowledge(u32 irq) {
  bool real = true;
  bool were_on = spin_lock_save(&pic_lock);
  if (irq == 7 || irq == 15) {
    u16 port = irq == 7 ? PIC1 : PIC2;
    outb(port, OCW3_READ_ISR);
    real = (inb(port) & 0x80) != 0;
  }
  if (irq >= 8 && real)
    outb(PIC2, OCW2_EOI);
  if (irq >= 8 || real)
    outb(PIC1, OCW2_EOI);
  spin_unlock_restore(&pic_lock, were_on);
  return real;
}

/* Interrupts come another way. */
void pic_disable(void) {
  bool were_on = spin_lock_save(&pic_lock);
  pic_mask = 0xffff;
  outb(PIC1 + 1, pic_mask);
  outb(PIC2 + 1, pic_mask >> 8);
  spin_unlock_restore(&pic_lock, were_on);
}

const struct irq_controller pic_controller = {
    .name = "XT-PIC",
    .begin = pic_acknowledge,
    .end = NULL,
    .unmask = pic_unmask,
};
