// Macros, repetitions, conditions and repairs: what they give, and how mistakes in them are told.

import { latin1Bytes } from '@ring0/bytes';
import { formatText } from '@ring0/diagnostics';
import { expect, test } from 'vitest';
import { assemble } from '../index.ts';
import type { AssembleOptions } from '../index.ts';

function run(text: string, options: AssembleOptions = {}) {
  return assemble(latin1Bytes(text), { path: 'a.s', ...options });
}

/** What `.print` said; anything else that was said is a failure. */
function printed(text: string, options: AssembleOptions = {}): readonly string[] {
  const { diagnostics, printed: lines } = run(text, options);
  expect(diagnostics.map((each) => formatText(each))).toEqual([]);
  return lines;
}

function messages(text: string): string[] {
  return run(text).diagnostics.map(({ severity, message, span }) => {
    const line = span?.file.position(span.start).line;
    return `${line} ${severity}: ${message}`;
  });
}

const show = '.macro m a b=9 c:vararg\n.print "\\a|\\b|\\c"\n.endm\n';

test.each([
  ['m 1 2 3 4', '1|2|3 4'],
  ['m 1,2,3,4', '1|2|3,4'],
  ['m 1 , 2', '1|2|'],
  ['m 1', '1|9|'],
  ['m ,2', '|2|'],
  ['m b=1,a=2', '2|1|'],
  ['m 1 + 1', '1+1|9|'],
  ['m 1 -1', '1|-1|'],
  ['m %ebx 4(%eax)', '%ebx|4(%eax)|'],
  ['m 4(%eax) %ebx', '4(%eax)%ebx|9|'],
  ['m (1 + 1) 2', '(1+1)2|9|'],
  ['m "x y" z', 'x y|z|'],
  ["m 'a' 5", '975|9|'],
  ['m a /* c */ b', 'ab|9|'],
  ['m a # b', 'a|9|'],
])('%s: its arguments', (use, want) => {
  expect(printed(`${show}${use}\n`)).toEqual([want]);
});

test.each([
  ['m <a b>, <c, d>', 'a b|c,d|'],
  ['m <a!>b>, <<x>>', 'a>b|<x>|'],
  ['m %1+2*3,%-1', '7|-1|'],
  ['m a<b c>', 'a|b c|'],
])('.altmacro: %s', (use, want) => {
  expect(printed(`.altmacro\n.macro m a b=9 c\n.print "a|b|c"\n.endm\n${use}\n`)).toEqual([want]);
});

test('.altmacro: names without a backslash, & between them, LOCAL', () => {
  const text = '.altmacro\n.macro m a\nLOCAL x\n.print "a xa x&a &a q&a&q x"\n.endm\nm z\nm y\n';
  expect(printed(text)).toEqual(['z xa .LL0001z z qzq .LL0001', 'y xa .LL0002y y qyq .LL0002']);
});

test('\\@ counts all macros; \\+ counts the uses of one from 2.42 on', () => {
  const text = '.macro m\n.print "\\@\\+"\n.endm\n.macro n\n.endm\nm\nn\nm\n';
  expect(printed(text, { compat: '2.42' })).toEqual(['00', '21']);
});

test('.irp, .irpc and .rept inside each other and in macros', () => {
  const text =
    '.macro m a:vararg\n.irp x,\\a\n.irpc y,12\n.print "\\x\\y-z"\n.endr\n.endr\n.endm\nm p q\n';
  expect(printed(text)).toEqual(['p1-z', 'p2-z', 'q1-z', 'q2-z']);
  expect(printed('.rept 2\n.rept 2\n.print "x"\n.endr\n.endr\n')).toHaveLength(4);
});

test('.exitm leaves a repetition, else the macro', () => {
  const text = '.macro m a\n.if \\a\n.exitm\n.endif\n.print "\\a"\n.endm\nm 0\nm 1\n';
  expect(printed(text)).toEqual(['0']);
});

test('an included file may leave an .if open, a macro may not', () => {
  const readFile = () => latin1Bytes('.if 1\n');
  expect(run('.include "x"\n.endif\n', { readFile }).diagnostics).toEqual([]);
  expect(messages('.macro m\n.if 1\n.endm\nm\n')).toEqual(["2 error: this '.if' has no '.endif'"]);
});

test('a second error is not said of the first: a macro that was refused, wrong arguments', () => {
  expect(messages('.macro m a:foo\n.endm\n m 1\n m 2\n')).toEqual([
    "1 error: ':foo' is neither :req nor :vararg",
  ]);
  expect(messages('.macro m a\nbogus\n.endm\n m 1,2\n')).toEqual([
    "4 error: macro 'm' takes 1 argument, found '2' as well",
  ]);
});

test('the stack of macros and inclusions is told', () => {
  const readFile = () => latin1Bytes('.macro inner\n bogus\n.endm\n.macro outer\n inner\n.endm\n');
  const [diagnostic] = run('.include "m.inc"\n outer\n', { readFile }).diagnostics;
  const text = formatText(diagnostic);
  expect(text).toContain('m.inc:2:2: error: no such instruction');
  expect(text).toContain("m.inc:5:2: note: in expansion of macro 'inner'");
  expect(text).toContain("a.s:2:2: note: in expansion of macro 'outer'");
});

test('what GNU as repairs is taken with a warning, and --strict refuses it', () => {
  const repaired: [string, string][] = [
    ['nop', 'A0110'],
    ['nop /* x', 'A0111'],
    ['.ascii "a\nb"\n', 'A0112'],
    ['.ascii "a', 'A0113'],
    ['.long 1+\n', 'A0114'],
    ['# 1 "x" 7\n nop\n', 'A0115'],
  ];
  for (const [text, code] of repaired) {
    const { object, diagnostics } = run(text);
    expect(object, text).toBeDefined();
    expect(diagnostics.map((each) => each.code)).toContain(code);
    expect(run(text, { isStrict: true }).object, text).toBeUndefined();
  }
});

test('comments over lines end a statement; inside of a word they are nothing; byte 0 ends one', () => {
  const { object } = run('.byte 1 /* a\n b */ .byte 2\n.by/* x */te 3\n.byte 4\0.byte 5\n');
  expect([...(object?.sections[0].data ?? [])]).toEqual([1, 2, 3, 4, 5]);
});

test('a listing shows what macros made', () => {
  const text = '.macro m a\n\tnop # x\n\t.byte  \\a , 2\n.endm\n m 1\n';
  const { listing } = run(text, {
    listing: { hasAssembly: true, hasMacros: true, omitsForms: true },
  });
  expect(listing.split('\n').slice(4, 7)).toEqual([
    '   5              \t m 1',
    '   5 0000 90       \t>  nop ',
    '   5 0001 0102     \t>  .byte 1,2',
  ]);
});

test('a listing of a text with mistakes shows them below their lines', () => {
  const { listing } = run(' nop\n bogus\n', { listing: true });
  expect(listing).toBe(
    "   1              \t nop\n   2              \t bogus\n****  Error: no such instruction: 'bogus'\n",
  );
});
