// A sample of mutated boot disks (disks.ts); the whole is in test/long/fuzz.test.ts.

import { expect, test } from 'vitest';
import { Guests } from '../machine/guests.ts';
import { diskProblem } from './disks.ts';

test('20 mutated boot disks', async () => {
  const guests = new Guests();
  const rom = await guests.rom();
  const disks = await Promise.all(['hello', 'disk', 'screen'].map((name) => guests.sector(name)));
  const problems = Array.from({ length: 20 }, (_, i) => diskProblem(rom, disks, 1, i));
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});
