// Assembler and linker together, on the smallest inputs that once went wrong between them.

import { assemble } from '@ring0/assembler';
import { utf8Bytes } from '@ring0/bytes';
import { readElf, writeElf } from '@ring0/elf';
import { link } from '@ring0/linker';
import { preprocess } from '@ring0/preprocessor';
import { expect, test } from 'vitest';

function linked(source: string, ...options: string[]) {
  const { object } = assemble(utf8Bytes(source), { path: 'a.s' });
  if (!object) throw new Error('nothing was assembled');
  const input = { path: 'a.o', bytes: writeElf(object) };
  const { image } = link(['-m', 'elf_i386', ...options, input], { readFile: () => undefined });
  const { file } = readElf(image ?? new Uint8Array(0), 'a.out');
  if (!file) throw new Error('nothing was linked');
  return file.sections;
}

test('two empty strings in a row are both empty after strings are merged', () => {
  const sections = linked(`
    .globl _start
_start: ret
    .data
    .long first, second, third
    .section .rodata.str1.1, "aMS", @progbits, 1
    .asciz "before"
first: .asciz ""
second: .asciz ""
third: .asciz "after"
`);
  const data = sections.find(({ name }) => name === '.data');
  const text = sections.find(({ name }) => name === '.rodata');
  if (!data || !text) throw new Error('sections are missing');
  const view = new DataView(data.data.buffer, data.data.byteOffset, data.data.length);
  const at = (index: number) => text.data[view.getUint32(index * 4, true) - Number(text.address)];
  expect([at(0), at(1), at(2)]).toEqual([0, 0, 'a'.charCodeAt(0)]);
});

test('in assembly a name ends where $ begins, so macros after $ are replaced', () => {
  const source = utf8Bytes('#define LIMIT 7\n  movb $LIMIT, %al\n');
  const options = { path: 'a.S', readFile: () => undefined, isAssembly: true };
  const text = Buffer.from(preprocess(source, options).text(false)).toString();
  expect(text).toMatch(/movb \$7, %al/);
});

test('a name that a script provides and uses itself is defined', () => {
  const script = utf8Bytes('PROVIDE(BASE = 0x5000); SECTIONS { . = BASE; .text : { *(.text) } }');
  const { object } = assemble(utf8Bytes('.globl _start\n_start: ret\n'), { path: 'a.s' });
  if (!object) throw new Error('nothing was assembled');
  const bytes = writeElf(object);
  const items = ['-m', 'elf_i386', '-T', 'a.ld', { path: 'a.o', bytes }];
  const readFile = (path: string) => (path === 'a.ld' ? script : undefined);
  const { symbols, diagnostics } = link(items, { readFile });
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  expect(symbols.get('_start')).toBe(0x5000);
});
