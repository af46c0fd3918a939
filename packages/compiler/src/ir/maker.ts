// Makes instructions and appends them to a block's list, folding on the way. The lowering of the tree and the simplifying
// pass both make nodes only through this class, so a rule written here holds for both.

import { foldCompare, isCommutative, simplifyBinary, simplifyUnary } from './fold.ts';
import { signedReciprocal, unsignedReciprocal } from './division.ts';
import type { IRFunction } from './function.ts';
import { Condition, Op, opEffect, PURE, swapCondition } from './ops.ts';

export class Maker {
  readonly f: IRFunction;
  /** Where instructions go. */
  code: number[] = [];
  /** Hash-consing: answers an equal, available node, or 0 after noting this one. */
  share: ((id: number) => number) | undefined;
  /** Divisions by constants become multiplications (faster, longer). */
  expandsDivision = false;

  constructor(f: IRFunction) {
    this.f = f;
  }

  /** Appends an instruction that was made, or answers the equal one there is. */
  put(id: number): number {
    if (this.share && opEffect[this.f.op[id]] === PURE && this.f.op[id] !== Op.phi) {
      const shared = this.share(id);
      if (shared) return shared;
    }
    this.code.push(id);
    return id;
  }
  emit(op: number, a = 0, b = 0, c = 0): number {
    return this.put(this.f.make(op, a, b, c));
  }
  emitList(op: number, values: number[], a = 0, b = 0): number {
    return this.put(this.f.makeList(op, values, a, b));
  }

  binary(op: number, left: number, right: number): number {
    const f = this.f;
    let a = left;
    let b = right;
    if (isCommutative(op) && f.isFloatingNode(a) && (!f.isFloatingNode(b) || f.isConst(a))) {
      if (!(f.isConst(a) && f.isConst(b))) {
        a = right;
        b = left;
      }
    }
    const simple = simplifyBinary(f, op, a, b);
    if (simple) return simple;
    if (f.isConst(b)) {
      const rewritten = this.rewriteRight(op, a, f.a[b]);
      if (rewritten) return rewritten;
    } else {
      const rewritten = this.rewriteSum(op, a, b);
      if (rewritten) return rewritten;
    }
    return this.emit(op, a, b);
  }

