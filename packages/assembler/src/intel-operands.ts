// What an Intel operand means. Whether it is memory depends on what intel-walk.ts found in its
// expression, and on such things as whether its last letter is a bracket: as for GNU as, `[4]` is
// memory and `[4]+1` is not.

import { registerByName } from '@ring0/isa';
import type { Assembly } from './assembly.ts';
import { evaluate } from './evaluate.ts';
import { constantOf } from './expression.ts';
import type { Expression } from './expression.ts';
import type { PlainOperand } from './instructions.ts';
import { plainRegisterName } from './intel-tokens.ts';
import { Walk } from './intel-walk.ts';
import type { Found } from './intel-walk.ts';
import { isBranch } from './operands.ts';
import type { Node, Operand } from './syntax-tree.ts';

/** Whose operands both syntaxes write in the same order. */
const unswapped = /^(bound|invlpga|monitorx?|mwaitx?|pvalidate|rmp\w+|tpause|umwait)$/i;

const blank = { register: '', segment: '', base: '', index: '', scale: 1, value: undefined };

function registerOperand(operand: Operand, image: string): PlainOperand {
  const { start, end } = operand;
  return { ...blank, kind: 'register', register: plainRegisterName(image), start, end };
}

/** `selector:offset` after jmp and call: two operands. */
function farTarget(assembly: Assembly, operand: Operand): PlainOperand[] | undefined {
  let node = operand.node;
  while (node?.kind === 'unary' && node.operator === 'far ptr') node = node.operand;
  if (node?.kind !== 'binary') return undefined;
  // `a:b+4` is a sum whose first term has the selector.
  const selector = selectorOf(node);
  if (!selector) return undefined;
  const { start, end } = operand;
  const walk = new Walk(assembly, operand);
  const context = { isBracketed: false, isScaled: false, isClosed: true };
  const parts = [selector, withoutSelector(node)].map((each) => walk.plain(each, context));
  if (walk.hasFailed) return [];
  return parts.map((part) => ({
    ...blank,
    kind: 'immediate',
    value: evaluate(assembly, part),
    start,
    end,
  }));
}

function selectorOf(node: Node): Node | undefined {
  let first = node;
  while (first.kind === 'binary' && first.operator !== ':') first = first.left;
  if (first.kind !== 'binary' || first.left.kind === 'register') return undefined;
  return first.left.kind === 'binary' || first.left.kind === 'unary' ? undefined : first.left;
}

function withoutSelector(node: Node): Node {
  if (node.kind !== 'binary') return node;
  return node.operator === ':' ? node.right : { ...node, left: withoutSelector(node.left) };
}

/** GNU as writes the addresses of 16-bit code, and what cannot be scaled, in either order. */
function ordered(found: Found): { base: string; index: string } {
  const { base, index } = found;
  const classOf = (name: string) => registerByName(name)?.class;
  const isVector = classOf(base) === 'xmm' || classOf(base) === 'ymm' || classOf(base) === 'zmm';
  if (isVector && !found.isScaled) return { base: index, index: base };
  const isSwapped =
    !found.isScaled &&
    ((index === 'esp' && base !== 'esp') ||
      ((base === 'si' || base === 'di') && (index === 'bx' || index === 'bp')));
  return isSwapped ? { base: index, index: base } : { base, index };
}

/** Whether an operand without registers and segments is memory. */
function isMemory(operand: Operand, found: Found, value: Expression): boolean {
  if (found.hasOffset) return false;
  if (value.kind === 'linear' && value.plus && !value.minus) return true;
  if (constantOf(value) === undefined && found.size !== 0) return true;
  return operand.isBracketed;
}

function isTarget(operand: Operand, { hasSegment, size, distance }: Found): boolean {
  if (hasSegment || size !== 0) return false;
  return !operand.isBracketed || distance === 'far';
}

function intelOperand(
  assembly: Assembly,
  mnemonic: string,
  operand: Operand,
): PlainOperand[] | undefined {
  const { node, start, end } = operand;
  if (!node) return undefined;
  let inner = node;
  while (inner.kind === 'unary' && inner.operator === '+') inner = inner.operand;
  if (inner.kind === 'register') return [registerOperand(operand, inner.text)];
  const isJump = isBranch(mnemonic);
  const far = isJump || /^l(jmp|call)$/i.test(mnemonic) ? farTarget(assembly, operand) : undefined;
  if (far) return far.length > 0 ? far : undefined;
  const walk = new Walk(assembly, operand);
  const rest = walk.plain(node, { isBracketed: false, isScaled: false, isClosed: false });
  if (walk.hasFailed) return undefined;
  const { found } = walk;
  const value = evaluate(assembly, rest);
  const { scale, segment, size, distance } = found;
  const place = { start, end, size, distance };
  const { base, index } = ordered(found);
  const hasRegisters = base !== '' || index !== '';
  if (hasRegisters || found.hasSegment) {
    const isPlain = hasRegisters && constantOf(value) === 0n;
    const displacement = isPlain ? undefined : value;
    return [
      { ...blank, ...place, kind: 'memory', segment, base, index, scale, value: displacement },
    ];
  }
  if (isJump) {
    const kind = isTarget(operand, found) ? 'target' : 'memory';
    return [{ ...blank, ...place, kind, value }];
  }
  const kind = isMemory(operand, found, value) ? 'memory' : 'immediate';
  return [{ ...blank, ...place, kind, value }];
}

/** A size on an immediate is the size of the memory that has none. */
function withSharedSize(list: readonly PlainOperand[]): PlainOperand[] {
  const size = list.find((each) => each.kind === 'immediate' && each.size)?.size;
  if (!size) return [...list];
  return list.map((each) => (each.kind === 'memory' && !each.size ? { ...each, size } : each));
}

/** The operands of an instruction in AT&T's order; undefined after a diagnostic. */
export function intelOperands(
  assembly: Assembly,
  mnemonic: string,
  operands: readonly Operand[],
): PlainOperand[] | undefined {
  const list: PlainOperand[] = [];
  for (const operand of operands) {
    const found = intelOperand(assembly, mnemonic, operand);
    if (!found) return undefined;
    list.push(...found);
  }
  const isPair = list.length === 2 && list.every(({ kind }) => kind === 'immediate');
  const isKept = isPair || unswapped.test(mnemonic);
  return withSharedSize(isKept ? list : list.toReversed());
}
