// 300 random families of a program and its shared objects, linked by GNU ld and by ours: the same bytes. `RING0_LINK_SEED`
// chooses others.

import { afterAll, expect, test } from 'vitest';
import { Bench, missingTool } from '../oracle/gnu-bench.ts';
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
