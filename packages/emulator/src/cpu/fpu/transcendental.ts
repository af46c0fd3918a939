// The x87's transcendental functions on fixed-point BigInts: deterministic on every host, and correct to well below one
// unit of the 64-bit mantissa, so that after the final rounding nearly every result is the correctly rounded one.
// The argument of the trigonometric functions is reduced by a pi of 66 bits, as processors do: exactly, so that large
// arguments give what they give there, and not the sine of the number.

import { type Ext, bitLength, makeExt, scaleOf } from './ext.ts';

/** Fraction bits of working values. */
const WORK = 256;
const FRACTION = BigInt(WORK);
const UNIT = 1n << FRACTION;

/** A positive number value * 2^scale with its sign, not yet rounded. Always inexact: bit 0 is set. */
export interface Wide {
  readonly sign: number;
  readonly value: bigint;
  readonly scale: number;
}

function memo(compute: () => bigint): () => bigint {
  let value: bigint | undefined;
  return () => (value ??= compute());
}

/** atanh(1/n) or atan(1/n) with `bits` fraction bits. */
function inverseSeries(n: bigint, bits: bigint, isAlternating: boolean): bigint {
  let power = (1n << bits) / n;
  let sum = power;
  const square = n * n;
  for (let k = 3n; power !== 0n; k += 2n) {
    power /= square;
    if (isAlternating && (k & 2n) !== 0n) sum -= power / k;
    else sum += power / k;
  }
  return sum;
}

/** ln 2 = 18 atanh(1/26) - 2 atanh(1/4801) + 8 atanh(1/8749). */
const ln2 = memo(() => {
  const bits = FRACTION + 32n;
  const series = (n: bigint): bigint => inverseSeries(n, bits, false);
  return (18n * series(26n) - 2n * series(4801n) + 8n * series(8749n)) >> 32n;
});

const PI_BITS = FRACTION + 160n;

/** pi / 2 by Machin: pi = 16 atan(1/5) - 4 atan(1/239). */
const halfPiWide = memo(() => {
  const bits = PI_BITS + 32n;
  const pi = 16n * inverseSeries(5n, bits, true) - 4n * inverseSeries(239n, bits, true);
  return pi >> 33n;
});

function halfPi(): bigint {
  return halfPiWide() >> (PI_BITS - FRACTION);
}

function wide(sign: number, value: bigint, scale: number): Wide {
  return { sign, value: (value << 1n) | 1n, scale: scale - 1 };
}

function fixedWide(value: bigint): Wide {
  return value < 0n ? wide(1, -value, -WORK) : wide(0, value, -WORK);
}

/** The power of two just above a number. */
function topOf(x: Ext): number {
  return scaleOf(x) + bitLength(x.mantissa);
}

/** Below 2^-80 the first term of a series is all that 64 bits can see. */
const TINY = -80;

function toFixed(x: Ext): bigint {
  const shift = scaleOf(x) + WORK;
  const magnitude = shift >= 0 ? x.mantissa << BigInt(shift) : x.mantissa >> BigInt(-shift);
  return x.sign === 1 ? -magnitude : magnitude;
}

function times(a: bigint, b: bigint): bigint {
  return (a * b) >> FRACTION;
}

/** 2^x - 1 for -1 <= x <= 1. */
export function powerOfTwoMinusOne(x: Ext): Wide {
  if (topOf(x) < TINY) return wide(x.sign, x.mantissa * ln2(), scaleOf(x) - WORK);
  const exponent = times(toFixed(x), ln2());
  let term = exponent;
  let sum = exponent;
  for (let k = 2n; term !== 0n && term !== -1n; k++) {
    term = times(term, exponent) / k;
    sum += term;
  }
  return fixedWide(sum);
}

/** ln((1 + s) / (1 - s)), s small. */
function logOfRatio(s: bigint): bigint {
  const square = times(s, s);
  let power = s;
  let sum = s;
  for (let k = 3n; power !== 0n && power !== -1n; k += 2n) {
    power = times(power, square);
    sum += power / k;
  }
  return 2n * sum;
}

/** log2 of a positive normal number, as fixed point. */
function log2(x: Ext): bigint {
  let top = topOf(x) - 1;
  let mantissa = x.mantissa << BigInt(WORK - bitLength(x.mantissa) + 1);
  if (mantissa > (UNIT * 3n) / 2n) {
    mantissa >>= 1n;
    top += 1;
  }
  const s = ((mantissa - UNIT) << FRACTION) / (mantissa + UNIT);
  return (BigInt(top) << FRACTION) + (logOfRatio(s) << FRACTION) / ln2();
}

/** y * log2(x), x > 0 and not 1. */
export function yLog2(x: Ext, y: Ext): Wide {
  const log = log2(x);
  const sign = (log < 0n ? 1 : 0) ^ y.sign;
  return wide(sign, (log < 0n ? -log : log) * y.mantissa, scaleOf(y) - WORK);
}

/** y * log2(x + 1), |x| below 1. */
export function yLog2Plus1(x: Ext, y: Ext): Wide {
  const sign = x.sign ^ y.sign;
  if (topOf(x) < TINY) {
    const value = ((x.mantissa * y.mantissa) << FRACTION) / (ln2() >> 64n);
    return wide(sign, value, scaleOf(x) + scaleOf(y) - 64);
  }
  const fixed = toFixed(x);
  const log = (logOfRatio((fixed << FRACTION) / (2n * UNIT + fixed)) << FRACTION) / ln2();
  return wide(sign, (log < 0n ? -log : log) * y.mantissa, scaleOf(y) - WORK);
}

