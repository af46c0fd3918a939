// Instruction selection: blocks are covered from their ends upwards, so that an instruction knows which of its operands
// are needed later, and a value that nothing needed is never made. Each root emits its machine instructions forwards into
// a buffer; a node with one user in the same block may become part of the user's instruction (an address, a memory
// operand, a compare).

import type { Span } from '@ring0/diagnostics';
import { dominators, loopDepths } from '../ir/dominance.ts';
import type { IRFunction } from '../ir/function.ts';
import { ACCESS_MASK, EFFECT, Op, opEffect, opIsFloat, VOLATILE_ACCESS } from '../ir/ops.ts';
import { blockLabel } from '../ir/unit.ts';
import { isPinned } from '../passes/dead-code.ts';
import { ESP } from '../lower/registers.ts';
import type { MachineBlock, MemoryOperand, Operand, RegisterOperand } from './machine.ts';
import { BOTH, DEF, imm, Inst, MachineFunction, mem, reg, USE } from './machine.ts';

export interface SelectServices {
  /** A read-only floating constant: its symbol and precision (0, 1, 2). */
  floatConstant(image: bigint): { symbol: string; precision: number };
  readonly isForSize: boolean;
  readonly isOptimizing: boolean;
  /** Alignment of the stack at calls, in bytes. */
  readonly stackBoundary: number;
  report(code: string, span: Span, message: string): void;
}

export class Selector {
  readonly f: IRFunction;
  readonly m: MachineFunction;
  readonly services: SelectServices;
  /** Users of each node. */
  readonly useCount: Int32Array;
  /** The block of each placed node. */
  readonly home: Int32Array;
  /** Changes with every write to memory on the way through a block. */
  readonly epoch: Int32Array;
  /** The virtual registers of a node, from its first (latest) use on. */
  readonly registers: Int32Array;
  readonly highRegisters: Int32Array;
  /** Frame slots of floating values. */
  readonly floatSlots: Int32Array;
  /** Floating values that must go to memory, so that trees fit the x87 stack. */
  readonly isForced: Uint8Array;
  /** Result registers or slots of asm statements, by asm and number. */
  readonly asmResults = new Map<number, Map<number, number>>();
  buffer: Inst[] = [];
  block = 0;
  /** The node being covered. */
  root = 0;

  constructor(f: IRFunction, services: SelectServices) {
    this.f = f;
    this.services = services;
    this.m = new MachineFunction(f.name);
    this.useCount = new Int32Array(f.count);
    this.home = new Int32Array(f.count).fill(-1);
    this.epoch = new Int32Array(f.count);
    this.registers = new Int32Array(f.count);
    this.highRegisters = new Int32Array(f.count);
    this.floatSlots = new Int32Array(f.count).fill(-1);
    this.isForced = new Uint8Array(f.count);
    for (const slot of f.slots) this.m.newSlot(slot.size, slot.alignment, slot.incoming);
    f.slots.forEach((slot, i) => {
      if (slot.promoted && slot.incoming !== undefined) this.m.constantSlots.add(i);
    });
    this.m.pops = f.pops;
    this.m.movesStack = f.usesAlloca;
    this.m.needsFramePointer = f.usesAlloca || f.usesFrameAddress;
    this.count();
  }

  private count(): void {
    const f = this.f;
    for (const block of f.blocks) {
      let epoch = 0;
      for (const id of block.code) {
        this.home[id] = block.id;
        this.epoch[id] = epoch;
        f.forOperands(id, (value) => {
          this.useCount[value]++;
        });
        if (opEffect[f.op[id]] & EFFECT || this.isVolatile(id)) epoch++;
      }
    }
  }
  private isVolatile(id: number): boolean {
    const op = this.f.op[id];
    return (op === Op.load || op === Op.fload) && (this.f.c[id] & VOLATILE_ACCESS) !== 0;
  }

  // --- emission

  emit(mnemonic: string, operands: Operand[], roles: number[]): Inst {
    const inst = new Inst(mnemonic, operands, roles);
    inst.place = this.f.place[this.root];
    this.buffer.push(inst);
    return inst;
  }
  move(from: Operand, to: number): void {
    this.emit('movl', [from, reg(to)], [USE, DEF]);
  }
  /** `to = to op from`. */
  combine(mnemonic: string, from: Operand, to: number): void {
    this.emit(mnemonic, [from, reg(to)], [USE, BOTH]);
  }

  // --- operands

  /** Whether a later instruction needs the node in a register. */
  isNeeded(id: number): boolean {
    return this.registers[id] !== 0;
  }
  registerOf(id: number): number {
    this.registers[id] ||= this.m.newRegister();
    return this.registers[id];
  }
  highOf(id: number): number {
    this.highRegisters[id] ||= this.m.newRegister();
    return this.highRegisters[id];
  }

