// Constants and strings as written: integer types by value and suffix (C11 6.4.4.1), floating
// constants, characters, escapes, concatenated and wide strings. Bytes outside ASCII are UTF-8 and
// pass through narrow strings unchanged.

import type { Span } from '@ring0/diagnostics';
import type { Expression } from '../tree.ts';
import type { FloatKind, IntegerType, Type } from '../types.ts';
import { T } from './codes.ts';
import { floatFromText } from './float.ts';
import * as types from './type-operations.ts';
import type { Unit } from './unit.ts';

const limits: readonly [IntegerType, bigint][] = [
  [types.INT, 0x7fffffffn],
  [types.UINT, 0xffffffffn],
  [types.LONG, 0x7fffffffn],
  [types.ULONG, 0xffffffffn],
  [types.LLONG, 0x7fffffffffffffffn],
  [types.ULLONG, 0xffffffffffffffffn],
];

function integerType(value: bigint, suffix: string, isDecimal: boolean): IntegerType | undefined {
  const isUnsigned = suffix.includes('u');
  const least = suffix.includes('ll') ? 4 : suffix.includes('l') ? 2 : 0;
  for (let i = least; i < limits.length; i++) {
    const isUnsignedType = i % 2 === 1;
    if (isUnsigned && !isUnsignedType) continue;
    if (!isUnsigned && isUnsignedType && isDecimal) continue;
    const [type, max] = limits[i];
    if (value <= max) return type;
  }
  return undefined;
}

const INTEGER = /^(0x[0-9a-f]+|0b[01]+|\d+)([ul]*)$/i;
const FLOATING = /^(0x[0-9a-f.]*(?:p[+-]?\d+)?|[\d.]+(?:e[+-]?\d+)?)(f|l|df|dd|f128|f64|f32)?$/i;

/** The token to be read, a number, as a node. */
export function numberLiteral(u: Unit): Expression {
  const span = u.span();
  const text = u.text();
  u.at++;
  if (text.length === 1) return { kind: 'integer', value: BigInt(text), type: types.INT, span };
  const match = INTEGER.exec(text);
  if (match && /^(u?(l|ll)?|(l|ll)u)$/i.test(match[2]) && !/lL|Ll/.test(match[2])) {
    return integerLiteral(u, match[1], match[2].toLowerCase(), span);
  }
  const float = FLOATING.exec(text);
  if (float && (!/^0x/i.test(text) || /p/i.test(text))) {
    const suffix = (float[2] ?? '').toLowerCase();
    const kinds: Record<string, FloatKind> = { f: 'float', l: 'ldouble', f32: 'float' };
    const kind = kinds[suffix] ?? 'double';
    const image = suffix.startsWith('d') ? undefined : floatFromText(float[1], kind);
    if (image !== undefined) {
      const type = { float: types.FLOAT, double: types.DOUBLE, ldouble: types.LDOUBLE }[kind];
      return { kind: 'float', image, type, span };
    }
  }
  const suffix = /^(?:0x[0-9a-f]*|[\d.]*)(.*)$/i.exec(text)?.[1] ?? '';
  u.error('C0101', `invalid suffix '${suffix}' on number '${text}'`, span);
  return { kind: 'integer', value: 0n, type: types.ERROR, span };
}

function integerLiteral(u: Unit, digits: string, suffix: string, span: Span): Expression {
  const isOctal = /^0\d/.test(digits);
  if (isOctal && /[89]/.test(digits)) {
    u.error('C0102', `invalid digit '${/[89]/.exec(digits)?.[0]}' in octal number`, span);
    return { kind: 'integer', value: 0n, type: types.ERROR, span };
  }
  const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
  const isDecimal = !digits.startsWith('0');
  const type = integerType(value, suffix, isDecimal);
  if (type) return { kind: 'integer', value, type, span };
  u.warn('overflow', 'C0103', 'integer constant is too large for its type', span);
  return {
    kind: 'integer',
    value: BigInt.asUintN(64, value),
    type: types.ULLONG,
    span,
  };
}

const simpleEscapes: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  v: 11,
  f: 12,
  e: 27,
  E: 27,
  '\\': 92,
  "'": 39,
  '"': 34,
  '?': 63,
};

/** A value of one character, and whether it is a code point (else a code unit, from \x or \0). */
interface Character {
  readonly value: number;
  readonly isCodePoint: boolean;
}

