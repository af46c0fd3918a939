// Templates by shape: an open hash table over one pool of all shapes' bytes. It is kept between
// assemblies, since a template depends on nothing but its shape and the state it was learned in.

import { NamePool } from '../object/name-index.ts';
import type { ShapeScan } from './shape-scan.ts';
import type { Template } from './shape-template.ts';

/** A text with more shapes than this repeats itself too little; the table begins anew. */
const shapesMax = 40_000;

/** Numbers of a slot: that of the template or -1, hash, where the shape lies, state and length. */
const slotSize = 4;
/** More than a shape is long. */
const lengthLimit = 2048;

export class ShapeTable {
  private pool = new NamePool();
  private slots = new Int32Array(1024 * slotSize).fill(-1);
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
    if ((number + 1) * slotSize * 2 > this.slots.length) this.grow();
    const start = this.pool.add(scan.shape, 0, scan.length);
    this.templates.push(template);
    insert(this.slots, number, scan.hash, start, state * lengthLimit + scan.length);
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

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(old.length * 2).fill(-1);
    for (let slot = 0; slot < old.length; slot += slotSize) {
      if (old[slot] < 0) continue;
      insert(this.slots, old[slot], old[slot + 1], old[slot + 2], old[slot + 3]);
    }
  }
}

function isSame(pool: Uint8Array, start: number, shape: Uint8Array, length: number): boolean {
  let i = 0;
  while (i < length && pool[start + i] === shape[i]) i++;
  return i === length;
}

function insert(slots: Int32Array, number: number, hash: number, at: number, kind: number): void {
  const mask = slots.length - 1;
  let slot = slotOf(hash) & mask;
  while (slots[slot] >= 0) slot = (slot + slotSize) & mask;
  slots[slot] = number;
  slots[slot + 1] = hash;
  slots[slot + 2] = at;
  slots[slot + 3] = kind;
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15) ^ (hash >>> 7)) << 2;
}
