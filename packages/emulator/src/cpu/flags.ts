// Lazy flags. Most results' flags are never read, so an instruction leaves only (kind, first operand, result) and
// these functions work out a flag when somebody asks. Operands of 8 and 16 bits are kept shifted up to bit 31, so that
// carry, overflow, sign and zero need not know the size; parity and auxiliary carry shift them back.
//   SUB: the second operand is a - r; ADD: r - a; LOGIC: carry and overflow clear;
//   ADC1, SBB1: as ADD and SUB, with a carry or borrow in;
//   INC, DEC: `a` is the carry before; SHIFT: `a` holds CF (bit 0), AF (bit 4) and OF (bit 11) as EFLAGS does.
// Over any kind, bits of the kind's word may say that CF or OF is known and what it is: rotates and multiplications
// change those two only, increments keep CF.

import { EFLAGS, FLAG_A, FLAG_KIND, FLAG_R } from './state-layout.ts';

export const KIND_EXPLICIT = 0;
export const KIND_SUB = 1;
export const KIND_ADD = 2;
export const KIND_LOGIC = 3;
export const KIND_INC = 4;
export const KIND_DEC = 5;
export const KIND_SHIFT = 6;
export const KIND_ADC1 = 7;
export const KIND_SBB1 = 8;

/** In the kind's word: CF is known, and is KNOWN_CF_VALUE; the same for OF. */
export const KNOWN_CF = 0x10;
export const KNOWN_CF_VALUE = 0x20;
export const KNOWN_OF = 0x40;
export const KNOWN_OF_VALUE = 0x80;
const KNOWN = 0xf0;

export const CF = 1;
export const PF = 4;
export const AF = 0x10;
export const ZF = 0x40;
export const SF = 0x80;
export const TF = 0x100;
export const IF = 0x200;
export const DF = 0x400;
export const OF = 0x800;
export const IOPL = 0x3000;
export const NT = 0x4000;
export const RF = 0x10000;
export const VM = 0x20000;
export const AC = 0x40000;
export const ID = 0x200000;

/** The six flags that arithmetic writes. */
export const ARITHMETIC = 0x8d5;

/** The carry flag, 0 or 1. `r` is the CPU's state. */
export function carry(r: Int32Array): number {
  const a = r[FLAG_A];
  const kind = r[FLAG_KIND];
  if ((kind & KNOWN_CF) !== 0) return (kind & KNOWN_CF_VALUE) === 0 ? 0 : 1;
  switch (kind & 15) {
    case KIND_EXPLICIT:
      return r[EFLAGS] & 1;
    case KIND_SUB:
      return a >>> 0 < (a - r[FLAG_R]) >>> 0 ? 1 : 0;
    case KIND_ADD:
      return r[FLAG_R] >>> 0 < a >>> 0 ? 1 : 0;
    case KIND_LOGIC:
      return 0;
    case KIND_ADC1:
      return r[FLAG_R] >>> 0 <= a >>> 0 ? 1 : 0;
    case KIND_SBB1:
      return a >>> 0 <= secondOperand(r) >>> 0 ? 1 : 0;
    default:
      return a & 1;
  }
}

/** What was added or subtracted, not counting the carry in. */
function secondOperand(r: Int32Array): number {
  const carryIn = 1 << (r[FLAG_KIND] >>> 8);
  switch (r[FLAG_KIND] & 15) {
    case KIND_SUB:
      return (r[FLAG_A] - r[FLAG_R]) | 0;
    case KIND_ADD:
      return (r[FLAG_R] - r[FLAG_A]) | 0;
    case KIND_ADC1:
      return (r[FLAG_R] - r[FLAG_A] - carryIn) | 0;
    default:
      return (r[FLAG_A] - r[FLAG_R] - carryIn) | 0;
  }
}

function overflow(r: Int32Array): number {
  const a = r[FLAG_A];
  const result = r[FLAG_R];
  const kind = r[FLAG_KIND];
  if ((kind & KNOWN_OF) !== 0) return (kind & KNOWN_OF_VALUE) === 0 ? 0 : OF;
  switch (kind & 15) {
    case KIND_EXPLICIT:
      return r[EFLAGS] & OF;
    case KIND_SUB:
    case KIND_SBB1:
      return ((a ^ secondOperand(r)) & (a ^ result)) < 0 ? OF : 0;
    case KIND_ADD:
    case KIND_ADC1:
      return ((a ^ result) & (secondOperand(r) ^ result)) < 0 ? OF : 0;
    case KIND_INC:
      return result === -0x80000000 ? OF : 0;
    case KIND_DEC:
      return result === ((0x80000000 - (1 << (r[FLAG_KIND] >>> 8))) | 0) ? OF : 0;
    case KIND_SHIFT:
      return a & OF;
    default:
      return 0;
  }
}

