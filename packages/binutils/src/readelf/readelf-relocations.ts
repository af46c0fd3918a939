// readelf -r: relocation sections, or with -D the tables that the dynamic section names.

import { RelocationView, relocationName, sectionType, symbolType } from '@ring0/elf';
import type { RawSection, SymbolView } from '@ring0/elf';
import { ByteReader } from '@ring0/bytes';
import type { Versions } from './readelf-dynamic.ts';
import { entriesText, namedInText } from './readelf-image.ts';
import type { ElfImage } from './readelf-image.ts';
import { hex, hex8, hexAddress, pieceOf } from '../text-sink.ts';
import type { Piece, TextSink } from '../text-sink.ts';

function columnTitles(bits: 32 | 64, isWide: boolean, isExplicit: boolean): string {
  const plus = isExplicit ? ' + Addend' : '';
  if (bits === 32) {
    return isWide
      ? ` Offset     Info    Type                Sym. Value  Symbol's Name${plus}\n`
      : ` Offset     Info    Type            Sym.Value  Sym. Name${plus}\n`;
  }
  return isWide
    ? `    Offset             Info             Type               Symbol's Value  Symbol's Name${plus}\n`
    : `  Offset          Info           Type           Sym. Value    Sym. Name${plus}\n`;
}

export class RelocationsText {
  private readonly image: ElfImage;
  private readonly versions: Versions;
  private readonly out: TextSink;
  private readonly typeNames = new Map<number, string>();

  constructor(image: ElfImage, versions: Versions, out: TextSink) {
    this.image = image;
    this.versions = versions;
    this.out = out;
  }

  /** All relocation sections. */
  sections(): void {
    const { image, out } = this;
    const { tables, bits } = image;
    let isAny = false;
    for (const section of tables.sections) {
      const { type } = section;
      if (type === sectionType.relr && section.size > 0) {
        isAny = true;
        const count = Math.floor(section.data.length / (bits / 8));
        this.relr(
          section.data,
          `\nRelocation section '${namedInText(section)}' at offset 0x${hex(section.offset)} ` +
            `contains ${entriesText(count)}:\n`,
        );
        continue;
      }
      const isExplicit = type === sectionType.rela;
      if ((!isExplicit && type !== sectionType.rel) || section.size === 0) continue;
      isAny = true;
      const view = new RelocationView(bits, section.data, isExplicit);
      const title = section.name === '' ? '' : `'${namedInText(section)}' `;
      out.add(
        `\nRelocation section ${title}at offset 0x${hex(section.offset)} ` +
          `contains ${entriesText(view.count)}:\n`,
      );
      const table = tables.sections[section.link];
      const isTable = table?.type === sectionType.symtab || table?.type === sectionType.dynsym;
      this.entries(view, isTable ? image.symbols(table) : undefined, isTable ? table : undefined);
    }
    if (isAny) return;
    const dynamic = [7, 17, 23].some((tag) => image.dynamicValue(tag) !== undefined);
    out.add(
      dynamic && tables.sections.length === 0
        ? '\nThere are no static relocations in this file.' +
            '\nTo see the dynamic relocations add --use-dynamic to the command line.\n'
        : '\nThere are no relocations in this file.\n',
    );
  }

  /** -D */
  dynamic(): void {
    const { image, out } = this;
    const isExplicitPlt = image.dynamicValue(20) === 7;
    const lists = [
      ['REL', 17, 18, false],
      ['RELA', 7, 8, true],
      ['RELR', 36, 35, false],
      ['PLT', 23, 2, isExplicitPlt],
    ] as const;
    let isAny = false;
    const table = image.sectionOfType(sectionType.dynsym);
    for (const [name, addressTag, sizeTag, isExplicit] of lists) {
      const address = image.dynamicValue(addressTag);
      const size = image.dynamicValue(sizeTag) ?? 0;
      if (address === undefined || size === 0) continue;
      isAny = true;
      const start = image.offsetOf(address);
      const data = image.bytes.subarray(start, start + size);
      const title = `\n'${name}' relocation section at offset 0x${hex(address)} contains ${size} bytes:\n`;
      if (name === 'RELR') {
        this.relr(data, title);
        continue;
      }
      out.add(title);
      const view = new RelocationView(image.bits, data, isExplicit);
      this.entries(view, table && image.symbols(table), table);
    }
    if (!isAny) out.add('\nThere are no dynamic relocations in this file.\n');
  }

