// The words readelf prints for the numbers of ELF files, as tables.

import { elfType, machine, sectionFlag, sectionType, segmentType, symbolType } from '@ring0/elf';

type Names = Readonly<Record<number, string>>;

export const typeNames: Names = {
  [elfType.none]: 'NONE (None)',
  [elfType.relocatable]: 'REL (Relocatable file)',
  [elfType.executable]: 'EXEC (Executable file)',
  [elfType.shared]: 'DYN (Shared object file)',
  [elfType.core]: 'CORE (Core file)',
};

export const machineNames: Names = {
  2: 'Sparc',
  8: 'MIPS R3000',
  20: 'PowerPC',
  21: 'PowerPC64',
  22: 'IBM S/390',
  40: 'ARM',
  50: 'Intel IA-64',
  183: 'AArch64',
  243: 'RISC-V',
  247: 'Linux BPF',
  258: 'LoongArch',
  [machine.none]: 'None',
  [machine.i386]: 'Intel 80386',
  [machine.iamcu]: 'Intel MCU',
  [machine.x86_64]: 'Advanced Micro Devices X86-64',
};

export const osabiNames: Names = {
  0: 'UNIX - System V',
  1: 'UNIX - HP-UX',
  2: 'UNIX - NetBSD',
  3: 'UNIX - GNU',
  6: 'UNIX - Solaris',
  7: 'UNIX - AIX',
  8: 'UNIX - IRIX',
  9: 'UNIX - FreeBSD',
  10: 'UNIX - TRU64',
  11: 'Novell - Modesto',
  12: 'UNIX - OpenBSD',
  13: 'VMS - OpenVMS',
  14: 'HP - Non-Stop Kernel',
  15: 'AROS',
  16: 'FenixOS',
  17: 'Nuxi CloudABI',
  18: 'Stratus Technologies OpenVOS',
  255: 'Standalone App',
};

export const sectionTypeNames: Names = {
  [sectionType.null]: 'NULL',
  [sectionType.progbits]: 'PROGBITS',
  [sectionType.symtab]: 'SYMTAB',
  [sectionType.strtab]: 'STRTAB',
  [sectionType.rela]: 'RELA',
  [sectionType.hash]: 'HASH',
  [sectionType.dynamic]: 'DYNAMIC',
  [sectionType.note]: 'NOTE',
  [sectionType.nobits]: 'NOBITS',
  [sectionType.rel]: 'REL',
  [sectionType.shlib]: 'SHLIB',
  [sectionType.dynsym]: 'DYNSYM',
  [sectionType.initArray]: 'INIT_ARRAY',
  [sectionType.finiArray]: 'FINI_ARRAY',
  [sectionType.preinitArray]: 'PREINIT_ARRAY',
  [sectionType.group]: 'GROUP',
  [sectionType.symtabShndx]: 'SYMTAB SECTION INDICES',
  [sectionType.relr]: 'RELR',
  [sectionType.gnuHash]: 'GNU_HASH',
  [sectionType.gnuVerdef]: 'VERDEF',
  [sectionType.gnuVerneed]: 'VERNEED',
  [sectionType.gnuVersym]: 'VERSYM',
};

export const segmentTypeNames: Names = {
  [segmentType.null]: 'NULL',
  [segmentType.load]: 'LOAD',
  [segmentType.dynamic]: 'DYNAMIC',
  [segmentType.interp]: 'INTERP',
  [segmentType.note]: 'NOTE',
  [segmentType.shlib]: 'SHLIB',
  [segmentType.phdr]: 'PHDR',
  [segmentType.tls]: 'TLS',
  [segmentType.gnuEhFrame]: 'GNU_EH_FRAME',
  [segmentType.gnuStack]: 'GNU_STACK',
  [segmentType.gnuRelro]: 'GNU_RELRO',
  [segmentType.gnuProperty]: 'GNU_PROPERTY',
};

