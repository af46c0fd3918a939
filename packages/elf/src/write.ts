// The ELF writer. Section headers: null, groups, then each section with its relocations right
// behind it, .symtab, .strtab, .shstrtab. File order of a relocatable object: header, contents in
// header order, symbols, strings, relocations, section names, section headers: what BFD 2.40
// writes, so that equal models give equal bytes. An executable's contents stand where the linker
// has put them (`offset`), its program headers right after the header.

import { ByteWriter, alignUp } from '@ring0/bytes';
import {
  elfSizes,
  elfType,
  sectionFlag,
  sectionIndex,
  sectionType,
  symbolBinding,
} from './constants.ts';
import type { ElfFile, ElfSection, ElfSymbol } from './model.ts';
import { relocationTable } from './relocation-kinds.ts';
import { StringTable } from './string-table.ts';

interface Header {
  name: string;
  type: number;
  flags: number;
  address: bigint;
  offset: number;
  size: number;
  link: number;
  info: number;
  alignment: number;
  entrySize: number;
  data: Uint8Array;
}

export interface WriteOptions {
  /** Section names in header order, as objcopy has them; GNU as names groups last. */
  readonly areGroupsNamedFirst?: boolean;
  /** Section names in the order of `file.sections`, as GNU ld -r has them. */
  readonly areNamesInFileOrder?: boolean;
  /** There is a symbol table, be it without a symbol. */
  readonly hasSymbolTable?: boolean;
}

/**
 * The file's bytes; sets each section's `offset`. Throws where locals follow globals or a
 * reference leaves the file.
 */
export function writeElf(file: ElfFile, options: WriteOptions = {}): Uint8Array {
  const plan = new Plan(file, options);
  plan.headers();
  plan.fill();
  plan.place();
  return plan.bytes();
}

class Plan {
  private readonly file: ElfFile;
  private readonly options: WriteOptions;
  private readonly list: Header[] = [];
  private readonly headerOf = new Map<ElfSection, number>();
  private readonly relocationsOf = new Map<ElfSection, number>();
  private readonly symbolIndex = new Map<ElfSymbol, number>();
  private readonly hasSymbols: boolean;
  private readonly hasExplicitAddends: boolean;
  private symtab = 0;
  private extendedIndices = 0;
  private names = 0;
  private end = 0;

  constructor(file: ElfFile, options: WriteOptions) {
    this.file = file;
    this.options = options;
    const hasRelocations = file.sections.some((section) => section.relocations.length > 0);
    this.hasSymbols = options.hasSymbolTable === true || file.symbols.length > 0 || hasRelocations;
    this.hasExplicitAddends = !(relocationTable(file.machine)?.hasImplicitAddends ?? false);
    // Whom nothing refers to needs no number.
    if (!hasRelocations && !file.sections.some(({ group }) => group)) return;
    file.symbols.forEach((symbol, index) => this.symbolIndex.set(symbol, index + 1));
  }

  /** Numbers the section headers. */
  headers(): void {
    const { sections, bits } = this.file;
    const sizes = elfSizes(bits);
    this.list.push(header('', sectionType.null, 0));
    const isGroup = (section: ElfSection): boolean => section.type === sectionType.group;
    const ordered = [...sections.filter(isGroup), ...sections.filter((s) => !isGroup(s))];
    for (const section of ordered) {
      this.headerOf.set(section, this.list.length);
      this.list.push({ ...section, offset: section.offset ?? 0, link: 0, info: section.info ?? 0 });
      if (section.relocations.length === 0 && !section.isRelocated) continue;
      const kind = this.hasExplicitAddends ? sectionType.rela : sectionType.rel;
      const relocations = header(
        (this.hasExplicitAddends ? '.rela' : '.rel') + section.name,
        kind,
        sizes.address,
      );
      relocations.flags = sectionFlag.infoLink | (section.flags & sectionFlag.group);
      relocations.entrySize = this.hasExplicitAddends ? sizes.rela : sizes.rel;
      relocations.size = relocations.entrySize * section.relocations.length;
      this.relocationsOf.set(section, this.list.length);
      this.list.push(relocations);
    }
    if (this.hasSymbols) {
      this.symtab = this.list.length;
      this.list.push(header('.symtab', sectionType.symtab, sizes.address));
      if (this.list.length + 2 >= sectionIndex.reserveLow) {
        this.extendedIndices = this.list.length;
        this.list.push(header('.symtab_shndx', sectionType.symtabShndx, 4));
      }
      this.list.push(header('.strtab', sectionType.strtab, 1));
    }
    this.names = this.list.length;
    this.list.push(header('.shstrtab', sectionType.strtab, 1));
  }

