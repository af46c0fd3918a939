import { expect, test } from 'vitest';
import { FIRST_HANDLER, HOT_PAIRS, HOT_ROWS } from './hot-ops.ts';
import { interpret } from './interpreter.ts';

const names = [
  ...HOT_ROWS.map(([name]) => name),
  ...HOT_PAIRS.map(([first, second]) => `${first}_${second}`),
];

test('the cases of the hot switch carry the numbers and names of its table', () => {
  const cases = [...interpret.toString().matchAll(/case (\d+): \{\s*\/\/ (\w+):/g)];
  expect(cases.map(([, number, name]) => [Number(number), name])).toEqual(
    names.map((name, number) => [number, name]),
  );
});

test('pairs are of rows, no name stands twice, and all cases lie below the handlers', () => {
  const rows = new Set(HOT_ROWS.map(([name]) => name));
  expect(HOT_PAIRS.flat().filter((name) => !rows.has(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeLessThanOrEqual(FIRST_HANDLER);
});