export const symbolTypeNames: Names = {
  [symbolType.notype]: 'NOTYPE',
  [symbolType.object]: 'OBJECT',
  [symbolType.func]: 'FUNC',
  [symbolType.section]: 'SECTION',
  [symbolType.file]: 'FILE',
  [symbolType.common]: 'COMMON',
  [symbolType.tls]: 'TLS',
  [symbolType.gnuIfunc]: 'IFUNC',
};

export const bindingNames: Names = { 0: 'LOCAL', 1: 'GLOBAL', 2: 'WEAK', 10: 'UNIQUE' };

export const visibilityNames: Names = { 0: 'DEFAULT', 1: 'INTERNAL', 2: 'HIDDEN', 3: 'PROTECTED' };

/** Flags by letter and by name in the order of their bits. */
const flagRows: readonly (readonly [number, string, string])[] = [
  [sectionFlag.write, 'W', 'WRITE'],
  [sectionFlag.alloc, 'A', 'ALLOC'],
  [sectionFlag.execute, 'X', 'EXEC'],
  [sectionFlag.merge, 'M', 'MERGE'],
  [sectionFlag.strings, 'S', 'STRINGS'],
  [sectionFlag.infoLink, 'I', 'INFO LINK'],
  [sectionFlag.linkOrder, 'L', 'LINK ORDER'],
  [sectionFlag.osNonconforming, 'O', 'OS NONCONF'],
  [sectionFlag.group, 'G', 'GROUP'],
  [sectionFlag.tls, 'T', 'TLS'],
  [sectionFlag.compressed, 'C', 'COMPRESSED'],
  [sectionFlag.gnuRetain, 'R', 'GNU_RETAIN'],
  [sectionFlag.gnuMbind, 'D', 'GNU_MBIND'],
  [sectionFlag.exclude, 'E', 'EXCLUDE'],
];

/** The letters of a section's flags. */
export function flagText(flags: number): string {
  let text = '';
  let rest = flags >>> 0;
  for (const [bit, letter] of flagRows) {
    if ((rest & bit) === 0) continue;
    text += letter;
    rest = (rest & ~bit) >>> 0;
  }
  if (rest & 0xf0000000) text += 'p';
  if (rest & 0x0ff00000) text += 'o';
  return rest & 0x000fffff ? `${text}x` : text;
}

/** A flag that has a name beside EXCLUDE alone. */
const ordered = 0x40000000;

/** The names of a section's flags, as -t lists them. */
export function flagNames(flags: number): string {
  const names: string[] = [];
  let rest = flags >>> 0;
  for (const [bit, , name] of flagRows) {
    if ((rest & bit) === 0) continue;
    if (bit !== sectionFlag.exclude || (rest & ordered) === 0) names.push(name);
    else {
      names.push('ORDERED', name);
      rest = (rest & ~ordered) >>> 0;
    }
    rest = (rest & ~bit) >>> 0;
  }
  if (rest & 0x0ff00000)
    names.push(`OS (${((rest & 0x0ff00000) >>> 0).toString(16).padStart(8, '0')})`);
  if (rest & 0xf0000000)
    names.push(`PROC (${((rest & 0xf0000000) >>> 0).toString(16).padStart(8, '0')})`);
  if (rest & 0x000fffff)
    names.push(`UNKNOWN (${(rest & 0x000fffff).toString(16).padStart(8, '0')})`);
  return names.join(', ');
}

/** Dynamic tags: the name and how the value is shown. */
export type DynamicStyle =
  | 'address'
  | 'bytes'
  | 'count'
  | 'needed'
  | 'soname'
  | 'rpath'
  | 'runpath'
  | 'string'
  | 'plain'
  | 'pltrel'
  | 'flags'
  | 'flags1';