  /** Fills what refers to header and symbol numbers: groups, relocations, symbols, strings. */
  fill(): void {
    for (const [section, index] of this.headerOf) {
      const own = this.list[index];
      if (section.link) own.link = this.indexOf(section.link, section.name);
      else if (isRelocationTable(section) && section.flags & sectionFlag.alloc) {
        own.link = this.symtab;
      }
      if (section.target) own.info = this.indexOf(section.target, section.name);
      if (section.group) this.fillGroup(section, own);
      const relocations = this.relocationsOf.get(section);
      if (relocations !== undefined) {
        this.list[relocations].link = this.symtab;
        this.list[relocations].info = index;
        this.list[relocations].data = this.relocationBytes(section);
      }
    }
    if (this.hasSymbols) this.fillSymbols();
    const strings = new StringTable();
    if (this.hasSymbols) strings.add('.symtab');
    if (this.hasSymbols) strings.add('.strtab');
    strings.add('.shstrtab');
    if (this.options.areNamesInFileOrder) this.addNames(strings);
    const isLate = (h: Header): boolean =>
      !this.options.areGroupsNamedFirst && h.type === sectionType.group;
    for (const h of this.list) if (!isLate(h)) strings.add(h.name);
    for (const h of this.list) if (isLate(h)) strings.add(h.name);
    const names = this.list[this.names];
    names.data = strings.finish();
    names.size = names.data.length;
    this.nameOffsets = this.list.map((h) => strings.offset(h.name));
  }

  private addNames(strings: StringTable): void {
    for (const section of this.file.sections) {
      strings.add(section.name);
      const relocations = this.relocationsOf.get(section);
      if (relocations !== undefined) strings.add(this.list[relocations].name);
    }
  }

  private nameOffsets: number[] = [];

  private indexOf(section: ElfSection, from: string): number {
    const index = this.headerOf.get(section);
    if (index === undefined)
      throw new Error(`${from} refers to ${section.name}, which is not in the file`);
    return index;
  }

  private fillGroup(section: ElfSection, own: Header): void {
    const { group } = section;
    if (!group) return;
    const words = new ByteWriter();
    words.u32(group.flags);
    for (const member of group.members) {
      words.u32(this.indexOf(member, section.name));
      const relocations = this.relocationsOf.get(member);
      if (relocations !== undefined) words.u32(relocations);
    }
    own.data = words.take();
    own.size = own.data.length;
    own.entrySize = 4;
    own.link = this.symtab;
    own.info = this.symbolIndex.get(group.signature) ?? 0;
  }

  private relocationBytes(section: ElfSection): Uint8Array {
    const is32 = this.file.bits === 32;
    const out = new ByteWriter(section.relocations.length * 24);
    for (const { offset, type, symbol, addend } of section.relocations) {
      const index = symbol ? this.symbolIndex.get(symbol) : 0;
      if (index === undefined) {
        throw new Error(
          `${section.name}+${offset} refers to ${symbol?.name}, which is not in the file`,
        );
      }
      if (is32) {
        out.u32(offset);
        out.u32(index * 256 + (type & 0xff));
        if (this.hasExplicitAddends) out.u32(Number(BigInt.asUintN(32, addend ?? 0n)));
      } else {
        out.u64(BigInt(offset));
        out.u64((BigInt(index) << 32n) | BigInt(type));
        if (this.hasExplicitAddends) out.u64(addend ?? 0n);
      }
    }
    return out.take();
  }

