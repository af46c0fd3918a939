// 300 random families of a program and its shared objects, and 600 random command lines, linked by GNU ld and by ours: the same bytes. `RING0_LINK_SEED`
// chooses others.

import { afterAll, expect, test } from 'vitest';
import { Bench, missingTool } from '../oracle/gnu-bench.ts';
import { makeRandomInputs, randomOptions } from '../oracle/link/random-options.ts';
import { randomFamilies } from '../oracle/link/random-dynamic.ts';

const missing = missingTool();
if (missing) console.log(`dynamic linker campaign skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

test.skipIf(missing)('300 random families of a program and its shared objects', () => {
  const seed = Number(process.env['RING0_LINK_SEED'] ?? 2);
  const { counts, differences } = randomFamilies(bench, { seed, first: 0, count: 300 });
  process.stdout.write(`families: seed ${seed}, ${JSON.stringify(counts)}\n`);
  expect(differences).toEqual([]);
});

test.skipIf(missing)('600 random command lines of options and inputs', () => {
  const seed = Number(process.env['RING0_LINK_SEED'] ?? 2);
  const own = new Bench();
  makeRandomInputs(own);
  const { counts, differences } = randomOptions(own, { seed, first: 0, count: 600 });
  own.remove();
  process.stdout.write(`options: seed ${seed}, ${JSON.stringify(counts)}\n`);
  expect(differences).toEqual([]);
});
