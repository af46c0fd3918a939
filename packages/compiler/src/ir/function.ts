// One function in SSA form. Instructions are numbers; their fields are columns of typed arrays. A block holds the list of
// its instructions, phis first, a terminator last. Constants and addresses are placed in no block and hash-consed.

import type { Span } from '@ring0/diagnostics';
import { isFloating, Op, opEffect, opHasList, opValues, TERMINATOR } from './ops.ts';

export interface Block {
  readonly id: number;
  code: number[];
  predecessors: number[];
  /** Its address is taken: reached by `indirect`. */
  isAddressTaken: boolean;
}

/** Memory of the frame, or an incoming argument at `offset` bytes above the return address. */
export interface Slot {
  size: number;
  alignment: number;
  readonly incoming: number | undefined;
  readonly name: string;
  /** All parts of it are values now; an incoming argument's memory then never changes. */
  promoted?: boolean;
}

/** Where a call's arguments go: on the stack, or the first words in registers. */
export interface CallArgument {
  /** Words count as one value each; a pair is two. */
  readonly kind: 'word' | 'float' | 'record';
  /** Bytes on the stack, a multiple of 4. */
  readonly size: number;
  /** Bytes of the object itself. */
  readonly bytes: number;
  /** Of a floating argument: 0 float, 1 double, 2 long double. */
  readonly precision: number;
  /** Register number for regparm. */
  readonly register: number | undefined;
}
export interface CallInfo {
  /** Direct: the callee's symbol. */
  readonly symbol: string | undefined;
  readonly arguments: readonly CallArgument[];
  readonly returns: 'none' | 'word' | 'pair' | 'float';
  /** The callee pops the hidden pointer. */
  readonly popped: number;
  readonly isNoReturn: boolean;
}

/** An operand of an asm, resolved to one alternative. */
export interface AsmOperand {
  readonly name: string | undefined;
  readonly kind: 'register' | 'byte-register' | 'fixed' | 'memory' | 'immediate' | 'x87';
  /** Fixed register number; x87: depth; register pairs (A): 0 and 2. */
  readonly register: number;
  /** In bytes. */
  readonly size: number;
  /** Index in the list of the input value or address; -1: none. */
  readonly input: number;
  /** Result number (of `result`); -1: none. */
  readonly output: number;
  readonly isEarlyClobber: boolean;
  /** Same register as this operand number. */
  readonly matches: number;
  /** The value is a pair in edx:eax or any two registers. */
  readonly isPair: boolean;
  /** Constants that may stand here as they are: letters, see asm-constant.ts. */
  readonly accepts: string;
}
export interface AsmInfo {
  readonly template: string;
  readonly isVolatile: boolean;
  /** The text stands as written. */
  readonly isBasic: boolean;
  readonly operands: readonly AsmOperand[];
  /** Mask of clobbered registers. */
  readonly clobbers: number;
  readonly clobbersMemory: boolean;
  /** x87 registers among the clobbers: inputs that the text pops. */
  readonly popped: number;
  /** Blocks of asm goto: fallthrough, then the labels. */
  readonly blocks: number[];
  /** C names of the labels, for %l[name]. */
  readonly labelNames: readonly string[];
  readonly span: Span;
}

export class IRFunction {
  readonly name: string;
  op: Uint8Array = new Uint8Array(256);
  a: Int32Array = new Int32Array(256);
  b: Int32Array = new Int32Array(256);
  c: Int32Array = new Int32Array(256);
  /** Index into `spans`. */
  place: Int32Array = new Int32Array(256);
  count = 1;
  readonly lists: number[][] = [];
  readonly symbols: string[] = [];
  readonly floats: bigint[] = [];
  readonly calls: CallInfo[] = [];
  readonly asms: AsmInfo[] = [];
  readonly tables: number[][] = [];
  readonly slots: Slot[] = [];
  readonly spans: (Span | undefined)[] = [undefined];
  readonly blocks: Block[] = [];
  usesAlloca = false;
  usesFrameAddress = false;
  /** Locals stay in memory: setjmp is called. */
  keepsMemory = false;
  /** Bytes of the hidden pointer that `ret` pops. */
  pops = 0;
  private readonly floatingNodes = new Map<string, number>();
  private readonly symbolNumbers = new Map<string, number>();
  private readonly floatNumbers = new Map<bigint, number>();
  private currentPlace = 0;

  constructor(name: string) {
    this.name = name;
  }

  at(span: Span | undefined): void {
    if (this.spans[this.currentPlace] === span) return;
    this.currentPlace = this.spans.push(span) - 1;
  }
  atPlaceOf(id: number): void {
    this.currentPlace = this.place[id];
  }
  spanOf(id: number): Span | undefined {
    return this.spans[this.place[id]];
  }

  private grow(): void {
    const size = this.op.length * 2;
    const op = new Uint8Array(size);
    op.set(this.op);
    this.op = op;
    this.a = widened(this.a, size);
    this.b = widened(this.b, size);
    this.c = widened(this.c, size);
    this.place = widened(this.place, size);
  }

  /** Makes an instruction that is in no block yet. */
  make(op: number, a = 0, b = 0, c = 0): number {
    const id = this.count++;
    if (id >= this.op.length) this.grow();
    this.op[id] = op;
    this.a[id] = a;
    this.b[id] = b;
    this.c[id] = c;
    this.place[id] = this.currentPlace;
    return id;
  }
  /** Keeps numbers below `count` for `makeAt`. */
  reserve(count: number): void {
    while (this.op.length < count) this.grow();
    this.count = Math.max(this.count, count);
  }
  /** Makes an instruction of a reserved number. */
  makeAt(id: number, op: number, a = 0, b = 0, c = 0): number {
    if (id <= 0 || id >= this.count) throw new Error(`number ${id} is not reserved`);
    this.op[id] = op;
    this.a[id] = a;
    this.b[id] = b;
    this.c[id] = c;
    this.place[id] = this.currentPlace;
    return id;
  }
  makeList(op: number, values: number[], a = 0, b = 0): number {
    return this.make(op, a, b, this.lists.push(values) - 1);
  }
  list(id: number): number[] {
    return this.lists[this.c[id]];
  }

