// Expressions to nodes. Chains that nest to the left, as long sums and comma lists do, are walked in a loop, so that
// their length is bound by memory alone.

import { Condition, Op } from '../ir/ops.ts';
import type { Expression } from '../tree.ts';
import { binaryValue, compareValue, unaryValue } from './arithmetic.ts';
import { assign, compoundAssign, increment } from './assignment.ts';
import { builtinValue, vaArgument, vaStart } from './builtin.ts';
import { callValue } from './call.ts';
import { condition } from './condition.ts';
import type { Lowering, Value } from './context.ts';
import { converted, rounded, truth, wordValue } from './convert.ts';
import { loadLvalue, place } from './lvalue.ts';
import { labelEntry, statements } from './statement.ts';
import { classOf } from './types.ts';

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** Lowers an expression; the result of a void one has no meaning. */
export function value(b: Lowering, e: Expression): Value {
  switch (e.kind) {
    case 'integer':
      return integerValue(b, e);
    case 'float':
      return b.f.fconst(e.image);
    case 'load':
      return loadLvalue(b, e.lvalue);
    case 'address':
      return b.addressOf(place(b, e.lvalue));
    case 'label-address':
      return b.f.blockAddress(labelEntry(b, e.label));
    case 'negate':
    case 'complement':
      return unaryValue(b, e.kind, e.type, value(b, e.operand));
    case 'binary':
    case 'pointer-add':
      return chain(b, e);
    case 'pointer-difference':
      return pointerDifference(b, e);
    case 'convert':
      return converted(b, value(b, e.operand), e.operand.type, e.type);
    case 'comma':
      return comma(b, e);
    case 'call':
      return callValue(b, e);
    default:
      return valueOfRest(b, e);
  }
}

function valueOfRest(b: Lowering, e: Expression): Value {
  switch (e.kind) {
    case 'not':
      return b.make.compare(
        Condition.eq,
        truth(b, value(b, e.operand), e.operand.type),
        b.const(0),
      );
    case 'compare':
      return compareValue(b, e.comparison, e.left.type, value(b, e.left), value(b, e.right));
    case 'logical-and':
    case 'logical-or':
      return logicalValue(b, e);
    case 'conditional':
      return conditional(b, e);
    case 'elvis':
      return elvis(b, e);
    case 'assign':
      return assign(b, e);
    case 'compound-assign':
      return compoundAssign(b, e);
    case 'increment':
      return increment(b, e);
    case 'statement-expression':
      statements(b, e.body);
      return e.result ? value(b, e.result) : 0;
    case 'builtin':
      return builtinValue(b, e);
    case 'va-start':
      vaStart(b, e.list);
      return 0;
    case 'va-arg':
      return vaArgument(b, e.list, e.type);
    default:
      throw new Error(`expression of kind ${e.kind} has no lowering`);
  }
}

function integerValue(b: Lowering, e: Of<'integer'>): Value {
  const low = b.const(Number(BigInt.asIntN(32, e.value)));
  if (classOf(e.type) !== 'pair') return low;
  return { lo: low, hi: b.const(Number(BigInt.asIntN(32, e.value >> 32n))) };
}

/** Left-nested sums and other operators, from the innermost out. */
function chain(b: Lowering, outer: Of<'binary'> | Of<'pointer-add'>): Value {
  const links: (Of<'binary'> | Of<'pointer-add'>)[] = [];
  let e: Expression = outer;
  while (e.kind === 'binary' || e.kind === 'pointer-add') {
    links.push(e);
    e = e.kind === 'binary' ? e.left : e.pointer;
  }
  let result = value(b, e);
  for (let i = links.length - 1; i >= 0; i--) {
    const link = links[i];
    if (link.kind === 'binary') {
      const right = value(b, link.right);
      result = binaryValue(b, link.operator, link.type, result, right);
    } else {
      const index = wordValue(value(b, link.index));
      const scaled = b.binary(Op.mul, index, b.const(link.scale));
      result = b.binary(Op.add, wordValue(result), scaled);
    }
  }
  return result;
}

function pointerDifference(b: Lowering, e: Of<'pointer-difference'>): Value {
  const left = wordValue(value(b, e.left));
  const difference = b.binary(Op.sub, left, wordValue(value(b, e.right)));
  const scale = e.scale;
  if (scale <= 1) return difference;
  const shift = 31 - Math.clz32(scale & -scale);
  const moved = b.binary(Op.sar, difference, b.const(shift));
  const odd = scale >> shift;
  // The division is exact, so multiplying by the inverse modulo 2^32 is dividing.
  return odd === 1 ? moved : b.binary(Op.mul, moved, b.const(inverse(odd)));
}
function inverse(odd: number): number {
  let x = odd;
  for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(odd, x));
  return x;
}

function comma(b: Lowering, outer: Of<'comma'>): Value {
  const rights: Expression[] = [];
  let e: Expression = outer;
  while (e.kind === 'comma') {
    rights.push(e.right);
    e = e.left;
  }
  let result = value(b, e);
  for (let i = rights.length - 1; i >= 0; i--) result = value(b, rights[i]);
  return result;
}

function logicalValue(b: Lowering, e: Expression): Value {
  const slot = b.f.slotAddress(b.f.newSlot('', 4, 4));
  const [yes, no, join] = [b.newBlock(), b.newBlock(), b.newBlock()];
  condition(b, e, yes, no);
  b.start(yes);
  b.storeWord(slot, 0, b.const(1), 4);
  b.jump(join);
  b.start(no);
  b.storeWord(slot, 0, b.const(0), 4);
  b.jump(join);
  b.start(join);
  return b.loadWord(slot, 0, 4);
}

function conditional(b: Lowering, outer: Of<'conditional'>): Value {
  const isVoid = classOf(outer.type) === 'void';
  const temporary = isVoid ? undefined : b.temporary(outer.type);
  const join = b.newBlock();
  let e: Expression = outer;
  while (e.kind === 'conditional') {
    const [yes, no] = [b.newBlock(), b.newBlock()];
    condition(b, e.condition, yes, no);
    b.start(yes);
    const then = value(b, e.then);
    if (temporary) b.storeTemporary(temporary, then);
    b.jump(join);
    b.start(no);
    e = e.otherwise;
  }
  const otherwise = value(b, e);
  if (temporary) b.storeTemporary(temporary, otherwise);
  b.jump(join);
  b.start(join);
  return temporary ? b.loadTemporary(temporary) : 0;
}

function elvis(b: Lowering, e: Of<'elvis'>): Value {
  const temporary = classOf(e.type) === 'void' ? undefined : b.temporary(e.type);
  const [yes, no, join] = [b.newBlock(), b.newBlock(), b.newBlock()];
  const tested = value(b, e.condition);
  b.branch(truth(b, tested, e.condition.type), yes, no);
  b.start(yes);
  const then = converted(b, tested, e.condition.type, e.type);
  if (temporary) b.storeTemporary(temporary, then);
  b.jump(join);
  b.start(no);
  const otherwise = value(b, e.otherwise);
  if (temporary) b.storeTemporary(temporary, otherwise);
  b.jump(join);
  b.start(join);
  return temporary ? b.loadTemporary(temporary) : 0;
}

/** A value cut to what its type can hold, as an assignment does. */
export function assignable(b: Lowering, x: Value, type: Expression['type']): Value {
  return classOf(type) === 'float' ? rounded(b, x as number, type) : x;
}
