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
  ['a word of .loc without its number', ' .file 1 "a"\n .loc 1 2 3 isa\n nop\n', 'A0504'],
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

test('names are UTF-8 as in the source', () => {
  const { object } = assemble(latin1Bytes('\xc3\xa9: ret\n'));
  expect(object?.symbols.map(({ name }) => name)).toContain('\u00e9');
});

test('warnings end', () => {
  expect(codes(' .rept 3000\n .byte 999\n .endr\n').length).toBe(1001);
});
