// 40,000 statements of real programs with something wrong in them, half in each syntax, through GNU
// as and ours: what differs, by kind.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compareMutants } from '../oracle/intel/campaign.ts';
import { luaStatements } from '../oracle/intel/sources.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-mutations-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const hasTools = ['as', 'gcc'].every((tool) => spawnSync(tool, ['--version']).status === 0);
if (!hasTools) process.stderr.write('skipped: as and gcc are not installed\n');

test.skipIf(!hasTools).each(['AT&T', 'Intel'])('mutated statements in %s syntax', (name) => {
  const isIntel = name === 'Intel';
  const statements = luaStatements(folder, isIntel);
  expect(statements.length).toBeGreaterThan(1000);
  const seed = Number(process.env['RING0_FUZZ_SEED'] ?? 1);
  const result = compareMutants(folder, statements, isIntel, { seed, batches: 25 });
  const { count, accepted, divergences } = result;
  process.stdout.write(`${name}, seed ${seed}: ${count} statements, ${accepted} accepted\n`);
  for (const { statement, how, detail } of divergences) {
    process.stdout.write(`${how} | ${statement} | ${detail.slice(0, 120)}\n`);
  }
  expect(divergences.length).toBeLessThan(count / 250);
});
