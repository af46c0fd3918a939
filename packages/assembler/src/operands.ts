// The parser's operands of an instruction as plain ones: expressions evaluated, branch targets told
// from memory, scales checked.

import type { Assembly } from './assembly.ts';
import { absolute, evaluate } from './evaluate.ts';
import type { Operand } from './grammar.ts';
import type { PlainOperand } from './instructions.ts';

/** Direct operands of these are targets, not memory. */
function isBranch(mnemonic: string): boolean {
  const first = mnemonic.charCodeAt(0) | 32;
  if (first === 106) return true;
  return first === 99 || first === 108 || first === 120
    ? /^(call[lwq]?|loop\w*|xbegin\w*)$/i.test(mnemonic)
    : false;
}

const nameOf = (image: string) => (image === '' ? '' : image.slice(1));

/** Undefined after a diagnostic. */
export function plainOperands(
  assembly: Assembly,
  mnemonic: string,
  operands: readonly Operand[],
): PlainOperand[] | undefined {
  const list: PlainOperand[] = [];
  for (const operand of operands) {
    const value = operand.node && evaluate(assembly, operand.node);
    const isTarget =
      operand.kind === 'memory' &&
      !operand.isIndirect &&
      !operand.hasRegisters &&
      operand.segment === '' &&
      isBranch(mnemonic);
    const scale = scaleOf(assembly, operand);
    if (scale === undefined) return undefined;
    if (operand.hasRegisters && operand.base + operand.index === '' && !operand.scale) {
      assembly.error('A0203', "found '()', expected a register between the parentheses");
      return undefined;
    }
    list.push({
      kind: isTarget
        ? 'target'
        : operand.kind === 'string' || operand.kind === 'empty'
          ? 'memory'
          : operand.kind,
      register: nameOf(operand.register),
      segment: nameOf(operand.segment),
      base: nameOf(operand.base),
      index: nameOf(operand.index),
      scale,
      value,
    });
  }
  return list;
}

function scaleOf(assembly: Assembly, operand: Operand): number | undefined {
  if (!operand.scale) return 1;
  const value = absolute(assembly, operand.scale, 'a scale');
  if (value === undefined) return undefined;
  if (value !== 1n && value !== 2n && value !== 4n && value !== 8n) {
    assembly.error('A0202', `a scale is 1, 2, 4 or 8, not ${value}`);
    return undefined;
  }
  return Number(value);
}
