// Conversions that need a check: of assignments, arguments, returns and initialisers (C11
// 6.5.16.1), casts, and the assignment operators themselves.

import type { Span } from '@ring0/diagnostics';
import type { BinaryOperator, Expression, Lvalue } from '../tree.ts';
import { CONST, sizeOf } from '../types.ts';
import type { PointerType, Type } from '../types.ts';
import { elementSize } from './arithmetic.ts';
import {
  convertNode,
  errorNode,
  isError,
  isLvalue,
  isNullConstant,
  promote,
  rootEntity,
  wrap,
} from './nodes.ts';
import type { Value } from './nodes.ts';
import * as types from './type-operations.ts';
import { qualifiersOf, typeText } from './type-operations.ts';
import type { Unit } from './unit.ts';

/**
 * Where a value goes, for messages: `assignment`, `argument 2 of 'f'`, `return`, `initialization`.
 */
export type Purpose = string;

/** Converts `e` to `type` as if by assignment; reports what C forbids, warns as gcc does. */
export function assignConvert(
  u: Unit,
  e: Expression,
  to: Type,
  purpose: Purpose,
  span: Span = e.span,
): Expression {
  if (isError(e) || to === types.ERROR) return errorNode(span);
  const type = types.plain(to);
  const from = e.type;
  if (types.isArithmetic(type) && types.isArithmetic(from)) {
    checkConstant(u, e, type, span);
    return convertNode(e, type);
  }
  if (types.isPointer(type) && types.isPointer(from)) {
    if (!isNullConstant(e)) checkPointers(u, from, type, purpose, span);
    return convertNode(e, type);
  }
  if (types.isPointer(type) && types.isInteger(from)) {
    if (!isNullConstant(e)) {
      const texts = `pointer '${typeText(type)}' from integer '${typeText(from)}'`;
      const message = `${purpose} makes ${texts} without a cast`;
      u.warn('int-conversion', 'C0230', message, span);
    }
    return convertNode(e, type);
  }
  if (types.isInteger(type) && types.isPointer(from)) {
    if (type.kind !== 'bool') {
      const texts = `integer '${typeText(type)}' from pointer '${typeText(from)}'`;
      const message = `${purpose} makes ${texts} without a cast`;
      u.warn('int-conversion', 'C0231', message, span);
    }
    return convertNode(e, type);
  }
  if (types.isRecord(type) && types.isRecord(from) && type.record === from.record) return e;
  if (type.kind === 'void' && from.kind === 'void') return e;
  if (from.kind === 'void') {
    u.error('C0232', `${purpose} uses the value of a void expression`, span);
  } else {
    const message = `${purpose} of '${typeText(from)}' where '${typeText(type)}' is needed`;
    u.error('C0233', message, span);
  }
  return errorNode(span);
}

function checkConstant(u: Unit, e: Expression, type: Type, span: Span): void {
  if (e.kind !== 'integer' || !types.isInteger(type) || type.kind === 'bool') return;
  const value = wrap(e.value, type);
  if (value === e.value) return;
  // Only what fits neither as signed nor as unsigned is worth a word.
  const bits = sizeOf(type) * 8;
  if (BigInt.asUintN(bits, e.value) === e.value || BigInt.asIntN(bits, e.value) === e.value) return;
  const texts = `from '${typeText(e.type)}' to '${typeText(type)}'`;
  const message = `conversion ${texts} changes ${e.value} to ${value}`;
  u.warn('overflow', 'C0234', message, span);
}

