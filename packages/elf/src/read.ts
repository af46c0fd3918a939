// The ELF reader, in two steps: `readElfTables` gives the tables as they stand in the file (what
// readelf shows), `readElf` resolves indices into the model. Input is untrusted: every offset,
// size and index is checked against the file, sizes are never allocated before they are found to
// be there, and what is wrong becomes a sentence.

import { ByteReader, utf8Text } from '@ring0/bytes';
import { elfSizes, sectionFlag, sectionIndex, sectionType } from './constants.ts';
import type { ElfFile, ElfRelocation, ElfSection, ElfSegment, ElfSymbol } from './model.ts';
import { StringView, SymbolView } from './views.ts';

/** A section header as it stands in the file, with its name and the bytes it covers. */
export interface RawSection {
  readonly index: number;
  readonly name: string;
  readonly nameOffset: number;
  readonly type: number;
  readonly flags: number;
  readonly address: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
  /** A view of the file; empty for SHT_NOBITS, cut where the file ends. */
  readonly data: Uint8Array;
}

/** A symbol table entry as it stands in the file. */
export interface RawSymbol {
  readonly name: string;
  readonly value: bigint;
  readonly size: bigint;
  readonly info: number;
  readonly other: number;
  readonly section: number;
}

/** A relocation entry as it stands in the file. */
export interface RawRelocation {
  readonly offset: number;
  readonly symbol: number;
  readonly type: number;
  readonly addend: bigint | undefined;
}

export interface ElfTables {
  readonly bits: 32 | 64;
  readonly type: number;
  readonly machine: number;
  readonly version: number;
  readonly entry: bigint;
  readonly flags: number;
  readonly osabi: number;
  readonly abiVersion: number;
  readonly programHeaderOffset: number;
  readonly sectionHeaderOffset: number;
  readonly headerSize: number;
  readonly programHeaderSize: number;
  readonly programHeaderCount: number;
  readonly sectionHeaderSize: number;
  readonly sectionHeaderCount: number;
  readonly sectionNameIndex: number;
  readonly sections: readonly RawSection[];
  readonly segments: ElfSegment[];
}

export interface ReadResult {
  readonly file: ElfFile | undefined;
  /** Sentences, each beginning with the path. */
  readonly problems: string[];
}

/** The bytes begin with ELF's magic number. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** How many bytes of section headers the ELF header of a readable file promises, and where. */
function headersSize(bytes: Uint8Array): { readonly end: number; readonly size: number } {
  const is32 = bytes[4] === 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offset = is32 ? view.getUint32(32, true) : Number(view.getBigUint64(40, true));
  const size = view.getUint16(is32 ? 46 : 58, true) * view.getUint16(is32 ? 48 : 60, true);
  return { end: offset === 0 ? 0 : offset + size, size: offset === 0 ? 0 : size };
}

/** Bytes of section headers that a file ought to have, where it ends before them; else 0. */
export function missingHeaders(bytes: Uint8Array): number {
  if (unreadableReason(bytes) !== undefined) return 0;
  const { end, size } = headersSize(bytes);
  return end > bytes.length ? size : 0;
}

/** An ELF file that is there up to the end of its section headers: tools know what it is. */
export function isWholeElf(bytes: Uint8Array): boolean {
  return unreadableReason(bytes) === undefined && missingHeaders(bytes) === 0;
}

/**
 * The headers as they stand in the file; undefined where it is no little-endian ELF file. Never
 * throws.
 */
export function readElfTables(
  bytes: Uint8Array,
  path: string,
): { tables: ElfTables | undefined; problems: string[] } {
  const problems: string[] = [];
  const fail = (message: string): { tables: undefined; problems: string[] } => {
    problems.push(`${path}: ${message}`);
    return { tables: undefined, problems };
  };
  const unreadable = unreadableReason(bytes);
  if (unreadable !== undefined) return fail(unreadable);
  const bits = bytes[4] === 1 ? 32 : 64;
  const sizes = elfSizes(bits);
  const reader = new ByteReader(bytes, 16);
  const address = addressReader(reader, bits);
  const type = reader.u16();
  const machine = reader.u16();
  const version = reader.u32();
  const entry = bits === 32 ? BigInt(reader.u32()) : reader.u64();
  const programHeaderOffset = address();
  const sectionHeaderOffset = address();
  const flags = reader.u32();
  const headerSize = reader.u16();
  const programHeaderSize = reader.u16();
  const programHeaderCount = reader.u16();
  const sectionHeaderSize = reader.u16();
  let sectionHeaderCount = reader.u16();
  let sectionNameIndex = reader.u16();

  let sections: RawSection[] = [];
  if (sectionHeaderOffset !== 0 && sectionHeaderSize !== sizes.sectionHeader) {
    const found = `section headers of ${sectionHeaderSize} bytes`;
    problems.push(`${path}: ${found}, expected ${sizes.sectionHeader}`);
  } else if (sectionHeaderOffset !== 0) {
    const first = readSectionHeader(bytes, bits, sectionHeaderOffset, 0);
    if (sectionHeaderCount === 0) sectionHeaderCount = first.size;
    if (sectionNameIndex === sectionIndex.extended) sectionNameIndex = first.link;
    const place = { offset: sectionHeaderOffset, count: sectionHeaderCount };
    sections = readSections(bytes, bits, place, sectionNameIndex, path, problems);
  }
  const place = { offset: programHeaderOffset, count: programHeaderCount };
  const segments = readSegments(bytes, bits, place, programHeaderSize, path, problems);
  const tables: ElfTables = {
    bits,
    type,
    machine,
    version,
    entry,
    flags,
    osabi: bytes[7],
    abiVersion: bytes[8],
    programHeaderOffset,
    sectionHeaderOffset,
    headerSize,
    programHeaderSize,
    programHeaderCount,
    sectionHeaderSize,
    sectionHeaderCount,
    sectionNameIndex,
    sections,
    segments,
  };
  return { tables, problems };
}

