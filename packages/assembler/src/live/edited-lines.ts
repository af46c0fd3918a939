// Which records of the base the lines of an edit replace. The lines from the last label up to them
// are assembled again, by themselves: where that gives what stands behind the label, the next
// records are those of the old lines.

import { SourceFile } from '@ring0/diagnostics';
import type { AssembleOptions } from '../assemble.ts';
import { nowhere } from '../object/places.ts';
import type { References } from '../object/references.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { Text } from '../text/text.ts';
import type { Base } from './base.ts';
import { kindOfLine } from './line-kinds.ts';
import type { LineKind } from './line-kinds.ts';
import type { Part } from './patch.ts';
import { Trial, isWhatStands } from './trial.ts';

/** Whole lines that differ from those of the base; `old` are the base's. */
export interface Region {
  readonly start: number;
  readonly old: Uint8Array;
  /** In the present text. */
  readonly end: number;
}

export interface OldPart extends Part {
  readonly items: number;
  /** What the old lines name: the second mention of a label counts too. */
  readonly symbols: readonly AsmSymbol[];
}

const newline = 10;
const blank = 32;
/** More than this between a label and an edit is rather assembled with all else. */
const leadMax = 256 * 1024;

export function latin1(bytes: Uint8Array): string {
  return new Text(new SourceFile('', bytes)).slice(0, bytes.length);
}

/** Without the lines at the beginning and at the end that are the same, and without the same label. */
export function trimmed({ start, old, end }: Region, source: Uint8Array): Region {
  const now = source.subarray(start, end);
  const most = Math.min(old.length, now.length);
  let same = 0;
  while (same < most && old[same] === now[same]) same++;
  let first = same === 0 ? 0 : old.lastIndexOf(newline, same - 1) + 1;
  let tail = 0;
  while (tail < most - first && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  // An equal rest is not cut where it begins in the middle of a line.
  const cut = tail === 0 ? -1 : old.indexOf(newline, old.length - tail);
  const last = cut < 0 ? old.length : cut + 1;
  const label = /^[ \t]*[\w.$]+:[ \t]*/.exec(latin1(old.subarray(first, Math.max(first, same))));
  if (label) first += label[0].length;
  return { start: start + first, old: old.slice(first, last), end: end - (old.length - last) };
}

/** With a line of code or data beside those that put nothing, so that the part has two ends. */
export function widened(lines: Region, source: Uint8Array, part: OldPart): Region {
  const { start, old, end } = lines;
  if (part.end > part.start || part.items > 0) return lines;
  const next = source.indexOf(newline, end) + 1;
  if (next > 0 && isContents(source.subarray(end, next))) {
    return { start, old: joined(old, source.subarray(end, next)), end: next };
  }
  if (start < 2) return lines;
  const first = source.lastIndexOf(newline, start - 2) + 1;
  const line = source.subarray(first, start);
  if (line.at(-1) !== newline || !isContents(line)) return lines;
  return { start: first, old: joined(line, old), end };
}

function isContents(line: Uint8Array): boolean {
  const [kind] = kindsOfLines(line);
  return kind === 'code' || kind === 'data';
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

export function kindsOfLines(bytes: Uint8Array): LineKind[] {
  const lines = latin1(bytes).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => kindOfLine(line));
}

/** Whether lines of these kinds add to their section and do nothing else. */
export function canStandAlone(kinds: readonly LineKind[], { assembly }: Base): boolean {
  if (!kinds.every((kind) => kind === 'none' || kind === 'code' || kind === 'data')) return false;
  // A `.loc` before them waits for an instruction.
  return !assembly.lines.isUsed || kinds.find((kind) => kind !== 'none') === 'code';
}

/** The text with blanks for lines that put no bytes; undefined where a line may do anything. */
function onlyContents(bytes: Uint8Array): Uint8Array | undefined {
  const copy = bytes.slice();
  let at = 0;
  for (const line of latin1(bytes).split('\n')) {
    const kind = kindOfLine(line);
    if (kind === 'other') return undefined;
    if (kind === 'none' || kind === 'silent') copy.fill(blank, at, at + line.length);
    at += line.length + 1;
  }
  return copy;
}

/** The records of the old lines; undefined where they cannot be told. */
export function findOldPart(
  base: Base,
  options: AssembleOptions,
  source: Uint8Array,
  { start, old }: Region,
): OldPart | undefined {
  const label = base.labelBefore(start);
  const sub = label?.subsection;
  if (!label || !sub || sub.section.subsections.length !== 1 || !sub.section.hasContents) {
    return undefined;
  }
  const from = base.assembly.places.ends[label.definedPlace] + 1;
  if (start - from > leadMax) return undefined;
  const lead = onlyContents(source.subarray(from, start));
  if (!lead) return undefined;
  const lines = joined(lead, old);
  const trial = new Trial(options, base.modes, start, sub.section, Text.ofFile('', lines));
  trial.read(0, lead.length);
  const { length, items } = trial.sub;
  const before = items.length;
  const fields = trial.sub.fixups.length;
  const named = trial.symbols.length;
  trial.read(lead.length, lines.length);
  if (!trial.isPlain || !isWhatStands(sub, label.item, label.offset, trial.sub)) return undefined;
  return {
    sub,
    item: label.item + before,
    start: label.offset + length,
    end: label.offset + trial.sub.length,
    items: items.length - before,
    symbols: [
      ...trial.symbols.slice(named),
      ...symbolsOf(items.references, before),
      ...symbolsOf(trial.sub.fixups.values, fields),
    ],
  };
}

function symbolsOf(references: References, from: number): AsmSymbol[] {
  const found: AsmSymbol[] = [];
  for (let i = from; i < references.length; i++) {
    const other = references.other(i);
    const plus = other && 'kind' in other && other.kind === 'linear' ? other.plus : undefined;
    const symbol = references.symbol(i) ?? plus;
    if (symbol) found.push(symbol);
  }
  return found;
}

/**
 * Whether the object's symbols are the same with and without lines that name these, at that offset
 * of the source.
 */
export function areKnownBefore(base: Base, symbols: readonly AsmSymbol[], offset: number): boolean {
  return symbols.every(({ name }) => {
    const symbol = base.assembly.symbols.find(name);
    if (!symbol || !isUsual(symbol)) return false;
    if (!symbol.isHidden) return base.isMadeBefore(symbol, offset);
    // A label that the object does not have.
    if (symbol.state !== 'label' || symbol.isGlobal || symbol.isWeak) return false;
    return !base.targets.has(symbol);
  });
}

/** Neither a number nor what stands for something else. */
export function isUsual(symbol: AsmSymbol): boolean {
  const { state, isRedefinable, isSuperseded, isSectionStart, isWeakTarget } = symbol;
  if (state !== 'label' && state !== 'undefined' && state !== 'common') return false;
  if (isRedefinable || isSuperseded || isSectionStart || isWeakTarget) return false;
  return !symbol.weakTarget && !symbol.formula && symbol.versions.length === 0;
}

/** The first use that is known of these is none any more where it lies in that part of the source. */
export function forgetUses(
  { assembly }: Base,
  symbols: readonly AsmSymbol[],
  start: number,
  end: number,
): void {
  const { starts } = assembly.places;
  for (const { name } of symbols) {
    const symbol = assembly.symbols.find(name);
    if (!symbol || symbol.usedPlace === nowhere) continue;
    const at = starts[symbol.usedPlace];
    if (at >= start && at < end) symbol.usedPlace = nowhere;
  }
}