  /** Whether the node may be computed as part of the current root. */
  mayFold(id: number): boolean {
    return this.useCount[id] === 1 && this.home[id] === this.block && this.registers[id] === 0;
  }
  /** As `mayFold`, for a load: memory has not changed in between. */
  mayFoldLoad(id: number): boolean {
    const f = this.f;
    if (f.op[id] !== Op.load && f.op[id] !== Op.fload) return false;
    if (f.c[id] & VOLATILE_ACCESS) return false;
    return this.mayFold(id) && this.epoch[id] === this.epoch[this.root];
  }

  /** The value in a register that the caller must not change. */
  use(id: number): RegisterOperand {
    const f = this.f;
    if (f.isFloatingNode(id)) {
      const fresh = this.m.newRegister();
      this.materialize(id, fresh);
      return reg(fresh);
    }
    return reg(this.registerOf(id));
  }
  /** A register of the byte class that holds the same value. */
  byteRegister(register: number): number {
    const byte = this.m.newRegister();
    this.m.isByte.add(byte);
    this.move(reg(register), byte);
    return byte;
  }
  /** Puts the value in a register of the caller's. */
  useInto(id: number, to: number): void {
    if (this.f.isFloatingNode(id)) this.materialize(id, to);
    else if (this.mayFoldLoad(id) && this.f.op[id] === Op.load) this.loadInto(id, to);
    else this.move(reg(this.registerOf(id)), to);
  }
  private materialize(id: number, to: number): void {
    const immediate = this.immediate(id);
    if (immediate) this.move(immediate, to);
    else
      this.emit(
        'leal',
        [mem({ slot: this.f.a[id], displacement: this.f.b[id] }), reg(to)],
        [USE, DEF],
      );
  }
  /** The operand for a link-time constant; undefined for anything else. */
  immediate(id: number): Operand | undefined {
    const f = this.f;
    switch (f.op[id]) {
      case Op.const:
        return imm(f.a[id]);
      case Op.symbol:
        return imm(f.b[id], f.symbols[f.a[id]]);
      case Op.blockAddress:
        return imm(0, blockLabel(f.name, f.a[id]));
      default:
        return undefined;
    }
  }
  /** A 32-bit source operand: a constant, memory or a register. */
  source(id: number): Operand {
    return this.immediate(id) ?? this.registerOrMemory(id);
  }
  registerOrMemory(id: number): Operand {
    const f = this.f;
    if (f.op[id] === Op.load && (f.c[id] & ACCESS_MASK) === 4 && this.mayFoldLoad(id)) {
      return this.address(f.a[id]);
    }
    return this.use(id);
  }
  /** Loads with the extension of the access. */
  loadInto(id: number, to: number): void {
    const f = this.f;
    const mnemonic = ['movsbl', 'movzbl', 'movswl', 'movzwl', 'movl'][f.c[id] & ACCESS_MASK];
    this.emit(mnemonic, [this.address(f.a[id]), reg(to)], [USE, DEF]);
  }

  // --- addresses

  /** The addressing mode for an address; sums are taken apart as far as the mode allows. */
  address(id: number): MemoryOperand {
    const f = this.f;
    switch (f.op[id]) {
      case Op.slot:
        return mem({ slot: f.a[id], displacement: f.b[id] });
      case Op.symbol:
        return mem({ symbol: f.symbols[f.a[id]], displacement: f.b[id] });
      case Op.const:
        return mem({ displacement: f.a[id] });
      case Op.add:
        return this.sumAddress(id);
      case Op.shl:
        return this.isScale(id) && !this.isNeeded(id) && this.mayFold(id)
          ? this.indexed(mem({}), id)
          : mem({ base: this.use(id).register });
      default:
        return mem({ base: this.use(id).register });
    }
  }
  /** `isForced`: taken apart even if other nodes use the sum. */
  sumAddress(id: number, isForced = false): MemoryOperand {
    const f = this.f;
    const [a, b] = [f.a[id], f.b[id]];
    if (!isForced && this.isNeeded(id)) return mem({ base: this.registers[id] });
    if (f.isConst(b)) {
      const inner = f.op[a] === Op.add || this.isScaleOf(a) ? this.address(a) : this.simple(a);
      return { ...inner, displacement: (inner.displacement + f.a[b]) | 0 };
    }
    const isWorth = isForced || this.useCount[id] <= 2 || f.isFloatingNode(b);
    if (!isWorth) return mem({ base: this.use(id).register });
    if (f.isFloatingNode(b)) return this.indexed(this.address(b), a);
    if (this.isScaleOf(a)) return this.indexed(this.simple(b), a);
    return this.indexed(this.simple(a), b);
  }
  private isScale(id: number): boolean {
    const f = this.f;
    return f.op[id] === Op.shl && f.isConst(f.b[id]) && f.a[f.b[id]] >= 1 && f.a[f.b[id]] <= 3;
  }
  private isScaleOf(id: number): boolean {
    return this.isScale(id) && !this.isNeeded(id);
  }
  private simple(id: number): MemoryOperand {
    return mem({ base: this.use(id).register });
  }
  /** Adds a register, scaled if the node is a small shift, to a mode without index. */
  private indexed(to: MemoryOperand, id: number): MemoryOperand {
    const f = this.f;
    let node = id;
    let displacement = to.displacement;
    if (f.op[node] === Op.add && f.isConst(f.b[node]) && this.mayFold(node)) {
      displacement = (displacement + f.a[f.b[node]]) | 0;
      node = f.a[node];
    }
    if (this.isScaleOf(node)) {
      const scale = 1 << f.a[f.b[node]];
      const inner = this.scaledIndex(f.a[node], scale);
      displacement = (displacement + inner.displacement) | 0;
      return { ...to, index: inner.register, scale, displacement };
    }
    const register = this.use(node).register;
    const hasBase = to.base >= 0 || to.slot >= 0;
    return hasBase
      ? { ...to, index: register, displacement }
      : { ...to, base: register, displacement };
  }
  /** (x + c) << n as an index has its constant in the displacement. */
  private scaledIndex(id: number, scale: number): { register: number; displacement: number } {
    const f = this.f;
    if (f.op[id] === Op.add && f.isConst(f.b[id]) && !this.isNeeded(id)) {
      const displacement = Math.imul(f.a[f.b[id]], scale);
      return { register: this.use(f.a[id]).register, displacement };
    }
    return { register: this.use(id).register, displacement: 0 };
  }
  stackTop(displacement = 0): MemoryOperand {
    return mem({ base: ESP, displacement });
  }