  /** Chains of operations with constants become one. */
  private rewriteRight(op: number, a: number, value: number): number {
    const f = this.f;
    const inner = f.op[a];
    const innerConst = f.isConst(f.b[a]) && inner !== Op.nop ? f.a[f.b[a]] : undefined;
    switch (op) {
      case Op.sub:
        return this.binary(Op.add, a, f.const(-value));
      case Op.add:
        if (inner === Op.add && innerConst !== undefined) {
          return this.binary(Op.add, f.a[a], f.const(innerConst + value));
        }
        return 0;
      case Op.and:
        if (inner === Op.and && innerConst !== undefined) {
          return this.binary(Op.and, f.a[a], f.const(innerConst & value));
        }
        if (value === 255) return this.unary(Op.zext8, a);
        if (value === 65535) return this.unary(Op.zext16, a);
        return 0;
      case Op.or:
        if (inner === Op.or && innerConst !== undefined) {
          return this.binary(Op.or, f.a[a], f.const(innerConst | value));
        }
        return 0;
      case Op.xor:
        if (inner === Op.xor && innerConst !== undefined) {
          return this.binary(Op.xor, f.a[a], f.const(innerConst ^ value));
        }
        return value === -1 ? this.unary(Op.not, a) : 0;
      default:
        return this.rewriteScale(op, a, value);
    }
  }
  private rewriteScale(op: number, a: number, value: number): number {
    const f = this.f;
    const inner = f.op[a];
    const innerConst = f.isConst(f.b[a]) ? f.a[f.b[a]] : undefined;
    const power = value > 0 && (value & (value - 1)) === 0 ? 31 - Math.clz32(value) : -1;
    switch (op) {
      case Op.mul:
        if (value === -1) return this.unary(Op.neg, a);
        if (power > 0) return this.binary(Op.shl, a, f.const(power));
        if (value === -0x80000000) return this.binary(Op.shl, a, f.const(31));
        if (inner === Op.mul && innerConst !== undefined) {
          return this.binary(Op.mul, f.a[a], f.const(Math.imul(innerConst, value)));
        }
        return 0;
      case Op.divu:
        if (value === -0x80000000) return this.binary(Op.shr, a, f.const(31));
        return power > 0 ? this.binary(Op.shr, a, f.const(power)) : this.reciprocal(op, a, value);
      case Op.remu:
        return power > 0
          ? this.binary(Op.and, a, f.const(value - 1))
          : this.reciprocal(op, a, value);
      case Op.divs:
        return power > 0 ? this.signedPower(a, power) : this.reciprocal(op, a, value);
      case Op.rems:
        return power > 0 ? this.signedRemainder(a, power) : this.reciprocal(op, a, value);
      case Op.shl:
      case Op.shr:
        if (inner === op && innerConst !== undefined && innerConst + value < 32 && value > 0) {
          return this.binary(op, f.a[a], f.const(innerConst + value));
        }
        return 0;
      default:
        return 0;
    }
  }
  /** Rounds to zero: 2^power - 1 is added to a negative dividend first. */
  private biased(a: number, power: number): number {
    const f = this.f;
    const sign = power === 1 ? a : this.binary(Op.sar, a, f.const(31));
    return this.binary(Op.add, a, this.binary(Op.shr, sign, f.const(32 - power)));
  }
  private signedPower(a: number, power: number): number {
    return this.binary(Op.sar, this.biased(a, power), this.f.const(power));
  }
  private signedRemainder(a: number, power: number): number {
    const whole = this.binary(Op.and, this.biased(a, power), this.f.const(-(1 << power)));
    return this.binary(Op.sub, a, whole);
  }
  /** A division or remainder by multiplication, or 0 where it is to stay. */
  private reciprocal(op: number, a: number, divisor: number): number {
    const f = this.f;
    const isSigned = op === Op.divs || op === Op.rems;
    const magnitude = isSigned ? Math.abs(divisor) : divisor >>> 0;
    if (!this.expandsDivision || magnitude < 3) return 0;
    // What is left of the powers of two: the smallest integer, and negated ones.
    if ((magnitude & (magnitude - 1)) === 0) return 0;
    const quotient = isSigned ? this.signedQuotient(a, divisor) : this.unsignedQuotient(a, divisor);
    if (op === Op.divs || op === Op.divu) return quotient;
    return this.binary(Op.sub, a, this.binary(Op.mul, quotient, f.const(divisor)));
  }
  private unsignedQuotient(a: number, divisor: number): number {
    const f = this.f;
    const { multiplier, shift, isWide } = unsignedReciprocal(divisor);
    const product = this.binary(Op.mulhu, a, f.const(multiplier));
    if (!isWide) return this.binary(Op.shr, product, f.const(shift));
    const half = this.binary(Op.shr, this.binary(Op.sub, a, product), f.const(1));
    return this.binary(Op.shr, this.binary(Op.add, half, product), f.const(shift - 1));
  }
  private signedQuotient(a: number, divisor: number): number {
    const f = this.f;
    const { multiplier, shift } = signedReciprocal(Math.abs(divisor));
    let quotient = this.binary(Op.mulhs, a, f.const(multiplier));
    if (multiplier < 0) quotient = this.binary(Op.add, quotient, a);
    quotient = this.binary(Op.sar, quotient, f.const(shift));
    // Rounds to zero: adds one for a negative dividend, takes one away if the divisor is negative.
    const sign = this.binary(Op.sar, a, f.const(31));
    return divisor > 0 ? this.binary(Op.sub, quotient, sign) : this.binary(Op.sub, sign, quotient);
  }
  /** (x + c) + y becomes (x + y) + c, so that the constant ends in a displacement; x + -y becomes x - y. */
  private rewriteSum(op: number, a: number, b: number): number {
    const f = this.f;
    if (op === Op.add) {
      if (f.op[b] === Op.neg) return this.binary(Op.sub, a, f.a[b]);
      if (f.op[a] === Op.add && f.isConst(f.b[a]) && !f.isFloatingNode(b)) {
        return this.binary(Op.add, this.binary(Op.add, f.a[a], b), f.b[a]);
      }
      if (f.op[b] === Op.add && f.isConst(f.b[b]) && !f.isFloatingNode(a)) {
        return this.binary(Op.add, this.binary(Op.add, a, f.a[b]), f.b[b]);
      }
    }
    if (op === Op.sub && f.isConst(a) && f.a[a] === 0) return this.unary(Op.neg, b);
    if (op === Op.or || op === Op.add || op === Op.xor)
      return this.rotation(a, b) || this.rotation(b, a);
    return 0;
  }
  /** x << n | x >> 32 - n. */
  private rotation(left: number, right: number): number {
    const f = this.f;
    if (f.op[left] !== Op.shl || f.op[right] !== Op.shr || f.a[left] !== f.a[right]) return 0;
    const [up, down] = [f.b[left], f.b[right]];
    if (!f.isConst(up) || !f.isConst(down) || f.a[up] + f.a[down] !== 32) return 0;
    return f.a[up] > 0 && f.a[down] > 0 ? this.emit(Op.rol, f.a[left], up) : 0;
  }

