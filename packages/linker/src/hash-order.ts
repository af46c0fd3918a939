// The order in which GNU ld visits its global symbols: that of its hash table. Common symbols are
// allocated and the symbol table is written in this order, so to lay memory out as GNU ld does,
// we visit symbols as it does.

import { utf8Bytes } from '@ring0/bytes';

/** Sizes the table goes through as it grows. */
const sizes = [4051, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287, 1048573];

function hash(name: string): number {
  let value = 0;
  const bytes = utf8Bytes(name);
  for (const byte of bytes) {
    value = (value + byte + (byte << 17)) >>> 0;
    value = (value ^ (value >>> 2)) >>> 0;
  }
  value = (value + bytes.length + (bytes.length << 17)) >>> 0;
  return (value ^ (value >>> 2)) >>> 0;
}

/** `names` (in the order they were entered) in the order of GNU ld's table. */
export function hashOrder(names: Iterable<string>): string[] {
  let size = sizes[0];
  let buckets: { name: string; hash: number }[][] = Array.from({ length: size }, () => []);
  let count = 0;
  for (const name of names) {
    const entry = { name, hash: hash(name) };
    buckets[entry.hash % size].unshift(entry);
    if (++count > (size * 3) / 4) {
      const next = sizes[sizes.indexOf(size) + 1];
      if (next === undefined) continue;
      buckets = regrow(buckets, next);
      size = next;
    }
  }
  return buckets.flatMap((bucket) => bucket.map((entry) => entry.name));
}

/**
 * Moves chains to a larger table, each run of equal hashes as one, to the head of its new chain.
 */
function regrow(
  buckets: { name: string; hash: number }[][],
  size: number,
): { name: string; hash: number }[][] {
  const grown: { name: string; hash: number }[][] = Array.from({ length: size }, () => []);
  for (const bucket of buckets) {
    for (let i = 0; i < bucket.length;) {
      let end = i + 1;
      while (end < bucket.length && bucket[end].hash === bucket[i].hash) end++;
      grown[bucket[i].hash % size].unshift(...bucket.slice(i, end));
      i = end;
    }
  }
  return grown;
}
