/*
 * Turning the machine off: through the PIIX4 power-management function if the PCI bus has one, else
 * by port 0xf4, which ring0's machine and QEMU's isa-debug-exit listen to, else just standing still.
 */
#include <asm/clock.h>
#include <asm/cpu.h>
#include <asm/io.h>
#include <kernel/printk.h>

#define PCI_ADDRESS 0xcf8
#define PCI_DATA 0xcfc
#define PIIX4_POWER_ID 0x71138086 /* device 7113, vendor 8086 */
#define PIIX4_PMBASE 0x40
#define PIIX4_PMREGMISC 0x80
#define PIIX4_DEFAULT_BASE 0x600
#define PM1A_CNT 4
#define PM1A_SLEEP_ENABLE 0x2000 /* with sleep type 0: off */
#define EXIT_PORT 0xf4
#define I8042_COMMAND 0x64
#define I8042_PULSE_RESET 0xfe

static u32 pci_select(u32 device, u32 function, u32 where) {
  outl(PCI_ADDRESS, 0x80000000 | device << 11 | function << 8 | where);
  return inl(PCI_DATA);
}

void power_off(void) {
  irq_disable();
  for (u32 device = 0; device < 32; device++)
    for (u32 function = 0; function < 8; function++) {
      if (pci_select(device, function, 0) != PIIX4_POWER_ID)
        continue;
      u32 base = pci_select(device, function, PIIX4_PMBASE) & 0xffc0;
      if (base == 0) { /* no firmware has placed the registers */
        base = PIIX4_DEFAULT_BASE;
        outl(PCI_DATA, base | 1);
      }
      u32 misc = pci_select(device, function, PIIX4_PMREGMISC);
      outl(PCI_DATA, misc | 1); /* registers decoded */
      outw(base + PM1A_CNT, PM1A_SLEEP_ENABLE);
    }
  outb(EXIT_PORT, 0);
  printk("halted: it is now safe to turn off the power\n");
  for (;;)
    halt();
}

void power_restart(void) {
  static const struct table_pointer no_table = {0, 0};
  irq_disable();
  for (u32 tries = 0; tries < 100000 && (inb(I8042_COMMAND) & 2); tries++)
    ;
  outb(I8042_COMMAND, I8042_PULSE_RESET);
  for (u32 wait = 0; wait < 1000000; wait++)
    inb(0x80);
  lidt(&no_table); /* then by a triple fault */
  *(volatile u32 *)0xffffffffu = 0;
  for (;;)
    halt();
}
