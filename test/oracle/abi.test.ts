// The rules of the i386 ABI (System V psABI for Intel386, GNU's additions), each a file of rules/ whose two sides are made by
// either compiler: our callers reach gcc's functions, gcc's reach ours, ours reach ours, at all levels.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gccLevels, Matrix, missingGcc, ourLevels } from './abi/matrix.ts';
import { randomProgram } from './abi/random.ts';

const missing = missingGcc();
if (missing) console.log(`ABI oracle skipped: ${missing}`);
const folder = path.join(import.meta.dirname, 'abi/rules');
const sources = fs.readdirSync(folder).filter((name) => name.endsWith('.c'));

/** The comment at the top, which states the rule. */
function rule(name: string): string {
  const lines = fs.readFileSync(path.join(folder, name), 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.replace('// ', ''))
    .join(' ');
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

  // Each seed at one pair of levels; test/long/abi.test.ts has all pairs.
  test.each(Array.from({ length: 20 }, (_, i) => i + 1))(
    '200 random functions, seed %i',
    (seed) => {
      const level = ourLevels[seed % ourLevels.length];
      const other = gccLevels[seed % gccLevels.length];
      const file = path.join(directory, `random-${seed}.c`);
      fs.writeFileSync(file, randomProgram(seed, 200));
      const m = new Matrix(directory, file);
      const want = m.outcome(m.gcc(1, other), m.gcc(2, other));
      expect(want).toContain('status 0');
      const label = `-O${level}, gcc ${other}`;
      expect(m.outcome(m.ours(1, level), m.gcc(2, other)), `our functions, ${label}`).toBe(want);
      expect(m.outcome(m.gcc(1, other), m.ours(2, level)), `our calls, ${label}`).toBe(want);
    },
  );

  test('a program that breaks a rule does not get by', () => {
    const file = path.join(directory, 'broken.c');
    fs.writeFileSync(file, randomProgram(1, 20));
    const m = new Matrix(directory, file);
    // Calls of functions whose stack is not a multiple of 16 end in `entered`.
    const crooked = m.ours(2, 1, { stackBoundary: 4 });
    expect(m.outcome(m.gcc(1, '-O0'), crooked)).toContain('SIGILL');
  });
});
