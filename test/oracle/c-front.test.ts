// The C front end against gcc -m32: layouts of random structs, folded constants, and csmith
// programs through the whole compiler. Everything is compared as bytes of objects or as output of
// programs.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compile } from '@ring0/compiler';
import type { CompileOptions } from '@ring0/compiler';
import { formatText } from '@ring0/diagnostics';
import { readElf } from '@ring0/elf';
import { afterAll, describe, expect, test } from 'vitest';

const works = (command: string, args: readonly string[]): boolean =>
  // csmith leaves a file where it runs
  spawnSync(command, args, { input: '', cwd: tmpdir() }).status === 0;
const hasGcc = works('gcc', ['-m32', '-E', '-x', 'c', '-']);
const hasCsmith = hasGcc && works('csmith', ['--version']) && existsSync('/usr/include/csmith');
if (!hasGcc) console.log('skipped: gcc -m32 is not installed');
else if (!hasCsmith) console.log('partly skipped: csmith is not installed');

const directory = mkdtempSync(path.join(tmpdir(), 'ring0-front-'));
afterAll(() => rmSync(directory, { recursive: true }));

const readFile = (name: string): Uint8Array | undefined =>
  existsSync(name) ? new Uint8Array(readFileSync(name)) : undefined;

/** The bytes of every variable of an object, by name. */
function variables(object: Uint8Array): Map<string, string> {
  const { file } = readElf(object, 'probe.o');
  const result = new Map<string, string>();
  for (const symbol of file?.symbols ?? []) {
    const { section, name, value, size } = symbol;
    if (typeof section === 'string' || symbol.type !== 1) continue;
    const at = Number(value);
    const bytes =
      section.type === 8
        ? new Uint8Array(Number(size))
        : section.data.subarray(at, at + Number(size));
    result.set(name, Buffer.from(bytes).toString('hex'));
  }
  return result;
}

function ours(text: string, options: Partial<CompileOptions> = {}): Uint8Array {
  const source = new TextEncoder().encode(text);
  const result = compile(source, { path: 'probe.c', readFile, warnings: ['-w'], ...options });
  const said = result.diagnostics.map((diagnostic) => formatText(diagnostic)).join('');
  expect(said).toBe('');
  return result.output ?? new Uint8Array();
}

function theirs(text: string): Uint8Array {
  const source = path.join(directory, 'probe.c');
  const object = path.join(directory, 'probe.o');
  writeFileSync(source, text);
  const flags = ['-m32', '-w', '-fno-pie', '-c', source, '-o', object];
  const gcc = spawnSync('gcc', flags);
  expect(gcc.status, String(gcc.stderr)).toBe(0);
  return new Uint8Array(readFileSync(object));
}

function expectSame(text: string): void {
  const expected = variables(theirs(text));
  const actual = variables(ours(text));
  expect(expected.size).toBeGreaterThan(0);
  for (const [name, bytes] of expected) {
    // Literals have names of their own; addresses in sections depend on what else lies there.
    if (name.startsWith('__compound_literal') || name.startsWith('ref_')) continue;
    expect({ name, bytes: actual.get(name) }, text).toEqual({ name, bytes });
  }
}

/** Numbers that depend on the seed alone. */
function generator(seed: number): (limit: number) => number {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * limit);
  };
}

const scalars = [
  'char',
  'short',
  'int',
  'unsigned',
  'long long',
  'float',
  'double',
  'long double',
  'void *',
  '_Bool',
];
const bitTypes = [
  'char',
  'unsigned char',
  'short',
  'unsigned short',
  'int',
  'unsigned',
  'long long',
  'unsigned long long',
  '_Bool',
];
const bitMax: Record<string, number> = {
  char: 8,
  'unsigned char': 8,
  short: 16,
  'unsigned short': 16,
  int: 32,
  unsigned: 32,
  _Bool: 1,
};

interface Shape {
  readonly text: string;
  readonly plain: readonly string[];
  readonly bits: readonly string[];
}

