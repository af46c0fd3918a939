// Intel syntax: what operands mean, what is said of those that mean nothing, and that no input
// breaks the parser.

import { utf8Bytes } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { assemble } from '../assemble.ts';
import type { MachineOptions } from './machine.ts';

const noprefix = '.intel_syntax noprefix\n';

function bytesOf(text: string, machine: MachineOptions = {}): string {
  const { object, diagnostics } = assemble(utf8Bytes(`${text}\n`), { machine });
  if (!object) return diagnostics[0]?.message ?? 'no object';
  const data = object.sections.find(({ name }) => name === '.text')?.data ?? [];
  return [...data].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

test.each([
  ['mov eax, [ebx+esi*4-8]', '8b 44 b3 f8'],
  ['mov eax, 4[ebx]', '8b 43 04'],
  ['mov eax, [4*esi+ebx][8]', '8b 44 b3 08'],
  ['mov eax, [eax+esp]', '8b 04 04'],
  ['mov dword ptr es:[edi], 5', '26 c7 07 05 00 00 00'],
  ['mov eax, ds:4', 'a1 04 00 00 00'],
  ['mov eax, [4]', 'a1 04 00 00 00'],
  ['mov eax, [4]+1', 'b8 05 00 00 00'],
  ['mov eax, 1 shl 4 or 3', 'b8 13 00 00 00'],
  ['mov eax, not 1', 'b8 fe ff ff ff'],
  ['x = 4\nmov eax, x', 'b8 04 00 00 00'],
  ['mov eax, x\nx = 4', 'a1 04 00 00 00'],
  ['x = 4\nmov eax, offset x', 'b8 04 00 00 00'],
  ['jmp $', 'eb fe'],
  ['call dword ptr [ebx+4]', 'ff 53 04'],
  ['jmp fword ptr [ebx]', 'ff 2b'],
  ['jmp 0x10:0x20', 'ea 20 00 00 00 10 00'],
  ['fsub st(1), st', 'dc e9'],
  ['movs byte ptr [edi], [esi]', 'a4'],
  ['rep movsd', 'f3 a5'],
  ['enter 8, 1', 'c8 08 00 01'],
  ['push word ptr 4', '66 6a 04'],
  ['.code16\nmov ax, [bp+si+4]', '8b 42 04'],
])('%s', (line, bytes) => expect(bytesOf(noprefix + line)).toBe(bytes));

test.each([
  ['.intel_syntax\nmov %eax, [%ebx+4]', '8b 43 04'],
  ['.intel_syntax noprefix\n.att_syntax\nmovl 4(%ebx), %eax', '8b 43 04'],
  ['.att_syntax noprefix\nmovl 4(ebx), eax', '8b 43 04'],
  ['{disp32} movl 4(%ebx), %eax', '8b 83 04 00 00 00'],
  ['.intel_mnemonic\nfsub %st, %st(1)', 'dc e9'],
  ['jne,pt .', '3e 75 fd'],
])('%s', (text, bytes) => expect(bytesOf(text)).toBe(bytes));

test.each<[string, MachineOptions, string]>([
  ['mov eax, 4', { syntax: 'intel', hasNakedRegisters: true }, 'b8 04 00 00 00'],
  ['fsub %st, %st(1)', { hasIntelMnemonics: true }, 'dc e9'],
  ['lock incl (%ebx)', { omitsLock: true }, 'ff 03'],
  ['ret', { addsBound: true }, 'f2 c3'],
  ['addps %xmm1, %xmm2', { hasAvxForSse: true }, 'c5 e8 58 d1'],
  ['orl %eax, %eax', { optimization: '2' }, '85 c0'],
  ['bswap %eax', { architecture: 'i486' }, '0f c8'],
])('an option for %s', (text, machine, bytes) => expect(bytesOf(text, machine)).toBe(bytes));

test('an extension is enabled and disabled by .arch', () => {
  const text = '.arch i686\n.arch .sse\naddps %xmm1, %xmm2\n.arch push\n.arch i386\n.arch pop\n';
  expect(bytesOf(`${text}cmovne %eax, %ebx`)).toBe('0f 58 d1 0f 45 d8');
  expect(bytesOf('.arch i386\ncmovne %eax, %ebx')).toContain('not supported');
});

test('a size without ptr is a number, which is said', () => {
  const { object, diagnostics } = assemble(utf8Bytes(`${noprefix}mov eax, dword [ebx]\n`));
  expect(object).toBeDefined();
  expect(diagnostics.map(({ code }) => code)).toEqual(['A0222']);
});

const many = (text: string) => text.repeat(20_000);

test.each([
  ['brackets', `mov eax, ${many('[')}`],
  ['closed brackets', `mov eax, ${many('[')}4${many(']')}`],
  ['brackets behind', `mov eax, 4${many('[4]')}`],
  ['signs', `mov eax, ${many('- ')}4`],
  ['words', `mov eax, ${many('not ')}4`],
  ['sizes', `mov eax, ${many('dword ptr ')}4`],
  ['offsets', `mov eax, ${many('offset ')}4`],
  ['segments', `mov eax, ${many('es:')}4`],
  ['sums', `mov eax, 4${many('+4')}`],
  ['products', `mov eax, [esi${many('*1')}]`],
  ['words between', `mov eax, 4${many(' and 4')}`],
  ['registers', `mov eax, [${many('esi+')}4]`],
  ['operands', `mov ${many('eax,')}`],
  ['prefixes', `${many('{disp32} ')}nop`],
  ['hyphens', many('a-')],
])('no number of %s breaks anything', (_name, line) => {
  expect(() => assemble(utf8Bytes(`${noprefix}${line}\n`))).not.toThrow();
});
