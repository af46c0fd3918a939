// The rules of the i386 ABI (System V psABI for Intel386, GNU's additions), each a file of rules/ whose two sides are made by
// either compiler: our callers reach gcc's functions, gcc's reach ours, ours reach ours, at all levels.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gccLevels, Matrix, missingGcc, ourLevels } from './abi/matrix.ts';

const missing = missingGcc();
if (missing) console.log(`ABI oracle skipped: ${missing}`);
const folder = path.join(import.meta.dirname, 'abi/rules');
const sources = fs.readdirSync(folder).filter((name) => name.endsWith('.c'));

/** The first line, a comment that states the rule. */
function rule(name: string): string {
  const [first] = fs.readFileSync(path.join(folder, name), 'utf8').split('\n');
  return first.replace('// ', '');
}

describe.skipIf(missing)('the i386 ABI', () => {
  let directory = '';
  beforeAll(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-abi-'));
  });
  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  describe.each(sources)('%s', (name) => {
    const matrix = (): Matrix => new Matrix(directory, path.join(folder, name));
    test(`${name}: ${rule(name)}`, () => {
      const m = matrix();
      const want = m.wanted();
      expect(want).not.toContain('SIG');
      for (const level of ourLevels) {
        for (const other of gccLevels) {
          const label = `-O${level}, gcc ${other}`;
          const ourFunctions = m.outcome(m.ours(1, level), m.gcc(2, other));
          expect(ourFunctions, `gcc's calls reach our functions, ${label}`).toBe(want);
          const ourCalls = m.outcome(m.gcc(1, other), m.ours(2, level));
          expect(ourCalls, `our calls reach gcc's functions, ${label}`).toBe(want);
        }
        expect(m.outcome(m.ours(1, level), m.ours(2, level)), `-O${level} both`).toBe(want);
      }
    });
  });
});
