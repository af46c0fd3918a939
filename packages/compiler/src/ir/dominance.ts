// Orders and dominators of the control-flow graph (Cooper, Harvey, Kennedy 2001), and loop depths. All iterative.

import type { IRFunction } from './function.ts';

/** Reachable blocks in reverse postorder, from block 0. */
export function reversePostorder(f: IRFunction): number[] {
  const order: number[] = [];
  const seen = new Uint8Array(f.blocks.length);
  const stack: { block: number; next: number; successors: number[] }[] = [];
  const enter = (block: number): void => {
    seen[block] = 1;
    stack.push({ block, next: 0, successors: f.successors(block) });
  };
  enter(0);
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    if (top.next < top.successors.length) {
      const next = top.successors[top.successors.length - 1 - top.next++];
      if (!seen[next]) enter(next);
    } else {
      order.push(top.block);
      stack.pop();
    }
  }
  return order.reverse();
}

export interface Dominators {
  readonly order: readonly number[];
  /** Position in `order`; -1: unreachable. */
  readonly position: Int32Array;
  /** Immediate dominator; the entry's is itself. */
  readonly parent: Int32Array;
  /** Blocks immediately dominated, in order. */
  readonly children: readonly number[][];
}

/** Needs predecessors; unreachable blocks have no parent (-1). */
export function dominators(f: IRFunction): Dominators {
  const order = reversePostorder(f);
  const position = new Int32Array(f.blocks.length).fill(-1);
  order.forEach((block, i) => {
    position[block] = i;
  });
  const parent = new Int32Array(f.blocks.length).fill(-1);
  parent[0] = 0;
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 1; i < order.length; i++) {
      const block = order[i];
      let best = -1;
      for (const p of f.blocks[block].predecessors) {
        if (parent[p] < 0) continue;
        best = best < 0 ? p : meet(parent, position, p, best);
      }
      if (best !== parent[block]) {
        parent[block] = best;
        changed = true;
      }
    }
  }
  const children: number[][] = f.blocks.map(() => []);
  for (let i = 1; i < order.length; i++) children[parent[order[i]]].push(order[i]);
  return { order, position, parent, children };
}
function meet(parent: Int32Array, position: Int32Array, a: number, b: number): number {
  let x = a;
  let y = b;
  while (x !== y) {
    while (position[x] > position[y]) x = parent[x];
    while (position[y] > position[x]) y = parent[y];
  }
  return x;
}

/** Whether `a` dominates `b`. */
export function dominates(d: Dominators, a: number, b: number): boolean {
  let x = b;
  while (d.position[x] > d.position[a]) x = d.parent[x];
  return x === a;
}

/** Loop nesting depth of each block: natural loops, found from their back edges. */
export function loopDepths(f: IRFunction, d: Dominators): Int32Array {
  const depths = new Int32Array(f.blocks.length);
  let budget = 64 * f.blocks.length + 4096;
  for (const header of d.order) {
    const body = new Set<number>();
    const work: number[] = [];
    for (const p of f.blocks[header].predecessors) {
      if (d.position[p] >= d.position[header] && dominates(d, header, p)) work.push(p);
    }
    if (work.length === 0) continue;
    body.add(header);
    while (work.length > 0 && budget-- > 0) {
      const block = work.pop() ?? 0;
      if (body.has(block) || d.position[block] < 0) continue;
      body.add(block);
      work.push(...f.blocks[block].predecessors);
    }
    for (const block of body) depths[block]++;
  }
  return depths;
}

/** Dominance frontiers. */
export function frontiers(f: IRFunction, d: Dominators): number[][] {
  const result: number[][] = f.blocks.map(() => []);
  for (const block of d.order) {
    const predecessors = f.blocks[block].predecessors;
    if (predecessors.length < 2) continue;
    for (const p of predecessors) {
      if (d.position[p] < 0) continue;
      let runner = p;
      while (runner !== d.parent[block]) {
        const list = result[runner];
        if (list[list.length - 1] !== block) list.push(block);
        runner = d.parent[runner];
      }
    }
  }
  return result;
}