  unary(op: number, operand: number): number {
    const f = this.f;
    const a = operand;
    const simple = simplifyUnary(f, op, a);
    if (simple) return simple;
    const inner = f.op[a];
    const is8 = inner === Op.sext8 || inner === Op.zext8;
    const is16 = inner === Op.sext16 || inner === Op.zext16;
    if ((op === Op.sext8 || op === Op.zext8) && (is8 || is16)) return this.unary(op, f.a[a]);
    if ((op === Op.sext16 || op === Op.zext16) && is16) return this.unary(op, f.a[a]);
    if ((op === Op.zext8 || op === Op.zext16) && inner === Op.and && f.isConst(f.b[a])) {
      const mask = op === Op.zext8 ? 255 : 65535;
      const kept = f.a[f.b[a]] & mask;
      if (kept !== f.a[f.b[a]]) return this.binary(Op.and, f.a[a], f.const(kept));
    }
    if (op === Op.neg && inner === Op.sub) return this.binary(Op.sub, f.b[a], f.a[a]);
    return this.emit(op, a);
  }

  compare(condition: number, left: number, right: number): number {
    const f = this.f;
    let a = left;
    let b = right;
    let cond = condition;
    if (f.isFloatingNode(a) && (!f.isFloatingNode(b) || (f.isConst(a) && !f.isConst(b)))) {
      a = right;
      b = left;
      cond = swapCondition[cond];
    }
    if (f.isConst(b)) {
      const simple = this.compareConstant(cond, a, f.a[b]);
      if (simple) return simple;
    }
    if (a === b) return f.const(foldCompare(cond, 0, 0) ? 1 : 0);
    return this.emit(Op.cmp, a, b, cond);
  }
  private compareConstant(cond: number, a: number, value: number): number {
    const f = this.f;
    if (f.isConst(a)) return f.const(foldCompare(cond, f.a[a], value) ? 1 : 0);
    const inner = f.op[a];
    const isTruth = inner === Op.cmp || inner === Op.cmp64 || inner === Op.fcmp;
    if (value === 0 && isTruth) {
      if (cond === Condition.ne) return a;
      if (cond === Condition.eq) return this.invert(a);
    }
    if (value === 1 && isTruth) {
      if (cond === Condition.eq) return a;
      if (cond === Condition.ne) return this.invert(a);
    }
    if (value === 0) {
      if (cond === Condition.ult) return f.const(0);
      if (cond === Condition.uge) return f.const(1);
      if (inner === Op.slot) return f.const(foldCompare(cond, 1, 0) ? 1 : 0);
      if (cond === Condition.ugt) return this.compare(Condition.ne, a, f.const(0));
      if (cond === Condition.ule) return this.compare(Condition.eq, a, f.const(0));
      if (cond === Condition.eq || cond === Condition.ne) {
        if (inner === Op.sub) return this.compare(cond, f.a[a], f.b[a]);
        if (inner === Op.neg) return this.compare(cond, f.a[a], f.const(0));
      }
    }
    if (value === 1 && cond === Condition.ult) return this.compare(Condition.eq, a, f.const(0));
    if (value === 1 && cond === Condition.uge) return this.compare(Condition.ne, a, f.const(0));
    if (cond === Condition.eq || cond === Condition.ne) {
      const known = this.compareExtended(cond, a, value);
      if (known) return known;
    }
    return 0;
  }
  /** The opposite of a 0-or-1 node. */
  private invert(a: number): number {
    const f = this.f;
    if (f.op[a] === Op.cmp64) return this.emitList(Op.cmp64, [...f.list(a)], f.a[a] ^ 1);
    return this.emit(f.op[a], f.a[a], f.b[a], f.c[a] ^ 1);
  }
  private compareExtended(cond: number, a: number, value: number): number {
    const f = this.f;
    if (f.op[a] === Op.add && f.isConst(f.b[a])) {
      return this.compare(cond, f.a[a], f.const(value - f.a[f.b[a]]));
    }
    return 0;
  }

