// The 80-bit extended real in software: unpacked form, classes, rounding, and conversion to and from the other formats
// in memory (SDM vol. 1, 4.8 and 8.5). Mantissas are BigInt integers; no host float takes part, so every host agrees.

/** Sign 0 or 1, biased exponent 0..0x7fff, 64-bit mantissa with its integer bit. */
export interface Ext {
  readonly sign: number;
  readonly exponent: number;
  readonly mantissa: bigint;
}

export const BIAS = 16383;
export const EXPONENT_MAX = 0x7fff;
export const INTEGER_BIT: bigint = 1n << 63n;
const QUIET_BIT = 1n << 62n;
/** What overflow and underflow add to or take from the exponent when their exception is not masked. */
const EXPONENT_WRAP = 24576;

export const INVALID = 1;
export const DENORMAL = 2;
export const ZERO_DIVIDE = 4;
export const OVERFLOW = 8;
export const UNDERFLOW = 16;
export const PRECISION = 32;

export const ROUND_NEAREST = 0;
export const ROUND_DOWN = 1;
export const ROUND_UP = 2;

export type ExtClass =
  | 'zero'
  | 'normal'
  | 'denormal'
  | 'infinity'
  | 'quiet-nan'
  | 'signaling-nan'
  | 'unsupported';

/** How an operation rounds, and what it has to report. */
export class Rounder {
  /** Bits of the mantissa that results keep: 24, 53 or 64. */
  precision = 64;
  mode: number = ROUND_NEAREST;
  /** Exceptions the program has masked, as in the control word. */
  masks = 0x3f;
  /** Exceptions met, as in the status word. */
  flags = 0;
  /** The last rounding went away from zero: C1. */
  isRoundedUp = false;
}

export function makeExt(sign: number, exponent: number, mantissa: bigint): Ext {
  return { sign, exponent, mantissa };
}

export function zero(sign: number): Ext {
  return makeExt(sign, 0, 0n);
}

export function infinity(sign: number): Ext {
  return makeExt(sign, EXPONENT_MAX, INTEGER_BIT);
}

/** The real indefinite: the masked response to an invalid operation. */
export const INDEFINITE: Ext = makeExt(1, EXPONENT_MAX, INTEGER_BIT | QUIET_BIT);
export const ONE: Ext = makeExt(0, BIAS, INTEGER_BIT);

export function classify(x: Ext): ExtClass {
  if (x.exponent === 0) return x.mantissa === 0n ? 'zero' : 'denormal';
  if ((x.mantissa & INTEGER_BIT) === 0n) return 'unsupported';
  if (x.exponent !== EXPONENT_MAX) return 'normal';
  if (x.mantissa === INTEGER_BIT) return 'infinity';
  return (x.mantissa & QUIET_BIT) !== 0n ? 'quiet-nan' : 'signaling-nan';
}

export function isNan(x: Ext): boolean {
  const kind = classify(x);
  return kind === 'quiet-nan' || kind === 'signaling-nan';
}

export function quieted(x: Ext): Ext {
  return makeExt(x.sign, x.exponent, x.mantissa | QUIET_BIT);
}

export function negated(x: Ext): Ext {
  return makeExt(x.sign ^ 1, x.exponent, x.mantissa);
}

/** The power of two of the mantissa's last bit. */
export function scaleOf(x: Ext): number {
  return Math.max(x.exponent, 1) - BIAS - 63;
}

const float = new Float64Array(1);
const floatWords = new Int32Array(float.buffer);

/** Number of bits of an integer that is not negative. Read from a float's exponent, minding that it was rounded. */
export function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  float[0] = Number(value);
  const high = floatWords[1];
  const bits = (high >>> 20) - 1022;
  if (bits > 1024) return value.toString(2).length;
  const mayBeRoundedUp = floatWords[0] === 0 && (high & 0xfffff) === 0;
  return mayBeRoundedUp && value >> BigInt(bits - 1) === 0n ? bits - 1 : bits;
}

/** Rounds value * 2^-shift to an integer, by mode; `isInexact` and the direction are left in `rounder`. */
export function roundShift(
  rounder: Rounder,
  sign: number,
  value: bigint,
  shift: number,
): { readonly value: bigint; readonly isInexact: boolean } {
  rounder.isRoundedUp = false;
  if (shift <= 0) return { value: value << BigInt(-shift), isInexact: false };
  const by = BigInt(shift);
  const quotient = value >> by;
  const rest = value - (quotient << by);
  if (rest === 0n) return { value: quotient, isInexact: false };
  const half = 1n << (by - 1n);
  let isUp: boolean;
  if (rounder.mode === ROUND_NEAREST) {
    isUp = rest > half || (rest === half && (quotient & 1n) === 1n);
  } else {
    isUp = rounder.mode === ROUND_UP ? sign === 0 : rounder.mode === ROUND_DOWN && sign === 1;
  }
  rounder.isRoundedUp = isUp;
  return { value: isUp ? quotient + 1n : quotient, isInexact: true };
}

