// Inputs of a few words that ask for gigabytes: refused with a message where memory would be used, compiled where none is.

import { latin1Bytes } from '@ring0/bytes';
import { readElf } from '@ring0/elf';
import { expect, test } from 'vitest';
import { compile } from './compile.ts';

const compiled = (text: string): ReturnType<typeof compile> =>
  compile(latin1Bytes(text), { path: 'a.c', readFile: () => undefined, outputBytesMax: 1 << 20 });

test.each([
  ['a designator far out', 'int a[] = { [1000000] = 1 };', 'C9007'],
  ['objects that are too large together', 'char a[700000] = "a", b[700000] = "b";', 'C9007'],
  [
    'a constant for an automatic array',
    'void f(void) { int a[] = { 1, 2, 3, 4, [999999] = 5 }; }',
    'C9007',
  ],
  ['a range of elements', 'int a[0x10000000] = { [0 ... 0xfffffff] = 1 };', 'C0271'],
  ['a range of ranges', 'int a[3000][3000] = { [0 ... 2999] = { [0 ... 2999] = 1 } };', 'C0271'],
])('%s', (_, text, code) => {
  const { output, diagnostics } = compiled(text);
  expect(output).toBeUndefined();
  expect(diagnostics.map((each) => each.code)).toEqual([code]);
});

test('what is all zero costs nothing', () => {
  const { output, diagnostics } = compiled('char a[0x70000000] = { 0 }, b[0x10000000];');
  expect(diagnostics).toEqual([]);
  const { file } = readElf(output ?? new Uint8Array(0), 'a.o');
  expect(file?.sections.find(({ name }) => name === '.bss')?.size).toBe(0x80000000);
  expect(output?.length).toBeLessThan(2000);
});
