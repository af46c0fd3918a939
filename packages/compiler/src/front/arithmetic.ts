// Operators on values (C11 6.5.3 to 6.5.15): checks the operands, converts them to a common type,
// folds constants.

import type { Span } from '@ring0/diagnostics';
import type { BinaryOperator, Comparison, Expression } from '../tree.ts';
import { sizeOf } from '../types.ts';
import type { PointerType, Type } from '../types.ts';
import { floatNegate } from './float.ts';
import { compareFloats, compareIntegers, foldComparison, foldFloat, foldInteger } from './fold.ts';
import {
  addressConstant,
  constantTruth,
  convertNode,
  errorNode,
  integerNode,
  isError,
  isNullConstant,
  promote,
  wrap,
} from './nodes.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import type { Unit } from './unit.ts';

function invalidOperands(
  u: Unit,
  text: string,
  a: Expression,
  b: Expression,
  span: Span,
): Expression {
  u.error(
    'C0210',
    `invalid operands to binary ${text}: '${typeText(a.type)}' and '${typeText(b.type)}'`,
    span,
    [a, b].some(({ type }) => type.kind === 'void')
      ? [{ message: 'what returns void gives no value to go on with' }]
      : [],
  );
  return errorNode(span);
}

const operatorText: Readonly<Record<BinaryOperator | Comparison, string>> = {
  add: '+',
  subtract: '-',
  multiply: '*',
  divide: '/',
  remainder: '%',
  'shift-left': '<<',
  'shift-right': '>>',
  and: '&',
  or: '|',
  xor: '^',
  equal: '==',
  'not-equal': '!=',
  less: '<',
  'less-equal': '<=',
  greater: '>',
  'greater-equal': '>=',
};

/** `left operator right` for all but comparisons and logic. */
export function binary(
  u: Unit,
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  span: Span,
): Expression {
  if (isError(left) || isError(right)) return errorNode(span);
  const isSum = operator === 'add' || operator === 'subtract';
  if (isSum && (types.isPointer(left.type) || types.isPointer(right.type))) {
    return pointerSum(u, operator, left, right, span);
  }
  const test = isSum || operator === 'multiply' || operator === 'divide';
  const isFine = test ? types.isArithmetic : types.isInteger;
  if (!isFine(left.type) || !isFine(right.type)) {
    return invalidOperands(u, operatorText[operator], left, right, span);
  }
  if (operator === 'shift-left' || operator === 'shift-right') {
    return shift(u, operator, promote(left), promote(right), span);
  }
  const a = promote(left);
  const b = promote(right);
  const type = types.commonType(a.type, b.type);
  return arithmeticNode(u, operator, convertNode(a, type), convertNode(b, type), type, span);
}

function shift(
  u: Unit,
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  span: Span,
): Expression {
  if (right.kind === 'integer') {
    if (right.value < 0n) {
      u.warn('shift-count-negative', 'C0211', 'shift count is negative', right.span);
    } else if (right.value >= BigInt(sizeOf(left.type) * 8)) {
      const message = `shift count is not less than the width of '${typeText(left.type)}'`;
      u.warn('shift-count-overflow', 'C0212', message, right.span);
    }
  }
  return arithmeticNode(u, operator, left, right, left.type, span);
}

/** Operands already converted. */
export function arithmeticNode(
  u: Unit,
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  type: Type,
  span: Span,
): Expression {
  const isDivision = operator === 'divide' || operator === 'remainder';
  if (isDivision && right.kind === 'integer' && right.value === 0n) {
    if (u.unevaluated === 0) u.warn('div-by-zero', 'C0213', 'division by zero', span);
  }
  if (left.kind === 'integer' && right.kind === 'integer') {
    const exact = foldInteger(operator, left.value, right.value, sizeOf(type) * 8);
    if (exact !== undefined) {
      const value = wrap(exact, type);
      if (value !== exact && !types.isUnsigned(type) && operator !== 'shift-left') {
        u.warn(
          'overflow',
          'C0214',
          `integer overflow in expression: ${exact} becomes ${value}`,
          span,
        );
      }
      return { kind: 'integer', value, type, span };
    }
  }
  if (left.kind === 'float' && right.kind === 'float' && types.isFloating(type)) {
    const image = foldFloat(operator, left.image, right.image, type.kind);
    if (image !== undefined) return { kind: 'float', image, type, span };
  }
  return { kind: 'binary', operator, left, right, type, span };
}

