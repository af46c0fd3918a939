// The preprocessor against gcc -E: equal token streams for glibc's headers, for macro corner cases,
// and for random macro programs; equal dependency rules.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DiagnosticList, SourceFile } from '@ring0/diagnostics';
import { Atoms, TokenList, preprocess, scan } from '@ring0/preprocessor';
import { afterAll, describe, expect, test } from 'vitest';

const hasGcc = spawnSync('gcc', ['-m32', '-E', '-x', 'c', '-'], { input: '' }).status === 0;
if (!hasGcc) console.log('skipped: gcc -m32 is not installed');

const directory = mkdtempSync(path.join(tmpdir(), 'ring0-cpp-'));
afterAll(() => rmSync(directory, { recursive: true }));

const systemIncludePaths = hasGcc
  ? String(spawnSync('gcc', ['-m32', '-E', '-v', '-x', 'c', '/dev/null']).stderr)
      .replace(/[^]*search starts here:\n#include <...>[^\n]*\n/, '')
      .split('\n')
      .filter((line) => line.startsWith(' /'))
      .map((line) => line.trim())
  : [];

const readFile = (name: string): Uint8Array | undefined =>
  existsSync(name) ? new Uint8Array(readFileSync(name)) : undefined;

/** The spellings of a text's tokens: spacing and line markers aside, what a compiler would read. */
function words(bytes: Uint8Array): string[] {
  const atoms = new Atoms();
  const list = new TokenList([], 1024);
  scan(new SourceFile('text', bytes), atoms, list, 0, new DiagnosticList());
  return Array.from({ length: list.length }, (_, at) => atoms.text(list.atom[at]));
}

/** Both preprocessors on one source; ours are told to look like gcc where we differ on purpose. */
function both(text: string, name = 'case.c'): { ours: string[]; theirs: string[] } {
  const file = path.join(directory, name);
  writeFileSync(file, text);
  const macros = [{ kind: 'undefine' as const, text: '__STDC_NO_VLA__' }];
  const result = preprocess(new Uint8Array(readFileSync(file)), {
    path: file,
    readFile,
    systemIncludePaths,
    macros,
  });
  const flags = ['-m32', '-march=i686', '-mno-sse', '-fno-pie', '-E', '-P', file];
  const gcc = spawnSync('gcc', flags, { maxBuffer: 1 << 28 });
  expect(String(gcc.stderr)).not.toContain('error');
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { ours: words(result.text(false)), theirs: words(new Uint8Array(gcc.stdout)) };
}

const headers =
  `assert complex ctype dirent errno fcntl float inttypes limits locale math netdb poll pthread
  regex setjmp signal stdarg stdbool stddef stdint stdio stdlib string sys/mman sys/socket sys/stat sys/types
  sys/wait termios tgmath time unistd wchar wctype`.split(/\s+/);

describe.skipIf(!hasGcc)('gcc -E reads the same tokens from', () => {
  test.each(headers)('<%s.h>', (header) => {
    const { ours, theirs } = both(`#define _GNU_SOURCE\n#include <${header}.h>\n`);
    expect(ours).toEqual(theirs);
    expect(ours.length).toBeGreaterThan(0);
  });

  test('all of them in one unit, guards and all', () => {
    const all = headers.map((header) => `#include <${header}.h>\n`).join('');
    const { ours, theirs } = both(all + all);
    expect(ours).toEqual(theirs);
  });
});

const cases: Record<string, string> = {
  'the example of C11 6.10.3.5p5': `#define x 3
#define f(a) f(x * (a))
#undef x
#define x 2
#define g f
#define z z[0]
#define h g(~
#define m(a) a(w)
#define w 0,1
#define t(a) a
#define p() int
#define q(x) x
#define r(x,y) x ## y
#define str(x) # x
f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
g(x+(3,4)-w) | h 5) & m
(f)^m(m);
p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
char c[2][6] = { str(hello), str() };`,
  'hash_hash, 6.10.3.3p4': `#define hash_hash # ## #
#define mkstr(a) # a
#define in_between(a) mkstr(a)
#define join(c, d) in_between(c hash_hash d)
char p[] = join(x, y);`,
  'variable arguments and the comma before them': `#define a(f, ...) p(f, ##__VA_ARGS__)
#define b(args...) p(args)
#define c(x, ...) p(x __VA_OPT__(,) __VA_ARGS__)
#define d(...) p(0, ##__VA_ARGS__)
#define e(x, rest...) p(x, ## rest)
a("1") a("1",) a("1", 2) a("1", 2, 3) b() b(1) b(1, 2) c(1) c(1,) c(1, 2)
d() d(1) d(1,2) e(1) e(1,) e(1,2,3)`,
  'busy macros stay busy': `#define AA BB
#define BB AA
#define foo() bar
#define NIL(x) x
#define G_0(arg) NIL(G_1)(arg)
#define G_1(arg) NIL(arg)
#define f(x) x f
#define EMPTY
#define DEFER(id) id EMPTY
#define EXPAND(...) __VA_ARGS__
#define A() 123
AA BB foo()() foo
() G_0(42) f(1)(2)(3) DEFER(A)() EXPAND(DEFER(A)())`,
  'spacing reaches only strings': `#define s(a) # a
#define xs(a) s(a)
#define id(a) [a] [ a ] <a>
id( q  r ) s( a   b  "c  d" 'e"' \\n ) s("\\n" '\\\\') xs(id(x)) xs(id( x )) s(
 two
 lines )`,
  'lines and counters': `#define l(x) x __LINE__
__LINE__ __COUNTER__ l(a
 b
 __LINE__
 ) __LINE__ __COUNTER__
#line 100 "other.c"
__LINE__ __FILE__ __INCLUDE_LEVEL__
# 7
__LINE__`,
  conditions: `#define V 4
#if V == 4 && (V << 2) == 16 && -1 > 0u && 'a' == 97 && (2 || (1 / 0)) && ~0 == -1 && 0x7fffffffffffffff + 1u > 0
1
#elif 1
2
#endif
#if defined V && !defined(W) && W == 0 && (1 ? 2 : (1 / 0)) && (0 ? 1 : 0, 3)
3
#endif
#define D defined(V)
#if D
4
#endif
#if 0
it's "here
#if 1
#else
#endif
#elif V - 4
5
#else
6
#endif
#if __has_include(<stdio.h>) && !__has_include("nowhere.h")
7
#endif
#ifndef V
#elif 18446744073709551615u == -1
#endif
#if '\\377' < 0 && L'\\377' > 0 && 'ab' == 24930
8
#endif`,
  pasting: `#define c2(a,b) a##b
#define c3(a,b,c) a##b##c
c3(1e,+,5) c3(L,"x",) c3(-,>,) c3(,,) c2(<,<=) c2(.,5) c2(x,1) c2(,y) c3(a,,b) c2(%:,%:) c2(u8,"s")`,
  'splices and comments': `#def\\
ine ab\\
c 1
abc a/**/b a\\
b "str\\
ing" // comment \\
still
/* // */ x`,
};

describe.skipIf(!hasGcc)('gcc -E agrees on', () => {
  test.each(Object.entries(cases))('%s', (_, text) => {
    const { ours, theirs } = both(`${text}\n`);
    expect(ours).toEqual(theirs);
  });
});

/** A deterministic generator of macro programs. */
function randomProgram(seed: number): string {
  let state = seed * 2654435761 + 1;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  };
  const names = ['A', 'B', 'C', 'D', 'E', 'F'];
  const text = (depth: number, parameters: readonly string[]): string => {
    const parts: string[] = [];
    for (let i = next(depth === 0 ? 4 : 2); i >= 0; i--) {
      const name = names[next(names.length)];
      const choice = next(8);
      if (choice < 2 && parameters.length > 0) parts.push(parameters[next(parameters.length)]);
      else if (choice === 2 && depth < 2) {
        parts.push(`${name}(${text(depth + 1, parameters)},${text(depth + 1, parameters)})`);
      } else if (choice === 3) parts.push(name);
      else parts.push(['1', 'x', '+', '(y)', '"s"', '-'][next(6)]);
    }
    return parts.join(next(3) === 0 ? '' : ' ');
  };
  const lines = names.map((name) => {
    const kind = next(4);
    if (kind === 0) return `#define ${name} ${text(0, [])}`;
    if (kind === 1) return `#define ${name}(p, q) ${text(0, ['p', 'q', '#p', 'p ## q', 'q'])}`;
    if (kind === 2)
      return `#define ${name}(p, ...) ${text(0, ['p', '__VA_ARGS__', '#__VA_ARGS__'])}`;
    return `#define ${name}(p, r...) ${text(0, ['p', ', ## r', '#r'])}`;
  });
  for (let i = 0; i < 8; i++) lines.push(`${text(0, [])};`);
  return `${lines.join('\n')}\n`;
}

