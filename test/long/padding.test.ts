// 4,000 random texts with aligned branches and with bundles through GNU as and ours.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Random } from '../fuzz/random.ts';
import { branchCase, bundleCase, comparePadding } from '../oracle/padding/campaign.ts';

const hasAs = spawnSync('as', ['--version']).status === 0;
if (!hasAs) process.stderr.write('skipped: as is not installed\n');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-padding-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const kinds = { 'aligned branches': branchCase, bundles: bundleCase };

test.skipIf(!hasAs).each(Object.entries(kinds))('2,000 texts with %s', (name, make) => {
  const seed = Number(process.env['RING0_FUZZ_SEED'] ?? 1);
  const count = 2000;
  let differing = 0;
  for (let number = 0; number < count; number++) {
    const found = comparePadding(folder, make(new Random(seed, number)));
    if (!found) continue;
    differing++;
    process.stdout.write(`${name} ${number} ${found.kind}\n  ${found.want}\n  ${found.got}\n`);
  }
  process.stdout.write(`${name}, seed ${seed}: ${count} texts, ${differing} differ\n`);
  // Of slots before a gap that the last pass moves, in one of 2,000.
  expect(differing).toBeLessThanOrEqual(count / 500);
});