/** atan of a fixed-point number of 0..1. */
function atanFixed(ratio: bigint): bigint {
  let t = ratio;
  let doublings = 0n;
  while (t > UNIT >> 4n) {
    t = (t << FRACTION) / (UNIT + squareRootFixed(UNIT + times(t, t)));
    doublings++;
  }
  const square = times(t, t);
  let power = t;
  let sum = t;
  for (let k = 3n; power !== 0n; k += 2n) {
    power = times(power, square);
    sum += (k & 2n) !== 0n ? -(power / k) : power / k;
  }
  return sum << doublings;
}

function squareRootFixed(value: bigint): bigint {
  const target = value << FRACTION;
  let x = 1n << BigInt((bitLength(target) + 1) >> 1);
  for (;;) {
    const next = (x + target / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** The angle of the point (x, y), both finite and not zero: -pi..pi. */
export function angle(y: Ext, x: Ext): Wide {
  const difference = topOf(y) - topOf(x);
  if (difference < TINY && x.sign === 0) {
    const value = (y.mantissa << FRACTION) / x.mantissa;
    return wide(y.sign, value, scaleOf(y) - scaleOf(x) - WORK);
  }
  let result: bigint;
  if (difference < TINY) result = 0n;
  else if (difference > -TINY) result = halfPi();
  else {
    const scale = Math.min(scaleOf(x), scaleOf(y));
    const a = y.mantissa << BigInt(scaleOf(y) - scale);
    const b = x.mantissa << BigInt(scaleOf(x) - scale);
    result = a <= b ? atanFixed((a << FRACTION) / b) : halfPi() - atanFixed((b << FRACTION) / a);
  }
  if (x.sign === 1) result = 2n * halfPi() - result;
  return wide(y.sign, result, -WORK);
}

/** Multiples of pi / 4 for FPATAN of zeros and infinities. */
export function quarterPi(sign: number, count: number): Wide {
  return wide(sign, halfPi() * BigInt(count), -WORK - 1);
}

/** Half of the pi by which processors reduce arguments: 66 bits (SDM vol. 1, 8.3.8). */
const HALF_PI_66 = 0xc90fdaa22168c234cn << (PI_BITS - 67n);

interface Reduced {
  /** |r| <= pi / 4, fixed point. */
  readonly rest: bigint;
  /** Of the nearest multiple of pi / 2. */
  readonly quadrant: number;
}

function reduce(x: Ext): Reduced {
  const shift = scaleOf(x) + Number(PI_BITS);
  const magnitude = shift >= 0 ? x.mantissa << BigInt(shift) : x.mantissa >> BigInt(-shift);
  const half = HALF_PI_66;
  const count = (magnitude + half / 2n) / half;
  const rest = (magnitude - count * half) >> (PI_BITS - FRACTION);
  return { rest: x.sign === 1 ? -rest : rest, quadrant: Number(count & 3n) };
}

function series(first: bigint, square: bigint, start: bigint): bigint {
  let term = first;
  let sum = first;
  for (let k = start; term !== 0n && term !== -1n; k += 2n) {
    term = -times(term, square) / (k * (k + 1n));
    sum += term;
  }
  return sum;
}

interface SineCosine {
  readonly sine: Wide;
  readonly cosine: Wide;
  readonly tangent: Wide;
}

/** All three of |x| < 2^63; the caller takes what it needs. x is not zero. */
export function sineCosine(x: Ext): SineCosine {
  if (topOf(x) < TINY) {
    const nearly = { sign: x.sign, value: (x.mantissa << 80n) - 1n, scale: scaleOf(x) - 80 };
    const above = { sign: x.sign, value: (x.mantissa << 80n) + 1n, scale: scaleOf(x) - 80 };
    return { sine: nearly, cosine: fixedWide(UNIT - 1n), tangent: above };
  }
  const { rest, quadrant } = reduce(x);
  const square = times(rest, rest);
  const sine = series(rest, square, 2n);
  const cosine = series(UNIT, square, 1n);
  const turns = x.sign === 1 ? (4 - quadrant) & 3 : quadrant;
  const sines = [sine, cosine, -sine, -cosine];
  const s = sines[turns];
  const c = sines[(turns + 1) & 3];
  const sign = (s < 0n ? 1 : 0) ^ (c < 0n ? 1 : 0);
  const ratio = ((s < 0n ? -s : s) << FRACTION) / (c < 0n ? -c : c);
  return { sine: fixedWide(s), cosine: fixedWide(c), tangent: wide(sign, ratio, -WORK) };
}

/** The constants that FLDPI and its kin load, before rounding. */
export function constant(name: 'pi' | 'log2e' | 'log2of10' | 'log10of2' | 'ln2'): Wide {
  const tenFixed = (): bigint => log2(makeExt(0, 16383 + 3, 10n << 60n));
  switch (name) {
    case 'pi':
      return wide(0, halfPi(), 1 - WORK);
    case 'log2e':
      return wide(0, (UNIT * UNIT) / ln2(), -WORK);
    case 'log2of10':
      return wide(0, tenFixed(), -WORK);
    case 'log10of2':
      return wide(0, (UNIT * UNIT) / tenFixed(), -WORK);
    default:
      return wide(0, ln2(), -WORK);
  }
}
