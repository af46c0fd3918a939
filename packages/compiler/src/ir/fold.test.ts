import { describe, expect, test } from 'vitest';
import { foldCompare, foldConstants } from './fold.ts';
import { IRFunction } from './function.ts';
import { Maker } from './maker.ts';
import { Condition, Op } from './ops.ts';
import { valueText } from './print.ts';

describe('constants', () => {
  const cases: readonly (readonly [number, number, number, number | undefined])[] = [
    [Op.add, 0x7fffffff, 1, -0x80000000],
    [Op.mul, 0x10001, 0x10001, 0x20001],
    [Op.divs, -7, 2, -3],
    [Op.rems, -7, 2, -1],
    [Op.divs, 1, 0, undefined],
    [Op.divs, -0x80000000, -1, undefined],
    [Op.divu, -1, 10, 429496729],
    [Op.remu, -1, 10, 5],
    [Op.shr, -1, 28, 15],
    [Op.sar, -16, 2, -4],
    [Op.mulhu, -1, -1, -2],
    [Op.mulhs, -1, -1, 0],
    [Op.bswap, 0x01020304, 0, 0x04030201],
    [Op.bsr, 0x00800000, 0, 23],
    [Op.bsf, 0, 0, undefined],
    [Op.sext8, 0x80, 0, -128],
  ];
  test.each(cases)('operation %i of %i and %i', (op, a, b, want) => {
    expect(foldConstants(op, a, b)).toBe(want);
  });

  test('compares are signed or unsigned as the condition says', () => {
    expect(foldCompare(Condition.lt, -1, 1)).toBe(true);
    expect(foldCompare(Condition.ult, -1, 1)).toBe(false);
    expect(foldCompare(Condition.ugt, -1, 1)).toBe(true);
  });
});

describe('nodes', () => {
  function maker(): { f: IRFunction; make: Maker; x: number } {
    const f = new IRFunction('f');
    const make = new Maker(f);
    return { f, make, x: make.emit(Op.regparam, 0) };
  }

  test('additions of constants join, and subtraction is one of them', () => {
    const { f, make, x } = maker();
    const sum = make.binary(Op.sub, make.binary(Op.add, f.const(5), x), f.const(2));
    expect([f.op[sum], f.a[sum], valueText(f, f.b[sum])]).toEqual([Op.add, x, '3']);
    expect(make.binary(Op.add, sum, f.const(-3))).toBe(x);
  });

  test('an address and a constant are an address', () => {
    const { f, make } = maker();
    const at = make.binary(Op.add, f.symbol('table', 4), f.const(8));
    expect(valueText(f, at)).toBe('@table+12');
    expect(valueText(f, make.binary(Op.sub, at, f.symbol('table')))).toBe('12');
  });

  test('a mask of what is zero already is nothing', () => {
    const { f, make, x } = maker();
    const byte = make.unary(Op.zext8, x);
    expect(make.binary(Op.and, byte, f.const(0xffff))).toBe(byte);
    expect(make.unary(Op.sext16, byte)).toBe(byte);
    expect(make.unary(Op.zext8, make.unary(Op.sext8, x))).not.toBe(byte);
  });

  test('a compare with zero of a compare is the compare or its opposite', () => {
    const { f, make, x } = maker();
    const less = make.compare(Condition.lt, x, f.const(3));
    expect(make.compare(Condition.ne, less, f.const(0))).toBe(less);
    const not = make.compare(Condition.eq, less, f.const(0));
    expect([f.op[not], f.c[not]]).toEqual([Op.cmp, Condition.ge]);
  });

  test('pairs of constants fold to 64 bits', () => {
    const { f, make } = maker();
    const c = (n: number): number => f.const(n);
    const product = make.pair(Op.mul64, [c(-1), c(0), c(16), c(0)]);
    expect([f.a[product.lo], f.a[product.hi]]).toEqual([-16, 15]);
    const shifted = make.pair(Op.sar64, [c(0), c(-8), c(33)]);
    expect([f.a[shifted.lo], f.a[shifted.hi]]).toEqual([-4, -1]);
  });
});
