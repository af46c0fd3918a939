// What the linker knows of its input and output while it works. Passes fill these structures one
// after another; each field says who sets it.

import { compressionHeader, inflateSection, sectionFlag, sectionType } from '@ring0/elf';
import type {
  Assertion,
  Assignment,
  DataStatement,
  FillStatement,
  InputPattern,
  ConstructorsStatement,
  ObjectSymbolsStatement,
  OutputSectionStatement,
  Remark,
} from './script/script-syntax.ts';
import type { InputFile } from './input/input-file.ts';
import { noRelocations } from './input/relocation-list.ts';
import type { RelocationList } from './input/relocation-list.ts';
import type { Needs } from './dynamic/needs.ts';
import type { SharedSymbol } from './input/shared-object.ts';

export interface InputObject {
  /** As messages name it: `main.o`, `libc.a(printf.o)`. */
  readonly name: string;
  /** As file patterns see it: the path, or the member's name. */
  readonly fileName: string;
  readonly archive: string | undefined;
  /** Undefined for what the linker makes, and for files taken as bytes. */
  readonly file: InputFile | undefined;
  readonly sections: InputSection[];
  /** What each symbol of the file's table became, by index; the null symbol is nothing. */
  readonly symbols: (LinkSymbol | undefined)[];
  /** Local symbols in file order. */
  readonly locals: LinkSymbol[];
  /** Given by -R: only its global symbols count. */
  readonly isBare: boolean;
}

export interface InputSection {
  readonly kind: 'input';
  readonly object: InputObject;
  readonly name: string;
  readonly type: number;
  flags: number;
  readonly alignment: number;
  readonly entrySize: number;
  data: Uint8Array;
  /** In bytes, as it goes out: merging and editing shrink it. */
  size: number;
  relocations: RelocationList;
  /** Its header in the file; 0: it is not of a file. */
  readonly index: number;
  /** Set by resolution (a copy of a group kept elsewhere), collection and /DISCARD/. */
  isDiscarded: boolean;
  /** The kept copy, where this one lost to it. */
  keptInstead: InputSection | undefined;
  isKept: boolean;
  /** Set by placement. */
  output: OutputSection | undefined;
  /** From the start of the output section, set by layout. */
  outputOffset: number;
  /** Set by merging and by the .eh_frame editor. */
  edit: SectionEdit | undefined;
}

/** A relocation of an input; its addend lies in the bytes. */
export interface InputRelocation {
  /** From the start of the section. */
  readonly offset: number;
  readonly type: number;
  /** Undefined where none is named. */
  readonly symbol: LinkSymbol | undefined;
  /** Of the symbol in its file's table. */
  readonly index: number;
}

/** How the bytes of an input section moved. */
export interface SectionEdit {
  /** Where an offset of the input went; undefined: it is no longer there. */
  locate(offset: number): { section: InputSection; offset: number } | undefined;
  /** The bytes as they go out, before relocation. */
  bytes(): Uint8Array;
  /** Every string of the section was in one before it. */
  readonly isAllElsewhere?: boolean;
}

export interface LinkSymbol {
  readonly name: string;
  /** 'shared': only a shared object defines it. */
  state: 'undefined' | 'defined' | 'common' | 'shared';
  binding: number;
  type: number;
  visibility: number;
  size: number;
  /** Where it is defined; 'absolute' for plain numbers. */
  section: InputSection | OutputSection | 'absolute' | undefined;
  /** Offset in the section, or the absolute value; of a common symbol its alignment. */
  value: number;
  /** Who defines it, or first refers to it. */
  object: InputObject | undefined;
  /** Defined by the script, an option, or the linker itself. */
  isMade: boolean;
  /** Made by PROVIDE, which gives way to any other definition. */
  isProvided: boolean;
  isReferenced: boolean;
  /** Not shown outside: hidden, or made local. */
  isForcedLocal: boolean;
  /** The name that gives its rank in GNU ld's table: `foo@@VERSION` where a shared object defines it. */
  rankName: string;
  /** What a shared object defines under this name, whoever wins. */
  shared: SharedSymbol | undefined;
  /** A shared object refers to it. */
  isReferencedByShared: boolean;
  /** An object of the link refers to it, and not weakly. */
  isReferencedStrongly: boolean;
  /** When it was found to be dynamic, counted from 0; -1: it is not; -2 - n: it was, and is no more. */
  dynamicOrder: number;
  /** Its place in .dynsym, once that is laid out. */
  dynamicIndex: number;
  /** Of a definition here: its version, and whether only the name with it finds it. */
  version: { readonly name: string; readonly isHidden: boolean } | undefined;
  /** What it needs of the linker's tables; `NeedsTable` has all of them. */
  needs: Needs | undefined;
}

