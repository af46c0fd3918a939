import { expect, test } from 'vitest';
import { deflate } from './deflate.ts';

/** Reads one block of fixed codes, the plain way: bit by bit. */
function inflate(bytes: Uint8Array): number[] {
  let at = 16;
  const bit = () => (bytes[at >> 3] >> (at++ & 7)) & 1;
  const bits = (count: number) => {
    let value = 0;
    for (let i = 0; i < count; i++) value |= bit() << i;
    return value;
  };
  const code = (count: number, start = 0) => {
    let value = start;
    for (let i = 0; i < count; i++) value = value * 2 + bit();
    return value;
  };
  const symbol = () => {
    let value = code(7);
    if (value < 24) return 256 + value;
    value = code(1, value);
    if (value >= 0xc8) return 144 + code(1, value) - 0x190;
    return value >= 0xc0 ? 280 + value - 0xc0 : value - 0x30;
  };
  const ranged = (index: number, plain: number, perStep: number, first: number) => {
    let value = first;
    const extraOf = (i: number) => (i < plain ? 0 : Math.floor((i - plain) / perStep) + 1);
    for (let i = 0; i < index; i++) value += 1 << extraOf(i);
    return value + bits(extraOf(index));
  };
  expect(bits(3)).toBe(3);
  const output: number[] = [];
  for (let next = symbol(); next !== 256; next = symbol()) {
    if (next < 256) output.push(next);
    else {
      const length = next === 285 ? 258 : ranged(next - 257, 8, 4, 3);
      const distance = ranged(code(5), 4, 2, 1);
      for (let i = 0; i < length; i++) output.push(output[output.length - distance]);
    }
  }
  return output;
}

test('what is compressed comes back', () => {
  const texts = ['', 'a', 'abcabcabcabcabcabcabc', 'x'.repeat(1000), 'no match here 0123456789'];
  const numbers = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) >> (i & 7));
  for (const data of [...texts.map((text) => new TextEncoder().encode(text)), numbers]) {
    expect(inflate(deflate(data))).toEqual([...data]);
  }
});

test('repeated bytes become few', () => {
  expect(deflate(new Uint8Array(10_000)).length).toBeLessThan(100);
});

test('the sum of the plain bytes stands at the end, highest byte first', () => {
  // Adler-32 of "Wikipedia".
  const bytes = deflate(new TextEncoder().encode('Wikipedia'));
  expect([...bytes.subarray(-4)]).toEqual([0x11, 0xe6, 0x03, 0x98]);
});
