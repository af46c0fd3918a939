// The order in which GNU ld visits its global symbols: that of its hash table. Common symbols are
// allocated and the symbol table is written in this order, so to lay memory out as GNU ld does,
// we visit symbols as it does.

import { utf8Bytes } from '@ring0/bytes';

/** Sizes the table goes through as it grows. */
const sizes = [4051, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287, 1048573];

/**
 * The number GNU ld (on a 64-bit host) finds a name by: names of 40 letters and more, as C++ has
 * them, go beyond 32 bits, so there are two halves. `code * 131073` is code + (code << 17).
 */
function hash(name: string): number {
  let low = 0;
  let high = 0;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 0x80) return hashBytes(utf8Bytes(name));
    const added = code * 131073;
    low = (low + added) | 0;
    if (low >>> 0 < added) high++;
    low ^= (low >>> 2) | (high << 30);
    high ^= high >>> 2;
  }
  return finishHash(low, high, name.length);
}

function hashBytes(bytes: Uint8Array): number {
  let low = 0;
  let high = 0;
  for (const byte of bytes) {
    const added = byte * 131073;
    low = (low + added) | 0;
    if (low >>> 0 < added) high++;
    low ^= (low >>> 2) | (high << 30);
    high ^= high >>> 2;
  }
  return finishHash(low, high, bytes.length);
}

function finishHash(low: number, high: number, length: number): number {
  const added = (length + (length << 17)) >>> 0;
  const sum = (low + added) | 0;
  const above = sum >>> 0 < added ? high + 1 : high;
  const value = sum ^ ((sum >>> 2) | (above << 30));
  return (above ^ (above >>> 2)) * 2 ** 32 + (value >>> 0);
}

/** Chains of entries by number: the first of each, and the one behind each; -1: none. */
interface Chains {
  readonly first: Int32Array;
  readonly next: Int32Array;
}

/** `names` (in the order they were entered) in the order of GNU ld's table. */
export function hashOrder(names: readonly string[]): string[] {
  const hashes = new Float64Array(names.length);
  const next = new Int32Array(names.length);
  let first = new Int32Array(sizes[0]).fill(-1);
  let step = 0;
  for (let i = 0; i < names.length; i++) {
    const value = hash(names[i]);
    hashes[i] = value;
    const bucket = value % first.length;
    next[i] = first[bucket];
    first[bucket] = i;
    if (i + 1 <= (first.length * 3) / 4 || step + 1 >= sizes.length) continue;
    first = regrow({ first, next }, hashes, sizes[++step]);
  }
  const order: string[] = [];
  for (const start of first) for (let i = start; i >= 0; i = next[i]) order.push(names[i]);
  return order;
}

/**
 * Moves chains to a larger table, each run of equal hashes as one, to the head of its new chain.
 */
function regrow(
  { first, next }: Chains,
  hashes: Float64Array,
  size: number,
): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(size).fill(-1);
  for (const start of first) {
    for (let i = start; i >= 0;) {
      let last = i;
      while (next[last] >= 0 && hashes[next[last]] === hashes[i]) last = next[last];
      const rest = next[last];
      const bucket = hashes[i] % size;
      next[last] = grown[bucket];
      grown[bucket] = i;
      i = rest;
    }
  }
  return grown;
}
