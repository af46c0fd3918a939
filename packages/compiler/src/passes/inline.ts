// Inlining, before variables become values: the callee's blocks are copied into the caller, its arguments are stored to
// slots that stand for its parameters, its result comes back through a slot. Promotion then removes all of those.

import { alignUp } from '@ring0/bytes';
import type { CallInfo, IRFunction } from '../ir/function.ts';
import { Access, Op, opHasList, opValues } from '../ir/ops.ts';

/** Whether a function's body may stand elsewhere. */
export function isInlinable(f: IRFunction): boolean {
  if (f.usesAlloca || f.usesFrameAddress || f.keepsMemory) return false;
  for (const block of f.blocks) {
    if (block.isAddressTaken) return false;
    for (const id of block.code) {
      if (f.op[id] === Op.indirect || f.op[id] === Op.readreg) return false;
      if (f.op[id] === Op.call && f.calls[f.b[id]].symbol === f.name) return false;
    }
  }
  return true;
}
/** A measure of a body's size: its instructions but for those that promotion removes. */
export function bodySize(f: IRFunction): number {
  let size = 0;
  for (const block of f.blocks) {
    for (const id of block.code) {
      const op = f.op[id];
      const isSlotAccess = (op === Op.load || op === Op.store) && f.op[f.a[id]] === Op.slot;
      if (isSlotAccess || op === Op.jump || op === Op.lo || op === Op.hi) continue;
      size += op === Op.call ? 2 + f.list(id).length : op === Op.copy ? 3 : 1;
    }
  }
  return size;
}

class Inliner {
  private readonly f: IRFunction;
  private readonly g: IRFunction;
  private readonly call: number;
  private readonly info: CallInfo;
  private readonly map: Int32Array;
  private readonly blocks: number[];
  private readonly slots: number[];
  private readonly resultSlot: number;
  private readonly after: number;
  private code: number[] = [];

  constructor(f: IRFunction, g: IRFunction, call: number) {
    this.f = f;
    this.g = g;
    this.call = call;
    this.info = f.calls[f.b[call]];
    this.map = new Int32Array(g.count);
    this.blocks = g.blocks.map((block) => (block.code.length > 0 ? f.newBlock() : -1));
    this.slots = g.slots.map((slot) => f.newSlot(slot.name, alignUp(slot.size, 4), slot.alignment));
    const size = { none: 0, word: 4, pair: 8, float: 12 }[this.info.returns];
    this.resultSlot = size > 0 ? f.newSlot('', size, 4) : -1;
    this.after = f.newBlock();
  }

  private emit(op: number, a = 0, b = 0, c = 0): number {
    const id = this.f.make(op, a, b, c);
    this.code.push(id);
    return id;
  }

  /** Replaces the call at `index` of `block`; answers what stands for its results. */
  run(block: number, index: number): { after: number; replaced: Map<number, number> } {
    const { f } = this;
    const code = f.blocks[block].code;
    const rest = code.slice(index + 1);
    f.atPlaceOf(this.call);
    this.code = code.slice(0, index);
    this.arguments();
    this.emit(Op.jump, this.blocks[0]);
    f.blocks[block].code = this.code;
    this.body();
    this.code = f.blocks[this.after].code;
    const replaced = this.results(rest);
    for (const id of rest) f.blocks[this.after].code.push(id);
    return { after: this.after, replaced };
  }

  private arguments(): void {
    const { f, g, info } = this;
    const values = f.list(this.call);
    let offset = 0;
    const registers = new Map<number, number>();
    info.arguments.forEach((argument, i) => {
      if (argument.register !== undefined) {
        registers.set(argument.register, values[i]);
        return;
      }
      const at = offset;
      offset += argument.size;
      const slot = g.slots.findIndex((s) => {
        const end = (s.incoming ?? 0) + alignUp(s.size, 4);
        return s.incoming !== undefined && s.size > 0 && s.incoming <= at && at < end;
      });
      if (slot < 0) return;
      const within = at - (g.slots[slot].incoming ?? 0);
      const address = f.slotAddress(this.slots[slot], within);
      if (argument.kind === 'float') this.emit(Op.fstore, address, values[i], argument.precision);
      else if (argument.kind === 'record') this.emit(Op.copy, address, values[i], argument.bytes);
      else {
        const size = g.slots[slot].size;
        const access = size === 1 ? Access.u8 : size === 2 ? Access.u16 : Access.i32;
        this.emit(Op.store, address, values[i], access);
      }
    });
    for (const block of g.blocks) {
      for (const id of block.code) {
        if (g.op[id] === Op.regparam) this.map[id] = registers.get(g.a[id]) ?? f.const(0);
      }
    }
  }