/** What a format can hold: mantissa bits, exponents of the smallest and largest normal number. */
interface Format {
  readonly bits: number;
  readonly smallest: number;
  readonly largest: number;
}

/** The largest finite number or infinity, whichever the rounding mode gives for a result too large. */
function overflowsToInfinity(rounder: Rounder, sign: number): boolean {
  if (rounder.mode === ROUND_NEAREST) return true;
  return rounder.mode === (sign === 0 ? ROUND_UP : ROUND_DOWN);
}

interface Rounded {
  /** Of `bits` bits, or fewer below the smallest normal number. */
  readonly mantissa: bigint;
  /** Power of two of its last bit. */
  readonly scale: number;
  readonly isInexact: boolean;
  /** Too small even after rounding as if exponents had no end. */
  readonly isTiny: boolean;
  readonly isHuge: boolean;
}

function roundTo(rounder: Rounder, f: Format, sign: number, value: bigint, scale: number): Rounded {
  const length = bitLength(value);
  const free = roundShift(rounder, sign, value, length - f.bits);
  const freeScale = scale + length - f.bits;
  const top = freeScale + bitLength(free.value) - 1;
  if (top >= f.smallest) {
    return {
      mantissa: free.value,
      scale: freeScale,
      isInexact: free.isInexact,
      isTiny: false,
      isHuge: top > f.largest,
    };
  }
  const lastBit = f.smallest - f.bits + 1;
  const held = roundShift(rounder, sign, value, lastBit - scale);
  const mantissa = held.value;
  return { mantissa, scale: lastBit, isInexact: held.isInexact, isTiny: true, isHuge: false };
}

/** Packs mantissa * 2^scale, which must be exact in the format. */
function pack(sign: number, mantissa: bigint, scale: number): Ext {
  if (mantissa === 0n) return zero(sign);
  const length = bitLength(mantissa);
  const exponent = scale + length - 1 + BIAS;
  if (exponent >= 1) {
    const by = BigInt(64 - length);
    return makeExt(sign, exponent, by >= 0n ? mantissa << by : mantissa >> -by);
  }
  return makeExt(sign, 0, mantissa << BigInt(scale - (1 - BIAS - 63)));
}

/**
 * Rounds value * 2^scale (value > 0) to the precision in force and reports what the rounding met. When overflow or
 * underflow is not masked the exponent is wrapped, for the handler to undo.
 */
export function roundResult(rounder: Rounder, sign: number, value: bigint, scale: number): Ext {
  const format = { bits: rounder.precision, smallest: 1 - BIAS, largest: BIAS };
  let rounded = roundTo(rounder, format, sign, value, scale);
  if (rounded.isTiny && (rounder.masks & UNDERFLOW) === 0) {
    rounder.flags |= UNDERFLOW;
    rounded = roundTo(rounder, format, sign, value, scale + EXPONENT_WRAP);
    if (rounded.isTiny) {
      // FSCALE can get below what wrapping brings back: a zero, whatever the rounding mode.
      rounder.flags |= PRECISION;
      rounder.isRoundedUp = false;
      return zero(sign);
    }
  } else if (rounded.isHuge && (rounder.masks & OVERFLOW) === 0) {
    rounder.flags |= OVERFLOW;
    rounded = roundTo(rounder, format, sign, value, scale - EXPONENT_WRAP);
  }
  if (rounded.isHuge) {
    rounder.flags |= OVERFLOW | PRECISION;
    if (overflowsToInfinity(rounder, sign)) {
      rounder.isRoundedUp = true;
      return infinity(sign);
    }
    rounder.isRoundedUp = false;
    const ones = (1n << BigInt(rounder.precision)) - 1n;
    return makeExt(sign, EXPONENT_MAX - 1, ones << BigInt(64 - rounder.precision));
  }
  if (rounded.isInexact) rounder.flags |= PRECISION | (rounded.isTiny ? UNDERFLOW : 0);
  return pack(sign, rounded.mantissa, rounded.scale);
}

interface MemoryFormat extends Format {
  /** Bits of the stored fraction. */
  readonly fraction: number;
  readonly bias: number;
  readonly exponentMax: number;
  /** Place of the sign bit. */
  readonly signAt: bigint;
}

