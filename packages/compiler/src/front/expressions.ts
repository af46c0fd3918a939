// Expressions (C11 6.5), by precedence climbing. Each function reads what its name says and returns
// an object (an lvalue node) or a value; `rvalue` makes a value of either.

import type { BinaryOperator, Comparison, Expression } from '../tree.ts';
import { sizeOf } from '../types.ts';
import type { Type } from '../types.ts';
import { binary, compare, conditional, elvis, logical, logicalNot, unary } from './arithmetic.ts';
import { assign, cast, compoundAssign, increment } from './assignment.ts';
import { T } from './codes.ts';
import { atTypeName, typeName } from './declarators.ts';
import { compoundLiteral } from './initializers.ts';
import {
  addressNode,
  convertNode,
  errorNode,
  integerNode,
  isError,
  isLvalue,
  rvalue,
} from './nodes.ts';
import type { Value } from './nodes.ts';
import { dereference, postfix, preferredAlignment } from './postfix.ts';
import { primary } from './primary.ts';
import { labelNamed } from './statements.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import type { Unit } from './unit.ts';

/** Binding strength of binary operators; 0: not one. */
const precedence = new Uint8Array(256);
const levels: readonly (readonly number[])[] = [
  [T.orOr],
  [T.andAnd],
  [T.or],
  [T.xor],
  [T.and],
  [T.equal, T.notEqual],
  [T.less, T.greater, T.lessEqual, T.greaterEqual],
  [T.shiftLeft, T.shiftRight],
  [T.plus, T.minus],
  [T.star, T.slash, T.percent],
];
levels.forEach((codes, i) => codes.forEach((code) => (precedence[code] = i + 1)));

const binaryOperators: Readonly<Record<number, BinaryOperator>> = {
  [T.plus]: 'add',
  [T.minus]: 'subtract',
  [T.star]: 'multiply',
  [T.slash]: 'divide',
  [T.percent]: 'remainder',
  [T.shiftLeft]: 'shift-left',
  [T.shiftRight]: 'shift-right',
  [T.and]: 'and',
  [T.or]: 'or',
  [T.xor]: 'xor',
};

const comparisons: Readonly<Record<number, Comparison>> = {
  [T.equal]: 'equal',
  [T.notEqual]: 'not-equal',
  [T.less]: 'less',
  [T.lessEqual]: 'less-equal',
  [T.greater]: 'greater',
  [T.greaterEqual]: 'greater-equal',
};

const compoundOperators: Readonly<Record<number, BinaryOperator>> = {
  [T.multiplyAssign]: 'multiply',
  [T.divideAssign]: 'divide',
  [T.remainderAssign]: 'remainder',
  [T.addAssign]: 'add',
  [T.subtractAssign]: 'subtract',
  [T.shiftLeftAssign]: 'shift-left',
  [T.shiftRightAssign]: 'shift-right',
  [T.andAssign]: 'and',
  [T.xorAssign]: 'xor',
  [T.orAssign]: 'or',
};

/** With commas. */
export function expression(u: Unit): Value {
  const first = u.at;
  let left = assignmentExpression(u);
  while (u.accept(T.comma)) {
    const effect = rvalue(u, left);
    const right = rvalue(u, assignmentExpression(u));
    const span = u.spanFrom(first);
    if (isError(effect) || isError(right)) left = errorNode(span);
    else left = { kind: 'comma', left: effect, right, type: right.type, span };
  }
  return left;
}

export function assignmentExpression(u: Unit): Value {
  const first = u.at;
  u.enter();
  const left = conditionalExpression(u);
  const { code } = u;
  let result = left;
  if (code === T.assign) {
    u.at++;
    const value = rvalue(u, assignmentExpression(u));
    result = assign(u, left, value, u.spanFrom(first));
  } else if (code >= T.multiplyAssign && code <= T.orAssign) {
    u.at++;
    const value = rvalue(u, assignmentExpression(u));
    result = compoundAssign(u, compoundOperators[code], left, value, u.spanFrom(first));
  }
  u.leave();
  return result;
}