describe.skipIf(!hasGcc)('gcc -E agrees on random macros', () => {
  test.each(Array.from({ length: 60 }, (_, i) => i))('seed %i', (seed) => {
    const text = randomProgram(seed);
    const file = path.join(directory, 'random.c');
    writeFileSync(file, text);
    const gcc = spawnSync('gcc', ['-m32', '-fno-pie', '-E', '-P', file]);
    const ours = preprocess(new TextEncoder().encode(text), { path: file, readFile });
    // Programs that gcc refuses (a paste that makes no token, an open call) must be refused here
    // too.
    expect({ seed, hasErrors: ours.hasErrors }).toEqual({ seed, hasErrors: gcc.status !== 0 });
    if (gcc.status === 0)
      expect(words(ours.text(false))).toEqual(words(new Uint8Array(gcc.stdout)));
  });
});

test.skipIf(!hasGcc)('the predefined macros of gcc that we have are equal', () => {
  const flags = [
    '-m32',
    '-march=i686',
    '-mno-sse',
    '-fno-pie',
    '-dM',
    '-E',
    '-x',
    'c',
    '/dev/null',
  ];
  const rows = (text: string): Map<string, string> =>
    new Map(
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => [line.split(' ')[1], line] as const),
    );
  const theirs = rows(String(spawnSync('gcc', flags).stdout));
  const own = preprocess(new Uint8Array(), { path: 'x.c', readFile });
  const ours = rows(own.macroText());
  const own2 = /^__STDC_NO_|^__VERSION__/;
  for (const [name, line] of ours) if (!own2.test(name)) expect(line).toBe(theirs.get(name));
  const missing = [...theirs.keys()].filter((name) => !ours.has(name));
  expect(
    missing.filter(
      (name) =>
        !/SSE|MMX|DEC|FLT16|BFLT|SEG|CET|STDC|COMPLEX|_STDC_PREDEF_H|__tune|__k8|__FXSR/.test(name),
    ),
  ).toEqual([]);
});

test.skipIf(!hasGcc)('-E text with its line markers preprocesses to itself', () => {
  const file = path.join(directory, 'markers.c');
  writeFileSync(
    file,
    '#include <stdio.h>\n\n\n\nint a;\n#define E\nE int b; E\n\n\n\n\n\n\n\n\n\n\n\nint c;\n',
  );
  const options = { path: file, readFile, systemIncludePaths };
  const text = preprocess(new Uint8Array(readFileSync(file)), options).text();
  const again = preprocess(text, { ...options, path: 'x.i', isPreprocessed: true });
  expect(words(again.text(false))).toEqual(
    words(preprocess(new Uint8Array(readFileSync(file)), options).text(false)),
  );
});
