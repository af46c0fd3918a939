// Against GNU as 2.40: what gcc writes at five levels, in three models of code, with and without
// debugging information, for a small program that uses much of C and for the sources of a Debian
// package; and that both accept and refuse the same statements.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemble } from '@ring0/assembler';
import { utf8Bytes } from '@ring0/bytes';
import { formatText } from '@ring0/diagnostics';
import { writeElf } from '@ring0/elf';
import { afterAll, describe, expect, test } from 'vitest';
import { describeObject } from '../assembler/describe.ts';
import { debianSource } from '../debian-source.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-as-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function has(program: string): boolean {
  const isThere = spawnSync(program, ['--version']).status === 0;
  if (!isThere) process.stderr.write(`skipped: ${program} is not installed\n`);
  return isThere;
}

const hasAs = has('as');
const hasGcc = hasAs && has('gcc');

/** GNU as's object for a source file; undefined where it refuses. */
function gnuObject(source: string): Uint8Array | undefined {
  const output = path.join(folder, 'want.o');
  const run = spawnSync('as', ['--32', source, '-o', output]);
  return run.status === 0 ? new Uint8Array(fs.readFileSync(output)) : undefined;
}

function expectEqual(source: string): void {
  const want = gnuObject(source);
  expect(want, 'GNU as refuses the source').toBeDefined();
  const { object, diagnostics } = assemble(new Uint8Array(fs.readFileSync(source)), {
    path: source,
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors.slice(0, 5).map((diagnostic) => formatText(diagnostic))).toEqual([]);
  if (!want || !object) throw new Error('no object');
  const got = writeElf(object);
  if (Buffer.from(want).equals(got)) return;
  expect(describeObject(got)).toBe(describeObject(want));
}

function compile(source: string, flags: readonly string[], name: string): string {
  const output = path.join(folder, `${name}.s`);
  const base = ['-m32', '-march=i686', '-w', '-S', source, '-o', output];
  const run = spawnSync('gcc', [...flags, ...base], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  return output;
}

const levels = ['-O0', '-O1', '-O2', '-O3', '-Os'];
const models = ['-fno-pic', '-fPIE', '-fPIC'];

const program = String.raw`
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
struct record { int a; char text[10]; double d; };
static int counter; int common_word; static char buffer[100];
__thread int thread_word = 4; static __thread int thread_local_word;
const char *names[] = { "one", "two", "three" };
int __attribute__((weak)) weak(int x) { return x * 3; }
extern int external(int), external_word;
int __attribute__((visibility("hidden"))) hidden(int a) { return a + external_word; }
double mix(double a, float b, long double c) { return a * b + c / 3.0L - (int)a; }
unsigned long long wide(unsigned long long a, long long b) { return a / 7 + (a >> 3) * b % 10; }
int choose(int x) {
  switch (x) {
  case 0: return external(1);
  case 1: return 5;
  case 2: return weak(3);
  case 3: return 11;
  case 4: return 17;
  case 5: return x * 99;
  default: return -1;
  }
}
void copy(struct record *to, const struct record *from) {
  *to = *from; memcpy(buffer, from, sizeof *from); memset(buffer + 3, 0, 37);
}
int variadic(const char *format, ...) {
  va_list list; va_start(list, format);
  int sum = va_arg(list, int) + (int)va_arg(list, double);
  va_end(list); return sum;
}
static int square(int x) { return x * x; }
int (*pointer)(int) = weak; static int (*const table[])(int) = { square, choose, external };
int call(int i, int j) { return table[i](j); }
int alias(int) __attribute__((alias("choose")));
__attribute__((constructor)) static void begin(void) { counter = 1; }
__attribute__((cold, noinline)) static void fail(const char *text) { puts(text); }
int main(int argc, char **argv) {
  counter++; thread_word += thread_local_word++; common_word = square(argc);
  for (int i = 0; i < 3; i++) printf("%s %d %s\n", names[i], choose(i), argv[0]);
  if (argc > 7) fail("many");
  void *places[] = { &&first, &&second };
  goto *places[argc & 1];
first: return hidden(variadic("x", argc, 2.5)) + (int)mix(argc, 2.5f, 1.25L);
second: return (int)wide(argc, 3);
}
`;

describe.skipIf(!hasGcc)('a program as gcc compiles it', () => {
  for (const level of levels) {
    for (const model of models) {
      for (const debug of ['-g0', '-g', '-gdwarf-4']) {
        test(`${level} ${model} ${debug}`, () => {
          const source = path.join(folder, 'program.c');
          fs.writeFileSync(source, program);
          expectEqual(compile(source, [level, model, debug], 'program'));
        });
      }
    }
  }
});

function cFiles(home: string): string[] {
  return fs
    .readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\/src\/l\w+\.c$/.test(`/${file}`))
    .map((file) => path.join(home, file))
    .toSorted();
}

const lua = hasGcc ? debianSource('lua5.4') : undefined;
if (hasGcc && !lua) process.stderr.write('skipped: the source of lua5.4 cannot be fetched\n');
const luaFiles = lua ? cFiles(lua) : [];

describe.skipIf(luaFiles.length === 0)('Lua as gcc compiles it', () => {
  test('its sources are there', () => expect(luaFiles.length).toBeGreaterThan(30));
  for (const level of levels) {
    for (const model of models) {
      test(`${level} ${model}`, () => {
        for (const file of luaFiles) expectEqual(compile(file, [level, model], 'lua'));
      });
    }
  }
});

const statements = fs
  .readFileSync(path.join(import.meta.dirname, '..', 'assembler', 'statements.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '');

test.skipIf(!hasAs).each(statements)('both accept or both refuse: %s', (line) => {
  const text = `${line.replaceAll(String.raw`\n`, '\n')}\n`;
  const source = path.join(folder, 'statement.s');
  fs.writeFileSync(source, text);
  const isAccepted = gnuObject(source) !== undefined;
  const { object } = assemble(utf8Bytes(text), { path: source });
  expect(object !== undefined).toBe(isAccepted);
});