function auxiliary(r: Int32Array): number {
  const a = r[FLAG_A];
  const result = r[FLAG_R];
  const shift = r[FLAG_KIND] >>> 8;
  switch (r[FLAG_KIND] & 15) {
    case KIND_SUB:
    case KIND_ADD:
    case KIND_ADC1:
    case KIND_SBB1:
      return ((a ^ secondOperand(r) ^ result) >>> shift) & AF;
    case KIND_INC:
      return ((result >>> shift) & 15) === 0 ? AF : 0;
    case KIND_DEC:
      return ((result >>> shift) & 15) === 15 ? AF : 0;
    case KIND_SHIFT:
      return a & AF;
    default:
      return 0;
  }
}

/** PF for the low byte of `value`. */
export function parity(value: number): number {
  const folded = (value ^ (value >>> 4)) & 15;
  return (0x9669 >>> folded) & 1 ? PF : 0;
}

/** EFLAGS with the lazy flags computed; the state is left as it is. */
export function readFlags(r: Int32Array): number {
  const kind = r[FLAG_KIND];
  if (kind === KIND_EXPLICIT) return r[EFLAGS];
  if ((kind & 15) === KIND_EXPLICIT) return (r[EFLAGS] & ~(CF | OF)) | carry(r) | overflow(r);
  const result = r[FLAG_R];
  let flags = (r[EFLAGS] & ~ARITHMETIC) | carry(r) | overflow(r) | auxiliary(r);
  flags |= parity(result >>> (kind >>> 8));
  if (result === 0) flags |= ZF;
  if (result < 0) flags |= SF;
  return flags;
}

/** Computes the lazy flags into EFLAGS. */
export function materialize(r: Int32Array): number {
  const flags = readFlags(r);
  r[EFLAGS] = flags;
  r[FLAG_KIND] = KIND_EXPLICIT;
  return flags;
}

/** Replaces the six arithmetic flags. */
export function setArithmetic(r: Int32Array, flags: number): void {
  r[EFLAGS] = (r[EFLAGS] & ~ARITHMETIC) | (flags & ARITHMETIC);
  r[FLAG_KIND] = KIND_EXPLICIT;
}

/** Sets CF (bit 0) and OF (bit 11), leaving the other flags: rotates. */
export function setCarryOverflow(r: Int32Array, bits: number): void {
  const values = ((bits & CF) << 5) | ((bits & OF) >>> 4);
  r[FLAG_KIND] = (r[FLAG_KIND] & ~KNOWN) | KNOWN_CF | KNOWN_OF | values;
}

/** SF, ZF and PF of a result of `size` bytes. */
export function resultFlags(value: number, size: number): number {
  const top = value << (32 - size * 8);
  return parity(value) | (top === 0 ? ZF : 0) | (top < 0 ? SF : 0);
}

/** Condition 0..15 as Jcc, SETcc and CMOVcc number them. */
export function condition(r: Int32Array, code: number): boolean {
  let isTrue: boolean;
  const kind = r[FLAG_KIND] & 15;
  switch (code >> 1) {
    case 0:
      isTrue = overflow(r) !== 0;
      break;
    case 1:
      isTrue = carry(r) !== 0;
      break;
    case 2:
      isTrue = kind === KIND_EXPLICIT ? (r[EFLAGS] & ZF) !== 0 : r[FLAG_R] === 0;
      break;
    case 3:
      isTrue =
        carry(r) === 1 || (kind === KIND_EXPLICIT ? (r[EFLAGS] & ZF) !== 0 : r[FLAG_R] === 0);
      break;
    case 4:
      isTrue = kind === KIND_EXPLICIT ? (r[EFLAGS] & SF) !== 0 : r[FLAG_R] < 0;
      break;
    case 5:
      isTrue =
        kind === KIND_EXPLICIT
          ? (r[EFLAGS] & PF) !== 0
          : parity(r[FLAG_R] >>> (r[FLAG_KIND] >>> 8)) !== 0;
      break;
    default: {
      const flags = readFlags(r);
      const isLess = ((flags >>> 4) ^ flags) & SF;
      isTrue = isLess !== 0 || (code >= 14 && (flags & ZF) !== 0);
    }
  }
  return (code & 1) === 0 ? isTrue : !isTrue;
}
