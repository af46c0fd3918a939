// Symbols by the bytes of their names: an open hash table over one pool of all names, so that a name
// in a text is looked up where it stands, without a string being made of it.

import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { grownUint8 } from './grown.ts';
import { freeSlots, grownSlots, hasRoom, insertSlot, slotSize } from './hash-slots.ts';

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

export class NameIndex<Entry> {
  readonly pool = new NamePool();
  /** Behind the hash of an entry: where its name lies in the pool. */
  private slots = freeSlots(256);
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
    if (!hasRoom(this.slots, number)) this.slots = grownSlots(this.slots, slotOf);
    const from = this.pool.add(bytes, start, end);
    const to = from + end - start;
    insertSlot(this.slots, slotOf(hash), number, hash, from, to);
    const entry = make(this.pool, from, to);
    this.entries.push(entry);
    return entry;
  }
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