/** Why the bytes are no ELF file that can be read; undefined: they are one. */
function unreadableReason(bytes: Uint8Array): string | undefined {
  if (!isElf(bytes)) return 'not an ELF file';
  if (bytes[4] !== 1 && bytes[4] !== 2) return `ELF class ${bytes[4]} is neither 32 nor 64 bits`;
  if (bytes[5] !== 1) return 'only little-endian ELF files are supported';
  const { header } = elfSizes(bytes[4] === 1 ? 32 : 64);
  return bytes.length < header ? 'the file ends inside the ELF header' : undefined;
}

function addressReader(reader: ByteReader, bits: 32 | 64): () => number {
  return bits === 32 ? () => reader.u32() : () => Number(reader.u64());
}

function readSectionHeader(
  bytes: Uint8Array,
  bits: 32 | 64,
  at: number,
  index: number,
): Omit<RawSection, 'name'> {
  const reader = new ByteReader(bytes, at);
  const number = addressReader(reader, bits);
  const nameOffset = reader.u32();
  const type = reader.u32();
  const flags = number();
  const address = bits === 32 ? BigInt(reader.u32()) : reader.u64();
  const offset = number();
  const size = number();
  const link = reader.u32();
  const info = reader.u32();
  const alignment = number();
  const entrySize = number();
  const hasBytes = type !== sectionType.nobits && type !== sectionType.null;
  const data =
    hasBytes && offset < bytes.length ? bytes.subarray(offset, offset + size) : new Uint8Array(0);
  return {
    index,
    nameOffset,
    type,
    flags,
    address,
    offset,
    size,
    link,
    info,
    alignment,
    entrySize,
    data,
  };
}

function readSections(
  bytes: Uint8Array,
  bits: 32 | 64,
  { offset, count }: { readonly offset: number; readonly count: number },
  nameIndex: number,
  path: string,
  problems: string[],
): RawSection[] {
  const { sectionHeader } = elfSizes(bits);
  const available = Math.max(0, Math.floor((bytes.length - offset) / sectionHeader));
  if (count > available) {
    problems.push(`${path}: ${count} section headers at ${offset} reach past the end of the file`);
  }
  const headers: Omit<RawSection, 'name'>[] = [];
  for (let i = 0; i < Math.min(count, available); i++) {
    const header = readSectionHeader(bytes, bits, offset + i * sectionHeader, i);
    headers.push(header);
    if (header.type !== sectionType.nobits && header.type !== sectionType.null) {
      if (header.data.length < header.size) {
        problems.push(
          `${path}: section ${i} of ${header.size} bytes at ${header.offset} reaches past the end of the file`,
        );
      }
    }
  }
  const names = headers[nameIndex]?.data;
  return headers.map((header) => ({
    ...header,
    name: names ? stringAt(names, header.nameOffset) : '',
  }));
}

function readSegments(
  bytes: Uint8Array,
  bits: 32 | 64,
  { offset, count }: { readonly offset: number; readonly count: number },
  entrySize: number,
  path: string,
  problems: string[],
): ElfSegment[] {
  if (count === 0) return [];
  const { programHeader } = elfSizes(bits);
  if (entrySize !== programHeader || offset + count * programHeader > bytes.length) {
    problems.push(
      `${path}: ${count} program headers of ${entrySize} bytes at ${offset} are not in the file`,
    );
    return [];
  }
  const reader = new ByteReader(bytes, offset);
  const number = addressReader(reader, bits);
  const address = bits === 32 ? () => BigInt(reader.u32()) : () => reader.u64();
  const segments: ElfSegment[] = [];
  for (let i = 0; i < count; i++) {
    const type = reader.u32();
    let flags = bits === 64 ? reader.u32() : 0;
    const fileOffset = number();
    const virtualAddress = address();
    const physicalAddress = address();
    const fileSize = number();
    const memorySize = number();
    if (bits === 32) flags = reader.u32();
    const alignment = number();
    segments.push({
      type,
      flags,
      offset: fileOffset,
      virtualAddress,
      physicalAddress,
      fileSize,
      memorySize,
      alignment,
    });
  }
  return segments;
}