function checkPointers(
  u: Unit,
  from: PointerType,
  to: PointerType,
  purpose: Purpose,
  span: Span,
): void {
  const source = qualifiersOf(from.to);
  const target = qualifiersOf(to.to);
  if (from.to.kind === 'function' && to.to.kind === 'function') {
    if (types.compatible(types.plain(from.to), types.plain(to.to))) return;
  }
  const a = withoutQualifiers(from.to);
  const b = withoutQualifiers(to.to);
  const isVoid = a.kind === 'void' || b.kind === 'void';
  if (!isVoid && !types.compatible(a, b)) {
    if (types.isInteger(a) && types.isInteger(b) && signless(a) === signless(b)) {
      const texts = `'${typeText(from)}' to '${typeText(to)}'`;
      const message = `${purpose} of ${texts} differs in signedness`;
      u.warn('pointer-sign', 'C0235', message, span);
      return;
    }
    const message = `${purpose} of '${typeText(from)}' to incompatible pointer '${typeText(to)}'`;
    u.warn('incompatible-pointer-types', 'C0236', message, span);
    return;
  }
  if ((source & ~target) !== 0 && from.to.kind !== 'function') {
    const lost = typeText({ ...types.INT, qualifiers: source & ~target }).replace(/ int$/, '');
    const message = `${purpose} discards '${lost}' from the pointer's target type`;
    u.warn('discarded-qualifiers', 'C0237', message, span);
  }
}

function withoutQualifiers(type: Type): Type {
  if (type.kind !== 'array') return types.plain(type);
  return { ...type, element: withoutQualifiers(type.element) };
}

function signless(type: Type): string {
  const kind = types.integerKind(type) ?? '';
  if (kind === 'schar' || kind === 'uchar') return 'char';
  return kind.startsWith('u') ? kind.slice(1) : kind;
}

/** A cast (C11 6.5.4). */
export function cast(u: Unit, e: Expression, type: Type, span: Span): Expression {
  if (isError(e)) return errorNode(span);
  const from = e.type;
  if (type.kind === 'void') return { kind: 'convert', operand: e, type: types.VOID, span };
  if (types.isRecord(type) && types.isRecord(from) && type.record === from.record) return e;
  if (!types.isScalar(type)) {
    u.error('C0238', `cast to '${typeText(type)}', which is not a scalar type`, span);
    return errorNode(span);
  }
  const isFine = types.isScalar(from) && !(types.isPointer(type) && types.isFloating(from));
  if (!isFine || (types.isFloating(type) && types.isPointer(from))) {
    u.error('C0239', `cast of '${typeText(from)}' to '${typeText(type)}'`, span);
    return errorNode(span);
  }
  if (types.isPointer(type) && types.isInteger(from) && e.kind !== 'integer') {
    if (sizeOf(from) !== 4) {
      const message = `cast to pointer from integer '${typeText(from)}' of different size`;
      u.warn('int-to-pointer-cast', 'C0240', message, span);
    }
  } else if (types.isInteger(type) && types.isPointer(from)) {
    if (sizeOf(type) !== 4 && type.kind !== 'bool') {
      const message = `cast from pointer to integer '${typeText(type)}' of different size`;
      u.warn('pointer-to-int-cast', 'C0241', message, span);
    }
  }
  const converted = convertNode(e, type, span);
  if (converted !== e) return converted;
  // `(type)x` is no bit-field and no lvalue, whatever x was.
  return e.kind === 'load' && e.lvalue.kind === 'member' && e.lvalue.bits
    ? { kind: 'convert', operand: e, type: types.plain(type), span }
    : { ...e, span };
}

function hasConstMember(type: Type): boolean {
  if (!types.isRecord(type)) return false;
  return type.record.members.some(
    (member) => (qualifiersOf(member.type) & CONST) !== 0 || hasConstMember(member.type),
  );
}

