// The order in which GNU ld visits its global symbols: that of its hash table. Common symbols are
// allocated and the symbol table is written in this order, so to lay memory out as GNU ld does,
// we visit symbols as it does.

import { utf8Bytes } from '@ring0/bytes';

/** Sizes the table goes through as it grows. */
const sizes = [4051, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287, 1048573];

function hash(name: string): number {
  let value = 0;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 0x80) return hashBytes(utf8Bytes(name));
    value = (value + code + (code << 17)) | 0;
    value ^= value >>> 2;
  }
  return finishHash(value, name.length);
}

function hashBytes(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) {
    value = (value + byte + (byte << 17)) | 0;
    value ^= value >>> 2;
  }
  return finishHash(value, bytes.length);
}

function finishHash(before: number, length: number): number {
  const value = (before + length + (length << 17)) | 0;
  return (value ^ (value >>> 2)) >>> 0;
}

/** Chains of entries by number: the first of each, and the one behind each; -1: none. */
interface Chains {
  readonly first: Int32Array;
  readonly next: Int32Array;
}

/** `names` (in the order they were entered) in the order of GNU ld's table. */
export function hashOrder(names: readonly string[]): string[] {
  const hashes = new Uint32Array(names.length);
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
  hashes: Uint32Array,
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
