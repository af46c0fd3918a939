// Memory to SSA: slots that are only loaded and stored, always whole, become values. A slot of several parts (a 64-bit
// variable, a small record) is promoted part by part. Phis are placed at iterated dominance frontiers where the part is live.

import { dominators, frontiers, type Dominators } from '../ir/dominance.ts';
import type { IRFunction } from '../ir/function.ts';
import { ACCESS_MASK, accessSize, Op, VOLATILE_ACCESS } from '../ir/ops.ts';

/** A promotable part: a slot, an offset, and the size of its accesses. */
interface Part {
  readonly slot: number;
  readonly offset: number;
  /** Of its widest access. */
  size: number;
  readonly access: number;
  isPromotable: boolean;
  readonly stores: Set<number>;
}

const keyOf = (slot: number, offset: number): number => slot * 4096 + offset;

class Promotion {
  private readonly f: IRFunction;
  private readonly parts = new Map<number, Part>();
  private readonly escaped = new Set<number>();
  private readonly d: Dominators;

  constructor(f: IRFunction) {
    this.f = f;
    this.d = dominators(f);
  }

  private escape(id: number): void {
    if (this.f.op[id] === Op.slot) this.escaped.add(this.f.a[id]);
  }
  private access(id: number, block: number): void {
    const f = this.f;
    const address = f.a[id];
    const slot = f.a[address];
    const offset = f.b[address];
    const access = f.c[id] & ACCESS_MASK;
    const size = accessSize[access];
    const isInside =
      offset >= 0 && offset + size <= Math.max(f.slots[slot].size, 4) && offset < 4096;
    if (f.c[id] & VOLATILE_ACCESS || !isInside) {
      this.escaped.add(slot);
      return;
    }
    const key = keyOf(slot, offset);
    let part = this.parts.get(key);
    if (!part) {
      part = { slot, offset, size, access, isPromotable: true, stores: new Set() };
      this.parts.set(key, part);
    }
    if (part.size !== size) {
      part.isPromotable = false;
      part.size = Math.max(part.size, size);
    }
    if (f.op[id] === Op.store) part.stores.add(block);
  }

  private survey(): Part[] {
    const f = this.f;
    for (const block of this.d.order) {
      for (const id of f.blocks[block].code) {
        const op = f.op[id];
        const isAccess = op === Op.load || op === Op.store;
        if (isAccess && f.op[f.a[id]] === Op.slot) {
          this.access(id, block);
          if (op === Op.store) this.escape(f.b[id]);
        } else f.forOperands(id, (value) => this.escape(value));
      }
    }
    this.refuseOverlaps();
    return [...this.parts.values()].filter((p) => p.isPromotable && !this.escaped.has(p.slot));
  }
  private refuseOverlaps(): void {
    for (const part of this.parts.values()) {
      for (let i = 1; i < part.size; i++) {
        const other = this.parts.get(keyOf(part.slot, part.offset + i));
        if (!other) continue;
        other.isPromotable = false;
        part.isPromotable = false;
      }
    }
  }

  run(): void {
    const parts = this.survey();
    if (parts.length === 0) return;
    const numbers = new Map<number, number>();
    parts.forEach((part, i) => numbers.set(keyOf(part.slot, part.offset), i));
    const liveIn = this.liveness(parts, numbers);
    const phis = this.placePhis(parts, liveIn);
    this.rename(parts, numbers, phis);
  }

  private partOf(id: number, numbers: ReadonlyMap<number, number>): number {
    const f = this.f;
    const op = f.op[id];
    if ((op !== Op.load && op !== Op.store) || f.op[f.a[id]] !== Op.slot) return -1;
    return numbers.get(keyOf(f.a[f.a[id]], f.b[f.a[id]])) ?? -1;
  }

  /** For each part, the blocks where it is live on entry: backwards from uses not preceded by a store. */
  private liveness(parts: readonly Part[], numbers: ReadonlyMap<number, number>): Set<number>[] {
    const f = this.f;
    const result = parts.map(() => new Set<number>());
    const exposed: number[][] = parts.map(() => []);
    for (const block of this.d.order) {
      const killed = new Set<number>();
      for (const id of f.blocks[block].code) {
        const part = this.partOf(id, numbers);
        if (part < 0) continue;
        if (f.op[id] === Op.store) killed.add(part);
        else if (!killed.has(part)) exposed[part].push(block);
      }
    }
    parts.forEach((part, i) => {
      const work = exposed[i];
      const live = result[i];
      while (work.length > 0) {
        const block = work.pop() ?? 0;
        if (live.has(block)) continue;
        live.add(block);
        for (const p of f.blocks[block].predecessors) if (!part.stores.has(p)) work.push(p);
      }
    });
    return result;
  }

