// An i386 object as the linker reads it: straight from the bytes, and no more than is asked for.
// A link reads some thousand objects, most of whose sections are dropped again, so nothing is made
// of what nobody looks at (packages/elf's model, an object for each symbol and relocation, took a
// fifth of the time of linking busybox). Only a file in which all offsets and indices are in order
// is opened; what is wrong with another one is told by the checking reader of packages/elf.

import {
  elfSizes,
  readElf,
  sectionFlag,
  sectionIndex,
  sectionType,
  StringView,
  symbolType,
} from '@ring0/elf';
import type { ElfFile, ElfSection } from '@ring0/elf';
import type { LinkSymbol } from '../model.ts';
import { RelocationList, entryWords } from './relocation-list.ts';

const sizes = elfSizes(32);
const nothing = new Uint8Array(0);
const noWords = new Uint32Array(0);

/** A section group: of equal COMDAT groups the first counts. */
export interface FileGroup {
  /** Its header. */
  readonly index: number;
  readonly flags: number;
  /** In the symbol table. */
  readonly signature: number;
  /** Headers of its sections. */
  readonly members: readonly number[];
}

/** What a section header is for. */
const role = { none: 0, contents: 1, relocations: 2 } as const;

export class InputFile {
  readonly path: string;
  readonly type: number;
  readonly machine: number;
  readonly sectionCount: number;
  readonly symbolCount: number = 0;
  readonly groups: FileGroup[] = [];
  /** Tables of relocations, by header. */
  readonly relocationTables: number[] = [];
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  /** The entries of all tables of relocations, and where those of each begin. */
  private words: Uint32Array = noWords;
  private readonly wordsOf: number[] = [];
  private readonly headers: number;
  private readonly roles: Uint8Array;
  private readonly names: StringView;
  private readonly strings: StringView = new StringView(nothing);
  private readonly symbols: number = 0;
  private readonly extended: number = 0;
  private model: ElfFile | undefined;
  private hasCommons = false;
  /** False: the file is not to be used, and the checking reader knows why. */
  readonly isSound: boolean;

  constructor(bytes: Uint8Array, path: string) {
    this.bytes = bytes;
    this.path = path;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = view;
    const has32 = bytes.length >= sizes.header && bytes[4] === 1 && bytes[5] === 1;
    this.type = has32 ? view.getUint16(16, true) : 0;
    this.machine = has32 ? view.getUint16(18, true) : 0;
    this.headers = has32 ? view.getUint32(32, true) : 0;
    let count = has32 ? view.getUint16(48, true) : 0;
    let names = has32 ? view.getUint16(50, true) : 0;
    const room = Math.floor((bytes.length - this.headers) / sizes.sectionHeader);
    const isTable = this.headers !== 0 && room > 0 && view.getUint16(46, true) === 40;
    if (isTable && count === 0) count = this.sectionSize(0);
    if (isTable && names === sectionIndex.extended) names = this.sectionLink(0);
    this.sectionCount = isTable ? Math.min(count, room) : 0;
    this.roles = new Uint8Array(this.sectionCount);
    this.names = new StringView(names < this.sectionCount ? this.sectionData(names) : nothing);
    const symtab = this.find(sectionType.symtab, 0);
    if (symtab > 0) {
      this.symbols = this.sectionOffset(symtab);
      this.symbolCount = Math.floor(this.sectionSize(symtab) / sizes.symbol);
      const link = this.sectionLink(symtab);
      if (link < this.sectionCount) this.strings = new StringView(this.sectionData(link));
      const extended = this.find(sectionType.symtabShndx, symtab);
      const isLong = extended > 0 && this.sectionSize(extended) >= this.symbolCount * 4;
      if (isLong) this.extended = this.sectionOffset(extended);
    }
    this.isSound =
      has32 &&
      (this.headers === 0 || (isTable && count <= room)) &&
      this.hasSegments() &&
      this.hasContents(symtab, names) &&
      this.hasSymbols() &&
      this.hasRelocations();
  }

  /** The first table of that type, which belongs to the symbol table given; 0: none. */
  private find(type: number, link: number): number {
    for (let i = 1; i < this.sectionCount; i++) {
      if (this.sectionType(i) !== type || (link !== 0 && this.sectionLink(i) !== link)) continue;
      const size = this.sectionSize(i);
      return size === 0 || this.sectionOffset(i) + size <= this.bytes.length ? i : 0;
    }
    return 0;
  }

