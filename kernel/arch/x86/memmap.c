/*
 * What RAM there is: the BIOS's E820 list, which the boot block left in low memory, or, where there
 * is none, the sizes in CMOS memory. Cut at the end of the direct map: RAM above is not used.
 */
#include <asm/clock.h>
#include <asm/layout.h>
#include <asm/paging.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>

#define E820_RAM 1
#define E820_MAX 32
#define DIRECT_MAP_SIZE (DIRECT_MAP_END - KERNBASE)
#define LOW_RAM_END 0x9f000 /* without a list: below the BIOS's data and the video memory */
#define CMOS_ABOVE_1M 0x30  /* KiB, two bytes */
#define CMOS_ABOVE_16M 0x34 /* 64 KiB units, two bytes */

struct e820_record {
  u64 start, size;
  u32 type;
} __attribute__((packed));

static struct e820_record records[E820_MAX]; /* written once, at boot */
static u32 record_count;

static void record_add(u64 start, u64 size, u32 type) {
  if (record_count < E820_MAX && size > 0)
    records[record_count++] = (struct e820_record){start, size, type};
}

static u32 cmos_word(u8 index) { return cmos_read(index) | cmos_read(index + 1) << 8; }

void memory_map_init(void) {
  u32 end = *(u16 *)P2V(BOOT_E820_END);
  u32 count = (end - BOOT_E820_RECORDS) / sizeof(struct e820_record);

  if (end > BOOT_E820_RECORDS && count <= E820_MAX) {
    memcpy(records, P2V(BOOT_E820_RECORDS), count * sizeof(struct e820_record));
    record_count = count;
    return;
  }
  record_add(0, LOW_RAM_END, E820_RAM);
  u32 above_16m = cmos_word(CMOS_ABOVE_16M) << 16;
  if (above_16m > 0)
    record_add(0x100000, above_16m + 0xf00000u, E820_RAM);
  else
    record_add(0x100000, cmos_word(CMOS_ABOVE_1M) << 10, E820_RAM);
}

/* The record's pages within the direct map: whole pages of RAM, but any touched page otherwise. */
static void record_range(const struct e820_record *record, u32 *start, u32 *end) {
  u64 from = record->start, to = record->start + record->size;
  if (from > DIRECT_MAP_SIZE)
    from = DIRECT_MAP_SIZE;
  if (to > DIRECT_MAP_SIZE)
    to = DIRECT_MAP_SIZE;
  if (record->type == E820_RAM) {
    *start = align_up((u32)from, PAGE_SIZE);
    *end = align_down((u32)to, PAGE_SIZE);
  } else {
    *start = align_down((u32)from, PAGE_SIZE);
    *end = align_up((u32)to, PAGE_SIZE);
  }
}

u32 memory_map_top(void) {
  u32 top = 0;
  for (u32 i = 0; i < record_count; i++) {
    u32 start, end;
    record_range(&records[i], &start, &end);
    if (records[i].type == E820_RAM && end > start)
      top = max_u32(top, end);
  }
  return top;
}

void memory_map_visit(void (*visit)(u32 start, u32 end, bool usable)) {
  for (u32 pass = 0; pass < 2; pass++)
    for (u32 i = 0; i < record_count; i++) {
      bool usable = records[i].type == E820_RAM;
      u32 start, end;
      record_range(&records[i], &start, &end);
      if (usable == (pass == 0) && start < end)
        visit(start, end, usable);
    }
}
