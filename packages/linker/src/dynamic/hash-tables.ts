// The two hash tables over .dynsym: .hash (gABI chapter 5, "Hash Table") and .gnu.hash with its
// Bloom filter, for which defined symbols stand behind undefined ones, bucket by bucket.

import { utf8Bytes } from '@ring0/bytes';

/** The gABI's hash of a name. */
export function sysvHash(name: string): number {
  let hash = 0;
  for (const byte of utf8Bytes(name)) {
    hash = ((hash << 4) + byte) >>> 0;
    const high = hash & 0xf0000000;
    if (high !== 0) hash ^= high >>> 24;
    hash = (hash & ~high) >>> 0;
  }
  return hash;
}

/** Bernstein's hash, as .gnu.hash has it. */
export function gnuHash(name: string): number {
  let hash = 5381;
  for (const byte of utf8Bytes(name)) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}

const bucketSizes = [
  1, 3, 17, 37, 67, 97, 131, 197, 263, 521, 1031, 2053, 4099, 8209, 16411, 32771,
];

/** The largest of the usual sizes that leaves no bucket without a symbol on average. */
function bucketCount(symbols: number): number {
  let best = bucketSizes[0];
  for (let i = 0; i < bucketSizes.length; i++) {
    best = bucketSizes[i];
    if (symbols < (bucketSizes[i + 1] ?? 0)) break;
  }
  return best;
}

/** The number of buckets that costs least: the squares of the chains' lengths, and the pages. */
function bestBucketCount(hashes: readonly number[], symbols: number, isGnu: boolean): number {
  const usual = isGnu ? 2 : 1;
  const least = Math.max(usual, Math.floor(hashes.length / 4));
  const most = hashes.length * 2;
  let best = isGnu && most % 32 === 0 ? most + 1 : most;
  let bestCost = Number.POSITIVE_INFINITY;
  let failures = 0;
  for (let size = least; size < most; size++) {
    if (isGnu && size % 32 === 0) continue;
    const counts = new Uint32Array(size);
    for (const hash of hashes) counts[hash % size]++;
    let cost = (2 + symbols) * 4;
    for (const count of counts) cost += count * count;
    const pages = Math.floor(size / 1024) + 1;
    cost *= pages * pages;
    if (cost < bestCost) {
      bestCost = cost;
      best = size;
      failures = 0;
    } else if (++failures === 100) break;
  }
  return Math.max(usual, best);
}

/** .hash for the names of .dynsym, the null symbol first; `order` is that of entering. */
export function sysvTable(
  names: readonly string[],
  order: readonly number[],
  isOptimized: boolean,
): Uint8Array {
  const hashes = order.map((index) => sysvHash(names[index]));
  // GNU ld's search finds none where there is nothing to sort.
  const isEmpty = isOptimized && hashes.length === 0;
  const buckets = isEmpty
    ? 0
    : isOptimized
      ? bestBucketCount(hashes, names.length, false)
      : bucketCount(hashes.length);
  const words = new Uint32Array(2 + buckets + names.length);
  words[0] = buckets;
  words[1] = names.length;
  for (const index of order) {
    const bucket = 2 + (sysvHash(names[index]) % buckets);
    words[2 + buckets + index] = words[bucket];
    words[bucket] = index;
  }
  return bytesOf(words);
}

export interface GnuTable {
  readonly bytes: Uint8Array;
  /** The order of the symbols, as indices of `names`. */
  readonly order: readonly number[];
}

/**
 * .gnu.hash for the `names` that can be looked up, of symbols that stand from `first` on in
 * .dynsym.
 */
export function gnuTable(names: readonly string[], first: number, isOptimized: boolean): GnuTable {
  if (names.length === 0) return { bytes: bytesOf(new Uint32Array([1, 1, 1, 0, 0, 0])), order: [] };
  const hashes = names.map(gnuHash);
  const buckets = isOptimized
    ? bestBucketCount(hashes, first + names.length, true)
    : Math.max(2, bucketCount(names.length));
  const order = [...names.keys()];
  order.sort((a, b) => (hashes[a] % buckets) - (hashes[b] % buckets) || a - b);
  const log = filterBits(names.length);
  const filterWords = 2 ** (log - 5);
  const words = new Uint32Array(4 + filterWords + buckets + names.length);
  words.set([buckets, first, filterWords, log]);
  const bucketsAt = 4 + filterWords;
  order.forEach((index, position) => {
    const hash = hashes[index];
    const word = 4 + ((hash >>> 5) & (filterWords - 1));
    words[word] |= (1 << (hash & 31)) | (1 << ((hash >>> log) & 31));
    const bucket = hash % buckets;
    if (words[bucketsAt + bucket] === 0) words[bucketsAt + bucket] = first + position;
    const next = order[position + 1];
    const isLast = next === undefined || hashes[next] % buckets !== bucket;
    words[bucketsAt + buckets + position] = isLast ? hash | 1 : hash & ~1;
  });
  return { bytes: bytesOf(words), order };
}

/** The binary logarithm of the filter's size in bits. */
function filterBits(symbols: number): number {
  const log = floorLog2(symbols) + 1;
  if (log < 3) return 5;
  return ((1 << (log - 2)) & symbols) !== 0 ? log + 3 : log + 2;
}

function floorLog2(value: number): number {
  let log = 0;
  while (2 ** (log + 1) <= value) log++;
  return log;
}

function bytesOf(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => view.setUint32(index * 4, word, true));
  return bytes;
}
