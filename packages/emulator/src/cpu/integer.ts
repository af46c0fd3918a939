// Integer instructions in full, for every operand size and form: what the hot switch leaves out. Flags that the manual
// calls undefined follow AMD's Zen 4 (EPYC 9004), the processor of the oracle's host: AF clear after logic operations and
// set after shifts, all but CF and OF unchanged after multiplications, AF set
// and SF ZF PF clear after divisions.

import { probeWrite, readSize, writeSize } from './access.ts';
import type { Cpu } from './cpu.ts';
import { BR, DE, raise } from './exceptions.ts';
import * as F from './flags.ts';
import * as P from './operands.ts';
import { type Handler, NEXT, W_IMM } from './record.ts';
import { EAX, EBX, ECX, EDX, EFLAGS, FLAG_A, FLAG_KIND, FLAG_R } from './state-layout.ts';

/** Computes, sets the flags, and answers the result; `a` and `b` may have bits above `size` bytes. */
export type Arithmetic = (r: Int32Array, a: number, b: number, size: number) => number;

function sum(r: Int32Array, a: number, b: number, size: number, carryIn: number): number {
  const shift = 32 - size * 8;
  const top = a << shift;
  const result = (top + (b << shift) + (carryIn << shift)) | 0;
  r[FLAG_A] = top;
  r[FLAG_R] = result;
  r[FLAG_KIND] = (carryIn === 0 ? F.KIND_ADD : F.KIND_ADC1) | (shift << 8);
  return result >> shift;
}

function difference(r: Int32Array, a: number, b: number, size: number, borrow: number): number {
  const shift = 32 - size * 8;
  const top = a << shift;
  const result = (top - (b << shift) - (borrow << shift)) | 0;
  r[FLAG_A] = top;
  r[FLAG_R] = result;
  r[FLAG_KIND] = (borrow === 0 ? F.KIND_SUB : F.KIND_SBB1) | (shift << 8);
  return result >> shift;
}

function logic(r: Int32Array, value: number, size: number): number {
  const shift = 32 - size * 8;
  r[FLAG_R] = value << shift;
  r[FLAG_KIND] = F.KIND_LOGIC | (shift << 8);
  return value;
}

export const add: Arithmetic = (r, a, b, size) => sum(r, a, b, size, 0);
export const adc: Arithmetic = (r, a, b, size) => sum(r, a, b, size, F.carry(r));
export const sub: Arithmetic = (r, a, b, size) => difference(r, a, b, size, 0);
export const sbb: Arithmetic = (r, a, b, size) => difference(r, a, b, size, F.carry(r));
export const or: Arithmetic = (r, a, b, size) => logic(r, a | b, size);
export const and: Arithmetic = (r, a, b, size) => logic(r, a & b, size);
export const xor: Arithmetic = (r, a, b, size) => logic(r, a ^ b, size);

/** r/m = r/m op reg */
export function rmReg(operation: Arithmetic): Handler {
  return (cpu, p) => {
    const size = P.operandSize(cpu, p);
    const a = P.readRmForWrite(cpu, p, size);
    P.writeRm(cpu, p, size, operation(cpu.r, a, P.readReg(cpu, p, size), size));
    return NEXT;
  };
}

/** reg = reg op r/m */
export function regRm(operation: Arithmetic): Handler {
  return (cpu, p) => {
    const size = P.operandSize(cpu, p);
    const b = P.readRm(cpu, p, size);
    P.writeReg(cpu, p, size, operation(cpu.r, P.readReg(cpu, p, size), b, size));
    return NEXT;
  };
}

/** r/m = r/m op immediate */
export function rmImm(operation: Arithmetic): Handler {
  return (cpu, p) => {
    const size = P.operandSize(cpu, p);
    const a = P.readRmForWrite(cpu, p, size);
    P.writeRm(cpu, p, size, operation(cpu.r, a, cpu.code.records[p + W_IMM], size));
    return NEXT;
  };
}

/** CMP and TEST: flags only. */
export function compareRmReg(operation: Arithmetic): Handler {
  return (cpu, p) => {
    const size = P.operandSize(cpu, p);
    operation(cpu.r, P.readRm(cpu, p, size), P.readReg(cpu, p, size), size);
    return NEXT;
  };
}

