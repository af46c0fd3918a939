/*
 * PCI: the functions found at boot, and their configuration space.
 */
#ifndef KERNEL_PCI_H
#define KERNEL_PCI_H

#include <kernel/types.h>

#define PCI_COMMAND 0x04 /* u16 */
#define PCI_COMMAND_IO 1
#define PCI_COMMAND_MEMORY 2
#define PCI_COMMAND_MASTER 4
#define PCI_BAR(number) (0x10 + 4 * (number))
#define PCI_BAR_IO 1

#define PCI_CLASS_IDE 0x0101

struct pci_function {
  u8 bus, device, function;
  u8 interface;           /* programming interface of the class */
  u16 vendor, identifier;
  u16 class;              /* base class and subclass */
  u8 header;              /* type, without the multi-function bit */
};

void pci_init(void);
const struct pci_function *pci_find_class(u16 class);
const struct pci_function *pci_at(u32 index); /* NULL past the last one */
u32 pci_read(const struct pci_function *function, u8 offset);
void pci_write(const struct pci_function *function, u8 offset, u32 value);
void pci_enable(const struct pci_function *function, u32 bits); /* of PCI_COMMAND */
u16 pci_io_base(const struct pci_function *function, u32 bar);  /* 0: no such ports */

#endif
