// 10,000 mutated sources through GNU as and ours: how often they disagree, by class, with the first of each.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compareAssembly, verdictCounts } from '../oracle/fuzz/assembly.ts';

const hasAs = spawnSync('as', ['--version']).status === 0;
if (!hasAs) process.stderr.write('skipped: as is not installed\n');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-fuzz-as-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

test.skipIf(!hasAs)('10,000 mutated sources', () => {
  const seed = Number(process.env['RING0_FUZZ_SEED'] ?? 1);
  const count = 10_000;
  const results = compareAssembly(folder, { seed, first: 0, count });
  const counts = verdictCounts(results);
  process.stdout.write(`mutated assembly, seed ${seed}: ${JSON.stringify(counts)}\n`);
  for (const { verdict, index, detail, how } of results) {
    const isAgreed = verdict === 'same' || verdict === 'both refuse';
    if (!isAgreed) process.stdout.write(`${index} ${verdict}: ${detail.slice(0, 120)} (${how})\n`);
  }
  expect((counts['we refuse'] ?? 0) / count).toBeLessThan(0.02);
  expect((counts['we accept'] ?? 0) / count).toBeLessThan(0.03);
});
