// Whole objects, byte for byte, as GNU as 2.40 writes them: what gcc makes of a few programs and of
// our own kernel and commands, at all levels, in both models of code, with debugging information of
// all versions and in Intel syntax. The number of identical files is printed.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import { writeElf } from '@ring0/elf';
import { afterAll, describe, expect, test } from 'vitest';
import { describeObject } from '../assembler/describe.ts';
import { hasGnuAs } from '../assembler/gnu-cases.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-same-'));
const counts = { same: 0, all: 0 };
afterAll(() => {
  fs.rmSync(folder, { recursive: true });
  process.stdout.write(`whole objects identical to GNU as's: ${counts.same} of ${counts.all}\n`);
});

const hasGcc = hasGnuAs && spawnSync('gcc', ['--version']).status === 0;
if (!hasGcc) process.stderr.write('skipped: gcc is not installed\n');

/** Compares the objects of one source; true where every byte is the same. */
function isIdentical(source: string): boolean {
  const output = path.join(folder, 'want.o');
  const run = spawnSync('as', ['--32', source, '-o', output], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  const want = fs.readFileSync(output);
  const { object, diagnostics } = assemble(new Uint8Array(fs.readFileSync(source)), {
    path: source,
  });
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  if (!object) throw new Error('no object');
  const got = writeElf(object);
  counts.all++;
  const isSame = want.equals(got);
  if (isSame) counts.same++;
  else expect(describeObject(got)).toBe(describeObject(new Uint8Array(want)));
  return isSame;
}

/** The assembly of a C or C++ source. */
function compiled(file: string, flags: readonly string[]): string {
  const output = path.join(folder, 'source.s');
  const compiler = file.endsWith('.cc') ? 'g++' : 'gcc';
  const argv = ['-m32', '-march=i686', '-w', ...flags, '-S', file, '-o', output];
  const run = spawnSync(compiler, argv, { encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  return output;
}

const program = String.raw`
#include <stdarg.h>
extern int printf(const char *, ...);
struct record { int a; char text[10]; double d; };
static int counter; int common_word; static char buffer[100];
__thread int thread_word = 4; static __thread int thread_own;
const char *names[] = { "one", "two", "three" }; static const double table_k[] = { 1.5, 2.5 };
int __attribute__((weak)) weak(int x) { return x * 3; }
extern int external(int), external_word;
int __attribute__((visibility("hidden"))) hidden(int a) { return a + external_word; }
double mix(double a, float b, long double c) { return a * b + c / 3.0L - (int)a; }
int choose(int x) {
  switch (x) {
  case 0: return external(1); case 1: return 5; case 2: return weak(3); case 3: return 11;
  case 4: return 17; case 5: return x * 99; default: return -1;
  }
}
int variadic(const char *format, ...) {
  va_list list; va_start(list, format);
  int sum = va_arg(list, int) + (int)va_arg(list, double);
  va_end(list); return sum;
}
static inline int square(int x) { return x * x; }
int (*pointer)(int) = weak; static int (*const table[])(int) = { square, choose, external };
int call(int i, int j) { return table[i](j); }
int alias(int) __attribute__((alias("choose")));
__attribute__((constructor)) static void begin(void) { counter = 1; }
__attribute__((cold, noinline)) static void fail(const char *text) { printf("%s", text); }
__attribute__((section(".own.text"), used)) static int placed(void) { return counter; }
int main(int argc, char **argv) {
  counter++; thread_word += thread_own++; common_word = square(argc);
  for (int i = 0; i < 3; i++) printf("%s %d %s\n", names[i], choose(i), argv[0]);
  if (argc > 7) fail("many");
  void *places[] = { &&first, &&second };
  goto *places[argc & 1];
first: return hidden(variadic("x", argc, 2.5)) + (int)mix(argc, 2.5f, 1.25L) + buffer[argc];
second: return (int)table_k[argc] + names[0][1];
}
`;

const classes = String.raw`
struct Base { virtual ~Base(); virtual int f(); int x; };
struct Derived : Base { int f() override; };
template <class T> T larger(T a, T b) { return a > b ? a : b; }
inline int counted(int a) { static int count; return count += a; }
int Derived::f() {
  try { throw 5; } catch (int e) { return larger(e, x); } catch (...) { return counted(3); }
}
Base::~Base() {}
int Base::f() { return (int)larger(1.5, 2.5); }
thread_local int thread_word = counted(4);
Derived derived;
`;

const levels = ['-O0', '-O1', '-O2', '-O3', '-Os'];
const models = ['-fno-pic', '-fPIC', '-ffunction-sections -fdata-sections', '-masm=intel'];
const debugging = ['-g0', '-g', '-gdwarf-4', '-gdwarf-3', '-gdwarf-2'];

describe.skipIf(!hasGcc)('a program as gcc compiles it', () => {
  const source = path.join(folder, 'program.c');
  fs.writeFileSync(source, program);
  for (const level of levels) {
    for (const model of models) {
      test(`${level} ${model}`, () => {
        for (const debug of debugging) {
          const flags = [level, ...model.split(' '), debug];
          expect(isIdentical(compiled(source, flags)), debug).toBe(true);
        }
      });
    }
  }
});

const hasCxx = hasGcc && spawnSync('g++', ['--version']).status === 0;

describe.skipIf(!hasCxx)('classes, templates and exceptions as g++ compiles them', () => {
  const source = path.join(folder, 'classes.cc');
  fs.writeFileSync(source, classes);
  test.each(levels)('%s', (level) => {
    for (const model of ['-fno-pic', '-fPIC']) {
      for (const debug of ['-g0', '-g']) {
        expect(isIdentical(compiled(source, [level, model, debug])), `${model} ${debug}`).toBe(
          true,
        );
      }
    }
  });
});

const root = path.join(import.meta.dirname, '..', '..');
const include = [
  'userland/libc/include',
  'userland/command',
  'kernel/include',
  'kernel/arch/x86/include',
].map((below) => `-I${path.join(root, below)}`);

/** Sources that gcc takes with our headers alone. */
function ownSources(below: string): string[] {
  const home = path.join(root, below);
  return fs
    .readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.c'))
    .toSorted()
    .slice(0, 22)
    .map((name) => path.join(home, name))
    .filter((file) => {
      const check = [
        '-m32',
        '-w',
        '-ffreestanding',
        '-nostdinc',
        ...include,
        '-fsyntax-only',
        file,
      ];
      return spawnSync('gcc', check).status === 0;
    });
}

describe.skipIf(!hasGcc)('our own commands and kernel', () => {
  const flags = ['-ffreestanding', '-nostdinc', '-fno-pic', ...include];
  const sources = hasGcc ? [...ownSources('userland/bin'), ...ownSources('kernel')] : [];
  test('enough of them compile', () => expect(sources.length).toBeGreaterThan(20));
  test.each(['-O0', '-O2 -g'])('%s', (level) => {
    for (const file of sources) {
      const source = compiled(file, [...flags, ...level.split(' ')]);
      expect(isIdentical(source), path.basename(file)).toBe(true);
    }
  });
});
