// Makes tree nodes: loads, addresses and conversions, folding what is constant. Nothing here reads
// tokens.

import type { Span } from '@ring0/diagnostics';
import type { Entity, Expression, Lvalue } from '../tree.ts';
import { sizeOf } from '../types.ts';
import type { FloatKind, Type } from '../types.ts';
import { floatFromInteger, floatIsZero, floatRound, floatToInteger } from './float.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import type { Unit } from './unit.ts';

/** What parsing an expression yields: an object that can be read or written, or a value. */
export type Value = Expression | Lvalue;

export function isLvalue(value: Value): value is Lvalue {
  switch (value.kind) {
    case 'entity':
    case 'deref':
    case 'member':
    case 'temporary':
    case 'compound-literal':
      return true;
    default:
      return false;
  }
}

/** `value` reduced to the range of an integer or pointer type. */
export function wrap(value: bigint, type: Type): bigint {
  if (type.kind === 'bool') return value === 0n ? 0n : 1n;
  const bits = type.kind === 'pointer' ? 32 : sizeOf(type) * 8;
  return types.isUnsigned(type) ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
}

export function integerNode(value: bigint, type: Type, span: Span): Expression {
  return { kind: 'integer', value: wrap(value, type), type, span };
}

export function errorNode(span: Span): Expression {
  return { kind: 'integer', value: 0n, type: types.ERROR, span };
}

export function isError(value: { readonly type: Type }): boolean {
  return value.type === types.ERROR;
}

/** The entity that an lvalue is part of, if it is a named one. */
export function rootEntity(lvalue: Lvalue): Entity | undefined {
  let inner: Lvalue = lvalue;
  while (inner.kind === 'member') inner = inner.base;
  return inner.kind === 'entity' || inner.kind === 'compound-literal' ? inner.entity : undefined;
}

function takeAddress(u: Unit, lvalue: Lvalue): void {
  const entity = rootEntity(lvalue);
  if (!entity) return;
  entity.isAddressTaken = true;
  if (u.unevaluated === 0) entity.isReferenced = true;
}

/** `&lvalue` of pointer type `type`, without checks. Offsets from constant addresses fold. */
export function addressNode(u: Unit, lvalue: Lvalue, type: Type, span: Span): Expression {
  let offset = 0;
  let inner = lvalue;
  while (inner.kind === 'member') {
    offset += inner.offset;
    inner = inner.base;
  }
  if (lvalue.kind === 'deref') return convertNode(lvalue.pointer, type, span);
  if (inner.kind === 'deref' && inner.pointer.kind === 'integer') {
    return integerNode(inner.pointer.value + BigInt(offset), type, span);
  }
  takeAddress(u, lvalue);
  return { kind: 'address', lvalue, type, span };
}

/** The value of an operand: reads objects, lets arrays and functions decay (C11 6.3.2.1). */
export function rvalue(u: Unit, value: Value): Expression {
  if (!isLvalue(value)) return value;
  const { type, span } = value;
  if (type === types.ERROR) return errorNode(span);
  if (type.kind === 'array') {
    return addressNode(u, value, types.pointerTo(type.element), span);
  }
  if (type.kind === 'function') return addressNode(u, value, types.pointerTo(type), span);
  if (type.kind !== 'void' && !types.isComplete(type)) {
    u.error('C0201', `incomplete type '${typeText(type)}' is used as a value`, span);
    return errorNode(span);
  }
  if (type.kind === 'void' && value.kind === 'deref') {
    return convertNode(value.pointer, types.VOID, span);
  }
  return { kind: 'load', lvalue: value, type: types.plain(type), span };
}

/**
 * True for types whose values are one and the same bits, so that no node is needed between them.
 */
function isSameValue(from: Type, to: Type): boolean {
  return from.kind === to.kind && from.kind !== 'enum' && from.kind !== 'pointer';
}

/** Converts without checks; constants fold. */
export function convertNode(e: Expression, to: Type, span: Span = e.span): Expression {
  const type = types.plain(to);
  const from = e.type;
  if (from === type || from === types.ERROR) return e;
  if (type === types.ERROR) return errorNode(span);
  if (e.kind === 'integer') {
    if (types.isFloating(type)) {
      return { kind: 'float', image: floatFromInteger(e.value, type.kind), type, span };
    }
    if (types.isInteger(type) || types.isPointer(type)) return integerNode(e.value, type, span);
  }
  if (e.kind === 'float') {
    const folded = convertFloat(e.image, type, span);
    if (folded) return folded;
  }
  if (isSameValue(from, type)) return e;
  if (from.kind === 'pointer' && type.kind === 'pointer' && types.compatible(from, type)) return e;
  if (e.kind === 'address' && type.kind === 'pointer') return { ...e, type };
  return { kind: 'convert', operand: e, type, span };
}

