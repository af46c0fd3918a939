// Numbers between memory and the x87's registers: reals of 32, 64 and 80 bits, integers, packed decimals.

import { checkAlignment, probeRead, probeWrite, readSize, writeSize } from '../access.ts';
import type { Cpu } from '../cpu.ts';
import {
  effectiveOffset,
  memoryAddress,
  nextOffset,
  segmentAddress,
  segmentOf,
} from '../operands.ts';
import {
  DOUBLE,
  type Ext,
  type Rounder,
  SINGLE,
  fromFormat,
  fromInteger,
  makeExt,
  toFormat,
  toInteger,
} from './ext.ts';

export type MemoryType = 'single' | 'double' | 'extended' | 'int16' | 'int32' | 'int64' | 'bcd';

const BYTES: Readonly<Record<MemoryType, number>> = {
  single: 4,
  double: 8,
  extended: 10,
  int16: 2,
  int32: 4,
  int64: 8,
  bcd: 10,
};
const BCD_INDEFINITE = 0xffffc000000000000000n;
const BCD_MAX = 999_999_999_999_999_999n;

function readBytes(cpu: Cpu, linear: number, bytes: number): bigint {
  if (bytes === 2) return BigInt(readSize(cpu, linear, 2));
  const low = BigInt(readSize(cpu, linear, 4) >>> 0);
  if (bytes === 4) return low;
  const value = (BigInt(readSize(cpu, (linear + 4) | 0, 4) >>> 0) << 32n) | low;
  return bytes === 8 ? value : (BigInt(readSize(cpu, (linear + 8) | 0, 2)) << 64n) | value;
}

/** Operands of ten bytes are accessed as eight and two, each with its checks; all of 64 bits and more align to 8. */
function operandAddress(cpu: Cpu, p: number, bytes: number, isWrite: boolean): number {
  if (bytes < 8) return memoryAddress(cpu, p, bytes, isWrite);
  if (bytes === 10) {
    const segment = segmentOf(cpu, p);
    const offset = effectiveOffset(cpu, p);
    const first = segmentAddress(cpu, segment, offset, 8, isWrite);
    checkAlignment(cpu, first, 8);
    if (isWrite) probeWrite(cpu, first, 8);
    else probeRead(cpu, first, 8);
    segmentAddress(cpu, segment, nextOffset(cpu, p, offset, 8), 2, isWrite);
  }
  const linear = memoryAddress(cpu, p, bytes, isWrite);
  checkAlignment(cpu, linear, 8);
  return linear;
}

/** The operand's bits; faults as a read does. */
export function fetch(cpu: Cpu, p: number, type: MemoryType): bigint {
  const bytes = BYTES[type];
  return readBytes(cpu, operandAddress(cpu, p, bytes, false), bytes);
}

/** What the bits mean; flags of the conversion go to `rounder`. */
export function decode(rounder: Rounder, bits: bigint, type: MemoryType): Ext {
  switch (type) {
    case 'single':
      return fromFormat(rounder, SINGLE, bits);
    case 'double':
      return fromFormat(rounder, DOUBLE, bits);
    case 'extended': {
      const high = Number(bits >> 64n);
      return makeExt(high >>> 15, high & 0x7fff, bits & 0xffffffffffffffffn);
    }
    case 'bcd':
      return decodeDecimal(bits);
    default:
      return fromInteger(BigInt.asIntN(BYTES[type] * 8, bits));
  }
}

function decodeDecimal(bits: bigint): Ext {
  let value = 0n;
  for (let digit = 17n; digit >= 0n; digit--) value = value * 10n + ((bits >> (digit * 4n)) & 15n);
  const x = fromInteger(value);
  return makeExt(Number((bits >> 79n) & 1n), x.exponent, x.mantissa);
}

/** The bits to store, rounded by mode; where an integer does not fit, the integer indefinite. */
export function encode(rounder: Rounder, x: Ext, type: MemoryType): bigint {
  switch (type) {
    case 'single':
      return toFormat(rounder, SINGLE, x);
    case 'double':
      return toFormat(rounder, DOUBLE, x);
    case 'extended':
      return (BigInt((x.sign << 15) | x.exponent) << 64n) | x.mantissa;
    case 'bcd':
      return encodeDecimal(rounder, x);
    default: {
      const bits = BYTES[type] * 8;
      const value = toInteger(rounder, x, bits);
      return value === undefined ? 1n << BigInt(bits - 1) : BigInt.asUintN(bits, value);
    }
  }
}

function encodeDecimal(rounder: Rounder, x: Ext): bigint {
  const value = toInteger(rounder, x, 64);
  if (value === undefined) return BCD_INDEFINITE;
  let rest = value < 0n ? -value : value;
  if (rest > BCD_MAX) {
    rounder.flags = 1;
    rounder.isRoundedUp = false;
    return BCD_INDEFINITE;
  }
  let bits = BigInt(x.sign) << 79n;
  for (let digit = 0n; rest !== 0n; digit++) {
    bits |= (rest % 10n) << (digit * 4n);
    rest /= 10n;
  }
  return bits;
}

/** Where the operand goes; faults as a write does, before anything is stored. */
export function prepareStore(cpu: Cpu, p: number, type: MemoryType): number {
  const linear = operandAddress(cpu, p, BYTES[type], true);
  probeWrite(cpu, linear, BYTES[type]);
  return linear;
}

export function storeBits(cpu: Cpu, linear: number, type: MemoryType, bits: bigint): void {
  const bytes = BYTES[type];
  if (bytes === 2) {
    writeSize(cpu, linear, 2, Number(bits));
    return;
  }
  writeSize(cpu, linear, 4, Number(bits & 0xffffffffn) | 0);
  if (bytes === 4) return;
  writeSize(cpu, (linear + 4) | 0, 4, Number((bits >> 32n) & 0xffffffffn) | 0);
  if (bytes === 10) writeSize(cpu, (linear + 8) | 0, 2, Number(bits >> 64n));
}