/** The characters between the quotes of a token. `text` is Latin-1, a character per byte. */
function characters(u: Unit, text: string, span: Span): Character[] {
  const result: Character[] = [];
  let at = text.search(/['"]/) + 1;
  const end = text.length - 1;
  while (at < end) {
    const c = text.charCodeAt(at);
    if (c !== 92) {
      result.push({ value: c, isCodePoint: true });
      at++;
      continue;
    }
    const rest = text.slice(at + 1, Math.min(end, at + 1 + 64));
    const octal = /^[0-7]{1,3}/.exec(rest);
    const hex = /^x([0-9a-fA-F]+)/.exec(rest);
    const universal = /^(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
    if (octal) result.push({ value: parseInt(octal[0], 8), isCodePoint: false });
    else if (hex) result.push({ value: parseInt(hex[1].slice(-8), 16), isCodePoint: false });
    else if (universal) {
      for (const byte of utf8(parseInt(universal[1] ?? universal[2], 16))) {
        result.push({ value: byte, isCodePoint: true });
      }
    } else {
      const value = simpleEscapes[rest[0]];
      if (value === undefined) {
        u.warn('pragmas', 'C0104', `unknown escape sequence: '\\${rest[0] ?? ''}'`, span);
      }
      result.push({ value: value ?? rest.charCodeAt(0), isCodePoint: false });
    }
    at += 1 + (octal ?? hex ?? universal ?? [rest[0]])[0].length;
  }
  return result;
}

function utf8(code: number): number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  return [
    0xf0 | ((code >> 18) & 7),
    0x80 | ((code >> 12) & 63),
    0x80 | ((code >> 6) & 63),
    0x80 | (code & 63),
  ];
}

/** UTF-8 bytes joined to code points; code units stay. */
function codePoints(list: readonly Character[]): number[] {
  const result: number[] = [];
  for (let i = 0; i < list.length; i++) {
    const { value, isCodePoint } = list[i];
    const more = !isCodePoint || value < 0xc2 ? 0 : value < 0xe0 ? 1 : value < 0xf0 ? 2 : 3;
    let code = more === 0 ? value : value & (0x3f >> more);
    for (let j = 0; j < more && i + 1 < list.length; j++)
      code = (code << 6) | (list[++i].value & 63);
    result.push(code);
  }
  return result;
}

function prefixOf(text: string): string {
  return text.slice(0, text.search(/['"]/));
}

const wideTypes: Readonly<Record<string, IntegerType>> = {
  L: types.LONG,
  u: types.USHORT,
  U: types.UINT,
};

/** The type of wchar_t, char16_t, char32_t for a prefix. */
function elementType(prefix: string): Type {
  return wideTypes[prefix] ?? types.CHAR;
}

/** The token to be read, a character constant, as a node. */
export function characterLiteral(u: Unit): Expression {
  const span = u.span();
  const text = u.text();
  u.at++;
  const prefix = prefixOf(text);
  const list = characters(u, text, span);
  if (list.length === 0) {
    u.error('C0105', 'empty character constant', span);
    return { kind: 'integer', value: 0n, type: types.ERROR, span };
  }
  if (prefix !== '') {
    const code = codePoints(list)[0];
    const type = prefix === 'L' ? types.LONG : prefix === 'u' ? types.USHORT : types.UINT;
    const bits = type === types.USHORT ? 16 : 32;
    const wrapped =
      type === types.LONG ? BigInt.asIntN(32, BigInt(code)) : BigInt.asUintN(bits, BigInt(code));
    return { kind: 'integer', value: wrapped, type, span };
  }
  if (list.length > 1) {
    u.warn('pragmas', 'C0106', 'character constant holds more than one character', span);
  }
  let value = 0;
  for (const character of list) value = (value << 8) | (character.value & 0xff);
  if (list.length === 1 && !u.options.isCharUnsigned) value = (value << 24) >> 24;
  return { kind: 'integer', value: BigInt(value), type: types.INT, span };
}

export interface StringLiteral {
  /** With the terminating zero. */
  readonly bytes: Uint8Array;
  readonly element: Type;
  readonly count: number;
}

/** The string tokens to be read, concatenated. */
export function stringLiteral(u: Unit): StringLiteral {
  const list: Character[] = [];
  let prefix = '';
  while (u.code === T.string) {
    const text = u.text();
    const own = prefixOf(text);
    if (own !== '' && own !== 'u8') {
      if (prefix !== '' && prefix !== own) {
        u.error('C0107', 'concatenation of strings with different prefixes', u.span());
      }
      prefix = own;
    }
    for (const character of characters(u, text, u.span())) list.push(character);
    u.at++;
  }
  if (prefix === '') {
    const bytes = new Uint8Array(list.length + 1);
    list.forEach((character, i) => (bytes[i] = character.value));
    return { bytes, element: types.CHAR, count: bytes.length };
  }
  return wideString(codePoints(list), prefix);
}

function wideString(codes: readonly number[], prefix: string): StringLiteral {
  const units: number[] = [];
  for (const code of codes) {
    if (prefix === 'u' && code > 0xffff) {
      units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff));
    } else units.push(code);
  }
  units.push(0);
  const width = prefix === 'u' ? 2 : 4;
  const bytes = new Uint8Array(units.length * width);
  units.forEach((unit, i) => {
    for (let b = 0; b < width; b++) bytes[i * width + b] = unit >>> (8 * b);
  });
  return { bytes, element: elementType(prefix), count: units.length };
}
