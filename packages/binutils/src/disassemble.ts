// The disassembly listing, as `objdump -d` and `-D` print it: blocks headed by their symbol, one
// line an instruction with its bytes, runs of zeros left out, data of object symbols as bytes.

import { relocationTable } from '@ring0/elf';
import type { ElfRelocation } from '@ring0/elf';
import { decode, formatAtt, formatIntel } from '@ring0/isa';
import type { DecodedInstruction } from '@ring0/isa';
import { SymbolTable } from './disassemble-symbols.ts';
import type { ObjectView, ViewSection } from './objdump-view.ts';

export interface DisassembleOptions {
  /** Every section with contents (`-D`), not only code (`-d`). */
  readonly isAll: boolean;
  /** Relocations after the instruction that they change (`-r`). */
  readonly hasRelocations: boolean;
  readonly mode: 16 | 32;
  readonly syntax: 'att' | 'intel';
  /** Names of sections (`-j`); empty: no choice is made. */
  readonly sections: readonly string[];
  readonly startAddress?: number | undefined;
  readonly stopAddress?: number | undefined;
  /** Runs of zeros are disassembled too (`-z`). */
  readonly showsZeros: boolean;
  /** The bytes of an instruction are shown. */
  readonly showsBytes: boolean;
}

/** Bytes of code on a line, and of data. */
const codeWidth = 7;
const dataWidth = 16;
/** Shorter runs of zeros are shown, unless they end the section. */
const zeroRunMin = 8;
const zeroRunMinAtEnd = 3;

const prefixNames = new Map([
  [0x26, 'es'],
  [0x2e, 'cs'],
  [0x36, 'ss'],
  [0x3e, 'ds'],
  [0x64, 'fs'],
  [0x65, 'gs'],
  [0xf0, 'lock'],
  [0xf2, 'repnz'],
  [0xf3, 'repz'],
  [0x9b, 'fwait'],
]);

/** The first byte of an instruction that the section's end cuts. */
function truncatedText(byte: number, mode: 16 | 32): string {
  if (byte === 0x66) return mode === 16 ? 'data32' : 'data16';
  if (byte === 0x67) return mode === 16 ? 'addr32' : 'addr16';
  return prefixNames.get(byte) ?? `.byte 0x${byte.toString(16)}`;
}

const hex8 = (value: number) => (value >>> 0).toString(16).padStart(8, '0');
const hex2 = (value: number) => value.toString(16).padStart(2, '0');

class Listing {
  private readonly symbols: SymbolTable;
  private readonly view: ObjectView;
  private readonly section: ViewSection;
  private readonly data: Uint8Array;
  private readonly options: DisassembleOptions;
  private readonly relocations: readonly ElfRelocation[];
  private readonly addressWidth: number;
  private readonly stop: number;
  private nextRelocation = 0;
  private readonly lines: string[] = [];

  constructor(
    view: ObjectView,
    symbols: SymbolTable,
    { section, data }: { readonly section: ViewSection; readonly data: Uint8Array },
    options: DisassembleOptions,
    stop: number,
  ) {
    this.view = view;
    this.symbols = symbols;
    this.section = section;
    this.data = data;
    this.options = options;
    this.stop = stop;
    this.relocations = section.relocations.toSorted((left, right) => left.offset - right.offset);
    // Leading zeros go in fours, as long as one more stays.
    this.addressWidth = hex8(section.address + section.size).startsWith('00000') ? 4 : 8;
  }

  /** The lines of the section from offset `from` on. */
  text(from: number): string {
    const { section, symbols, lines } = this;
    let offset = from;
    let index = symbols.find(section.address + offset, section, true);
    while (this.relocations[this.nextRelocation]?.offset < offset) this.nextRelocation++;
    while (offset < this.stop) {
      const address = section.address + offset;
      lines.push('', `${hex8(address)} ${symbols.name(address, section, index)}:`);
      const next = this.nextSymbol(index, address);
      const nextAddress = symbols.sorted[next]?.value ?? section.address + this.stop;
      let end = nextAddress - section.address;
      if (end > this.stop || end <= offset) end = this.stop;
      this.block(offset, end, this.isCode(index, address));
      offset = end;
      index = next;
    }
    return lines.map((line) => `${line}\n`).join('');
  }

  private nextSymbol(index: number, address: number): number {
    const { sorted } = this.symbols;
    const symbol = sorted[index];
    if (!symbol) return -1;
    if (symbol.value > address) return index;
    for (let i = index + 1; i < sorted.length; i++) {
      const candidate = sorted[i];
      if (candidate.section?.name === this.section.name && candidate.value > symbol.value) return i;
    }
    return -1;
  }

  private isCode(index: number, address: number): boolean {
    const symbol = this.symbols.sorted[index];
    if (this.options.isAll || !symbol) return true;
    if (symbol.section !== this.section || symbol.value > address) return true;
    return !symbol.isObject || symbol.isFunction;
  }

  private address(offset: number): string {
    const text = hex8(this.section.address + offset).slice(8 - this.addressWidth);
    return text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
  }

  private block(start: number, end: number, isCode: boolean): void {
    const { data } = this;
    let offset = start;
    while (offset < end) {
      const zeros = this.zeroRun(offset, end);
      if (zeros > 0) {
        this.lines.push('\t...');
        offset += zeros;
      } else if (isCode) {
        offset += this.instruction(offset, end);
      } else {
        const count = Math.min(dataWidth, end - offset);
        this.dataLine(offset, data.subarray(offset, offset + count));
        offset += count;
      }
      this.relocationLines(offset);
    }
  }

