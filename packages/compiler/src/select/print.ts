// Machine code as text, before or after allocation: what `--dump=machine` shows.

import type { Inst, MachineFunction, Operand } from './machine.ts';
import { names32 } from '../lower/registers.ts';

const registerText = (register: number): string =>
  register < 8 ? `%${names32[register]}` : `%v${register}`;

function operandText(operand: Operand): string {
  switch (operand.kind) {
    case 'register':
      return registerText(operand.register) + (operand.size === 4 ? '' : `:${operand.size * 8}`);
    case 'immediate':
      return `$${operand.symbol ?? ''}${operand.symbol !== undefined && operand.value === 0 ? '' : operand.value}`;
    case 'block':
      return `b${operand.block}`;
    case 'x87':
      return `%st(${operand.register})`;
    default: {
      const base = operand.base >= 0 ? registerText(operand.base) : '';
      const slot = operand.slot >= 0 ? `slot${operand.slot}` : '';
      const index = operand.index >= 0 ? `,${registerText(operand.index)},${operand.scale}` : '';
      return `${operand.symbol ?? ''}${operand.displacement || ''}(${slot}${base}${index})`;
    }
  }
}
function instText(inst: Inst): string {
  const stack = inst.stack === 0 ? '' : `  ; stack ${inst.stack}`;
  return `  ${inst.mnemonic} ${inst.operands.map(operandText).join(', ')}${stack}`;
}

/** The whole function. */
export function machineText(m: MachineFunction): string {
  const lines = [`machine ${m.name}`];
  for (const block of m.blocks) {
    lines.push(`b${block.id}:  ; depth ${block.depth}`);
    for (const inst of block.code) lines.push(instText(inst));
  }
  return `${lines.join('\n')}\n`;
}
