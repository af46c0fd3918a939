// The tables that objdump lists: headers of sections (-h) and of the file (-f), symbols (-t, -T),
// relocations (-r), contents in hexadecimal (-s).

import { relocationName, sectionType } from '@ring0/elf';
import { relocationSymbol } from './disassemble.ts';
import { dynamicSymbols } from './objdump-dynamic.ts';
import { shownName } from './objdump-view.ts';
import type { ObjectView, ViewSection, ViewSymbol } from './objdump-view.ts';
import { hex, hexAddress } from '../text-sink.ts';
import type { TextSink } from '../text-sink.ts';

/** Which sections, and which of their addresses. */
export interface TableOptions {
  readonly sections: readonly string[];
  readonly startAddress?: number | undefined;
  readonly stopAddress?: number | undefined;
  readonly isWide?: boolean | undefined;
  readonly showsFileOffsets?: boolean | undefined;
  /** Symbols that a linker makes for its own use. */
  readonly showsSpecial?: boolean | undefined;
}

function isChosen(section: ViewSection, { sections }: TableOptions): boolean {
  return sections.length === 0 || sections.includes(section.name);
}

/** -h */
export function headersText(view: ObjectView, options: TableOptions): string {
  const { isWide } = options;
  const { bits } = view;
  const names = view.sections.filter((section) => isChosen(section, options));
  const width = isWide ? Math.max(13, ...names.map(({ name }) => name.length)) : 13;
  const address = bits === 64 ? 'VMA               LMA               ' : 'VMA       LMA       ';
  let text = `Sections:\nIdx ${'Name'.padEnd(width)} Size      ${address}File off  Algn`;
  text += isWide ? '  Flags\n' : '\n';
  view.sections.forEach((section, index) => {
    if (!isChosen(section, options)) return;
    const { name, loadAddress, offset } = section;
    const { size, alignment } = section.plain ?? section;
    const numbers = [
      hexAddress(size, 32),
      hexAddress(section.address, bits),
      hexAddress(loadAddress, bits),
      hexAddress(offset, 32),
    ].join('  ');
    const power = alignment > 1 ? Math.ceil(Math.log2(alignment)) : 0;
    text += `${String(index).padStart(3)} ${name.padEnd(width)} ${numbers}  2**${power}`;
    text += isWide ? '  ' : '\n                  ';
    text += `${section.flags.join(', ')}\n`;
  });
  return text;
}

const flagBits: Readonly<Record<string, number>> = {
  HAS_RELOC: 0x01,
  EXEC_P: 0x02,
  HAS_SYMS: 0x10,
  DYNAMIC: 0x40,
  D_PAGED: 0x100,
};

/** -f */
export function fileHeaderText(view: ObjectView): string {
  const bits = view.flags.reduce((sum, flag) => sum | (flagBits[flag] ?? 0), 0);
  return (
    `architecture: ${view.architecture}, flags 0x${hex(bits, 8)}:\n${view.flags.join(', ')}\n` +
    `start address 0x${hexAddress(view.start, view.bits)}\n`
  );
}

const visibilities = ['', ' .internal', ' .hidden', ' .protected'];

function symbolLine(symbol: ViewSymbol, view: ObjectView, isDynamic: boolean): string {
  const { bits } = view;
  const scope = symbol.isLocal ? 'l' : symbol.isGlobal ? 'g' : symbol.isUnique ? 'u' : ' ';
  const isDebugging = symbol.isSection || symbol.isFile;
  const kind = symbol.isFunction ? 'F' : symbol.isFile ? 'f' : symbol.isObject ? 'O' : ' ';
  const flags = [
    scope,
    symbol.isWeak ? 'w' : ' ',
    '  ',
    symbol.isIndirect ? 'i' : ' ',
    isDynamic ? 'D' : isDebugging ? 'd' : ' ',
    kind,
  ].join('');
  const size = hexAddress(symbol.size, bits);
  const { place, name, version = '' } = symbol;
  const value = hexAddress(symbol.value, bits);
  return `${value} ${flags} ${place}\t${size}${version}${visibilities[symbol.visibility]} ${shownName(name, view)}\n`;
}

