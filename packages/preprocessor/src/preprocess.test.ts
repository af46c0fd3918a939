// What the preprocessor promises, without an oracle: macros, conditions, inclusion, markers,
// dependencies, assembly, and what it says to bad input. test/oracle/preprocessor.test.ts compares
// it with gcc.

import { latin1Text } from '@ring0/bytes';
import { formatGcc } from '@ring0/diagnostics';
import { describe, expect, test } from 'vitest';
import { preprocess } from './index.ts';
import type { PreprocessOptions, PreprocessResult } from './index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function run(
  text: string,
  files: Record<string, string> = {},
  options: Partial<PreprocessOptions> = {},
): PreprocessResult {
  const readFile = (path: string): Uint8Array | undefined =>
    path in files ? bytes(files[path]) : undefined;
  return preprocess(bytes(text), { path: 'a.c', readFile, ...options });
}

/** The text without markers; fails on any diagnostic. */
function output(
  text: string,
  files?: Record<string, string>,
  options?: Partial<PreprocessOptions>,
): string {
  const result = run(text, files, options);
  expect(result.diagnostics).toEqual([]);
  return latin1Text(result.text(false));
}

const said = (text: string, files?: Record<string, string>): string =>
  run(text, files)
    .diagnostics.map((diagnostic) => formatGcc(diagnostic))
    .join('');

describe('macros', () => {
  test('expand, paste, stringify', () => {
    expect(
      output('#define cat(a, b) a##b\n#define str(a) #a\ncat(x, 1) str( "a"  b ) cat(,) .\n'),
    ).toBe('\n\nx1 "\\"a\\" b" .\n');
  });

  test('a name met in its own expansion stays, also when it goes on as an argument', () => {
    expect(output('#define f(x) x f\n#define g(x) f(x)\nf(f)(1) g(g(2))\n')).toContain('f f(1)');
  });

  test('__LINE__ in a macro is the line of its use; __COUNTER__ counts', () => {
    expect(output('#define here __LINE__\nhere\n\nhere __COUNTER__ __COUNTER__\n')).toBe(
      '\n2\n\n4 0 1\n',
    );
  });

  test('_Pragma and #pragma pass as lines; push_macro restores', () => {
    const text =
      '#define x 1\n#pragma push_macro("x")\n#undef x\n#define x 2\nx\n#pragma pop_macro("x")\nx _Pragma("pack(1)") y\n';
    expect(output(text).replace(/\n+/g, '\n')).toBe(
      '\n#pragma push_macro("x")\n2\n#pragma pop_macro("x")\n1\n#pragma pack(1)\ny\n',
    );
  });

  test('date and time are arguments, with fixed defaults', () => {
    expect(output('__DATE__ __TIME__\n')).toBe('"Jan  1 1970" "00:00:00"\n');
    expect(output('__DATE__\n', {}, { date: 'Feb 29 2024' })).toBe('"Feb 29 2024"\n');
  });
});

describe('inclusion', () => {
  const files = {
    'inc/a.h': '#ifndef A_H\n#define A_H\nint a;\n#endif\n',
    'inc/once.h': '#pragma once\nint once;\n',
    'sys/a.h': 'int system_a;\n',
    'sys/next.h': 'int next;\n',
    'inc/next.h': '#include_next <next.h>\nint first;\n',
    'local.h': 'int local;\n',
  };
  const options = { includePaths: ['inc'], systemIncludePaths: ['sys'] };

  test('searches in order, once, and reports what it read', () => {
    const text =
      '#include "local.h"\n#include <a.h>\n#include <a.h>\n#include <once.h>\n#include <once.h>\n#include <next.h>\n';
    const result = run(text, files, options);
    expect(latin1Text(result.text(false)).replace(/\n+/g, '\n')).toBe(
      'int local;\nint a;\nint once;\nint next;\nint first;\n',
    );
    expect(result.dependencies.map(({ path }) => path)).toEqual([
      'a.c',
      'local.h',
      'inc/a.h',
      'inc/once.h',
      'inc/next.h',
      'sys/next.h',
    ]);
    expect(result.dependencies.at(-1)?.isSystem).toBe(true);
  });

  test('macros name headers', () => {
    expect(output('#define H <a.h>\n#include H\n', files, options)).toContain('int a;');
    expect(
      output('#if __has_include(<a.h>) && !__has_include("b.h")\nyes\n#endif\n', files, options),
    ).toContain('yes');
  });

  test('markers say which file and line follows', () => {
    const result = run('int x;\n#include "local.h"\n\n\n\n\n\n\n\n\n\n\n\n\nint y;\n', files);
    expect(latin1Text(result.text())).toBe(
      '# 1 "a.c"\nint x;\n# 1 "local.h" 1\nint local;\n# 3 "a.c" 2\n# 15 "a.c"\nint y;\n',
    );
  });

  test('a header that is not found ends the work with one error; recursion is bounded', () => {
    expect(said('#include <nowhere.h>\n#error not reached\n')).toBe(
      "a.c:1:10: error: 'nowhere.h' is not found\n",
    );
    expect(said('#include "local.h"\n', { 'local.h': '#include "local.h"\n' })).toContain(
      'deeper than 200',
    );
  });
});

