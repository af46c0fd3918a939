// 64-bit code against GNU as: `.code64` inside ELF32 objects, whole ELF64 objects (--64), and what gcc writes for x86-64; each
// object has to be the same bytes, and its listing that of GNU objdump.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble, writeElf } from '@ring0/assembler';
import { afterAll, describe, expect, test } from 'vitest';
import { main as objdump } from '../../apps/cli/src/objdump.ts';
import { describeObject } from '../assembler/describe.ts';

const hasAs = spawnSync('as', ['--version']).status === 0;
const hasGcc = spawnSync('gcc', ['-m64', '--version']).status === 0;
if (!hasAs) process.stderr.write('skipped: as is not installed\n');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-long-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const home = path.join(import.meta.dirname, 'long-code');

/** Both objects of a source; undefined where GNU as refuses it. */
function objects(file: string, bits: 32 | 64) {
  const output = path.join(folder, 'gnu.o');
  const { status, stderr } = spawnSync('as', [`--${bits}`, '-o', output, file], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr.slice(0, 500));
  const source = new Uint8Array(fs.readFileSync(file));
  const directory = process.cwd();
  const both = [true, false].map((shapeCache) => {
    const result = assemble(source, { path: file, bits, shapeCache, output: { directory } });
    const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
    if (!result.object) throw new Error(errors.map(({ message }) => message).join('\n'));
    return writeElf(result.object);
  });
  return { wanted: new Uint8Array(fs.readFileSync(output)), cached: both[0], parsed: both[1] };
}

function compare(file: string, bits: 32 | 64): void {
  const { wanted, cached, parsed } = objects(file, bits);
  expect(Buffer.from(cached).equals(parsed)).toBe(true);
  expect(describeObject(cached)).toBe(describeObject(wanted));
  expect(Buffer.from(cached).equals(wanted)).toBe(true);
}

describe.skipIf(!hasAs)('the same objects as GNU as', () => {
  test('.code64 in an ELF32 object', () => compare(path.join(home, 'inside-32-bits.s'), 32));
  test.each(['both-syntaxes', 'relocations', 'padding', 'frames', 'asked'])('--64: %s', (name) =>
    compare(path.join(home, `${name}.s`), 64),
  );
});

const program = `
#include <string.h>
#include <stdio.h>
typedef unsigned long u64;
struct s { char c; short h; int i; double d; u64 q; float f; } table[9];
static __thread int counter;
__attribute__((visibility("hidden"))) extern int hidden;
static const char *const names[] = { "zero", "one", "two", "three" };
u64 mix(u64 a, u64 b, int n) { return (a << n) ^ (b >> (n & 63)) ^ a * b ^ a / (b | 1); }
double fp(double x, float y, long double z, u64 q) { return x * y - z / (x + 1) + (double)q + (u64)x; }
__int128 wide(__int128 a, u64 b) { return a * b + (a >> 7); }
int choose(int a, unsigned b, signed char c, double d) {
  switch (a) { case 1: return b / 7; case 2: return c % 10; case 3: return d > 1.5; case 4: return (u64)d;
  case 5: return a < c; case 6: return b > 9 ? c : a; case 7: return __sync_fetch_and_add(&table[1].i, a);
  case 8: return hidden; default: return a * 12345 + (c << 3) + counter++; } }
void fill(struct s *p, int n) {
  for (int i = 0; i < n; i++) p[i] = (struct s){ i, i * 3, -i, i * .5, (u64)i << 33, i };
  memset(p, 0, 300); memcpy(p, table, sizeof table); puts(names[n & 3]); }
float sum(const float *a, const float *b, int n) { float t = 0; for (int i = 0; i < n; i++) t += a[i] * b[i]; return t; }
int deep(int n, ...) { int v[n]; v[n - 1] = printf("%d", n); return v[n - 1] + (n ? deep(n - 1) : 0); }
`;

/** What our objdump prints of a file. */
function listing(options: readonly string[], file: string): string {
  let text = '';
  const status = objdump([...options, file], {
    readFile: (name) => new Uint8Array(fs.readFileSync(name)),
    writeFile: () => false,
    stdin: () => new Uint8Array(0),
    stdout: (data) => {
      text += typeof data === 'string' ? data : Buffer.from(data).toString('utf8');
    },
    stderr: (message) => {
      text += message;
    },
    isColoured: false,
    cwd: folder,
  });
  expect(status).toBe(0);
  return text;
}

const levels = [
  '-O0',
  '-O2',
  '-Os',
  '-O2 -g',
  '-O2 -g -gdwarf-4',
  '-O2 -fPIC',
  '-O2 -fno-pic -mcmodel=large',
  '-O2 -masm=intel',
  '-O3 -mavx2 -mfma -ffast-math',
  '-O2 -ffunction-sections -fdata-sections',
];

describe.skipIf(!hasAs || !hasGcc)('what gcc writes', () => {
  test.each(levels)('%s', (options) => {
    const source = path.join(folder, 'x.c');
    const file = path.join(folder, 'x.s');
    fs.writeFileSync(source, program);
    const { status } = spawnSync('gcc', ['-m64', ...options.split(' '), '-S', '-o', file, source]);
    expect(status).toBe(0);
    compare(file, 64);
    const object = path.join(folder, 'gnu.o');
    for (const style of [['-d'], ['-dr'], ['-d', '-M', 'intel']]) {
      const wanted = spawnSync('objdump', [...style, object], { encoding: 'utf8' }).stdout;
      expect(listing(style, object)).toBe(wanted);
    }
  });
});
