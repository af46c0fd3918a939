// What counts as the same line table: an address that is written where it could be advanced to, and nothing else.

import { assemble } from '@ring0/assembler';
import { utf8Bytes } from '@ring0/bytes';
import { writeElf } from '@ring0/elf';
import { expect, test } from 'vitest';
import { hasMoreAddresses } from './line-rows.ts';

/** Two rows, with three bytes between them that are a filling or instructions. */
function object(between: string, { line = 2, code = 'nop', bits = 32 as 32 | 64 } = {}) {
  const source = ` .file 1 "a.c"
 .p2align 2
 nop
 .loc 1 1 1 view .Lfirst
 ${between}
 .loc 1 ${line} 1 view -0
 ${code}
`;
  const made = assemble(utf8Bytes(source), { path: 'case.s', bits }).object;
  if (!made) throw new Error('it is not assembled');
  return writeElf(made);
}

const [filling, instructions] = ['.p2align 2, 0xcc', 'int3; int3; int3'];

test.each([32, 64] as const)('an address more in an object of %d bits', (bits) => {
  const [more, fewer] = [object(filling, { bits }), object(instructions, { bits })];
  expect(more).not.toEqual(fewer);
  expect(hasMoreAddresses(fewer, more)).toBe(true);
  expect(hasMoreAddresses(more, fewer)).toBe(false);
  expect(hasMoreAddresses(fewer, fewer)).toBe(false);
});

test.each([
  ['another line', { line: 3 }],
  ['another instruction', { code: 'ret' }],
  ['an instruction more', { code: 'nop; nop' }],
])('an address more and %s', (_, change) => {
  expect(hasMoreAddresses(object(instructions, change), object(filling))).toBe(false);
});