/** Part of an output section's contents, in order. */
export type BodyItem =
  | {
      readonly kind: 'inputs';
      /** Undefined for orphans. */
      readonly pattern?: InputPattern;
      readonly sections: InputSection[];
    }
  | ObjectSymbolsStatement
  | ConstructorsStatement
  | Assignment
  | Assertion
  | DataStatement
  | FillStatement;

/** What stands at an offset of an output section, for the writer and the map. */
/** `source` is the statement of the body that it comes from. */
export type Piece = { readonly source: object } & PieceKind;

type PieceKind =
  | { readonly kind: 'input'; readonly offset: number; readonly section: InputSection }
  | {
      readonly kind: 'data';
      readonly offset: number;
      readonly size: number;
      readonly value: bigint;
    }
  | {
      readonly kind: 'pad';
      readonly offset: number;
      readonly size: number;
      readonly fill: Uint8Array;
    }
  | {
      readonly kind: 'symbol';
      readonly offset: number;
      readonly name: string;
      readonly value: bigint;
    };

export interface OutputSection {
  readonly kind: 'output';
  readonly name: string;
  readonly statement: OutputSectionStatement;
  readonly body: BodyItem[];
  /** Something was put into it: an input, data or an assignment. */
  exists: boolean;
  /** Empty, so left out of the file; its symbols keep their places. */
  isIgnored: boolean;
  /** ONLY_IF_RO or ONLY_IF_RW does not hold. */
  isDropped: boolean;
  hasInput: boolean;
  /** It decides what the output is at first. */
  firstInput: InputSection | undefined;
  type: number;
  /** That of its first input, as long as nothing but inputs made it what it is. */
  takenType: number;
  flags: number;
  entrySize: number;
  alignment: number;
  /** At least this, whatever the inputs want (the first TLS section). */
  alignmentMin: number;
  address: number;
  loadAddress: number;
  size: number;
  offset: number;
  pieces: Piece[];
  isOrphan: boolean;
}

export type LayoutItem = Assignment | Assertion | Remark | OutputSection;

const noBytes = new Uint8Array(0);

/** Of a section of a file, what many sections are never asked for is read when it is asked for. */
class Section implements InputSection {
  readonly kind = 'input';
  readonly object: InputObject;
  readonly name: string;
  readonly type: number;
  flags: number;
  readonly alignment: number;
  readonly entrySize: number;
  size: number;
  readonly index: number;
  isDiscarded = false;
  keptInstead: InputSection | undefined = undefined;
  isKept = false;
  output: OutputSection | undefined = undefined;
  outputOffset = 0;
  edit: SectionEdit | undefined = undefined;
  private bytes: Uint8Array | undefined = undefined;
  private tables: number[] | undefined = undefined;
  private list: RelocationList | undefined = undefined;

  constructor(
    object: InputObject,
    name: string,
    type: number,
    flags: number,
    alignment: number,
    entrySize: number,
    size: number,
    index: number,
  ) {
    this.object = object;
    this.name = name;
    this.type = type;
    this.flags = flags;
    this.alignment = alignment;
    this.entrySize = entrySize;
    this.size = size;
    this.index = index;
  }

  get data(): Uint8Array {
    this.bytes ??= this.object.file?.sectionData(this.index) ?? noBytes;
    return this.bytes;
  }