  cmp64(condition: number, a: readonly number[], b: readonly number[]): number {
    const f = this.f;
    if (f.isConst(a[0]) && f.isConst(a[1]) && f.isConst(b[0]) && f.isConst(b[1])) {
      if (condition === Condition.eq || condition === Condition.ne) {
        const same = f.a[a[0]] === f.a[b[0]] && f.a[a[1]] === f.a[b[1]];
        return f.const(same === (condition === Condition.eq) ? 1 : 0);
      }
      if (f.a[a[1]] !== f.a[b[1]]) {
        return f.const(foldCompare(condition, f.a[a[1]], f.a[b[1]]) ? 1 : 0);
      }
      const unsigned = condition >= Condition.ult ? condition : condition + 4;
      return f.const(foldCompare(unsigned, f.a[a[0]], f.a[b[0]]) ? 1 : 0);
    }
    if (condition === Condition.eq || condition === Condition.ne) {
      const low = this.binary(Op.xor, a[0], b[0]);
      const high = this.binary(Op.xor, a[1], b[1]);
      return this.compare(condition, this.binary(Op.or, low, high), f.const(0));
    }
    const isSignTest = f.isConst(b[0]) && f.isConst(b[1]) && f.a[b[0]] === 0 && f.a[b[1]] === 0;
    if (isSignTest && (condition === Condition.lt || condition === Condition.ge)) {
      return this.compare(condition, a[1], b[1]);
    }
    if (a[1] === b[1]) return this.compare(condition >= 6 ? condition : condition + 4, a[0], b[0]);
    return this.emitList(Op.cmp64, [a[0], a[1], b[0], b[1]], condition);
  }

