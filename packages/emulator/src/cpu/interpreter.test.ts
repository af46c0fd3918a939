import { expect, test } from 'vitest';
import { FIRST_HANDLER, HOT_ROWS } from './hot-ops.ts';
import { interpret } from './interpreter.ts';

test('the cases of the hot switch carry the numbers and names of its table', () => {
  const cases = [...interpret.toString().matchAll(/case (\d+): \{\s*\/\/ (\w+):/g)];
  expect(cases.map(([, number, name]) => [Number(number), name])).toEqual(
    HOT_ROWS.map(([name], number) => [number, name]),
  );
});

test('there are fewer than 300 cases, all below the handlers', () => {
  expect(HOT_ROWS.length).toBeLessThan(Math.min(300, FIRST_HANDLER));
});