export function compareRegRm(operation: Arithmetic): Handler {
  return (cpu, p) => {
    const size = P.operandSize(cpu, p);
    const b = P.readRm(cpu, p, size);
    operation(cpu.r, P.readReg(cpu, p, size), b, size);
    return NEXT;
  };
}

export function compareRmImm(operation: Arithmetic): Handler {
  return (cpu, p) => {
    const size = P.operandSize(cpu, p);
    operation(cpu.r, P.readRm(cpu, p, size), cpu.code.records[p + W_IMM], size);
    return NEXT;
  };
}

function step(kind: number, delta: number): Handler {
  return (cpu, p) => {
    const { r } = cpu;
    const size = P.operandSize(cpu, p);
    const shift = 32 - size * 8;
    const value = P.readRmForWrite(cpu, p, size) + delta;
    r[FLAG_A] = F.carry(r);
    r[FLAG_R] = value << shift;
    r[FLAG_KIND] = kind | (shift << 8);
    P.writeRm(cpu, p, size, value);
    return NEXT;
  };
}

export const incRm: Handler = step(F.KIND_INC, 1);
export const decRm: Handler = step(F.KIND_DEC, -1);

export const notRm: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  P.writeRm(cpu, p, size, ~P.readRmForWrite(cpu, p, size));
  return NEXT;
};

export const negRm: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  const value = P.readRmForWrite(cpu, p, size);
  P.writeRm(cpu, p, size, sub(cpu.r, 0, value, size));
  return NEXT;
};

/** The high 32 bits of an unsigned product. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0;
}

/** Flags of a multiplication: CF and OF when the high half matters. */
function productFlags(cpu: Cpu, isWide: boolean): void {
  F.setCarryOverflow(cpu.r, isWide ? F.CF | F.OF : 0);
}

export const mulRm: Handler = (cpu, p) => {
  const { r, r16, r8 } = cpu;
  const size = P.operandSize(cpu, p);
  const b = P.readRm(cpu, p, size);
  if (size === 4) {
    const high = multiplyHigh(r[EAX], b);
    r[EAX] = Math.imul(r[EAX], b);
    r[EDX] = high;
    productFlags(cpu, high !== 0);
  } else if (size === 2) {
    const product = r16[EAX * 2] * b;
    r16[EAX * 2] = product;
    r16[EDX * 2] = product >>> 16;
    productFlags(cpu, product >>> 16 !== 0);
  } else {
    const product = r8[EAX] * b;
    r16[EAX * 2] = product;
    productFlags(cpu, product > 0xff);
  }
  return NEXT;
};

function signed(value: number, size: number): number {
  const shift = 32 - size * 8;
  return (value << shift) >> shift;
}

export const imulRm: Handler = (cpu, p) => {
  const { r, r16, r8 } = cpu;
  const size = P.operandSize(cpu, p);
  const b = signed(P.readRm(cpu, p, size), size);
  if (size === 4) {
    const a = r[EAX];
    const low = Math.imul(a, b);
    const high = (multiplyHigh(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;
    r[EAX] = low;
    r[EDX] = high;
    productFlags(cpu, high !== low >> 31);
  } else if (size === 2) {
    const product = signed(r16[EAX * 2], 2) * b;
    r16[EAX * 2] = product;
    r16[EDX * 2] = product >> 16;
    productFlags(cpu, product !== signed(product, 2));
  } else {
    const product = signed(r8[EAX], 1) * b;
    r16[EAX * 2] = product;
    productFlags(cpu, product !== signed(product, 1));
  }
  return NEXT;
};

function multiplySigned(cpu: Cpu, p: number, a: number, b: number, size: number): number {
  const x = signed(a, size);
  const y = signed(b, size);
  const low = Math.imul(x, y);
  productFlags(cpu, signed(low, size) !== x * y);
  P.writeReg(cpu, p, size, low);
  return NEXT;
}

export const imulRegRm: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  const b = P.readRm(cpu, p, size);
  return multiplySigned(cpu, p, P.readReg(cpu, p, size), b, size);
};

export const imulRegRmImm: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  return multiplySigned(cpu, p, P.readRm(cpu, p, size), cpu.code.records[p + W_IMM], size);
};

function divideError(cpu: Cpu): never {
  raise(cpu, DE, -1, 'division by zero, or the quotient does not fit');
}

