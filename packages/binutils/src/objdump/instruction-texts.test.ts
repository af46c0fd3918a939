// Instructions by their templates: the same text as by the decoder, whatever numbers come later.

import { expect, test } from 'vitest';
import { InstructionTexts } from './instruction-texts.ts';

/** The text of each piece of code, by one cache. */
function texts(mode: 16 | 32 | 64, pieces: readonly (readonly number[])[], isCaching: boolean) {
  const texts = new InstructionTexts(mode, 'att', isCaching);
  return pieces.map((piece) => {
    const code = new Uint8Array(piece);
    return texts.at(code, 0, 0x29ba, texts.find(code, 0)).text;
  });
}

test.each([
  ['a call of 16 bits in 32-bit code', 32, [0x66, 0xe8]],
  ['a jump of 16 bits in 32-bit code', 32, [0x66, 0xe9]],
  ['a conditional jump of 16 bits in 32-bit code', 32, [0x66, 0x0f, 0x84]],
  ['a call in 16-bit code', 16, [0xe8]],
  ['a conditional jump in 16-bit code', 16, [0x0f, 0x84]],
] as const)('%s', (_, mode, opcode) => {
  const distances = [
    [0, 0],
    [0, 0],
    [0, 6],
    [6, 0],
    [0xfc, 0xff],
    [0x12, 0x34],
  ];
  const pieces = distances.map((distance) => [...opcode, ...distance]);
  expect(texts(mode, pieces, true)).toEqual(texts(mode, pieces, false));
});

test.each([
  ['a short jump', 32, [0xeb], 1],
  ['a loop with a prefix', 32, [0x67, 0xe2], 1],
  ['a call', 32, [0xe8], 4],
  ['a call of 32 bits in 16-bit code', 16, [0x66, 0xe8], 4],
  ['a call with a REX prefix', 64, [0x48, 0xe8], 4],
  ['xbegin', 32, [0xc7, 0xf8], 4],
] as const)('%s', (_, mode, opcode, size) => {
  const pieces = [0, 0, 1, 0x80, 0xff].map((byte) => [
    ...opcode,
    ...Array.from({ length: size }, (_, i) => (i === 0 ? byte : i)),
  ]);
  expect(texts(mode, pieces, true)).toEqual(texts(mode, pieces, false));
});

test('fwait, alone and before instructions of the coprocessor', () => {
  const alone = [0x9b, 0x90];
  const pieces = [alone, alone, [0x9b, 0xd9, 0xe0], [0x9b, 0xdd, 0x1c, 0x24], [0x66, ...alone]];
  const all = texts(32, [...pieces, ...pieces], true);
  expect(all).toEqual(texts(32, [...pieces, ...pieces], false));
  expect(all[2]).toContain('fchs');
});
