// A few lines assembled by themselves, under the choices that hold where they stand: what they add to
// their section, with all symbols unknown. Whether that is what they add to the whole file is for
// the caller to see.

import { Assembler } from '../assembler.ts';
import type { AssembleOptions } from '../assemble.ts';
import type { References } from '../object/references.ts';
import type { Section, Subsection } from '../object/sections.ts';
import { anonymousName } from '../object/symbols.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { itemKind } from '../object/items.ts';
import type { Items } from '../object/items.ts';
import type { ModeLine } from './line-kinds.ts';
import { Text } from '../text/text.ts';

export class Trial {
  readonly assembler: Assembler;
  readonly sub: Subsection;
  private readonly text: Text;

  /** `modes` before `start` are in force. */
  constructor(
    options: AssembleOptions,
    modes: readonly ModeLine[],
    start: number,
    section: Section,
    text: Text,
  ) {
    const { bits = 32 } = options;
    this.assembler = new Assembler({ ...options, bits });
    this.text = text;
    const { assembly, reader } = this.assembler;
    assembly.hasByteNames = true;
    for (const mode of modes) {
      if (mode.start < start) reader.read(Text.ofSpan(mode.text, undefined), 'inline');
    }
    const { name, type, flags, entrySize } = section;
    assembly.switchTo(assembly.section(name, { type, flags, entrySize }).subsections[0]);
    this.sub = assembly.current;
  }

  read(from: number, to: number): void {
    if (from < to) this.assembler.reader.read(this.text, 'inline', from, to);
  }

  /** All that the lines name, in the order of naming. */
  get symbols(): readonly AsmSymbol[] {
    return this.assembler.assembly.places.referents.symbols;
  }

  /** Nothing but the section has changed. */
  get isPlain(): boolean {
    const { assembly } = this.assembler;
    const { diagnostics, current, relocations, machine } = assembly;
    assembly.complainAtEnd();
    if (diagnostics.items.length > 0 || current !== this.sub || relocations.length > 0) {
      return false;
    }
    return machine.syntax.registerOf === undefined;
  }
}

/** What a record refers to, by its name; undefined where that says not all. */
export function referenceText(references: References, index: number): string | undefined {
  const symbol = references.symbol(index);
  if (symbol) return symbol.name === anonymousName ? undefined : symbol.name;
  const other = references.other(index);
  if (!other) return '';
  if (other instanceof Uint8Array) return `,${other.join()}`;
  if (!('kind' in other) || other.kind !== 'linear' || other.minus || !other.plus) return undefined;
  const { plus, addend, reference } = other;
  return plus.name === anonymousName ? undefined : `${plus.name},${addend},${reference}`;
}

export function sameReference(a: References, i: number, b: References, j: number): boolean {
  const text = referenceText(a, i);
  return text !== undefined && text === referenceText(b, j);
}

/** Whether two items take the same room whatever their bytes; `shift` is what the first lies behind. */
export function sameRoom(a: Items, i: number, shift: number, b: Items, j: number): boolean {
  const kind = a.kinds[i];
  if (kind !== b.kinds[j] || a.positions[i] - shift !== b.positions[j]) return false;
  if (a.numbers[i] !== b.numbers[j]) return false;
  if (!sameReference(a.references, i, b.references, j)) return false;
  if (kind !== itemKind.jump) return kind !== itemKind.leb && a.details[i] === b.details[j];
  const [left, right] = [a.form(i), b.form(j)];
  return (
    left.short.length === right.short.length &&
    left.long.length === right.long.length &&
    left.longSize === right.longSize
  );
}

/** The first field at or behind an offset of the fixed bytes. */
export function fixupAt({ fixups }: Subsection, offset: number): number {
  let low = 0;
  let high = fixups.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fixups.offsets[middle] < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether `made` is what stands in `sub` from that place on. */
export function isWhatStands(
  sub: Subsection,
  item: number,
  offset: number,
  made: Subsection,
): boolean {
  const { items, fixups, bytes } = sub;
  const end = offset + made.length;
  if (end > sub.length || item + made.items.length > items.length) return false;
  for (let i = 0; i < made.length; i++) if (bytes[offset + i] !== made.bytes[i]) return false;
  const first = fixupAt(sub, offset);
  if (fixupAt(sub, end) - first !== made.fixups.length) return false;
  for (let i = 0; i < made.fixups.length; i++) {
    const at = first + i;
    if (fixups.offsets[at] - offset !== made.fixups.offsets[i]) return false;
    if (fixups.items[at] - item !== made.fixups.items[i]) return false;
    if (fixups.shapes[at] !== made.fixups.shapes[i]) return false;
    if (fixups.addends[at] !== made.fixups.addends[i]) return false;
    if (!sameReference(fixups.values, at, made.fixups.values, i)) return false;
  }
  for (let i = 0; i < made.items.length; i++) {
    if (!sameRoom(items, item + i, offset, made.items, i)) return false;
  }
  return true;
}
