// The campaign of the processor against the host's: every row of the instruction table that ring 3 can execute, in each
// operand size and form, at least 50 times; x87 instructions many times more; sequences. Prints the counts by row, the
// seeds, and the rows left out with the reason.

import { afterAll, describe, expect, test } from 'vitest';
import {
  type Tally,
  countTable,
  isX87,
  runCells,
  runSequences,
  summary,
} from '../oracle/cpu/campaign.ts';
import { NativeProcessor, hostProcessor, missingOracle } from '../oracle/cpu/native.ts';
import { allCells, exclusions } from '../oracle/cpu/rows.ts';

const EACH = 55;
const CELL_SEED = 101;
const X87_EACH = 1000;
const X87_SEED = 201;
const SEQUENCE_SEEDS = [301, 302, 303];
const SEQUENCES = 12_000;
const INSTRUCTIONS_MIN = 1_000_000;

const missing = missingOracle();
if (missing !== undefined) console.log(`cpu campaign skipped: ${missing}`);

describe.skipIf(missing !== undefined)(`the processor against ${hostProcessor()}`, () => {
  const native = missing === undefined ? new NativeProcessor() : undefined;
  let instructions = 0;
  afterAll(() => native?.close());

  function holds(name: string, run: (native: NativeProcessor) => Tally): void {
    test(name, () => {
      if (native === undefined) return;
      const tally = run(native);
      instructions += tally.instructions;
      console.log(countTable(tally));
      console.log(summary(tally));
      expect(tally.problems).toEqual([]);
    });
  }

  test('what is not compared', () => {
    for (const [reason, rows] of exclusions()) console.log(`${reason}: ${rows.join(', ')}`);
    expect(exclusions().size).toBeLessThan(12);
  });
  holds(`${EACH} instructions of every row, size and form, seed ${CELL_SEED}`, (host) => {
    const cells = allCells();
    const tally = runCells(cells, EACH, CELL_SEED, host);
    expect(tally.counts.size).toBe(cells.length);
    expect(Math.min(...tally.counts.values())).toBeGreaterThanOrEqual(EACH);
    return tally;
  });
  holds(`${X87_EACH} of every x87 instruction, seed ${X87_SEED}`, (host) =>
    runCells(allCells().filter(isX87), X87_EACH, X87_SEED, host),
  );
  for (const seed of SEQUENCE_SEEDS) {
    holds(`${SEQUENCES} sequences, seed ${seed}`, (host) => runSequences(SEQUENCES, seed, host));
  }
  test(`at least ${INSTRUCTIONS_MIN} instructions`, () => {
    console.log(`${instructions} instructions`);
    expect(instructions).toBeGreaterThanOrEqual(INSTRUCTIONS_MIN);
  });
});
