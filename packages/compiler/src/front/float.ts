// Floating constants, exactly. A value is an 80-bit x87 image (sign and exponent in bits 64..79,
// explicit integer bit 63); every operation computes on unbounded integers and rounds once, to
// nearest even, to the precision and range of the type. No host floating point is involved.

import type { FloatKind } from '../types.ts';

interface Format {
  readonly precision: number;
  readonly exponentMin: number;
  readonly exponentMax: number;
}
const formats: Readonly<Record<FloatKind, Format>> = {
  float: { precision: 24, exponentMin: -126, exponentMax: 127 },
  double: { precision: 53, exponentMin: -1022, exponentMax: 1023 },
  ldouble: { precision: 64, exponentMin: -16382, exponentMax: 16383 },
};

const BIAS = 16383;
const SIGN = 1n << 79n;
const INFINITY = (0x7fffn << 64n) | (1n << 63n);
const NAN = (0x7fffn << 64n) | (3n << 62n);
const MANTISSA = (1n << 64n) - 1n;

function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  const hex = value.toString(16);
  return hex.length * 4 - Math.clz32(parseInt(hex[0], 16)) + 28;
}

interface Parts {
  readonly isNegative: boolean;
  readonly kind: 'zero' | 'finite' | 'infinite' | 'nan';
  /** The value is mantissa * 2^exponent. */
  readonly mantissa: bigint;
  readonly exponent: number;
}

function parts(image: bigint): Parts {
  const isNegative = (image & SIGN) !== 0n;
  const biased = Number((image >> 64n) & 0x7fffn);
  const mantissa = image & MANTISSA;
  const exponent = Math.max(biased, 1) - BIAS - 63;
  if (biased === 0x7fff) {
    const kind = mantissa << 1n === 1n << 64n ? 'infinite' : 'nan';
    return { isNegative, kind, mantissa, exponent };
  }
  return { isNegative, kind: mantissa === 0n ? 'zero' : 'finite', mantissa, exponent };
}

/** The image of mantissa * 2^exponent, rounded to nearest even in the format of `kind`. */
export function floatOf(
  isNegative: boolean,
  mantissa: bigint,
  exponent: number,
  kind: FloatKind,
): bigint {
  const sign = isNegative ? SIGN : 0n;
  if (mantissa === 0n) return sign;
  const { precision, exponentMin, exponentMax } = formats[kind];
  const lead = bitLength(mantissa) - 1 + exponent;
  const quantum = Math.max(lead, exponentMin) - (precision - 1);
  let rounded = mantissa;
  let scale = exponent;
  if (quantum > exponent) {
    const shift = BigInt(quantum - exponent);
    if (quantum - exponent > bitLength(mantissa) + 1) rounded = 0n;
    else {
      const half = 1n << (shift - 1n);
      const rest = mantissa & ((half << 1n) - 1n);
      rounded = mantissa >> shift;
      if (rest > half || (rest === half && (rounded & 1n) === 1n)) rounded += 1n;
    }
    scale = quantum;
  }
  if (rounded === 0n) return sign;
  const top = bitLength(rounded) - 1 + scale;
  if (top > exponentMax) return sign | INFINITY;
  const biased = Math.max(top + BIAS, 0);
  const unit = Math.max(biased, 1) - BIAS - 63;
  const image = scale >= unit ? rounded << BigInt(scale - unit) : rounded >> BigInt(unit - scale);
  const field = (image & (1n << 63n)) === 0n ? 0n : BigInt(biased);
  return sign | (field << 64n) | image;
}

export function floatInfinity(isNegative: boolean): bigint {
  return isNegative ? SIGN | INFINITY : INFINITY;
}

/** As gcc folds 0/0 and inf*0: the sign is that of the operands' product. */
function nan(isNegative: boolean): bigint {
  return isNegative ? NAN | SIGN : NAN;
}

export function floatNan(): bigint {
  return NAN;
}

export function floatFromInteger(value: bigint, kind: FloatKind): bigint {
  return floatOf(value < 0n, value < 0n ? -value : value, 0, kind);
}

/** Rounds to another type. */
export function floatRound(image: bigint, kind: FloatKind): bigint {
  const p = parts(image);
  return p.kind === 'finite' ? floatOf(p.isNegative, p.mantissa, p.exponent, kind) : image;
}

/** Toward zero; undefined for infinities and NaNs. */
export function floatToInteger(image: bigint): bigint | undefined {
  const p = parts(image);
  if (p.kind === 'infinite' || p.kind === 'nan') return undefined;
  if (p.exponent < -128) return 0n;
  const size =
    p.exponent >= 0 ? p.mantissa << BigInt(p.exponent) : p.mantissa >> BigInt(-p.exponent);
  return p.isNegative ? -size : size;
}

export function floatNegate(image: bigint): bigint {
  return image ^ SIGN;
}

