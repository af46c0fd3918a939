// Statements of real programs with something wrong in them: GNU as and ours agree on nearly all.
// test/long/mutations.test.ts takes many more.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compareMutants } from './intel/campaign.ts';
import { luaStatements } from './intel/sources.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-mutations-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const hasTools = ['as', 'gcc'].every((tool) => spawnSync(tool, ['--version']).status === 0);
if (!hasTools) process.stderr.write('skipped: as and gcc are not installed\n');

test.skipIf(!hasTools).each(['AT&T', 'Intel'])('mutated statements in %s syntax', (name) => {
  const isIntel = name === 'Intel';
  const statements = luaStatements(folder, isIntel);
  if (statements.length === 0) {
    process.stderr.write('skipped: the source of lua5.4 cannot be fetched\n');
    return;
  }
  const result = compareMutants(folder, statements, isIntel, { seed: 1, batches: 3 });
  expect(result.accepted).toBeGreaterThan(result.count / 5);
  expect(result.divergences.filter(({ how }) => how === 'two errors')).toEqual([]);
  // What is left differs knowingly: values of more than 32 bits, AVX-512, and the like.
  expect(result.divergences.length).toBeLessThan(result.count / 200);
});
