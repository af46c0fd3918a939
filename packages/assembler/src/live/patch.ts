// Puts the records of a few lines in the place of others, and writes their part of the section anew,
// where nothing else of the object moves.

import type { ElfRelocation } from '@ring0/elf';
import type { Items } from '../object/items.ts';
import { itemKind } from '../object/items.ts';
import { SectionWriter } from '../object/relocate.ts';
import type { FinishedSection, PendingRelocation } from '../object/relocate.ts';
import type { References } from '../object/references.ts';
import { Section } from '../object/sections.ts';
import type { Subsection } from '../object/sections.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { finalFolding } from '../values/settle.ts';
import type { Base, Target } from './base.ts';
import { fixupAt } from './trial.ts';

/** Records of some lines: the first item, and offsets of the fixed bytes. */
export interface Part {
  readonly sub: Subsection;
  readonly item: number;
  readonly start: number;
  readonly end: number;
}

/** A symbol of a trial as the file has it. */
export type Translate = (symbol: AsmSymbol) => AsmSymbol;

/** Moves what was appended behind `length` to where `from` to `to` was. */
export function rotate(
  column: Uint8Array | Int32Array | Float64Array,
  [from, to, length, count]: readonly [number, number, number, number],
): void {
  const added = column.slice(length, length + count);
  column.copyWithin(from + count, to, length);
  column.set(added, from);
}

export function otherIn(references: References, index: number, translate: Translate) {
  const other = references.other(index);
  if (!other || !('kind' in other) || other.kind !== 'linear' || !other.plus) return other;
  return { ...other, plus: translate(other.plus) };
}

/** Takes the fields of `made` for those from `from` to `to`. */
export function takeFields(
  base: Base,
  part: Part,
  made: Subsection,
  [from, to]: readonly [number, number],
  translate: Translate,
): void {
  const { fixups } = part.sub;
  const { length } = fixups;
  const count = made.fixups.length;
  for (let i = 0; i < count; i++) {
    const { items, offsets, shapes, addends, values } = made.fixups;
    const item = part.item + items[i];
    const offset = part.start + offsets[i];
    const place = placeIn(base, made, made.fixups.places[i]);
    const symbol = values.symbol(i);
    if (symbol) {
      fixups.addSymbol(item, offset, shapes[i], translate(symbol), addends[i], place);
      continue;
    }
    const other = otherIn(values, i, translate);
    if (!other || !('kind' in other)) throw new Error(`field ${i} of ${count} has no value`);
    fixups.addExpression(item, offset, shapes[i], other, place);
  }
  const { items, offsets, shapes, addends, values } = fixups;
  for (const column of [items, offsets, shapes, addends, fixups.places, values.numbers]) {
    rotate(column, [from, to, length, count]);
  }
  fixups.length = values.length = length - (to - from) + count;
}

/** The number that the base has for a place of a trial. */
export function placeIn({ assembly, text }: Base, made: Subsection, number: number): number {
  const where = made.section.places.where(number);
  if (!where || !('text' in where)) throw new Error(`place ${number} lies in no text`);
  return assembly.places.ofText(text, where.start, where.end);
}

/** Jumps may have other opcodes; everything else of the items is the same. */
function takeForms({ sub, item }: Part, base: Base, made: Subsection): void {
  const { items } = made;
  for (let i = 0; i < items.length; i++) {
    if (items.kinds[i] !== itemKind.jump) continue;
    const target = sub.items;
    target.places[item + i] = placeIn(base, made, items.places[i]);
    appendForm(target, items, i);
    target.details[item + i] = target.details[target.length];
  }
}

/** Leaves the form's number behind the last item. */
function appendForm(target: Items, from: Items, index: number): void {
  target.push({
    kind: 'jump',
    position: 0,
    form: from.form(index),
    target: { kind: 'linear', plus: undefined, minus: undefined, addend: 0n, reference: undefined },
    where: undefined,
  });
  target.length--;
  target.references.length--;
}

