// Checks the invariants of the intermediate representation: what every pass may rely on and must keep.

import { dominates, dominators } from './dominance.ts';
import type { IRFunction } from './function.ts';
import { instructionText } from './print.ts';
import { Op, opEffect, opHasResult, TERMINATOR } from './ops.ts';

/** A function that breaks an invariant. */
export class Unverified extends Error {
  /** 0: a block's shape. */
  readonly instruction: number;
  constructor(message: string, instruction: number) {
    super(message);
    this.instruction = instruction;
  }
}

/** Throws `Unverified` at the first broken invariant: block shape, phi shape, definitions that dominate their uses. */
export function verify(f: IRFunction): void {
  const d = dominators(f);
  const home = new Int32Array(f.count).fill(-1);
  const index = new Int32Array(f.count);
  const fail = (block: number, id: number, message: string): never => {
    throw new Unverified(`${f.name}: b${block}: ${instructionText(f, id)}: ${message}`, id);
  };
  for (const block of d.order) {
    const code = f.blocks[block].code;
    if (!f.terminator(block)) throw new Unverified(`${f.name}: b${block} has no terminator`, 0);
    code.forEach((id, i) => {
      if (home[id] >= 0) fail(block, id, 'placed twice');
      if (f.isFloatingNode(id)) fail(block, id, 'a floating node is placed');
      home[id] = block;
      index[id] = i;
      const isLast = i === code.length - 1;
      if (((opEffect[f.op[id]] & TERMINATOR) !== 0) !== isLast)
        fail(block, id, 'misplaced terminator');
      if (f.op[id] === Op.phi) {
        if (i > 0 && f.op[code[i - 1]] !== Op.phi) fail(block, id, 'phi after code');
        if (f.list(id).length !== f.blocks[block].predecessors.length) fail(block, id, 'phi width');
      }
    });
  }
  const checkUse = (block: number, at: number, id: number, value: number): void => {
    if (f.isFloatingNode(value)) return;
    if (!opHasResult[f.op[value]]) fail(block, id, `%${value} has no value`);
    if (home[value] < 0) fail(block, id, `%${value} is not placed`);
    if (home[value] === block ? index[value] >= at : !dominates(d, home[value], block)) {
      fail(block, id, `%${value} does not dominate`);
    }
  };
  for (const block of d.order) {
    const info = f.blocks[block];
    info.code.forEach((id, i) => {
      if (f.op[id] === Op.phi) {
        f.list(id).forEach((value, k) => checkUse(info.predecessors[k], Infinity, id, value));
      } else f.forOperands(id, (value) => checkUse(block, i, id, value));
    });
  }
}
