// The campaign: cases for every cell of the instruction table, a number of each, run on our processor and on the host's,
// with counts by row. Ours runs first, so that what would touch the host process's own memory is left out; some run twice,
// so that records decoded by the first run serve the second.

import { type Row, decode, encodingText, manualText } from '@ring0/isa';
import { type Nearness, compare, describeCase, isWild, undefinedFlags } from './compare.ts';
import { type Generated, generate } from './generate.ts';
import type { NativeProcessor, Outcome } from './native.ts';
import { type Random, randomPool, rarely, seededRandom } from './random.ts';
import { RingThree } from './ring-three.ts';
import { type Cell, allCells } from './rows.ts';
import { baseOf } from './segments.ts';
import { generateSequence, sequenceRows } from './sequence.ts';

const BATCH = 20_000;
/** Differing cases that are described, of each row. */
const KEPT_PER_ROW = 12;

/** A case with the row it counts for, and the flags undefined after it. */
export interface Item {
  readonly made: Generated;
  readonly name: string;
  readonly masked: number;
}

export interface Tally {
  /** Instructions compared, by the name of what they were made for. */
  readonly counts: Map<string, number>;
  /** How cases ended, by vector. */
  readonly vectors: Map<number, number>;
  readonly problems: string[];
  /** Cases that differ, by row. */
  readonly differing: Map<string, number>;
  readonly nearness: Nearness;
  instructions: number;
  cases: number;
  /** Left out: they ran on and on, or met the host process's own memory. */
  skipped: number;
  /** Cases that ours ran twice. */
  again: number;
  /** Cases whose undefined flags are not the host's. */
  otherFlags: number;
}

export function newTally(): Tally {
  return {
    counts: new Map(),
    vectors: new Map(),
    problems: [],
    differing: new Map(),
    nearness: { exact: 0, near: 0 },
    instructions: 0,
    cases: 0,
    skipped: 0,
    again: 0,
    otherFlags: 0,
  };
}

function add<K>(map: Map<K, number>, key: K, by = 1): void {
  map.set(key, (map.get(key) ?? 0) + by);
}

/** Instructions that were begun: those made behind the one that faulted were not. */
function begun(made: Generated, ours: Outcome): number {
  const base = baseOf(made.test.segments[1]);
  const at = made.addresses.indexOf((base + ours.eip) >>> 0);
  return at < 0 ? made.addresses.length : at + 1;
}

function judge(item: Item, host: Outcome, ours: Outcome, tally: Tally): void {
  const { made, name, masked } = item;
  const count = begun(made, ours);
  add(tally.counts, name, count);
  add(tally.vectors, host.vector);
  tally.cases++;
  tally.instructions += count;
  if (((host.eflags ^ ours.eflags) & masked) !== 0) tally.otherFlags++;
  const problems = compare(made, host, ours, masked, tally.nearness);
  if (problems.length === 0) return;
  const row = name.split(' | ')[0];
  add(tally.differing, row);
  if ((tally.differing.get(row) ?? 0) <= KEPT_PER_ROW) {
    tally.problems.push(`${name}: ${describeCase(made, problems)}`);
  }
}

/** The second run finds the records of the first. */
function runAgain(
  item: Item,
  outcome: Outcome,
  machine: RingThree,
  pool: Uint8Array,
  tally: Tally,
): void {
  const again = machine.run(item.made.test, pool);
  tally.again++;
  const problems =
    again === undefined
      ? ['it does not end']
      : compare(item.made, outcome, again, 0, { exact: 0, near: 0 });
  if (problems.length === 0) return;
  add(tally.differing, 'run again');
  tally.problems.push(`run again: ${item.name}: ${describeCase(item.made, problems)}`);
}

/** Runs the items on both processors. */
export function runItems(
  items: readonly Item[],
  native: NativeProcessor,
  machine: RingThree,
  random: Random,
  tally: Tally,
  pool: Uint8Array = randomPool(random),
): void {
  const kept: Item[] = [];
  const outcomes: Outcome[] = [];
  for (const item of items) {
    const outcome = machine.run(item.made.test, pool);
    if (outcome === undefined || isWild(outcome)) {
      tally.skipped++;
      continue;
    }
    if (rarely(random, 8)) runAgain(item, outcome, machine, pool, tally);
    kept.push(item);
    outcomes.push(outcome);
  }
  const tests = kept.map(({ made }) => made.test);
  native.run(tests, pool).forEach((host, i) => judge(kept[i], host, outcomes[i], tally));
}