export function conditionalExpression(u: Unit): Value {
  const first = u.at;
  const condition = binaryExpression(u, castExpression(u), first, 1);
  if (u.code !== T.question) return condition;
  u.at++;
  const test = rvalue(u, condition);
  if (u.accept(T.colon)) {
    const otherwise = rvalue(u, conditionalExpression(u));
    return elvis(u, test, otherwise, u.spanFrom(first));
  }
  u.enter();
  const isDecided = test.kind === 'integer';
  const dead = (isDead: boolean, read: () => Value): Expression => {
    if (isDead) u.unevaluated++;
    const e = rvalue(u, read());
    if (isDead) u.unevaluated--;
    return e;
  };
  const then = dead(isDecided && test.value === 0n, () => expression(u));
  u.expect(T.colon, "':'");
  const otherwise = dead(isDecided && test.value !== 0n, () => conditionalExpression(u));
  u.leave();
  return conditional(u, test, then, otherwise, u.spanFrom(first));
}

/** Chains longer than this are refused: later passes walk down the tree. */
const CHAIN_MAX = 4000;

function binaryExpression(u: Unit, start: Value, first: number, least: number): Value {
  let left = start;
  for (let length = 0; ; length++) {
    const { code } = u;
    const level = precedence[code];
    if (level < least || level === 0) return left;
    if (length > CHAIN_MAX) {
      u.error('C0003', `more than ${CHAIN_MAX} operators in a row`, u.span());
      u.syntaxError('expected the end of the expression');
    }
    u.at++;
    const a = rvalue(u, left);
    const isDead =
      (code === T.andAnd || code === T.orOr) &&
      a.kind === 'integer' &&
      (a.value !== 0n) === (code === T.orOr);
    if (isDead) u.unevaluated++;
    const second = u.at;
    let right = castExpression(u);
    while (precedence[u.code] > level) right = binaryExpression(u, right, second, level + 1);
    const b = rvalue(u, right);
    if (isDead) u.unevaluated--;
    left = combine(u, code, a, b, first);
  }
}

function combine(u: Unit, code: number, a: Expression, b: Expression, first: number): Expression {
  const span = u.spanFrom(first);
  if (code === T.andAnd) return logical(u, 'logical-and', a, b, span);
  if (code === T.orOr) return logical(u, 'logical-or', a, b, span);
  const comparison = comparisons[code];
  if (comparison) return compare(u, comparison, a, b, span);
  return binary(u, binaryOperators[code], a, b, span);
}

export function castExpression(u: Unit): Value {
  if (u.code !== T.leftParen) return unaryExpression(u);
  const first = u.at;
  u.at++;
  if (!atTypeName(u)) {
    u.at = first;
    return unaryExpression(u);
  }
  u.enter();
  const type = typeName(u);
  u.expect(T.rightParen, "')'");
  let result: Value;
  if (u.code === T.leftBrace) result = postfix(u, compoundLiteral(u, type, first), first);
  else result = cast(u, rvalue(u, castExpression(u)), type, u.spanFrom(first));
  u.leave();
  return result;
}

export function unaryExpression(u: Unit): Value {
  const first = u.at;
  const { code } = u;
  switch (code) {
    case T.plus:
    case T.minus:
    case T.tilde:
    case T.not:
    case T.and:
    case T.star:
    case T.increment:
    case T.decrement:
    case T.extension: {
      u.at++;
      u.enter();
      const result = prefixed(u, code, first);
      u.leave();
      return result;
    }
    case T.andAnd: {
      u.at++;
      const span = u.span();
      const label = labelNamed(u, u.expectName('a label'), span);
      label.isAddressTaken = true;
      return { kind: 'label-address', label, type: types.VOID_POINTER, span };
    }
    case T.sizeof:
    case T.alignof:
    case T.alignofPreferred:
      return sizeofExpression(u, code);
    case T.realPart:
    case T.imaginaryPart:
      u.error('C0412', `'${u.text()}' is not supported`, u.span());
      u.at++;
      castExpression(u);
      return errorNode(u.spanFrom(first));
    default:
      return postfix(u, primary(u), first);
  }
}