  /** What program headers there are lies in the file. */
  private hasSegments(): boolean {
    const { view } = this;
    const count = view.getUint16(44, true);
    if (count === 0) return true;
    const end = view.getUint32(28, true) + count * sizes.programHeader;
    return view.getUint16(42, true) === sizes.programHeader && end <= this.bytes.length;
  }

  /** Gives each header its role; false where contents or what refers to them is amiss. */
  private hasContents(symtab: number, names: number): boolean {
    const { roles, bytes } = this;
    const strings = symtab > 0 ? this.sectionLink(symtab) : 0;
    const { rel, rela, strtab, nobits, group } = sectionType;
    const hasGroups: number[] = [];
    for (let i = 1; i < roles.length; i++) {
      const type = this.sectionType(i);
      if (type === sectionType.null) continue;
      const size = this.sectionSize(i);
      if (type !== nobits && size > 0 && this.sectionOffset(i) + size > bytes.length) return false;
      if (i === names || i === symtab || type === sectionType.symtabShndx) continue;
      if (i === strings && type === strtab) continue;
      if (type === sectionType.symtab) return false;
      const isRelocations =
        (type === rel || type === rela) &&
        (this.sectionFlags(i) & sectionFlag.alloc) === 0 &&
        symtab === this.sectionLink(i) &&
        this.sectionInfo(i) !== 0;
      roles[i] = isRelocations ? role.relocations : role.contents;
      if (isRelocations) this.relocationTables.push(i);
      else if (type === group) hasGroups.push(i);
    }
    for (const table of this.relocationTables) {
      if (!this.isContents(this.sectionInfo(table))) return false;
    }
    return hasGroups.every((index) => this.hasGroup(index));
  }

  private hasGroup(index: number): boolean {
    const data = this.sectionData(index);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const flags = data.length >= 4 ? view.getUint32(0, true) : 0;
    const members: number[] = [];
    for (let at = 4; at + 4 <= data.length; at += 4) {
      const member = view.getUint32(at, true);
      if (member >= this.sectionCount) return false;
      if (this.isContents(member)) members.push(member);
    }
    const signature = this.sectionInfo(index);
    if (signature >= this.symbolCount) return false;
    this.groups.push({ index, flags, signature, members });
    return true;
  }

  /** Every symbol is in a section with contents, or in none. */
  private hasSymbols(): boolean {
    const { view, symbols, symbolCount } = this;
    for (let i = 0; i < symbolCount; i++) {
      const short = view.getUint16(symbols + i * 16 + 14, true);
      if (short === sectionIndex.common) this.hasCommons = true;
      if (short === 0 || short === sectionIndex.absolute || short === sectionIndex.common) continue;
      if (!this.isContents(this.symbolSection(i))) return false;
    }
    return true;
  }

  private entrySize(table: number): number {
    return this.sectionType(table) === sectionType.rela ? sizes.rela : sizes.rel;
  }

  /** Reads all relocations; false where one names a symbol that is not there. */
  private hasRelocations(): boolean {
    const { view, symbolCount, relocationTables, wordsOf } = this;
    let count = 0;
    for (const table of relocationTables) {
      wordsOf.push(count);
      count += Math.floor(this.sectionSize(table) / this.entrySize(table)) * entryWords;
    }
    wordsOf.push(count);
    if (count === 0) return true;
    const words = new Uint32Array(count);
    this.words = words;
    let to = 0;
    for (let i = 0; i < relocationTables.length; i++) {
      const entry = this.entrySize(relocationTables[i]);
      let at = this.sectionOffset(relocationTables[i]);
      for (const end = wordsOf[i + 1]; to < end; to += entryWords) {
        const info = view.getUint32(at + 4, true);
        if (info >>> 8 >= symbolCount && info >>> 8 !== 0) return false;
        words[to] = view.getUint32(at, true);
        words[to + 1] = info;
        at += entry;
      }
    }
    return true;
  }

  /** The header is of contents: neither of symbols, nor their strings, nor relocations. */
  isContents(index: number): boolean {
    return this.roles[index] === role.contents;
  }

  private field(index: number, at: number): number {
    return this.view.getUint32(this.headers + index * 40 + at, true);
  }