function nameOf({ row, size, form }: Cell): string {
  return `${rowName(row)} | ${row.isSized ? size : '-'} | ${form}`;
}

export function rowName(row: Row): string {
  return `${manualText(row)} (${encodingText(row)})`;
}

function itemOf(cell: Cell, random: Random): Item {
  const made = generate(cell, random);
  const { test, mode } = made;
  const masked = undefinedFlags(decode(test.code, 0, mode, 0), test.registers);
  return { made, name: nameOf(cell), masked };
}

/** Meets every cell until `each` of its instructions have been compared. */
export function runCells(
  cells: readonly Cell[],
  each: number,
  seed: number,
  native: NativeProcessor,
): Tally {
  const random = seededRandom(seed);
  const tally = newTally();
  const machine = new RingThree();
  let wanted = cells.map((cell) => ({ cell, name: nameOf(cell) }));
  while (wanted.length > 0) {
    const items: Item[] = [];
    for (const { cell, name } of wanted) {
      const missing = each - (tally.counts.get(name) ?? 0);
      for (let i = 0; i < missing; i++) items.push(itemOf(cell, random));
      if (items.length >= BATCH) runItems(items.splice(0), native, machine, random, tally);
    }
    runItems(items, native, machine, random, tally);
    wanted = wanted.filter(({ name }) => (tally.counts.get(name) ?? 0) < each);
  }
  return tally;
}

/** x87 instructions, with registers and with two of the address forms. */
export function isX87({ row, form }: Cell): boolean {
  const [first] = row.encoding.opcode;
  return first >= 0xd8 && first <= 0xdf && ['plain', 'd32', '(r)'].includes(form);
}

const SEQUENCE_BATCH = 2000;

/** Runs `count` sequences. */
export function runSequences(count: number, seed: number, native: NativeProcessor): Tally {
  const random = seededRandom(seed);
  const tally = newTally();
  const machine = new RingThree();
  const rowCells = sequenceRows(allCells());
  for (let done = 0; done < count; done += SEQUENCE_BATCH) {
    const pool = randomPool(random);
    const items = Array.from({ length: Math.min(SEQUENCE_BATCH, count - done) }, () => ({
      name: 'sequences',
      ...generateSequence(rowCells, random, machine, pool),
    }));
    runItems(items, native, machine, random, tally, pool);
  }
  return tally;
}

/** Counts by row, the cells of each added up, with the least of a cell. */
export function countTable(tally: Tally): string {
  const rows = new Map<string, { cells: number; count: number; least: number }>();
  for (const [name, count] of tally.counts) {
    const row = name.slice(0, name.indexOf(' | '));
    const entry = rows.get(row) ?? { cells: 0, count: 0, least: Infinity };
    entry.cells++;
    entry.count += count;
    entry.least = Math.min(entry.least, count);
    rows.set(row, entry);
  }
  const line = (count: unknown, cells: unknown, least: unknown, name: string): string =>
    `${String(count).padStart(7)} ${String(cells).padStart(5)} ${String(least).padStart(5)}  ${name}`;
  return [
    line('count', 'cells', 'least', 'row'),
    ...[...rows].map(([name, { count, cells, least }]) => line(count, cells, least, name)),
  ].join('\n');
}

/** One line on how the cases went. */
export function summary(tally: Tally): string {
  const vectors = [...tally.vectors].toSorted(([a], [b]) => a - b);
  const { exact, near } = tally.nearness;
  return [
    `${tally.instructions} instructions in ${tally.cases} cases`,
    `${tally.differing.size === 0 ? 'none' : [...tally.differing.values()].reduce((a, b) => a + b)} differ`,
    `${tally.skipped} left out`,
    `${tally.again} run twice`,
    `${tally.otherFlags} with other undefined flags`,
    `by vector ${vectors.map(([vector, count]) => `${vector}: ${count}`).join(', ')}`,
    `transcendental results exact ${exact}, one unit off ${near}`,
  ].join('; ');
}