/** The size that pointer arithmetic counts in, or undefined after a report. */
export function elementSize(u: Unit, type: PointerType, span: Span): number | undefined {
  const { to } = type;
  if (to.kind === 'void' || to.kind === 'function' || types.isComplete(to)) return sizeOf(to);
  u.error('C0215', `arithmetic on a pointer to incomplete type '${typeText(to)}'`, span);
  return undefined;
}

function pointerSum(
  u: Unit,
  operator: 'add' | 'subtract',
  left: Expression,
  right: Expression,
  span: Span,
): Expression {
  if (types.isPointer(left.type) && types.isPointer(right.type)) {
    if (operator === 'add') return invalidOperands(u, '+', left, right, span);
    return pointerDifference(u, left, right, span);
  }
  if (types.isPointer(right.type) && operator === 'subtract') {
    return invalidOperands(u, '-', left, right, span);
  }
  const [pointer, index] = types.isPointer(left.type) ? [left, right] : [right, left];
  if (!types.isInteger(index.type)) {
    return invalidOperands(u, operatorText[operator], left, right, span);
  }
  const scale = elementSize(u, pointer.type as PointerType, span);
  if (scale === undefined) return errorNode(span);
  return pointerAdd(pointer, index, scale, operator === 'subtract', span);
}

/** pointer + index * scale, or minus. */
export function pointerAdd(
  pointer: Expression,
  index: Expression,
  scale: number,
  isNegative: boolean,
  span: Span,
): Expression {
  let count = promote(index);
  if (sizeOf(count.type) !== 4) count = convertNode(count, types.INT);
  else if (count.type.kind === 'long') count = convertNode(count, types.INT);
  else if (count.type.kind === 'ulong') count = convertNode(count, types.UINT);
  if (isNegative) count = negateNode(count, span);
  const { type } = pointer;
  if (count.kind === 'integer') {
    if (count.value === 0n) return { ...pointer, span };
    if (pointer.kind === 'integer') {
      return integerNode(pointer.value + count.value * BigInt(scale), type, span);
    }
  }
  return { kind: 'pointer-add', pointer, index: count, scale, type, span };
}

function negateNode(e: Expression, span: Span): Expression {
  if (e.kind === 'integer') return integerNode(-e.value, e.type, span);
  if (e.kind === 'float') return { ...e, image: floatNegate(e.image), span };
  return { kind: 'negate', operand: e, type: e.type, span };
}

function pointerDifference(u: Unit, left: Expression, right: Expression, span: Span): Expression {
  const a = left.type as PointerType;
  const b = right.type as PointerType;
  if (!types.compatible(types.plain(a.to), types.plain(b.to))) {
    return invalidOperands(u, '-', left, right, span);
  }
  const scale = elementSize(u, a, span);
  if (scale === undefined) return errorNode(span);
  const from = addressConstant(left);
  const to = addressConstant(right);
  if (from && to && from.base === to.base && scale > 0) {
    return integerNode((from.offset - to.offset) / BigInt(scale), types.INT, span);
  }
  const type = types.INT;
  return { kind: 'pointer-difference', left, right, scale: Math.max(scale, 1), type, span };
}

/** `-e`, `+e`, `~e`. */
export function unary(
  u: Unit,
  operator: 'negate' | 'complement' | 'plus',
  operand: Expression,
  span: Span,
): Expression {
  if (isError(operand)) return errorNode(span);
  const isFine = operator === 'complement' ? types.isInteger : types.isArithmetic;
  if (!isFine(operand.type)) {
    const text = { negate: '-', complement: '~', plus: '+' }[operator];
    u.error('C0216', `wrong operand of unary ${text}: '${typeText(operand.type)}'`, span);
    return errorNode(span);
  }
  const e = promote(operand);
  if (operator === 'plus') return { ...e, span };
  if (operator === 'negate') return negateNode(e, span);
  if (e.kind === 'integer') return integerNode(~e.value, e.type, span);
  return { kind: 'complement', operand: e, type: e.type, span };
}

/** True if `e` can be a condition; reports otherwise. */
export function requireScalar(u: Unit, e: Expression, what: string): boolean {
  if (isError(e)) return false;
  if (types.isScalar(e.type)) return true;
  u.error('C0217', `${what} of type '${typeText(e.type)}', a scalar is needed`, e.span);
  return false;
}

/** `!e` */
export function logicalNot(u: Unit, operand: Expression, span: Span): Expression {
  if (!requireScalar(u, operand, "operand of '!'")) return errorNode(span);
  const truth = constantTruth(operand);
  if (truth !== undefined) return integerNode(truth ? 0n : 1n, types.INT, span);
  return { kind: 'not', operand, type: types.INT, span };
}

