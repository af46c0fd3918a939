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
  for (const { verdict, index, want, got, how } of results) {
    if (verdict === 'same') continue;
    process.stdout.write(
      `${index} ${verdict} (${how})\n  GNU  ${want.slice(0, 160)}\n  ours ${got.slice(0, 160)}\n`,
    );
  }
  const rate = (kind: RegExp): number =>
    results.filter(({ verdict }) => kind.test(verdict)).length / count;
  expect(rate(/ -> refuses$/)).toBeLessThan(0.015);
  expect(rate(/^refuses -> /)).toBeLessThan(0.015);
  expect(rate(/ -> /)).toBeLessThan(0.03);
  expect(rate(/^bytes$/)).toBeLessThan(0.01);
  expect(rate(/^same$/)).toBeGreaterThan(0.94);
});