function symbolsText(
  title: string,
  symbols: readonly ViewSymbol[],
  view: ObjectView,
  options: TableOptions,
  isDynamic: boolean,
): string {
  const { sections } = options;
  const shown = symbols.filter(({ place }) => sections.length === 0 || sections.includes(place));
  const lines = shown.map((symbol) => symbolLine(symbol, view, isDynamic)).join('');
  return `${title}:\n${symbols.length === 0 ? 'no symbols\n' : lines}\n\n`;
}

/** -t */
export function staticSymbolsText(view: ObjectView, options: TableOptions): string {
  // Where symbols may have versions the column is there, if empty.
  const hasVersions =
    view.image?.sectionOfType(sectionType.gnuVerdef) !== undefined ||
    view.image?.sectionOfType(sectionType.gnuVerneed) !== undefined;
  const version = hasVersions ? ' '.repeat(13) : '';
  const symbols = view.symbols.map((symbol) => (hasVersions ? { ...symbol, version } : symbol));
  return symbolsText('SYMBOL TABLE', symbols, view, options, false);
}

/** -T; undefined: the file has no dynamic symbols. */
export function dynamicSymbolsText(view: ObjectView, options: TableOptions): string | undefined {
  const symbols = dynamicSymbols(view);
  if (!view.flags.includes('DYNAMIC') && symbols.length === 0) return undefined;
  return symbolsText('DYNAMIC SYMBOL TABLE', symbols, view, options, true);
}

/** -r */
export function relocationsText(view: ObjectView, options: TableOptions, out: TextSink): void {
  const { bits } = view;
  const title =
    bits === 64
      ? 'OFFSET           TYPE              VALUE\n'
      : 'OFFSET   TYPE              VALUE\n';
  for (const section of view.sections) {
    if (!isChosen(section, options) || section.relocations.length === 0) continue;
    out.add(`RELOCATION RECORDS FOR [${section.name}]:\n${title}`);
    const { startAddress = 0, stopAddress = Number.POSITIVE_INFINITY } = options;
    for (const relocation of section.relocations) {
      if (relocation.offset < startAddress || relocation.offset > stopAddress) continue;
      const kind = relocationName(view.machine, relocation.type) ?? '*unknown*';
      const { addend = 0n } = relocation;
      const name = relocationSymbol({ ...relocation, addend: 0n }, view);
      const sign = addend < 0n ? '-0x' : '+0x';
      const size = addend < 0n ? -addend : addend;
      const shown = addend === 0n ? '' : `${sign}${hexAddress(size, bits)}`;
      out.add(`${hexAddress(relocation.offset, bits)} ${kind.padEnd(16)}  ${name}${shown}\n`);
    }
    out.add('\n\n');
  }
}

/** -s */
export function contentsText(view: ObjectView, options: TableOptions, out: TextSink): void {
  for (const section of view.sections) {
    if (!isChosen(section, options) || !section.flags.includes('CONTENTS')) continue;
    if (section.size === 0) continue;
    const { startAddress = section.address, stopAddress = Number.POSITIVE_INFINITY } = options;
    const start = Math.max(0, startAddress - section.address);
    const stop = Math.min(section.data.length, Math.max(0, stopAddress - section.address));
    if (start >= stop) continue;
    out.add(`Contents of section ${section.name}:`);
    if (options.showsFileOffsets) {
      out.add(`  (Starting at file offset: 0x${hex(section.offset + start)})`);
    }
    out.add('\n');
    const width = Math.max(4, hex(section.address + stop - 1).length);
    for (let at = start; at < stop; at += 16) {
      const end = Math.min(at + 16, stop);
      out.beginLine();
      out.text(` ${hex(section.address + at, width)} `);
      out.words(section.data, at, end, 37, 16);
    }
  }
}