  /** A compact list of relative relocations: an address, then bit maps of the words behind it. */
  private relr(data: Uint8Array, title: string): void {
    const { image, out } = this;
    const { bits } = image;
    const reader = new ByteReader(data);
    const size = bits / 8;
    const addresses: bigint[] = [];
    let next = 0n;
    while (!reader.isAtEnd) {
      const word = bits === 32 ? BigInt(reader.u32()) : reader.u64();
      if ((word & 1n) === 0n) {
        addresses.push(word);
        next = word + BigInt(size);
        continue;
      }
      for (let bit = 1; bit < bits; bit++) {
        if ((word >> BigInt(bit)) & 1n) addresses.push(next + BigInt((bit - 1) * size));
      }
      next += BigInt((bits - 1) * size);
    }
    out.add(title);
    const many = addresses.length === 1 ? '1 offset' : `${addresses.length} offsets`;
    out.add(`  ${many}\n`);
    for (const address of addresses) out.add(`${hexAddress(address, bits)}\n`);
  }

  private typeName(type: number): string {
    let name = this.typeNames.get(type);
    if (name === undefined) {
      const known = relocationName(this.image.tables.machine, type);
      const width = this.image.isWide ? 22 : 17;
      name = (known?.slice(0, width) ?? `unrecognized: ${hex(type)}`).padEnd(width);
      this.typeNames.set(type, name);
    }
    return name;
  }

  private entries(
    view: RelocationView,
    symbols: SymbolView | undefined,
    table: RawSection | undefined,
  ): void {
    const { image, out } = this;
    const { bits, isWide } = image;
    out.add(columnTitles(bits, isWide, view.isExplicit));
    const isDynamic = table?.type === sectionType.dynsym;
    if (bits === 32 && !view.isExplicit) this.plainEntries(view, symbols, isDynamic);
    else this.wideEntries(view, symbols, isDynamic);
  }

  /** Entries without addends: what stands behind the offset depends on the symbol and the type alone. */
  private plainEntries(
    view: RelocationView,
    symbols: SymbolView | undefined,
    isDynamic: boolean,
  ): void {
    const { out } = this;
    const tails = new Map<number, Piece>();
    for (let i = 0; i < view.count; i++) {
      const type = view.type(i);
      const info = view.symbol(i) * 256 + type;
      let tail = tails.get(info);
      if (!tail) {
        const target = this.target(view, i, symbols, isDynamic);
        tail = pieceOf(`  ${hex8(info)} ${this.typeName(type)}${target}\n`);
        tails.set(info, tail);
      }
      out.beginLine();
      out.hex8(view.offset(i));
      out.piece(tail);
    }
  }

  private wideEntries(
    view: RelocationView,
    symbols: SymbolView | undefined,
    isDynamic: boolean,
  ): void {
    const { image, out } = this;
    const { bits, isWide } = image;
    for (let i = 0; i < view.count; i++) {
      const symbol = view.symbol(i);
      const type = view.type(i);
      const place = hexAddress(view.offset(i), bits);
      let text = `${bits === 64 && !isWide ? place.slice(4) : place}  `;
      if (bits === 32) text += hex8(symbol * 256 + type);
      else {
        const info = hex8(symbol) + hex8(type);
        text += isWide ? info : info.slice(4);
      }
      text += ` ${this.typeName(type)}`;
      text += this.target(view, i, symbols, isDynamic);
      out.add(`${text}\n`);
    }
  }

  private target(
    view: RelocationView,
    index: number,
    symbols: SymbolView | undefined,
    isDynamic: boolean,
  ): string {
    const { image } = this;
    const { bits } = image;
    const symbol = view.symbol(index);
    const addend = view.addend(index);
    if (symbol === 0) {
      if (!view.isExplicit) return '';
      return `${' '.repeat(bits / 4 + 4)}${signedHex(addend)}`;
    }
    if (!symbols || symbol >= symbols.count) {
      image.error(` bad symbol index: ${hex8(symbol)} in reloc`);
      return '';
    }
    let text: string;
    if ((symbols.info(symbol) & 15) === symbolType.gnuIfunc) {
      // Its value is what the function returns: the name stands for it.
      const width = bits === 32 ? 8 : 14;
      const name = image.cutSymbolName(symbols, symbol, width);
      text = ` ${`${name}()`.padEnd(width + 2)} `;
    } else if (bits === 32) text = ` ${hex8(symbols.value(symbol))}   `;
    else text = ` ${hexAddress(symbols.valueBig(symbol), bits)} `;
    text += image.cutSymbolName(symbols, symbol, 22);
    if (isDynamic) text += this.version(symbol, symbols);
    if (view.isExplicit) text += addend < 0 ? ` - ${hex(-addend)}` : ` + ${hex(addend)}`;
    return text;
  }

  private version(symbol: number, symbols: SymbolView): string {
    const word = this.versions.word(symbol);
    if (word === undefined || (word & 0x7fff) < 2) return '';
    const version = this.versions.byIndex.get(word & 0x7fff);
    if (!version) return '';
    const isDefined = symbols.section(symbol) !== 0;
    const mark = isDefined && !version.isNeeded && (word & 0x8000) === 0 ? '@@' : '@';
    return `${mark}${version.name}`;
  }
}

function signedHex(value: number): string {
  return value < 0 ? `-${hex(-value)}` : hex(value);
}
