// Arithmetic on extended reals, exact before its one rounding: add, multiply, divide, square root, remainders, rounding
// to integer, scaling, comparison. Operands that are no numbers follow the x87's rules (SDM vol. 1, table 4-7).

import {
  BIAS,
  DENORMAL,
  type Ext,
  INDEFINITE,
  INTEGER_BIT,
  INVALID,
  PRECISION,
  ROUND_DOWN,
  type Rounder,
  ZERO_DIVIDE,
  bitLength,
  classify,
  fromInteger,
  infinity,
  isNan,
  makeExt,
  negated,
  quieted,
  roundResult,
  roundShift,
  scaleOf,
  zero,
} from './ext.ts';

/** Further apart than this, the smaller operand only shows that the sum is inexact. */
const FAR = 140;
const QUOTIENT_BITS = 140n;

export function invalid(rounder: Rounder): Ext {
  rounder.flags |= INVALID;
  return INDEFINITE;
}

/** The result where an operand is a NaN or unsupported; undefined where all are numbers. Notes denormals. */
export function propagate(rounder: Rounder, a: Ext, b: Ext): Ext | undefined {
  const first = classify(a);
  const second = classify(b);
  if (first === 'unsupported' || second === 'unsupported') {
    rounder.flags &= ~DENORMAL;
    return invalid(rounder);
  }
  if (!isNan(a) && !isNan(b)) {
    if (first === 'denormal' || second === 'denormal') rounder.flags |= DENORMAL;
    return undefined;
  }
  rounder.flags &= ~DENORMAL;
  if (first === 'signaling-nan' || second === 'signaling-nan') rounder.flags |= INVALID;
  if (!isNan(b)) return quieted(a);
  if (!isNan(a)) return quieted(b);
  if (first !== second) return first === 'quiet-nan' ? a : b;
  if (a.mantissa !== b.mantissa) return quieted(a.mantissa > b.mantissa ? a : b);
  return quieted(a.sign === 0 ? a : b);
}

/** Of one operand. */
export function propagateOne(rounder: Rounder, a: Ext): Ext | undefined {
  return propagate(rounder, a, a);
}

export function add(rounder: Rounder, a: Ext, b: Ext): Ext {
  const special = propagate(rounder, a, b);
  if (special !== undefined) return special;
  const first = classify(a);
  const second = classify(b);
  if (first === 'infinity' || second === 'infinity') {
    if (first === second && a.sign !== b.sign) return invalid(rounder);
    return first === 'infinity' ? a : b;
  }
  if (first === 'zero' && second === 'zero' && a.sign === b.sign) return a;
  let x = a.sign === 1 ? -a.mantissa : a.mantissa;
  let y = b.sign === 1 ? -b.mantissa : b.mantissa;
  let scale = scaleOf(a);
  const other = scaleOf(b);
  if (x === 0n) scale = other;
  else if (y !== 0n && Math.abs(scale - other) > FAR) {
    const isFirstLarge = scale > other;
    const large = (isFirstLarge ? x : y) << BigInt(FAR);
    x = large + ((isFirstLarge ? y : x) < 0n ? -1n : 1n);
    y = 0n;
    scale = Math.max(scale, other) - FAR;
  } else if (y !== 0n && scale > other) {
    x <<= BigInt(scale - other);
    scale = other;
  } else if (y !== 0n) y <<= BigInt(other - scale);
  const sum = x + y;
  if (sum === 0n) return zero(rounder.mode === ROUND_DOWN ? 1 : 0);
  return roundResult(rounder, sum < 0n ? 1 : 0, sum < 0n ? -sum : sum, scale);
}

/** a - b; a NaN keeps its sign. */
export function subtract(rounder: Rounder, a: Ext, b: Ext): Ext {
  return propagate(rounder, a, b) ?? add(rounder, a, negated(b));
}

export function multiply(rounder: Rounder, a: Ext, b: Ext): Ext {
  const special = propagate(rounder, a, b);
  if (special !== undefined) return special;
  const sign = a.sign ^ b.sign;
  const kinds = [classify(a), classify(b)];
  if (kinds.includes('infinity')) {
    return kinds.includes('zero') ? invalid(rounder) : infinity(sign);
  }
  if (kinds.includes('zero')) return zero(sign);
  return roundResult(rounder, sign, a.mantissa * b.mantissa, scaleOf(a) + scaleOf(b));
}