export const divRm: Handler = (cpu, p) => {
  const { r, r16, r8 } = cpu;
  const size = P.operandSize(cpu, p);
  const divisor = P.readRm(cpu, p, size) >>> 0;
  if (divisor === 0) divideError(cpu);
  if (size === 4) {
    const dividend = (BigInt(r[EDX] >>> 0) << 32n) | BigInt(r[EAX] >>> 0);
    if (r[EDX] >>> 0 >= divisor) divideError(cpu);
    divisionFlags(r);
    r[EAX] = Number(BigInt.asIntN(32, dividend / BigInt(divisor)));
    r[EDX] = Number(BigInt.asIntN(32, dividend % BigInt(divisor)));
    return NEXT;
  }
  const dividend = size === 2 ? ((r16[EDX * 2] << 16) | r16[EAX * 2]) >>> 0 : r16[EAX * 2];
  const quotient = Math.floor(dividend / divisor);
  if (quotient > (size === 2 ? 0xffff : 0xff)) divideError(cpu);
  divisionFlags(r);
  setQuotient(r16, r8, size, quotient, dividend % divisor);
  return NEXT;
};

/** What a division leaves: AF set, SF, ZF and PF clear, CF and OF as they were. */
export function divisionFlags(r: Int32Array): void {
  const flags = F.materialize(r);
  r[EFLAGS] = (flags & ~(F.SF | F.ZF | F.PF)) | F.AF;
}

function setQuotient(
  r16: Uint16Array,
  r8: Uint8Array,
  size: number,
  quotient: number,
  remainder: number,
): void {
  if (size === 2) {
    r16[EAX * 2] = quotient;
    r16[EDX * 2] = remainder;
  } else {
    r8[EAX] = quotient;
    r8[EAX + 1] = remainder;
  }
}

export const idivRm: Handler = (cpu, p) => {
  const { r, r16, r8 } = cpu;
  const size = P.operandSize(cpu, p);
  const divisor = signed(P.readRm(cpu, p, size), size);
  if (divisor === 0) divideError(cpu);
  if (size === 4) {
    const dividend = (BigInt(r[EDX]) << 32n) | BigInt(r[EAX] >>> 0);
    const quotient = dividend / BigInt(divisor);
    if (quotient !== BigInt.asIntN(32, quotient)) divideError(cpu);
    divisionFlags(r);
    r[EAX] = Number(quotient);
    r[EDX] = Number(dividend % BigInt(divisor));
    return NEXT;
  }
  const dividend = size === 2 ? (r16[EDX * 2] << 16) | r16[EAX * 2] : signed(r16[EAX * 2], 2);
  const quotient = Math.trunc(dividend / divisor);
  if (quotient !== signed(quotient, size)) divideError(cpu);
  divisionFlags(r);
  setQuotient(r16, r8, size, quotient, dividend % divisor);
  return NEXT;
};

export const movRmReg: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  P.writeRm(cpu, p, size, P.readReg(cpu, p, size));
  return NEXT;
};

export const movRegRm: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  P.writeReg(cpu, p, size, P.readRm(cpu, p, size));
  return NEXT;
};

export const movRmImm: Handler = (cpu, p) => {
  P.writeRm(cpu, p, P.operandSize(cpu, p), cpu.code.records[p + W_IMM]);
  return NEXT;
};

/** MOVZX and MOVSX from 1 or 2 bytes. */
export function extend(isSigned: boolean): Handler {
  return (cpu, p) => {
    const size = P.operandSize(cpu, p);
    const value = P.readRm(cpu, p, size);
    const target = P.isOperand32(cpu, p) ? 4 : 2;
    P.writeReg(cpu, p, target, isSigned ? signed(value, size) : value);
    return NEXT;
  };
}

export const lea: Handler = (cpu, p) => {
  P.writeReg(cpu, p, P.operandSize(cpu, p), P.effectiveOffset(cpu, p));
  return NEXT;
};

export const xchgRmReg: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  const old = P.readRmForWrite(cpu, p, size);
  const value = P.readReg(cpu, p, size);
  P.writeRm(cpu, p, size, value);
  P.writeReg(cpu, p, size, old);
  return NEXT;
};

/** XCHG of the accumulator with the opcode's register. */
export const xchgAcc: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  const old = P.readRegister(cpu, EAX, size);
  P.writeRegister(cpu, EAX, size, P.readReg(cpu, p, size));
  P.writeReg(cpu, p, size, old);
  return NEXT;
};

