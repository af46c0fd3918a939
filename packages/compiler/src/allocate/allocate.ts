// Register allocation: colour, spill what has no colour, and again, until all is coloured; then write the colours in.

import { EBP, ESP } from '../lower/registers.ts';
import type { MachineFunction } from '../select/machine.ts';
import { Graph, TooFewRegisters } from './graph.ts';
import { walkInterference } from './interference.ts';
import { spill } from './spill.ts';

const ROUNDS = 64;

/** Replaces virtual registers by physical ones; answers the mask of those used. */
export function allocate(m: MachineFunction, isVerified = false): number {
  let allocatable = 0xff & ~(1 << ESP);
  if (m.needsFramePointer) allocatable &= ~(1 << EBP);
  for (let round = 0; round < ROUNDS; round++) {
    const { colors, spilled } = new Graph(m, allocatable).color();
    if (spilled.length > 0) {
      spill(m, spilled);
      continue;
    }
    if (isVerified) verifyColors(m, colors);
    return write(m, colors);
  }
  throw new TooFewRegisters(`${m.name}: no colouring after ${ROUNDS} rounds`);
}

/** Throws if two registers that are live together have one colour. */
function verifyColors(m: MachineFunction, colors: Int8Array): void {
  walkInterference(m, {
    edge: (a, b) => {
      const isFixed = a < 8 && b < 8;
      if (!isFixed && colors[a] === colors[b]) {
        throw new Error(`${m.name}: registers ${a} and ${b} are both ${colors[a]}`);
      }
    },
    move: () => undefined,
    occurrence: (r) => {
      if (colors[r] < 0) throw new Error(`${m.name}: register ${r} has no colour`);
      if (m.isByte.has(r) && colors[r] > 3) throw new Error(`${m.name}: ${r} is no byte register`);
    },
  });
}

function write(m: MachineFunction, colors: Int8Array): number {
  let used = 0;
  for (const block of m.blocks) {
    for (const inst of block.code) {
      used |= inst.clobbers;
      for (const operand of inst.operands) {
        if (operand.kind === 'register') {
          operand.register = colors[operand.register];
          used |= 1 << operand.register;
        } else if (operand.kind === 'memory') {
          if (operand.base >= 0) operand.base = colors[operand.base];
          if (operand.index >= 0) operand.index = colors[operand.index];
        }
      }
    }
  }
  return used;
}
