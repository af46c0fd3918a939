// Operands of x87 instructions: values of every class on the stack and in memory, control words, environments.

import type { Fpu } from './native.ts';
import { type Random, littleEndian, pick, randomWord, rarely } from './random.ts';

const BIAS = 16383;

/** Sign and exponent, mantissa high, mantissa low. */
export type Extended = readonly [number, number, number];
type Source = (random: Random) => Extended;

function normalHigh(random: Random): number {
  return 0x80000000 + (random(0x8000) * 0x10000 + random(0x10000));
}

/** Zeros, infinities, NaNs, denormals, pseudo-denormals, unnormals, thresholds of the narrower formats, ordinary numbers. */
export function anyExtended(random: Random): Extended {
  const sign = random(2) << 15;
  const high = normalHigh(random);
  const low = pick(random, [0, 0, randomWord(random), 0xfffff800, 0x400, 0xffffffff]);
  switch (random(16)) {
    case 0:
      return [sign, 0, 0];
    case 1:
      return [sign | 0x7fff, 0x80000000, 0];
    case 2:
      return [sign | 0x7fff, 0xc0000000 | (random(0x4000) << 8), low];
    case 3:
      return [sign | 0x7fff, 0x80000000 | (random(0x4000) << 8), low | 1];
    case 4:
      return [sign, random(0x7fffffff), low];
    case 5:
      return [sign | pick(random, [1, 2, 0x7ffe, 0x7ffd]), high, low];
    case 6:
      return [sign | (BIAS + random(70)), high, 0];
    case 7:
      return [sign | pick(random, THRESHOLDS), high, low];
    case 8:
      return [sign | random(0x8000), pick(random, [high, high & 0x7fffffff]), low];
    case 9:
      return [sign | BIAS, 0x80000000, 0];
    case 10:
      return [sign | pick(random, [0, 1, 0x7fff]), random(0x80000000), low];
    default:
      return [sign | (BIAS - 6 + random(12)), high, low];
  }
}

const THRESHOLDS = [
  ...[BIAS - 127, BIAS - 126, BIAS - 150, BIAS + 127, BIAS + 128],
  ...[BIAS - 1023, BIAS - 1022, BIAS - 1075, BIAS + 1023, BIAS + 1024],
  ...[BIAS + 14, BIAS + 15, BIAS + 30, BIAS + 31, BIAS + 62, BIAS + 63],
];

/** A full or part-filled stack of such values. */
export function fpuWith(random: Random, value: Source, control: number): Fpu {
  const stack = new Uint8Array(80);
  const view = new DataView(stack.buffer);
  const top = random(8);
  let tag = 0;
  for (let i = 0; i < 8; i++) {
    const [exponent, high, low] = value(random);
    view.setUint32(i * 10, low, true);
    view.setUint32(i * 10 + 4, high, true);
    view.setUint16(i * 10 + 8, exponent, true);
    if (rarely(random, 8) || (i === 7 && rarely(random, 2))) tag |= 3 << (((top + i) & 7) * 2);
  }
  const conditions = rarely(random, 2) ? random(0x10000) & 0x4700 : 0;
  return { control, status: (top << 11) | conditions, tag, stack };
}

/** Every rounding and precision, the reserved one too; one in six with exceptions that are not masked. */
export function anyControl(random: Random): number {
  const masks = rarely(random, 6) ? random(64) : 0x3f;
  const precision = pick(random, [3, 3, 3, 0, 2, 2, 0, 1]);
  const rounding = rarely(random, 2) ? 0 : random(4);
  return 0x40 | masks | (precision << 8) | (rounding << 10);
}

/** Status words may stand with an exception that waits to be reported. */
export function anyFpu(random: Random): Fpu {
  const fpu = fpuWith(random, anyExtended, anyControl(random));
  if (!rarely(random, 12)) return fpu;
  const flags = random(0x80);
  const isPending = (flags & ~fpu.control & 0x3f) !== 0;
  return { ...fpu, status: fpu.status | flags | (isPending ? 0x8080 : 0) };
}