  private fillSymbols(): void {
    const { symbols, bits } = this.file;
    const strings = new StringTable();
    const numbers = new Int32Array(symbols.length);
    for (let i = 0; i < symbols.length; i++) numbers[i] = strings.add(symbols[i].name);
    const stringBytes = strings.finish();
    const { symbol: size } = elfSizes(bits);
    const out = new DataView(new ArrayBuffer((symbols.length + 1) * size));
    const isLarge = this.extendedIndices > 0;
    const extended = new DataView(new ArrayBuffer(isLarge ? (symbols.length + 1) * 4 : 0));
    let firstGlobal = symbols.length + 1;
    for (let i = 0; i < symbols.length; i++) {
      const symbol = symbols[i];
      if (symbol.binding !== symbolBinding.local) firstGlobal = Math.min(firstGlobal, i + 1);
      else if (firstGlobal <= i) throw new Error(`local symbol ${symbol.name} follows a global`);
      let index = this.sectionNumber(symbol);
      if (index >= sectionIndex.reserveLow && typeof symbol.section === 'object') {
        extended.setUint32((i + 1) * 4, index, true);
        index = sectionIndex.extended;
      }
      const write = bits === 32 ? writeSymbol32 : writeSymbol64;
      write(out, (i + 1) * size, symbol, strings.place(numbers[i]), index);
    }
    const table = this.list[this.symtab];
    table.data = new Uint8Array(out.buffer);
    table.entrySize = size;
    table.link = this.symtab + (isLarge ? 2 : 1);
    table.info = firstGlobal;
    if (isLarge) {
      const indices = this.list[this.extendedIndices];
      indices.data = new Uint8Array(extended.buffer);
      indices.size = indices.data.length;
      indices.entrySize = 4;
      indices.link = this.symtab;
    }
    this.list[table.link].data = stringBytes;
    this.list[table.link].size = stringBytes.length;
    table.size = table.data.length;
  }

  private sectionNumber({ section, name }: ElfSymbol): number {
    return typeof section === 'object' ? this.indexOf(section, name) : sectionIndex[section];
  }

  /** Gives every part its place in the file. */
  place(): void {
    const { file } = this;
    const sizes = elfSizes(file.bits);
    const isObject = file.type === elfType.relocatable;
    const atEnd: Header[] = [];
    const late: (() => void)[] = [];
    let at = sizes.header + file.segments.length * sizes.programHeader;
    const put = (h: Header): void => {
      at = alignUp(at, h.alignment);
      h.offset = at;
      if (h.type !== sectionType.nobits) at += h.data.length;
    };
    const relocations = new Set(this.relocationsOf.values());
    for (const [section, index] of this.headerOf) {
      const h = this.list[index];
      const own = this.relocationsOf.get(section);
      if (section.isLate === true) {
        relocations.delete(own ?? 0);
        late.push(() => {
          put(h);
          section.offset = h.offset;
          if (own !== undefined) put(this.list[own]);
        });
        continue;
      }
      if (isObject) put(h);
      else if (section.offset === undefined) throw new Error(`${section.name} has no file offset`);
      else if (h.type !== sectionType.nobits) at = Math.max(at, h.offset + h.data.length);
      section.offset = h.offset;
    }
    for (let i = 1; i < this.names; i++) {
      if (relocations.has(i)) atEnd.push(this.list[i]);
      else if (this.symtab > 0 && i >= this.symtab) put(this.list[i]);
    }
    for (const h of atEnd) put(h);
    for (const each of late) each();
    put(this.list[this.names]);
    this.end = alignUp(at, sizes.address);
  }

  bytes(): Uint8Array {
    const { file, list } = this;
    const sizes = elfSizes(file.bits);
    const out = new Uint8Array(this.end + list.length * sizes.sectionHeader);
    for (const h of list) if (h.type !== sectionType.nobits) out.set(h.data, h.offset);
    const head = new ByteWriter();
    this.writeHeader(head);
    for (const segment of file.segments) writeSegment(head, file.bits, segment);
    out.set(head.peek(), 0);
    const table = new ByteWriter(list.length * sizes.sectionHeader);
    list.forEach((h, index) => writeSectionHeader(table, file.bits, h, this.nameOffsets[index]));
    out.set(table.peek(), this.end);
    return out;
  }

