/*
 * The MP configuration table (MultiProcessor specification 1.4, chapter 4): what firmware left before
 * there was ACPI. Default configurations, which have no table, are not looked at.
 */
#include <asm/apic.h>
#include <asm/io.h>
#include <asm/paging.h>
#include <kernel/printk.h>
#include <kernel/string.h>

#define BIOS_START 0xf0000
#define BIOS_SIZE 0x10000
#define POINTER_SIZE 16
#define FEATURE_IMCR 0x80
#define IMCR_SELECT 0x22
#define IMCR_DATA 0x23
#define IMCR_REGISTER 0x70
#define IMCR_APIC 1 /* the PICs' request no longer goes to the CPU past the APIC */

struct mp_pointer {
  char signature[4];
  u32 table;
  u8 length, revision, checksum, configuration, features, reserved[3];
} __attribute__((packed));

struct mp_header {
  char signature[4];
  u16 length;
  u8 revision, checksum;
  char oem[8], product[12];
  u32 oem_table;
  u16 oem_size, entry_count;
  u32 lapic_address;
  u16 extended_length;
  u8 extended_checksum, reserved;
} __attribute__((packed));

#define ENTRY_CPU 0
#define ENTRY_BUS 1
#define ENTRY_IOAPIC 2
#define ENTRY_INTERRUPT 3
#define ENTRY_ENABLED 1
#define INTERRUPT_INT 0
#define FLAG_LOW 3
#define FLAG_LEVEL 3

union mp_entry {
  u8 type;
  struct {
    u8 type, apic_id, apic_version, flags;
    u32 signature, features, reserved[2];
  } __attribute__((packed)) cpu;
  struct {
    u8 type, id;
    char name[6];
  } __attribute__((packed)) bus;
  struct {
    u8 type, id, version, flags;
    u32 address;
  } __attribute__((packed)) ioapic;
  struct {
    u8 type, kind;
    u16 flags;
    u8 bus, irq, apic_id, pin;
  } __attribute__((packed)) interrupt;
} __attribute__((packed));

static u8 isa_bus;

static void entry_note(struct platform *platform, const union mp_entry *entry) {
  switch (entry->type) {
  case ENTRY_CPU:
    if (entry->cpu.flags & ENTRY_ENABLED)
      platform_add_cpu(platform, entry->cpu.apic_id);
    break;
  case ENTRY_BUS:
    if (memcmp(entry->bus.name, "ISA", 3) == 0)
      isa_bus = entry->bus.id;
    break;
  case ENTRY_IOAPIC:
    if (entry->ioapic.flags & ENTRY_ENABLED && platform->ioapic_address == 0)
      platform->ioapic_address = entry->ioapic.address;
    break;
  case ENTRY_INTERRUPT:
    if (entry->interrupt.kind == INTERRUPT_INT && entry->interrupt.bus == isa_bus &&
        entry->interrupt.irq < ISA_IRQS)
      platform->isa[entry->interrupt.irq] = (struct isa_route){
          .pin = entry->interrupt.pin,
          .level = (entry->interrupt.flags >> 2 & 3) == FLAG_LEVEL,
          .active_low = (entry->interrupt.flags & 3) == FLAG_LOW,
      };
    break;
  }
}

bool mp_find(struct platform *platform) {
  const struct mp_pointer *pointer = firmware_search_low("_MP_", POINTER_SIZE);
  if (!pointer)
    pointer = firmware_search("_MP_", BIOS_START, BIOS_SIZE, POINTER_SIZE);
  if (!pointer || pointer->table == 0 || pointer->configuration != 0)
    return false;
  const struct mp_header *header = physical_map(pointer->table, sizeof(*header));
  if (!header || memcmp(header->signature, "PCMP", 4) != 0 || header->length < sizeof(*header))
    return false;
  header = physical_map(pointer->table, header->length);
  if (!header || !sums_to_zero(header, header->length))
    return false;

  platform->source = "MP table";
  platform->lapic_address = header->lapic_address;
  for (u32 irq = 0; irq < ISA_IRQS; irq++)
    platform->isa[irq] = (struct isa_route){.pin = irq};
  const u8 *at = (const u8 *)(header + 1);
  const u8 *end = (const u8 *)header + header->length;
  for (u32 i = 0; i < header->entry_count && at < end; i++) {
    u32 size = *at == ENTRY_CPU ? 20 : 8;
    if (at + size > end)
      break;
    entry_note(platform, (const union mp_entry *)at);
    at += size;
  }
  if (pointer->features & FEATURE_IMCR) {
    outb(IMCR_SELECT, IMCR_REGISTER);
    outb(IMCR_DATA, IMCR_APIC);
  }
  return platform->cpu_count > 0;
}
