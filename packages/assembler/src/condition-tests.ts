// What each `.if` asks.

import type { Assembly } from './assembly.ts';
import { constantOf } from './expression.ts';
import { evaluate } from './evaluate.ts';
import { parseArguments } from './grammar.ts';
import { tidyBlanks } from './macros.ts';
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
    assembly.error('A0001', message, { text, start, end });
  }
  if (errors.length > 0) return undefined;
  const node = operands[0]?.node;
  if (!node || operands.length > 1 || operands[0].hasRegisters) {
    assembly.error('A0415', 'an expression is expected here');
    return undefined;
  }
  const value = constantOf(evaluate(assembly, node));
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

function isDefined(assembly: Assembly, rest: string): boolean {
  const name = tidyBlanks(rest).replace(/^"(.*)"$/, '$1');
  if (name === '') {
    assembly.error('A0415', 'a symbol is expected here');
    return false;
  }
  return assembly.symbols.find(name)?.isDefined ?? false;
}

/** The two texts of `.ifc a, b`; quotes with ' belong to neither. */
function texts(assembly: Assembly, rest: string): [string, string] | undefined {
  const match = /^((?:'[^']*'|"(?:[^"\\]|\\.)*"|[^,])*),([^]*)$/.exec(rest);
  if (!match) {
    assembly.error('A0416', "'.ifc' compares two texts with a comma between them");
    return undefined;
  }
  const clean = (text: string) => tidyBlanks(text.trim()).replace(/^'(.*)'$/, '$1');
  return [clean(match[1]), clean(match[2])];
}

function strings(assembly: Assembly, rest: string): [string, string] | undefined {
  const match = /^\s*("(?:[^"\\]|\\.)*")\s*,\s*("(?:[^"\\]|\\.)*")\s*$/.exec(rest);
  if (!match) {
    assembly.error('A0416', "'.ifeqs' compares two strings with a comma between them");
    return undefined;
  }
  return [match[1], match[2]];
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
  ['.ifdef', isDefined],
  ['.ifndef', (assembly, rest) => !isDefined(assembly, rest)],
  ['.ifnotdef', (assembly, rest) => !isDefined(assembly, rest)],
  ['.ifb', (_assembly, rest) => rest.trim() === ''],
  ['.ifnb', (_assembly, rest) => rest.trim() !== ''],
  ['.ifc', (assembly, rest) => isSame(texts(assembly, rest))],
  ['.ifnc', (assembly, rest) => isOther(texts(assembly, rest))],
  ['.ifeqs', (assembly, rest) => isSame(strings(assembly, rest))],
  ['.ifnes', (assembly, rest) => isOther(strings(assembly, rest))],
]);
