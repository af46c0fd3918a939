// The frame: which callee-saved registers are pushed, where slots lie, and the prologue and epilogue around the code.
//
//   incoming arguments    8(%ebp) up
//   return address        4(%ebp)
//   caller's %ebp          (%ebp)
//   saved registers      -4(%ebp) down
//   slots                small ones first, so that they get short displacements

import { alignUp } from '@ring0/bytes';
import { EBP, EBX, EDI, ESI } from '../lower/registers.ts';
import type { Inst, MachineFunction } from '../select/machine.ts';

export interface Frame {
  /** Pushed registers in order, without ebp as frame pointer. */
  readonly saved: readonly number[];
  readonly hasPointer: boolean;
  /** Bytes subtracted from the stack pointer after the pushes. */
  readonly size: number;
  /** Address of each slot relative to the frame base: ebp, or esp after the prologue. */
  readonly offsets: Int32Array;
}

export interface FrameOptions {
  readonly keepsPointer: boolean;
  readonly stackBoundary: number;
}

function usedSlots(m: MachineFunction): Uint8Array {
  const used = new Uint8Array(m.slots.length);
  const note = (inst: Inst): void => {
    for (const operand of inst.operands) {
      if (operand.kind === 'memory' && operand.slot >= 0) used[operand.slot] = 1;
    }
  };
  for (const block of m.blocks) for (const inst of block.code) note(inst);
  return used;
}

/** Lays the frame out. `usedRegisters` is a mask. */
export function layOutFrame(
  m: MachineFunction,
  usedRegisters: number,
  options: FrameOptions,
): Frame {
  const hasPointer = options.keepsPointer || m.needsFramePointer;
  const candidates = hasPointer ? [EDI, ESI, EBX] : [EBP, EDI, ESI, EBX];
  const saved = candidates.filter((r) => usedRegisters & (1 << r));
  const used = usedSlots(m);
  const order: number[] = [];
  let maxAlignment = 4;
  m.slots.forEach((slot, i) => {
    if (!used[i] || slot.incoming !== undefined) return;
    order.push(i);
    maxAlignment = Math.max(maxAlignment, Math.min(slot.alignment, options.stackBoundary));
  });
  order.sort((x, y) => m.slots[x].size - m.slots[y].size || x - y);
  const above = 4 + (hasPointer ? 4 : 0) + saved.length * 4;
  // Distances from the caller's stack pointer at the call, which has the boundary's alignment.
  const distances = new Int32Array(m.slots.length);
  let depth = above;
  for (const i of order) {
    const slot = m.slots[i];
    const alignment = Math.max(4, Math.min(slot.alignment, options.stackBoundary));
    depth = alignUp(depth + slot.size, alignment);
    distances[i] = depth;
  }
  const needsBoundary = m.hasCalls || maxAlignment > 4;
  const total = needsBoundary ? alignUp(depth, options.stackBoundary) : alignUp(depth, 4);
  const size = total - above;
  const offsets = new Int32Array(m.slots.length);
  m.slots.forEach((slot, i) => {
    const fromEntry = slot.incoming === undefined ? -distances[i] : slot.incoming;
    offsets[i] = hasPointer ? fromEntry + 8 : fromEntry + total;
  });
  return { saved, hasPointer, size, offsets };
}
