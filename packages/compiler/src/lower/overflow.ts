// __builtin_add_overflow and its kin: the result as in whole numbers, cut to what the place holds, and whether that lost
// anything. Operands of 32 bits and less have exact results in 64 bits; of two of 64 bits the carry or the signs tell.

import { Condition, Op } from '../ir/ops.ts';
import type { BuiltinCall } from './builtin.ts';
import { libraryCall } from './call.ts';
import type { Lowering, Pair, Value } from './context.ts';
import { extendedPair, normalized, pairValue, wordValue } from './convert.ts';
import { classOf, isUnsigned, sizeOf } from './types.ts';

const pairOps: Readonly<Record<string, number>> = {
  'add-overflow': Op.add64,
  'sub-overflow': Op.sub64,
  'mul-overflow': Op.mul64,
};

class OverflowLowering {
  private readonly b: Lowering;
  private readonly name: string;
  /** Both operands have no sign. */
  private readonly isNatural: boolean;

  constructor(b: Lowering, name: string, isNatural: boolean) {
    this.b = b;
    this.name = name;
    this.isNatural = isNatural;
  }
  private get zero(): Pair {
    return { lo: this.b.const(0), hi: this.b.const(0) };
  }
  private compare(condition: number, x: Pair, y: Pair): number {
    return this.b.make.cmp64(condition, [x.lo, x.hi], [y.lo, y.hi]);
  }
  private bitwise(op: number, x: Pair, y: Pair): Pair {
    return { lo: this.b.binary(op, x.lo, y.lo), hi: this.b.binary(op, x.hi, y.hi) };
  }
  either(x: number, y: number): number {
    return this.b.binary(Op.or, x, y);
  }
  result(x: Pair, y: Pair): Pair {
    return this.b.make.pair(pairOps[this.name], [x.lo, x.hi, y.lo, y.hi]);
  }

  /** Whether the 64-bit result is not the exact one, for operands of 64 bits of one sign. */
  wraps(x: Pair, y: Pair, result: Pair): number {
    if (this.name === 'mul-overflow') return this.productWraps(x, y, result);
    const isSum = this.name === 'add-overflow';
    if (this.isNatural) {
      return isSum ? this.compare(Condition.ult, result, x) : this.compare(Condition.ult, x, y);
    }
    const [first, second] = isSum ? [result, result] : [y, result];
    const signs = this.bitwise(
      Op.and,
      this.bitwise(Op.xor, x, first),
      this.bitwise(Op.xor, isSum ? y : x, second),
    );
    return this.compare(Condition.lt, signs, this.zero);
  }
  /** Divides again; by 1 instead of 0. */
  private productWraps(x: Pair, y: Pair, product: Pair): number {
    const { b } = this;
    const isNone = this.compare(Condition.eq, x, this.zero);
    const divisor = { lo: b.binary(Op.or, x.lo, isNone), hi: x.hi };
    const symbol = this.isNatural ? '__udivdi3' : '__divdi3';
    const words = [product.lo, product.hi, divisor.lo, divisor.hi];
    const quotient = libraryCall(b, symbol, words, 'pair') as Pair;
    const differs = this.compare(Condition.ne, quotient, y);
    const isSome = b.binary(Op.xor, isNone, b.const(1));
    const lost = b.binary(Op.and, differs, isSome);
    if (this.isNatural) return lost;
    // -1 times the least number comes back from the division as it was.
    const minusOne = { lo: b.const(-1), hi: b.const(-1) };
    const least = { lo: b.const(0), hi: b.const(-0x80000000) };
    const isMinusOne = this.compare(Condition.eq, x, minusOne);
    const isLeast = this.compare(Condition.eq, y, least);
    return this.either(lost, b.binary(Op.and, isMinusOne, isLeast));
  }
  isNegative(x: Pair): number {
    return this.compare(Condition.lt, x, this.zero);
  }
  differs(x: Pair, y: Pair): number {
    return this.compare(Condition.ne, x, y);
  }
}

/** Stores the result; the value is 0 or 1. */
export function overflowValue(b: Lowering, e: BuiltinCall, values: readonly Value[]): number {
  const [left, right, to] = e.arguments;
  const target = to.type.kind === 'pointer' ? to.type.to : to.type;
  const isNatural = isUnsigned(left.type) && isUnsigned(right.type);
  const isWide = sizeOf(left.type) > 4 || sizeOf(right.type) > 4;
  // With a natural number of 64 bits the other operand is one too.
  const natural = isNatural || (isWide && isUnsigned(target));
  const extended = (value: Value, type: typeof left.type): Pair =>
    typeof value === 'number' ? extendedPair(b, value, isUnsigned(type)) : pairValue(value);
  const x = extended(values[0], left.type);
  const y = extended(values[1], right.type);
  const lowering = new OverflowLowering(b, e.name, natural);
  const result = lowering.result(x, y);
  const isTargetNatural = isUnsigned(target);
  const place = b.placeAt(wordValue(values[2]), target);
  let lost = isWide ? lowering.wraps(x, y, result) : b.const(0);
  if (classOf(target) === 'pair') {
    b.storePlain(place, result);
    // An exact result of 64 bits has a sign, but for products of natural numbers.
    const isProduct = natural && e.name === 'mul-overflow';
    const isSigned = isTargetNatural ? !isProduct : isProduct;
    return isWide || !isSigned ? lost : lowering.isNegative(result);
  }
  const stored = normalized(b, result.lo, target);
  b.storePlain(place, stored);
  const back = extendedPair(b, stored, isTargetNatural);
  lost = lowering.either(lost, lowering.differs(back, result));
  return lost;
}
