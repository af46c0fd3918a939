/*
 * The boot block's C: reads the kernel, an ELF file that begins at sector 1 of the first ATA disk,
 * to its physical addresses and jumps to its entry. Returns if it is no ELF file. Written for size.
 */
#include <asm/boot_io.h>
#include <asm/layout.h>
#include <uapi/elf.h>

#define SECTOR 512
#define ATA 0x1f0
#define ATA_COUNT (ATA + 2)
#define ATA_LBA (ATA + 3) /* four bytes, in four ports; the last has the device in its upper half */
#define ATA_COMMAND (ATA + 7)
#define LBA_DRIVE0 0xe0000000
#define READ_SECTORS 0x20
#define BUSY_READY 0xc0
#define READY 0x40

/* Arguments in registers: shorter calls. */
#define SHORT_CALL static __attribute__((noinline, regparm(3)))

SHORT_CALL void wait_ready(void) {
  while ((port_in(ATA_COMMAND) & BUSY_READY) != READY)
    ;
}

SHORT_CALL void read_sector(u8 *to, u32 sector) {
  u32 port = ATA_LBA;
  wait_ready();
  port_out(ATA_COUNT, 1);
  sector |= LBA_DRIVE0;
  do
    port_out(port++, sector);
  while (sector >>= 8); /* four times: the last byte is not zero */
  port_out(port, READ_SECTORS);
  wait_ready();
  port_in_longs(ATA, to, SECTOR / 4);
}

/* Reads count bytes at offset of the file; whole sectors, so a little more on both sides. */
SHORT_CALL void readseg(u8 *to, u32 count, u32 offset) {
  u8 *end = to + count;
  to -= offset % SECTOR;
  for (offset /= SECTOR; to < end; to += SECTOR)
    read_sector(to, ++offset);
}

void bootmain(void) {
  struct elf32_header *elf = (struct elf32_header *)ELF_SCRATCH;
  struct elf32_program_header *segment, *end;

  readseg((u8 *)elf, 4096, 0);
  if (elf->magic != ELF_MAGIC)
    return;
  segment = (struct elf32_program_header *)((u8 *)elf + elf->phoff);
  end = segment + elf->phnum;
  for (; segment < end; segment++) {
    u8 *to = (u8 *)segment->paddr;
    readseg(to, segment->filesz, segment->offset);
    to += segment->filesz;
    store_zeros(to, segment->memsz - segment->filesz);
  }
  ((void (*)(void))elf->entry)();
}