/**
 * A random struct or union: members with bit-fields, arrays, nesting, packed, aligned and #pragma
 * pack.
 */
function shape(next: (limit: number) => number, name: string, depth: number): Shape {
  const lines: string[] = [];
  const plain: string[] = [];
  const bits: string[] = [];
  const one = (of: readonly string[]): string => of[next(of.length)];
  const aligned = (): string => (next(9) === 0 ? ` __attribute__((aligned(${2 ** next(5)})))` : '');
  const packed = (): string => (next(12) === 0 ? ' __attribute__((packed))' : '');
  for (let i = next(7) + 1; i > 0; i--) {
    const field = `${name}_${i}`;
    const choice = next(10);
    if (choice < 4) {
      const type = one(bitTypes);
      const width = next((bitMax[type] ?? 64) + 1);
      if (width === 0) lines.push(`${type} : 0;`);
      else if (next(8) === 0) lines.push(`${type} : ${width};`);
      else {
        lines.push(`${type} ${field} : ${width}${packed()}${aligned()};`);
        bits.push(field);
      }
    } else if (choice === 4 && depth < 2) {
      const inner = shape(next, field, depth + 1);
      if (next(2) === 0) {
        lines.push(`${inner.text} ${field};`);
        plain.push(field);
      } else {
        lines.push(`${inner.text};`);
        plain.push(...inner.plain);
        bits.push(...inner.bits);
      }
    } else {
      const array = next(4) === 0 ? `[${next(4)}]` : '';
      lines.push(`${one(scalars)} ${field}${array}${packed()}${aligned()};`);
      plain.push(field);
    }
  }
  const kind = next(5) === 0 ? 'union' : 'struct';
  const attributes = `${next(5) === 0 ? ' __attribute__((packed))' : ''}${aligned()}`;
  return { text: `${kind} { ${lines.join(' ')} }${attributes}`, plain, bits };
}

describe.skipIf(!hasGcc)('struct layout is that of gcc', () => {
  test.each(Array.from({ length: 40 }, (_, i) => i))('20 structs, seed %i', (seed) => {
    const next = generator(seed);
    const lines: string[] = [];
    for (let i = 0; i < 20; i++) {
      const { text, plain, bits } = shape(next, `m${i}`, 0);
      const pack = next(6) === 0 ? 2 ** next(4) : 0;
      if (pack > 0) lines.push(`#pragma pack(push, ${pack})`);
      lines.push(`typedef ${text} T${i};`);
      if (pack > 0) lines.push('#pragma pack(pop)');
      const offsets = plain.map((field) => `, __builtin_offsetof(T${i}, ${field})`);
      lines.push(
        `unsigned v${i}[] = { 1, sizeof(T${i}), __alignof__(T${i}), _Alignof(T${i})${offsets.join('')} };`,
      );
      // A field of all ones shows where its bits lie.
      for (const field of bits) lines.push(`T${i} o_${field} = { .${field} = -1 };`);
    }
    expectSame(lines.join('\n'));
  });
});

const suffixes = ['', 'u', 'l', 'ul', 'll', 'ull'];
const integerTypes = [
  'char',
  'signed char',
  'unsigned char',
  'short',
  'unsigned short',
  'int',
  'unsigned',
  'long',
  'unsigned long',
  'long long',
  'unsigned long long',
  '_Bool',
];
const floatTypes = ['float', 'double', 'long double'];