/** `left && right`, `left || right`. A constant left side that decides drops the right one. */
export function logical(
  u: Unit,
  kind: 'logical-and' | 'logical-or',
  left: Expression,
  right: Expression,
  span: Span,
): Expression {
  const what = kind === 'logical-and' ? "operand of '&&'" : "operand of '||'";
  if (!requireScalar(u, left, what) || !requireScalar(u, right, what)) return errorNode(span);
  const type = types.INT;
  const first = constantTruth(left);
  const second = constantTruth(right);
  const decides = kind === 'logical-or';
  if (first === decides) return integerNode(decides ? 1n : 0n, type, span);
  if (first !== undefined) {
    if (second !== undefined) return integerNode(second ? 1n : 0n, type, span);
    const zero = integerNode(0n, types.INT, span);
    const isTruth = right.kind === 'compare' || right.kind === 'not';
    if (isTruth) return right;
    if (right.kind === 'logical-and' || right.kind === 'logical-or') return right;
    return compareNode('not-equal', right, convertNode(zero, right.type), span);
  }
  return { kind, left, right, type, span };
}

function compareNode(
  comparison: Comparison,
  left: Expression,
  right: Expression,
  span: Span,
): Expression {
  const type = types.INT;
  if (left.kind === 'integer' && right.kind === 'integer') {
    const holds = foldComparison(comparison, compareIntegers(left.value, right.value));
    return integerNode(holds ? 1n : 0n, type, span);
  }
  if (left.kind === 'float' && right.kind === 'float') {
    const holds = foldComparison(comparison, compareFloats(left.image, right.image));
    return integerNode(holds ? 1n : 0n, type, span);
  }
  return { kind: 'compare', comparison, left, right, type, span };
}

/** `left comparison right` (C11 6.5.8, 6.5.9). */
export function compare(
  u: Unit,
  comparison: Comparison,
  left: Expression,
  right: Expression,
  span: Span,
): Expression {
  if (isError(left) || isError(right)) return errorNode(span);
  if (types.isArithmetic(left.type) && types.isArithmetic(right.type)) {
    const a = promote(left);
    const b = promote(right);
    const type = types.commonType(a.type, b.type);
    const isMixed = a.type !== b.type && types.isUnsigned(type) && types.isInteger(type);
    const signed = isMixed ? [a, b].find((e) => !types.isUnsigned(e.type)) : undefined;
    if (signed && signed.kind !== 'integer' && signed.type.kind === left.type.kind) {
      const message = `comparison of '${typeText(left.type)}' with '${typeText(right.type)}'`;
      u.warn('sign-compare', 'C0218', message, span);
    }
    return compareNode(comparison, convertNode(a, type), convertNode(b, type), span);
  }
  if (!types.isScalar(left.type) || !types.isScalar(right.type)) {
    return invalidOperands(u, operatorText[comparison], left, right, span);
  }
  if (types.isFloating(left.type) || types.isFloating(right.type)) {
    return invalidOperands(u, operatorText[comparison], left, right, span);
  }
  return comparePointers(u, comparison, left, right, span);
}

function isLiteral(u: Unit, e: Expression): boolean {
  return e.kind === 'address' && e.lvalue.kind === 'entity' && u.strings.has(e.lvalue.entity);
}

function comparePointers(
  u: Unit,
  comparison: Comparison,
  left: Expression,
  right: Expression,
  span: Span,
): Expression {
  if ([left, right].some((e) => isLiteral(u, e))) {
    const message = 'a string literal is compared by its address, not by its text';
    u.warn('address', 'C0283', message, span, [
      { message: 'compare the texts by strcmp(a, b) == 0, of <string.h>' },
    ]);
  }
  const isLeft = types.isPointer(left.type);
  const type = isLeft ? left.type : right.type;
  if (!isLeft || !types.isPointer(right.type)) {
    if (!isNullConstant(isLeft ? right : left)) {
      u.warn('int-conversion', 'C0219', 'comparison between pointer and integer', span);
    }
  } else if (!isNullConstant(left) && !isNullConstant(right)) {
    const a = types.plain((left.type as PointerType).to);
    const b = types.plain(right.type.to);
    if (a.kind !== 'void' && b.kind !== 'void' && !types.compatible(a, b)) {
      const texts = [left, right].map((e) => `'${typeText(e.type)}'`);
      const message = `comparison of distinct pointer types ${texts.join(' and ')}`;
      u.warn('compare-distinct-pointer-types', 'C0220', message, span);
    }
  }
  const a = constantTruth(left);
  const b = constantTruth(right);
  const isEquality = comparison === 'equal' || comparison === 'not-equal';
  if (isEquality && a !== undefined && b !== undefined && a !== b) {
    return integerNode(comparison === 'not-equal' ? 1n : 0n, types.INT, span);
  }
  return compareNode(comparison, convertNode(left, type), convertNode(right, type), span);
}

