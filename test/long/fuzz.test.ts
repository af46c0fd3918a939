// The whole fuzzing campaigns: 10,000 mutations of each kind of input, 25,000 of objects. `RING0_FUZZ_SEED` chooses other inputs.

import { describe, expect, test } from 'vitest';
import { runInChild } from '../fuzz/child.ts';
import { diskProblem } from '../fuzz/disks.ts';
import { targets } from '../fuzz/targets.ts';
import { Guests } from '../machine/guests.ts';

const seed = Number(process.env['RING0_FUZZ_SEED'] ?? 1);
/** Objects go through more tools than the others. */
const counts: Readonly<Record<string, number>> = { objects: 25_000 };
const usualCount = 10_000;

describe('10,000 mutations or more', () => {
  test.each(targets.map(({ name }) => name))('%s', (name) => {
    const count = counts[name] ?? usualCount;
    const { accepted, failures, slowestMs, slowestIndex, peakMiB } = runInChild(name, seed, count);
    process.stdout.write(
      `${name}: seed ${seed}, ${count} inputs, ${accepted} accepted, ${failures.length} failures, ` +
        `slowest ${Math.round(slowestMs)} ms (${slowestIndex}), peak ${Math.round(peakMiB)} MiB\n`,
    );
    expect(failures).toEqual([]);
  });
});

test('2,000 mutated boot disks', async () => {
  const guests = new Guests();
  const rom = await guests.rom();
  const disks = await Promise.all(['hello', 'disk', 'screen'].map((name) => guests.sector(name)));
  const problems: string[] = [];
  for (let index = 0; index < 2000; index++) {
    const problem = diskProblem(rom, disks, seed, index);
    if (problem !== undefined) problems.push(`${index}: ${problem}`);
  }
  process.stdout.write(`disks: seed ${seed}, 2000 inputs, ${problems.length} failures\n`);
  expect(problems).toEqual([]);
});
