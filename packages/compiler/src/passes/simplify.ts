// Value numbering in dominator order: every pure node is made again from its mapped operands, so that folding applies and
// an equal node that dominates is reused. Within a block and its only successors, loads are answered from earlier loads
// and stores that nothing in between may have changed.

import { dominators } from '../ir/dominance.ts';
import type { IRFunction } from '../ir/function.ts';
import { Maker } from '../ir/maker.ts';
import {
  Access,
  ACCESS_MASK,
  accessSize,
  Op,
  opEffect,
  opHasList,
  opIsPair,
  PURE,
  VOLATILE_ACCESS,
} from '../ir/ops.ts';

const TABLE_BITS = 14;
const KNOWN_LIMIT = 24;

/** What memory is known to hold: `value` as a load of kind `access` at `base + offset` would give it. */
interface Known {
  readonly base: number;
  readonly offset: number;
  readonly access: number;
  readonly value: number;
}

class Simplifier {
  private readonly f: IRFunction;
  private readonly make: Maker;
  private readonly heads = new Int32Array(1 << TABLE_BITS);
  private next = new Int32Array(1024);
  private readonly inserted: number[] = [];
  private readonly map: Int32Array;
  private readonly pairs = new Map<number, { lo: number; hi: number }>();
  private readonly escaped = new Set<number>();
  private known: Known[] = [];
  /** Stores of this block that nothing has read since. */
  private unread: (Known & { readonly size: number })[] = [];
  private readonly dead = new Set<number>();
  private readonly knownAtEnd = new Map<number, Known[]>();

  constructor(f: IRFunction, isForSize: boolean) {
    this.f = f;
    this.make = new Maker(f);
    this.make.expandsDivision = !isForSize;
    this.make.share = (id) => this.share(id);
    this.map = new Int32Array(f.count);
  }

  private hash(id: number): number {
    const f = this.f;
    const op = f.op[id];
    let h =
      Math.imul(op, 0x9e3779b1) ^ Math.imul(f.a[id], 0x85ebca6b) ^ Math.imul(f.b[id], 0xc2b2ae35);
    if (opHasList[op]) {
      for (const value of f.list(id)) h = Math.imul(h ^ value, 0x27d4eb2f);
    } else h ^= Math.imul(f.c[id], 0x165667b1);
    return (h ^ (h >>> 15)) >>> (32 - TABLE_BITS);
  }
  private isEqual(x: number, y: number): boolean {
    const f = this.f;
    if (f.op[x] !== f.op[y] || f.a[x] !== f.a[y] || f.b[x] !== f.b[y]) return false;
    if (!opHasList[f.op[x]]) return f.c[x] === f.c[y];
    const a = f.list(x);
    const b = f.list(y);
    return a.length === b.length && a.every((value, i) => value === b[i]);
  }
  private share(id: number): number {
    const slot = this.hash(id);
    let found = this.heads[slot];
    while (found) {
      if (this.isEqual(found, id)) return found;
      found = this.next[found];
    }
    if (id >= this.next.length) {
      const wider = new Int32Array(Math.max(id + 1, this.next.length * 2));
      wider.set(this.next);
      this.next = wider;
    }
    this.next[id] = this.heads[slot];
    this.heads[slot] = id;
    this.inserted.push(id, slot);
    return 0;
  }
  private release(mark: number): void {
    while (this.inserted.length > mark) {
      const slot = this.inserted.pop() ?? 0;
      this.heads[slot] = this.next[this.inserted.pop() ?? 0];
    }
  }

  /** Slots whose address is used other than to load and store. */
  private survey(): void {
    const f = this.f;
    const escape = (id: number): void => {
      let at = id;
      while (f.op[at] === Op.add) at = f.a[at];
      if (f.op[at] === Op.slot) this.escaped.add(f.a[at]);
    };
    for (const block of f.blocks) {
      for (const id of block.code) {
        const op = f.op[id];
        if (op === Op.load || op === Op.fload || op === Op.zero) continue;
        if (op === Op.add || op === Op.phi) {
          f.forOperands(id, escape);
          continue;
        }
        if (op === Op.store || op === Op.fstore) escape(f.b[id]);
        else if (op !== Op.copy) f.forOperands(id, escape);
      }
    }
  }

  run(): void {
    const f = this.f;
    const d = dominators(f);
    this.survey();
    const stack: { block: number; mark: number }[] = [{ block: 0, mark: -1 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.mark >= 0) {
        this.release(top.mark);
        stack.pop();
        continue;
      }
      top.mark = this.inserted.length;
      const predecessors = f.blocks[top.block].predecessors;
      const only = predecessors.length === 1 ? this.knownAtEnd.get(predecessors[0]) : undefined;
      this.known = only ? only.slice() : [];
      this.block(top.block);
      this.knownAtEnd.set(top.block, this.known);
      const children = d.children[top.block];
      for (let i = children.length - 1; i >= 0; i--) stack.push({ block: children[i], mark: -1 });
    }
    for (const block of f.blocks) {
      for (const id of block.code) {
        if (f.op[id] !== Op.phi) break;
        f.mapOperands(id, (value) => this.mapped(value));
      }
    }
  }
  private mapped(id: number): number {
    return (id < this.map.length ? this.map[id] : 0) || id;
  }

  private block(block: number): void {
    const f = this.f;
    const code = f.blocks[block].code;
    this.make.code = [];
    this.unread = [];
    for (const id of code) {
      f.atPlaceOf(id);
      const result = this.again(id);
      if (result !== id && id < this.map.length) this.map[id] = result;
    }
    const { dead } = this;
    f.blocks[block].code =
      dead.size === 0 ? this.make.code : this.make.code.filter((id) => !dead.has(id));
    dead.clear();
  }

