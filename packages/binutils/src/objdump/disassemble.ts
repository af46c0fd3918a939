// The disassembly listing, as `objdump -d` and `-D` print it: blocks headed by their symbol, one
// line an instruction with its bytes, runs of zeros left out, data of object symbols as bytes.

import { relocationName } from '@ring0/elf';
import type { ElfRelocation } from '@ring0/elf';
import type { Mode } from '@ring0/isa';
import type { SourceTexts } from './disassemble-lines.ts';
import { SymbolTable } from './disassemble-symbols.ts';
import { InstructionTexts } from './instruction-texts.ts';
import type { Dialect } from './instruction-texts.ts';
import type { MadeUp } from './objdump-dynamic.ts';
import { shownName } from './objdump-view.ts';
import type { ObjectView, ViewSection, ViewSymbol } from './objdump-view.ts';
import { hexAddress } from '../text-sink.ts';
import type { TextSink } from '../text-sink.ts';

export interface DisassembleOptions {
  /** Every section with contents (`-D`), not only code (`-d`). */
  readonly isAll: boolean;
  /** Relocations after the instruction that they change (`-r`). */
  readonly hasRelocations: boolean;
  readonly mode: Mode;
  readonly syntax: 'att' | 'intel';
  readonly dialect?: Dialect | undefined;
  /** Names of sections (`-j`); empty: no choice is made. */
  readonly sections: readonly string[];
  readonly startAddress?: number | undefined;
  readonly stopAddress?: number | undefined;
  /** Runs of zeros are disassembled too (`-z`). */
  readonly showsZeros: boolean;
  /** The bytes of an instruction are shown. */
  readonly showsBytes: boolean;
  /** Only the code of this symbol (`--disassemble=NAME`). */
  readonly symbol?: string | undefined;
  /** Whole address and symbol on each line. */
  readonly prefixesAddresses?: boolean | undefined;
  /** `--no-addresses` */
  readonly hidesAddresses?: boolean | undefined;
  /** Bytes on a line (`--insn-width`). */
  readonly width?: number | undefined;
  /** The bytes of an instruction are on one line (`-w`). */
  readonly isWide?: boolean | undefined;
  /** --show-all-symbols: every name of an address heads its block. */
  readonly showsAllSymbols?: boolean | undefined;
  /** `-F` */
  readonly showsFileOffsets?: boolean | undefined;
  /** Instructions are decoded one by one: for tests of the templates. */
  readonly noTemplates?: boolean | undefined;
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
function truncatedText(byte: number, mode: Mode): string {
  if (byte === 0x66) return mode === 16 ? 'data32' : 'data16';
  if (byte === 0x67) return mode === 32 ? 'addr16' : 'addr32';
  if (mode === 64 && (byte & 0xf0) === 0x40) {
    const bits = [...'WRXB'].filter((_, at) => (byte & (8 >> at)) !== 0).join('');
    return bits === '' ? 'rex' : `rex.${bits}`;
  }
  return prefixNames.get(byte) ?? `.byte 0x${byte.toString(16)}`;
}

const byteTexts = Array.from(
  { length: 256 },
  (_, byte) => `${byte.toString(16).padStart(2, '0')} `,
);

class Listing {
  private readonly symbols: SymbolTable;
  private readonly view: ObjectView;
  private readonly section: ViewSection;
  private readonly data: Uint8Array;
  private readonly options: DisassembleOptions;
  private readonly relocations: readonly ElfRelocation[];
  private readonly addressWidth: number;
  private readonly width: number;
  private readonly stop: number;
  private readonly texts: InstructionTexts;
  private readonly sources: SourceTexts | undefined;
  private readonly sourceSymbols: SymbolTable;
  private readonly names = new Map<number, string>();
  private readonly out: TextSink;
  /** Lines begin with an address and a colon. */
  private readonly isPlainLine: boolean;
  private readonly isBounded: boolean;
  /** A branch's target is an address and a name. */
  private readonly hasPlainTargets: boolean;
  private code: Uint8Array;
  private codeEnd = -1;
  private nextRelocation = 0;
  private isSilent = false;
  private isOn = true;
  private nextTitled = 0;

