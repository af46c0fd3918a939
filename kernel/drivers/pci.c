/*
 * PCI configuration by mechanism 1 (PCI 2.1, 3.7.4.1): an address to CF8h, the word at CFCh. The
 * scan begins at bus 0 and goes on behind each bridge to the bus that the firmware has numbered.
 */
#include <asm/io.h>
#include <kernel/lock.h>
#include <kernel/pci.h>
#include <kernel/printk.h>

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA 0xcfc
#define CONFIG_ENABLE 0x80000000
#define FUNCTIONS_MAX 32
#define BUSES_MAX 256
#define NO_FUNCTION 0xffff
#define HEADER 0x0c /* type in bits 16..22, many functions in bit 23 */
#define HEADER_BRIDGE 1
#define BRIDGE_BUSES 0x18 /* primary, secondary */

DEFINE_SPINLOCK(pci_lock); /* the two ports */
static struct pci_function functions[FUNCTIONS_MAX]; /* written at boot */
static u32 function_count;

static void config_select(const struct pci_function *function, u8 offset) {
  outl(CONFIG_ADDRESS, CONFIG_ENABLE | (u32)function->bus << 16 | (u32)function->device << 11 |
                           (u32)function->function << 8 | (offset & 0xfc));
}

u32 pci_read(const struct pci_function *function, u8 offset) {
  bool were_on = spin_lock_save(&pci_lock);
  config_select(function, offset);
  u32 value = inl(CONFIG_DATA);
  spin_unlock_restore(&pci_lock, were_on);
  return value;
}

void pci_write(const struct pci_function *function, u8 offset, u32 value) {
  bool were_on = spin_lock_save(&pci_lock);
  config_select(function, offset);
  outl(CONFIG_DATA, value);
  spin_unlock_restore(&pci_lock, were_on);
}

/* The upper half of the register is the status, where ones clear. */
void pci_enable(const struct pci_function *function, u32 bits) {
  pci_write(function, PCI_COMMAND, (pci_read(function, PCI_COMMAND) & 0xffff) | bits);
}

u16 pci_io_base(const struct pci_function *function, u32 bar) {
  u32 value = pci_read(function, PCI_BAR(bar));
  return value & PCI_BAR_IO ? value & 0xfffc : 0;
}

const struct pci_function *pci_at(u32 index) {
  return index < function_count ? &functions[index] : NULL;
}

const struct pci_function *pci_find_class(u16 class) {
  for (u32 i = 0; i < function_count; i++)
    if (functions[i].class == class)
      return &functions[i];
  return NULL;
}

/* Fills in what answers at the place that is set; false where nothing does. */
static bool function_look(struct pci_function *at) {
  u32 identity = pci_read(at, 0);
  if ((identity & 0xffff) == NO_FUNCTION)
    return false;
  u32 class = pci_read(at, 8);
  at->vendor = identity;
  at->identifier = identity >> 16;
  at->interface = class >> 8;
  at->class = class >> 16;
  at->header = pci_read(at, HEADER) >> 16 & 0x7f;
  return true;
}

static bool has_many_functions(struct pci_function at) {
  at.function = 0;
  return pci_read(&at, HEADER) >> 23 & 1;
}

void pci_init(void) {
  static u8 buses[BUSES_MAX]; /* found and to be scanned, in order */
  u32 bus_count = 1;
  for (u32 i = 0; i < bus_count; i++) {
    for (u32 place = 0; place < 256 && function_count < FUNCTIONS_MAX; place++) {
      struct pci_function at = {.bus = buses[i], .device = place >> 3, .function = place & 7};
      if (at.function > 0 && !has_many_functions(at)) {
        place |= 7;
        continue;
      }
      if (!function_look(&at))
        continue;
      functions[function_count++] = at;
      u8 behind = pci_read(&at, BRIDGE_BUSES) >> 8;
      if (at.header == HEADER_BRIDGE && behind > at.bus && bus_count < BUSES_MAX)
        buses[bus_count++] = behind;
    }
  }
}
