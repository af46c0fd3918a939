// Conversions between the arithmetic types. A word of a narrow type is always held extended to 32 bits by its type; a
// floating value is held in 80 bits and cut to its type where C says so: at assignments and casts.

import { Access, Condition, Op } from '../ir/ops.ts';
import type { Type } from '../types.ts';
import type { Lowering, Pair, Value } from './context.ts';
import { accessOf, classOf, isBool, isUnsigned, precisionOf } from './types.ts';

/** Condition codes of floating compares: even ones are false for unordered operands, odd ones are their negations. */
export const FloatCondition = { eq: 0, lt: 2, gt: 4, le: 6, ge: 8 } as const;

export function wordValue(value: Value): number {
  return typeof value === 'number' ? value : value.lo;
}
export function pairValue(value: Value): Pair {
  if (typeof value === 'number') throw new Error(`value ${value} is not a pair`);
  return value;
}
/** A word widened to a pair, as its type says. */
export function extendedPair(b: Lowering, value: number, unsigned: boolean): Pair {
  return { lo: value, hi: unsigned ? b.const(0) : b.binary(Op.sar, value, b.const(31)) };
}

/** 0 or 1: whether a scalar is not zero. */
export function truth(b: Lowering, value: Value, type: Type): number {
  if (typeof value !== 'number') {
    const any = b.binary(Op.or, value.lo, value.hi);
    return b.make.compare(Condition.ne, any, b.const(0));
  }
  if (classOf(type) === 'float') {
    return b.make.emit(Op.fcmp, value, b.f.fconst(0n), FloatCondition.eq + 1);
  }
  return b.make.compare(Condition.ne, value, b.const(0));
}

const extensions: readonly number[] = [Op.sext8, Op.zext8, Op.sext16, Op.zext16];
/** Cuts a word to a narrow type and extends it again. */
export function normalized(b: Lowering, value: number, type: Type): number {
  const access = accessOf(type);
  return access === Access.i32 ? value : b.make.unary(extensions[access], value);
}

const DOUBLE_MASK = (1n << 11n) - 1n;
const FLOAT_MASK = (1n << 40n) - 1n;
/** Whether the value surely is one of the precision already. */
function isRounded(b: Lowering, value: number, precision: number): boolean {
  const f = b.f;
  switch (f.op[value]) {
    case Op.fload:
      return (f.c[value] & 15) <= precision;
    case Op.fround:
      return f.c[value] <= precision;
    case Op.i2f:
      return precision >= 1;
    case Op.fneg:
    case Op.fabs:
      return isRounded(b, f.a[value], precision);
    case Op.fconst: {
      const image = f.floats[f.a[value]];
      if (image === 0n) return true;
      const exponent = Number((image >> 64n) & 0x7fffn) - 16383;
      const limit = precision === 0 ? 126 : 1022;
      const mask = precision === 0 ? FLOAT_MASK : DOUBLE_MASK;
      return (image & mask) === 0n && Math.abs(exponent) <= limit;
    }
    default:
      return false;
  }
}
/** A floating value cut to its type's precision. */
export function rounded(b: Lowering, value: number, type: Type): number {
  const precision = precisionOf(type);
  if (precision === 2 || isRounded(b, value, precision)) return value;
  return b.make.emit(Op.fround, value, 0, precision);
}

/** The value of type `from` as one of type `to`. */
export function converted(b: Lowering, value: Value, from: Type, to: Type): Value {
  const source = classOf(from);
  const target = classOf(to);
  if (target === 'void' || target === 'record') return value;
  if (isBool(to)) return isBool(from) ? value : truth(b, value, from);
  if (source === 'float') return fromFloat(b, value as number, to);
  if (target === 'float') return toFloat(b, value, from, to);
  if (target === 'pair') {
    return source === 'pair' ? value : extendedPair(b, wordValue(value), isUnsigned(from));
  }
  return normalized(b, wordValue(value), to);
}

function fromFloat(b: Lowering, value: number, to: Type): Value {
  switch (classOf(to)) {
    case 'float':
      return rounded(b, value, to);
    case 'pair': {
      return isUnsigned(to) ? toUnsignedPair(b, value) : toPair(b, value);
    }
    default: {
      if (accessOf(to) === Access.i32 && isUnsigned(to)) {
        return b.make.emit(Op.lo, b.make.emit(Op.f2l, value));
      }
      return normalized(b, b.make.emit(Op.f2i, value), to);
    }
  }
}
function toPair(b: Lowering, value: number): Pair {
  const id = b.make.emit(Op.f2l, value);
  return { lo: b.make.emit(Op.lo, id), hi: b.make.emit(Op.hi, id) };
}
/** 2^n as an 80-bit image. */
function power(n: number): bigint {
  return (BigInt(16383 + n) << 64n) | (1n << 63n);
}
/** Values from 2^63 on are converted less 2^63, which is then added as the top bit. */
function toUnsignedPair(b: Lowering, value: number): Pair {
  const limit = b.f.fconst(power(63));
  const isBig = b.make.emit(Op.fcmp, value, limit, FloatCondition.ge);
  const excess = b.make.emit(Op.fmul, b.make.emit(Op.i2f, isBig), limit);
  const pair = toPair(b, b.make.emit(Op.fsub, value, excess));
  const top = b.binary(Op.shl, isBig, b.const(31));
  return { lo: pair.lo, hi: b.binary(Op.xor, pair.hi, top) };
}
/** A pair with its top bit set was read as its value less 2^64. */
function fromUnsignedPair(b: Lowering, value: Pair): number {
  const signed = b.make.emitList(Op.l2f, [value.lo, value.hi]);
  const top = b.make.emit(Op.i2f, b.binary(Op.shr, value.hi, b.const(31)));
  return b.make.emit(Op.fadd, signed, b.make.emit(Op.fmul, top, b.f.fconst(power(64))));
}
/**
 * Exact, but from unsigned pairs: it is the assignment that rounds, as gcc has it without -fexcess-precision=standard.
 */
function toFloat(b: Lowering, value: Value, from: Type, to: Type): number {
  if (typeof value !== 'number') {
    if (isUnsigned(from)) return rounded(b, fromUnsignedPair(b, value), to);
    return b.make.emitList(Op.l2f, [value.lo, value.hi]);
  }
  if (isUnsigned(from) && accessOf(from) === Access.i32) {
    return b.make.emitList(Op.l2f, [value, b.const(0)]);
  }
  return b.make.emit(Op.i2f, value);
}
