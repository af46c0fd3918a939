// Binary and unary operators on words, pairs and floating values.

import { Condition, Op } from '../ir/ops.ts';
import type { BinaryOperator, Comparison } from '../tree.ts';
import type { Type } from '../types.ts';
import type { Lowering, Pair, Value } from './context.ts';
import { FloatCondition, normalized, wordValue } from './convert.ts';
import { libraryCall } from './call.ts';
import { classOf, isUnsigned } from './types.ts';

const wordOps: Readonly<Record<BinaryOperator, readonly [signed: number, unsigned: number]>> = {
  add: [Op.add, Op.add],
  subtract: [Op.sub, Op.sub],
  multiply: [Op.mul, Op.mul],
  divide: [Op.divs, Op.divu],
  remainder: [Op.rems, Op.remu],
  'shift-left': [Op.shl, Op.shl],
  'shift-right': [Op.sar, Op.shr],
  and: [Op.and, Op.and],
  or: [Op.or, Op.or],
  xor: [Op.xor, Op.xor],
};
const floatOps: Readonly<Partial<Record<BinaryOperator, number>>> = {
  add: Op.fadd,
  subtract: Op.fsub,
  multiply: Op.fmul,
  divide: Op.fdiv,
};
const pairOps: Readonly<Partial<Record<BinaryOperator, number>>> = {
  add: Op.add64,
  subtract: Op.sub64,
  multiply: Op.mul64,
};
const pairCalls: Readonly<Partial<Record<BinaryOperator, readonly [string, string]>>> = {
  divide: ['__divdi3', '__udivdi3'],
  remainder: ['__moddi3', '__umoddi3'],
};

/** `left operator right` in `type`; a shift's count is already a word. */
export function binaryValue(
  b: Lowering,
  operator: BinaryOperator,
  type: Type,
  left: Value,
  right: Value,
): Value {
  const cls = classOf(type);
  if (cls === 'float') {
    const op = floatOps[operator];
    if (op === undefined) throw new Error(`floating ${operator}`);
    return b.make.emit(op, left as number, right as number);
  }
  const unsigned = isUnsigned(type);
  if (cls === 'pair') return pairBinary(b, operator, unsigned, left as Pair, right);
  const op = wordOps[operator][unsigned ? 1 : 0];
  return normalized(b, b.binary(op, wordValue(left), wordValue(right)), type);
}

function pairBinary(
  b: Lowering,
  operator: BinaryOperator,
  unsigned: boolean,
  left: Pair,
  right: Value,
): Pair {
  if (operator === 'shift-left') return b.make.pair(Op.shl64, [left.lo, left.hi, wordValue(right)]);
  if (operator === 'shift-right') {
    const op = unsigned ? Op.shr64 : Op.sar64;
    return b.make.pair(op, [left.lo, left.hi, wordValue(right)]);
  }
  const other = right as Pair;
  const op = pairOps[operator];
  if (op !== undefined) return b.make.pair(op, [left.lo, left.hi, other.lo, other.hi]);
  const call = pairCalls[operator];
  if (call) return pairDivision(b, call[unsigned ? 1 : 0], unsigned, left, other);
  const bitwise = wordOps[operator][0];
  return {
    lo: b.binary(bitwise, left.lo, other.lo),
    hi: b.binary(bitwise, left.hi, other.hi),
  };
}
function pairDivision(
  b: Lowering,
  symbol: string,
  unsigned: boolean,
  left: Pair,
  right: Pair,
): Pair {
  const f = b.f;
  const values = [left.lo, left.hi, right.lo, right.hi];
  if (unsigned && f.isConst(right.hi) && f.a[right.hi] === 0 && f.isConst(right.lo)) {
    const divisor = f.a[right.lo];
    if (divisor > 0 && (divisor & (divisor - 1)) === 0) {
      if (symbol === '__udivdi3') {
        const shift = 31 - Math.clz32(divisor);
        return b.make.pair(Op.shr64, [left.lo, left.hi, b.const(shift)]);
      }
      return { lo: b.binary(Op.and, left.lo, b.const(divisor - 1)), hi: b.const(0) };
    }
  }
  if (values.every((v) => f.isConst(v))) {
    const folded = foldDivision(
      symbol,
      values.map((v) => f.a[v]),
    );
    if (folded !== undefined) {
      return {
        lo: b.const(Number(BigInt.asIntN(32, folded))),
        hi: b.const(Number(BigInt.asIntN(32, folded >> 32n))),
      };
    }
  }
  return libraryCall(b, symbol, values, 'pair') as Pair;
}
function foldDivision(symbol: string, v: number[]): bigint | undefined {
  let left = (BigInt(v[1]) << 32n) | BigInt(v[0] >>> 0);
  let right = (BigInt(v[3]) << 32n) | BigInt(v[2] >>> 0);
  if (symbol.startsWith('__u')) {
    left = BigInt.asUintN(64, left);
    right = BigInt.asUintN(64, right);
  }
  if (right === 0n) return undefined;
  return symbol.includes('div') ? left / right : left % right;
}

/** `-x` and `~x`. */
export function unaryValue(
  b: Lowering,
  kind: 'negate' | 'complement',
  type: Type,
  x: Value,
): Value {
  if (typeof x !== 'number') {
    if (kind === 'negate') return b.make.pair(Op.neg64, [x.lo, x.hi]);
    return { lo: b.make.unary(Op.not, x.lo), hi: b.make.unary(Op.not, x.hi) };
  }
  if (classOf(type) === 'float') return b.make.emit(Op.fneg, x);
  return normalized(b, b.make.unary(kind === 'negate' ? Op.neg : Op.not, x), type);
}

const wordConditions: Readonly<Record<Comparison, readonly [signed: number, unsigned: number]>> = {
  equal: [Condition.eq, Condition.eq],
  'not-equal': [Condition.ne, Condition.ne],
  less: [Condition.lt, Condition.ult],
  'less-equal': [Condition.le, Condition.ule],
  greater: [Condition.gt, Condition.ugt],
  'greater-equal': [Condition.ge, Condition.uge],
};
const floatConditions: Readonly<Record<Comparison, number>> = {
  equal: FloatCondition.eq,
  'not-equal': FloatCondition.eq + 1,
  less: FloatCondition.lt,
  'less-equal': FloatCondition.le,
  greater: FloatCondition.gt,
  'greater-equal': FloatCondition.ge,
};

/** 0 or 1. `type` is that of both operands. */
export function compareValue(
  b: Lowering,
  comparison: Comparison,
  type: Type,
  left: Value,
  right: Value,
): number {
  const cls = classOf(type);
  if (cls === 'float') {
    return b.make.emit(Op.fcmp, left as number, right as number, floatConditions[comparison]);
  }
  const condition = wordConditions[comparison][isUnsigned(type) ? 1 : 0];
  if (cls === 'pair') {
    const l = left as Pair;
    const r = right as Pair;
    return b.make.cmp64(condition, [l.lo, l.hi], [r.lo, r.hi]);
  }
  return b.make.compare(condition, wordValue(left), wordValue(right));
}