/** Writes a part of a section again; the relocations of its fields. */
function write(
  writer: SectionWriter,
  { sub, item, start, end }: Part,
  items: number,
  fields: readonly [number, number],
): PendingRelocation[] {
  const { data, section } = writer;
  const { positions } = section.items;
  const { sizesBefore } = section;
  let source = start;
  for (let i = item; i < item + items; i++) {
    const to = positions[i];
    data.set(sub.bytes.subarray(source, to), source + sizesBefore[i]);
    writer.writeItem(i, to + sizesBefore[i]);
    source = to;
  }
  data.set(sub.bytes.subarray(source, end), source + sizesBefore[item + items]);
  writer.fields(sub, ...fields);
  const relocations = writer.relocations.splice(0);
  for (let i = item; i < item + items; i++) {
    if (section.items.kinds[i] === itemKind.jump) writer.jump(i, positions[i] + sizesBefore[i]);
  }
  // They have those that they had.
  writer.relocations.length = 0;
  return relocations;
}

/** The first relocation of a field at or behind an offset of the section. */
function relocationAt({ relocations }: FinishedSection, count: number, offset: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (relocations[middle].offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSameRelocation(a: PendingRelocation, b: PendingRelocation): boolean {
  return a.offset === b.offset && a.type === b.type && a.target === b.target;
}

/** A section whose symbol stands where the first relocation asks for it. */
function isLate({ assembly }: Base, target: PendingRelocation['target']): boolean {
  if (!(target instanceof Section)) return false;
  const { lateSections, sectionTable } = assembly;
  return lateSections.has(target) || sectionTable.named(target.name) !== target;
}

/** Whether the object has an entry for it without relocations too. */
function isKeptAnyway(target: PendingRelocation['target']): boolean {
  return (
    target === undefined || (!(target instanceof Section) && !target.isHidden && !target.isWeak)
  );
}

/** What no relocation has referred to until now, where the object has an entry for it. */
function newTarget(base: Base, to: PendingRelocation['target']): Target | undefined {
  if (!isKeptAnyway(to)) return undefined;
  const name = to && !(to instanceof Section) ? to.name : undefined;
  const found = base.result.object?.symbols.filter((symbol) => symbol.name === name) ?? [];
  if (to !== undefined && found.length !== 1) return undefined;
  const target = { symbol: found.at(0), count: 0 };
  base.targets.set(to, target);
  return target;
}

/**
 * Replaces a part by records that take the same room. False where the object's symbols would be
 * others; the base is of no use then.
 */
export function replacePart(
  base: Base,
  part: Part,
  made: Subsection,
  translate: Translate,
): boolean {
  const { assembly, result, targets } = base;
  const { sub, start, end } = part;
  const index = base.finished.findIndex(({ section }) => section === sub.section);
  const done = base.finished[index];
  const sections = result.object?.sections ?? [];
  const section = sections[sections.length - base.finished.length + index];
  const writer = new SectionWriter(assembly, sub.section, finalFolding(assembly), done.data);
  const fields = [fixupAt(sub, start), fixupAt(sub, end)] as const;
  const old = write(writer, part, made.items.length, fields);
  sub.bytes.set(made.bytes.subarray(0, made.length), start);
  takeFields(base, part, made, fields, translate);
  takeForms(part, base, made);
  const added = write(writer, part, made.items.length, [fields[0], fields[0] + made.fixups.length]);
  if (assembly.diagnostics.items.length > 0) return false;

  const at = relocationAt(
    done,
    base.fieldCount(done),
    sub.startOffset + start + sub.section.sizesBefore[part.item],
  );
  for (const [i, relocation] of old.entries()) {
    const found = done.relocations[at + i];
    if (!found || !isSameRelocation(found, relocation)) return false;
    const target = targets.get(relocation.target);
    if (target) target.count--;
  }
  const entries: ElfRelocation[] = [];
  for (const { target: to, offset, type, addend } of added) {
    const target = targets.get(to) ?? newTarget(base, to);
    if (!target) return false;
    target.count++;
    const { symbol } = target;
    entries.push(
      addend === undefined ? { offset, type, symbol } : { offset, type, symbol, addend },
    );
  }
  if ([...old, ...added].some(({ target }) => isLate(base, target))) return false;
  for (const { target } of old) {
    if (targets.get(target)?.count === 0 && !isKeptAnyway(target)) return false;
  }
  base.mark?.grow(sub, 0, 0, made.fixups.length - (fields[1] - fields[0]));
  done.relocations.splice(at, old.length, ...added);
  section.relocations.splice(at, old.length, ...entries);
  return true;
}
