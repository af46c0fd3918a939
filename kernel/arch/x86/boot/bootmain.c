/*
 * The boot block's C: reads the kernel, an ELF file that begins at sector 1 of the first ATA disk,
 * to its physical addresses and jumps to its entry. Returns if it is no ELF file.
 */
#include <asm/io.h>
#include <asm/layout.h>
#include <uapi/elf.h>

#define SECTOR 512
#define ATA 0x1f0

static void wait_ready(void) {
  while ((inb(ATA + 7) & 0xc0) != 0x40) /* not BSY, and DRDY */
    ;
}

static void read_sector(void *to, u32 sector) {
  wait_ready();
  outb(ATA + 2, 1);
  outb(ATA + 3, sector);
  outb(ATA + 4, sector >> 8);
  outb(ATA + 5, sector >> 16);
  outb(ATA + 6, 0xe0); /* LBA, drive 0 */
  outb(ATA + 7, 0x20); /* READ SECTORS */
  wait_ready();
  insl(ATA, to, SECTOR / 4);
}

/* Reads count bytes at offset of the file; whole sectors, so a little more on both sides. */
static void read_segment(u8 *to, u32 count, u32 offset) {
  u8 *end = to + count;
  to -= offset % SECTOR;
  offset = offset / SECTOR + 1;
  for (; to < end; to += SECTOR)
    read_sector(to, offset++);
}

void bootmain(void) {
  struct elf32_header *elf = (struct elf32_header *)ELF_SCRATCH;
  struct elf32_program_header *segment, *end;

  read_segment((u8 *)elf, 4096, 0);
  if (elf->magic != ELF_MAGIC)
    return;
  segment = (struct elf32_program_header *)((u8 *)elf + elf->phoff);
  end = segment + elf->phnum;
  for (; segment < end; segment++) {
    u8 *to = (u8 *)segment->paddr;
    read_segment(to, segment->filesz, segment->offset);
    stosb(to + segment->filesz, 0, segment->memsz - segment->filesz);
  }
  ((void (*)(void))elf->entry)();
}