  /** The zeros to leave out at `offset`. */
  private zeroRun(offset: number, end: number): number {
    if (this.options.showsZeros) return 0;
    const { data } = this;
    let at = offset;
    while (at < end && data[at] === 0) at++;
    const count = at - offset;
    if (count >= zeroRunMin) return at === end ? count : count & ~3;
    return at === end && count > 0 && count < zeroRunMinAtEnd ? count : 0;
  }

  private dataLine(offset: number, bytes: Uint8Array): void {
    const shown = [...bytes].map((byte) => `${hex2(byte)} `).join('');
    const text = [...bytes].map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    );
    const padded = this.options.showsBytes ? `${shown.padEnd(dataWidth * 3)}    ` : '';
    this.lines.push(`${this.address(offset)}:\t${padded}${text.join('')}`);
  }

  private instruction(offset: number, end: number): number {
    const { data } = this;
    const { address } = this.section;
    const { mode, showsBytes } = this.options;
    // With -d an instruction of a code section must end before the next symbol.
    const isBounded = !this.options.isAll && this.section.flags.includes('CODE');
    const code = data.subarray(0, isBounded ? end : this.stop);
    const decoded = decode(code, offset, mode, address + offset, true);
    const length = decoded.isTruncated ? 1 : decoded.length;
    const text = decoded.isTruncated
      ? truncatedText(data[offset], mode)
      : this.instructionText(decoded);
    const head = `${this.address(offset)}:\t`;
    if (!showsBytes) {
      this.lines.push(head + text);
      return length;
    }
    this.lines.push(`${head}${this.byteColumn(offset, Math.min(length, codeWidth), end)}\t${text}`);
    for (let at = codeWidth; at < length; at += codeWidth) {
      const count = Math.min(codeWidth, length - at);
      this.lines.push(`${this.address(offset + at)}:\t${this.bytes(offset + at, count, end)}`);
    }
    return length;
  }

  /**
   * Bytes after the end of the block are of an instruction that runs into the next: one space
   * each.
   */
  private bytes(offset: number, count: number, end: number): string {
    const { data } = this;
    let text = '';
    for (let i = 0; i < count; i++) text += offset + i < end ? `${hex2(data[offset + i])} ` : ' ';
    return text;
  }

  private byteColumn(offset: number, count: number, end: number): string {
    return this.bytes(offset, count, end) + '   '.repeat(codeWidth - count);
  }

  private instructionText(decoded: DecodedInstruction): string {
    const { symbols, section } = this;
    const symbolize = (target: bigint): string => {
      const address = Number(target);
      const digits = address.toString(16);
      if (symbols.sorted.length === 0) return `0x${digits}`;
      const index = symbols.find(address, section, false);
      return `${digits} ${symbols.name(address, section, index)}`;
    };
    const isAtt = this.options.syntax === 'att';
    return isAtt ? formatAtt(decoded, symbolize) : formatIntel(decoded, symbolize);
  }

  /** The relocations before `offset` that have not been shown. */
  private relocationLines(offset: number): void {
    if (!this.options.hasRelocations) return;
    const kinds = relocationTable(this.view.machine);
    for (;;) {
      const relocation = this.relocations[this.nextRelocation];
      if (!relocation || relocation.offset >= offset) return;
      this.nextRelocation++;
      const at = this.section.address + relocation.offset;
      const kind = kinds?.byType.get(relocation.type)?.name ?? '*unknown*';
      this.lines.push(`\t\t\t${at.toString(16)}: ${kind}\t${relocationSymbol(relocation)}`);
    }
  }
}

/** The symbol of a relocation, a section's by the section's name; *ABS* where there is none. */
export function relocationSymbol(relocation: ElfRelocation): string {
  const { symbol, addend } = relocation;
  const owner = symbol && typeof symbol.section !== 'string' ? symbol.section.name : '';
  const name = symbol ? symbol.name || owner : '*ABS*';
  if (addend === undefined || addend === 0n) return name;
  return addend < 0n ? `${name}-0x${(-addend).toString(16)}` : `${name}+0x${addend.toString(16)}`;
}

/** A section without contents is zeros, of which no file may ask for more than this. */
const zeroMax = 1 << 24;
/** With -z each of them is shown; so many for all sections. */
const shownZeroMax = 1 << 18;

function contents(section: ViewSection, zeros: { left: number }): Uint8Array {
  if (section.flags.includes('CONTENTS')) return section.data;
  const count = Math.min(section.size, zeroMax, zeros.left);
  zeros.left -= count;
  return new Uint8Array(count);
}

function isShown(section: ViewSection, options: DisassembleOptions): boolean {
  if (section.size === 0) return false;
  if (options.isAll && options.sections.length === 0) return true;
  if (!section.flags.includes('CONTENTS') && !options.isAll) return false;
  if (options.sections.length > 0) return options.sections.includes(section.name);
  return section.flags.includes('CODE');
}

/** The listing of the sections that the options choose, from `Disassembly of section` on. */
export function disassemble(view: ObjectView, options: DisassembleOptions): string {
  const symbols = new SymbolTable(view);
  const zeros = { left: options.showsZeros ? shownZeroMax : Infinity };
  let text = '';
  for (const section of view.sections) {
    if (!isShown(section, options)) continue;
    const { startAddress = section.address, stopAddress = Infinity } = options;
    const start = Math.max(0, startAddress - section.address);
    const data = contents(section, zeros);
    const stop = Math.min(data.length, Math.max(0, stopAddress - section.address));
    if (start >= stop) continue;
    text += `\nDisassembly of section ${section.name}:\n`;
    text += new Listing(view, symbols, { section, data }, options, stop).text(start);
  }
  return text;
}
