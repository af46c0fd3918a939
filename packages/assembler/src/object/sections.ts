// Sections while they are filled: fixed bytes in one growing buffer, and between them the items
// whose size is settled later (jumps, alignments, `.org`, LEB128). A place is (item, offset): its
// address is `offset` plus the sizes of all items before `item`.

import { Fixups } from './fixups.ts';
import { Items } from './items.ts';
import type { Places } from './places.ts';
import type { Place } from '../text/text.ts';
import type { Span } from '@ring0/diagnostics';

export type Where = Place | Span | undefined;

export class Subsection {
  readonly section: Section;
  readonly number: number;
  bytes: Uint8Array = new Uint8Array(256);
  /** May exceed `bytes` in a section without contents. */
  length = 0;
  readonly items: Items;
  readonly fixups: Fixups;
  /** After layout: bytes and items of the section before this subsection. */
  startOffset = 0;
  startItem = 0;

  constructor(section: Section, number: number) {
    this.section = section;
    this.number = number;
    this.items = new Items(section.places);
    this.fixups = new Fixups(section.places);
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
  /** sh_info, of sections with the flag SHF_GNU_MBIND. */
  readonly info?: number | undefined;
}

export class Section {
  readonly name: string;
  type: number;
  flags: number;
  entrySize: number;
  /** The group's name; `.attach_to_group` sets it later. */
  group: string | undefined;
  readonly isComdat: boolean;
  readonly linkName: string | undefined;
  readonly info: number | undefined;
  alignment = 1;
  readonly subsections: Subsection[] = [];
  /** The section's own symbol stands in the table behind this many named ones. */
  readonly symbolsBefore: number;

  readonly places: Places;

  /** From layout on: all items in order, the sum of sizes before each, and the final size. */
  items: Items;
  sizesBefore: Float64Array = new Float64Array(1);
  /** Counts the changes of the layout. */
  layoutVersion = 0;
  size = 0;

  constructor(name: string, attributes: SectionAttributes, symbolsBefore: number, places: Places) {
    this.places = places;
    this.name = name;
    this.type = attributes.type;
    this.flags = attributes.flags;
    this.entrySize = attributes.entrySize;
    this.group = attributes.group;
    this.isComdat = attributes.isComdat ?? false;
    this.linkName = attributes.link;
    this.info = attributes.info;
    this.symbolsBefore = symbolsBefore;
    const first = new Subsection(this, 0);
    this.subsections.push(first);
    this.items = first.items;
  }

  /** Items for this section's places. */
  newItems(): Items {
    return new Items(this.places);
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

/** A place in a section: `item` counts the variable items before it, `offset` the other bytes. */
export interface Spot {
  readonly subsection: Subsection | undefined;
  item: number;
  offset: number;
}

/** The address of a place within its section, once the section is laid out. */
export function labelAddress(spot: Spot): number {
  const home = spot.subsection;
  if (!home) throw new Error('a place in no section has no address');
  const sizes = home.section.sizesBefore[home.startItem + spot.item] ?? 0;
  return home.startOffset + spot.offset + sizes;
}
