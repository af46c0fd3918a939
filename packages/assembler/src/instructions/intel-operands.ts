// What an Intel operand means. Whether it is memory depends on what intel-walk.ts found in its
// expression, and on such things as whether its last letter is a bracket: as for GNU as, `[4]` is
// memory and `[4]+1` is not.

import { registerByName } from '@ring0/isa';
import type { Assembly } from '../object/assembly.ts';
import { evaluate } from '../values/evaluate.ts';
import { constantOf } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import type { PlainOperand } from './instructions.ts';
import { plainRegisterName } from '../syntax/intel-tokens.ts';
import { Walk } from './intel-walk.ts';
import type { Found } from './intel-walk.ts';
import { isBranch } from './operands.ts';
import type { Node, Operand } from '../syntax/syntax-tree.ts';
import { within } from '../text/text.ts';

/** jmp and call in all spellings: what may be far. */
const far = /^l?(jmp|call)[wd]?$/i;

/** `jmpd` and `jmpw` take their target from memory. */
function isDirect(mnemonic: string): boolean {
  return isBranch(mnemonic) && !/^jmp[dw]$/i.test(mnemonic);
}

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

/** What stands before the colon, where that is no register. */
function selectorOf(node: Node): Node | undefined {
  let first = node;
  while (first.kind === 'binary' && first.operator !== ':') first = first.left;
  if (first.kind !== 'binary') return undefined;
  const { left } = first;
  const isSegment = left.kind === 'register' || (left.kind === 'binary' && left.operator === ':');
  return isSegment || (left.kind === 'unary' && left.operator === '[]') ? undefined : left;
}

function withoutSelector(node: Node): Node {
  if (node.kind !== 'binary') return node;
  return node.operator === ':' ? node.right : { ...node, left: withoutSelector(node.left) };
}