  constructor(
    context: Output & {
      readonly view: ObjectView;
      readonly symbols: SymbolTable;
      readonly sources: SourceTexts | undefined;
      readonly sourceSymbols: SymbolTable;
    },
    { section, data }: { readonly section: ViewSection; readonly data: Uint8Array },
    options: DisassembleOptions,
    stop: number,
  ) {
    this.view = context.view;
    this.symbols = context.symbols;
    this.sources = context.sources;
    this.sourceSymbols = context.sourceSymbols;
    this.out = context.out;
    this.section = section;
    this.data = data;
    this.options = options;
    this.stop = stop;
    this.relocations = section.relocations.toSorted((left, right) => left.offset - right.offset);
    // Leading zeros go in fours, as long as one more stays.
    const end = hexAddress(section.address + section.size, this.view.bits);
    const zeros = /^0*/.exec(end)?.[0].length ?? 0;
    this.addressWidth = end.length - Math.min(end.length - 4, Math.max(0, (zeros - 1) & ~3));
    this.width = options.width ?? codeWidth;
    this.isPlainLine = !options.prefixesAddresses && !options.hidesAddresses;
    this.isPlainLine &&= section.address + section.size < 0x1_0000_0000;
    this.isBounded = !options.isAll && section.flags.includes('CODE');
    this.code = data;
    this.hasPlainTargets =
      this.isPlainLine && !options.showsFileOffsets && this.symbols.sorted.length > 0;
    this.texts = context.texts;
    this.texts.symbolizer = {
      text: (address) => this.targetText(address),
      write: (address) => this.writeTarget(address),
    };
  }

  /** The lines of the section from offset `from` on. */
  show(from: number): void {
    const { section, symbols, options } = this;
    this.sources?.reset();
    let offset = from;
    let index = symbols.find(section.address + offset, section, true);
    while (this.relocations[this.nextRelocation]?.offset < offset) this.nextRelocation++;
    while (offset < this.stop) {
      const address = section.address + offset;
      const next = this.nextSymbol(index, address);
      const nextAddress = symbols.sorted[next]?.value ?? section.address + this.stop;
      let end = nextAddress - section.address;
      if (end > this.stop || end <= offset) end = this.stop;
      if (options.symbol !== undefined) {
        this.choose(symbols.sorted[index], address);
        const last = this.nextTitled - section.address;
        if (this.isOn && last > offset && last < end) end = last;
      }
      this.isSilent = !this.isOn;
      if (this.isOn) this.title(address, index);
      this.block(offset, end, this.isCode(index, address));
      offset = end;
      index = next;
    }
  }

  /** With a chosen symbol: whether the block at `address` is of it. */
  private choose(symbol: ViewSymbol | undefined, address: number): void {
    const { symbol: wanted } = this.options;
    if (symbol && symbol.value === address && symbol.name === wanted) {
      this.isOn = true;
      // What is within the symbol is shown under names of its own too.
      this.nextTitled = symbol.isFunction && symbol.size > 0 ? address + symbol.size : 0;
      return;
    }
    if (this.isOn && this.nextTitled > address) return;
    this.isOn = false;
  }

  private title(address: number, index: number): void {
    const { options, symbols, section, out } = this;
    if (options.prefixesAddresses) return;
    const names = options.showsAllSymbols
      ? symbols.namesAt(address, section, index)
      : [symbols.name(address, section, index)];
    const place = options.hidesAddresses ? '' : `${hexAddress(address, this.view.bits)} `;
    out.add('\n');
    for (const name of names) out.add(`${place}${name}${this.fileOffset(address)}:\n`);
  }

  private fileOffset(address: number): string {
    const { section } = this;
    if (!this.options.showsFileOffsets) return '';
    return ` (File Offset: 0x${(section.offset + address - section.address).toString(16)})`;
  }

  private nextSymbol(index: number, address: number): number {
    const { sorted } = this.symbols;
    const symbol = sorted[index];
    if (!symbol) return -1;
    if (symbol.value > address) return index;
    for (let i = index + 1; i < sorted.length; i++) {
      const candidate = sorted[i];
      if (candidate.section === this.section && candidate.value > symbol.value) return i;
    }
    return -1;
  }

  private isCode(index: number, address: number): boolean {
    const symbol = this.symbols.sorted[index];
    if (this.options.isAll || !symbol) return true;
    if (symbol.section !== this.section || symbol.value > address) return true;
    return !symbol.isObject || symbol.isFunction;
  }

  /** What stands before an instruction: its address and a colon, or all of its symbol. */
  private head(offset: number): string {
    const { options, section, symbols } = this;
    const address = section.address + offset;
    if (options.prefixesAddresses) {
      const index = symbols.find(address, section, true);
      const place = hexAddress(address, this.view.bits);
      return `${place} ${symbols.name(address, section, index)} `;
    }
    if (options.hidesAddresses) return '\t';
    return `${address.toString(16).padStart(this.addressWidth)}:\t`;
  }

