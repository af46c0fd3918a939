// Which virtual registers are live where. Registers that occur in one block only are left out of the sets between blocks;
// physical registers never live across them.

import type { Inst, MachineFunction } from '../select/machine.ts';
import { forRegisters } from '../select/machine.ts';

export interface Liveness {
  /** Virtual registers live at the end of a block, by block id. */
  readonly liveOut: ReadonlyMap<number, readonly number[]>;
}

/** Backward data flow over the blocks' upward exposed uses. */
export function liveness(m: MachineFunction): Liveness {
  const home = new Int32Array(m.registerCount).fill(-1);
  const isGlobal = new Uint8Array(m.registerCount);
  m.blocks.forEach((block, i) => {
    const note = (register: number): void => {
      if (home[register] < 0) home[register] = i;
      else if (home[register] !== i) isGlobal[register] = 1;
    };
    for (const inst of block.code) forRegisters(inst, note, note);
  });
  const index = new Int32Array(m.registerCount).fill(-1);
  const globals: number[] = [];
  for (let r = 8; r < m.registerCount; r++) if (isGlobal[r]) index[r] = globals.push(r) - 1;
  const words = (globals.length + 31) >> 5;
  const position = new Map<number, number>();
  m.blocks.forEach((block, i) => position.set(block.id, i));
  const uses = m.blocks.map(() => new Int32Array(words));
  const kills = m.blocks.map(() => new Int32Array(words));
  m.blocks.forEach((block, i) => exposed(block.code, index, uses[i], kills[i]));
  const liveIn = m.blocks.map((_, i) => uses[i].slice());
  const liveOut = m.blocks.map(() => new Int32Array(words));
  for (let changed = true; changed;) {
    changed = false;
    for (let i = m.blocks.length - 1; i >= 0; i--) {
      const out = liveOut[i];
      for (const next of m.blocks[i].successors) {
        const other = liveIn[position.get(next) ?? 0];
        for (let w = 0; w < words; w++) out[w] |= other[w];
      }
      const into = liveIn[i];
      for (let w = 0; w < words; w++) {
        const value = uses[i][w] | (out[w] & ~kills[i][w]);
        if (value !== into[w]) {
          into[w] = value;
          changed = true;
        }
      }
    }
  }
  const result = new Map<number, number[]>();
  m.blocks.forEach((block, i) => {
    const list: number[] = [];
    for (let w = 0; w < words; w++) {
      for (let bits = liveOut[i][w]; bits !== 0; bits &= bits - 1) {
        list.push(globals[w * 32 + 31 - Math.clz32(bits & -bits)]);
      }
    }
    result.set(block.id, list);
  });
  return { liveOut: result };
}

function exposed(
  code: readonly Inst[],
  index: Int32Array,
  uses: Int32Array,
  kills: Int32Array,
): void {
  for (const inst of code) {
    forRegisters(
      inst,
      (r) => {
        const g = index[r];
        if (g >= 0 && !(kills[g >> 5] & (1 << (g & 31)))) uses[g >> 5] |= 1 << (g & 31);
      },
      () => undefined,
    );
    forRegisters(
      inst,
      () => undefined,
      (r) => {
        const g = index[r];
        if (g >= 0) kills[g >> 5] |= 1 << (g & 31);
      },
    );
  }
}

/** A set of registers with constant-time insertion and removal, and a list of its members. */
export class RegisterSet {
  readonly members: number[] = [];
  private readonly position: Int32Array;

  constructor(size: number) {
    this.position = new Int32Array(size).fill(-1);
  }
  has(register: number): boolean {
    return this.position[register] >= 0;
  }
  add(register: number): void {
    if (this.position[register] >= 0) return;
    this.position[register] = this.members.push(register) - 1;
  }
  delete(register: number): void {
    const at = this.position[register];
    if (at < 0) return;
    const last = this.members.pop();
    if (last !== undefined && last !== register) {
      this.members[at] = last;
      this.position[last] = at;
    }
    this.position[register] = -1;
  }
  clear(): void {
    for (const register of this.members) this.position[register] = -1;
    this.members.length = 0;
  }
}
