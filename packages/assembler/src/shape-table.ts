// Templates by shape: an open hash table over one pool of all shapes' bytes. It is kept between
// assemblies, since a template depends on nothing but its shape and the state it was learned in.

import { grownInt32 } from './grown.ts';
import { NamePool } from './name-index.ts';
import type { ShapeScan } from './shape-scan.ts';
import type { Template } from './shape-template.ts';

/** A text with more shapes than this repeats itself too little; the table begins anew. */
const shapesMax = 40_000;

export class ShapeTable {
  private pool = new NamePool();
  private slots = new Int32Array(1024).fill(-1);
  private hashes = new Int32Array(512);
  private states = new Int32Array(512);
  private starts = new Int32Array(512);
  private ends = new Int32Array(512);
  private templates: Template[] = [];
  private readonly stateNumbers = new Map<string, number>();

  /** The template of the statement that was scanned last. */
  find(scan: ShapeScan, state: number): Template | undefined {
    const { slots, hashes, states, starts, ends } = this;
    const pool = this.pool.bytes;
    const { shape, hash, length } = scan;
    const mask = slots.length - 1;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot];
      if (number < 0) return undefined;
      if (hashes[number] !== hash || states[number] !== state) continue;
      const start = starts[number];
      if (ends[number] - start !== length) continue;
      let i = 0;
      while (i < length && pool[start + i] === shape[i]) i++;
      if (i === length) return this.templates[number];
    }
  }

  add(scan: ShapeScan, state: number, template: Template): void {
    if (this.templates.length >= shapesMax) this.clear();
    const number = this.templates.length;
    if (number === this.hashes.length) this.grow();
    const start = this.pool.add(scan.shape, 0, scan.length);
    this.hashes[number] = scan.hash;
    this.states[number] = state;
    this.starts[number] = start;
    this.ends[number] = start + scan.length;
    this.templates.push(template);
    this.insert(number);
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

  private insert(number: number): void {
    const mask = this.slots.length - 1;
    let slot = spread(this.hashes[number]) & mask;
    while (this.slots[slot] >= 0) slot = (slot + 1) & mask;
    this.slots[slot] = number;
  }

  private grow(): void {
    const count = this.hashes.length;
    this.hashes = grownInt32(this.hashes);
    this.states = grownInt32(this.states);
    this.starts = grownInt32(this.starts);
    this.ends = grownInt32(this.ends);
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    for (let number = 0; number < count; number++) this.insert(number);
  }
}

function spread(hash: number): number {
  return hash ^ (hash >>> 15) ^ (hash >>> 7);
}
