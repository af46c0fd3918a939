// 2,000 random programs linked by GNU ld and by ours, run natively. `RING0_LINK_SEED` chooses others.

import { afterAll, expect, test } from 'vitest';
import { Bench, missingTool } from '../oracle/gnu-bench.ts';
import { randomLinks } from '../oracle/link/random-programs.ts';

const missing = missingTool();
if (missing) console.log(`linker campaign skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

test.skipIf(missing)('2,000 random programs', () => {
  const seed = Number(process.env['RING0_LINK_SEED'] ?? 2);
  const { counts, differences } = randomLinks(bench, { seed, first: 0, count: 2000 });
  process.stdout.write(`links: seed ${seed}, ${JSON.stringify(counts)}\n`);
  expect(differences).toEqual([]);
});
