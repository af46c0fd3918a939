// The csmith campaign: 500 programs of the default size, and some of every other kind, do the same through gcc and through
// our compiler, assembler and linker at -O0, -O1 and -Os. Prints seeds, sizes and times.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { line, missingCsmith, programs, Tally } from '../oracle/csmith/campaign.ts';
import { shapes } from '../oracle/csmith/shapes.ts';

const missing = missingCsmith();
if (missing) console.log(`csmith campaign skipped: ${missing}`);

const FIRST_SEED = 20001;
/** No program may take longer to compile. */
const SLOWEST_MS = 20_000;

describe.skipIf(missing)('csmith', () => {
  let directory = '';
  beforeAll(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-csmith-'));
  });
  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  for (const { name, options } of shapes) {
    const count = options.length === 0 ? 500 : 8;
    test(`${name}: ${count} programs`, () => {
      const tally = new Tally();
      const campaign = { directory, shape: options, measuresSize: true };
      for (const result of programs(FIRST_SEED, count, campaign)) {
        tally.add(result);
        console.log(`${name}: ${line(result)}`);
      }
      console.log(`${name}: ${tally.summary()}`);
      expect(tally.divergences).toEqual([]);
      expect(tally.slowestMs).toBeLessThan(SLOWEST_MS);
      if (options.length === 0) expect(tally.longPrograms * 2).toBeGreaterThanOrEqual(count);
    });
  }
});
