// Symbols by the bytes of their names: an open hash table over one pool of all names, so that a name
// in a text is looked up where it stands, without a string being made of it.

import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { grownUint8 } from './grown.ts';

/** See `hashStep`; loops that are run for every byte write it out. */
export const hashFactor = 31;

/** The hash of a name that the scanner of statements computes as it goes: one step a byte. */
export function hashStep(hash: number, byte: number): number {
  return (Math.imul(hash, hashFactor) + byte) | 0;
}

/** The bytes of all names, one behind the other. */
export class NamePool {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  length = 0;

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

/** Numbers of a slot: that of the entry or -1, the hash, and where the name lies in the pool. */
const slotSize = 4;

export class NameIndex<Entry> {
  readonly pool = new NamePool();
  /**
   * All that a look-up asks for lies side by side: half a million names of a compiler do not fit
   * into a processor's cache, so that each array looked at costs as much as all the rest.
   */
  private slots = new Int32Array(256 * slotSize).fill(-1);
  private readonly entries: Entry[] = [];

  /** The number of the entry of that name; -1 where there is none. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const { slots } = this;
    const pool = this.pool.bytes;
    const mask = slots.length - 1;
    for (let slot = slotOf(hash) & mask; ; slot = (slot + slotSize) & mask) {
      const number = slots[slot];
      if (number < 0) return -1;
      if (slots[slot + 1] !== hash) continue;
      let from = slots[slot + 2];
      if (slots[slot + 3] - from !== end - start) continue;
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
    make: (pool: NamePool, start: number, end: number) => Entry,
  ): Entry {
    const number = this.entries.length;
    if ((number + 1) * slotSize * 2 > this.slots.length) this.grow();
    const from = this.pool.add(bytes, start, end);
    const to = from + end - start;
    insert(this.slots, number, hash, from, to);
    const entry = make(this.pool, from, to);
    this.entries.push(entry);
    return entry;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(old.length * 2).fill(-1);
    for (let slot = 0; slot < old.length; slot += slotSize) {
      if (old[slot] < 0) continue;
      insert(this.slots, old[slot], old[slot + 1], old[slot + 2], old[slot + 3]);
    }
  }
}

function insert(slots: Int32Array, number: number, hash: number, from: number, to: number): void {
  const mask = slots.length - 1;
  let slot = slotOf(hash) & mask;
  while (slots[slot] >= 0) slot = (slot + slotSize) & mask;
  slots[slot] = number;
  slots[slot + 1] = hash;
  slots[slot + 2] = from;
  slots[slot + 3] = to;
}

/** Names that differ in their last letter lie side by side, as those of a compiler's labels do. */
function slotOf(hash: number): number {
  return (hash ^ (hash >>> 16)) << 2;
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
