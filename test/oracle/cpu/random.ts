// Where cases take their numbers from: a generator that gives the same sequence for the same seed, and values that make
// carries, overflows and page ends likely.

import { DATA_ADDRESS, DATA_BYTES, DATA_START, type Fpu, WRITABLE_BYTES } from './native.ts';

export type Random = (below: number) => number;

/** A small deterministic generator (mulberry's mixing). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random(list.length)];
}

/** True once in `of` times. */
export function rarely(random: Random, of: number): boolean {
  return random(of) === 0;
}

const INTERESTING = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000];

export function randomWord(random: Random): number {
  switch (random(5)) {
    case 0:
      return pick(random, INTERESTING);
    case 1:
      return -pick(random, INTERESTING) >>> 0;
    case 2:
      return random(256);
    case 3:
      return (((1 << random(32)) >>> 0) + random(3) - 1) >>> 0;
    default:
      return (random(0x10000) * 0x10000 + random(0x10000)) >>> 0;
  }
}

/** What the data pages hold before patches. */
export function randomPool(random: Random): Uint8Array {
  const pool = new Uint8Array(DATA_BYTES);
  const view = new DataView(pool.buffer);
  for (let at = 0; at < DATA_BYTES; at += 4) view.setUint32(at, randomWord(random), true);
  return pool;
}

/** A linear address for `size` bytes of data: mostly sound, now and then across a page's end or where nothing is. */
export function dataAddress(random: Random, size: number): number {
  const middle = DATA_ADDRESS + 256 + random(WRITABLE_BYTES - 512 - size);
  switch (random(40)) {
    case 0:
      return DATA_ADDRESS + WRITABLE_BYTES - random(size + 1);
    case 1:
      return DATA_ADDRESS - random(size + 1);
    case 2:
      return DATA_START - random(size + 1);
    case 3:
      return DATA_ADDRESS + 0x1000 - random(size + 1);
    case 4:
      return DATA_ADDRESS + 0x10000 + random(0x1000000);
    case 5:
    case 6:
    case 7:
    case 8:
      return middle & ~7;
    default:
      return middle;
  }
}

/** The arithmetic flags, now and then the direction flag. */
export function randomFlags(random: Random): number {
  return 0x202 | (random(0x1000) & 0x8d5) | (rarely(random, 5) ? 0x400 : 0);
}

export const CLEAN_FPU: Fpu = {
  control: 0x37f,
  status: 0,
  tag: 0xffff,
  stack: new Uint8Array(80),
};

/** Little-endian bytes. */
export function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor((value >>> 0) / 2 ** (i * 8)) & 0xff);
}