  set data(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** They are in that one of the file's tables, among others. */
  addRelocations(table: number): void {
    if (this.tables) this.tables.push(table);
    else this.tables = [table];
  }

  get relocations(): RelocationList {
    if (this.list) return this.list;
    const { tables, object } = this;
    this.list = (tables && object.file?.relocations(tables, object.symbols)) ?? noRelocations;
    return this.list;
  }

  set relocations(list: RelocationList) {
    this.list = list;
  }
}

/** All sections of the objects that `takes` does not refuse, in order. */
export function sectionsWhere(
  objects: readonly InputObject[],
  takes: (section: InputSection) => boolean,
): InputSection[] {
  const all: InputSection[] = [];
  for (const { sections } of objects) {
    for (let i = 0; i < sections.length; i++) if (takes(sections[i])) all.push(sections[i]);
  }
  return all;
}

/** Neither resolution, collection nor the script dropped it. */
export const isLive = (section: InputSection): boolean => !section.isDiscarded;

/** An object that no file of ELF stands behind. */
export function makeObject(name: string): InputObject {
  return {
    name,
    fileName: name,
    archive: undefined,
    file: undefined,
    sections: [],
    symbols: [],
    locals: [],
    isBare: false,
  };
}

/** A new section of the linker's own, such as .got. */
export function makeSection(
  object: InputObject,
  name: string,
  properties: Partial<
    Pick<InputSection, 'type' | 'flags' | 'alignment' | 'entrySize' | 'data' | 'index'>
  >,
): InputSection {
  const { type = 1, flags = 0, alignment = 1, entrySize = 0, data = noBytes } = properties;
  const index = properties.index ?? 0;
  const { length } = data;
  const section = new Section(object, name, type, flags, alignment, entrySize, length, index);
  section.data = data;
  object.sections.push(section);
  return section;
}

/** Of a compressed section what it was before; what cannot be read stays as it is. */
function unpacked(section: Section): Section {
  const { object, name, type, flags, entrySize, index, data } = section;
  const raw = { name, flags, data, alignment: section.alignment };
  const header = compressionHeader(raw, 32);
  const bytes = header && inflateSection(raw, 32);
  if (!bytes || bytes.problem !== undefined) return section;
  const bare = flags & ~sectionFlag.compressed;
  const plain = name.replace(/^\.z/, '.');
  const alignment = Math.max(1, header.alignment);
  const { size } = header;
  const result = new Section(object, plain, type, bare, alignment, entrySize, size, index);
  result.data = bytes.bytes;
  return result;
}

/**
 * Adds the sections of the object's file, those that count for the link. By header; what is no
 * such section is undefined.
 */
export function addFileSections(
  object: InputObject,
  file: InputFile,
): (InputSection | undefined)[] {
  const byIndex: (Section | undefined)[] = [undefined];
  for (let i = 1; i < file.sectionCount; i++) {
    byIndex.push(undefined);
    if (!file.isContents(i)) continue;
    const type = file.sectionType(i);
    const flags = file.sectionFlags(i);
    if (type === sectionType.group || type === sectionType.strtab) continue;
    const alignment = Math.max(1, file.sectionAlignment(i));
    const entrySize = file.sectionEntrySize(i);
    const size = file.sectionSize(i);
    const name = file.sectionName(i);
    const section = new Section(object, name, type, flags, alignment, entrySize, size, i);
    const isPacked = (flags & sectionFlag.compressed) !== 0 || name.startsWith('.zdebug');
    const used = isPacked ? unpacked(section) : section;
    byIndex[i] = used;
    object.sections.push(used);
  }
  const { relocationTables } = file;
  for (let i = 0; i < relocationTables.length; i++) {
    byIndex[file.sectionInfo(relocationTables[i])]?.addRelocations(i);
  }
  return byIndex;
}

/** A new, undefined symbol. */
export function makeSymbol(name: string, object?: InputObject): LinkSymbol {
  return {
    name,
    state: 'undefined',
    binding: 1,
    type: 0,
    visibility: 0,
    size: 0,
    section: undefined,
    value: 0,
    object,
    isMade: false,
    isProvided: false,
    isReferenced: false,
    isForcedLocal: false,
    rankName: name,
    shared: undefined,
    isReferencedByShared: false,
    isReferencedStrongly: false,
    dynamicOrder: -1,
    dynamicIndex: -1,
    version: undefined,
    needs: undefined,
  };
}

/** The section's place in memory; an input section's is known after layout. */
export function sectionAddress(section: InputSection | OutputSection): number {
  if (section.kind === 'output') return section.address;
  return section.output ? section.output.address + section.outputOffset : 0;
}

/** The symbol's value at run time, edits of its section included. */
export function symbolAddress(symbol: LinkSymbol): number {
  const { section, value } = symbol;
  if (section === undefined) return 0;
  if (section === 'absolute') return value >>> 0;
  if (section.kind !== 'output' && section.edit) {
    const place = section.edit.locate(value);
    return place ? (sectionAddress(place.section) + place.offset) >>> 0 : 0;
  }
  return (sectionAddress(section) + value) >>> 0;
}
