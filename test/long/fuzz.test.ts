// The whole fuzzing campaigns: 10,000 mutations of each kind of input. `RING0_FUZZ_SEED` chooses other inputs.

import { describe, expect, test } from 'vitest';
import { runInChild } from '../fuzz/child.ts';
import { targets } from '../fuzz/targets.ts';

const seed = Number(process.env['RING0_FUZZ_SEED'] ?? 1);
const count = 10_000;

describe('10,000 mutations', () => {
  test.each(targets.map(({ name }) => name))('%s', (name) => {
    const { accepted, failures, slowestMs, slowestIndex, peakMiB } = runInChild(name, seed, count);
    process.stdout.write(
      `${name}: seed ${seed}, ${count} inputs, ${accepted} accepted, ${failures.length} failures, ` +
        `slowest ${Math.round(slowestMs)} ms (${slowestIndex}), peak ${Math.round(peakMiB)} MiB\n`,
    );
    expect(failures).toEqual([]);
  });
});
