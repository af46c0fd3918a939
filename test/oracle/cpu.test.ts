// Our processor against the host's: a sample of the campaign (test/long/cpu.test.ts runs all of it). Flags that the
// instruction table calls undefined are masked; transcendental results may differ by one unit in the last place.

import { afterAll, describe, expect, test } from 'vitest';
import { runCells, summary } from './cpu/campaign.ts';
import { NativeProcessor, hostProcessor, missingOracle } from './cpu/native.ts';
import { allCells } from './cpu/rows.ts';

const missing = missingOracle();
if (missing !== undefined) console.log(`cpu oracle skipped: ${missing}`);

describe.skipIf(missing !== undefined)(`the processor against ${hostProcessor()}`, () => {
  const native = missing === undefined ? new NativeProcessor() : undefined;
  afterAll(() => native?.close());

  test('two instructions of every row, size and form, seed 1', { timeout: 600_000 }, () => {
    if (native === undefined) return;
    const cells = allCells();
    const tally = runCells(cells, 2, 1, native);
    console.log(summary(tally));
    expect(tally.problems).toEqual([]);
    expect(cells.length).toBeGreaterThan(10_000);
    expect(tally.counts.size).toBe(cells.length);
  });
});
