// What fuzzing found: inputs that once threw, ran without end or gave wrong names.

import { latin1Bytes } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { assemble } from './assemble.ts';

const codes = (text: string): string[] =>
  assemble(latin1Bytes(text), { outputBytesMax: 1 << 20 }).diagnostics.map(({ code }) => code);

test.each([
  ['deep parentheses', ` .long ${'('.repeat(30_000)}1`, 'A0001'],
  [
    'symbols that double',
    `${Array.from({ length: 60 }, (_, i) => ` e${i + 1} = e${i} + e${i}\n`).join('')} .long e60\n`,
    'A0319',
  ],
  ['a negative number in .loc', ' .file 1 "a"\n .loc 1 2 3 discriminator -1\n nop\n', 'A0504'],
  ['a negative register', ' .cfi_startproc\n .cfi_register -1, 5\n .cfi_endproc\n', 'A0606'],
  ['a word that .loc has not', ' .file 1 "a"\n .loc 1 2 3 iza\n nop\n', 'A0504'],
  ['a column without end', ` .file 1 "a"\n .loc 1 2 ${'9'.repeat(400)}\n nop\n`, 'A0504'],
  [
    'a register saved between words',
    ' .cfi_startproc\n .cfi_offset 5, -129\n .cfi_endproc\n',
    'A0608',
  ],
  [
    'sections that are too large together',
    ' .space 0x80000\n .data\n .space 0x7ffff\n .p2align 19\n .section a\n .space 0x80000\n',
    'A0107',
  ],
  ['a statement that ends with the text', ' mov $', 'A0001'],
])('%s', (_, text, code) => expect(codes(text)).toContain(code));

test('what is closed for the reader ends with the text', () => {
  const source = latin1Bytes('.section .a"\n.byte 0\n');
  const { diagnostics } = assemble(source);
  expect(diagnostics.map(({ code }) => code)).toEqual(['A0113', 'A0505', 'A0308']);
  for (const { span } of diagnostics) expect(span?.end).toBeLessThanOrEqual(source.length);
});

test('names are UTF-8 as in the source', () => {
  const { object } = assemble(latin1Bytes('\xc3\xa9: ret\n'));
  expect(object?.symbols.map(({ name }) => name)).toContain('\u00e9');
});

test('a place without a name may have a relocation of its own', () => {
  const { object } = assemble(latin1Bytes('a: .long .@GOT, a@GOT\nb: .long b@GOT\n'));
  expect(object?.symbols.map(({ name }) => name)).toEqual([
    'a',
    'L0\u0001',
    'b',
    '_GLOBAL_OFFSET_TABLE_',
  ]);
  const { relocations } = object?.sections.find(({ name }) => name === '.text') ?? {};
  expect(relocations?.map(({ symbol }) => symbol?.name)).toEqual(['L0\u0001', 'a', 'b']);
});

test('a value that is replaced later is nothing that a linker can look up', () => {
  expect(codes('a = .\n .long a@GOT\n nop\na = 5\n')).toEqual(['A0712']);
});

test('the places of very many mistakes on one marked line are parts of the same text', () => {
  const source = latin1Bytes(`# 1000000 "x.c"\n${'a;'.repeat(20_000)}\n`);
  const { diagnostics } = assemble(source);
  const spans = diagnostics.flatMap(({ span }) => span ?? []);
  expect(spans).toHaveLength(1000);
  expect(new Set(spans.map(({ file }) => file)).size).toBe(1);
  expect(spans[999]?.file.position(spans[999].start)).toEqual({ line: 1_000_000, column: 1999 });
});

const self = '.include "a.s"\n';

test.each([
  ['alone', self, 'A0411'],
  ['twice', `.rept 2\n${self}.endr\n`, 'A0411'],
  ['for each value', `.irp x, 1, 2, 3\n${self}.endr\n`, 'A0411'],
  ['in a macro', `.purgem m\n.macro m\n${self}.endm\nm\nm\n`, 'A0411'],
  [
    'to a depth that doubles',
    `.ifndef d\n d = 0\n.endif\n d = d + 1\n.if d < 60\n.rept 2\n${self}.endr\n.endif\n d = d - 1\n`,
    'A0412',
  ],
])('a file that includes itself ends: %s', (_, text, code) => {
  const source = latin1Bytes(text);
  const { diagnostics } = assemble(source, { path: 'a.s', readFile: () => source });
  expect(
    diagnostics.filter(({ severity }) => severity === 'error').map((each) => each.code),
  ).toEqual([code]);
});

test('a repetition in an included file tells of the inclusion once', () => {
  const readFile = () => latin1Bytes('.rept 1\n bad\n.endr\n');
  const { diagnostics } = assemble(latin1Bytes('.include "b.s"\n'), { path: 'a.s', readFile });
  const kinds: string[] = [];
  for (let at = diagnostics[0]?.span?.expansion; at; at = at.at.expansion) kinds.push(at.kind);
  expect(kinds).toEqual(['repeat', 'include']);
});

test('warnings end', () => {
  expect(codes(' .rept 3000\n .byte 999\n .endr\n').length).toBe(1001);
});

test('a string of megabytes is taken, closed or not', () => {
  const long = 'y'.repeat(3_000_000);
  for (const end of ['"\n', '']) {
    const { diagnostics } = assemble(latin1Bytes(`.ascii "${long}${end}`));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  }
});
