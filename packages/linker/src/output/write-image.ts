// The output file: section contents put together, then written as ELF or as flat bytes by load
// address.

import {
  elfType,
  machine,
  sectionFlag,
  sectionType,
  symbolBinding,
  symbolType,
  writeElf,
} from '@ring0/elf';
import { latin1Bytes } from '@ring0/bytes';
import { intelHex, motorolaHex } from '@ring0/elf';
import type { ElfFile, ElfSection, ElfSegment, ElfSymbol, HexChunk } from '@ring0/elf';
import type { InputSection, OutputSection } from '../model.ts';
import { putBytes, writeRelocated } from './relocate.ts';
import type { RelocationContext } from './relocate.ts';

/**
 * Where the script gives no pattern, code is filled with two-byte nops and, at an odd end, a
 * one-byte one.
 */
function fillWithNops(bytes: Uint8Array, start: number, size: number): void {
  for (let i = 0; i + 1 < size; i += 2) {
    bytes[start + i] = 0x66;
    bytes[start + i + 1] = 0x90;
  }
  if (size & 1) bytes[start + size - 1] = 0x90;
}

/** The bytes of an output section as its inputs have them. */
export function plainBytes(section: OutputSection): Uint8Array {
  return assembled(section, putBytes);
}

/** The bytes of an output section, relocated. */
export function sectionBytes(section: OutputSection, context: RelocationContext): Uint8Array {
  return assembled(section, (input, out) => writeRelocated(input, out, context));
}

function assembled(
  section: OutputSection,
  put: (input: InputSection, out: Uint8Array) => void,
): Uint8Array {
  const bytes = new Uint8Array(section.size);
  const isCode = (section.flags & sectionFlag.execute) !== 0;
  for (const piece of section.pieces) {
    if (piece.kind === 'input') {
      const { section: input } = piece;
      if (input.type === sectionType.nobits) continue;
      if (input.size > 0) put(input, bytes.subarray(piece.offset, piece.offset + input.size));
    } else if (piece.kind === 'data') {
      for (let i = 0; i < piece.size; i++) {
        bytes[piece.offset + i] = Number((piece.value >> BigInt(8 * i)) & 0xffn);
      }
    } else if (piece.kind === 'pad') {
      const { fill, offset, size } = piece;
      if (fill.length === 0 && isCode) fillWithNops(bytes, offset, size);
      else if (fill.length > 0)
        for (let i = 0; i < size; i++) bytes[offset + i] = fill[i % fill.length];
    }
  }
  return bytes;
}

/** The sections as the ELF writer takes them. */
export function elfSections(
  sections: readonly OutputSection[],
  context: RelocationContext,
): Map<OutputSection, ElfSection> {
  const result = new Map<OutputSection, ElfSection>();
  for (const section of sections) {
    const hasBytes = section.type !== sectionType.nobits;
    result.set(section, {
      name: section.name,
      type: section.type,
      flags: section.flags,
      address: BigInt(section.address >>> 0),
      size: section.size,
      alignment: section.alignment,
      entrySize: section.entrySize,
      data: hasBytes ? sectionBytes(section, context) : new Uint8Array(0),
      relocations: [],
      info: 0,
      offset: section.offset,
    });
  }
  return result;
}

/** Some symbol is of a kind that GNU added. */
export const usesGnuSymbols = (symbols: readonly ElfSymbol[]): boolean =>
  symbols.some((s) => s.type === symbolType.gnuIfunc || s.binding === symbolBinding.gnuUnique);

/** The executable's bytes; `hasSymbolTable` says that there is one in any case. */
export function elfImage(
  sections: readonly ElfSection[],
  symbols: ElfSymbol[],
  segments: ElfSegment[],
  entry: number,
  type: number = elfType.executable,
  hasSymbolTable = false,
): Uint8Array {
  const file: ElfFile = {
    bits: 32,
    type,
    machine: machine.i386,
    entry: BigInt(entry >>> 0),
    flags: 0,
    osabi: usesGnuSymbols(symbols) ? 3 : 0,
    sections: [...sections],
    symbols,
    segments,
  };
  return writeElf(file, { hasSymbolTable });
}

/**
 * Memory from the lowest load address to the end of the last contents; undefined where that is
 * more than `bytesMax`.
 */
export function flatImage(
  sections: ReadonlyMap<OutputSection, ElfSection>,
  bytesMax: number,
): Uint8Array | undefined {
  const loaded = [...sections].filter(
    ([o]) => (o.flags & sectionFlag.alloc) !== 0 && o.type !== sectionType.nobits && o.size > 0,
  );
  if (loaded.length === 0) return new Uint8Array(0);
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const [{ loadAddress, size }] of loaded) {
    low = Math.min(low, loadAddress);
    high = Math.max(high, loadAddress + size);
  }
  if (high - low > bytesMax) return undefined;
  const image = new Uint8Array(high - low);
  for (const [output, section] of loaded) image.set(section.data, output.loadAddress - low);
  return image;
}

/** The loaded sections as hexadecimal records; one run of them for each piece of a section. */
export function hexImage(
  format: 'ihex' | 'srec',
  sections: ReadonlyMap<OutputSection, ElfSection>,
  start: number,
  name: string,
): Uint8Array {
  const chunks: HexChunk[] = [];
  for (const [output, { data }] of sections) {
    if ((output.flags & sectionFlag.alloc) === 0 || output.type === sectionType.nobits) continue;
    for (const piece of output.pieces) {
      if (piece.kind === 'symbol') continue;
      const size = piece.kind === 'input' ? piece.section.size : piece.size;
      const bytes = data.subarray(piece.offset, piece.offset + size);
      chunks.push({ address: output.loadAddress + piece.offset, bytes });
    }
  }
  const text = format === 'ihex' ? intelHex(chunks, start) : motorolaHex(chunks, start, name);
  return latin1Bytes(text);
}
