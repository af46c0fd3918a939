// The whole instruction table. Its lines are text until somebody asks for one of them: a program
// uses few of 2,300 rows, and the vector extensions are not even put together before a name is
// asked for that the rest does not have. The order of the rows of one mnemonic is the order in
// which the encoder tries them.

import { parseRow } from './row.ts';
import type { Row } from './row.ts';
import { avxTable } from './table-avx.ts';
import { extensionTable } from './table-extensions.ts';
import { integerTable } from './table-integer.ts';
import { sseTable } from './table-sse.ts';
import { systemTable } from './table-system.ts';
import { x87Table } from './table-x87.ts';

const isLine = (line: string) => line !== '';
const baseLines: readonly string[] = `${integerTable}\n${systemTable}\n${x87Table}`
  .split('\n')
  .filter(isLine);
const baseCount = baseLines.length;

let every: readonly string[] | undefined;

/** The lines of the table, one a row. */
export function rowLines(): readonly string[] {
  every ??= [
    ...baseLines,
    ...`${extensionTable()}${sseTable()}${avxTable()}`.split('\n').filter(isLine),
  ];
  return every;
}

const parsed: Row[] = [];

/** The row of a line; made once, so that it can be compared by identity. */
export function rowAt(index: number): Row {
  const known = parsed[index];
  if (known) return known;
  const line = index < baseCount ? baseLines[index] : rowLines()[index];
  return (parsed[index] = parseRow(line, index));
}

/** Every form of every instruction, in the table's order. */
export function allRows(): readonly Row[] {
  return rowLines().map((_, index) => rowAt(index));
}

type Names = Map<string, number[]>;

function addName(names: Names, name: string, index: number): void {
  const list = names.get(name);
  if (!list) names.set(name, [index]);
  else if (list.at(-1) !== index) list.push(index);
}

/** Lines by the names that AT&T syntax has for them. */
function attNames(lines: readonly string[], from: number): Names {
  const names: Names = new Map();
  for (let i = from; i < lines.length; i++) {
    const line = lines[i];
    if (line.includes('decode')) continue;
    const as = line.indexOf(' as:');
    if (as < 0) {
      addName(names, line.slice(0, line.indexOf(' ')), i);
      continue;
    }
    for (const name of line.slice(as + 4, line.indexOf(' ', as + 4)).split(',')) {
      addName(names, name, i);
    }
  }
  return names;
}

/** AT&T's exchange of the subtractions and divisions onto ST(i). */
const exchanged = /^f(sub|div)r?p?$/;

/** Lines by their Intel names, with those of AT&T where they are no other instruction's. */
function intelNames(lines: readonly string[]): Names {
  const names: Names = new Map();
  lines.forEach((line, index) => {
    if (line.includes('decode')) return;
    const mnemonic = line.slice(0, line.indexOf(' '));
    addName(names, mnemonic, index);
    const as = line.indexOf(' as:');
    if (as < 0 || exchanged.test(mnemonic)) return;
    for (const name of line.slice(as + 4, line.indexOf(' ', as + 4)).split(',')) {
      addName(names, name, index);
    }
  });
  return names;
}

let base: Names | undefined;
let extensions: Names | undefined;
let intel: Names | undefined;

export type Part = 'base' | 'extensions' | 'intel';

/** The names of a part of the table with the rows they may mean. */
export function namesOf(part: Part): ReadonlyMap<string, readonly number[]> {
  if (part === 'base') return (base ??= attNames(baseLines, 0));
  if (part === 'extensions') return (extensions ??= attNames(rowLines(), baseCount));
  return (intel ??= intelNames(rowLines()));
}
