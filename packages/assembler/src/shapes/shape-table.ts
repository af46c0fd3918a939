// Templates by shape: an open hash table over one pool of all shapes' bytes. It is kept between
// assemblies, since a template depends on nothing but its shape and the state it was learned in.

import { freeSlots, grownSlots, hasRoom, insertSlot, slotSize } from '../object/hash-slots.ts';
import { NamePool } from '../object/name-index.ts';
import type { ShapeScan } from './shape-scan.ts';
import type { Template } from './shape-template.ts';

/** A text with more shapes than this repeats itself too little; the table begins anew. */
const shapesMax = 40_000;

/** More than a shape is long. */
const lengthLimit = 2048;

export class ShapeTable {
  private pool = new NamePool();
  /** Behind the hash of a template: where its shape lies in the pool; state and length. */
  private slots = freeSlots(1024);
  private templates: Template[] = [];
  private readonly stateNumbers = new Map<string, number>();

  /** The template of the statement that was scanned last. */
  find(scan: ShapeScan, state: number): Template | undefined {
    const { slots } = this;
    const pool = this.pool.bytes;
    const { shape, hash, length } = scan;
    const mask = slots.length - 1;
    const kind = state * lengthLimit + length;
    for (let slot = slotOf(hash) & mask; ; slot = (slot + slotSize) & mask) {
      const number = slots[slot];
      if (number < 0) return undefined;
      if (slots[slot + 1] !== hash || slots[slot + 3] !== kind) continue;
      if (isSame(pool, slots[slot + 2], shape, length)) return this.templates[number];
    }
  }

  add(scan: ShapeScan, state: number, template: Template): void {
    if (this.templates.length >= shapesMax) this.clear();
    const number = this.templates.length;
    if (!hasRoom(this.slots, number)) this.slots = grownSlots(this.slots, slotOf);
    const start = this.pool.add(scan.shape, 0, scan.length);
    this.templates.push(template);
    insertSlot(
      this.slots,
      slotOf(scan.hash),
      number,
      scan.hash,
      start,
      state * lengthLimit + scan.length,
    );
  }

  /** A number for all that a template depends on besides the shape. */
  stateNumber(text: string): number {
    const known = this.stateNumbers.get(text);
    if (known !== undefined) return known;
    const number = this.stateNumbers.size;
    this.stateNumbers.set(text, number);
    return number;
  }

  private clear(): void {
    this.pool = new NamePool();
    this.slots.fill(-1);
    this.templates = [];
  }
}

function isSame(pool: Uint8Array, start: number, shape: Uint8Array, length: number): boolean {
  let i = 0;
  while (i < length && pool[start + i] === shape[i]) i++;
  return i === length;
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15) ^ (hash >>> 7)) << 2;
}
