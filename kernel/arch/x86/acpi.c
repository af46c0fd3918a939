/*
 * The ACPI tables, as far as the kernel needs them: the MADT, which lists processors and interrupt
 * controllers (ACPI 1.0b, 5.2). A table whose bytes do not sum to zero is taken for none.
 */
#include <asm/apic.h>
#include <asm/paging.h>
#include <kernel/printk.h>
#include <kernel/string.h>

#define EBDA_SEGMENT_AT 0x40e
#define BASE_MEMORY_KIB_AT 0x413
#define BIOS_START 0xe0000
#define BIOS_SIZE 0x20000
#define TABLE_MAX 0x10000
#define RSDP_SIZE 20

struct rsdp {
  char signature[8];
  u8 checksum;
  char oem[6];
  u8 revision;
  u32 rsdt;
} __attribute__((packed));

struct acpi_header {
  char signature[4];
  u32 length;
  u8 revision, checksum;
  char oem[6], oem_table[8];
  u32 oem_revision;
  char creator[4];
  u32 creator_revision;
} __attribute__((packed));

struct madt {
  struct acpi_header header;
  u32 lapic_address, flags;
} __attribute__((packed));

#define MADT_LAPIC 0
#define MADT_IOAPIC 1
#define MADT_OVERRIDE 2
#define LAPIC_ENABLED 1
#define POLARITY_LOW 3
#define TRIGGER_LEVEL 3

/* The structures of the MADT, each after its type and length. */
struct madt_entry {
  u8 type, length;
  union {
    struct {
      u8 acpi_id, apic_id;
      u32 flags;
    } __attribute__((packed)) lapic;
    struct {
      u8 id, reserved;
      u32 address, first_interrupt;
    } __attribute__((packed)) ioapic;
    struct {
      u8 bus, irq;
      u32 interrupt;
      u16 flags;
    } __attribute__((packed)) route;
  };
} __attribute__((packed));

bool sums_to_zero(const void *bytes, u32 size) {
  u8 sum = 0;
  for (u32 i = 0; i < size; i++)
    sum += ((const u8 *)bytes)[i];
  return sum == 0;
}

/* A structure of `length` bytes on a 16-byte boundary of low memory, with a right checksum. */
const void *firmware_search(const char *signature, u32 start, u32 size, u32 length) {
  u32 letters = strlen(signature);
  for (u32 at = align_up(start, 16); at + length <= start + size; at += 16)
    if (memcmp(P2V(at), signature, letters) == 0 && sums_to_zero(P2V(at), length))
      return P2V(at);
  return NULL;
}

/* The same, in the first KiB of the extended BIOS data area and the last one of base memory. */
const void *firmware_search_low(const char *signature, u32 length) {
  u32 ebda = *(volatile u16 *)P2V(EBDA_SEGMENT_AT) << 4;
  u32 base = *(volatile u16 *)P2V(BASE_MEMORY_KIB_AT) * 1024;
  const void *found = NULL;
  if (ebda >= 0x80000 && ebda < 0xa0000)
    found = firmware_search(signature, ebda, 1024, length);
  if (!found && base >= 0x80000 && base <= 0xa0000)
    found = firmware_search(signature, base - 1024, 1024, length);
  return found;
}

static const struct acpi_header *table_at(u32 physical) {
  const struct acpi_header *header = physical_map(physical, sizeof(*header));
  if (!header || header->length < sizeof(*header) || header->length > TABLE_MAX)
    return NULL;
  header = physical_map(physical, header->length);
  return header && sums_to_zero(header, header->length) ? header : NULL;
}

static const struct madt *madt_find(void) {
  const struct rsdp *rsdp = firmware_search_low("RSD PTR ", RSDP_SIZE);
  if (!rsdp)
    rsdp = firmware_search("RSD PTR ", BIOS_START, BIOS_SIZE, RSDP_SIZE);
  const struct acpi_header *rsdt = rsdp ? table_at(rsdp->rsdt) : NULL;
  if (!rsdt)
    return NULL;
  const u32 *tables = (const u32 *)(rsdt + 1);
  for (u32 i = 0; i < (rsdt->length - sizeof(*rsdt)) / sizeof(u32); i++) {
    const struct acpi_header *table = table_at(tables[i]);
    if (table && memcmp(table->signature, "APIC", 4) == 0 && table->length >= sizeof(struct madt))
      return (const struct madt *)table;
  }
  return NULL;
}

void platform_add_cpu(struct platform *platform, u8 apic_id) {
  if (platform->cpu_count < CPUS_MAX)
    platform->apic_ids[platform->cpu_count] = apic_id;
  platform->cpu_count++;
}

static void entry_note(struct platform *platform, const struct madt_entry *entry) {
  switch (entry->type) {
  case MADT_LAPIC:
    if (entry->lapic.flags & LAPIC_ENABLED)
      platform_add_cpu(platform, entry->lapic.apic_id);
    break;
  case MADT_IOAPIC:
    if (entry->ioapic.first_interrupt == 0)
      platform->ioapic_address = entry->ioapic.address;
    break;
  case MADT_OVERRIDE:
    if (entry->route.bus == 0 && entry->route.irq < ISA_IRQS)
      platform->isa[entry->route.irq] = (struct isa_route){
          .pin = entry->route.interrupt,
          .level = (entry->route.flags >> 2 & 3) == TRIGGER_LEVEL,
          .active_low = (entry->route.flags & 3) == POLARITY_LOW,
      };
    break;
  }
}

bool acpi_find(struct platform *platform) {
  const struct madt *madt = madt_find();
  if (!madt)
    return false;
  platform->source = "MADT";
  platform->lapic_address = madt->lapic_address;
  for (u32 irq = 0; irq < ISA_IRQS; irq++)
    platform->isa[irq] = (struct isa_route){.pin = irq};
  const u8 *at = (const u8 *)(madt + 1);
  const u8 *end = (const u8 *)madt + madt->header.length;
  while (at + 2 <= end && at[1] >= 2 && at + at[1] <= end) {
    entry_note(platform, (const struct madt_entry *)at);
    at += at[1];
  }
  return platform->cpu_count > 0;
}