/** A constant expression without division by zero and without oversized shifts. */
function constant(next: (limit: number) => number, depth: number): string {
  const one = (of: readonly string[]): string => of[next(of.length)];
  const leaf = (): string => {
    const digits =
      next(3) === 0 ? next(10) : next(3) === 0 ? 2 ** next(33) - next(3) : next(4294967296);
    const text =
      next(2) === 0 ? String(Math.max(0, digits)) : `0x${Math.max(0, digits).toString(16)}`;
    return next(6) === 0 ? `'${one(['a', '\\0', '\\377', '\\n'])}'` : text + one(suffixes);
  };
  if (depth <= 0) return leaf();
  const inner = (): string => constant(next, depth - 1);
  switch (next(12)) {
    case 0:
      return `((${one(integerTypes)})${inner()})`;
    case 1:
      return `(${one(['-', '~', '!', '+'])}${inner()})`;
    case 2:
      return `(${inner()} ? ${inner()} : ${inner()})`;
    case 3:
      return `(${inner()} ${one(['/', '%'])} ${next(1000) + 1}${one(suffixes)})`;
    case 4:
      return `(${inner()} ${one(['<<', '>>'])} ${next(8)})`;
    case 5:
      return `(${inner()} ${one(['<', '>', '<=', '>=', '==', '!=', '&&', '||'])} ${inner()})`;
    case 6:
      return `sizeof(${inner()})`;
    default:
      return `(${inner()} ${one(['+', '-', '*', '&', '|', '^'])} ${inner()})`;
  }
}

function decimal(next: (limit: number) => number): string {
  const digits = (count: number): string => Array.from({ length: count }, () => next(10)).join('');
  if (next(4) === 0) {
    return `0x${(next(65536) + 1).toString(16)}.${next(65536).toString(16)}p${next(80) - 40}`;
  }
  const exponents = [0, next(30) - 15, next(600) - 300, -324 + next(20), 300 + next(9)];
  return `${digits(1 + next(19))}.${digits(1 + next(25))}e${exponents[next(5)]}`;
}

describe.skipIf(!hasGcc)('constants fold as gcc folds them', () => {
  test.each(Array.from({ length: 20 }, (_, i) => i))('integers, seed %i', (seed) => {
    const next = generator(seed + 1000);
    const lines: string[] = [];
    for (let i = 0; i < 40; i++) {
      const type = integerTypes[next(integerTypes.length)];
      lines.push(`${type} v${i} = ${constant(next, 1 + next(4))};`);
      lines.push(`unsigned s${i} = sizeof(${constant(next, 2)}) + 1;`);
    }
    expectSame(lines.join('\n'));
  });

  test.each(Array.from({ length: 20 }, (_, i) => i))('floating point, seed %i', (seed) => {
    const next = generator(seed + 2000);
    const lines: string[] = [];
    for (let i = 0; i < 30; i++) {
      const type = floatTypes[next(3)];
      const suffix = ['', 'f', 'L'][next(3)];
      lines.push(`${type} v${i} = ${decimal(next)}${suffix};`);
      const operand = (): string =>
        `(${floatTypes[next(3)]})${next(2) ? decimal(next) : next(100000)}`;
      lines.push(`${type} a${i} = ${operand()} ${['+', '-', '*', '/'][next(4)]} ${operand()};`);
      lines.push(`int c${i} = 1 + (${operand()} < ${operand()});`);
      lines.push(
        `long long t${i} = (long long)(${next(1000000)}.${next(1000)} * ${next(1000)}) + 1;`,
      );
      lines.push(`${type} w${i} = (${integerTypes[next(11)]})${next(1000000)} * 1.5${suffix};`);
    }
    expectSame(lines.join('\n'));
  });

  test('numbers at the edges of the formats', () => {
    const edges = [
      '1.7976931348623157e308',
      '1.7976931348623159e308',
      '4.9406564584124654e-324',
      '2.4703282292062327e-324',
      '2.4703282292062328e-324',
      '2.2250738585072011e-308',
      '1.40129846432481707e-45',
      '3.4028235677973366e38',
      '3.40282346638528859e38',
      '0.0',
      '1e-400',
      '9007199254740993.0',
      '0x1.fffffffffffff8p0',
      '0x1.fffffffffffff7p0',
      '0x1p-1074',
      '0x1.8p-1075',
      '1e4932',
      '3.3621031431120935063e-4932',
      '1.e-4951',
      '1.8e-4951',
    ];
    const lines = edges.flatMap((text, i) => [
      `double d${i} = ${text};`,
      `float f${i} = ${text}f;`,
      `long double l${i} = ${text}L;`,
      `float g${i} = ${text};`,
    ]);
    expectSame(lines.join('\n'));
  });
});

