/*
 * The part of the 32-bit ELF format that a loader reads.
 */
#ifndef UAPI_ELF_H
#define UAPI_ELF_H

#define ELF_MAGIC 0x464c457f /* 7f 45 4c 46 */
#define ET_EXEC 2
#define EM_386 3
#define PT_LOAD 1
#define PT_INTERP 3
#define PF_X 1
#define PF_W 2
#define PF_R 4
#define SHT_SYMTAB 2
#define STT_FUNC 2

struct elf32_header {
  unsigned int magic;
  unsigned char class_and_pad[12];
  unsigned short type;
  unsigned short machine;
  unsigned int version;
  unsigned int entry;
  unsigned int phoff;
  unsigned int shoff;
  unsigned int flags;
  unsigned short ehsize;
  unsigned short phentsize;
  unsigned short phnum;
  unsigned short shentsize;
  unsigned short shnum;
  unsigned short shstrndx;
};

struct elf32_program_header {
  unsigned int type;
  unsigned int offset;
  unsigned int vaddr;
  unsigned int paddr;
  unsigned int filesz;
  unsigned int memsz;
  unsigned int flags;
  unsigned int align;
};

struct elf32_section_header {
  unsigned int name;
  unsigned int type;
  unsigned int flags;
  unsigned int addr;
  unsigned int offset;
  unsigned int size;
  unsigned int link;
  unsigned int info;
  unsigned int addralign;
  unsigned int entsize;
};

struct elf32_symbol {
  unsigned int name;
  unsigned int value;
  unsigned int size;
  unsigned char info;
  unsigned char other;
  unsigned short shndx;
};

#endif