/** Can dropping `e` lose a label that something else jumps to? */
function mayHoldLabels(e: Expression): boolean {
  switch (e.kind) {
    case 'statement-expression':
      return true;
    case 'comma':
    case 'binary':
    case 'logical-and':
    case 'logical-or':
    case 'compare':
      return mayHoldLabels(e.left) || mayHoldLabels(e.right);
    case 'convert':
    case 'not':
      return mayHoldLabels(e.operand);
    default:
      return false;
  }
}

/** The type of `c ? a : b`, undefined after a report (C11 6.5.15). */
function conditionalType(u: Unit, a: Expression, b: Expression, span: Span): Type | undefined {
  if (types.isArithmetic(a.type) && types.isArithmetic(b.type)) {
    return types.commonType(promote(a).type, promote(b).type);
  }
  if (a.type.kind === 'void' || b.type.kind === 'void') return types.VOID;
  if (types.isRecord(a.type) && types.isRecord(b.type) && a.type.record === b.type.record) {
    return a.type;
  }
  if (types.isPointer(a.type) && types.isPointer(b.type)) {
    return pointerArms(u, a, b, a.type, b.type, span);
  }
  if (types.isPointer(a.type) && types.isInteger(b.type)) {
    if (!isNullConstant(b))
      u.warn('int-conversion', 'C0221', 'pointer/integer mismatch in conditional', span);
    return a.type;
  }
  if (types.isPointer(b.type) && types.isInteger(a.type)) {
    if (!isNullConstant(a))
      u.warn('int-conversion', 'C0221', 'pointer/integer mismatch in conditional', span);
    return b.type;
  }
  const message = `arms of '?:' have types '${typeText(a.type)}' and '${typeText(b.type)}'`;
  u.error('C0222', message, span);
  return undefined;
}

function pointerArms(
  u: Unit,
  a: Expression,
  b: Expression,
  left: PointerType,
  right: PointerType,
  span: Span,
): Type {
  if (isNullConstant(a)) return right;
  if (isNullConstant(b)) return left;
  const qualifiers = left.to.qualifiers | right.to.qualifiers;
  if (left.to.kind === 'void' || right.to.kind === 'void') {
    return types.pointerTo(types.qualify(types.VOID, qualifiers));
  }
  if (types.compatible(types.plain(left.to), types.plain(right.to))) {
    const to = types.composite(types.plain(left.to), types.plain(right.to));
    return types.pointerTo(types.qualify(to, qualifiers));
  }
  const texts = [left, right].map((type) => `'${typeText(type)}'`);
  const message = `pointer types ${texts.join(' and ')} differ in conditional`;
  u.warn('incompatible-pointer-types', 'C0223', message, span);
  return types.pointerTo(types.qualify(types.VOID, qualifiers));
}

/** `condition ? then : otherwise` */
export function conditional(
  u: Unit,
  condition: Expression,
  then: Expression,
  otherwise: Expression,
  span: Span,
): Expression {
  if (!requireScalar(u, condition, 'condition')) return errorNode(span);
  if (isError(then) || isError(otherwise)) return errorNode(span);
  const type = conditionalType(u, then, otherwise, span);
  if (!type) return errorNode(span);
  const a = convertNode(then, type);
  const b = convertNode(otherwise, type);
  const truth = constantTruth(condition);
  if (truth !== undefined && !mayHoldLabels(truth ? b : a)) {
    const chosen = truth ? a : b;
    const isPlainConstant = chosen.kind === 'integer' || chosen.kind === 'float';
    return isPlainConstant ? { ...chosen, span } : chosen;
  }
  return { kind: 'conditional', condition, then: a, otherwise: b, type, span };
}

/** GNU `condition ?: otherwise` */
export function elvis(
  u: Unit,
  condition: Expression,
  otherwise: Expression,
  span: Span,
): Expression {
  if (!requireScalar(u, condition, 'condition') || isError(otherwise)) return errorNode(span);
  const type = conditionalType(u, condition, otherwise, span);
  if (!type) return errorNode(span);
  const truth = constantTruth(condition);
  if (truth === true) return convertNode(condition, type);
  if (truth === false) return convertNode(otherwise, type);
  return { kind: 'elvis', condition, otherwise: convertNode(otherwise, type), type, span };
}
