// What each `.if` asks.

import type { Assembly } from '../object/assembly.ts';
import { evaluate, knownNow, refusesWide, unquote } from '../values/evaluate.ts';
import { parseArguments } from '../syntax/grammar.ts';
import { scrub } from './scrub.ts';
import type { Text } from './text.ts';

export type ConditionTest = (
  assembly: Assembly,
  rest: string,
  text: Text,
  origin: number,
) => boolean;

/** The value of an expression that has to be known now; undefined after a diagnostic. */
export function absoluteText(
  assembly: Assembly,
  rest: string,
  text: Text,
  origin: number,
): bigint | undefined {
  const { operands, errors } = parseArguments(rest, origin, assembly.machine.syntax);
  for (const { message, start, end } of errors) {
    const where = { text, start, end };
    const edit = text.slice(start, end) === '=' ? { where, text: '==' } : undefined;
    assembly.error('A0001', message, where, undefined, edit);
  }
  if (errors.length > 0) return undefined;
  const node = operands[0]?.node;
  if (!node || operands[0].hasRegisters) {
    assembly.error('A0415', 'an expression is expected here');
    return undefined;
  }
  if (operands.length > 1) {
    const { start, end } = operands[1];
    const found = text.slice(start, end);
    const message = `found '${found}', expected the end of the statement`;
    assembly.error('A0505', message, { text, start, end: Math.max(end, start + 1) });
  }
  if (refusesWide(assembly, node)) return undefined;
  const value = knownNow(assembly, evaluate(assembly, node));
  if (value === undefined) {
    assembly.error('A0103', "this has to be known here, but depends on a symbol's address");
  }
  return value;
}

function compare(test: (value: bigint) => boolean): ConditionTest {
  return (assembly, rest, text, origin) => {
    const value = absoluteText(assembly, rest, text, origin);
    return value !== undefined && test(value);
  };
}

/** The `.ifdef` family: one name and nothing behind it. */
function defined(wanted: boolean): ConditionTest {
  return (assembly, rest) => {
    const text = scrub(rest);
    const name = /^(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_.$\x80-\xff][\w.$\x80-\xff]*))/.exec(text);
    if (!name) {
      assembly.error('A0415', text === '' ? 'a symbol is expected here' : `'${text}' is no symbol`);
      return false;
    }
    const extra = text.slice(name[0].length).trim();
    if (extra !== '') {
      assembly.error('A0505', `found '${extra}', expected the end of the statement`);
    }
    const symbol = assembly.symbols.find(name[1] ?? name[2]);
    return (symbol?.isDefined ?? false) === wanted;
  };
}

/** The two texts of `.ifc a, b`. */
function texts(assembly: Assembly, rest: string): [string, string] | undefined {
  const text = scrub(rest);
  const comma = text.indexOf(',');
  if (comma < 0) {
    assembly.error('A0416', "'.ifc' compares two texts with a comma between them");
    return undefined;
  }
  return [text.slice(0, comma).trim(), text.slice(comma + 1).trim()];
}

function strings(assembly: Assembly, rest: string): [string, string] | undefined {
  const match = /^("(?:[^"\\]|\\[^])*") ?, ?("(?:[^"\\]|\\[^])*")([^]*)$/.exec(scrub(rest));
  if (!match) {
    assembly.error('A0416', "'.ifeqs' compares two strings with a comma between them");
    return undefined;
  }
  const extra = match[3].trim();
  if (extra !== '') {
    assembly.error('A0505', `found '${extra}', expected the end of the statement`);
  }
  return [unquote(match[1]), unquote(match[2])];
}

const isSame = (pair: [string, string] | undefined) => pair !== undefined && pair[0] === pair[1];
const isOther = (pair: [string, string] | undefined) => pair !== undefined && pair[0] !== pair[1];

export const conditionTests: ReadonlyMap<string, ConditionTest> = new Map<string, ConditionTest>([
  ['.if', compare((value) => value !== 0n)],
  ['.ifne', compare((value) => value !== 0n)],
  ['.ifeq', compare((value) => value === 0n)],
  ['.iflt', compare((value) => value < 0n)],
  ['.ifle', compare((value) => value <= 0n)],
  ['.ifgt', compare((value) => value > 0n)],
  ['.ifge', compare((value) => value >= 0n)],
  ['.ifdef', defined(true)],
  ['.ifndef', defined(false)],
  ['.ifnotdef', defined(false)],
  ['.ifb', (_assembly, rest) => scrub(rest) === ''],
  ['.ifnb', (_assembly, rest) => scrub(rest) !== ''],
  ['.ifc', (assembly, rest) => isSame(texts(assembly, rest))],
  ['.ifnc', (assembly, rest) => isOther(texts(assembly, rest))],
  ['.ifeqs', (assembly, rest) => isSame(strings(assembly, rest))],
  ['.ifnes', (assembly, rest) => isOther(strings(assembly, rest))],
]);
