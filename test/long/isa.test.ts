// The instruction table against GNU as at length: nearly right statements in both syntaxes, many of
// each row, with several seeds.

import { allRows } from '@ring0/isa';
import { describe, expect, test } from 'vitest';

import { differences } from '../oracle/isa-compare.ts';
import { mutationsOf } from '../oracle/isa-mutations.ts';
import { isInstalled } from '../oracle/isa-oracle.ts';
import { attText, intelText } from '../oracle/isa-vectors.ts';

const rows = allRows();
const seeds = [11, 12, 13, 14] as const;

describe.skipIf(!isInstalled('as')).each(seeds)('nearly right statements, seed %i', (seed) => {
  test.each([32, 16] as const)('in AT&T syntax, %i-bit code', (mode) => {
    const statements = mutationsOf(rows, 'att', 30, seed).map(({ instruction }) => ({
      instruction,
      text: attText(instruction),
    }));
    const wrong = differences(statements, mode);
    process.stderr.write(`seed ${seed}: ${statements.length} statements, ${wrong.length} differ\n`);
    expect(wrong).toEqual([]);
  });

  test('in Intel syntax, 32-bit code', () => {
    const statements = mutationsOf(rows, 'intel', 30, seed).map(({ instruction }) => ({
      instruction,
      text: intelText(instruction),
    }));
    const wrong = differences(statements, 32, '.intel_syntax noprefix');
    process.stderr.write(`seed ${seed}: ${statements.length} statements, ${wrong.length} differ\n`);
    // Suffixes on Intel's mnemonics, which GNU as takes by halves.
    expect(wrong.length).toBeLessThan(statements.length / 2000);
  });
});
