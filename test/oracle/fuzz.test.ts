// Mutated assembly is accepted or refused as GNU as does, and gives the same sections: a sample. The rates of disagreement are
// printed; test/long/fuzz-as.test.ts has the whole.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compareAssembly, verdictCounts } from './fuzz/assembly.ts';

const hasAs = spawnSync('as', ['--version']).status === 0;
if (!hasAs) process.stderr.write('skipped: as is not installed\n');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-fuzz-as-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

test.skipIf(!hasAs)('500 mutated sources: as GNU as', { timeout: 600_000 }, () => {
  const results = compareAssembly(folder, { seed: 1, first: 0, count: 500 });
  const counts = verdictCounts(results);
  process.stdout.write(`mutated assembly, seed 1: ${JSON.stringify(counts)}\n`);
  const isOtherVerdict = (verdict: string): boolean => verdict.includes(' -> ');
  const others = results.filter(({ verdict }) => isOtherVerdict(verdict));
  // What remains stands at the edge of the grammar; test/long/fuzz-as.test.ts names each.
  expect(others.length).toBeLessThanOrEqual(10);
  expect(counts['bytes'] ?? 0).toBeLessThanOrEqual(4);
  expect(counts['same'] ?? 0).toBeGreaterThan(455);
});
