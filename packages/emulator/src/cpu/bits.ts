// Shifts, rotates, double shifts, bit tests and scans, and decimal adjustments.

import { probeWrite, readSize, writeSize } from './access.ts';
import type { Cpu } from './cpu.ts';
import { DE, raise } from './exceptions.ts';
import * as F from './flags.ts';
import { add } from './integer.ts';
import * as P from './operands.ts';
import { type Handler, INFO_ADDRESS32, NEXT, W_IMM, W_INFO } from './record.ts';
import { EAX, ECX, EFLAGS, FLAG_A, FLAG_KIND, FLAG_R } from './state-layout.ts';

type Shift = (r: Int32Array, value: number, count: number, size: number) => number;

function shifted(r: Int32Array, value: number, size: number, carryOverflow: number): number {
  const up = 32 - size * 8;
  r[FLAG_A] = carryOverflow | F.AF;
  r[FLAG_R] = value << up;
  r[FLAG_KIND] = F.KIND_SHIFT | (up << 8);
  return value;
}

function carryOverflow(carry: number, isOverflow: number): number {
  return (carry & 1) | ((isOverflow & 1) << 11);
}

const shl: Shift = (r, value, count, size) => {
  const bits = size * 8;
  const result = value << count;
  const carry = count > bits ? 0 : (value >>> (bits - count)) & 1;
  return shifted(r, result, size, carryOverflow(carry, (result >>> (bits - 1)) ^ carry));
};

const shr: Shift = (r, value, count, size) => {
  const bits = size * 8;
  const top = count === 1 ? value >>> (bits - 1) : 0;
  return shifted(r, value >>> count, size, carryOverflow(value >>> (count - 1), top));
};

const sar: Shift = (r, value, count, size) => {
  const up = 32 - size * 8;
  const extended = (value << up) >> up;
  return shifted(r, extended >> count, size, carryOverflow(extended >> (count - 1), 0));
};

const rol: Shift = (r, value, count, size) => {
  const bits = size * 8;
  const by = count & (bits - 1);
  const result = by === 0 ? value : (value << by) | (value >>> (bits - by));
  F.setCarryOverflow(r, carryOverflow(result, (result >>> (bits - 1)) ^ result));
  return result;
};

const ror: Shift = (r, value, count, size) => {
  const bits = size * 8;
  const by = count & (bits - 1);
  const result = by === 0 ? value : (value >>> by) | (value << (bits - by));
  const top = result >>> (bits - 1);
  F.setCarryOverflow(r, carryOverflow(top, top ^ (result >>> (bits - 2))));
  return result;
};

/** Through carry: one bit at a time, for the count is below 32. */
const rcl: Shift = (r, value, count, size) => {
  const bits = size * 8;
  let carry = F.carry(r);
  let result = value;
  for (let i = count % (bits + 1); i > 0; i--) {
    const out = (result >>> (bits - 1)) & 1;
    result = (result << 1) | carry;
    carry = out;
  }
  F.setCarryOverflow(r, carryOverflow(carry, (result >>> (bits - 1)) ^ carry));
  return result;
};

const rcr: Shift = (r, value, count, size) => {
  const bits = size * 8;
  let carry = F.carry(r);
  let result = value;
  for (let i = count % (bits + 1); i > 0; i--) {
    const out = result & 1;
    result = (result >>> 1) | (carry << (bits - 1));
    carry = out;
  }
  const overflow = (result >>> (bits - 1)) ^ (result >>> (bits - 2));
  F.setCarryOverflow(r, carryOverflow(carry, overflow));
  return result;
};

function shiftRm(shift: Shift, cpu: Cpu, p: number, counted: number): number {
  const size = P.operandSize(cpu, p);
  const value = P.readRmForWrite(cpu, p, size);
  const count = counted & 31;
  if (count !== 0) P.writeRm(cpu, p, size, shift(cpu.r, value, count, size));
  return NEXT;
}

function byImmediate(shift: Shift): Handler {
  return (cpu, p) => shiftRm(shift, cpu, p, cpu.code.records[p + W_IMM]);
}

function byCl(shift: Shift): Handler {
  return (cpu, p) => shiftRm(shift, cpu, p, cpu.r[ECX]);
}