export const SINGLE: MemoryFormat = {
  bits: 24,
  smallest: -126,
  largest: 127,
  fraction: 23,
  bias: 127,
  exponentMax: 0xff,
  signAt: 31n,
};
export const DOUBLE: MemoryFormat = {
  bits: 53,
  smallest: -1022,
  largest: 1023,
  fraction: 52,
  bias: 1023,
  exponentMax: 0x7ff,
  signAt: 63n,
};

/** From a float or double. A denormal is reported; a signalling NaN stays one, for whoever uses the number. */
export function fromFormat(rounder: Rounder, f: MemoryFormat, bits: bigint): Ext {
  const fractionBits = BigInt(f.fraction);
  const fraction = bits & ((1n << fractionBits) - 1n);
  const exponent = Number((bits >> fractionBits) & BigInt(f.exponentMax));
  const sign = Number((bits >> f.signAt) & 1n);
  const up = fraction << BigInt(63 - f.fraction);
  if (exponent === f.exponentMax) {
    return makeExt(sign, EXPONENT_MAX, INTEGER_BIT | up);
  }
  if (exponent !== 0) return makeExt(sign, exponent - f.bias + BIAS, INTEGER_BIT | up);
  if (fraction === 0n) return zero(sign);
  rounder.flags |= DENORMAL;
  return pack(sign, fraction, f.smallest - f.fraction);
}

/** To a float or double, rounding by mode; the bits to store. */
export function toFormat(rounder: Rounder, f: MemoryFormat, x: Ext): bigint {
  const signBit = BigInt(x.sign) << f.signAt;
  const at = BigInt(f.fraction);
  const ones = BigInt(f.exponentMax) << at;
  rounder.isRoundedUp = false;
  switch (classify(x)) {
    case 'zero':
      return signBit;
    case 'infinity':
      return signBit | ones;
    case 'unsupported':
      rounder.flags |= INVALID;
      return toFormat(rounder, f, INDEFINITE);
    case 'signaling-nan':
      rounder.flags |= INVALID;
      return toFormat(rounder, f, quieted(x));
    case 'quiet-nan':
      return signBit | ones | ((x.mantissa & ~INTEGER_BIT) >> BigInt(63 - f.fraction));
    default:
  }
  const rounded = roundTo(rounder, f, x.sign, x.mantissa, scaleOf(x));
  if (rounded.isHuge) {
    rounder.flags |= OVERFLOW | PRECISION;
    rounder.isRoundedUp = overflowsToInfinity(rounder, x.sign);
    return rounder.isRoundedUp ? signBit | ones : signBit | (ones - 1n);
  }
  if (rounded.isInexact) rounder.flags |= PRECISION;
  if (rounded.isTiny && (rounded.isInexact || (rounder.masks & UNDERFLOW) === 0)) {
    rounder.flags |= UNDERFLOW;
  }
  if (rounded.mantissa === 0n) return signBit;
  const length = bitLength(rounded.mantissa);
  const top = rounded.scale + length - 1;
  if (top < f.smallest) return signBit | rounded.mantissa;
  const mantissa = rounded.mantissa << BigInt(Math.max(f.bits - length, 0));
  const normal = length > f.bits ? mantissa >> BigInt(length - f.bits) : mantissa;
  return signBit | (BigInt(top + f.bias) << at) | (normal & ((1n << at) - 1n));
}

/** A signed integer as an extended real, always exact up to 64 bits. */
export function fromInteger(value: bigint): Ext {
  return pack(value < 0n ? 1 : 0, value < 0n ? -value : value, 0);
}

/** Rounds to an integer of `bits` bits; undefined, with the invalid flag, where it does not fit or is no number. */
export function toInteger(rounder: Rounder, x: Ext, bits: number): bigint | undefined {
  const kind = classify(x);
  rounder.isRoundedUp = false;
  if (kind === 'zero') return 0n;
  const scale = scaleOf(x);
  if ((kind !== 'normal' && kind !== 'denormal') || scale > 1) {
    rounder.flags |= INVALID;
    return undefined;
  }
  const rounded = roundShift(rounder, x.sign, x.mantissa, Math.min(-scale, 70));
  const value = x.sign === 1 ? -rounded.value : rounded.value;
  if (value !== BigInt.asIntN(bits, value)) {
    rounder.flags |= INVALID;
    rounder.isRoundedUp = false;
    return undefined;
  }
  if (rounded.isInexact) rounder.flags |= PRECISION;
  return value;
}