export function floatIsZero(image: bigint): boolean {
  return parts(image).kind === 'zero';
}

function sum(a: Parts, b: Parts, kind: FloatKind): bigint {
  const scale = Math.min(a.exponent, b.exponent);
  const value = (p: Parts): bigint => {
    const size = p.mantissa << BigInt(p.exponent - scale);
    return p.isNegative ? -size : size;
  };
  const total = value(a) + value(b);
  return floatOf(total < 0n, total < 0n ? -total : total, scale, kind);
}

export function floatAdd(left: bigint, right: bigint, kind: FloatKind): bigint {
  const a = parts(left);
  const b = parts(right);
  if (a.kind === 'nan' || b.kind === 'nan') return NAN;
  if (a.kind === 'infinite') {
    return b.kind === 'infinite' && a.isNegative !== b.isNegative ? NAN : left;
  }
  if (b.kind === 'infinite') return right;
  if (a.kind === 'zero' && b.kind === 'zero') return left & right;
  if (a.kind === 'zero') return floatRound(right, kind);
  if (b.kind === 'zero') return floatRound(left, kind);
  return sum(a, b, kind);
}

export function floatMultiply(left: bigint, right: bigint, kind: FloatKind): bigint {
  const a = parts(left);
  const b = parts(right);
  const isNegative = a.isNegative !== b.isNegative;
  if (a.kind === 'nan' || b.kind === 'nan') return NAN;
  if (a.kind === 'infinite' || b.kind === 'infinite') {
    return a.kind === 'zero' || b.kind === 'zero' ? nan(isNegative) : floatInfinity(isNegative);
  }
  return floatOf(isNegative, a.mantissa * b.mantissa, a.exponent + b.exponent, kind);
}

export function floatDivide(left: bigint, right: bigint, kind: FloatKind): bigint {
  const a = parts(left);
  const b = parts(right);
  const isNegative = a.isNegative !== b.isNegative;
  if (a.kind === 'nan' || b.kind === 'nan') return NAN;
  if (a.kind === 'infinite')
    return b.kind === 'infinite' ? nan(isNegative) : floatInfinity(isNegative);
  if (b.kind === 'infinite') return isNegative ? SIGN : 0n;
  if (b.kind === 'zero') return a.kind === 'zero' ? nan(isNegative) : floatInfinity(isNegative);
  return quotient(isNegative, a.mantissa, b.mantissa, a.exponent - b.exponent, kind);
}

/**
 * numerator / denominator * 2^exponent, rounded once: the remainder is folded into the lowest bit.
 */
function quotient(
  isNegative: boolean,
  numerator: bigint,
  denominator: bigint,
  exponent: number,
  kind: FloatKind,
): bigint {
  const shift = Math.max(0, 70 - bitLength(numerator) + bitLength(denominator));
  const scaled = numerator << BigInt(shift);
  const whole = scaled / denominator;
  const sticky = whole * denominator === scaled ? 0n : 1n;
  return floatOf(isNegative, (whole << 1n) | sticky, exponent - shift - 1, kind);
}

/** -1, 0, 1, or undefined when either is a NaN. */
export function floatCompare(left: bigint, right: bigint): number | undefined {
  const a = parts(left);
  const b = parts(right);
  if (a.kind === 'nan' || b.kind === 'nan') return undefined;
  if (a.kind === 'zero' && b.kind === 'zero') return 0;
  const key = (image: bigint): bigint => {
    const size = image & ~SIGN;
    return (image & SIGN) === 0n ? size : -size;
  };
  const difference = key(left) - key(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const DIGITS_MAX = 12_000;

/** The value of a decimal or hexadecimal floating constant without suffix, correctly rounded. */
export function floatFromText(text: string, kind: FloatKind): bigint | undefined {
  const isHex = /^0x/i.test(text);
  const match = isHex
    ? /^0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/i.exec(text)
    : /^(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text);
  if (!match || match[1] + match[2] === '') return undefined;
  let digits = (match[1] + match[2]).replace(/^0+/, '');
  if (digits === '') return 0n;
  const power = Math.max(-1e6, Math.min(1e6, Number(match[3] ?? 0)));
  let scale = isHex ? power - 4 * match[2].length : power - match[2].length;
  if (digits.length > DIGITS_MAX) {
    const dropped = digits.length - DIGITS_MAX;
    digits = `${digits.slice(0, DIGITS_MAX - 1)}1`;
    scale += isHex ? 4 * dropped : dropped;
  }
  if (isHex) return floatOf(false, BigInt(`0x${digits}`), scale, kind);
  if (digits.length + scale > 5000) return INFINITY;
  if (digits.length + scale < -5100) return 0n;
  const mantissa = BigInt(digits);
  if (scale >= 0) return floatOf(false, mantissa * 10n ** BigInt(scale), 0, kind);
  return quotient(false, mantissa, 10n ** BigInt(-scale), 0, kind);
}