/** The object that an operator writes to, or undefined after a report. */
export function modifiable(u: Unit, value: Value, what: string): Lvalue | undefined {
  if (value.type === types.ERROR) return undefined;
  const name = (lvalue: Lvalue): string => {
    const entity = rootEntity(lvalue);
    return lvalue.kind === 'entity' && entity ? ` variable '${entity.name}'` : ' object';
  };
  if (!isLvalue(value) || (value.kind === 'temporary' && !types.isRecord(value.type))) {
    u.error('C0242', `${what} needs an object to change, this is a value`, value.span);
    return undefined;
  }
  if (value.type.kind === 'array' || value.type.kind === 'function') {
    u.error('C0243', `${what} to an expression of type '${typeText(value.type)}'`, value.span);
    return undefined;
  }
  if ((value.type.qualifiers & CONST) !== 0 || hasConstMember(value.type)) {
    const entity = rootEntity(value);
    const isOwn = entity && (qualifiersOf(entity.type) & CONST) !== 0;
    const notes = isOwn
      ? [{ message: `'${entity.name}' is declared const here`, span: entity.span }]
      : [{ message: `its type is '${typeText(value.type)}'; drop const from it to write to it` }];
    u.error('C0244', `${what} of read-only${name(value)}`, value.span, notes);
    return undefined;
  }
  if (!types.isComplete(value.type)) {
    u.error('C0245', `${what} of incomplete type '${typeText(value.type)}'`, value.span);
    return undefined;
  }
  return value;
}

export function assign(u: Unit, target: Value, value: Expression, span: Span): Expression {
  const lvalue = modifiable(u, target, 'assignment');
  if (!lvalue || isError(value)) return errorNode(span);
  const converted = assignConvert(u, value, lvalue.type, 'assignment', value.span);
  if (isError(converted)) return converted;
  const type = types.plain(lvalue.type);
  return { kind: 'assign', lvalue, value: converted, type, span };
}

export function compoundAssign(
  u: Unit,
  operator: BinaryOperator,
  target: Value,
  value: Expression,
  span: Span,
): Expression {
  const lvalue = modifiable(u, target, 'assignment');
  if (!lvalue || isError(value)) return errorNode(span);
  const type = types.plain(lvalue.type);
  const isSum = operator === 'add' || operator === 'subtract';
  if (types.isPointer(type) && isSum && types.isInteger(value.type)) {
    const scale = elementSize(u, type, span);
    if (scale === undefined) return errorNode(span);
    const index = promote(value);
    const kind = types.isUnsigned(index.type) ? types.UINT : types.INT;
    const count = convertNode(index, kind);
    return {
      kind: 'compound-assign',
      operator,
      lvalue,
      value: count,
      computation: type,
      scale,
      type,
      span,
    };
  }
  const takesFloat = isSum || operator === 'multiply' || operator === 'divide';
  const isFine = takesFloat ? types.isArithmetic : types.isInteger;
  if (!isFine(type) || !isFine(value.type)) {
    const texts = `'${typeText(type)}' and '${typeText(value.type)}'`;
    const message = `invalid operands to compound assignment: ${texts}`;
    u.error('C0246', message, span);
    return errorNode(span);
  }
  if ((operator === 'divide' || operator === 'remainder') && value.kind === 'integer') {
    if (value.value === 0n) u.warn('div-by-zero', 'C0213', 'division by zero', span);
  }
  const old = promote({ kind: 'load', lvalue, type, span });
  const right = promote(value);
  const isShift = operator === 'shift-left' || operator === 'shift-right';
  const computation = isShift ? old.type : types.commonType(old.type, right.type);
  const converted = isShift ? right : convertNode(right, computation);
  return {
    kind: 'compound-assign',
    operator,
    lvalue,
    value: converted,
    computation,
    scale: 1,
    type,
    span,
  };
}

export function increment(
  u: Unit,
  target: Value,
  direction: 1 | -1,
  isPostfix: boolean,
  span: Span,
): Expression {
  const lvalue = modifiable(u, target, direction > 0 ? 'increment' : 'decrement');
  if (!lvalue) return errorNode(span);
  const type = types.plain(lvalue.type);
  if (!types.isScalar(type)) {
    u.error('C0247', `wrong type '${typeText(type)}' of an increment or decrement`, span);
    return errorNode(span);
  }
  let delta: number = direction;
  if (types.isPointer(type)) {
    const scale = elementSize(u, type, span);
    if (scale === undefined) return errorNode(span);
    delta *= scale;
  }
  return { kind: 'increment', lvalue, delta, isPostfix, type, span };
}