/** Group 2 in the order of ModRM.reg; SAL at 6 is SHL. */
export const SHIFT_NAMES: readonly string[] = [
  'rol',
  'ror',
  'rcl',
  'rcr',
  'shl',
  'shr',
  'sal',
  'sar',
];
const SHIFTS: readonly Shift[] = [rol, ror, rcl, rcr, shl, shr, shl, sar];
export const SHIFTS_BY_IMMEDIATE: readonly Handler[] = SHIFTS.map(byImmediate);
export const SHIFTS_BY_CL: readonly Handler[] = SHIFTS.map(byCl);

/** Counts above 16 with 16-bit operands are undefined; the operands are taken as one ring of 32 bits. */
function shld(r: Int32Array, a: number, b: number, count: number, size: number): number {
  const bits = size * 8;
  const wide = size === 2 ? (((a << 16) | b) << count) >>> 16 : (a << count) | (b >>> (32 - count));
  const result = size === 2 && count > 16 ? (b << (count - 16)) | (b >>> (32 - count)) : wide;
  const carry = count <= bits ? (a >>> (bits - count)) & 1 : (b >>> (2 * bits - count)) & 1;
  return shifted(r, result, size, carryOverflow(carry, (result >>> (bits - 1)) ^ carry));
}

function shrd(r: Int32Array, a: number, b: number, count: number, size: number): number {
  const bits = size * 8;
  const wide = size === 2 ? ((b << 16) | a) >>> count : (a >>> count) | (b << (32 - count));
  const result = size === 2 && count > 16 ? (b >>> (count - 16)) | (b << (32 - count)) : wide;
  const carry = count <= bits ? (a >>> (count - 1)) & 1 : (b >>> (count - bits - 1)) & 1;
  const overflow = (result >>> (bits - 1)) ^ (result >>> (bits - 2));
  return shifted(r, result, size, carryOverflow(carry, overflow));
}

type DoubleShift = typeof shld;

function doubleShift(shift: DoubleShift, cpu: Cpu, p: number, counted: number): number {
  const size = P.operandSize(cpu, p);
  const value = P.readRmForWrite(cpu, p, size);
  const count = counted & 31;
  if (count === 0) return NEXT;
  P.writeRm(cpu, p, size, shift(cpu.r, value, P.readReg(cpu, p, size), count, size));
  return NEXT;
}

export const shldImm: Handler = (cpu, p) => doubleShift(shld, cpu, p, cpu.code.records[p + W_IMM]);
export const shldCl: Handler = (cpu, p) => doubleShift(shld, cpu, p, cpu.r[ECX]);
export const shrdImm: Handler = (cpu, p) => doubleShift(shrd, cpu, p, cpu.code.records[p + W_IMM]);
export const shrdCl: Handler = (cpu, p) => doubleShift(shrd, cpu, p, cpu.r[ECX]);

type BitChange = (value: number, mask: number) => number;
const keep: BitChange = (value) => value;
const set: BitChange = (value, mask) => value | mask;
const clear: BitChange = (value, mask) => value & ~mask;
const toggle: BitChange = (value, mask) => value ^ mask;
export const BIT_NAMES: readonly string[] = ['bt', 'bts', 'btr', 'btc'];
const BIT_CHANGES: readonly BitChange[] = [keep, set, clear, toggle];

function setCarry(cpu: Cpu, bit: number): void {
  const flags = F.materialize(cpu.r);
  cpu.r[EFLAGS] = (flags & ~F.CF) | bit;
}

function changeBit(change: BitChange, cpu: Cpu, p: number, index: number): number {
  const size = P.operandSize(cpu, p);
  const bit = index & (size * 8 - 1);
  const value = change === keep ? P.readRm(cpu, p, size) : P.readRmForWrite(cpu, p, size);
  setCarry(cpu, (value >>> bit) & 1);
  if (change !== keep) P.writeRm(cpu, p, size, change(value, 1 << bit));
  return NEXT;
}

/** With a register index, memory is a bit string: the operand chosen may lie far from the address. */
function changeBitString(change: BitChange, cpu: Cpu, p: number, size: number): number {
  const index = (P.readReg(cpu, p, size) << (32 - size * 8)) >> (32 - size * 8);
  const step = (index >> (size === 4 ? 5 : 4)) * size;
  let offset = (P.effectiveOffset(cpu, p) + step) | 0;
  if ((cpu.code.records[p + W_INFO] & INFO_ADDRESS32) === 0) offset &= 0xffff;
  const isWrite = change !== keep;
  const linear = P.segmentAddress(cpu, P.segmentOf(cpu, p), offset, size, isWrite);
  if (isWrite) probeWrite(cpu, linear, size);
  const value = readSize(cpu, linear, size);
  const bit = index & (size * 8 - 1);
  setCarry(cpu, (value >>> bit) & 1);
  if (isWrite) writeSize(cpu, linear, size, change(value, 1 << bit));
  return NEXT;
}