export function divide(rounder: Rounder, a: Ext, b: Ext): Ext {
  const special = propagate(rounder, a, b);
  if (special !== undefined) return special;
  const sign = a.sign ^ b.sign;
  const first = classify(a);
  const second = classify(b);
  if (first === 'infinity') return second === 'infinity' ? invalid(rounder) : infinity(sign);
  if (second === 'infinity') return zero(sign);
  if (second === 'zero') {
    rounder.flags &= ~DENORMAL;
    if (first === 'zero') return invalid(rounder);
    rounder.flags |= ZERO_DIVIDE;
    return infinity(sign);
  }
  if (first === 'zero') return zero(sign);
  const numerator = a.mantissa << QUOTIENT_BITS;
  const quotient = numerator / b.mantissa;
  const sticky = quotient * b.mantissa === numerator ? 0n : 1n;
  const scale = scaleOf(a) - scaleOf(b) - Number(QUOTIENT_BITS) - 1;
  return roundResult(rounder, sign, (quotient << 1n) | sticky, scale);
}

/** The integer square root, rounded down. */
function integerRoot(value: bigint): bigint {
  let x = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (x + value / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

export function squareRoot(rounder: Rounder, a: Ext): Ext {
  const special = propagateOne(rounder, a);
  if (special !== undefined) return special;
  const kind = classify(a);
  if (kind === 'zero') return a;
  if (a.sign === 1) {
    rounder.flags &= ~DENORMAL;
    return invalid(rounder);
  }
  if (kind === 'infinity') return a;
  let scale = scaleOf(a) - 140;
  let value = a.mantissa << 140n;
  if ((scale & 1) !== 0) {
    value <<= 1n;
    scale -= 1;
  }
  const root = integerRoot(value);
  const sticky = root * root === value ? 0n : 1n;
  return roundResult(rounder, 0, (root << 1n) | sticky, scale / 2 - 1);
}

export function roundToInteger(rounder: Rounder, a: Ext): Ext {
  const special = propagateOne(rounder, a);
  if (special !== undefined) return special;
  const kind = classify(a);
  const scale = scaleOf(a);
  rounder.isRoundedUp = false;
  if (kind === 'zero' || kind === 'infinity' || scale >= 0) return a;
  const rounded = roundShift(rounder, a.sign, a.mantissa, Math.min(-scale, 70));
  if (rounded.isInexact) rounder.flags |= PRECISION;
  const value = fromInteger(rounded.value);
  return makeExt(a.sign, value.exponent, value.mantissa);
}

/** a * 2^truncated(b). */
export function scaleBy(rounder: Rounder, a: Ext, b: Ext): Ext {
  const special = propagate(rounder, a, b);
  if (special !== undefined) return special;
  const first = classify(a);
  const second = classify(b);
  if (second === 'infinity') {
    if (b.sign === 0) return first === 'zero' ? invalid(rounder) : infinity(a.sign);
    return first === 'infinity' ? invalid(rounder) : zero(a.sign);
  }
  if (first === 'zero' || first === 'infinity') return a;
  const scale = scaleOf(b);
  let power = scale < 0 ? Number(b.mantissa >> BigInt(Math.min(-scale, 70))) : 0x10000;
  power = Math.min(power, 0x10000);
  if (second === 'zero' || power === 0) return a.exponent === 0 ? rounded64(rounder, a, 0) : a;
  return rounded64(rounder, a, b.sign === 1 ? -power : power);
}

/** FSCALE does not look at the precision control. */
function rounded64(rounder: Rounder, a: Ext, power: number): Ext {
  const { precision } = rounder;
  rounder.precision = 64;
  const result = roundResult(rounder, a.sign, a.mantissa, scaleOf(a) + power);
  rounder.precision = precision;
  return result;
}

export interface Extracted {
  readonly exponent: Ext;
  readonly significand: Ext;
}

export function extract(rounder: Rounder, a: Ext): Extracted {
  const special = propagateOne(rounder, a);
  if (special !== undefined) return { exponent: special, significand: special };
  const kind = classify(a);
  if (kind === 'infinity') return { exponent: infinity(0), significand: a };
  if (kind === 'zero') {
    rounder.flags |= ZERO_DIVIDE;
    return { exponent: infinity(1), significand: a };
  }
  const length = bitLength(a.mantissa);
  const exponent = scaleOf(a) + length - 1;
  return {
    exponent: fromInteger(BigInt(exponent)),
    significand: makeExt(a.sign, BIAS, a.mantissa << BigInt(64 - length)),
  };
}

export interface Remainder {
  readonly value: Ext;
  /** C2: the reduction is not complete. */
  readonly isPartial: boolean;
  readonly quotient: bigint;
}

/** FPREM (towards zero) and FPREM1 (to nearest): exact, at most 63 bits of quotient a time. */
export function remainder(rounder: Rounder, a: Ext, b: Ext, isNearest: boolean): Remainder {
  const special = propagate(rounder, a, b);
  if (special !== undefined) return { value: special, isPartial: false, quotient: 0n };
  const first = classify(a);
  const second = classify(b);
  if (first === 'infinity' || second === 'zero') {
    rounder.flags &= ~DENORMAL;
    return { value: invalid(rounder), isPartial: false, quotient: 0n };
  }
  const unchanged = (): Remainder => {
    const isTiny = a.mantissa < INTEGER_BIT && first === 'denormal';
    const value = isTiny ? exactResult(rounder, a.sign, a.mantissa, scaleOf(a)) : a;
    return { value, isPartial: false, quotient: 0n };
  };
  if (first === 'zero' || second === 'infinity') return unchanged();
  const topOfA = scaleOf(a) + bitLength(a.mantissa);
  const topOfB = scaleOf(b) + bitLength(b.mantissa);
  const difference = topOfA - topOfB;
  if (difference < -1) return unchanged();
  const scale = Math.min(scaleOf(a), scaleOf(b));
  const x = a.mantissa << BigInt(scaleOf(a) - scale);
  let y = b.mantissa << BigInt(scaleOf(b) - scale);
  const isPartial = difference >= 64;
  if (isPartial) y <<= BigInt(difference - ((difference & 31) | 32));
  let quotient = x / y;
  let rest = x - quotient * y;
  let { sign } = a;
  if (isNearest && !isPartial) {
    const twice = rest * 2n;
    if (twice > y || (twice === y && (quotient & 1n) === 1n)) {
      quotient += 1n;
      rest = y - rest;
      sign ^= 1;
    }
  }
  const value = rest === 0n ? zero(a.sign) : exactResult(rounder, sign, rest, scale);
  return { value, isPartial, quotient };
}

function exactResult(rounder: Rounder, sign: number, value: bigint, scale: number): Ext {
  const { precision } = rounder;
  rounder.precision = 64;
  const result = roundResult(rounder, sign, value, scale);
  rounder.precision = precision;
  return result;
}

export type Order = 'less' | 'equal' | 'greater' | 'unordered';

/** `isQuiet`: only signalling NaNs are invalid (FUCOM). */
export function compare(rounder: Rounder, a: Ext, b: Ext, isQuiet: boolean): Order {
  const kinds = [classify(a), classify(b)];
  const isOrdered = !kinds.some((kind) => kind === 'unsupported' || kind.endsWith('nan'));
  if (!isOrdered) rounder.flags &= ~DENORMAL;
  if (kinds.includes('unsupported') || kinds.includes('signaling-nan')) {
    rounder.flags |= INVALID;
    return 'unordered';
  }
  if (kinds.includes('quiet-nan')) {
    if (!isQuiet) rounder.flags |= INVALID;
    return 'unordered';
  }
  if (kinds.includes('denormal')) rounder.flags |= DENORMAL;
  const key = (x: Ext): bigint => {
    const magnitude = (BigInt(Math.max(x.exponent, x.mantissa === 0n ? 0 : 1)) << 64n) | x.mantissa;
    return x.sign === 1 ? -magnitude : magnitude;
  };
  const difference = key(a) - key(b);
  if (difference === 0n) return 'equal';
  return difference < 0n ? 'less' : 'greater';
}
