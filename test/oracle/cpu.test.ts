// Our processor against the host's: a sample of the campaign (test/long/cpu.test.ts runs all of it). Flags that the
// instruction table calls undefined are masked; transcendental results may differ by one unit in the last place.

import { afterAll, describe, expect, test } from 'vitest';
import { type Tally, isX87, runCells, runSequences, summary } from './cpu/campaign.ts';
import { NativeProcessor, hostProcessor, missingOracle } from './cpu/native.ts';
import { allCells } from './cpu/rows.ts';

const missing = missingOracle();
if (missing !== undefined) console.log(`cpu oracle skipped: ${missing}`);

describe.skipIf(missing !== undefined)(`the processor against ${hostProcessor()}`, () => {
  const native = missing === undefined ? new NativeProcessor() : undefined;
  afterAll(() => native?.close());

  function holds(name: string, run: (native: NativeProcessor) => Tally): void {
    test(name, { timeout: 600_000 }, () => {
      if (native === undefined) return;
      const tally = run(native);
      console.log(summary(tally));
      expect(tally.problems).toEqual([]);
    });
  }

  test('there are cells enough', () => expect(allCells().length).toBeGreaterThan(10_000));
  holds('two instructions of every row, size and form, seed 1', (host) =>
    runCells(allCells(), 2, 1, host),
  );
  holds('100 of every x87 instruction, seed 11', (host) =>
    runCells(allCells().filter(isX87), 100, 11, host),
  );
  holds('2,500 sequences, seed 31', (host) => runSequences(2500, 31, host));
});