/** The zero-terminated string at `offset`; empty outside the table. */
export function stringAt(table: Uint8Array, offset: number): string {
  if (offset >= table.length) return '';
  let end = table.indexOf(0, offset);
  if (end < 0) end = table.length;
  return utf8Text(table, offset, end);
}

/** The entries of a symbol table, the null symbol included. */
export function readSymbols(tables: ElfTables, table: RawSection): RawSymbol[] {
  const { symbol: size } = elfSizes(tables.bits);
  const strings = new StringView(tables.sections[table.link]?.data ?? new Uint8Array(0));
  const indices = tables.sections.find(
    (s) => s.type === sectionType.symtabShndx && s.link === table.index,
  )?.data;
  const extended = indices && new ByteReader(indices);
  const reader = new ByteReader(table.data);
  const symbols: RawSymbol[] = [];
  for (let count = Math.floor(table.data.length / size); count > 0; count--) {
    const name = strings.at(reader.u32());
    let value = 0n;
    let bytes = 0n;
    if (tables.bits === 32) {
      value = BigInt(reader.u32());
      bytes = BigInt(reader.u32());
    }
    const info = reader.u8();
    const other = reader.u8();
    let section = reader.u16();
    const wide = extended?.u32() ?? 0;
    if (section === sectionIndex.extended) section = wide;
    if (tables.bits === 64) {
      value = reader.u64();
      bytes = reader.u64();
    }
    symbols.push({ name, value, size: bytes, info, other, section });
  }
  return symbols;
}

/** The entries of a relocation section (SHT_REL or SHT_RELA). */
export function readRelocations(tables: ElfTables, table: RawSection): RawRelocation[] {
  const sizes = elfSizes(tables.bits);
  const isExplicit = table.type === sectionType.rela;
  const size = isExplicit ? sizes.rela : sizes.rel;
  const reader = new ByteReader(table.data);
  const relocations: RawRelocation[] = [];
  for (let count = Math.floor(table.data.length / size); count > 0; count--) {
    let offset: number;
    let symbol: number;
    let type: number;
    let addend: bigint | undefined;
    if (tables.bits === 32) {
      offset = reader.u32();
      const info = reader.u32();
      symbol = info >>> 8;
      type = info & 0xff;
      if (isExplicit) addend = BigInt(reader.i32());
    } else {
      offset = Number(reader.u64());
      type = reader.u32();
      symbol = reader.u32();
      if (isExplicit) addend = BigInt.asIntN(64, reader.u64());
    }
    relocations.push({ offset, symbol, type, addend });
  }
  return relocations;
}

/** What need not be read. */
export interface ReadLimits {
  readonly skipsSymbols?: boolean;
  /** All relocations, or those of the sections that it says. */
  readonly skipsRelocations?: boolean | ((section: ElfSection) => boolean);
}

/**
 * Reads an object or executable into the model; `file` is undefined only where there is no ELF
 * header. Never throws.
 */
export function readElf(
  bytes: Uint8Array,
  path: string,
  { skipsSymbols = false, skipsRelocations = skipsSymbols }: ReadLimits = {},
): ReadResult {
  const { tables, problems } = readElfTables(bytes, path);
  if (!tables) return { file: undefined, problems };
  const resolver = new Resolver(tables, path, problems);
  const file: ElfFile = {
    bits: tables.bits,
    type: tables.type,
    machine: tables.machine,
    entry: tables.entry,
    flags: tables.flags,
    osabi: tables.osabi,
    sections: resolver.sections(),
    symbols: skipsSymbols ? [] : resolver.symbols(),
    segments: tables.segments,
  };
  if (skipsRelocations !== true) resolver.relocations(skipsRelocations || undefined);
  if (!skipsSymbols) resolver.links();
  return { file, problems };
}

class Resolver {
  private readonly tables: ElfTables;
  private readonly path: string;
  private readonly problems: string[];
  private readonly symtab: RawSection | undefined;
  private readonly byIndex = new Map<number, ElfSection>();
  private readonly bySymbolIndex: ElfSymbol[] = [];

  constructor(tables: ElfTables, path: string, problems: string[]) {
    this.tables = tables;
    this.path = path;
    this.problems = problems;
    this.symtab = tables.sections.find((section) => section.type === sectionType.symtab);
  }

