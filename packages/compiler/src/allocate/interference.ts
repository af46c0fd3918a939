// Walks a function backwards and tells, for every definition, which registers are live beside it: the interference graph's
// edges, for the allocator to build it and for the verifier to check a colouring against.

import type { Inst, MachineFunction } from '../select/machine.ts';
import { DEF, EARLY, forRegisters, isMove, USE } from '../select/machine.ts';
import { liveness, RegisterSet } from './liveness.ts';

export interface InterferenceVisitor {
  /** Registers that must differ. */
  edge(a: number, b: number): void;
  move(inst: Inst, from: number, to: number, depth: number): void;
  /** Every occurrence, for spill costs. */
  occurrence(register: number, depth: number): void;
}

/** Reports every interference once or more. */
export function walkInterference(m: MachineFunction, visitor: InterferenceVisitor): void {
  const { liveOut } = liveness(m);
  const live = new RegisterSet(m.registerCount);
  const defined: number[] = [];
  const used: number[] = [];
  for (const block of m.blocks) {
    live.clear();
    for (const register of liveOut.get(block.id) ?? []) live.add(register);
    for (let i = block.code.length - 1; i >= 0; i--) {
      const inst = block.code[i];
      defined.length = 0;
      used.length = 0;
      forRegisters(
        inst,
        (r) => used.push(r),
        (r) => defined.push(r),
      );
      for (const r of used) visitor.occurrence(r, block.depth);
      for (const r of defined) visitor.occurrence(r, block.depth);
      for (let r = 0; r < 8; r++) {
        if (inst.clobbers & (1 << r)) defined.push(r);
        if (inst.uses & (1 << r)) used.push(r);
      }
      if (isMove(inst)) {
        live.delete(used[0]);
        visitor.move(inst, used[0], defined[0], block.depth);
      }
      for (const r of defined) live.add(r);
      for (const d of defined) for (const l of live.members) if (l !== d) visitor.edge(d, l);
      if (inst.asm) earlyEdges(inst, used, visitor);
      for (const r of defined) live.delete(r);
      for (const r of used) live.add(r);
    }
  }
}

/** What an asm clobbers, or writes before it has read all, shares no register with what it reads. */
function earlyEdges(inst: Inst, used: readonly number[], visitor: InterferenceVisitor): void {
  for (let r = 0; r < 8; r++) {
    if (inst.clobbers & (1 << r)) for (const u of used) if (u !== r) visitor.edge(r, u);
  }
  inst.operands.forEach((operand, i) => {
    if (operand.kind !== 'register') return;
    const role = inst.roles[i];
    if (!(role & EARLY) || !(role & DEF)) return;
    for (const u of used) if (u !== operand.register) visitor.edge(operand.register, u);
  });
  // A value changed in place shares its register with no other input.
  inst.operands.forEach((operand, i) => {
    const role = inst.roles[i];
    if (operand.kind !== 'register' || !(role & DEF) || !(role & USE)) return;
    for (const u of used) if (u !== operand.register) visitor.edge(operand.register, u);
  });
}
