// Sections while they are filled: fixed bytes in one growing buffer, and between them the items
// whose size is settled later (jumps, alignments, `.org`, LEB128). A place is (item, offset): its
// address is `offset` plus the sizes of all items before `item`.

import type { Expression, Linear } from './expression.ts';
import type { AsmSymbol } from './symbols.ts';
import type { Place } from './text.ts';
import type { Span } from '@ring0/diagnostics';

export type Where = Place | Span | undefined;

interface ItemBase {
  /** Bytes of the subsection before it. */
  position: number;
  /** In bytes; during relaxation the current estimate. */
  size: number;
  readonly where: Where;
}

export interface AlignItem extends ItemBase {
  readonly kind: 'align';
  readonly alignment: number;
  /** 0: no limit. */
  readonly max: number;
  /** Undefined: nops. */
  readonly fill: Uint8Array | undefined;
}

export interface JumpItem extends ItemBase {
  readonly kind: 'jump';
  readonly short: Uint8Array;
  readonly long: Uint8Array;
  readonly longSize: 2 | 4;
  readonly target: Linear;
}

export interface OrgItem extends ItemBase {
  readonly kind: 'org';
  readonly target: Expression;
  readonly fill: number;
}

export interface SpaceItem extends ItemBase {
  readonly kind: 'space';
  readonly count: Expression;
  readonly fill: number;
}

export interface LebItem extends ItemBase {
  readonly kind: 'leb';
  readonly value: Expression;
  readonly isSigned: boolean;
}

export type Item = AlignItem | JumpItem | OrgItem | SpaceItem | LebItem;

/** A field of the fixed bytes that waits for its value. */
export interface FieldFixup {
  readonly item: number;
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly value: Expression;
  readonly isRelative: boolean;
  /** Signed fields take -2^(n-1)..2^(n-1)-1, the others up to 2^n-1. */
  readonly isSigned: boolean;
  /** For a relative field: bytes from its start to where the processor counts from. */
  readonly tail: number;
  /** From the start of the instruction, which R_386_GOTPC counts from. */
  readonly instructionOffset: number;
  /** `mov foo@GOT(%reg), %reg` and the like: R_386_GOT32X. */
  readonly isRelaxableGot: boolean;
  /** Data directives warn where an instruction is refused. */
  readonly isData: boolean;
  readonly where: Where;
}

export class Subsection {
  readonly section: Section;
  readonly number: number;
  bytes: Uint8Array = new Uint8Array(256);
  /** May exceed `bytes` in a section without contents. */
  length = 0;
  readonly items: Item[] = [];
  readonly fixups: FieldFixup[] = [];
  /** After layout: bytes and items of the section before this subsection. */
  startOffset = 0;
  startItem = 0;

  constructor(section: Section, number: number) {
    this.section = section;
    this.number = number;
  }

  /** Makes room for `count` bytes and returns where they go. */
  reserve(count: number): number {
    const at = this.length;
    const needed = at + count;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, at));
      this.bytes = grown;
    }
    this.length = needed;
    return at;
  }

  append(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    if (bytes.length > 24) {
      this.bytes.set(bytes, at);
      return;
    }
    for (let i = 0; i < bytes.length; i++) this.bytes[at + i] = bytes[i];
  }
}

export interface SectionAttributes {
  readonly type: number;
  readonly flags: number;
  readonly entrySize: number;
  readonly group?: string | undefined;
  readonly isComdat?: boolean | undefined;
  readonly link?: string | undefined;
  readonly unique?: number | undefined;
}

export class Section {
  readonly name: string;
  type: number;
  flags: number;
  entrySize: number;
  readonly group: string | undefined;
  readonly isComdat: boolean;
  readonly linkName: string | undefined;
  alignment = 1;
  readonly subsections: Subsection[] = [];
  /** The section's own symbol stands in the table behind this many named ones. */
  readonly symbolsBefore: number;

  /** From layout on: all items in order, the sum of sizes before each, and the final size. */
  items: Item[] = [];
  sizesBefore: Float64Array = new Float64Array(1);
  size = 0;

  constructor(name: string, attributes: SectionAttributes, symbolsBefore: number) {
    this.name = name;
    this.type = attributes.type;
    this.flags = attributes.flags;
    this.entrySize = attributes.entrySize;
    this.group = attributes.group;
    this.isComdat = attributes.isComdat ?? false;
    this.linkName = attributes.link;
    this.symbolsBefore = symbolsBefore;
    this.subsections.push(new Subsection(this, 0));
  }

  get hasContents(): boolean {
    return this.type !== 8;
  }

  get isCode(): boolean {
    return (this.flags & 4) !== 0;
  }

  subsection(number: number): Subsection {
    const found = this.subsections.find((candidate) => candidate.number === number);
    if (found) return found;
    const made = new Subsection(this, number);
    this.subsections.push(made);
    this.subsections.sort((a, b) => a.number - b.number);
    return made;
  }
}

/** The address of a label within its section, once the section is laid out. */
export function labelAddress(symbol: AsmSymbol): number {
  const home = symbol.subsection;
  if (!home) throw new Error(`symbol '${symbol.name}' is no label`);
  const sizes = home.section.sizesBefore[home.startItem + symbol.item] ?? 0;
  return home.startOffset + symbol.offset + sizes;
}
