// The campaign of the processor against the host's: every row of the instruction table that ring 3 can execute, in each
// operand size and form, at least 50 times. Prints the counts by row, the seeds, and the rows left out with the reason.

import { afterAll, describe, expect, test } from 'vitest';
import { countTable, runCells, summary } from '../oracle/cpu/campaign.ts';
import { NativeProcessor, hostProcessor, missingOracle } from '../oracle/cpu/native.ts';
import { allCells, exclusions } from '../oracle/cpu/rows.ts';

const CELL_SEEDS = [101, 102];
const EACH = 30;

const missing = missingOracle();
if (missing !== undefined) console.log(`cpu campaign skipped: ${missing}`);

describe.skipIf(missing !== undefined)(`the processor against ${hostProcessor()}`, () => {
  const native = missing === undefined ? new NativeProcessor() : undefined;
  afterAll(() => native?.close());

  test('what is not compared', () => {
    for (const [reason, rows] of exclusions()) console.log(`${reason}: ${rows.join(', ')}`);
    expect(exclusions().size).toBeLessThan(12);
  });

  for (const seed of CELL_SEEDS) {
    test(`${EACH} instructions of every row, size and form, seed ${seed}`, () => {
      if (native === undefined) return;
      const cells = allCells();
      const tally = runCells(cells, EACH, seed, native);
      console.log(countTable(tally));
      console.log(summary(tally));
      expect(tally.problems).toEqual([]);
      expect(Math.min(...tally.counts.values())).toBeGreaterThanOrEqual(EACH);
      expect(tally.counts.size).toBe(cells.length);
    });
  }
});