export const dynamicTags: Readonly<Record<number, readonly [string, DynamicStyle]>> = {
  0: ['NULL', 'address'],
  1: ['NEEDED', 'needed'],
  2: ['PLTRELSZ', 'bytes'],
  3: ['PLTGOT', 'address'],
  4: ['HASH', 'address'],
  5: ['STRTAB', 'address'],
  6: ['SYMTAB', 'address'],
  7: ['RELA', 'address'],
  8: ['RELASZ', 'bytes'],
  9: ['RELAENT', 'bytes'],
  10: ['STRSZ', 'bytes'],
  11: ['SYMENT', 'bytes'],
  12: ['INIT', 'address'],
  13: ['FINI', 'address'],
  14: ['SONAME', 'soname'],
  15: ['RPATH', 'rpath'],
  16: ['SYMBOLIC', 'address'],
  17: ['REL', 'address'],
  18: ['RELSZ', 'bytes'],
  19: ['RELENT', 'bytes'],
  20: ['PLTREL', 'pltrel'],
  21: ['DEBUG', 'address'],
  22: ['TEXTREL', 'address'],
  23: ['JMPREL', 'address'],
  24: ['BIND_NOW', 'plain'],
  25: ['INIT_ARRAY', 'address'],
  26: ['FINI_ARRAY', 'address'],
  27: ['INIT_ARRAYSZ', 'bytes'],
  28: ['FINI_ARRAYSZ', 'bytes'],
  29: ['RUNPATH', 'runpath'],
  30: ['FLAGS', 'flags'],
  32: ['PREINIT_ARRAY', 'address'],
  33: ['PREINIT_ARRAYSZ', 'bytes'],
  34: ['SYMTAB_SHNDX', 'address'],
  35: ['RELRSZ', 'bytes'],
  36: ['RELR', 'address'],
  37: ['RELRENT', 'bytes'],
  0x6ffffef5: ['GNU_HASH', 'address'],
  0x6ffffef6: ['TLSDESC_PLT', 'address'],
  0x6ffffef7: ['TLSDESC_GOT', 'address'],
  0x6ffffef8: ['GNU_CONFLICT', 'address'],
  0x6ffffef9: ['GNU_LIBLIST', 'address'],
  0x6ffffefa: ['CONFIG', 'string'],
  0x6ffffefb: ['DEPAUDIT', 'string'],
  0x6ffffefc: ['AUDIT', 'string'],
  0x6ffffefd: ['PLTPAD', 'address'],
  0x6ffffefe: ['MOVETAB', 'address'],
  0x6ffffeff: ['SYMINFO', 'address'],
  0x6ffffdf5: ['GNU_PRELINKED', 'address'],
  0x6ffffff0: ['VERSYM', 'address'],
  0x6ffffff9: ['RELACOUNT', 'count'],
  0x6ffffffa: ['RELCOUNT', 'count'],
  0x6ffffffb: ['FLAGS_1', 'flags1'],
  0x6ffffffc: ['VERDEF', 'address'],
  0x6ffffffd: ['VERDEFNUM', 'count'],
  0x6ffffffe: ['VERNEED', 'address'],
  0x6fffffff: ['VERNEEDNUM', 'count'],
  0x7ffffffd: ['AUXILIARY', 'string'],
  0x7fffffff: ['FILTER', 'string'],
};

/** DT_FLAGS by bit. */
export const dynamicFlagNames = ['ORIGIN', 'SYMBOLIC', 'TEXTREL', 'BIND_NOW', 'STATIC_TLS'];

/** DT_FLAGS_1 by bit. */
export const dynamicFlag1Names = [
  'NOW',
  'GLOBAL',
  'GROUP',
  'NODELETE',
  'LOADFLTR',
  'INITFIRST',
  'NOOPEN',
  'ORIGIN',
  'DIRECT',
  'TRANS',
  'INTERPOSE',
  'NODEFLIB',
  'NODUMP',
  'CONFALT',
  'ENDFILTEE',
  'DISPRELDNE',
  'DISPRELPND',
  'NODIRECT',
  'IGNMULDEF',
  'NOKSYMS',
  'NOHDR',
  'EDITED',
  'NORELOC',
  'SYMINTPOSE',
  'GLOBAUDIT',
  'SINGLETON',
  'STUB',
  'PIE',
  'KMOD',
  'WEAKFILTER',
  'NOCOMMON',
];
