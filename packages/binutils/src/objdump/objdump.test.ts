// objdump without an outside oracle: a plain binary, a small object, and damaged files.

import { sectionFlag, symbolBinding, symbolType } from '@ring0/elf';
import { expect, test } from 'vitest';

import { objdump } from '../index.ts';
import type { ObjdumpOptions } from '../index.ts';
import { sampleObject, sampleSection } from '../sample-object.ts';

const options: ObjdumpOptions = {
  hasHeaders: false,
  hasSymbols: false,
  hasRelocations: false,
  disassembly: 'none',
  isBinary: false,
  hasMachine: false,
  mode: 32,
  syntax: 'att',
  sections: [],
  showsZeros: false,
  showsBytes: true,
};

function object(): Uint8Array {
  // push %ebp; mov %esp,%ebp; call main+7; leave; ret; cut: 68 01
  const code = [0x55, 0x89, 0xe5, 0xe8, 0xff, 0xff, 0xff, 0xff, 0xc9, 0xc3, 0x68, 1];
  const { alloc, execute } = sectionFlag;
  const text = sampleSection('.text', alloc | execute, Uint8Array.from(code));
  const { global } = symbolBinding;
  const symbol = (name: string, value: bigint) => {
    return { name, value, size: 0n, binding: global, type: symbolType.func, section: text };
  };
  return sampleObject([text], [symbol('main', 0n), symbol('cut', 10n)]);
}

test('a boot sector as 16-bit code', () => {
  const code = Uint8Array.from([0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0x66, 0xb8, 1, 0, 0, 0, 0xeb, 0xfe]);
  const binary = { ...options, disassembly: 'all', isBinary: true, hasMachine: true } as const;
  expect(objdump(code, 'boot.bin', { ...binary, mode: 16 }).text).toBe(`
boot.bin:     file format binary


Disassembly of section .data:

00000000 <.data>:
   0:	fa                   	cli
   1:	31 c0                	xor    %ax,%ax
   3:	8e d8                	mov    %ax,%ds
   5:	66 b8 01 00 00 00    	mov    $0x1,%eax
   b:	eb fe                	jmp    0xb
`);
});

test('code by its symbols, an instruction that the next one cuts', () => {
  expect(objdump(object(), 'x.o', { ...options, disassembly: 'code', syntax: 'intel' }).text).toBe(`
x.o:     file format elf32-i386


Disassembly of section .text:

00000000 <main>:
   0:	55                   	push   ebp
   1:	89 e5                	mov    ebp,esp
   3:	e8 ff ff ff ff       	call   7 <main+0x7>
   8:	c9                   	leave
   9:	c3                   	ret

0000000a <cut>:
   a:	68                   	.byte 0x68
   b:	01                   	.byte 0x1
`);
});

test('what is no object is said so', () => {
  const { text, problems } = objdump(Uint8Array.from([1, 2, 3]), 'x.txt', options);
  expect(text).toBe('');
  expect(problems).toEqual(['x.txt: file format not recognized']);
});

test('damaged objects neither throw nor hang', () => {
  const whole = object();
  const all = { ...options, hasHeaders: true, hasSymbols: true, hasRelocations: true } as const;
  let state = 1;
  for (let round = 0; round < 2000; round++) {
    const bytes = whole.slice(0, round % 3 === 0 ? whole.length - (round % 90) : whole.length);
    for (let i = 0; i < 4; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      bytes[16 + ((state >>> 8) % (bytes.length - 16))] = state >>> 24;
    }
    const { text, problems } = objdump(bytes, 'x.o', { ...all, disassembly: 'all' });
    expect(text.length + problems.length).toBeGreaterThan(0);
  }
});
