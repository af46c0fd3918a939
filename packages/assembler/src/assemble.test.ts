import { utf8Bytes } from '@ring0/bytes';
import { formatText } from '@ring0/diagnostics';
import { writeElf } from '@ring0/elf';
import type { ElfSection } from '@ring0/elf';
import { expect, test } from 'vitest';
import { Assembler, assemble } from './index.ts';
import type { AssembleOptions } from './index.ts';

function run(text: string, options: AssembleOptions = {}) {
  return assemble(utf8Bytes(text), { path: 'a.s', ...options });
}

function bytesOf(text: string, name = '.text', options: AssembleOptions = {}): string {
  const { object, diagnostics } = run(text, options);
  expect(diagnostics.map((diagnostic) => formatText(diagnostic))).toEqual([]);
  const section = object?.sections.find((candidate: ElfSection) => candidate.name === name);
  return [...(section?.data ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function messages(text: string, options: AssembleOptions = {}): string[] {
  return run(text, options).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

test('instructions, data and labels', () => {
  expect(bytesOf('movl $1, %eax\n1: jmp 1b\n.byte 7, 2f-1b\n2:\n')).toBe(
    'b8 01 00 00 00 eb fe 07 04',
  );
});

test('a jump becomes long when its target moves out of reach, never short again', () => {
  expect(bytesOf('jmp 1f\n.skip 127, 1\n1:\n').slice(0, 5)).toBe('eb 7f');
  expect(bytesOf('jmp 1f\n.skip 128, 1\n1:\n').slice(0, 14)).toBe('e9 80 00 00 00');
});

test('code16 and code32 in one text; bits chooses where it begins', () => {
  expect(bytesOf('movl %eax, %ebx\n.code32\nmovl %eax, %ebx\n', '.text', { bits: 16 })).toBe(
    '66 89 c3 89 c3',
  );
});

test('macros substitute in strings too, and count their uses', () => {
  const text = '.macro m a:req, b=2, rest:vararg\n.byte \\a, \\b, \\@, \\rest\n.endm\n';
  expect(bytesOf(`${text}m 1, rest=7\nm 3, 4, 5, 6\n`)).toBe('01 02 00 07 03 04 01 05 06');
  expect(messages(`${text}m\n`)).toContain("A0410 macro 'm' needs a value for 'a'");
});

test('a mistake in a macro points at its body, and names the use', () => {
  const [diagnostic] = run('nop\n.macro m r\nmovl %\\r, $1\n.endm\n m eax\n').diagnostics;
  const text = formatText(diagnostic);
  expect(text).toContain('a.s:3:11: error:');
  expect(text).toContain("a.s:5:2: note: in expansion of macro 'm'");
});

test('line markers lead to the file that was preprocessed', () => {
  const header = utf8Bytes('one\ntwo\n  bogus here\n');
  const text = '# 1 "a.S"\nnop\n# 3 "h.h"\n  bogus here\n# 2 "a.S" 2\n nop\n bogus2\n';
  const { diagnostics } = run(text, { readFile: (path) => (path === 'h.h' ? header : undefined) });
  const [first, second] = diagnostics.map((diagnostic) => formatText(diagnostic));
  expect(first).toContain('h.h:3:3: error:');
  expect(second).toContain('a.S:3:2: error:');
});

test('after a mistake the other statements are still checked', () => {
  expect(
    messages('movl (%eax, %ebx\n.bogus\nmovl $1\nnop\n').map((line) => line.slice(0, 5)),
  ).toEqual(['A0001', 'A0002', 'A0204']);
  expect(messages('.aling 4\n')).toHaveLength(1);
});

test('an unknown directive comes with the nearest known one', () => {
  const [diagnostic] = run('.aling 4\n').diagnostics;
  expect(diagnostic.notes?.[0]?.message).toBe("did you mean '.align'?");
});

test('what needs both places names the missing one', () => {
  const [diagnostic] = run('here: .long here - elsewhere\n').diagnostics;
  expect(diagnostic.code).toBe('A0701');
  expect(diagnostic.notes?.[0]?.message).toBe("'elsewhere' is not defined in this file");
});

test('defines come before the text', () => {
  expect(bytesOf('.if N == 3\n.byte N\n.endif\n', '.text', { defines: { N: 3 } })).toBe('03');
});

test('flat code resolves what an object leaves to the linker', () => {
  const text =
    '.code16\nmovw $message, %si\njmp start\n.data\nmessage: .word start\n.text\nstart:\n';
  const { flat } = run(text, { flatAddress: 0x7c00 });
  expect([...(flat ?? [])]).toEqual([0xbe, 0x05, 0x7c, 0xeb, 0x00, 0x05, 0x7c]);
  const missing = run('call nowhere\n', { flatAddress: 0 });
  expect(missing.flat).toBeUndefined();
  expect(missing.diagnostics[0]?.code).toBe('A0801');
});

test('the listing shows address, bytes and source', () => {
  const { listing } = run('start:\tnop\n\tmovl $5, %eax\n', { listing: true });
  expect(listing).toBe(
    '   1 0000 90       \tstart:\tnop\n   2 0001 B8050000 \t\tmovl $5, %eax\n   2      00\n',
  );
});

test('.include and .incbin read through the caller', () => {
  const files: Record<string, Uint8Array> = {
    'inc/x.inc': utf8Bytes('.byte 1\n'),
    'inc/b.bin': new Uint8Array([5, 6, 7, 8]),
  };
  const options = { readFile: (path: string) => files[path], includePaths: ['inc'] };
  const text = '.include "x.inc"\n.incbin "b.bin", 1, 2\n';
  expect(bytesOf(text, '.text', options)).toBe('01 06 07');
  expect(messages('.include "y"\n', options)).toEqual(["A0415 there is no file 'y' to include"]);
});

test.each([
  ['.macro m\nm\n.endm\nm\n', 'A0409'],
  ['.macro m\nm\nm\n.endm\nm\n', 'A0409'],
  ['.rept 1000000000\nnop\n.endr\n', 'A0412'],
  ['.rept 1000000\n.rept 1000000\nnop\n.endr\n.endr\n', 'A0412'],
  ['.skip 0x7fffffffffff\n', 'A0107'],
  ['.fill 0x7fffffff, 8, 1\n', 'A0107'],
  ['.org 0x7fffffffff\n', 'A0107'],
  ['.skip a-b\nb:\n.skip 0x40000000\na:\n', 'A0107'],
  ['.p2align 31\n', 'A0506'],
  ['.set a, b\n.set b, a\n.long a\n', 'A0305'],
  ['.include "a.s"\n', 'A0411'],
])('a text that would not end is refused: %j', (text, code) => {
  const { diagnostics } = run(text, { readFile: () => utf8Bytes(text) });
  expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
});

test('emitter calls and their source give the same object', () => {
  const emitter = new Assembler({ bits: 32 });
  emitter.sourceFile('x.c');
  emitter.section('.text');
  emitter.symbolAttribute('globl', 'f');
  emitter.symbolType('f', 'function');
  emitter.label('f');
  emitter.cfi('startproc', []);
  emitter.instruction('movl', [
    { kind: 'immediate', value: { plus: 'd', addend: 4n } },
    { kind: 'memory', scale: 1, displacement: { plus: 'd', addend: 0n } },
  ]);
  emitter.cfi('def_cfa_offset', [8]);
  emitter.instruction('jne', [{ kind: 'target', value: { plus: 'f', addend: 0n } }]);
  emitter.source('nop; 1: jmp 1b', undefined);
  emitter.cfi('endproc', []);
  emitter.symbolSize('f', { plus: '.', minus: 'f', addend: 0n });
  emitter.section('.rodata');
  emitter.align(4);
  emitter.label('d');
  emitter.data(4, [{ plus: 'f', minus: 'd', addend: 1n }, { addend: -1n }]);
  const called = emitter.finish();
  const text = `.file "x.c"
.text
.globl f
.type f, @function
f: .cfi_startproc
movl $d+4, d
.cfi_def_cfa_offset 8
jne f
nop; 1: jmp 1b
.cfi_endproc
.size f, .-f
.section .rodata
.balign 4
d: .long f-d+1, -1
`;
  expect(called.diagnostics).toEqual([]);
  const { object } = run(text);
  if (!called.object || !object) throw new Error('no object');
  expect(writeElf(called.object)).toEqual(writeElf(object));
});

test('.print and .warning speak, .error refuses', () => {
  const { printed, diagnostics, object } = run('.print "hello"\n.warning "careful"\n');
  expect(printed).toEqual(['hello']);
  expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning']);
  expect(object).toBeDefined();
  expect(run('.error "no"\n').object).toBeUndefined();
});