describe('conditions', () => {
  test.each([
    ['1 ? 2 : (1/0)', true],
    ['0 && (1/0)', false],
    ['-1 > 0u', true],
    ['-1 >> 63 == -1', true],
    ['0x8000000000000000 > 0', true],
    ["'\\377' < 0", true],
    ['defined(X) && !defined Y && Z == 0', true],
    ['(2, 3) == 3', true],
    ['1 << 63 < 0', true],
  ])('#if %s', (condition, holds) => {
    expect(
      output(
        `#define X\n#if ${condition}\nyes\n#else\nno\n#endif\n`,
        {},
        { severity: () => undefined },
      ),
    ).toContain(holds ? 'yes' : 'no');
  });

  test.each([
    ['#if\n#endif\n', 'a.c:1:2: error: #if without an expression\n'],
    ['#if 1 +\n#endif\n', 'a.c:1:2: error: #if ends within an expression\n'],
    ['#if 1/0\n#endif\n', 'a.c:1:6: error: division by zero in #if\n'],
    ['#if 1.5\n#endif\n', "a.c:1:5: error: '1.5' is no integer\n"],
    ['#ifdef X\n', 'a.c:1:2: error: this #if has no #endif\n'],
    ['#endif\n', 'a.c:1:2: error: #endif without #if\n'],
    ['#if 0\n#else\n#else\n#endif\n', 'a.c:3:2: error: #else after #else\n'],
  ])('%j', (text, message) => {
    expect(said(text).split('\n').slice(0, 1).join('\n')).toBe(message.trimEnd());
  });
});

describe('bad input', () => {
  test.each([
    ['#define f(a) a\nf(1, 2)\n', "macro 'f' takes 1 arguments, 2 given"],
    ['#define f(a, b) a\nf(1)\n', "macro 'f' needs 2 arguments, 1 given"],
    ['#define f(a) a\nf(1\n', "the argument list of macro 'f' is not closed"],
    ['#define f(a) #b\n', "'#' is not followed by a macro parameter"],
    ['#define f ## a\n', "'##' stands at an end of the macro's body"],
    ['#define f(a, a) a\n', "duplicate macro parameter 'a'"],
    ['#define f(a b) a\n', "',' or ')' is missing"],
    ['#define cat(a, b) a##b\ncat(+, -)\n', "'+' ## '-' makes no token"],
    ['#define x 1\n#define x 2\n', "'x' is redefined"],
    ['#bogus\n', 'unknown directive #bogus'],
    ['#error no way\n', '#error no way'],
    ['#line x\n', '#line needs a number'],
    ['/* open\n', "expected '*/'"],
    ['#undef\n', '#undef needs a name'],
  ])('%j', (text, message) => {
    expect(said(text)).toContain(message);
  });

  test('a macro bomb is refused', () => {
    let text = '#define x0 y\n';
    for (let i = 1; i < 40; i++) text += `#define x${i} x${i - 1} x${i - 1}\n`;
    expect(said(`${text}x39\n`)).toContain('expand to more than');
  });
});

describe('assembly', () => {
  test('keeps lines, comments and lone quotes; macros and conditions work', () => {
    const text =
      '#define N 3\n# a comment, it\'s fine\n  movl $N, %eax # don\'t\n#ifdef __ASSEMBLER__\n  nop\n#endif\n  .ascii "x"\n';
    expect(output(text, {}, { isAssembly: true, path: 'a.S' })).toBe(
      '\n# a comment, it\'s fine\n movl $3, %eax # don\'t\n\n nop\n\n .ascii "x"\n',
    );
  });
});

test('what -E printed reads as itself', () => {
  const first = run('#include "h.h"\nint x = __LINE__;\n', { 'h.h': 'int h;\n' });
  const again = run(latin1Text(first.text()), {}, { isPreprocessed: true, path: 'a.i' });
  expect(again.diagnostics).toEqual([]);
  expect(latin1Text(again.text(false))).toContain('int h;');
  expect(latin1Text(again.text())).toContain('# 2 "a.c"');
});

test('definitions of the command line, in order', () => {
  const macros = [
    { kind: 'define' as const, text: 'A' },
    { kind: 'define' as const, text: 'B=2 + 3' },
    { kind: 'define' as const, text: 'F(x)=x x' },
    { kind: 'undefine' as const, text: 'A' },
  ];
  expect(output('A B F(1)\n', {}, { macros })).toBe('A 2 + 3 1 1\n');
  const text = run('', {}, { macros }).macroText();
  expect(text).toContain('#define F(x) x x\n');
  expect(text).toContain('#define __i386__ 1\n');
});

test('#line and line markers move what is said about the text behind them', () => {
  expect(said('#error a\n#line 40 "x.y"\n#error b\n\n#error c\n# 7\n#error d\n')).toBe(
    'a.c:1:2: error: #error a\nx.y:40:2: error: #error b\nx.y:42:2: error: #error c\nx.y:7:2: error: #error d\n',
  );
});

describe('macro bombs', () => {
  const doubling = Array.from({ length: 40 }, (_, i) => `#define d${i + 1} d${i} d${i}\n`).join('');
  test.each([
    ['names that double', `#define d0 x\n${doubling}d40\n`],
    ['arguments that double', `#define f(x) x x\n${'f('.repeat(40)}1${')'.repeat(40)}\n`],
    [
      'calls within arguments',
      `#define f(x) x\n${'f('.repeat(3000)}${'1 '.repeat(3000)}${')'.repeat(3000)}\n`,
    ],
    [
      'strings that double',
      `#define s(x) #x\n#define t(x) s(x x)\n${'t('.repeat(40)}"${')'.repeat(40)}\n`,
    ],
    [
      'names pasted to themselves',
      `#define j(a, b) a##b\n#define t(x) u(x, x)\n#define u(a, b) j(a, b)\n${'t('.repeat(40)}x${')'.repeat(40)}\n`,
    ],
    ['a long string many times', `#define d0 "${'x'.repeat(100_000)}"\n${doubling}d40\n`],
  ])('%s end with a message', (_, text) => {
    const { hasErrors, isComplete } = run(text);
    expect(hasErrors).toBe(true);
    expect(isComplete).toBe(false);
  });
});
