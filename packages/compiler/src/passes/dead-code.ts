// Removes instructions whose results nothing needs, phi cycles included.

import type { IRFunction } from '../ir/function.ts';
import { EFFECT, Op, opEffect, TERMINATOR, VOLATILE_ACCESS } from '../ir/ops.ts';

/** Whether the instruction must stay even if its result is unused. */
export function isPinned(f: IRFunction, id: number): boolean {
  const op = f.op[id];
  if (op === Op.load || op === Op.fload) return (f.c[id] & VOLATILE_ACCESS) !== 0;
  if (op === Op.asm) {
    const info = f.asms[f.b[id]];
    return info.isVolatile || info.clobbersMemory;
  }
  if (op === Op.regparam || op === Op.readreg) return false;
  return (opEffect[op] & (EFFECT | TERMINATOR)) !== 0;
}

/** Keeps what effects and terminators need. */
export function removeDeadCode(f: IRFunction): void {
  const needed = new Uint8Array(f.count);
  const work: number[] = [];
  const need = (id: number): void => {
    if (needed[id]) return;
    needed[id] = 1;
    work.push(id);
  };
  for (const block of f.blocks) for (const id of block.code) if (isPinned(f, id)) need(id);
  while (work.length > 0) f.forOperands(work.pop() ?? 0, need);
  for (const block of f.blocks) block.code = block.code.filter((id) => needed[id]);
}