  sectionName(index: number): string {
    return this.names.at(this.field(index, 0));
  }

  sectionType(index: number): number {
    return this.field(index, 4);
  }

  sectionFlags(index: number): number {
    return this.field(index, 8);
  }

  private sectionOffset(index: number): number {
    return this.field(index, 16);
  }

  sectionSize(index: number): number {
    return this.field(index, 20);
  }

  sectionLink(index: number): number {
    return this.field(index, 24);
  }

  sectionInfo(index: number): number {
    return this.field(index, 28);
  }

  sectionAlignment(index: number): number {
    return this.field(index, 32);
  }

  sectionEntrySize(index: number): number {
    return this.field(index, 36);
  }

  /** The bytes of a section, a view of the file. */
  sectionData(index: number): Uint8Array {
    const type = this.sectionType(index);
    const size = this.sectionSize(index);
    if (type === sectionType.nobits || type === sectionType.null || size === 0) return nothing;
    const offset = this.sectionOffset(index);
    return offset < this.bytes.length ? this.bytes.subarray(offset, offset + size) : nothing;
  }

  symbolName(index: number): string {
    return this.strings.at(this.view.getUint32(this.symbols + index * 16, true));
  }

  symbolValue(index: number): number {
    return this.view.getUint32(this.symbols + index * 16 + 4, true);
  }

  symbolSize(index: number): number {
    return this.view.getUint32(this.symbols + index * 16 + 8, true);
  }

  symbolBinding(index: number): number {
    return this.view.getUint8(this.symbols + index * 16 + 12) >> 4;
  }

  symbolType(index: number): number {
    return this.view.getUint8(this.symbols + index * 16 + 12) & 15;
  }

  symbolVisibility(index: number): number {
    return this.view.getUint8(this.symbols + index * 16 + 13) & 3;
  }

  /** Its section's header, or one of the special indices. */
  symbolSection(index: number): number {
    const short = this.view.getUint16(this.symbols + index * 16 + 14, true);
    if (short !== sectionIndex.extended) return short;
    if (this.extended === 0) return sectionIndex.undefined;
    return this.view.getUint32(this.extended + index * 4, true);
  }

  /** The symbol is defined in a section. */
  isPlaced(index: number): boolean {
    const section = this.symbolSection(index);
    const { undefined: none, absolute, common } = sectionIndex;
    return section !== none && section !== absolute && section !== common;
  }

  /** A name in the string table that a common symbol may have; a quick no for most. */
  mayShare(name: string): boolean {
    return this.hasCommons && this.strings.includes(name);
  }

  /** The entries of tables, by their places in `relocationTables`; `symbols` are the file's. */
  relocations(
    tables: readonly number[],
    symbols: readonly (LinkSymbol | undefined)[],
  ): RelocationList {
    const { words, wordsOf } = this;
    if (tables.length === 1) {
      const first = wordsOf[tables[0]];
      return new RelocationList(
        words,
        first,
        (wordsOf[tables[0] + 1] - first) / entryWords,
        symbols,
      );
    }
    const joined = tables.flatMap((t) => [...words.subarray(wordsOf[t], wordsOf[t + 1])]);
    return new RelocationList(new Uint32Array(joined), 0, joined.length / entryWords, symbols);
  }

  /** The whole file as the model of packages/elf, for readers of line numbers. */
  elf(): ElfFile | undefined {
    this.model ??= readElf(this.bytes, this.path).file;
    return this.model;
  }

  /** A section of that model. */
  elfSection(index: number): ElfSection | undefined {
    return this.elf()?.sections.find((section) => section.index === index);
  }
}

/** GCC says so by a common symbol. */
const slimMark = '__gnu_lto_slim';

/** Its code is for link-time optimization only. */
export function isForLater(file: InputFile): boolean {
  if (!file.mayShare(slimMark)) return false;
  for (let i = 1; i < file.symbolCount; i++) if (file.symbolName(i) === slimMark) return true;
  return false;
}

/** By which groups are compared. */
export function groupName(file: InputFile, signature: number): string {
  const isSection = file.symbolType(signature) === symbolType.section && file.isPlaced(signature);
  return isSection ? file.sectionName(file.symbolSection(signature)) : file.symbolName(signature);
}