  private placePhis(parts: readonly Part[], liveIn: readonly Set<number>[]): Map<number, number>[] {
    const f = this.f;
    const frontier = frontiers(f, this.d);
    const result: Map<number, number>[] = f.blocks.map(() => new Map());
    parts.forEach((part, i) => {
      const work = [...part.stores, 0];
      const seen = new Set(work);
      while (work.length > 0) {
        for (const block of frontier[work.pop() ?? 0]) {
          if (result[block].has(i) || !liveIn[i].has(block)) continue;
          result[block].set(i, f.makeList(Op.phi, []));
          if (!seen.has(block)) {
            seen.add(block);
            work.push(block);
          }
        }
      }
    });
    return result;
  }

  /** The value a part has before any store: an incoming argument's, or nothing in particular. */
  private initial(part: Part, code: number[]): number {
    const f = this.f;
    if (f.slots[part.slot].incoming === undefined) return f.const(0);
    const address = f.slotAddress(part.slot, part.offset);
    const id = f.make(Op.load, address, 0, part.access);
    code.push(id);
    return id;
  }

  private rename(
    parts: readonly Part[],
    numbers: ReadonlyMap<number, number>,
    phis: readonly Map<number, number>[],
  ): void {
    const f = this.f;
    const current: number[] = parts.map(() => -1);
    const entryLoads: number[] = [];
    const map = new Int32Array(f.count + parts.length * 2);
    const mapped = (id: number): number => map[id] || id;
    const read = (part: number): number => {
      if (current[part] < 0) current[part] = this.initial(parts[part], entryLoads);
      return current[part];
    };
    // The entry dominates all: its reads of parts without a store settle what they are everywhere.
    parts.forEach((_, i) => {
      if (f.slots[parts[i].slot].incoming !== undefined) read(i);
    });
    const stack: { block: number; undo: [number, number][] | undefined }[] = [];
    stack.push({ block: 0, undo: undefined });
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.undo) {
        for (let i = top.undo.length - 1; i >= 0; i--) current[top.undo[i][0]] = top.undo[i][1];
        stack.pop();
        continue;
      }
      const undo: [number, number][] = [];
      top.undo = undo;
      const write = (part: number, value: number): void => {
        undo.push([part, current[part]]);
        current[part] = value;
      };
      for (const [part, phi] of phis[top.block]) write(part, phi);
      this.renameBlock(top.block, parts, numbers, { map, mapped, read, write });
      for (const next of new Set(f.successors(top.block))) {
        for (const [part, phi] of phis[next]) {
          const index = f.blocks[next].predecessors.indexOf(top.block);
          f.list(phi)[index] = read(part);
        }
      }
      for (const child of this.d.children[top.block]) stack.push({ block: child, undo: undefined });
    }
    this.finish(parts, phis, entryLoads);
  }

  private renameBlock(
    block: number,
    parts: readonly Part[],
    numbers: ReadonlyMap<number, number>,
    state: {
      map: Int32Array;
      mapped: (id: number) => number;
      read: (part: number) => number;
      write: (part: number, value: number) => void;
    },
  ): void {
    const f = this.f;
    const kept: number[] = [];
    for (const id of f.blocks[block].code) {
      const part = this.partOf(id, numbers);
      if (part < 0) {
        f.mapOperands(id, state.mapped);
        kept.push(id);
      } else if (f.op[id] === Op.store) state.write(part, state.mapped(f.b[id]));
      else state.map[id] = this.extended(id, parts[part], state.read(part), kept);
    }
    f.blocks[block].code = kept;
  }
  /** A narrow load of a part sees the stored value cut and extended its own way. */
  private extended(load: number, part: Part, value: number, code: number[]): number {
    const f = this.f;
    if (part.size === 4) return value;
    const ops = [Op.sext8, Op.zext8, Op.sext16, Op.zext16];
    f.atPlaceOf(load);
    const id = f.make(ops[f.c[load] & ACCESS_MASK], value);
    code.push(id);
    return id;
  }

  private finish(
    parts: readonly Part[],
    phis: readonly Map<number, number>[],
    entryLoads: readonly number[],
  ): void {
    const f = this.f;
    for (const block of f.blocks) {
      if (phis[block.id].size === 0) continue;
      const list = [...phis[block.id].values()];
      for (const phi of list) {
        const operands = f.list(phi);
        for (let i = 0; i < block.predecessors.length; i++) operands[i] ??= f.const(0);
      }
      block.code = [...list, ...block.code];
    }
    f.blocks[0].code = [...entryLoads, ...f.blocks[0].code];
    const refused = new Set<number>();
    for (const part of this.parts.values()) if (!part.isPromotable) refused.add(part.slot);
    for (const part of parts) if (!refused.has(part.slot)) f.slots[part.slot].promoted = true;
  }
}

/** Replaces promotable slots by values. Needs clean flow with up-to-date predecessors; block 0 has none. */
export function promote(f: IRFunction): void {
  if (!f.keepsMemory) new Promotion(f).run();
}