function single(random: Random): number[] {
  const special = pick(random, [0, 0x7f800000, 0x7fc00000, 0x7f800001, 0x3f800000, 1, 0x007fffff]);
  const sign = random(2) * 0x80000000;
  if (rarely(random, 3)) return littleEndian(special + sign, 4);
  const exponent = rarely(random, 3) ? random(256) : 120 + random(16);
  return littleEndian(sign + exponent * 0x800000 + random(0x800000), 4);
}

function double(random: Random): number[] {
  const special = pick(random, [0, 0x7ff00000, 0x7ff80000, 0x7ff00001, 0x3ff00000, 1, 0x000fffff]);
  const sign = random(2) * 0x80000000;
  const low = pick(random, [0, 1, 0xffffffff, randomWord(random)]);
  if (rarely(random, 3)) return [...littleEndian(low, 4), ...littleEndian(special + sign, 4)];
  const exponent = rarely(random, 3) ? random(2048) : 1015 + random(16);
  const high = sign + exponent * 0x100000 + random(0x100000);
  return [...littleEndian(low, 4), ...littleEndian(high, 4)];
}

function extended(random: Random): number[] {
  const [exponent, high, low] = anyExtended(random);
  return [...littleEndian(low, 4), ...littleEndian(high, 4), ...littleEndian(exponent, 2)];
}

function decimal(random: Random): number[] {
  const digits = Array.from({ length: 9 }, () => random(10) | (random(10) << 4));
  for (let i = 8; i >= 0 && rarely(random, 2); i--) digits[i] = 0;
  if (rarely(random, 10)) digits[random(9)] = random(256);
  return [...digits, rarely(random, 8) ? random(256) : random(2) << 7];
}

/** The first 16 bytes of an environment; what follows is whatever memory holds. */
function environment(random: Random, size: number): number[] {
  const pad = (value: number): number[] => littleEndian(value + 0xffff0000, size);
  const control = rarely(random, 2) ? anyControl(random) : random(0x10000);
  return [...pad(control), ...pad(random(0x10000)), ...pad(random(0x10000))];
}

/** Bytes for a memory operand, by the manual's name of it without the m; undefined: any will do. */
export function memoryValue(random: Random, name: string, size: 16 | 32): number[] | undefined {
  switch (name) {
    case '32fp':
      return single(random);
    case '64fp':
      return double(random);
    case '80fp':
      return extended(random);
    case '80bcd':
      return decimal(random);
    case '16int':
      return littleEndian(randomWord(random), 2);
    case '32int':
      return littleEndian(randomWord(random), 4);
    case '64int':
      return [...littleEndian(randomWord(random), 4), ...littleEndian(randomWord(random), 4)];
    case '2byte':
      return littleEndian(rarely(random, 2) ? anyControl(random) : random(0x10000), 2);
    case '14/28byte':
    case '94/108byte':
      return environment(random, size / 8);
    default:
      return undefined;
  }
}

/** FSIN FCOS FPTAN FSINCOS FPATAN F2XM1 FYL2X FYL2XP1, by second byte. */
export const TRANSCENDENTAL: ReadonlySet<number> = new Set([
  0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff,
]);

/** A stack on which a transcendental function is computed, not reported as invalid. */
export function transcendentalFpu(random: Random, modrm: number): Fpu {
  const isSigned = modrm !== 0xf1;
  const value = (source: Random): Extended => {
    const sign = isSigned ? source(2) << 15 : 0;
    const isSmall = modrm === 0xf0 || modrm === 0xf9;
    const isTrigonometric = modrm === 0xf2 || modrm >= 0xfb;
    const exponent = isSmall
      ? BIAS - 3 - source(20)
      : isTrigonometric
        ? BIAS - 20 + source(82)
        : BIAS - 8 + source(9);
    return [sign | exponent, normalHigh(source), randomWord(source)];
  };
  const fpu = fpuWith(random, value, 0x37f);
  const pushes = modrm === 0xf2 || modrm === 0xfb;
  const above = ((fpu.status >>> 11) + 7) & 7;
  return { ...fpu, tag: pushes ? 3 << (above * 2) : 0 };
}
