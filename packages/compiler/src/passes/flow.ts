// Control-flow clean-up: constant branches become jumps, unreachable blocks go, straight runs of blocks are joined, and
// jumps to empty blocks go on to where those lead. Phi operands follow their predecessors.

import { reversePostorder } from '../ir/dominance.ts';
import type { IRFunction } from '../ir/function.ts';
import { Op } from '../ir/ops.ts';

/** Removes the operand for `from` of every phi of `block`. */
function dropPhiEdge(f: IRFunction, block: number, from: number): void {
  const index = f.blocks[block].predecessors.indexOf(from);
  if (index < 0) return;
  f.blocks[block].predecessors.splice(index, 1);
  for (const id of f.blocks[block].code) {
    if (f.op[id] !== Op.phi) break;
    f.list(id).splice(index, 1);
  }
}

/** Turns branches on constants into jumps. Predecessors must be up to date. */
function foldBranches(f: IRFunction): void {
  for (const block of f.blocks) {
    const id = f.terminator(block.id);
    const op = f.op[id];
    if (op === Op.branch && (f.isConst(f.a[id]) || f.b[id] === f.c[id])) {
      const taken = f.isConst(f.a[id]) && f.a[f.a[id]] === 0 ? f.c[id] : f.b[id];
      const dropped = taken === f.b[id] ? f.c[id] : f.b[id];
      if (dropped !== taken) dropPhiEdge(f, dropped, block.id);
      f.op[id] = Op.jump;
      f.a[id] = taken;
    } else if (op === Op.tableJump && f.isConst(f.a[id])) {
      const table = f.tables[f.b[id]];
      const taken = table[f.a[f.a[id]]] ?? table[0];
      for (const other of new Set(table)) {
        if (other !== taken) dropPhiEdge(f, other, block.id);
      }
      f.op[id] = Op.jump;
      f.a[id] = taken;
    }
  }
}

function removeUnreachable(f: IRFunction): void {
  const live = new Uint8Array(f.blocks.length);
  for (const block of reversePostorder(f)) live[block] = 1;
  for (const block of f.blocks) {
    if (live[block.id]) {
      for (const p of block.predecessors.slice()) if (!live[p]) dropPhiEdge(f, block.id, p);
    } else {
      block.code = [];
      block.predecessors = [];
    }
  }
}

/** Phis of one distinct operand are that operand. */
function removeTrivialPhis(f: IRFunction): void {
  const replaced = new Map<number, number>();
  const find = (id: number): number => {
    let result = id;
    for (let next = replaced.get(result); next !== undefined; next = replaced.get(result)) {
      result = next;
    }
    return result;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const block of f.blocks) {
      for (const id of block.code) {
        if (f.op[id] !== Op.phi) break;
        if (replaced.has(id)) continue;
        let only = -1;
        let isTrivial = true;
        for (const value of f.list(id)) {
          const source = find(value);
          if (source === id || source === only) continue;
          if (only >= 0) {
            isTrivial = false;
            break;
          }
          only = source;
        }
        if (!isTrivial) continue;
        replaced.set(id, only < 0 ? f.const(0) : only);
        changed = true;
      }
    }
  }
  if (replaced.size === 0) return;
  for (const block of f.blocks) {
    block.code = block.code.filter((id) => !replaced.has(id));
    for (const id of block.code) f.mapOperands(id, find);
  }
}

/** A block with one successor that has no other predecessor swallows it. */
function joinBlocks(f: IRFunction): void {
  for (const block of f.blocks) {
    for (;;) {
      const id = f.terminator(block.id);
      if (f.op[id] !== Op.jump) break;
      const next = f.blocks[f.a[id]];
      if (next.id === 0 || next === block || next.predecessors.length !== 1) break;
      if (next.isAddressTaken) break;
      block.code.pop();
      for (const moved of next.code) block.code.push(moved);
      next.code = [];
      next.predecessors = [];
      for (const successor of f.successors(block.id)) {
        const list = f.blocks[successor].predecessors;
        const index = list.indexOf(next.id);
        if (index >= 0) list[index] = block.id;
      }
    }
  }
}

/** Edges into a block that only jumps go where it goes, if no phi tells the ways apart. */
function threadJumps(f: IRFunction): void {
  const target = (block: number): number => {
    let result = block;
    for (let steps = 0; steps < 16; steps++) {
      const code = f.blocks[result].code;
      if (code.length !== 1 || f.op[code[0]] !== Op.jump || f.blocks[result].isAddressTaken) break;
      const next = f.a[code[0]];
      if (next === result || f.op[f.blocks[next].code[0]] === Op.phi) break;
      result = next;
    }
    return result;
  };
  for (const block of f.blocks) {
    const id = f.terminator(block.id);
    if (!id) continue;
    for (const next of new Set(f.successorsOf(id))) {
      const to = target(next);
      if (to !== next) f.retarget(id, next, to);
    }
  }
}

/** Cleans the graph; predecessors are up to date afterwards, phis match them. */
export function cleanFlow(f: IRFunction): void {
  foldBranches(f);
  removeUnreachable(f);
  removeTrivialPhis(f);
  joinBlocks(f);
  threadJumps(f);
  refreshPredecessors(f);
  removeUnreachable(f);
  joinBlocks(f);
}

/** Recomputes predecessors, keeping the order of those that stay where a block has phis. */
function refreshPredecessors(f: IRFunction): void {
  const old = f.blocks.map((block) => block.predecessors);
  f.computePredecessors();
  for (const block of f.blocks) {
    if (block.code.length === 0 || f.op[block.code[0]] !== Op.phi) continue;
    const before = old[block.id];
    const now = new Set(block.predecessors);
    if (before.length === now.size && before.every((p) => now.has(p))) block.predecessors = before;
    else throw new Error(`block ${block.id}: a threaded edge reached a phi`);
  }
}

/** Splits every edge from a block with several successors to one with phis. */
export function splitCriticalEdges(f: IRFunction): void {
  const count = f.blocks.length;
  for (let i = 0; i < count; i++) {
    const block = f.blocks[i];
    const id = f.terminator(block.id);
    if (!id || f.op[id] === Op.jump) continue;
    for (const next of new Set(f.successorsOf(id))) {
      const target = f.blocks[next];
      if (f.op[target.code[0]] !== Op.phi) continue;
      const index = target.predecessors.indexOf(block.id);
      const middle = f.newBlock();
      f.atPlaceOf(id);
      f.blocks[middle].code.push(f.make(Op.jump, next));
      f.blocks[middle].predecessors.push(block.id);
      f.retarget(id, next, middle);
      target.predecessors[index] = middle;
    }
  }
}