  private block(start: number, end: number, isCode: boolean): void {
    const { data, out } = this;
    let offset = start;
    while (offset < end) {
      const zeros = data[offset] === 0 ? this.zeroRun(offset, end) : 0;
      if (zeros > 0) {
        offset += zeros;
        if (!this.isSilent) {
          out.beginLine();
          out.text(this.zerosText(zeros, offset, end));
        }
      } else if (isCode) {
        if (this.sources && !this.isSilent) {
          out.add(this.sourceLines(this.section.address + offset));
        }
        offset += this.instruction(offset, end);
      } else {
        const count = Math.min(dataWidth, end - offset);
        this.dataLine(offset, data.subarray(offset, offset + count));
        offset += count;
      }
      if (this.relocations.length > 0) this.relocationLines(offset, zeros > 0);
    }
  }

  private zerosText(count: number, offset: number, end: number): string {
    if (!this.options.showsFileOffsets || offset >= end) return '\t...\n';
    const next = (this.section.offset + offset).toString(16);
    return `\t... (skipping ${count} zeroes, resuming at file offset: 0x${next})\n`;
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

  /** The source lines before an instruction; its function by the symbols where nothing else is known. */
  private sourceLines(address: number): string {
    const { sources, section, sourceSymbols: symbols } = this;
    if (!sources) return '';
    return sources.at(section.index, address, () => {
      // A function that holds the address is better than a label within it.
      let index = symbols.find(address, section, true);
      const label = symbols.sorted[index];
      for (; index >= 0; index--) {
        const symbol = symbols.sorted[index];
        if (symbol.section !== section || symbol.isSynthetic || symbol.isObject) continue;
        if (symbol.isFunction && symbol.value + Math.max(1, symbol.size) > address)
          return symbol.name;
        if (symbol.isFunction) break;
      }
      const isNear = label && label.value <= address && label.section === section;
      return isNear && !label.isObject && !label.isSynthetic ? label.name : undefined;
    });
  }

  private dataLine(offset: number, bytes: Uint8Array): void {
    if (this.isSilent) return;
    let shown = '';
    let text = '';
    for (const byte of bytes) {
      shown += byteTexts[byte];
      text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
    }
    const padded = this.options.showsBytes ? `${shown.padEnd(dataWidth * 3)}    ` : '';
    this.out.add(`${this.head(offset)}${padded}${text}\n`);
  }

  private instruction(offset: number, end: number): number {
    const { data, options, section } = this;
    // With -d an instruction of a code section must end before the next symbol.
    const limit = this.isBounded ? end : data.length;
    if (limit !== this.codeEnd) {
      this.code = limit === data.length ? data : data.subarray(0, limit);
      this.codeEnd = limit;
    }
    const { code } = this;
    const address = section.address + offset;
    const template = this.texts.find(code, offset);
    if (template && !this.isSilent && this.isPlainLine && !options.isWide) {
      const { out, addressWidth, width } = this;
      const { length } = template;
      out.beginLine();
      out.place(address, addressWidth);
      if (options.showsBytes) {
        const shown = Math.min(length, width, end - offset);
        out.hexBytes(this.data, offset, shown);
        out.spaces(3 * width - 3 * shown - 2 * (Math.min(length, width) - shown));
        out.byte(0x09);
      }
      this.texts.write(template, code, offset, address, out);
      out.byte(0x0a);
      if (length > width && options.showsBytes) this.moreBytes(offset, length, end);
      return length;
    }
    const { length, text, isTruncated } = this.texts.at(code, offset, address, template);
    if (!this.isSilent) {
      this.slowLine(
        offset,
        end,
        length,
        isTruncated ? truncatedText(data[offset], options.mode) : text,
      );
    }
    return length;
  }

  /** The lines of an instruction's bytes behind the first line of them. */
  private moreBytes(offset: number, length: number, end: number): void {
    const { data, out, addressWidth, width, section } = this;
    for (let from = width; from < length; from += width) {
      out.place(section.address + offset + from, addressWidth);
      const count = Math.min(width, length - from);
      // Bytes after the end of the block are of an instruction that runs into the next.
      const shown = Math.min(count, Math.max(0, end - offset - from));
      out.hexBytes(data, offset + from, shown);
      out.spaces(count - shown);
      out.byte(0x0a);
    }
  }

  private slowLine(offset: number, end: number, length: number, shown: string): void {
    const { data, out, options, width } = this;
    const head = this.head(offset);
    if (!options.showsBytes) {
      out.beginLine();
      out.text(`${head}${shown}\n`);
      return;
    }
    const first = options.isWide ? Math.max(length, width) : width;
    let line = head;
    for (let i = 0; i < first; i++) {
      if (i >= length) line += '   ';
      else line += offset + i < end ? byteTexts[data[offset + i]] : ' ';
    }
    line += options.prefixesAddresses ? shown : `\t${shown}`;
    for (let at = first; at < length; at += width) {
      line += `\n${this.head(offset + at)}`;
      // Bytes after the end of the block are of an instruction that runs into the next.
      for (let i = at; i < Math.min(at + width, length); i++) {
        line += offset + i < end ? byteTexts[data[offset + i]] : ' ';
      }
    }
    out.beginLine();
    out.text(`${line}\n`);
  }

  private writeTarget(address: number): void {
    const { out, symbols, section } = this;
    const isPlain = this.hasPlainTargets && !symbols.isRelocated(address);
    if (!isPlain || address < 0 || address > 0xffffffff) {
      out.text(this.targetText(address));
      return;
    }
    out.hex(address);
    out.byte(0x20);
    symbols.writeName(address, section, symbols.findTarget(address, section), out);
  }

  private targetText(address: number): string {
    let text = this.names.get(address);
    if (text === undefined) {
      const { symbols, section, options } = this;
      const digits = options.prefixesAddresses
        ? hexAddress(address, this.view.bits)
        : address.toString(16);
      if (symbols.sorted.length === 0) text = `0x${digits}`;
      else {
        const index = symbols.find(address, section, false);
        const name =
          symbols.relocatedName(address, section, index) ?? symbols.name(address, section, index);
        text = options.hidesAddresses ? name : `${digits} ${name}`;
        text += this.fileOffset(address);
      }
      this.names.set(address, text);
    }
    return text;
  }

  /** The relocations before `offset` that have not been shown. */
  private relocationLines(offset: number, isBehindZeros: boolean): void {
    for (let isFirst = true; ; isFirst = false) {
      const relocation = this.relocations[this.nextRelocation];
      if (!relocation || relocation.offset >= offset) return;
      this.nextRelocation++;
      if (!this.options.hasRelocations || this.isSilent) continue;
      const at = this.section.address + relocation.offset;
      const kind = relocationName(this.view.machine, relocation.type) ?? '*unknown*';
      const place = this.options.hidesAddresses ? '' : `${at.toString(16)}: `;
      const text = `${place}${kind}\t${relocationSymbol(relocation, this.view)}\n`;
      if (this.options.isWide) {
        // The first behind the instruction, whose line has just ended, others on their own.
        if (!isBehindZeros && isFirst) this.out.undo();
        this.out.text(`\t${text}`);
      } else this.out.add(`\t\t\t${text}`);
    }
  }
}

/** The symbol of a relocation, a section's by the section's name; *ABS* where there is none. */
export function relocationSymbol(
  relocation: ElfRelocation,
  view: Pick<ObjectView, 'isDemangled'>,
): string {
  const { symbol, addend } = relocation;
  const owner = symbol && typeof symbol.section !== 'string' ? symbol.section.name : '';
  const name = symbol ? shownName(symbol.name, view) || owner : '*ABS*';
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
  if (options.sections.length > 0) return options.sections.includes(section.name);
  if (options.isAll) return true;
  return section.flags.includes('CONTENTS') && section.flags.includes('CODE');
}

/** Where a listing goes, and the texts of instructions, which objects of one archive share. */
export interface Output {
  readonly out: TextSink;
  readonly texts: InstructionTexts;
}

/** The source lines, and the view whose symbols name the functions of code without any. */
export interface Places {
  readonly texts: SourceTexts;
  readonly view: ObjectView;
}

/** Lists the sections that the options choose, from `Disassembly of section` on. */
export function disassemble(
  view: ObjectView,
  madeUp: MadeUp,
  options: DisassembleOptions,
  places: Places | undefined,
  { out, texts }: Output,
): void {
  const symbols = new SymbolTable(view, madeUp);
  const isOther = places && places.view !== view;
  const sourceSymbols = isOther ? new SymbolTable(places.view, madeUp) : symbols;
  const sources = places?.texts;
  const zeros = { left: options.showsZeros ? shownZeroMax : Number.POSITIVE_INFINITY };
  for (const section of view.sections) {
    if (!isShown(section, options)) continue;
    const { startAddress = section.address, stopAddress = Number.POSITIVE_INFINITY } = options;
    const start = Math.max(0, startAddress - section.address);
    const data = contents(section, zeros);
    const stop = Math.min(data.length, Math.max(0, stopAddress - section.address));
    if (start >= stop) continue;
    out.add(`\nDisassembly of section ${section.name}:\n`);
    new Listing(
      { view, symbols, sources, sourceSymbols, out, texts },
      { section, data },
      options,
      stop,
    ).show(start);
  }
}