function convertFloat(image: bigint, type: Type, span: Span): Expression | undefined {
  if (types.isFloating(type)) {
    const kind: FloatKind = type.kind;
    return { kind: 'float', image: floatRound(image, kind), type, span };
  }
  if (type.kind === 'bool') return integerNode(floatIsZero(image) ? 0n : 1n, type, span);
  if (!types.isInteger(type)) return undefined;
  const value = floatToInteger(image);
  if (value === undefined) return integerNode(saturated(image >> 79n === 1n, type), type, span);
  if (wrap(value, type) === value) return integerNode(value, type, span);
  return integerNode(saturated(value < 0n, type), type, span);
}

/** What gcc folds an out-of-range conversion to: the nearest value of the type. */
function saturated(isNegative: boolean, type: Type): bigint {
  const bits = BigInt(sizeOf(type) * 8);
  if (types.isUnsigned(type)) return isNegative ? 0n : (1n << bits) - 1n;
  return isNegative ? -(1n << (bits - 1n)) : (1n << (bits - 1n)) - 1n;
}

/** Integer promotions (C11 6.3.1.1), also of bit-fields by their width. */
export function promote(e: Expression): Expression {
  if (!types.isInteger(e.type) || isError(e)) return e;
  return convertNode(e, promotedType(e));
}

export function promotedType(e: Expression): Type {
  const bits = bitFieldOf(e);
  if (bits === undefined) return types.promoted(e.type);
  if (bits < 32 || (bits === 32 && !types.isUnsigned(e.type))) return types.INT;
  return bits === 32 && sizeOf(e.type) > 4 ? types.UINT : types.promoted(e.type);
}

/** The width of the bit-field that an expression reads or has just written. */
function bitFieldOf(e: Expression): number | undefined {
  switch (e.kind) {
    case 'load':
    case 'assign':
    case 'compound-assign':
    case 'increment':
      return e.lvalue.kind === 'member' ? e.lvalue.bits?.width : undefined;
    case 'comma':
      return bitFieldOf(e.right);
    default:
      return undefined;
  }
}

/** A null pointer constant (C11 6.3.2.3p3). */
export function isNullConstant(e: Expression): boolean {
  if (e.kind !== 'integer' || e.value !== 0n) return false;
  if (types.isInteger(e.type)) return true;
  return e.type.kind === 'pointer' && e.type.to.kind === 'void' && e.type.to.qualifiers === 0;
}

/** The truth of a constant, undefined if `e` is none. */
export function constantTruth(e: Expression): boolean | undefined {
  if (e.kind === 'integer') return e.value !== 0n;
  if (e.kind === 'float') return !floatIsZero(e.image);
  if (e.kind === 'address' && rootEntity(e.lvalue)?.attributes.isWeak !== true) {
    return e.lvalue.kind === 'entity' ? true : undefined;
  }
  return undefined;
}

export interface AddressConstant {
  readonly base: Entity | undefined;
  readonly offset: bigint;
}

/** An address constant as symbol and offset (C11 6.6p9), undefined if `e` is none. */
export function addressConstant(e: Expression): AddressConstant | undefined {
  switch (e.kind) {
    case 'integer':
      return { base: undefined, offset: e.value };
    case 'address': {
      let offset = 0n;
      let inner = e.lvalue;
      while (inner.kind === 'member') {
        offset += BigInt(inner.offset);
        inner = inner.base;
      }
      if (inner.kind === 'deref') {
        const base = addressConstant(inner.pointer);
        return base && { base: base.base, offset: base.offset + offset };
      }
      if (inner.kind !== 'entity' && inner.kind !== 'compound-literal') return undefined;
      return inner.entity.storage === 'static' ? { base: inner.entity, offset } : undefined;
    }
    case 'pointer-add': {
      const base = addressConstant(e.pointer);
      if (!base || e.index.kind !== 'integer') return undefined;
      return { base: base.base, offset: base.offset + e.index.value * BigInt(e.scale) };
    }
    case 'convert': {
      const isWide = e.type.kind === 'pointer' || (types.isInteger(e.type) && sizeOf(e.type) === 4);
      return isWide ? addressConstant(e.operand) : undefined;
    }
    default:
      return undefined;
  }
}