  private problem(message: string): void {
    if (this.problems.length < 100) this.problems.push(`${this.path}: ${message}`);
  }

  /**
   * Derived sections are those that the writer makes anew: symbols, their strings, names,
   * relocations.
   */
  private isDerived(raw: RawSection): boolean {
    if (raw.index === 0 || raw.index === this.tables.sectionNameIndex) return true;
    if (raw === this.symtab || raw.type === sectionType.symtabShndx) return true;
    if (this.symtab && raw.index === this.symtab.link && raw.type === sectionType.strtab)
      return true;
    return this.isRelocations(raw);
  }

  private isRelocations(raw: RawSection): boolean {
    if (raw.type !== sectionType.rel && raw.type !== sectionType.rela) return false;
    return (
      (raw.flags & sectionFlag.alloc) === 0 && this.symtab?.index === raw.link && raw.info !== 0
    );
  }

  sections(): ElfSection[] {
    const list: ElfSection[] = [];
    for (const raw of this.tables.sections) {
      if (raw.type === sectionType.null || this.isDerived(raw)) continue;
      if (raw.type === sectionType.symtab) {
        this.problem(`section ${raw.index} is a second symbol table`);
        continue;
      }
      const hasBytes = raw.type !== sectionType.nobits;
      const section: ElfSection = {
        name: raw.name,
        type: raw.type,
        flags: raw.flags,
        address: raw.address,
        size: hasBytes ? raw.data.length : raw.size,
        alignment: raw.alignment,
        entrySize: raw.entrySize,
        data: raw.data,
        relocations: [],
        info: raw.info,
        offset: raw.offset,
        index: raw.index,
      };
      this.byIndex.set(raw.index, section);
      list.push(section);
    }
    return list;
  }

  symbols(): ElfSymbol[] {
    if (!this.symtab) return [];
    const view = new SymbolView(this.tables, this.symtab);
    for (let i = 0; i < view.count; i++) {
      const name = view.name(i);
      this.bySymbolIndex.push({
        name,
        value: view.valueBig(i),
        size: view.sizeBig(i),
        binding: view.binding(i),
        type: view.type(i),
        visibility: view.other(i) & 3,
        section: this.sectionOf(view.section(i), name),
      });
    }
    return this.bySymbolIndex.slice(1);
  }

  private sectionOf(index: number, name: string): ElfSymbol['section'] {
    if (index === sectionIndex.undefined) return 'undefined';
    if (index === sectionIndex.absolute) return 'absolute';
    if (index === sectionIndex.common) return 'common';
    const section = this.byIndex.get(index);
    if (section) return section;
    this.problem(`symbol '${name}' is in section ${index}, which has no contents here`);
    return 'absolute';
  }

  relocations(isSkipped?: (section: ElfSection) => boolean): void {
    for (const raw of this.tables.sections) {
      if (!this.isRelocations(raw)) continue;
      const target = this.byIndex.get(raw.info);
      if (target && isSkipped?.(target)) continue;
      if (!target) {
        this.problem(`${raw.name} applies to section ${raw.info}, which has no contents`);
        continue;
      }
      for (const entry of readRelocations(this.tables, raw)) {
        const symbol = entry.symbol === 0 ? undefined : this.bySymbolIndex[entry.symbol];
        if (entry.symbol !== 0 && !symbol) {
          this.problem(
            `a relocation of ${target.name}+${entry.offset} names symbol ${entry.symbol}, which does not exist`,
          );
          continue;
        }
        const relocation: ElfRelocation = { offset: entry.offset, type: entry.type, symbol };
        if (entry.addend !== undefined) relocation.addend = entry.addend;
        target.relocations.push(relocation);
      }
    }
  }

  /** sh_link and the members of groups. */
  links(): void {
    for (const raw of this.tables.sections) {
      const section = this.byIndex.get(raw.index);
      if (!section) continue;
      if (raw.type === sectionType.group) this.group(raw, section);
      else if (raw.link !== 0) section.link = this.byIndex.get(raw.link);
      if (raw.flags & sectionFlag.infoLink) section.target = this.byIndex.get(raw.info);
    }
  }

  private group(raw: RawSection, section: ElfSection): void {
    const reader = new ByteReader(raw.data);
    const flags = reader.u32();
    const members: ElfSection[] = [];
    while (reader.at + 4 <= reader.end) {
      const index = reader.u32();
      const member = this.byIndex.get(index);
      if (member) members.push(member);
      else if (!this.tables.sections[index])
        this.problem(`group ${raw.index} names section ${index}, which does not exist`);
    }
    const signature = this.bySymbolIndex[raw.info];
    if (!signature) this.problem(`group ${raw.index} has no signature symbol`);
    else section.group = { flags, signature, members };
  }
}