  /** The node that stands for `id` from here on. */
  private again(id: number): number {
    const f = this.f;
    const op = f.op[id];
    const keep = (): number => {
      this.make.code.push(id);
      return id;
    };
    if (op === Op.phi) return keep();
    if (op === Op.lo || op === Op.hi) {
      const pair = this.pairs.get(f.a[id]);
      if (pair) return op === Op.lo ? pair.lo : pair.hi;
    }
    if (opIsPair[op] && opHasList[op]) {
      this.pairs.set(
        id,
        this.make.pair(
          op,
          f.list(id).map((value) => this.mapped(value)),
        ),
      );
      return id;
    }
    if (op >= Op.add && op <= Op.mulhu) {
      return this.make.binary(op, this.mapped(f.a[id]), this.mapped(f.b[id]));
    }
    if (op >= Op.neg && op <= Op.bsf) return this.make.unary(op, this.mapped(f.a[id]));
    f.mapOperands(id, (value) => this.mapped(value));
    switch (op) {
      case Op.cmp:
        return this.make.compare(f.c[id], f.a[id], f.b[id]);
      case Op.cmp64: {
        const v = f.list(id);
        return this.make.cmp64(f.a[id], [v[0], v[1]], [v[2], v[3]]);
      }
      case Op.shld:
      case Op.shrd:
        return this.make.funnel(op, f.a[id], f.b[id], f.c[id]);
      case Op.load:
        return this.load(id, keep);
      default:
    }
    if (f.op[id] === Op.store) this.store(id);
    else {
      if (opEffect[f.op[id]] !== PURE) this.unread = [];
      if (this.changesMemory(id)) this.forget(id);
    }
    return this.make.put(id);
  }

  // --- memory

  private split(address: number): { base: number; offset: number } {
    const f = this.f;
    const op = f.op[address];
    if (op === Op.add && f.isConst(f.b[address])) {
      return { base: f.a[address], offset: f.a[f.b[address]] };
    }
    if (op === Op.slot) return { base: f.slotAddress(f.a[address]), offset: f.b[address] };
    if (op === Op.symbol) {
      return { base: f.offsetNode(address, -f.b[address]), offset: f.b[address] };
    }
    return { base: address, offset: 0 };
  }
  private isPrivate(base: number): boolean {
    return this.f.op[base] === Op.slot && !this.escaped.has(this.f.a[base]);
  }
  private mayAlias(x: { base: number; offset: number }, size: number, known: Known): boolean {
    if (x.base === known.base) {
      const otherSize = accessSize[known.access];
      return x.offset < known.offset + otherSize && known.offset < x.offset + size;
    }
    if (this.isPrivate(x.base) || this.isPrivate(known.base)) {
      // Through a sum of a private slot's address the base is not the slot itself.
      return this.f.op[x.base] === Op.add || this.f.op[known.base] === Op.add;
    }
    const isNamed = (op: number): boolean => op === Op.slot || op === Op.symbol;
    return !(isNamed(this.f.op[x.base]) && isNamed(this.f.op[known.base]));
  }
  private changesMemory(id: number): boolean {
    const op = this.f.op[id];
    if (op === Op.load || op === Op.fload) return (this.f.c[id] & VOLATILE_ACCESS) !== 0;
    return (
      op === Op.call ||
      op === Op.asm ||
      op === Op.copy ||
      op === Op.zero ||
      op === Op.fstore ||
      op === Op.alloca
    );
  }
  private forget(id: number): void {
    const f = this.f;
    const op = f.op[id];
    if (op === Op.copy || op === Op.zero || op === Op.fstore) {
      const at = this.split(f.a[id]);
      const size = op === Op.fstore ? 12 : f.c[id];
      this.known = this.known.filter((k) => !this.mayAlias(at, size, k));
    } else {
      // A call of setjmp may return again, with variables changed.
      const keepsPrivate = !f.keepsMemory;
      this.known = this.known.filter((k) => keepsPrivate && this.isPrivate(k.base));
    }
  }
  private learn(at: { base: number; offset: number }, access: number, value: number): void {
    if (this.known.length >= KNOWN_LIMIT) this.known.shift();
    this.known.push({ ...at, access, value });
  }
  private load(id: number, keep: () => number): number {
    const f = this.f;
    if (f.c[id] & VOLATILE_ACCESS) {
      return keep();
    }
    const access = f.c[id] & ACCESS_MASK;
    const at = this.split(f.a[id]);
    for (let i = this.known.length - 1; i >= 0; i--) {
      const k = this.known[i];
      if (k.base !== at.base || k.offset !== at.offset) continue;
      if (k.access === access) return k.value;
    }
    this.learn(at, access, id);
    this.unread = this.unread.filter((u) => !this.mayAlias(at, accessSize[access], u));
    return keep();
  }
  private store(id: number): void {
    const f = this.f;
    const access = f.c[id] & ACCESS_MASK;
    const at = this.split(f.a[id]);
    const size = accessSize[access];
    this.known = this.known.filter((k) => !this.mayAlias(at, size, k));
    if (f.c[id] & VOLATILE_ACCESS) {
      this.unread = [];
      return;
    }
    for (const u of this.unread) {
      const isCovered = at.offset <= u.offset && u.offset + u.size <= at.offset + size;
      if (u.base === at.base && isCovered) this.dead.add(u.value);
    }
    if (this.unread.length >= KNOWN_LIMIT) this.unread.shift();
    this.unread.push({ ...at, access, size, value: id });
    if (access === Access.i32) this.learn(at, access, f.b[id]);
  }
}

/** Folds and shares nodes; phi operands and predecessors stay as they are. */
export function simplify(f: IRFunction, isForSize: boolean): void {
  new Simplifier(f, isForSize).run();
}
