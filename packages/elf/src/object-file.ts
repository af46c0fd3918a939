// The frame of a relocatable x86 file: what assembler, linker -r and objcopy write around sections and symbols.

import { elfType, machine } from './constants.ts';
import type { ElfFile, ElfSection, ElfSymbol } from './model.ts';

/** A file of these sections and symbols for the i386 (32 bits) or x86-64 (64): no entry, no segments. */
export function objectFile(bits: 32 | 64, sections: ElfSection[], symbols: ElfSymbol[]): ElfFile {
  return {
    bits,
    type: elfType.relocatable,
    machine: bits === 32 ? machine.i386 : machine.x86_64,
    entry: 0n,
    flags: 0,
    osabi: 0,
    sections,
    symbols,
    segments: [],
  };
}
