// A sample of the csmith campaign: random programs do the same through gcc and through our compiler, assembler and linker.
// Some programs of each kind; test/long/csmith.test.ts does hundreds.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { line, missingCsmith, programs } from './csmith/campaign.ts';
import { shapes } from './csmith/shapes.ts';

const missing = missingCsmith();
if (missing) console.log(`csmith sample skipped: ${missing}`);

const FIRST_SEED = 1;

describe.skipIf(missing)('csmith', () => {
  let directory = '';
  beforeAll(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-csmith-'));
  });
  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  shapes.forEach(({ name, options }, i) => {
    const count = options.length === 0 ? 6 : 1;
    test(`${name}: ${count} of its programs at every level`, () => {
      const first = FIRST_SEED + i * 100;
      const campaign = { directory, shape: options, verify: true };
      for (const result of programs(first, count, campaign)) {
        console.log(`${name}: ${line(result)}`);
        for (const { level, divergence } of result.levels) {
          expect(divergence, `seed ${result.seed} -O${level}`).toBeUndefined();
        }
      }
    });
  });
});
