// Intel syntax, prefixes, operators and what else belongs to one instruction, against GNU as 2.40:
// statements made by hand, every row of the instruction table in Intel form, and what gcc writes
// with -masm=intel.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { allRows, decode, encode, formatIntel } from '@ring0/isa';
import { afterAll, describe, expect, test } from 'vitest';
import { debianSource } from '../debian-source.ts';
import { difference, differences, gnu, ours } from './intel/compare.ts';
import type { MachineOptions } from './intel/compare.ts';
import { vectorsOf } from './isa-vectors.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-intel-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function has(program: string): boolean {
  const isThere = spawnSync(program, ['--version']).status === 0;
  if (!isThere) process.stderr.write(`skipped: ${program} is not installed\n`);
  return isThere;
}

const hasAs = has('as');
const hasGcc = hasAs && has('gcc');

/** Lines of a file; `\n` in one begins another line of the source. */
function statements(name: string): string[] {
  const text = fs.readFileSync(path.join(import.meta.dirname, 'intel', name), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

function expectSame(text: string): void {
  const want = gnu(folder, text);
  const got = ours(text);
  expect(difference(want, got)).toBeUndefined();
  if (want.object !== undefined) expect(got.hasWarning).toBe(want.hasWarning);
}

const lines = (text: string) => `${text.replaceAll(String.raw`\n`, '\n')}\n`;

describe.skipIf(!hasAs)('the same object, warning or refusal', () => {
  test.each(statements('intel.txt'))('Intel: %s', (line) => {
    expectSame(`.intel_syntax noprefix\n${lines(line)}`);
  });
  test.each(statements('att.txt'))('AT&T: %s', (line) => expectSame(lines(line)));
});

const choices: readonly (readonly [option: string, machine: MachineOptions])[] = [
  ['-O', { optimization: '1' }],
  ['-O2', { optimization: '2' }],
  ['-Os', { optimization: 's' }],
  ['-msse2avx', { hasAvxForSse: true }],
  ['-momit-lock-prefix=yes', { omitsLock: true }],
  ['-madd-bnd-prefix', { addsBound: true }],
  ['-mrelax-relocations=no', { keepsGot: true }],
  ['-mfence-as-lock-add=yes', { locksForFences: true }],
  ['-mavxscalar=256', { scalarBits: 256 }],
  ['-mvexwig=1', { vexW: 1 }],
  ['-mmnemonic=intel', { hasIntelMnemonics: true }],
  ['-mlfence-before-ret=or', { fenceBeforeReturn: 'or' }],
  ['-mlfence-before-ret=not', { fenceBeforeReturn: 'not' }],
  ['-mlfence-before-indirect-branch=all', { fenceBeforeBranch: 'all' }],
];

describe.skipIf(!hasAs)('an option makes of instructions what GNU as makes', () => {
  const text = statements('options.s').join('\n');
  test.each(choices)('%s', (option, machine) => {
    const want = gnu(folder, `${text}\n`, [option]);
    expect(want.object).toBeDefined();
    expect(difference(want, ours(`${text}\n`, machine))).toBeUndefined();
    expect(want.object).not.toBe(gnu(folder, `${text}\n`).object);
  });
});

const processors = 'i386 i486 i586 i686 pentiumiii pentium4 core2 corei7 k6 athlon znver1'.split(
  ' ',
);
const several = ['i686+sse2', 'i386+387', 'pentium4+avx', 'corei7+noaes', 'core2+nosse3+fma'];

describe.skipIf(!hasAs)('a processor has the instructions that it has for GNU as', () => {
  const list = statements('options.s').filter((line) => !line.startsWith('.'));
  test.each([...processors, ...several])('-march=%s', (architecture) => {
    const { refused } = gnu(folder, `${list.join('\n')}\n`, [`-march=${architecture}`]);
    const wrong = list.filter((line, index) => {
      const isTaken = ours(`${line}\n`, { architecture }).object !== undefined;
      return isTaken === refused.has(index + 1);
    });
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(!hasAs)('every row of the instruction table in Intel form', () => {
  test.each([32, 16] as const)('%i-bit code', (mode) => {
    const texts = new Set<string>();
    for (const row of allRows()) {
      for (const instruction of vectorsOf(row)) {
        const result = encode(instruction, mode);
        if (!result.ok) continue;
        const decoded = decode(result.encoding.bytes, 0, mode, 0n);
        // A branch goes to itself.
        if (decoded.row) texts.add(formatIntel(decoded, () => '$'));
      }
    }
    expect(texts.size).toBeGreaterThan(10_000);
    const head = `.intel_syntax noprefix\n.code${mode}\n`;
    expect(differences(folder, [...texts], head)).toEqual([]);
  });
});

const lua = hasGcc ? debianSource('lua5.4') : undefined;
if (hasGcc && !lua) process.stderr.write('skipped: the source of lua5.4 cannot be fetched\n');
const sources = ['lvm', 'lstring', 'lmathlib', 'lcode', 'ltable', 'loslib'];
const flags = [
  '-O0 -march=i686',
  '-O2 -march=i686 -fPIC -g',
  '-O3 -mavx2 -mfma -mfpmath=sse',
  '-Os -march=pentium3 -m16',
];

describe.skipIf(!lua)('Lua as gcc -masm=intel writes it', () => {
  test.each(flags)('%s', (options) => {
    for (const name of sources) {
      const source = path.join(lua ?? '', 'src', `${name}.c`);
      const output = path.join(folder, `${name}.s`);
      const words = ['-m32', '-masm=intel', '-w', '-S', source, '-o', output];
      const run = spawnSync('gcc', [...words, ...options.split(' ')], { encoding: 'utf8' });
      expect(run.stderr).toBe('');
      const text = fs.readFileSync(output, 'latin1');
      expect(difference(gnu(folder, text), ours(text)), name).toBeUndefined();
    }
  });
});