describe.skipIf(!hasGcc)('initialisers lie where gcc puts them', () => {
  test('designators, elision, strings, unions, ranges, flexible arrays', () => {
    expectSame(`
struct p { int x, y; }; struct q { struct p a[2]; char s[6]; union { int i; double d; } u; };
struct p a1[] = { 1, 2, { 3 }, [4].y = 5, 6, 7 };
struct q b1 = { 1, 2, 3, 4, "hello", { .d = 2.5 } };
struct q b2 = { { { 1 }, { .y = 2 } }, { 'a', [3] = 'b', 'c' }, 7 };
struct q b3 = { .a[1].y = 9, "abc", .u.i = 3, .a[0] = { 4, 5 } };
int r1[] = { [2 ... 5] = 7, [0] = 1, 8 };
char c1[] = "a\\x41\\101\\0z", c2[3] = "abc", c3[] = { "braced" }, c4[2][4] = { "ab", "cd" };
__extension__ struct f { int n; char t[]; } f1 = { 3, "xyz" };
struct { int a : 3, b : 7; unsigned c : 20; long long d : 40; } bits = { -1, 55, 0xabcde, 0x123456789all };
struct { struct { int m, n; }; int o; } an = { .n = 4, 5 };
long w1[] = L"wide \\u20ac"; unsigned short w2[] = u"\\U0001F600"; unsigned w3[] = U"x";
struct p *ptr = &a1[2]; int *ip = &b1.a[1].y; char *ref_cp = "str" + 1; int diff = (char *)&b1.u - (char *)&b1;
struct p cl = (struct p){ 8, 9 }; int *ref_ca = (int[]){ 1, 2, 3 };
int (*fn)(void) = 0; extern int ext; int *ep = &ext + 2; long ad = (long)&ext;
_Bool t = 0.5, z = (void *)0, nz = &ext != 0;
enum e { A, B = 5, C, D = -3, E } en = E; enum big { BIG = 0xffffffff } eb = BIG;
double arr[2][2] = { { 1 }, 2, 3 }; struct { char c; double d; } mix[2] = { 1, 2, 3, 4 };
`);
  });
});

const systemIncludePaths = [
  '/usr/include/csmith',
  ...(hasGcc
    ? String(spawnSync('gcc', ['-m32', '-E', '-v', '-x', 'c', '/dev/null']).stderr)
        .replace(/[^]*search starts here:\n#include <...>[^\n]*\n/, '')
        .split('\n')
        .filter((line) => line.startsWith(' /'))
        .map((line) => line.trim())
    : []),
];

describe.skipIf(!hasCsmith)('csmith programs print what gcc makes them print', () => {
  test.each(Array.from({ length: 12 }, (_, i) => i + 500))('seed %i', (seed) => {
    const source = path.join(directory, `c${seed}.c`);
    const run = (program: string): string => {
      const { stdout, status, signal } = spawnSync(program, [], { timeout: 5000 });
      return signal ? 'endless' : `${String(stdout)}status ${status}`;
    };
    const text = String(spawnSync('csmith', ['--seed', String(seed)], { cwd: directory }).stdout);
    writeFileSync(source, text);
    const reference = path.join(directory, `r${seed}`);
    spawnSync('gcc', ['-m32', '-O1', '-w', '-I/usr/include/csmith', source, '-o', reference]);
    const expected = run(reference);
    if (expected === 'endless') return;
    for (const optimize of [0, 1] as const) {
      const object = path.join(directory, `o${seed}.o`);
      writeFileSync(object, ours(text, { path: source, systemIncludePaths, optimize }));
      const program = path.join(directory, `x${seed}`);
      const linked = spawnSync('gcc', ['-m32', '-no-pie', object, '-o', program]);
      expect(linked.status, String(linked.stderr)).toBe(0);
      expect({ optimize, output: run(program) }).toEqual({ optimize, output: expected });
    }
  });
});
