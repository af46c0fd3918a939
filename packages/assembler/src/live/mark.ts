// What an assembly was when all was read, before the object was made: so that, after a few records
// have changed, the object can be made again. Only of assemblies in which making it changes nothing
// but what is noted here.

import type { Assembly } from '../object/assembly.ts';
import { itemKind } from '../object/items.ts';
import type { Section, Subsection } from '../object/sections.ts';
import type { AsmSymbol } from '../object/symbols.ts';

interface SubsectionMark {
  readonly sub: Subsection;
  length: number;
  items: number;
  fixups: number;
}

export class Mark {
  private readonly assembly: Assembly;
  private readonly bits: Int32Array;
  private readonly namedCount: number;
  private readonly alignments: ReadonlyMap<Section, number>;
  private readonly subsections: ReadonlyMap<Subsection, SubsectionMark>;
  private readonly lateSections: readonly Section[];
  private readonly symbolOrder: readonly Section[];

  constructor(assembly: Assembly) {
    this.assembly = assembly;
    const { sections, symbols, places } = assembly;
    this.bits = Int32Array.from(places.referents.symbols, (symbol) => symbol.bits);
    this.namedCount = symbols.all.length;
    this.alignments = new Map(sections.map((section) => [section, section.alignment]));
    const subsections = sections.flatMap((section) => section.subsections);
    this.subsections = new Map(
      subsections.map((sub) => {
        const { length, items, fixups } = sub;
        return [sub, { sub, length, items: items.length, fixups: fixups.length }];
      }),
    );
    this.lateSections = [...assembly.lateSections];
    this.symbolOrder = assembly.symbolOrder;
  }

  /** Whether making the object changes nothing else. */
  static isEnough(assembly: Assembly): boolean {
    const { lines, cfi, attributes, stabs, options, sections, places } = assembly;
    const { hasExecutableStack, addsBuildNotes } = options.output ?? {};
    if (lines.isUsed || lines.files.length > 0 || lines.rows.size > 0) return false;
    if (cfi.labels.length > 0 || attributes.size > 0 || stabs.tables.size > 0) return false;
    if (hasExecutableStack !== undefined || addsBuildNotes) return false;
    const hasSimpleItems = ({ items: { kinds, length } }: Subsection): boolean =>
      kinds.subarray(0, length).every((kind) => kind <= itemKind.jump);
    if (!sections.every((section) => section.subsections.every(hasSimpleItems))) return false;
    return !places.referents.symbols.some((symbol) => symbol.state === 'equated');
  }

  /** What the section had, with which an alignment of the edited lines must agree. */
  alignment(section: Section): number {
    return this.alignments.get(section) ?? 1;
  }

  /** The symbols of the source. */
  get symbols(): readonly AsmSymbol[] {
    return this.assembly.places.referents.symbols.slice(0, this.bits.length);
  }

  /** Records were added or, by negative numbers, taken out. */
  grow(sub: Subsection, length: number, items: number, fixups: number): void {
    const mark = this.subsections.get(sub);
    if (!mark) throw new Error(`a part of '${sub.section.name}' was made later`);
    mark.length += length;
    mark.items += items;
    mark.fixups += fixups;
  }

  restore(): void {
    const { assembly, bits } = this;
    const { symbols, places, sectionTable, lateSections } = assembly;
    const every = places.referents.symbols;
    every.length = bits.length;
    for (let i = 0; i < bits.length; i++) every[i].bits = bits[i];
    symbols.all.length = this.namedCount;
    for (const made of sectionTable.all.splice(this.alignments.size)) {
      for (const table of [sectionTable.byKey, sectionTable.byName]) {
        for (const [key, section] of table) if (section === made) table.delete(key);
      }
    }
    lateSections.clear();
    for (const section of this.lateSections) lateSections.add(section);
    assembly.symbolOrder = this.symbolOrder;
    for (const [section, alignment] of this.alignments) section.alignment = alignment;
    for (const { sub, length, items, fixups } of this.subsections.values()) {
      sub.length = length;
      sub.items.length = sub.items.references.length = items;
      sub.fixups.length = sub.fixups.values.length = fixups;
    }
  }
}