function prefixed(u: Unit, code: number, first: number): Value {
  if (code === T.increment || code === T.decrement) {
    const target = unaryExpression(u);
    return increment(u, target, code === T.increment ? 1 : -1, false, u.spanFrom(first));
  }
  const operand = castExpression(u);
  const span = u.spanFrom(first);
  switch (code) {
    case T.plus:
      return unary(u, 'plus', rvalue(u, operand), span);
    case T.minus:
      return unary(u, 'negate', rvalue(u, operand), span);
    case T.tilde:
      return unary(u, 'complement', rvalue(u, operand), span);
    case T.not:
      return logicalNot(u, rvalue(u, operand), span);
    case T.star:
      return dereference(u, rvalue(u, operand), span);
    case T.and:
      return addressOf(u, operand, first);
    default:
      return operand;
  }
}

function addressOf(u: Unit, operand: Value, first: number): Value {
  const span = u.spanFrom(first);
  if (isError(operand)) return errorNode(span);
  if (!isLvalue(operand)) {
    u.error(
      'C0202',
      `'&' needs an object, this is a value of type '${typeText(operand.type)}'`,
      span,
    );
    return errorNode(span);
  }
  if (operand.kind === 'member' && operand.bits) {
    u.error('C0203', 'the address of a bit-field cannot be taken', span);
    return errorNode(span);
  }
  if (operand.kind === 'entity' && operand.entity.register !== undefined) {
    u.error('C0204', `the address of register variable '${operand.entity.name}' is taken`, span);
    return errorNode(span);
  }
  return addressNode(u, operand, types.pointerTo(operand.type), span);
}

function sizeofExpression(u: Unit, code: number): Value {
  const first = u.at;
  u.at++;
  u.unevaluated++;
  u.enter();
  let type: Type;
  let isBits = false;
  let alignment: number | undefined;
  const isType = u.code === T.leftParen && ((u.at++, atTypeName(u)) || (u.at--, false));
  if (isType) {
    const open = u.at - 1;
    type = typeName(u);
    u.expect(T.rightParen, "')'");
    if (u.code === T.leftBrace) ({ type } = postfix(u, compoundLiteral(u, type, open), open));
  } else {
    const operand = unaryExpression(u);
    ({ type } = operand);
    isBits = operand.kind === 'member' && operand.bits !== undefined;
    if (operand.kind === 'entity') alignment = operand.entity.attributes.aligned;
  }
  u.leave();
  u.unevaluated--;
  const span = u.spanFrom(first);
  if (type === types.ERROR) return errorNode(span);
  const word = code === T.sizeof ? 'sizeof' : 'alignof';
  if (isBits) {
    u.error('C0205', `'${word}' of a bit-field`, span);
    return errorNode(span);
  }
  if (type.kind !== 'void' && type.kind !== 'function' && !isSized(type)) {
    u.error('C0206', `'${word}' of incomplete type '${typeText(type)}'`, span);
    return errorNode(span);
  }
  if (code === T.sizeof) return integerNode(BigInt(sizeOf(type)), types.UINT, span);
  const value = alignment ?? preferredAlignment(type, code === T.alignofPreferred);
  return integerNode(BigInt(value), types.UINT, span);
}

function isSized(type: Type): boolean {
  return types.isComplete(type);
}

/** A condition: a scalar value, or a report. */
export function conditionValue(u: Unit, value: Value, what: string): Expression {
  const e = rvalue(u, value);
  if (isError(e) || types.isScalar(e.type)) return e;
  u.error('C0217', `${what} of type '${typeText(e.type)}', a scalar is needed`, e.span);
  return convertNode(errorNode(e.span), types.INT);
}
