// readelf -s and --dyn-syms: symbol tables, dynamic symbols with their versions.

import { elfType, sectionType } from '@ring0/elf';
import type { SymbolView } from '@ring0/elf';
import type { Versions } from './readelf-dynamic.ts';
import { entriesText } from './readelf-image.ts';
import type { ElfImage } from './readelf-image.ts';
import { bindingNames, symbolTypeNames, visibilityNames } from './readelf-tables.ts';
import { hex, hexAddress, pieceOf } from '../text-sink.ts';
import type { Piece, TextSink } from '../text-sink.ts';

export type SymbolBase = 0 | 8 | 10 | 16;

export interface SymbolsOptions {
  readonly symbols: boolean;
  readonly dynamicSymbols: boolean;
  /** -D: the table that the dynamic section names. */
  readonly useDynamic: boolean;
  readonly base: SymbolBase;
}

const nameWidth = 21;

function sizeText(size: number, base: SymbolBase): string {
  if (base === 8) return size.toString(8).padStart(5);
  if (base === 16) return `0x${hex(size, 5)}`;
  if (base === 10 || size <= 99999) return `${size}`.padStart(5);
  return `0x${hex(size)}`;
}

export class SymbolsText {
  private readonly image: ElfImage;
  private readonly versions: Versions;
  private readonly out: TextSink;
  private readonly options: SymbolsOptions;
  private readonly columns = new Map<number, string>();
  private readonly columnPieces = new Map<number, Piece>();

  constructor(image: ElfImage, versions: Versions, out: TextSink, options: SymbolsOptions) {
    this.image = image;
    this.versions = versions;
    this.out = out;
    this.options = options;
  }

  show(): void {
    const { image, options, out } = this;
    const { tables } = image;
    if (options.useDynamic && options.symbols) {
      const table = image.sectionOfType(sectionType.dynsym);
      if (!table || image.dynamic().length === 0) {
        out.add('\nDynamic symbol information is not available for displaying symbols.\n');
        return;
      }
      const symbols = image.symbols(table);
      out.add(`\nSymbol table for image contains ${entriesText(symbols.count)}:\n`);
      this.rows(symbols, true);
      return;
    }
    for (const section of tables.sections) {
      const isDynamic = section.type === sectionType.dynsym;
      if (!isDynamic && section.type !== sectionType.symtab) continue;
      if (isDynamic ? !options.symbols && !options.dynamicSymbols : !options.symbols) continue;
      if (section.entrySize === 0) {
        image.error(`Symbol table '${section.name}' has a sh_entsize of zero!`);
        out.add(`\nSymbol table '${section.name}' has a sh_entsize of zero!\n`);
        continue;
      }
      const symbols = image.symbols(section);
      out.add(`\nSymbol table '${section.name}' contains ${entriesText(symbols.count)}:\n`);
      this.rows(symbols, isDynamic);
    }
  }

  private rows(symbols: SymbolView, isDynamic: boolean): void {
    const { image, out, options } = this;
    const { bits, isWide } = image;
    const title = bits === 32 ? 'Value ' : 'Value         ';
    out.add(`   Num:    ${title} Size Type    Bind   Vis      Ndx Name\n`);
    const isPlain = bits === 32 && isWide && !isDynamic && !image.isDemangled;
    for (let i = 0; i < symbols.count; i++) {
      if (isPlain && this.plainRow(symbols, i)) continue;
      const value =
        bits === 32 ? hexAddress(symbols.value(i), 32) : hexAddress(symbols.valueBig(i), 64);
      const size = sizeText(symbols.size(i), options.base);
      const name = image.shownName(symbols, i);
      const shown = isDynamic
        ? this.versioned(symbols, i, name)
        : image.cutSymbolName(symbols, i, nameWidth);
      out.add(
        `${`${i}`.padStart(6)}: ${value} ${size} ${this.kindColumns(symbols.info(i), symbols.other(i))} ` +
          `${this.sectionColumn(symbols.section(i))} ${shown}\n`,
      );
    }
  }