/** GNU as writes the addresses of 16-bit code, and what cannot be scaled, in either order. */
function ordered(found: Found): { base: string; index: string } {
  const { base, index } = found;
  const classOf = (name: string) => registerByName(name, 64)?.class;
  const isVector = classOf(base) === 'xmm' || classOf(base) === 'ymm' || classOf(base) === 'zmm';
  if (isVector && !found.isScaled) return { base: index, index: base };
  const isSwapped =
    !found.isScaled &&
    ((/^[er]sp$/.test(index) && base !== index) ||
      /^[er]iz$/.test(base) ||
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
  return !operand.isBracketed || distance === 'far' || distance === 'near';
}

/** What NEAR PTR and FAR PTR may stand before; false after a diagnostic. */
function checkDistance(assembly: Assembly, mnemonic: string, operand: PlainOperand): boolean {
  const { distance, start, end } = operand;
  const where = () => within(assembly.where, start, end);
  if (operand.kind === 'target' && distance === 'far') {
    assembly.error('A0224', 'the segment of this far target is not known', where(), [
      'a far target is written selector:offset, a place in memory that holds one fword ptr [ebx]',
    ]);
    return false;
  }
  const isFine = !distance || distance === 'short' || isDirect(mnemonic);
  if (isFine || operand.kind !== 'memory' || /^lea$/i.test(mnemonic)) return true;
  assembly.error(
    'A0224',
    `'${distance} ptr' stands before a target of jmp and call only`,
    where(),
    [`sizes of memory are byte, word, dword, fword, qword, tbyte, xmmword and ymmword ptr`],
  );
  return false;
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
  const target = far.test(mnemonic) ? farTarget(assembly, operand) : undefined;
  if (target) return target.length > 0 ? target : undefined;
  const walk = new Walk(assembly, operand);
  const rest = walk.plain(node, { isBracketed: false, isScaled: false, isClosed: false });
  if (walk.hasFailed) return undefined;
  const { diagnostics } = assembly;
  const errors = diagnostics.errorCount;
  const value = evaluate(assembly, rest);
  // What is wrong with the value is said; the instruction may be right.
  if (diagnostics.errorCount > errors) return undefined;
  const plain = { ...classified(assembly, mnemonic, operand, walk.found, value), start, end };
  return checkDistance(assembly, mnemonic, plain) ? [plain] : undefined;
}

function classified(
  { mode }: Assembly,
  mnemonic: string,
  operand: Operand,
  found: Found,
  value: Expression,
): Omit<PlainOperand, 'start' | 'end'> {
  const { scale, segment } = found;
  // Four bytes in memory are a far pointer of 16-bit code.
  const isFarPointer = mode === 16 && found.size === 4 && isDirect(mnemonic);
  const size = isFarPointer ? 0 : found.size;
  const distance = isFarPointer ? 'far' : found.distance;
  const { base, index } = ordered(found);
  const hasRegisters = base !== '' || index !== '';
  if (hasRegisters || found.hasSegment) {
    const isPlain = hasRegisters && constantOf(value) === 0n;
    const displacement = isPlain ? undefined : value;
    const address = { segment, base, index, scale, value: displacement };
    return { ...blank, ...address, kind: 'memory', size, distance };
  }
  if (isDirect(mnemonic)) {
    const kind = isTarget(operand, found) ? 'target' : 'memory';
    // GNU as lets a target be farther than SHORT says.
    return { ...blank, kind, value, size, distance: distance === 'short' ? undefined : distance };
  }
  const kind = isMemory(operand, found, value) ? 'memory' : 'immediate';
  return { ...blank, kind, value, size, distance };
}

/** Shifts, ports and the like, whose immediate has a size of its own. */
const loose = /^(r[oc][lr]|s[ah][lr]|sh[lr]d|out|in|int|imul|bt[csr]?|enter|ret[fn]?|push)$/i;

/** A size on an immediate is the size of the other operand; undefined after a diagnostic. */
function withSharedSize(
  assembly: Assembly,
  mnemonic: string,
  list: readonly PlainOperand[],
): PlainOperand[] | undefined {
  const at = list.findIndex((each) => each.kind === 'immediate' && each.size);
  const size = list[at]?.size ?? 0;
  if (![1, 2, 4, 8].includes(size) || loose.test(mnemonic)) return [...list];
  for (const each of list) {
    const register = each.kind === 'register' ? registerByName(each.register, 64) : undefined;
    const other = register?.class === 'general' ? register.bits / 8 : each.size;
    if (each.kind === 'immediate' || !other || other === size) continue;
    const { start, end } = list[at];
    const message = `this says ${size * 8} bits, the other operand has ${other * 8}`;
    assembly.error('A0203', message, within(assembly.where, start, end), [
      'a number needs no size where another operand says it',
    ]);
    return undefined;
  }
  return list.map((each) => (each.kind === 'memory' && !each.size ? { ...each, size } : each));
}

/** jmp and call with two operands: `jmp 1, 2` is `jmp 1:2`. */
function farPair(assembly: Assembly, operands: readonly Operand[]): PlainOperand[] | undefined {
  const list: PlainOperand[] = [];
  for (const operand of operands) {
    const { node, start, end } = operand;
    if (!node || operand.isBracketed) return undefined;
    const walk = new Walk(assembly, operand);
    const rest = walk.plain(node, { isBracketed: false, isScaled: false, isClosed: true });
    if (walk.hasFailed) return [];
    list.push({ ...blank, kind: 'immediate', value: evaluate(assembly, rest), start, end });
  }
  return list;
}

/** The operands of an instruction in AT&T's order; undefined after a diagnostic. */
export function intelOperands(
  assembly: Assembly,
  mnemonic: string,
  operands: readonly Operand[],
): PlainOperand[] | undefined {
  if (operands.length === 2 && far.test(mnemonic)) {
    const pair = farPair(assembly, operands);
    if (pair) return pair.length > 0 ? pair : undefined;
  }
  const list: PlainOperand[] = [];
  for (const operand of operands) {
    const found = intelOperand(assembly, mnemonic, operand);
    if (!found) return undefined;
    list.push(...found);
  }
  const isFar = far.test(mnemonic) && list.length === 2;
  return withSharedSize(assembly, mnemonic, isFar ? list : list.toReversed());
}
