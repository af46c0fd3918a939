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
  [machine.none]: 'None',
  [machine.i386]: 'Intel 80386',
  [machine.x86_64]: 'Advanced Micro Devices X86-64',
};

export const osabiNames: Names = { 0: 'UNIX - System V', 3: 'UNIX - GNU' };

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

/** Flag letters in the order of their bits. */
const flagLetters: readonly (readonly [number, string])[] = [
  [sectionFlag.write, 'W'],
  [sectionFlag.alloc, 'A'],
  [sectionFlag.execute, 'X'],
  [sectionFlag.merge, 'M'],
  [sectionFlag.strings, 'S'],
  [sectionFlag.infoLink, 'I'],
  [sectionFlag.linkOrder, 'L'],
  [sectionFlag.osNonconforming, 'O'],
  [sectionFlag.group, 'G'],
  [sectionFlag.tls, 'T'],
  [sectionFlag.compressed, 'C'],
  [sectionFlag.gnuRetain, 'R'],
  [sectionFlag.gnuMbind, 'D'],
  [sectionFlag.exclude, 'E'],
];

/** The letters of a section's flags. */
export function flagText(flags: number): string {
  let text = '';
  let rest = flags >>> 0;
  for (const [bit, letter] of flagLetters) {
    if ((rest & bit) === 0) continue;
    text += letter;
    rest = (rest & ~bit) >>> 0;
  }
  if (rest & 0xf0000000) text += 'p';
  if (rest & 0x0ff00000) text += 'o';
  return rest & 0x000fffff ? `${text}x` : text;
}