  /** A row of short plain text in place; false: it is no such row. */
  private plainRow(symbols: SymbolView, index: number): boolean {
    const { out } = this;
    const size = symbols.size(index);
    const info = symbols.info(index);
    const name = symbols.nameOffset(index);
    if (size > 99999 || (this.options.base & ~10) !== 0 || (info & 15) === 3) return false;
    const nameSize = symbols.strings.plainSize(name);
    if (nameSize < 0) return false;
    const section = symbols.section(index);
    const key = (info * 256 + symbols.other(index)) * 0x10000 + (section & 0xffff);
    let columns = section < 0x10000 ? this.columnPieces.get(key) : undefined;
    if (!columns) {
      const kind = this.kindColumns(info, symbols.other(index));
      columns = pieceOf(` ${kind} ${this.sectionColumn(section)} `);
      if (section < 0x10000) this.columnPieces.set(key, columns);
    }
    out.beginLine();
    out.decimal(index, 6);
    out.byte(0x3a);
    out.byte(0x20);
    out.hex8(symbols.value(index));
    out.byte(0x20);
    out.decimal(size, 5);
    out.piece(columns);
    out.bytesOf(symbols.strings.data, name, nameSize);
    out.byte(0x0a);
    return true;
  }

  /** Type, binding and visibility, which few symbols have in a combination of their own. */
  private kindColumns(info: number, other: number): string {
    const key = info * 256 + other;
    let text = this.columns.get(key);
    if (text === undefined) {
      const type = this.typeName(info & 15);
      const binding = this.bindingName(info >> 4);
      text = `${type.padEnd(7)} ${binding.padEnd(6)} ${visibilityNames[other & 3].padEnd(7)}`;
      if (other & ~3) text += ` ${`[<other>: ${hex(other & ~3)}]`.padEnd(10)} `;
      this.columns.set(key, text);
    }
    return text;
  }

  private typeName(type: number): string {
    const { osabi } = this.image.tables;
    if (type === 10 && osabi !== 3 && osabi !== 9) return '<OS specific>: 10';
    if (symbolTypeNames[type]) return symbolTypeNames[type];
    if (type >= 13) return `<processor specific>: ${type}`;
    return type >= 10 ? `<OS specific>: ${type}` : `<unknown>: ${type}`;
  }

  private bindingName(binding: number): string {
    const { osabi } = this.image.tables;
    if (binding === 10 && osabi !== 3) return '<OS specific>: 10';
    if (bindingNames[binding]) return bindingNames[binding];
    if (binding >= 13) return `<processor specific>: ${binding}`;
    return binding >= 10 ? `<OS specific>: ${binding}` : `<unknown>: ${binding}`;
  }

  private sectionColumn(index: number): string {
    const { tables } = this.image;
    if (index === 0) return ' UND';
    if (index === 0xfff1) return ' ABS';
    if (index === 0xfff2) return ' COM';
    if (tables.machine === 62 && index === 0xff02) return 'LARGE_COM';
    if (index >= 0xff00 && index <= 0xff1f) return `PRC[0x${hex(index, 4)}]`;
    if (index >= 0xff20 && index <= 0xff3f) return `OS [0x${hex(index, 4)}]`;
    if (index >= 0xff00 && index <= 0xffff) return `RSV[0x${hex(index, 4)}]`;
    if (tables.type !== elfType.core && index >= tables.sectionHeaderCount) {
      return `bad section index[${`${index}`.padStart(3)}]`;
    }
    return `${index}`.padStart(4);
  }

  private versioned(symbols: SymbolView, index: number, name: string): string {
    const { image } = this;
    const plain = image.cutSymbolName(symbols, index, nameWidth);
    const word = this.versions.word(index);
    if (word === undefined || (word & 0x7fff) < 2) return plain;
    const version = this.versions.byIndex.get(word & 0x7fff);
    if (!version) return plain;
    const isUndefined = symbols.section(index) === 0;
    if (!isUndefined && !version.isNeeded && version.name === name) return plain;
    const isDefault = !version.isNeeded && (word & 0x8000) === 0;
    const tail = version.isNeeded
      ? `@${version.name} (${word & 0x7fff})`
      : `${isDefault && !isUndefined ? '@@' : '@'}${version.name}`;
    const width = nameWidth - tail.length;
    // A version that takes more than the column leaves the name as much room as it lacks.
    const room = Math.abs(width);
    const shown = image.cutSymbolName(symbols, index, room);
    return (width < 0 && !image.isWide ? shown.padEnd(room) : shown) + tail;
  }
}
