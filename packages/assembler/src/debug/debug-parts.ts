// What the sections that the assembler writes itself have in common: they are filled once all
// others are laid out, and their fields are ordinary ones that become relocations.

import type { Assembly } from '../object/assembly.ts';
import { symbolValue } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import type { OutputOptions } from '../object/output-options.ts';
import type { Section, SectionAttributes } from '../object/sections.ts';
import { AsmSymbol, anonymousName } from '../object/symbols.ts';

/** A finished section: one subsection, no items. */
export function filled(section: Section, bytes: Uint8Array): void {
  const sub = section.subsections[0];
  sub.startOffset = 0;
  sub.append(bytes);
  section.size = sub.length;
  section.sizesBefore = new Float64Array(sub.items.length + 1);
}

/** A field, which may be relative to itself. */
export function addressField(
  section: Section,
  offset: number,
  value: Expression,
  isRelative: boolean,
  size: 2 | 4 | 8 = 4,
): void {
  section.subsections[0].fixups.addData(0, offset, size, value, undefined, isRelative);
}

/** A label at the start of a section. */
export function sectionStart(section: Section): AsmSymbol {
  const symbol = new AsmSymbol(anonymousName, section.places);
  symbol.state = 'label';
  symbol.isSectionStart = true;
  symbol.subsection = section.subsections[0];
  // Not the negative of it: one -0 is a number of another kind, for which V8 converts all symbols
  // one by one (10 % of the time of SQLite's -g output).
  symbol.offset = 0 - section.subsections[0].startOffset;
  return symbol;
}

/** Bytes from the start of a section. */
export const sectionValue = (section: Section, offset: number): Expression =>
  symbolValue(sectionStart(section), BigInt(offset));

/** A section of debugging information, which nobody loads. */
export function debugSection(assembly: Assembly, name: string): Section {
  return assembly.section(name, debugging);
}

const debugging = { type: 1, flags: 0, entrySize: 0 } as const;

/** One of strings that a linker merges. */
export function stringSection(assembly: Assembly, name: string): Section {
  return lateSection(assembly, name, { type: 1, flags: 0x30, entrySize: 1 });
}

/** A section whose symbol comes late, unless the source has made it. */
export function lateSection(
  assembly: Assembly,
  name: string,
  attributes: SectionAttributes = debugging,
): Section {
  const isKnown = assembly.sectionTable.find(name) !== undefined;
  const section = assembly.section(name, attributes);
  if (!isKnown) assembly.lateSections.add(section);
  return section;
}

/** The path as debugging information shows it: the first prefix that was given last counts. */
export function mappedPath(path: string, { prefixMaps = [] }: OutputOptions): string {
  const map = prefixMaps.toReversed().find(([from]) => path.startsWith(from));
  return map ? map[1] + path.slice(map[0].length) : path;
}
