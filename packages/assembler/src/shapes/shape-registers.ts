// Registers that a shape need not tell apart: those that may take each other's place
// (`alikeRegisters`) become a mark in the shape, and their numbers are put into the fields that the
// encoder names. SQLite by gcc -O2 has 5,637 shapes of instructions with all registers told apart,
// and 1,907 so; what is met for the first time costs thirty times as much as what is known.

import { alikeRegisters } from '@ring0/isa';

/** Bytes that no source has outside of strings; in a shape they stand behind a percent sign. */
const firstMark = 16;
export const isRegisterMark = (byte: number): boolean =>
  byte >= firstMark && byte < firstMark + alikeRegisters.length;

/** The letters of a name of at most four, as a number. */
function packed(name: string): number {
  let word = 0;
  for (let i = name.length - 1; i >= 0; i--) word = (word << 8) | name.charCodeAt(i);
  return word;
}

/** Where a packed name would stand; the factor was chosen so that no two meet. */
export const registerSlot = (word: number): number => Math.imul(word, 0x3188ea6d) >>> 24;

/** By `registerSlot`: the packed name, its mark, and the number that encodings have. */
export const registerWords: Int32Array = new Int32Array(256);
export const registerMarks: Uint8Array = new Uint8Array(256);
export const registerNumbers: Uint8Array = new Uint8Array(256);

for (const [row, list] of alikeRegisters.entries()) {
  for (const { name, number } of list) {
    const slot = registerSlot(packed(name));
    if (name.length > 4 || registerWords[slot] !== 0) throw new Error(`%${name} has no slot`);
    // Places in statements of one shape are told by their distance from holes.
    if (name.length !== list[0].name.length) throw new Error(`%${name} has ${name.length} letters`);
    registerWords[slot] = packed(name);
    registerMarks[slot] = firstMark + row;
    registerNumbers[slot] = number & 7;
  }
}
