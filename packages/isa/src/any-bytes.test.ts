// Any bytes at all have a text, in every mode and style: random ones, with the escapes of the opcode
// maps in front of a part of them.

import { expect, test } from 'vitest';
import { decode, formatAtt, formatIntel } from './index.ts';
import type { Mode } from './index.ts';

const modes: readonly Mode[] = [16, 32, 64];
const escapes = [0xc4, 0xc5, 0x8f, 0x62, 0x0f, 0x66, 0xf3, 0xf2];

/** Bytes by Marsaglia's xorshift. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  };
}

test('random bytes never throw', () => {
  const next = generator(2463534242);
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from({ length: 16 }, next);
    if (round % 2 === 0) bytes[0] = escapes[(round % 16) >> 1] ?? 0;
    for (const mode of modes) {
      const decoded = decode(bytes, 0, mode, 0x1000, true);
      for (const text of [
        formatAtt(decoded),
        formatIntel(decoded),
        formatAtt(decoded, { hasSuffixes: true }),
      ]) {
        expect(text.includes('undefined')).toBe(false);
      }
    }
  }
});

test('a mask register that does not exist is bad, in 64-bit code alone', () => {
  const bytes = new Uint8Array([0xc5, 0x2c, 0x46, 0xf5]);
  expect(formatAtt(decode(bytes, 0, 64, 0))).toContain('(bad)');
});
