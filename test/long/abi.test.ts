// Random signatures, 200 seeds of 200 functions: our functions and our calls, at all levels, with gcc's at two.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gccLevels, Matrix, missingGcc, ourLevels } from '../oracle/abi/matrix.ts';
import { randomProgram } from '../oracle/abi/random.ts';

const missing = missingGcc();
if (missing) console.log(`ABI campaign skipped: ${missing}`);

const FIRST_SEED = 101;
const SEEDS = 200;

describe.skipIf(missing)('the i386 ABI', () => {
  let directory = '';
  beforeAll(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-abi-'));
  });
  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  test.each(Array.from({ length: SEEDS }, (_, i) => FIRST_SEED + i))('seed %i', (seed) => {
    const file = path.join(directory, `random-${seed}.c`);
    fs.writeFileSync(file, randomProgram(seed, 200));
    const m = new Matrix(directory, file);
    const want = m.wanted();
    expect(want).toContain('status 0');
    for (const level of ourLevels) {
      for (const other of gccLevels) {
        const label = `-O${level}, gcc ${other}`;
        expect(m.outcome(m.ours(1, level), m.gcc(2, other)), `our functions, ${label}`).toBe(want);
        expect(m.outcome(m.gcc(1, other), m.ours(2, level)), `our calls, ${label}`).toBe(want);
      }
    }
  });
});
