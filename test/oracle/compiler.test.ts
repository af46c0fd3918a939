// The compiler against gcc. The ABI is tried in both directions, each side compiled by either compiler; gcc's
// library calls the functions of our run-time library. Sources are preprocessed by gcc, so that glibc's headers are found.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compile, type CompileOptions } from '@ring0/compiler';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const fixtures = path.join(import.meta.dirname, 'compiler');
const root = path.resolve(import.meta.dirname, '../..');

function linksFor32Bits(): boolean {
  const source = 'int main(void) { return 0; }';
  const args = ['-m32', '-x', 'c', '-', '-o', '/dev/null'];
  return spawnSync('gcc', args, { input: source }).status === 0;
}
const hasGcc = process.platform === 'linux' && linksFor32Bits();
if (!hasGcc) console.log('skipped: gcc -m32 with a 32-bit library is missing');

type Level = NonNullable<CompileOptions['optimize']>;
const levels: readonly Level[] = [0, 1, 's'];

let directory = '';

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-compiler-'));
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

/** Our object for a C file. */
function ours(file: string, optimize: Level, ...flags: string[]): string {
  const args = ['-m32', '-E', '-P', ...flags, file];
  const source = execFileSync('gcc', args, { maxBuffer: 1 << 26 });
  const result = compile(new Uint8Array(source), {
    path: path.basename(file),
    readFile: () => undefined,
    optimize,
    verify: true,
  });
  const errors = result.diagnostics.filter((d) => d.severity === 'error');
  expect(errors.map((d) => d.message)).toEqual([]);
  const object = path.join(directory, `${path.basename(file)}.${optimize}.o`);
  fs.writeFileSync(object, result.output ?? new Uint8Array());
  return object;
}
function gcc(file: string, level: string, ...flags: string[]): string {
  const object = path.join(directory, `${path.basename(file)}.gcc${level}.o`);
  const semantics = ['-fwrapv', '-fno-strict-aliasing', '-w'];
  execFileSync('gcc', ['-m32', level, ...semantics, '-c', file, '-o', object, ...flags]);
  return object;
}
/** Output and exit status of the program that the objects make. */
function outcome(...objects: string[]): string {
  const program = path.join(directory, 'program');
  execFileSync('gcc', ['-m32', '-no-pie', ...objects, '-o', program]);
  const run = spawnSync(program, { encoding: 'utf8', timeout: 10_000, maxBuffer: 1 << 26 });
  return `${run.stdout}status ${run.status}, signal ${run.signal}\n`;
}
const fixture = (name: string): string => path.join(fixtures, name);

describe.skipIf(!hasGcc)('the i386 ABI', () => {
  let want = '';
  let calleeByGcc = '';
  let callerByGcc = '';
  beforeAll(() => {
    calleeByGcc = gcc(fixture('callee.c'), '-O1');
    callerByGcc = gcc(fixture('caller.c'), '-O1');
    want = outcome(callerByGcc, calleeByGcc);
  });

  for (const level of levels) {
    test(`-O${level}: our calls reach gcc's functions`, () => {
      expect(outcome(ours(fixture('caller.c'), level), calleeByGcc)).toBe(want);
    });
    test(`-O${level}: gcc's calls reach our functions`, () => {
      expect(outcome(callerByGcc, ours(fixture('callee.c'), level))).toBe(want);
    });
    test(`-O${level}: our calls reach our functions`, () => {
      const objects = [ours(fixture('caller.c'), level), ours(fixture('callee.c'), level)];
      expect(outcome(...objects)).toBe(want);
    });
  }
});

describe.skipIf(!hasGcc)('statements and the run-time library', () => {
  for (const level of levels) {
    test.each(['statements.c', 'constructs.c', 'generic.c'])(`-O${level}: %s`, (name) => {
      const want = outcome(gcc(fixture(name), '-O1'));
      expect(outcome(ours(fixture(name), level))).toBe(want);
    });
    test(`-O${level}: 64-bit division gives what libgcc gives`, () => {
      const runtime = ours(path.join(root, 'userland/libc/runtime/int64.c'), level);
      const program = gcc(fixture('division.c'), '-O1');
      expect(outcome(program, runtime)).toBe(
        outcome(gcc(fixture('division.c'), '-O0', '-DLIBGCC')),
      );
    });
  }
});