  // --- blocks

  /** Covers all blocks; `cover` emits one root. */
  run(cover: (selector: Selector, id: number) => void): MachineFunction {
    const f = this.f;
    const d = dominators(f);
    const depths = loopDepths(f, d);
    const layout = f.blocks.filter((b) => d.position[b.id] >= 0).map((b) => b.id);
    for (const id of layout) {
      const block: MachineBlock = {
        id,
        code: [],
        successors: [...new Set(f.successors(id))],
        depth: depths[id],
        isAddressTaken: f.blocks[id].isAddressTaken,
      };
      this.m.blocks.push(block);
      this.m.byId.set(id, block);
    }
    for (let i = d.order.length - 1; i >= 0; i--) this.coverBlock(d.order[i], cover);
    return this.m;
  }

  private coverBlock(id: number, cover: (selector: Selector, id: number) => void): void {
    const f = this.f;
    this.block = id;
    this.limitFloatTrees(id);
    const code = f.blocks[id].code;
    const parts: Inst[][] = [];
    const flush = (): void => {
      if (this.buffer.length > 0) parts.push(this.buffer);
      this.buffer = [];
    };
    for (let i = code.length - 1; i >= 0; i--) {
      const node = code[i];
      this.root = node;
      if (i === code.length - 1) {
        cover(this, node);
        flush();
        this.phiMoves(id);
        flush();
      } else if (this.isWanted(node)) {
        cover(this, node);
        flush();
      }
    }
    const out: Inst[] = [];
    for (let i = parts.length - 1; i >= 0; i--) for (const inst of parts[i]) out.push(inst);
    const block = this.m.byId.get(id);
    if (block) block.code = out;
  }
  private isWanted(id: number): boolean {
    if (this.registers[id] || this.highRegisters[id] || this.floatSlots[id] >= 0) return true;
    return isPinned(this.f, id) || this.f.op[id] === Op.asm;
  }

  /** Moves into the successors' phi temporaries; only blocks that end in a jump have such successors. */
  private phiMoves(id: number): void {
    const f = this.f;
    const terminator = f.terminator(id);
    if (f.op[terminator] !== Op.jump) return;
    const target = f.blocks[f.a[terminator]];
    const index = target.predecessors.indexOf(id);
    for (const phi of target.code) {
      if (f.op[phi] !== Op.phi) break;
      const from = f.list(phi)[index];
      const temporary = this.highOf(phi);
      if (f.isFloatingNode(from)) this.materialize(from, temporary);
      else this.move(reg(this.registerOf(from)), temporary);
    }
  }

  // --- floating trees

  private limitFloatTrees(id: number): void {
    const f = this.f;
    const needs = new Map<number, number>();
    const heights = new Map<number, number>();
    for (const node of f.blocks[id].code) {
      if (!opIsFloat[f.op[node]] && f.op[node] !== Op.fcmp) continue;
      const operands: number[] = [];
      f.forOperands(node, (value) => {
        if (opIsFloat[f.op[value]]) operands.push(value);
      });
      const isLeaf = (v: number): boolean => this.isForced[v] === 1 || this.useCount[v] !== 1;
      const need = operands.map((v) => (isLeaf(v) ? 1 : (needs.get(v) ?? 1)));
      const height = Math.max(0, ...operands.map((v) => (isLeaf(v) ? 0 : (heights.get(v) ?? 0))));
      let own = Math.max(1, ...need);
      if (need.length === 2) own = need[0] === need[1] ? need[0] + 1 : Math.max(need[0], need[1]);
      needs.set(node, own);
      heights.set(node, height + 1);
      if (own > 6 || height > 24) this.isForced[node] = 1;
    }
  }
}