  private writeHeader(out: ByteWriter): void {
    const { file, list } = this;
    const sizes = elfSizes(file.bits);
    out.bytes(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, file.bits === 32 ? 1 : 2, 1, 1, file.osabi]));
    out.fill(8);
    out.u16(file.type);
    out.u16(file.machine);
    out.u32(1);
    const address = addressWriter(out, file.bits);
    address(file.entry);
    address(BigInt(file.segments.length > 0 ? sizes.header : 0));
    address(BigInt(this.end));
    out.u32(file.flags);
    out.u16(sizes.header);
    out.u16(file.segments.length > 0 ? sizes.programHeader : 0);
    out.u16(file.segments.length);
    out.u16(sizes.sectionHeader);
    const isLarge = list.length >= sectionIndex.reserveLow;
    if (isLarge) list[0].size = list.length;
    if (isLarge) list[0].link = this.names;
    out.u16(isLarge ? 0 : list.length);
    out.u16(isLarge ? sectionIndex.extended : this.names);
  }
}

function header(name: string, type: number, alignment: number): Header {
  return {
    name,
    type,
    flags: 0,
    address: 0n,
    offset: 0,
    size: 0,
    link: 0,
    info: 0,
    alignment,
    entrySize: 0,
    data: new Uint8Array(0),
  };
}

/** A file of debugging information keeps the headers of such sections, without their bytes. */
const isRelocationTable = ({ type, name }: ElfSection): boolean =>
  type === sectionType.rel ||
  type === sectionType.rela ||
  (type === sectionType.nobits && /^\.rela?\./.test(name));

function addressWriter(out: ByteWriter, bits: 32 | 64): (value: bigint) => void {
  return bits === 32
    ? (value) => out.u32(Number(BigInt.asUintN(32, value)))
    : (value) => out.u64(value);
}

/** Symbols are many: they go straight into the table. */
type SymbolWriter = (
  out: DataView,
  at: number,
  symbol: ElfSymbol,
  name: number,
  index: number,
) => void;

const writeSymbol32: SymbolWriter = (out, at, symbol, name, index) => {
  out.setUint32(at, name, true);
  // Of each 8 bytes the upper half is written over by what comes next.
  out.setBigUint64(at + 4, symbol.value, true);
  out.setBigUint64(at + 8, symbol.size, true);
  out.setUint8(at + 12, (symbol.binding << 4) | (symbol.type & 15));
  out.setUint8(at + 13, symbol.visibility);
  out.setUint16(at + 14, index, true);
};

const writeSymbol64: SymbolWriter = (out, at, symbol, name, index) => {
  out.setUint32(at, name, true);
  out.setUint8(at + 4, (symbol.binding << 4) | (symbol.type & 15));
  out.setUint8(at + 5, symbol.visibility);
  out.setUint16(at + 6, index, true);
  out.setBigUint64(at + 8, symbol.value, true);
  out.setBigUint64(at + 16, symbol.size, true);
};

function writeSegment(out: ByteWriter, bits: 32 | 64, segment: ElfFile['segments'][number]): void {
  const address = addressWriter(out, bits);
  out.u32(segment.type);
  if (bits === 64) out.u32(segment.flags);
  address(BigInt(segment.offset));
  address(segment.virtualAddress);
  address(segment.physicalAddress);
  address(BigInt(segment.fileSize));
  address(BigInt(segment.memorySize));
  if (bits === 32) out.u32(segment.flags);
  address(BigInt(segment.alignment));
}

function writeSectionHeader(out: ByteWriter, bits: 32 | 64, h: Header, name: number): void {
  const address = addressWriter(out, bits);
  out.u32(name);
  out.u32(h.type);
  address(BigInt(h.flags >>> 0));
  address(h.address);
  address(BigInt(h.offset));
  address(BigInt(h.size));
  out.u32(h.link);
  out.u32(h.info);
  address(BigInt(h.alignment));
  address(BigInt(h.entrySize));
}
