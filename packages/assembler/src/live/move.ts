// Takes lines of another size for those of an edit: what stands behind them in their section moves,
// and the object is made again of what was read.

import type { Assembly } from '../object/assembly.ts';
import { dataBit } from '../object/fixups.ts';
import { itemKind } from '../object/items.ts';
import type { Items } from '../object/items.ts';
import type { Spot, Subsection } from '../object/sections.ts';
import type { Base } from './base.ts';
import type { OldPart } from './edited-lines.ts';
import type { Mark } from './mark.ts';
import { otherIn, placeIn, rotate, takeFields } from './patch.ts';
import type { Translate } from './patch.ts';
import { fixupAt } from './trial.ts';

/** Notes which places of one piece of bytes were taken for a number's distance from each other. */
export function noteDistances(assembly: Assembly): number[] {
  const noted: number[] = [];
  const { distance } = assembly.folding;
  Object.assign(assembly.folding, {
    distance: (...[left, right]: Parameters<typeof distance>) => {
      const known = distance(left, right);
      if (known !== undefined && left !== right) noted.push(left.number, right.number);
      return known;
    },
  });
  return noted;
}

const isBehind = (spot: Spot, item: number, offset: number): boolean =>
  spot.item > item || (spot.item === item && spot.offset >= offset);

/** Whether a distance over the part was taken for a number. */
function isMeasured({ assembly, distances }: Base, part: OldPart): boolean {
  const { symbols } = assembly.places.referents;
  const { sub, item, start, end, items } = part;
  const isEndBehind = (number: number) => isBehind(symbols[number], item + items, end);
  const isStartBehind = (number: number) => {
    const spot = symbols[number];
    return !(spot.item < item || (spot.item === item && spot.offset <= start));
  };
  for (let i = 0; i < distances.length; i += 2) {
    const [a, b] = [distances[i], distances[i + 1]];
    if (symbols[a].subsection !== sub) continue;
    if (isEndBehind(a) ? !isStartBehind(b) : isEndBehind(b) && !isStartBehind(a)) return true;
  }
  return false;
}

/** Whether an instruction's field waits for a distance, by which its encoding was chosen. */
function hasLateDistances({ sections }: Assembly): boolean {
  return sections.some((section) =>
    section.subsections.some(({ fixups: { length, shapes, values } }) => {
      for (let i = 0; i < length; i++) {
        if ((shapes[i] & dataBit) !== 0) continue;
        const other = values.other(i);
        if (other && 'kind' in other && (other.kind !== 'linear' || other.minus)) return true;
      }
      return false;
    }),
  );
}

function largestAlignment({ kinds, numbers }: Items, from: number, to: number): number {
  let most = 1;
  for (let i = from; i < to; i++) {
    if (kinds[i] === itemKind.align) most = Math.max(most, numbers[i]);
  }
  return most;
}

/** Whether the object can be made again with `made` in the place of the part. */
export function canMove(base: Base, mark: Mark, part: OldPart, made: Subsection): boolean {
  const { sub, item, items, start, end } = part;
  // Places at both ends of the part are told apart by what lies between.
  if (start === end && items === 0) return false;
  // What no item divides any more would be measured when it is read.
  if (items > 0 && made.items.length === 0 && hasLateDistances(base.assembly)) return false;
  for (let i = 0; i < made.items.length; i++) if (made.items.kinds[i] > itemKind.jump) return false;
  const alignment = mark.alignment(sub.section);
  const added = largestAlignment(made.items, 0, made.items.length);
  const removed = largestAlignment(sub.items, item, item + items);
  if (added > alignment || (removed === alignment && removed > 1 && added < removed)) return false;
  return !isMeasured(base, part);
}

function takeItems(base: Base, part: OldPart, made: Subsection, translate: Translate): void {
  const { items } = part.sub;
  const { length } = items;
  const count = made.items.length;
  for (let i = 0; i < count; i++) {
    const { kinds, positions, numbers, details, references } = made.items;
    const position = part.start + positions[i];
    const place = placeIn(base, made, made.items.places[i]);
    const symbol = references.symbol(i);
    if (kinds[i] === itemKind.align) {
      const at = items.add(itemKind.align, position, references.at(i), numbers[i], place);
      items.details[at] = details[i];
    } else if (symbol) {
      items.addJump(position, made.items.form(i), translate(symbol), numbers[i], place);
    } else {
      const target = otherIn(references, i, translate);
      if (!target || !('kind' in target) || target.kind !== 'linear') {
        throw new Error(`jump ${i} of ${count} has no target`);
      }
      items.push({ kind: 'jump', position, form: made.items.form(i), target, where: undefined });
      items.places[items.length - 1] = place;
    }
  }
  const { kinds, positions, numbers, details, places, references } = items;
  for (const column of [kinds, positions, numbers, details, places, references.numbers]) {
    rotate(column, [part.item, part.item + part.items, length, count]);
  }
  items.length = references.length = length - part.items + count;
}

/** Moves what stands behind the part: places and records. */
function shift({ assembly }: Base, mark: Mark, part: OldPart, made: Subsection): void {
  const { sub, item, end, items } = part;
  const bytes = made.length - (end - part.start);
  const more = made.items.length - items;
  const moved = (spot: Spot): void => {
    if (spot.subsection !== sub || !isBehind(spot, item + items, end)) return;
    spot.item += more;
    spot.offset += bytes;
  };
  for (const symbol of mark.symbols) if (symbol.state === 'label') moved(symbol);
  for (const { instructions } of assembly.cfi.entries) {
    for (const { place } of instructions) moved(place);
  }
  const { fixups } = sub;
  for (let i = fixupAt(sub, end); i < fixups.length; i++) {
    fixups.items[i] += more;
    fixups.offsets[i] += bytes;
  }
  for (let i = item + items; i < sub.items.length; i++) sub.items.positions[i] += bytes;
}

function takeBytes({ sub, start, end }: OldPart, made: Subsection): void {
  const { length } = sub;
  const by = made.length - (end - start);
  if (by > 0) sub.reserve(by);
  sub.bytes.copyWithin(start + made.length, end, length);
  sub.bytes.set(made.bytes.subarray(0, made.length), start);
  sub.length = length + by;
}

/** Puts the records of `made` in the place of the part's, of what was read. */
export function movePart(
  base: Base,
  mark: Mark,
  part: OldPart,
  made: Subsection,
  translate: Translate,
): void {
  const { sub, start, end, items } = part;
  mark.restore();
  const fields = [fixupAt(sub, start), fixupAt(sub, end)] as const;
  shift(base, mark, part, made);
  takeBytes(part, made);
  takeFields(base, part, made, fields, translate);
  takeItems(base, part, made, translate);
  const length = made.length - (end - start);
  mark.grow(sub, length, made.items.length - items, made.fixups.length - (fields[1] - fields[0]));
}
