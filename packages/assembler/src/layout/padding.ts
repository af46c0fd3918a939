// Padding of code: the no-operations of GNU as 2.40 for its default processor. The longest pattern
// first, the rest last; a jump over them where there would be too many.

import type { Mode } from '@ring0/isa';

const patterns32: readonly (readonly number[])[] = [
  [],
  [0x90],
  [0x66, 0x90],
  [0x8d, 0x76, 0x00],
  [0x8d, 0x74, 0x26, 0x00],
  [0x8d, 0x74, 0x26, 0x00, 0x90],
  [0x8d, 0xb6, 0x00, 0x00, 0x00, 0x00],
  [0x8d, 0xb4, 0x26, 0x00, 0x00, 0x00, 0x00],
];

const patterns16: readonly (readonly number[])[] = [
  [],
  [0x90],
  [0x66, 0x90],
  [0x8d, 0x74, 0x00],
  [0x8d, 0xb4, 0x00, 0x00],
];

const longNop = [0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0];

/** Those of ELF64 files: one instruction of up to eleven bytes. */
const patterns64: readonly (readonly number[])[] = [
  [],
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0, 0, 0, 0],
  longNop,
  [0x66, ...longNop],
  [0x66, 0x2e, ...longNop],
  [0x66, 0x66, 0x2e, ...longNop],
];

interface Nops {
  readonly patterns: readonly (readonly number[])[];
  /** More bytes than these are jumped over: three of the longest in 32-bit code. */
  readonly most: number;
}

const nopsOf: Readonly<Record<Mode, Nops>> = {
  16: { patterns: patterns16, most: 11 },
  32: { patterns: patterns32, most: 20 },
  64: { patterns: patterns64, most: 87 },
};

/** The longest no-operation of a mode, in bytes. */
export const nopMax: Readonly<Record<Mode, number>> = {
  16: patterns16.length - 1,
  32: patterns32.length - 1,
  64: patterns64.length - 1,
};

/** Stands for no-operations of one long instruction, which not all 32-bit processors have. */
export const longNops: Uint8Array = Uint8Array.from(longNop);

const longMark = 100;

/** The number that a space of no-operations whose count follows later keeps in place of a fill. */
export function nopFill(longest: number, isLong: boolean): number {
  return -(isLong ? longest + longMark : longest);
}

/** Fills such a space. */
export function fillByNumber(
  bytes: Uint8Array,
  at: number,
  count: number,
  mode: Mode,
  fill: number,
): void {
  if (-fill <= longMark) fillNops(bytes, at, count, mode, -fill);
  else fillNops(bytes, at, count, 64, -fill - longMark);
}

/** Fills `bytes[at..at+count)` with no-operations of at most `longest` bytes. */
export function fillNops(
  bytes: Uint8Array,
  at: number,
  count: number,
  mode: Mode,
  longest: number = nopMax[mode],
): void {
  const { patterns, most } = nopsOf[mode];
  // Those of five bytes are two instructions.
  const limit = mode === 32 && longest === 5 ? 4 : longest;
  let offset = at;
  let rest = count;
  if (count > most) {
    const short = count - 2;
    if (short <= 127) {
      bytes[offset++] = 0xeb;
      bytes[offset++] = short;
      rest = short;
    } else {
      if (mode === 16) bytes[offset++] = 0x66;
      bytes[offset++] = 0xe9;
      rest = count - (offset - at) - 4;
      for (let i = 0; i < 4; i++) bytes[offset++] = (rest >>> (8 * i)) & 0xff;
    }
  }
  while (rest > 0) {
    const pattern = patterns[Math.min(rest, limit)];
    for (let i = 0; i < pattern.length; i++) bytes[offset++] = pattern[i];
    rest -= pattern.length;
  }
}