  private body(): void {
    const { f, g } = this;
    for (const block of g.blocks) {
      for (const id of block.code) {
        if (this.map[id] || g.op[id] === Op.return) continue;
        f.at(g.spanOf(id));
        this.map[id] = f.make(g.op[id], g.a[id], g.b[id], g.c[id]);
      }
    }
    for (const block of g.blocks) {
      if (block.code.length === 0) continue;
      this.code = f.blocks[this.blocks[block.id]].code;
      for (const id of block.code) {
        if (g.op[id] === Op.regparam) continue;
        if (g.op[id] === Op.return) this.leave(id);
        else {
          this.finish(id, this.map[id]);
          this.code.push(this.map[id]);
        }
      }
    }
  }
  /** The caller's node for one of the callee's. */
  private value(id: number): number {
    const { f, g } = this;
    switch (g.op[id]) {
      case Op.const:
        return f.const(g.a[id]);
      case Op.symbol:
        return f.symbol(g.symbols[g.a[id]], g.b[id]);
      case Op.slot:
        return f.slotAddress(this.slots[g.a[id]], g.b[id]);
      case Op.fconst:
        return f.fconst(g.floats[g.a[id]]);
      default:
        return this.map[id];
    }
  }
  /** Fills in the operands of a copied instruction. */
  private finish(from: number, to: number): void {
    const { f, g } = this;
    const op = g.op[from];
    const count = opValues[op];
    // Values first: making one may replace the columns.
    const a = count > 0 || (op === Op.call && g.a[from]) ? this.value(g.a[from]) : f.a[to];
    const b = count > 1 ? this.value(g.b[from]) : f.b[to];
    const list = opHasList[op] ? g.list(from).map((v) => this.value(v)) : undefined;
    f.a[to] = a;
    f.b[to] = b;
    if (list) f.c[to] = f.lists.push(list) - 1;
    const block = (id: number): number => this.blocks[id];
    switch (op) {
      case Op.call:
        f.b[to] = f.calls.push(g.calls[g.b[from]]) - 1;
        break;
      case Op.asm:
      case Op.asmGoto: {
        const info = g.asms[g.b[from]];
        f.b[to] = f.asms.push({ ...info, blocks: info.blocks.map(block) }) - 1;
        break;
      }
      case Op.jump:
        f.a[to] = block(g.a[from]);
        break;
      case Op.branch:
        f.b[to] = block(g.b[from]);
        f.c[to] = block(g.c[from]);
        break;
      case Op.tableJump:
        f.b[to] = f.tables.push(g.tables[g.b[from]].map(block)) - 1;
        break;
      default:
    }
  }

  /** A return stores the result and goes on behind the call. */
  private leave(id: number): void {
    const { f, g } = this;
    const kind = g.c[id];
    const returns = this.info.returns;
    const slot = (offset: number): number => f.slotAddress(this.resultSlot, offset);
    if ((kind === 1 || kind === 2) && (returns === 'word' || returns === 'pair')) {
      this.emit(Op.store, slot(0), this.value(g.a[id]), Access.i32);
      if (kind === 2 && returns === 'pair') {
        this.emit(Op.store, slot(4), this.value(g.b[id]), Access.i32);
      }
    } else if (kind === 3 && returns === 'float')
      this.emit(Op.fstore, slot(0), this.value(g.a[id]), 2);
    this.emit(Op.jump, this.after);
  }

  private results(rest: readonly number[]): Map<number, number> {
    const { f } = this;
    const replaced = new Map<number, number>();
    const address = (offset: number): number => f.slotAddress(this.resultSlot, offset);
    switch (this.info.returns) {
      case 'word':
        replaced.set(this.call, this.emit(Op.load, address(0), 0, Access.i32));
        break;
      case 'float':
        replaced.set(this.call, this.emit(Op.fload, address(0), 0, 2));
        break;
      case 'pair': {
        const low = this.emit(Op.load, address(0), 0, Access.i32);
        const high = this.emit(Op.load, address(4), 0, Access.i32);
        for (const id of rest) {
          if (f.op[id] === Op.lo && f.a[id] === this.call) replaced.set(id, low);
          if (f.op[id] === Op.hi && f.a[id] === this.call) replaced.set(id, high);
        }
        break;
      }
      default:
    }
    return replaced;
  }
}

/**
 * Replaces calls by bodies. `bodyOf` answers the callee's function if the call is to be inlined. Lowered functions only:
 * no phis, every variable in memory.
 */
export function inlineCalls(
  f: IRFunction,
  bodyOf: (symbol: string, growth: number) => IRFunction | undefined,
): void {
  const replaced = new Map<number, number>();
  let growth = 0;
  const count = f.blocks.length;
  for (let i = 0; i < count; i++) {
    let block = i;
    for (let at = 0; at < f.blocks[block].code.length; at++) {
      const id = f.blocks[block].code[at];
      if (f.op[id] !== Op.call) continue;
      const info = f.calls[f.b[id]];
      const g = info.symbol === undefined ? undefined : bodyOf(info.symbol, growth);
      if (!g) continue;
      growth += bodySize(g);
      f.list(id).forEach((value, k, list) => {
        list[k] = replaced.get(value) ?? value;
      });
      const result = new Inliner(f, g, id).run(block, at);
      for (const [from, to] of result.replaced) replaced.set(from, to);
      block = result.after;
      at = -1;
    }
  }
  if (replaced.size === 0) return;
  const find = (id: number): number => replaced.get(id) ?? id;
  for (const block of f.blocks) {
    block.code = block.code.filter((id) => !isReplacedHalf(f, id, replaced));
    for (const id of block.code) f.mapOperands(id, find);
  }
}
function isReplacedHalf(f: IRFunction, id: number, replaced: ReadonlyMap<number, number>): boolean {
  return (f.op[id] === Op.lo || f.op[id] === Op.hi) && replaced.has(id);
}
