// Number syntax: integers in four bases, and decimal fractions to the bits of IEEE 754 formats. The
// fractions are exact big-integer arithmetic, rounded to nearest even: no host floating point.

/** An integer of at most 64 bits as written; undefined where it is none. */
export function integerValue(text: string): bigint | undefined {
  const value = parseInteger(text);
  return value === undefined ? undefined : BigInt.asIntN(64, value);
}

/** An integer of any length; undefined where the text is none. */
export function parseInteger(text: string): bigint | undefined {
  if (/^(0|[1-9]\d*)$/.test(text)) return BigInt(text);
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return BigInt(text);
  if (/^0[bB][01]+$/.test(text)) return BigInt(text);
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text.slice(1)}`);
  return undefined;
}

export interface FloatFormat {
  readonly bytes: number;
  readonly exponentBits: number;
  /** Without the leading one, where that is not stored. */
  readonly fractionBits: number;
  /** The x87 format stores the leading one. */
  readonly storesLeadingOne: boolean;
}

type FormatName = 'half' | 'brain' | 'single' | 'double' | 'extended';

export const floatFormats: Readonly<Record<FormatName, FloatFormat>> = {
  half: { bytes: 2, exponentBits: 5, fractionBits: 10, storesLeadingOne: false },
  brain: { bytes: 2, exponentBits: 8, fractionBits: 7, storesLeadingOne: false },
  single: { bytes: 4, exponentBits: 8, fractionBits: 23, storesLeadingOne: false },
  double: { bytes: 8, exponentBits: 11, fractionBits: 52, storesLeadingOne: false },
  extended: { bytes: 10, exponentBits: 15, fractionBits: 63, storesLeadingOne: true },
};

interface Decimal {
  readonly isNegative: boolean;
  readonly digits: bigint;
  /** The value is digits * 10^exponent. */
  readonly exponent: number;
}

function parseDecimal(text: string): Decimal | 'infinity' | 'nan' | 'signalling' | undefined {
  // As in GNU as, any letter behind a zero only says that a fraction follows.
  const clean = text.replace(/^([+-]?)0[a-zA-Z](?=[\d.+-])/, '$1').trim();
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(clean);
  if (!match) {
    if (/^[+-]?inf(inity)?$/i.test(clean)) return 'infinity';
    if (/^[+-]?snan$/i.test(clean)) return 'signalling';
    return /^[+-]?q?nan$/i.test(clean) ? 'nan' : undefined;
  }
  const [, sign, whole, fraction = '', power = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  if (whole.length + fraction.length > 20_000) return undefined;
  const exponent = Number(power) - fraction.length;
  return { isNegative: sign === '-', digits: BigInt(`0${whole}${fraction}`), exponent };
}

const bitLength = (value: bigint) => value.toString(2).length;

/** numerator / denominator as a binary number of `precision` bits: mantissa * 2^exponent. */
function quotient(numerator: bigint, denominator: bigint, precision: number) {
  let shift = precision + 2 - (bitLength(numerator) - bitLength(denominator));
  if (shift < 0) shift = 0;
  const scaled = numerator << BigInt(shift);
  const whole = scaled / denominator;
  const isExact = whole * denominator === scaled;
  // A sticky lowest bit stands for everything that was cut off.
  return { mantissa: (whole << 1n) | (isExact ? 0n : 1n), exponent: -shift - 1 };
}

/** Drops `count` low bits, rounding to nearest, ties to even. */
function roundOff(value: bigint, count: number): bigint {
  if (count <= 0) return value << BigInt(-count);
  const half = 1n << BigInt(count - 1);
  const rest = value & ((1n << BigInt(count)) - 1n);
  const kept = value >> BigInt(count);
  return rest > half || (rest === half && (kept & 1n) === 1n) ? kept + 1n : kept;
}

/**
 * The bytes, lowest first, of a decimal number in `format`; undefined where it is no number, or too
 * large.
 */
export function floatBytes(text: string, format: FloatFormat): Uint8Array | undefined {
  const written = /^0[a-z]:([\da-f_]*)$/i.exec(text)?.[1];
  if (written !== undefined) return bitsAsWritten(written.replaceAll('_', ''), format.bytes);
  const decimal = parseDecimal(text);
  if (decimal === undefined) return undefined;
  const { exponentBits, fractionBits, storesLeadingOne } = format;
  const maximum = 2 ** exponentBits - 1;
  const one = 1n << BigInt(fractionBits);
  const isNegative = typeof decimal === 'string' ? text.startsWith('-') : decimal.isNegative;
  let exponent = 0;
  let significand = 0n;
  if (decimal === 'infinity') [exponent, significand] = [maximum, one];
  else if (decimal === 'nan') [exponent, significand] = [maximum, one | (one - 1n)];
  else if (decimal === 'signalling') {
    // All ones but the bit that would make it quiet.
    [exponent, significand] = [maximum, one | ((one >> 1n) - 1n)];
  } else if (typeof decimal !== 'string' && decimal.digits !== 0n) {
    if (decimal.exponent > 6000) return undefined;
    if (decimal.exponent > -30_000) [exponent, significand] = toBinary(decimal, format);
  }
  // Too large for the format.
  if (typeof decimal !== 'string' && exponent === maximum) return undefined;
  const stored = storesLeadingOne ? significand : significand & (one - 1n);
  const width = fractionBits + (storesLeadingOne ? 1 : 0);
  const sign = isNegative ? 1n : 0n;
  let bits = (((sign << BigInt(exponentBits)) | BigInt(exponent)) << BigInt(width)) | stored;
  const bytes = new Uint8Array(format.bytes);
  for (let i = 0; i < bytes.length; i++, bits >>= 8n) bytes[i] = Number(bits & 0xffn);
  return bytes;
}

function toBinary(decimal: Decimal, format: FloatFormat): [number, bigint] {
  const power = 10n ** BigInt(Math.abs(decimal.exponent));
  const precision = format.fractionBits + 1;
  const { mantissa, exponent } =
    decimal.exponent >= 0
      ? quotient(decimal.digits * power, 1n, precision)
      : quotient(decimal.digits, power, precision);
  const bias = 2 ** (format.exponentBits - 1) - 1;
  const maximum = 2 ** format.exponentBits - 1;
  // The value is in [2^top, 2^(top+1)).
  const top = bitLength(mantissa) - 1 + exponent;
  const lowest = Math.max(top - format.fractionBits, 1 - bias - format.fractionBits);
  let significand = roundOff(mantissa, lowest - exponent);
  let biased = lowest + format.fractionBits + bias;
  if (significand >> BigInt(precision) !== 0n) {
    significand >>= 1n;
    biased++;
  }
  if (significand >> BigInt(format.fractionBits) === 0n) biased = 0;
  if (biased >= maximum) return [maximum, 1n << BigInt(format.fractionBits)];
  return [biased, significand];
}

/** The first digit that a number with that beginning cannot have, in words. */
export function wrongDigit(text: string): string | undefined {
  const [, sign] = /^0([xb]|(?=\d))/i.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const [allowed, base] =
    sign === ''
      ? [/[0-7]/, 'octal']
      : /x/i.test(sign)
        ? [/[0-9a-f]/i, 'hexadecimal']
        : [/[01]/, 'binary'];
  const wrong = [...text.slice(1 + sign.length)].find((letter) => !allowed.test(letter));
  return wrong === undefined ? undefined : `'${wrong}' is no ${base} digit`;
}

/** What a number of another assembler's, or with a wrong digit in it, is here. */
export function otherRadix(text: string): string | undefined {
  const hexadecimal = /^([0-9a-f]+)h$/i.exec(text)?.[1] ?? /^[x$]([0-9a-f]+)$/i.exec(text)?.[1];
  if (hexadecimal !== undefined) return `0x${hexadecimal.replace(/^0+(?=.)/, '')}`;
  const binary = /^([01]+)b$/i.exec(text)?.[1];
  if (binary !== undefined) return `0b${binary}`;
  const octal = /^0o?([0-7]+)[oq]?$/i.exec(text)?.[1] ?? /^([0-7]+)[oq]$/i.exec(text)?.[1];
  if (octal !== undefined) return `0${octal.replace(/^0+/, '')}`;
  const decimal = /^0+([1-9]\d*)$/.exec(text)?.[1] ?? /^(\d+)d$/i.exec(text)?.[1];
  if (decimal !== undefined) return decimal;
  const grouped = /^[\d_]+$/.test(text) && /^\d/.test(text) ? text.replaceAll('_', '') : undefined;
  return grouped === '' ? undefined : grouped;
}

/** `0x:3f80`: the first bits of the number in hexadecimal, the others 0. */
function bitsAsWritten(digits: string, count: number): Uint8Array | undefined {
  if (digits.length > 2 * count) return undefined;
  const padded = digits.padEnd(2 * count, '0');
  return Uint8Array.from({ length: count }, (_, at) => {
    const from = 2 * (count - 1 - at);
    return Number.parseInt(padded.slice(from, from + 2), 16);
  });
}
