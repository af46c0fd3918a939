// Folding of pure nodes: what an operation of constants is, and the algebra that needs no more than its operands.
// All arithmetic wraps (as gcc -fwrapv); a division that would trap is left alone.

import type { IRFunction } from './function.ts';
import { Condition, Op } from './ops.ts';

/** The constant value of an operation of constants, or undefined where it is not defined. */
export function foldConstants(op: number, a: number, b: number): number | undefined {
  switch (op) {
    case Op.add:
      return (a + b) | 0;
    case Op.sub:
      return (a - b) | 0;
    case Op.mul:
      return Math.imul(a, b);
    case Op.and:
      return a & b;
    case Op.or:
      return a | b;
    case Op.xor:
      return a ^ b;
    case Op.shl:
      return a << b;
    case Op.shr:
      return (a >>> b) | 0;
    case Op.sar:
      return a >> b;
    case Op.rol:
      return (a << b) | (a >>> (32 - (b & 31)));
    case Op.neg:
      return -a | 0;
    case Op.not:
      return ~a;
    case Op.sext8:
      return (a << 24) >> 24;
    case Op.sext16:
      return (a << 16) >> 16;
    case Op.zext8:
      return a & 255;
    case Op.zext16:
      return a & 65535;
    default:
      return foldRare(op, a, b);
  }
}
function foldRare(op: number, a: number, b: number): number | undefined {
  const overflows = a === -0x80000000 && b === -1;
  switch (op) {
    case Op.divs:
      return b === 0 || overflows ? undefined : (a / b) | 0;
    case Op.rems:
      return b === 0 || overflows ? undefined : (a % b) | 0;
    case Op.divu:
      return b === 0 ? undefined : ((a >>> 0) / (b >>> 0)) | 0;
    case Op.remu:
      return b === 0 ? undefined : ((a >>> 0) % (b >>> 0)) | 0;
    case Op.mulhs:
      return Number(BigInt.asIntN(32, (BigInt(a) * BigInt(b)) >> 32n));
    case Op.mulhu:
      return Number(BigInt.asIntN(32, (BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n));
    case Op.bswap:
      return (
        ((a & 255) << 24) | ((a & 0xff00) << 8) | ((a >>> 8) & 0xff00) | ((a >>> 24) & 255) | 0
      );
    case Op.bsr:
      return a === 0 ? undefined : 31 - Math.clz32(a);
    case Op.bsf:
      return a === 0 ? undefined : 31 - Math.clz32(a & -a);
    default:
      return undefined;
  }
}

/** Whether `a condition b` holds. */
export function foldCompare(condition: number, a: number, b: number): boolean {
  switch (condition) {
    case Condition.eq:
      return a === b;
    case Condition.ne:
      return a !== b;
    case Condition.lt:
      return a < b;
    case Condition.ge:
      return a >= b;
    case Condition.gt:
      return a > b;
    case Condition.le:
      return a <= b;
    case Condition.ult:
      return a >>> 0 < b >>> 0;
    case Condition.uge:
      return a >>> 0 >= b >>> 0;
    case Condition.ugt:
      return a >>> 0 > b >>> 0;
    default:
      return a >>> 0 <= b >>> 0;
  }
}

const commutative = new Set<number>([Op.add, Op.mul, Op.and, Op.or, Op.xor, Op.mulhs, Op.mulhu]);
/** Whether the operands of `op` may change places. */
export function isCommutative(op: number): boolean {
  return commutative.has(op);
}

/**
 * What a unary or binary node is equal to without being made: an existing or floating node, or 0 for "make it".
 * `op`, `a` and `b` should have a constant on the right where the operation commutes (see `isCommutative`).
 */
export function simplifyBinary(f: IRFunction, op: number, a: number, b: number): number {
  if (f.isConst(b)) {
    if (f.isConst(a)) {
      const value = foldConstants(op, f.a[a], f.a[b]);
      if (value !== undefined) return f.const(value);
    }
    return simplifyRight(f, op, a, f.a[b]);
  }
  if (a === b) {
    if (op === Op.sub || op === Op.xor) return f.const(0);
    if (op === Op.and || op === Op.or) return a;
  }
  if (f.isConst(a) && f.a[a] === 0) {
    if (op === Op.shl || op === Op.shr || op === Op.sar) return a;
  }
  if (op === Op.sub && f.op[a] === f.op[b] && f.a[a] === f.a[b]) {
    if (f.op[a] === Op.symbol || f.op[a] === Op.slot) return f.const(f.b[a] - f.b[b]);
  }
  return 0;
}

function simplifyRight(f: IRFunction, op: number, a: number, value: number): number {
  switch (op) {
    case Op.add:
      if (value === 0) return a;
      return f.op[a] === Op.symbol || f.op[a] === Op.slot ? f.offsetNode(a, value) : 0;
    case Op.sub:
      if (value === 0) return a;
      return f.op[a] === Op.symbol || f.op[a] === Op.slot ? f.offsetNode(a, -value) : 0;
    case Op.or:
      return value === 0 ? a : value === -1 ? f.const(-1) : 0;
    case Op.xor:
    case Op.shl:
    case Op.shr:
    case Op.sar:
    case Op.rol:
      return value === 0 ? a : 0;
    case Op.and:
      if (value === -1) return a;
      return value === 0 ? f.const(0) : simplifyMask(f, a, value);
    case Op.mul:
      return value === 1 ? a : value === 0 ? f.const(0) : 0;
    case Op.divs:
    case Op.divu:
      return value === 1 ? a : 0;
    case Op.remu:
    case Op.rems:
      return value === 1 ? f.const(0) : 0;
    default:
      return 0;
  }
}

/** Bits that may be set in a value, as a mask. */
export function possibleBits(f: IRFunction, id: number): number {
  switch (f.op[id]) {
    case Op.const:
      return f.a[id];
    case Op.zext8:
      return 255;
    case Op.zext16:
      return 65535;
    case Op.cmp:
    case Op.cmp64:
    case Op.fcmp:
      return 1;
    case Op.load:
      return (f.c[id] & 15) === 1 ? 255 : (f.c[id] & 15) === 3 ? 65535 : -1;
    case Op.and:
      return f.isConst(f.b[id]) ? f.a[f.b[id]] : -1;
    case Op.shr:
      return f.isConst(f.b[id]) ? -1 >>> f.a[f.b[id]] : -1;
    default:
      return -1;
  }
}

function simplifyMask(f: IRFunction, a: number, mask: number): number {
  return (possibleBits(f, a) & ~mask) === 0 ? a : 0;
}

/** As `simplifyBinary`, for operations of one operand. */
export function simplifyUnary(f: IRFunction, op: number, a: number): number {
  if (f.isConst(a)) {
    const value = foldConstants(op, f.a[a], 0);
    if (value !== undefined) return f.const(value);
  }
  const inner = f.op[a];
  switch (op) {
    case Op.neg:
    case Op.not:
    case Op.bswap:
      return inner === op ? f.a[a] : 0;
    case Op.zext8:
      return (possibleBits(f, a) & ~255) === 0 ? a : 0;
    case Op.zext16:
      return (possibleBits(f, a) & ~65535) === 0 ? a : 0;
    case Op.sext8:
      if (inner === Op.sext8 || (inner === Op.load && (f.c[a] & 15) === 0)) return a;
      return (possibleBits(f, a) & ~127) === 0 ? a : 0;
    case Op.sext16:
      return isSigned16(f, a) ? a : 0;
    default:
      return 0;
  }
}
function isSigned16(f: IRFunction, a: number): boolean {
  const inner = f.op[a];
  if (inner === Op.sext16 || inner === Op.sext8) return true;
  if (inner === Op.load && ((f.c[a] & 15) === 0 || (f.c[a] & 15) === 2)) return true;
  return (possibleBits(f, a) & ~32767) === 0;
}
