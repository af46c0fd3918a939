/*
 * The kernel's own function names, for backtraces: read at boot from the symbol table of the ELF
 * file that the boot block loaded, which begins at sector 1 of the disk. No table, no names.
 */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/vfs.h>
#include <uapi/elf.h>

#define KERNEL_OFFSET 512
#define SYMBOLS_MAX 65536

static struct elf32_symbol *symbols; /* written once at boot */
static char *strings;
static u32 symbol_count, string_size;

static int kernel_read(struct inode *disk, u32 offset, void *to, u32 count) {
  return block_read_bytes(disk, KERNEL_OFFSET + offset, to, count);
}

static void *kernel_read_section(struct inode *disk, const struct elf32_section_header *section) {
  void *block = section->size && section->size < SYMBOLS_MAX * 16 ? kmalloc(section->size) : NULL;
  if (block && kernel_read(disk, section->offset, block, section->size) < 0) {
    kfree(block);
    block = NULL;
  }
  return block;
}

void ksym_init(void) {
  struct block_device *disk = block_find("hda");
  struct elf32_header header;
  struct elf32_section_header section, names;

  if (!disk || kernel_read(disk->inode, 0, &header, sizeof(header)) < 0 ||
      header.magic != ELF_MAGIC)
    return;
  for (u32 i = 0; i < header.shnum; i++) {
    if (kernel_read(disk->inode, header.shoff + i * header.shentsize, &section,
                    sizeof(section)) < 0)
      return;
    if (section.type != SHT_SYMTAB)
      continue;
    if (kernel_read(disk->inode, header.shoff + section.link * header.shentsize, &names,
                    sizeof(names)) < 0)
      return;
    struct elf32_symbol *table = kernel_read_section(disk->inode, &section);
    strings = kernel_read_section(disk->inode, &names);
    if (table && strings) {
      string_size = names.size;
      symbol_count = section.size / sizeof(*table);
      symbols = table;
    }
    return;
  }
}

/* The function around an address: the nearest symbol below it. */
const char *ksym_find(u32 address, u32 *offset) {
  const struct elf32_symbol *best = NULL;
  for (u32 i = 0; i < symbol_count; i++) {
    const struct elf32_symbol *symbol = &symbols[i];
    u32 type = symbol->info & 15;
    if (symbol->value > address || type > STT_FUNC || type == 1 || symbol->name >= string_size ||
        symbol->shndx == 0 || strings[symbol->name] == 0)
      continue;
    if (!best || symbol->value > best->value ||
        (symbol->value == best->value && type == STT_FUNC))
      best = symbol;
  }
  if (!best)
    return NULL;
  *offset = address - best->value;
  return strings + best->name;
}
