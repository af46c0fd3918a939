// Small i386 objects for the tests: the parts that differ are given, the frame is here.

import { elfType, machine, sectionType, writeElf } from '@ring0/elf';
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
  return writeElf({
    bits: 32,
    type: elfType.relocatable,
    machine: machine.i386,
    entry: 0n,
    flags: 0,
    osabi: 0,
    sections: [...sections],
    symbols: symbols.map((symbol) => ({ ...symbol, visibility: 0 })),
    segments: [],
  });
}
