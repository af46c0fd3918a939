// Padding by the length of instructions: what GNU as 2.40 makes of these, written down.

import { latin1Bytes } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { alignedBranches, assemble, branchKinds, usedNote } from '../index.ts';
import type { AssembleOptions } from '../index.ts';

/** The last bytes of .text in hexadecimal. */
function tail(text: string, count: number, options: AssembleOptions = {}): string {
  const { object, diagnostics } = assemble(latin1Bytes(text), options);
  if (!object) return diagnostics.map(({ message }) => message).join('; ');
  const section = object.sections.find(({ name }) => name === '.text');
  return [...(section?.data ?? [])]
    .slice(-count)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(' ');
}

const nops = (count: number) => 'nop\n'.repeat(count);

test('an instruction that would cross a bundle begins the next', () => {
  const text = `.bundle_align_mode 3\n${nops(5)}movl $1, 4(%eax)\n`;
  expect(tail(text, 10)).toBe('90 90 90 c7 40 04 01 00 00 00');
  expect(tail(text.replace('3', '4'), 10)).toBe(
    '90 90 90 c7 40 04 01 00 00 00'.replace('90', '90'),
  );
  expect(tail(text.replace('3', '5'), 8)).toBe('90 c7 40 04 01 00 00 00');
});

test('locked instructions stay in one bundle', () => {
  const locked = '.bundle_lock\nmovb $1, %al\nmovb $2, %ah\n.bundle_unlock\n';
  expect(tail(`.bundle_align_mode 3\n${nops(5)}${locked}`, 7)).toBe('90 90 90 b0 01 b4 02');
  expect(tail('.bundle_align_mode 3\n.bundle_lock\nnop\n', 1)).toMatch('.bundle_unlock');
});

test('a statement of a shape that was seen before gets its padding too', () => {
  const text = `movl $1, %eax\n.bundle_align_mode 3\nmovl $1, %eax\nmovl $1, %eax\n`;
  expect(tail(text, 13)).toBe('b8 01 00 00 00 90 90 90 b8 01 00 00 00');
});

const kinds = branchKinds('jcc+fused+jmp') ?? new Set();
const aligned = { watchers: [alignedBranches({ boundary: 32, kinds, prefixes: 5 })] };

test('a branch that would cross a boundary is moved by prefixes, else by nops', () => {
  const move = 'movl 4(%ebp), %eax\n';
  expect(tail(`${nops(28)}${move}jmp .\n`, 7, aligned)).toBe('90 36 8b 45 04 eb fe');
  // A label before a branch lies before its padding.
  expect(tail(`${nops(31)}jmp .\n`, 3, aligned)).toBe('90 eb fd');
  expect(tail(`${nops(31)}jmp .\n`, 3)).toBe('90 eb fe');
  expect(tail(`${nops(30)}jmp .\n`, 4, aligned)).toBe('66 90 eb fc');
});

test('a comparison moves with the jump that it fuses with', () => {
  const code = `${nops(29)}cmpl %eax, %ebx\nje .\n`;
  expect(tail(code, 7, aligned)).toBe('8d 76 00 39 c3 74 fe');
  expect(tail(code.replace('je', 'js'), 5, aligned)).toBe('3e 39 c3 78 fe');
});

test('unknown kinds of branches are no kinds', () => {
  expect(branchKinds('jcc+foo')).toBeUndefined();
});

test('a fill of wide units may be counted later', () => {
  expect(tail('.fill b - a, 6, 0x01020304\na: jmp a\nb:\n', 14)).toBe(
    '04 03 02 01 00 00 04 03 02 01 00 00 eb fe',
  );
  expect(tail('.nops b - a\na: jmp a\nb:\n', 4)).toBe('66 90 eb fe');
});

test('the note of used features tells of state and instruction set', () => {
  const text = 'addps %xmm0, %xmm1\nvaddps %ymm0, %ymm1, %ymm2\nfld1\n';
  const { object } = assemble(latin1Bytes(text), { watchers: [usedNote()] });
  const note = object?.sections.find(({ name }) => name === '.note.gnu.property');
  const words = new Uint32Array((note?.data ?? new Uint8Array(0)).slice().buffer);
  expect([...words].slice(4)).toEqual([0xc0010002, 4, 5, 0xc0010001, 4, 0x1b]);
});