  private floating(op: number, a: number, b: number): number {
    const key = `${op},${a},${b}`;
    const found = this.floatingNodes.get(key);
    if (found !== undefined) return found;
    const id = this.make(op, a, b);
    this.floatingNodes.set(key, id);
    return id;
  }
  const(value: number): number {
    return this.floating(Op.const, value | 0, 0);
  }
  symbol(name: string, offset = 0): number {
    let index = this.symbolNumbers.get(name);
    if (index === undefined) {
      index = this.symbols.push(name) - 1;
      this.symbolNumbers.set(name, index);
    }
    return this.floating(Op.symbol, index, offset | 0);
  }
  slotAddress(slot: number, offset = 0): number {
    return this.floating(Op.slot, slot, offset | 0);
  }
  blockAddress(block: number): number {
    this.blocks[block].isAddressTaken = true;
    return this.floating(Op.blockAddress, block, 0);
  }
  fconst(image: bigint): number {
    let index = this.floatNumbers.get(image);
    if (index === undefined) {
      index = this.floats.push(image) - 1;
      this.floatNumbers.set(image, index);
    }
    return this.floating(Op.fconst, index, 0);
  }
  /** A constant's neighbour: the same symbol or slot at a further offset. */
  offsetNode(id: number, offset: number): number {
    return this.floating(this.op[id], this.a[id], (this.b[id] + offset) | 0);
  }

  isConst(id: number): boolean {
    return this.op[id] === Op.const;
  }
  isFloatingNode(id: number): boolean {
    return isFloating(this.op[id]);
  }

  newBlock(): number {
    const id = this.blocks.length;
    this.blocks.push({ id, code: [], predecessors: [], isAddressTaken: false });
    return id;
  }
  newSlot(name: string, size: number, alignment: number, incoming?: number): number {
    return this.slots.push({ size, alignment, incoming, name }) - 1;
  }

  terminator(block: number): number {
    const code = this.blocks[block].code;
    const last = code[code.length - 1];
    return last !== undefined && opEffect[this.op[last]] & TERMINATOR ? last : 0;
  }
  /** Successors of a terminator, with repetitions. */
  successorsOf(id: number): number[] {
    switch (this.op[id]) {
      case Op.jump:
        return [this.a[id]];
      case Op.branch:
        return [this.b[id], this.c[id]];
      case Op.tableJump:
      case Op.indirect:
        return this.tables[this.b[id]];
      case Op.asmGoto:
        return this.asms[this.b[id]].blocks;
      default:
        return [];
    }
  }
  successors(block: number): number[] {
    return this.successorsOf(this.terminator(block));
  }
  /** Redirects the edges of a terminator from one block to another. */
  retarget(id: number, from: number, to: number): void {
    if (this.op[id] === Op.jump) {
      if (this.a[id] === from) this.a[id] = to;
    } else if (this.op[id] === Op.branch) {
      if (this.b[id] === from) this.b[id] = to;
      if (this.c[id] === from) this.c[id] = to;
    } else {
      const blocks = this.successorsOf(id);
      for (let i = 0; i < blocks.length; i++) if (blocks[i] === from) blocks[i] = to;
    }
  }

  /** Calls `visit` with every value operand. */
  forOperands(id: number, visit: (value: number) => void): void {
    const op = this.op[id];
    const n = opValues[op];
    if (n > 0) visit(this.a[id]);
    if (n > 1) visit(this.b[id]);
    if (opHasList[op]) for (const value of this.lists[this.c[id]]) visit(value);
    if (op === Op.call && this.a[id]) visit(this.a[id]);
    else if (op === Op.return) this.returnOperands(id, visit);
  }
  private returnOperands(id: number, visit: (value: number) => void): void {
    if (this.c[id]) visit(this.a[id]);
    if (this.c[id] === 2) visit(this.b[id]);
  }
  /** Replaces every value operand by `map` of it. */
  mapOperands(id: number, map: (value: number) => number): void {
    const op = this.op[id];
    const n = opValues[op];
    const kind = op === Op.return ? this.c[id] : 0;
    const hasA = n > 0 || kind > 0 || (op === Op.call && this.a[id] !== 0);
    // `map` may make nodes, and so replace the columns.
    const a = hasA ? map(this.a[id]) : this.a[id];
    const b = n > 1 || kind === 2 ? map(this.b[id]) : this.b[id];
    if (opHasList[op]) {
      const list = this.lists[this.c[id]];
      for (let i = 0; i < list.length; i++) list[i] = map(list[i]);
    }
    this.a[id] = a;
    this.b[id] = b;
  }

  /** Sets every block's predecessors; one entry for each distinct predecessor. */
  computePredecessors(): void {
    for (const block of this.blocks) block.predecessors = [];
    for (const block of this.blocks) {
      const seen = new Set<number>();
      for (const next of this.successors(block.id)) {
        if (seen.has(next)) continue;
        seen.add(next);
        this.blocks[next].predecessors.push(block.id);
      }
    }
  }
}

function widened(column: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const result = new Int32Array(size);
  result.set(column);
  return result;
}
