import { expect, test } from 'vitest';
import { formatJson } from '@ring0/diagnostics';
import { writeElf } from '@ring0/elf';
import { assemble } from '../assemble.ts';
import type { AssembleOptions, AssembleResult } from '../assemble.ts';
import { LiveAssembly } from './live-assembly.ts';

const source = `	.text
	.globl main
	.type main, @function
main:
.LFB0:
	.cfi_startproc
	pushl %ebp
	.cfi_def_cfa_offset 8
	movl %esp, %ebp
	movl $counter, %eax
	call helper
	cmpl $100, %eax
	jne .L2
	movl $.LC0, (%esp)
	call puts
.L2:
	movl counter, %edx
	addl $1000, %edx
	jmp outside
	.cfi_endproc
	.size main, .-main
	.p2align 4
helper:
	xorl %eax, %eax
	call puts@PLT
	ret
	.size helper, .-helper
	.section .rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string "some words"
	.data
counter:
	.long 1
	.long helper
	.byte 1, 2, 3
`;

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

function said({ object, symbols, diagnostics }: AssembleResult): unknown[] {
  const names = symbols.map((symbol) => Object.values(symbol).join());
  return [object && writeElf(object), names, formatJson(diagnostics)];
}

/** Replaces texts of the source one after the other; how the edits were taken. */
function countsOf(edits: readonly (readonly [string, string])[], options?: AssembleOptions) {
  const live = new LiveAssembly(bytesOf(source), options);
  let text = source;
  for (const [old, by] of edits) {
    const start = text.indexOf(old);
    expect(start, old).toBeGreaterThanOrEqual(0);
    text = text.replace(old, () => by);
    const found = live.edit({ start, end: start + old.length, text: bytesOf(by) });
    expect(said(found), `${old} -> ${by}`).toEqual(said(assemble(bytesOf(text), options)));
    expect(live.source).toEqual(bytesOf(text));
  }
  return live.counts;
}

test.each<readonly [string, string]>([
  ['$1000, %edx', '$2000, %ecx'],
  ['$1000', '$0x12345'],
  ['movl counter', 'orl  counter'],
  ['jne .L2', 'je .L2'],
  ['movl counter', 'movl main'],
  ['xorl %eax, %eax', 'movl %esi, %ecx'],
  ['.byte 1, 2, 3', '.byte 3\n\t.byte 2, 1'],
  ['.long 1', '.long 77'],
  ['.long 1', '.long main'],
  ['"some words"', '"more words"'],
  ['call puts@PLT', 'call main@PLT'],
  ['movl counter', 'movl .LC0'],
  ['.long helper', '.long 5'],
])('%s becomes %s in a part', (old, by) => {
  expect(
    countsOf([
      [old, by],
      [by, old],
    ]),
  ).toEqual({ parts: 2, moves: 0, wholes: 1 });
});

test.each<readonly [string, string]>([
  ['addl $1000', 'addl $10'],
  ['jne .L2', 'jne main'],
  ['	jne .L2\n', '	jne .L2\n	je .L2\n'],
  ['	call helper\n', '	call helper\n	.p2align 3\n'],
  ['	pushl %ebp\n', '	nop\n	pushl %ebp\n'],
  ['.long 1', '.long 1, main, 3'],
  ['"some words"', '"many more words"'],
])('%s becomes %s, and what follows moves', (old, by) => {
  const again: [string, string] = ['$100, %eax', '$101, %eax'];
  expect(countsOf([[old, by], again, [by, old]])).toEqual({ parts: 1, moves: 2, wholes: 1 });
});

test.each<readonly [string, string]>([
  // Symbols come, go, and stand elsewhere in the table.
  ['call helper', 'call another'],
  ['call puts', 'call main'],
  ['jmp outside', 'jmp main'],
  ['jmp outside', 'jmp inside'],
  ['$.LC0', '$main'],
  // Distances that were known when they were read.
  ['xorl %eax, %eax', 'xorl %eax, %eax\n\tnop'],
  // More than bytes.
  ['.L2:', '.L2: .L3:'],
  ['xorl %eax, %eax', 'jmp 1f; 1:'],
  ['.cfi_def_cfa_offset 8', '.cfi_def_cfa_offset 12'],
  ['	.text\n', '	.code16\n'],
  ['.long 1', '.if 0\n.endif'],
  ['movl %esp, %ebp', 'rep\n	movsb'],
  ['movl %esp, %ebp', '/* words */ movl %esp, %ebp'],
])('%s becomes %s as a whole', (old, by) => {
  expect(countsOf([[old, by]])).toEqual({ parts: 0, moves: 0, wholes: 2 });
  countsOf([
    [old, by],
    ['$100, %eax', '$101, %eax'],
    [by, old],
  ]);
});

test('a mistake while somebody types costs the edited lines only', () => {
  const steps: [string, string][] = ['movl $1', 'movl $12', 'movl $12x', 'movl $12', 'mvl $12'].map(
    (text, i, all) => [i === 0 ? 'addl $1000' : all[i - 1], text],
  );
  const { parts, wholes } = countsOf([...steps, ['mvl $12', 'addl $1001'], ['$1001', '$1002']]);
  expect([parts, wholes]).toEqual([4, 1]);
});

test('a second mention of a label that is not there names it in the table', () => {
  const jumps: [string, string] = ['$100, %eax', '$100, %eax\n\tjne .L9\n\tjne .L9\n\tja .L9'];
  countsOf([jumps, ['\tjne .L9\n\tja .L9', ''], ['\tjne .L9', '\tnop'], ['jne .L2', 'jne .L9']]);
});

test('lines are read as those before them say', () => {
  const lines = 'mov eax, [ebx]\nadd ecx, 1000\n';
  const intel = `.intel_syntax noprefix\nf:\n${lines}.att_syntax\ng:\nmovl $1, %eax\n`;
  const live = new LiveAssembly(bytesOf(intel));
  const changed = intel.replace('[ebx]', '[esi]').replace('$1,', '$2,');
  expect(said(live.update(bytesOf(intel.replace('[ebx]', '[esi]'))))).toEqual(
    said(assemble(bytesOf(intel.replace('[ebx]', '[esi]')))),
  );
  expect(said(live.update(bytesOf(changed)))).toEqual(said(assemble(bytesOf(changed))));
  expect(live.counts).toEqual({ parts: 2, moves: 0, wholes: 1 });
});

test('options of which nothing can be kept give what a whole assembly gives', () => {
  expect(countsOf([['$1000', '$2000']], { listing: true }).wholes).toBe(2);
  expect(countsOf([['$1000', '$2000']], { keepsLocals: true }).wholes).toBe(2);
});

test('offsets outside of the source mean its ends', () => {
  const live = new LiveAssembly(bytesOf('nop\n'));
  live.edit({ start: -5, end: -3, text: bytesOf('a:\n') });
  live.edit({ start: 100, end: 3, text: bytesOf('ret\n') });
  expect(live.source).toEqual(bytesOf('a:\nnop\nret\n'));
  expect(live.update(bytesOf('a:\nnop\nret\n'))).toBe(live.result);
});
