// Numbers by the bytes of a name: an open hash table over one pool of all names, so that a name in a
// text is looked up where it stands, without a string being made of it.

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

  /** Makes room for that many bytes. */
  expect(length: number): void {
    if (length > this.bytes.length) this.bytes = grownUint8(this.bytes, length);
  }

  text(start: number, end: number): string {
    return latin1Text(this.bytes, start, end);
  }
}

/** Numbers by name. */
export class NameIndex {
  private readonly pool: NamePool;
  /** Behind the hash of an entry: where its name lies in the pool. */
  private slots = freeSlots(256);
  private count = 0;

  constructor(pool: NamePool = new NamePool()) {
    this.pool = pool;
  }

  /** The number of that name; -1 where there is none. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slot = this.slot(bytes, start, end, hash);
    return slot < 0 ? -1 : this.slots[slot];
  }

  private slot(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const { slots } = this;
    const pool = this.pool.bytes;
    const mask = slots.length - 1;
    for (let slot = slotOf(hash) & mask; ; slot = (slot + slotSize) & mask) {
      if (slots[slot] < 0) return -1;
      if (slots[slot + 1] !== hash) continue;
      let from = slots[slot + 2];
      if (slots[slot + 3] - from !== end - start) continue;
      let at = start;
      while (at < end && pool[from] === bytes[at]) {
        from++;
        at++;
      }
      if (at === end) return slot;
    }
  }

  /** Gives a name that is known another number; false where it is not known. */
  replace(bytes: Uint8Array, start: number, end: number, hash: number, number: number): boolean {
    const slot = this.slot(bytes, start, end, hash);
    if (slot >= 0) this.slots[slot] = number;
    return slot >= 0;
  }

  /** Makes room for about as many names. */
  expect(count: number): void {
    let size = this.slots.length / slotSize;
    while (size < count * 2) size *= 2;
    if (size * slotSize > this.slots.length) this.slots = grownSlots(this.slots, slotOf, size);
  }

  /** Enters a name that is not yet known; where its bytes lie in the pool. */
  add(bytes: Uint8Array, start: number, end: number, hash: number, number: number): number {
    if (!hasRoom(this.slots, this.count++)) this.slots = grownSlots(this.slots, slotOf);
    const from = this.pool.add(bytes, start, end);
    insertSlot(this.slots, slotOf(hash), number, hash, from, from + end - start);
    return from;
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
