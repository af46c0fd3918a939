// Register allocation by graph colouring with iterated coalescing (George and Appel 1996): nodes of low degree are taken
// out, moves are coalesced where that provably keeps the graph colourable, and what cannot be coloured is spilled. An edge
// to a physical register is a bit of a mask, so those need no adjacency lists.

import { CALL_CLOBBERS } from '../lower/registers.ts';
import type { MachineFunction } from '../select/machine.ts';
import { walkInterference } from './interference.ts';

const SIMPLIFY = 1;
const FREEZE = 2;
const SPILL = 3;
const STACKED = 4;
const COALESCED = 5;

const MOVE_WAITING = 0;
const MOVE_READY = 1;
const MOVE_DONE = 2;

const NOT_BYTE = 0b11100000;
const UNSPILLABLE = 1e30;

function bitCount(mask: number): number {
  let count = 0;
  for (let bits = mask; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/** Too many edges: the function must be compiled with fewer live values. */
export class GraphTooLarge extends Error {}
/** One instruction, an asm that is, asks for more registers than there are. */
export class TooFewRegisters extends Error {}
const EDGE_LIMIT = 1_500_000;

export interface Coloring {
  /** By register number; -1 where uncoloured. */
  readonly colors: Int8Array;
  /** Groups of registers to spill, each to one slot. */
  readonly spilled: readonly number[][];
}

export class Graph {
  private readonly m: MachineFunction;
  private readonly count: number;
  private readonly allocatable: number;
  private readonly k: number;
  private readonly adjacent: number[][];
  private readonly edges = new Set<number>();
  private readonly physical: Uint8Array;
  private readonly degree: Int32Array;
  private readonly state: Uint8Array;
  private readonly alias: Int32Array;
  private readonly cost: Float64Array;
  private readonly moveFrom: number[] = [];
  private readonly moveTo: number[] = [];
  private readonly moveState: number[] = [];
  private readonly moveDepth: number[] = [];
  private readonly movesOf: number[][];
  private readyMoves: number[] = [];
  private simplifyList: number[] = [];
  private freezeList: number[] = [];
  private spillList: number[] = [];
  private isSpillSorted = false;
  private readonly stack: number[] = [];
  private readonly members = new Map<number, number[]>();

  constructor(m: MachineFunction, allocatable: number) {
    this.m = m;
    this.count = m.registerCount;
    this.allocatable = allocatable;
    this.k = bitCount(allocatable);
    this.adjacent = Array.from({ length: this.count }, () => []);
    this.movesOf = Array.from({ length: this.count }, () => []);
    this.physical = new Uint8Array(this.count);
    this.degree = new Int32Array(this.count);
    this.state = new Uint8Array(this.count);
    this.alias = new Int32Array(this.count);
    this.cost = new Float64Array(this.count);
    for (let r = 0; r < this.count; r++) this.alias[r] = r;
  }

  // --- building

  private addEdge(a: number, b: number): void {
    if (a === b) return;
    if (a < 8) {
      if (b >= 8) this.addPhysical(b, a);
      return;
    }
    if (b < 8) {
      this.addPhysical(a, b);
      return;
    }
    const key = a < b ? a * this.count + b : b * this.count + a;
    if (this.edges.has(key)) return;
    if (this.edges.size > EDGE_LIMIT) throw new GraphTooLarge(`${this.m.name}: too many edges`);
    this.edges.add(key);
    this.adjacent[a].push(b);
    this.adjacent[b].push(a);
    this.degree[a]++;
    this.degree[b]++;
  }
  private addPhysical(register: number, color: number): void {
    const bit = 1 << color;
    if (this.physical[register] & bit) return;
    this.physical[register] |= bit;
    if (this.allocatable & bit) this.degree[register]++;
  }
  private hasEdge(a: number, b: number): boolean {
    if (a < 8) return b < 8 || (this.physical[b] & (1 << a)) !== 0;
    if (b < 8) return (this.physical[a] & (1 << b)) !== 0;
    return this.edges.has(a < b ? a * this.count + b : b * this.count + a);
  }

  private build(): void {
    const seen = new Set<number>();
    walkInterference(this.m, {
      edge: (a, b) => this.addEdge(a, b),
      move: (_inst, from, to, depth) => {
        if (from === to) return;
        if (from < 8 && to < 8) return;
        const fixed = from < 8 ? from : to < 8 ? to : -1;
        if (fixed >= 0 && !(this.allocatable & (1 << fixed))) return;
        const isTemporary = this.m.isTemporary.has(from) || this.m.isTemporary.has(to);
        if (isTemporary && fixed < 0) return;
        const key = from * this.count + to;
        if (seen.has(key) && depth === 0) return;
        seen.add(key);
        const index = this.moveFrom.push(from) - 1;
        this.moveTo.push(to);
        this.moveState.push(MOVE_READY);
        this.moveDepth.push(depth);
        this.readyMoves.push(index);
        if (from >= 8) this.movesOf[from].push(index);
        if (to >= 8) this.movesOf[to].push(index);
      },
      occurrence: (r, depth) => {
        this.cost[r] += 10 ** Math.min(depth, 6);
      },
    });
    // Inner loops' moves are tried first: the list is taken from its end.
    this.readyMoves.sort((x, y) => this.moveDepth[x] - this.moveDepth[y] || y - x);
    for (const register of this.m.isByte) {
      for (let r = 4; r < 8; r++) if (NOT_BYTE & (1 << r)) this.addPhysical(register, r);
    }
    for (const register of this.m.isTemporary) this.cost[register] = UNSPILLABLE;
  }

  // --- the work lists

  private isMoveRelated(r: number): boolean {
    return this.movesOf[r].some((move) => this.moveState[move] !== MOVE_DONE);
  }
  private makeLists(): void {
    for (let r = 8; r < this.count; r++) {
      if (this.cost[r] === 0) {
        this.state[r] = STACKED;
        continue;
      }
      this.enlist(r);
    }
  }
  private enlist(r: number): void {
    if (this.degree[r] >= this.k) {
      this.state[r] = SPILL;
      this.spillList.push(r);
      this.isSpillSorted = false;
    } else if (this.isMoveRelated(r)) {
      this.state[r] = FREEZE;
      this.freezeList.push(r);
    } else {
      this.state[r] = SIMPLIFY;
      this.simplifyList.push(r);
    }
  }
  private isGone(r: number): boolean {
    return this.state[r] === STACKED || this.state[r] === COALESCED;
  }
  private find(r: number): number {
    let result = r;
    while (this.alias[result] !== result) result = this.alias[result];
    return result;
  }

  private remove(r: number): void {
    this.state[r] = STACKED;
    this.stack.push(r);
    for (const n of this.adjacent[r]) if (!this.isGone(n)) this.decrement(n);
  }
  private decrement(r: number): void {
    const degree = this.degree[r]--;
    if (degree !== this.k) return;
    this.wakeMoves(r);
    for (const n of this.adjacent[r]) if (!this.isGone(n)) this.wakeMoves(n);
    if (this.state[r] === SPILL) this.enlist(r);
  }
  private wakeMoves(r: number): void {
    for (const move of this.movesOf[r]) {
      if (this.moveState[move] !== MOVE_WAITING) continue;
      this.moveState[move] = MOVE_READY;
      this.readyMoves.push(move);
    }
  }

  // --- coalescing

  private coalesce(move: number): void {
    if (this.moveState[move] === MOVE_DONE) return;
    let u = this.find(this.moveFrom[move]);
    let v = this.find(this.moveTo[move]);
    if (v < 8) [u, v] = [v, u];
    this.moveState[move] = MOVE_DONE;
    if (u === v) {
      this.unblock(u);
      return;
    }
    if (v < 8 || this.hasEdge(u, v)) {
      this.unblock(u);
      this.unblock(v);
      return;
    }
    if (this.isGone(v) || (u >= 8 && this.isGone(u))) return;
    const isSafe = u < 8 ? this.isGeorgeSafe(u, v) : this.isBriggsSafe(u, v);
    if (isSafe) {
      this.combine(u, v);
      this.unblock(u);
    } else this.moveState[move] = MOVE_WAITING;
  }
  private unblock(r: number): void {
    if (r < 8 || this.state[r] !== FREEZE) return;
    if (this.degree[r] < this.k && !this.isMoveRelated(r)) {
      this.state[r] = SIMPLIFY;
      this.simplifyList.push(r);
    }
  }
  private isGeorgeSafe(u: number, v: number): boolean {
    for (const t of this.adjacent[v]) {
      if (this.isGone(t)) continue;
      if (this.degree[t] >= this.k && !(this.physical[t] & (1 << u))) return false;
    }
    return true;
  }
  private isBriggsSafe(u: number, v: number): boolean {
    let significant = bitCount((this.physical[u] | this.physical[v]) & this.allocatable);
    const counted = new Set<number>();
    for (const side of [u, v]) {
      for (const t of this.adjacent[side]) {
        if (this.isGone(t) || counted.has(t)) continue;
        counted.add(t);
        let degree = this.degree[t];
        if (this.hasEdge(t, u) && this.hasEdge(t, v)) degree--;
        if (degree >= this.k && ++significant >= this.k) return false;
      }
    }
    return significant < this.k;
  }
  private combine(u: number, v: number): void {
    this.state[v] = COALESCED;
    this.alias[v] = u;
    this.members.set(u, [...(this.members.get(u) ?? []), v, ...(this.members.get(v) ?? [])]);
    if (u >= 8) {
      this.cost[u] += this.cost[v];
      for (const move of this.movesOf[v]) this.movesOf[u].push(move);
      for (let r = 0; r < 8; r++) if (this.physical[v] & (1 << r)) this.addPhysical(u, r);
    }
    for (const t of this.adjacent[v]) {
      if (this.isGone(t)) continue;
      this.addEdge(u, t);
      this.decrement(t);
    }
    if (u >= 8 && this.degree[u] >= this.k && this.state[u] === FREEZE) {
      this.state[u] = SPILL;
      this.spillList.push(u);
      this.isSpillSorted = false;
    }
  }
  private freezeMoves(r: number): void {
    for (const move of this.movesOf[r]) {
      if (this.moveState[move] === MOVE_DONE) continue;
      this.moveState[move] = MOVE_DONE;
      const from = this.find(this.moveFrom[move]);
      const other = from === r ? this.find(this.moveTo[move]) : from;
      this.unblock(other);
    }
  }

  private selectSpill(): void {
    const list = this.spillList;
    if (!this.isSpillSorted) {
      const weight = (r: number): number => this.cost[r] / this.degree[r];
      list.sort((a, b) => weight(b) - weight(a));
      this.isSpillSorted = true;
    }
    const r = list.pop();
    if (r === undefined || this.state[r] !== SPILL) return;
    this.state[r] = SIMPLIFY;
    this.simplifyList.push(r);
    this.freezeMoves(r);
  }

  private reduce(): void {
    for (;;) {
      const simple = this.simplifyList.pop();
      if (simple !== undefined) {
        if (this.state[simple] === SIMPLIFY) this.remove(simple);
        continue;
      }
      const move = this.readyMoves.pop();
      if (move !== undefined) {
        this.coalesce(move);
        continue;
      }
      const frozen = this.freezeList.pop();
      if (frozen !== undefined) {
        if (this.state[frozen] === FREEZE) {
          this.state[frozen] = SIMPLIFY;
          this.simplifyList.push(frozen);
          this.freezeMoves(frozen);
        }
        continue;
      }
      if (this.spillList.length === 0) return;
      this.selectSpill();
    }
  }

  // --- colouring

  /** Colours the graph; registers in `spilled` have no colour and nothing else may rely on the colouring then. */
  color(): Coloring {
    this.build();
    this.makeLists();
    this.reduce();
    const colors = new Int8Array(this.count).fill(-1);
    for (let r = 0; r < 8; r++) colors[r] = r;
    const failed = new Set<number>();
    let usedSaved = 0;
    while (this.stack.length > 0) {
      const r = this.stack.pop() ?? 0;
      let taken = this.physical[r];
      for (const n of this.adjacent[r]) {
        const color = colors[this.find(n)];
        if (color >= 0) taken |= 1 << color;
      }
      const free = this.allocatable & ~taken;
      if (free === 0) {
        this.fail(r, failed);
        continue;
      }
      colors[r] = this.choose(r, free, usedSaved, colors);
      usedSaved |= (1 << colors[r]) & ~CALL_CLOBBERS;
    }
    for (let r = 8; r < this.count; r++) colors[r] = colors[this.find(r)];
    const spilled = [...failed].map((r) => [r, ...(this.members.get(r) ?? [])]);
    return { colors, spilled };
  }

  /** An uncoloured register is spilled; one that must not be makes its cheapest neighbour go instead. */
  private fail(r: number, failed: Set<number>): void {
    if (this.cost[r] < UNSPILLABLE) {
      failed.add(r);
      return;
    }
    let best = -1;
    for (const n of this.adjacent[r]) {
      const other = this.find(n);
      if (other < 8 || this.cost[other] >= UNSPILLABLE) continue;
      if (best < 0 || this.cost[other] < this.cost[best]) best = other;
    }
    if (best < 0) {
      throw new TooFewRegisters(
        `${this.m.name}: an instruction needs more registers than there are`,
      );
    }
    failed.add(best);
  }

  private choose(r: number, free: number, usedSaved: number, colors: Int8Array): number {
    for (const move of this.movesOf[r]) {
      const from = this.find(this.moveFrom[move]);
      const other = from === r ? this.find(this.moveTo[move]) : from;
      const color = colors[other];
      if (color >= 0 && free & (1 << color)) return color;
    }
    const scratch = free & CALL_CLOBBERS;
    const saved = free & usedSaved;
    const candidates = scratch || saved || free;
    // eax, edx, ecx; then ebx, esi, edi, ebp.
    for (const color of [0, 2, 1, 3, 6, 7, 5]) if (candidates & (1 << color)) return color;
    throw new Error(`no colour in mask ${free}`);
  }
}
