// Symbols by the bytes of their names: an open hash table over one pool of all names, so that a name
// in a text is looked up where it stands, without a string being made of it.

import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { grownInt32, grownUint8 } from './grown.ts';

const hashFactor = 31;

/** The hash of a name that the scanner of statements computes as it goes: one step a byte. */
export function hashStep(hash: number, byte: number): number {
  return (Math.imul(hash, hashFactor) + byte) | 0;
}

/** A name of which the string is made when somebody asks for it. */
export interface PooledName {
  readonly pool: NamePool;
  readonly start: number;
  readonly end: number;
}

/** The bytes of all names, one behind the other. */
export class NamePool {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  private length = 0;

  add(source: Uint8Array, from: number, to: number): number {
    const start = this.length;
    this.length += to - from;
    while (this.length > this.bytes.length) this.bytes = grownUint8(this.bytes);
    const { bytes } = this;
    for (let i = from, at = start; i < to; i++) bytes[at++] = source[i];
    return start;
  }

  text(start: number, end: number): string {
    return latin1Text(this.bytes, start, end);
  }
}

export class NameIndex<Entry> {
  readonly pool = new NamePool();
  private slots = new Int32Array(256).fill(-1);
  private hashes = new Int32Array(128);
  private starts = new Int32Array(128);
  private ends = new Int32Array(128);
  private readonly entries: Entry[] = [];

  /** The number of the entry of that name; -1 where there is none. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const { slots, hashes, starts, ends } = this;
    const pool = this.pool.bytes;
    const mask = slots.length - 1;
    const length = end - start;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot];
      if (number < 0) return -1;
      if (hashes[number] !== hash || ends[number] - starts[number] !== length) continue;
      let from = starts[number];
      let at = start;
      while (at < end && pool[from] === bytes[at]) {
        from++;
        at++;
      }
      if (at === end) return number;
    }
  }

  entry(number: number): Entry {
    return this.entries[number];
  }

  replace(number: number, entry: Entry): void {
    this.entries[number] = entry;
  }

  /** Enters a name that is not yet known; where its bytes lie in the pool. */
  add(
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    make: (name: PooledName) => Entry,
  ): Entry {
    const number = this.entries.length;
    if (number === this.hashes.length) this.grow();
    const from = this.pool.add(bytes, start, end);
    const to = from + end - start;
    this.hashes[number] = hash;
    this.starts[number] = from;
    this.ends[number] = to;
    this.insert(number);
    const entry = make({ pool: this.pool, start: from, end: to });
    this.entries.push(entry);
    return entry;
  }

  private insert(number: number): void {
    const mask = this.slots.length - 1;
    let slot = spread(this.hashes[number]) & mask;
    while (this.slots[slot] >= 0) slot = (slot + 1) & mask;
    this.slots[slot] = number;
  }

  private grow(): void {
    const count = this.entries.length;
    this.hashes = grownInt32(this.hashes);
    this.starts = grownInt32(this.starts);
    this.ends = grownInt32(this.ends);
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    for (let number = 0; number < count; number++) this.insert(number);
  }
}

function spread(hash: number): number {
  return hash ^ (hash >>> 15) ^ (hash << 7);
}

/** The bytes and the hash of a name; undefined where it has letters beyond a byte. */
export function nameBytes(name: string): { bytes: Uint8Array; hash: number } | undefined {
  let hash = 0;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 0xff) return undefined;
    hash = hashStep(hash, code);
  }
  return { bytes: latin1Bytes(name), hash };
}