  /** A pair operation's two halves, folded where all operands are constant. */
  pair(op: number, values: number[]): { lo: number; hi: number } {
    const f = this.f;
    if (values.every((v) => f.isConst(v))) {
      const result = foldPair(
        op,
        values.map((v) => f.a[v]),
      );
      if (result !== undefined) {
        const low = Number(BigInt.asIntN(32, result));
        const high = Number(BigInt.asIntN(32, result >> 32n));
        return { lo: f.const(low), hi: f.const(high) };
      }
    }
    const simple = this.simplePair(op, values);
    if (simple) return simple;
    const id = this.emitList(op, values);
    return { lo: this.emit(Op.lo, id), hi: this.emit(Op.hi, id) };
  }
  private isZero(id: number): boolean {
    return this.f.isConst(id) && this.f.a[id] === 0;
  }
  private simplePair(op: number, v: number[]): { lo: number; hi: number } | undefined {
    const isSum = op === Op.add64 || op === Op.sub64;
    if (isSum && this.isZero(v[2])) {
      const high = this.binary(op === Op.add64 ? Op.add : Op.sub, v[1], v[3]);
      return { lo: v[0], hi: high };
    }
    if (op === Op.add64 && this.isZero(v[0])) {
      return { lo: v[2], hi: this.binary(Op.add, v[1], v[3]) };
    }
    if (op === Op.mul64) {
      if (this.isZero(v[1]) && this.isZero(v[3])) return this.pair(Op.umul, [v[0], v[2]]);
      if (this.isSignOf(v[1], v[0]) && this.isSignOf(v[3], v[2])) {
        return this.pair(Op.smul, [v[0], v[2]]);
      }
    }
    const isShift = op === Op.shl64 || op === Op.shr64 || op === Op.sar64;
    return isShift && this.f.isConst(v[2]) ? this.constantShift(op, v) : undefined;
  }
  /** `high` is the sign word of `low`. */
  private isSignOf(high: number, low: number): boolean {
    const f = this.f;
    if (f.isConst(high) && f.isConst(low)) return f.a[high] === f.a[low] >> 31;
    return (
      f.op[high] === Op.sar && f.a[high] === low && f.isConst(f.b[high]) && f.a[f.b[high]] === 31
    );
  }
  private constantShift(op: number, v: number[]): { lo: number; hi: number } {
    const f = this.f;
    const count = f.a[v[2]] & 63;
    const [lo, hi] = v;
    if (count === 0) return { lo, hi };
    if (op === Op.shl64) {
      if (count >= 32) {
        return { lo: f.const(0), hi: this.binary(Op.shl, lo, f.const(count - 32)) };
      }
      return {
        lo: this.binary(Op.shl, lo, f.const(count)),
        hi: this.funnel(Op.shld, hi, lo, count),
      };
    }
    const right = op === Op.shr64 ? Op.shr : Op.sar;
    const fill = op === Op.shr64 ? f.const(0) : this.binary(Op.sar, hi, f.const(31));
    if (count >= 32) return { lo: this.binary(right, hi, f.const(count - 32)), hi: fill };
    return { lo: this.funnel(Op.shrd, lo, hi, count), hi: this.binary(right, hi, f.const(count)) };
  }
  /** shld a:b or shrd b:a by a constant in 1..31. */
  funnel(op: number, a: number, b: number, count: number): number {
    const f = this.f;
    const back = f.const(32 - count);
    if (op === Op.shld) {
      if (this.isZero(a)) return this.binary(Op.shr, b, back);
      if (this.isZero(b)) return this.binary(Op.shl, a, f.const(count));
    } else {
      if (this.isZero(a)) return this.binary(Op.shl, b, back);
      if (this.isZero(b)) return this.binary(Op.shr, a, f.const(count));
    }
    if (f.isConst(a) && f.isConst(b)) {
      const x = f.a[a];
      const y = f.a[b];
      return f.const(
        op === Op.shld ? (x << count) | (y >>> (32 - count)) : (x >>> count) | (y << (32 - count)),
      );
    }
    return this.emit(op, a, b, count);
  }
}

function joined(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}
/** The 64-bit result of a pair operation of constants, or undefined. */
function foldPair(op: number, v: number[]): bigint | undefined {
  const left = joined(v[0], v[1]);
  switch (op) {
    case Op.add64:
      return left + joined(v[2], v[3]);
    case Op.sub64:
      return left - joined(v[2], v[3]);
    case Op.mul64:
      return left * joined(v[2], v[3]);
    case Op.neg64:
      return -left;
    case Op.shl64:
      return left << BigInt(v[2] & 63);
    case Op.shr64:
      return BigInt.asUintN(64, left) >> BigInt(v[2] & 63);
    case Op.sar64:
      return left >> BigInt(v[2] & 63);
    case Op.umul:
      return BigInt(v[0] >>> 0) * BigInt(v[1] >>> 0);
    case Op.smul:
      return BigInt(v[0]) * BigInt(v[1]);
    default:
      return undefined;
  }
}
