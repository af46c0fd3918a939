/*
 * The I/O APIC (82093AA data sheet): device interrupts as messages to the first CPU, with the same
 * vectors that the PICs would give them.
 */
#include <asm/apic.h>
#include <asm/paging.h>
#include <asm/trapframe.h>
#include <kernel/lock.h>

#define IOAPIC_SELECT 0
#define IOAPIC_WINDOW 4 /* of 32-bit words: offset 0x10 */
#define IOAPIC_SIZE 0x20
#define REGISTER_VERSION 1
#define REGISTER_ENTRY 0x10 /* two words a pin */
#define ENTRY_MASKED 0x10000
#define ENTRY_LEVEL 0x8000
#define ENTRY_ACTIVE_LOW 0x2000

DEFINE_SPINLOCK(ioapic_lock); /* selecting a register and moving its value */
static volatile u32 *ioapic;
static struct isa_route routes[ISA_IRQS]; /* written once, at boot */
static u8 target;
static u32 pins;

static u32 ioapic_read(u32 index) {
  ioapic[IOAPIC_SELECT] = index;
  return ioapic[IOAPIC_WINDOW];
}

static void ioapic_write(u32 index, u32 value) {
  ioapic[IOAPIC_SELECT] = index;
  ioapic[IOAPIC_WINDOW] = value;
}

void ioapic_init(const struct platform *platform, u8 apic_id) {
  bool were_on = spin_lock_save(&ioapic_lock);
  ioapic = mmio_map(platform->ioapic_address, IOAPIC_SIZE);
  target = apic_id;
  for (u32 irq = 0; irq < ISA_IRQS; irq++)
    routes[irq] = platform->isa[irq];
  pins = (ioapic_read(REGISTER_VERSION) >> 16 & 0xff) + 1;
  for (u32 pin = 0; pin < pins; pin++) {
    ioapic_write(REGISTER_ENTRY + pin * 2, ENTRY_MASKED);
    ioapic_write(REGISTER_ENTRY + pin * 2 + 1, 0);
  }
  spin_unlock_restore(&ioapic_lock, were_on);
}

void ioapic_unmask(u32 irq) {
  const struct isa_route *route = &routes[irq];
  u32 entry = T_IRQ0 + irq;
  if (route->pin >= pins)
    return;
  if (route->level)
    entry |= ENTRY_LEVEL;
  if (route->active_low)
    entry |= ENTRY_ACTIVE_LOW;
  bool were_on = spin_lock_save(&ioapic_lock);
  ioapic_write(REGISTER_ENTRY + route->pin * 2 + 1, (u32)target << 24);
  ioapic_write(REGISTER_ENTRY + route->pin * 2, entry);
  spin_unlock_restore(&ioapic_lock, were_on);
}
