// Padding of code: the no-operations of GNU as 2.40 for its default processor. The longest pattern
// first, the rest last; a jump over them where there would be too many.

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

/** The longest no-operation of a mode, in bytes. */
export const nopMax: Readonly<Record<16 | 32, number>> = {
  16: patterns16.length - 1,
  32: patterns32.length - 1,
};

/** Fills `bytes[at..at+count)` with no-operations of at most `longest` bytes. */
export function fillNops(
  bytes: Uint8Array,
  at: number,
  count: number,
  mode: 16 | 32,
  longest: number = nopMax[mode],
): void {
  const patterns = mode === 16 ? patterns16 : patterns32;
  // Three of the longest in 32-bit code; in 16-bit code the same rule gives eleven bytes.
  const most = mode === 16 ? 11 : 20;
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
    const pattern = patterns[Math.min(rest, longest)];
    for (let i = 0; i < pattern.length; i++) bytes[offset++] = pattern[i];
    rest -= pattern.length;
  }
}