export const xaddRmReg: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  const old = P.readRmForWrite(cpu, p, size);
  const total = add(cpu.r, old, P.readReg(cpu, p, size), size);
  if (P.isMemory(cpu, p)) {
    P.writeRm(cpu, p, size, total);
    P.writeReg(cpu, p, size, old);
  } else {
    P.writeReg(cpu, p, size, old);
    P.writeRm(cpu, p, size, total);
  }
  return NEXT;
};

export const cmpxchg: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  const old = P.readRmForWrite(cpu, p, size);
  const accumulator = P.readRegister(cpu, EAX, size);
  const isEqual = sub(cpu.r, accumulator, old, size) === 0;
  P.writeRm(cpu, p, size, isEqual ? P.readReg(cpu, p, size) : old);
  if (!isEqual) P.writeRegister(cpu, EAX, size, old);
  return NEXT;
};

export const cmpxchg8b: Handler = (cpu, p) => {
  const { r } = cpu;
  const linear = P.memoryAddress(cpu, p, 8, true);
  probeWrite(cpu, linear, 8);
  const low = readSize(cpu, linear, 4);
  const high = readSize(cpu, (linear + 4) | 0, 4);
  F.materialize(r);
  const isEqual = low === r[EAX] && high === r[EDX];
  writeSize(cpu, linear, 4, isEqual ? r[EBX] : low);
  writeSize(cpu, (linear + 4) | 0, 4, isEqual ? r[ECX] : high);
  if (isEqual) r[EFLAGS] |= F.ZF;
  else {
    r[EFLAGS] &= ~F.ZF;
    r[EAX] = low;
    r[EDX] = high;
  }
  return NEXT;
};

export const bswap: Handler = (cpu, p) => {
  const value = P.readReg(cpu, p, 4);
  const size = P.operandSize(cpu, p);
  const swapped =
    (value >>> 24) | ((value >>> 8) & 0xff00) | ((value << 8) & 0xff0000) | (value << 24);
  P.writeReg(cpu, p, size, size === 4 ? swapped : 0);
  return NEXT;
};

export const nop: Handler = () => NEXT;

/** CBW and CWDE. */
export const cwde: Handler = (cpu, p) => {
  if (P.isOperand32(cpu, p)) cpu.r[EAX] = (cpu.r[EAX] << 16) >> 16;
  else cpu.r16[EAX * 2] = (cpu.r8[EAX] << 24) >> 24;
  return NEXT;
};

/** CWD and CDQ. */
export const cdq: Handler = (cpu, p) => {
  if (P.isOperand32(cpu, p)) cpu.r[EDX] = cpu.r[EAX] >> 31;
  else cpu.r16[EDX * 2] = (cpu.r[EAX] << 16) >> 31;
  return NEXT;
};

export function setcc(code: number): Handler {
  return (cpu, p) => {
    P.writeRm(cpu, p, 1, F.condition(cpu.r, code) ? 1 : 0);
    return NEXT;
  };
}

/** The source is read, and may fault, whatever the condition. */
export function cmov(code: number): Handler {
  return (cpu, p) => {
    const size = P.operandSize(cpu, p);
    const value = P.readRm(cpu, p, size);
    if (F.condition(cpu.r, code)) P.writeReg(cpu, p, size, value);
    return NEXT;
  };
}

export const bound: Handler = (cpu, p) => {
  const size = P.operandSize(cpu, p);
  const offset = P.effectiveOffset(cpu, p);
  const at = (o: number): number => P.segmentAddress(cpu, P.segmentOf(cpu, p), o, size, false);
  const value = signed(P.readReg(cpu, p, size), size);
  const low = signed(readSize(cpu, at(offset), size), size);
  const high = signed(readSize(cpu, at(P.nextOffset(cpu, p, offset, size)), size), size);
  if (value < low || value > high) raise(cpu, BR, -1, 'the index is outside its bounds');
  return NEXT;
};

export const xlat: Handler = (cpu, p) => {
  const info = cpu.code.records[p + 7];
  const sumOffset = (cpu.r[EBX] + cpu.r8[EAX]) | 0;
  const offset = (info & (1 << 21)) !== 0 ? sumOffset : sumOffset & 0xffff;
  const linear = P.segmentAddress(cpu, P.segmentOf(cpu, p), offset, 1, false);
  cpu.r8[EAX] = readSize(cpu, linear, 1);
  return NEXT;
};