export const BITS_BY_REG: readonly Handler[] = BIT_CHANGES.map((change): Handler => (cpu, p) => {
  const size = P.operandSize(cpu, p);
  if (P.isMemory(cpu, p)) return changeBitString(change, cpu, p, size);
  return changeBit(change, cpu, p, P.readReg(cpu, p, size));
});
export const BITS_BY_IMM: readonly Handler[] = BIT_CHANGES.map(
  (change): Handler =>
    (cpu, p) =>
      changeBit(change, cpu, p, cpu.code.records[p + W_IMM]),
);

/** BSF and BSR leave the destination when the source is zero. */
function scan(isReverse: boolean): Handler {
  return (cpu, p) => {
    const { r } = cpu;
    const size = P.operandSize(cpu, p);
    const value = P.readRm(cpu, p, size);
    if (value === 0) {
      F.setArithmetic(r, F.ZF | F.PF);
      return NEXT;
    }
    const found = isReverse ? 31 - Math.clz32(value) : 31 - Math.clz32(value & -value);
    F.setArithmetic(r, F.parity(found));
    P.writeReg(cpu, p, size, found);
    return NEXT;
  };
}

export const bsf: Handler = scan(false);
export const bsr: Handler = scan(true);

/** OF of an 8-bit addition or subtraction that gave `result`. */
function byteOverflow(old: number, change: number, result: number): number {
  const exact = ((old << 24) >> 24) + ((Math.abs(change) << 24) >> 24) * Math.sign(change);
  return exact === (result << 24) >> 24 ? 0 : F.OF;
}

/** DAA and DAS (SDM vol. 2). */
function decimal(direction: number): Handler {
  return (cpu) => {
    const { r, r8 } = cpu;
    const flags = F.materialize(r);
    const old = r8[EAX];
    let change = 0;
    let out = 0;
    if ((old & 15) > 9 || (flags & F.AF) !== 0) {
      change = 6;
      out |= F.AF;
      if (direction < 0 && old < 6) out |= F.CF;
    }
    if (old > 0x99 || (flags & F.CF) !== 0) {
      change += 0x60;
      out |= F.CF;
    }
    r8[EAX] = old + change * direction;
    out |= byteOverflow(old, change * direction, r8[EAX]) | F.resultFlags(r8[EAX], 1);
    F.setArithmetic(r, out);
    return NEXT;
  };
}

export const daa: Handler = decimal(1);
export const das: Handler = decimal(-1);

/** AAA and AAS; SF, ZF, PF and OF are those of the addition to AL before its upper half is cleared. */
function asciiAdjust(direction: number): Handler {
  return (cpu) => {
    const { r, r8, r16 } = cpu;
    const flags = F.materialize(r);
    const old = r8[EAX];
    const isAdjusted = (old & 15) > 9 || (flags & F.AF) !== 0;
    const change = isAdjusted ? 6 * direction : 0;
    const sum = (old + change) & 0xff;
    if (isAdjusted) r16[EAX * 2] += 0x106 * direction;
    r8[EAX] &= 15;
    const out = byteOverflow(old, change, sum) | F.resultFlags(sum, 1);
    F.setArithmetic(r, out | (isAdjusted ? F.CF | F.AF : 0));
    return NEXT;
  };
}

export const aaa: Handler = asciiAdjust(1);
export const aas: Handler = asciiAdjust(-1);

export const aam: Handler = (cpu, p) => {
  const base = cpu.code.records[p + W_IMM] & 0xff;
  if (base === 0) raise(cpu, DE, -1, 'AAM by zero');
  const value = cpu.r8[EAX];
  cpu.r8[EAX + 1] = Math.floor(value / base);
  cpu.r8[EAX] = value % base;
  F.setArithmetic(cpu.r, F.resultFlags(cpu.r8[EAX], 1));
  return NEXT;
};

export const aad: Handler = (cpu, p) => {
  const base = cpu.code.records[p + W_IMM] & 0xff;
  const total = add(cpu.r, cpu.r8[EAX], cpu.r8[EAX + 1] * base, 1);
  cpu.r16[EAX * 2] = total & 0xff;
  return NEXT;
};
