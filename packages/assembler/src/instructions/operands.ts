// The parser's operands of an instruction as plain ones: expressions evaluated, branch targets told
// from memory, scales checked.

import type { Assembly } from '../object/assembly.ts';
import { absolute, evaluate } from '../values/evaluate.ts';
import type { Operand } from '../syntax/grammar.ts';
import type { PlainOperand } from './instructions.ts';
import { intelOperands } from './intel-operands.ts';
import { within } from '../text/text.ts';

/** Direct operands of these are targets, not memory. */
export function isBranch(mnemonic: string): boolean {
  const first = mnemonic.charCodeAt(0) | 32;
  if (first === 106) return true;
  return first === 99 || first === 108 || first === 120
    ? /^(call[lwqd]?|loop\w*|xbegin\w*)$/i.test(mnemonic)
    : false;
}

/** Without the percent sign, which `.att_syntax noprefix` makes optional. */
const nameOf = (image: string) => (image.charCodeAt(0) === 37 ? image.slice(1).trimStart() : image);

/** Undefined after a diagnostic. */
export function plainOperands(
  assembly: Assembly,
  mnemonic: string,
  operands: readonly Operand[],
): PlainOperand[] | undefined {
  if (operands.length > 0 && operands[0].kind === 'intel') {
    return intelOperands(assembly, mnemonic, operands);
  }
  const list: PlainOperand[] = [];
  for (const [at, operand] of operands.entries()) {
    const isLast = at === operands.length - 1;
    const plain = plainOperand(assembly, mnemonic, operand, isLast);
    if (!plain) return undefined;
    list.push(plain);
  }
  return list;
}

function plainOperand(
  assembly: Assembly,
  mnemonic: string,
  operand: Operand,
  isLast: boolean,
): PlainOperand | undefined {
  const { diagnostics } = assembly;
  const errors = diagnostics.errorCount;
  const value = operand.node && evaluate(assembly, operand.node);
  // What is wrong with the value is said; the instruction may be right.
  if (diagnostics.errorCount > errors) return undefined;
  const { start, end } = operand;
  const whole = () => within(assembly.where, start, end);
  if (operand.isIndirect && !isLast) {
    assembly.error('A0204', "found '*' before an operand that is no target", whole(), [
      'it stands before what jmp and call take their target from: call *%eax',
    ]);
    return undefined;
  }
  if (comparesEqual(operand)) {
    assembly.error('A0203', "found '==', which operands of instructions do not take", whole(), [
      'give the value a name first: same = a == b',
    ]);
    return undefined;
  }
  const isTarget =
    operand.kind === 'memory' &&
    !operand.isIndirect &&
    !operand.hasRegisters &&
    !operand.scale &&
    isBranch(mnemonic);
  const scale = scaleOf(assembly, operand);
  if (scale === undefined) return undefined;
  if (operand.hasRegisters && operand.base + operand.index === '' && !operand.scale) {
    const message = "found '()', expected a register between the parentheses";
    assembly.error('A0203', message, whole(), [
      'an address in memory is written (%ebx), 4(%ebx) or its symbol alone',
    ]);
    return undefined;
  }
  if (isTarget && operand.segment !== '') {
    const message = `the segment '${operand.segment}' has no effect on a direct ${mnemonic}`;
    assembly.warning('A0234', message, whole(), [
      `to take the target from memory: ${mnemonic} *${operand.segment}:..`,
    ]);
  }
  return {
    kind: isTarget ? 'target' : plainKind(operand.kind),
    register: nameOf(operand.register),
    segment: isTarget ? '' : nameOf(operand.segment),
    base: nameOf(operand.base),
    index: nameOf(operand.index),
    scale,
    value,
    start,
    end,
  };
}

/** GNU as has no equals sign in operands. */
function comparesEqual({ node }: Operand): boolean {
  for (let each = node; each?.kind === 'binary'; each = each.left) {
    if (each.operator === '==') return true;
  }
  return false;
}

function plainKind(kind: Operand['kind']): PlainOperand['kind'] {
  return kind === 'register' || kind === 'immediate' ? kind : 'memory';
}

function scaleOf(assembly: Assembly, operand: Operand): number | undefined {
  if (!operand.scale) return 1;
  const value = absolute(assembly, operand.scale, 'a scale');
  if (value === undefined) return undefined;
  if (value !== 1n && value !== 2n && value !== 4n && value !== 8n) {
    const { start } = operand.scale;
    // The parenthesis that closes the operand stands behind the scale.
    const where = within(assembly.where, start, operand.end - 1);
    assembly.error('A0202', `the scale is ${value}, expected 1, 2, 4 or 8`, where, [
      'for other sizes multiply the index first, as in imull $12, %ebx',
    ]);
    return undefined;
  }
  if (operand.index === '' && value !== 1n) {
    const where = within(assembly.where, operand.scale.start, operand.end - 1);
    assembly.warning('A0235', `a scale of ${value} without an index has no effect`, where);
  }
  if (operand.index !== '') return Number(value);
  return operand.base === '' ? 0 : 1;
}
