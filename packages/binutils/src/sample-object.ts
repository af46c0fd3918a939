// Small i386 objects for the tests: the parts that differ are given, the frame is here.

import { objectFile, sectionType, writeElf } from '@ring0/elf';
import type { ElfSection, ElfSymbol } from '@ring0/elf';

/** A section with contents, aligned to four bytes. */
export function sampleSection(name: string, flags: number, data: Uint8Array): ElfSection {
  return {
    name,
    type: sectionType.progbits,
    flags,
    address: 0n,
    size: data.length,
    alignment: 4,
    entrySize: 0,
    data,
    relocations: [],
  };
}

/** The bytes of a relocatable file of these sections and symbols. */
export function sampleObject(
  sections: readonly ElfSection[],
  symbols: readonly Omit<ElfSymbol, 'visibility'>[],
): Uint8Array {
  const whole = symbols.map((symbol) => ({ ...symbol, visibility: 0 }));
  return writeElf(objectFile(32, [...sections], whole));
}
