// Lazy views of an ELF file's tables for readers of big files: nothing is made until it is asked
// for, numbers come straight from the bytes, a name is cut from a text that is decoded once. The
// input is untrusted: indices and offsets outside a table yield zero and the empty string.

import { ByteReader, latin1Text, utf8Text } from '@ring0/bytes';
import { elfSizes, sectionIndex, sectionType } from './constants.ts';
import type { ElfTables, RawSection } from './read.ts';

const nothing = new Uint8Array(0);
const beyondAscii = /[\x80-\xff]/;

/** A string table: the zero-terminated text at an offset. */
export class StringView {
  readonly data: Uint8Array;
  private text: string | undefined;
  private isAscii = true;

  constructor(data: Uint8Array) {
    this.data = data;
  }

  get size(): number {
    return this.data.length;
  }

  /** The length of the text at `offset` where it is below 1,000 characters of ASCII; else -1. */
  plainSize(offset: number): number {
    const { data } = this;
    const end = Math.min(data.length, offset + 1000);
    if (offset >= data.length) return 0;
    for (let at = offset; at < end; at++) {
      const byte = data[at];
      if (byte === 0) return at - offset;
      if (byte >= 0x80) return -1;
    }
    return -1;
  }

  /** The text at `offset`; empty outside the table. */
  at(offset: number): string {
    if (offset >= this.data.length) return '';
    const text = this.text ?? this.decode();
    let end = text.indexOf('\0', offset);
    if (end < 0) end = text.length;
    return this.isAscii ? text.slice(offset, end) : utf8Text(this.data, offset, end);
  }

  /** Where the text at `offset` ends: its zero, or the end of the table. */
  endOf(offset: number): number {
    const end = (this.text ?? this.decode()).indexOf('\0', offset);
    return end < 0 ? this.data.length : end;
  }

  /** The bytes of `text`, which is ASCII, are in the table, perhaps as a part of another string. */
  includes(text: string): boolean {
    return (this.text ?? this.decode()).includes(text);
  }

  private decode(): string {
    const text = latin1Text(this.data);
    this.text = text;
    this.isAscii = !beyondAscii.test(text);
    return text;
  }
}

/** The low 32 bits of a 64-bit word and whether its upper half is set, without a bigint. */
function wordAt(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}

/** A symbol table by index; the null symbol is index 0. */
export class SymbolView {
  readonly count: number;
  readonly strings: StringView;
  private readonly view: DataView;
  private readonly is32: boolean;
  private readonly entry: number;
  private readonly extended: ByteReader | undefined;

  constructor(tables: ElfTables, table: RawSection) {
    const { symbol } = elfSizes(tables.bits);
    const { data } = table;
    this.is32 = tables.bits === 32;
    this.entry = symbol;
    this.count = Math.floor(data.length / symbol);
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.strings = new StringView(tables.sections[table.link]?.data ?? nothing);
    const indices = tables.sections.find(
      ({ type, link }) => type === sectionType.symtabShndx && link === table.index,
    );
    this.extended = indices && new ByteReader(indices.data);
  }

  private at(index: number, offset: number): number {
    if (index < 0 || index >= this.count) return -1;
    return index * this.entry + offset;
  }

  nameOffset(index: number): number {
    const at = this.at(index, 0);
    return at < 0 ? 0 : this.view.getUint32(at, true);
  }

  name(index: number): string {
    return this.strings.at(this.nameOffset(index));
  }

  /** st_value as a number: exact below 2**53. */
  value(index: number): number {
    const at = this.at(index, this.is32 ? 4 : 8);
    if (at < 0) return 0;
    return this.is32 ? this.view.getUint32(at, true) : wordAt(this.view, at);
  }

  /** st_value in full. */
  valueBig(index: number): bigint {
    if (this.is32) return BigInt(this.value(index));
    const at = this.at(index, 8);
    return at < 0 ? 0n : this.view.getBigUint64(at, true);
  }

  size(index: number): number {
    const at = this.at(index, this.is32 ? 8 : 16);
    if (at < 0) return 0;
    return this.is32 ? this.view.getUint32(at, true) : wordAt(this.view, at);
  }

  /** st_size in full. */
  sizeBig(index: number): bigint {
    if (this.is32) return BigInt(this.size(index));
    const at = this.at(index, 16);
    return at < 0 ? 0n : this.view.getBigUint64(at, true);
  }

  info(index: number): number {
    const at = this.at(index, this.is32 ? 12 : 4);
    return at < 0 ? 0 : this.view.getUint8(at);
  }

  binding(index: number): number {
    return this.info(index) >> 4;
  }

  type(index: number): number {
    return this.info(index) & 15;
  }

  other(index: number): number {
    const at = this.at(index, this.is32 ? 13 : 5);
    return at < 0 ? 0 : this.view.getUint8(at);
  }

  /** st_shndx; an index that does not fit there comes from SHT_SYMTAB_SHNDX. */
  section(index: number): number {
    const at = this.at(index, this.is32 ? 14 : 6);
    if (at < 0) return 0;
    const section = this.view.getUint16(at, true);
    if (section !== sectionIndex.extended || !this.extended) return section;
    this.extended.at = index * 4;
    return this.extended.u32();
  }
}

/** A relocation section (SHT_REL or SHT_RELA) by index. */
export class RelocationView {
  readonly count: number;
  readonly isExplicit: boolean;
  private readonly view: DataView;
  private readonly is32: boolean;
  private readonly entry: number;

  constructor(bits: 32 | 64, data: Uint8Array, isExplicit: boolean) {
    const sizes = elfSizes(bits);
    this.is32 = bits === 32;
    this.isExplicit = isExplicit;
    this.entry = isExplicit ? sizes.rela : sizes.rel;
    this.count = Math.floor(data.length / this.entry);
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** r_offset: exact below 2**53. Throws outside the table, as the others do. */
  offset(index: number): number {
    const at = index * this.entry;
    return this.is32 ? this.view.getUint32(at, true) : wordAt(this.view, at);
  }

  symbol(index: number): number {
    const at = index * this.entry;
    return this.is32 ? this.view.getUint32(at + 4, true) >>> 8 : this.view.getUint32(at + 12, true);
  }

  type(index: number): number {
    const at = index * this.entry;
    return this.is32 ? this.view.getUint8(at + 4) : this.view.getUint32(at + 8, true);
  }

  /** r_addend, signed; 0 where it lies in the section's bytes. */
  addend(index: number): number {
    if (!this.isExplicit) return 0;
    const at = index * this.entry;
    return this.is32
      ? this.view.getInt32(at + 8, true)
      : Number(this.view.getBigInt64(at + 16, true));
  }
}
