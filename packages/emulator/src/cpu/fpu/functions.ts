// The register functions D9 E0..FF: sign, test, examine, constants, and the functions of one or two operands.

import type { Cpu } from '../cpu.ts';
import * as arithmetic from './arithmetic.ts';
import {
  DENORMAL,
  type Ext,
  INDEFINITE,
  INVALID,
  ONE,
  PRECISION,
  type Rounder,
  UNDERFLOW,
  ZERO_DIVIDE,
  classify,
  infinity,
  makeExt,
  roundResult,
  scaleOf,
  zero,
} from './ext.ts';
import * as transcendental from './transcendental.ts';
import type { Wide } from './transcendental.ts';
import * as unit from './unit.ts';

type FpuFunction = (cpu: Cpu) => void;

/** Begins a function of ST(0)..ST(count-1); false when one is empty, and the masked response is done. */
function operandsPresent(cpu: Cpu, count: number): boolean {
  unit.begin(cpu);
  for (let i = 0; i < count; i++) {
    if (unit.isEmpty(cpu, i)) {
      if (unit.stackFault(cpu, false)) unit.setSt(cpu, count - 1, INDEFINITE);
      return false;
    }
  }
  return true;
}

function replace(cpu: Cpu, result: Ext): void {
  if (unit.report(cpu)) unit.setSt(cpu, 0, result);
}

/** ST(0) = f(ST(0)). */
function unary(f: (rounder: Rounder, x: Ext) => Ext): FpuFunction {
  return (cpu) => {
    if (operandsPresent(cpu, 1)) replace(cpu, f(unit.rounder, unit.st(cpu, 0)));
  };
}

/** ST(1) = f(ST(0), ST(1)), and pop. */
function binaryPop(f: (rounder: Rounder, x: Ext, y: Ext) => Ext): FpuFunction {
  return (cpu) => {
    unit.begin(cpu);
    if (unit.isEmpty(cpu, 0) || unit.isEmpty(cpu, 1)) {
      if (!unit.stackFault(cpu, false)) return;
      unit.setSt(cpu, 1, INDEFINITE);
    } else {
      const result = f(full(unit.rounder), unit.st(cpu, 0), unit.st(cpu, 1));
      if (!unit.report(cpu)) return;
      unit.setSt(cpu, 1, result);
    }
    unit.pop(cpu);
  };
}

/** Transcendentals do not look at the precision control. */
function full(rounder: Rounder): Rounder {
  rounder.precision = 64;
  return rounder;
}

function rounded(rounder: Rounder, x: Wide): Ext {
  return roundResult(full(rounder), x.sign, x.value, x.scale);
}

function signed(sign: number | undefined): FpuFunction {
  return (cpu) => {
    if (!operandsPresent(cpu, 1)) return;
    const x = unit.st(cpu, 0);
    unit.setSt(cpu, 0, makeExt(sign ?? x.sign ^ 1, x.exponent, x.mantissa));
  };
}

const test: FpuFunction = (cpu) => {
  unit.begin(cpu);
  if (unit.isEmpty(cpu, 0)) {
    unit.stackFault(cpu, false);
    unit.setConditions(cpu, unit.C0 | unit.C2 | unit.C3);
    return;
  }
  const order = arithmetic.compare(unit.rounder, unit.st(cpu, 0), zero(0), false);
  const bits = { less: unit.C0, equal: unit.C3, greater: 0, unordered: 0x4500 }[order];
  unit.setConditions(cpu, bits);
  unit.report(cpu);
};

const CLASS_BITS = {
  unsupported: 0,
  'quiet-nan': unit.C0,
  'signaling-nan': unit.C0,
  normal: unit.C2,
  infinity: unit.C2 | unit.C0,
  zero: unit.C3,
  denormal: unit.C3 | unit.C2,
} as const;

const examine: FpuFunction = (cpu) => {
  const x = unit.st(cpu, 0);
  const bits = unit.isEmpty(cpu, 0) ? unit.C3 | unit.C0 : CLASS_BITS[classify(x)];
  unit.setConditions(cpu, bits | (x.sign === 1 ? unit.C1 : 0));
};

function load(make: (rounder: Rounder) => Ext): FpuFunction {
  return (cpu) => {
    const rounder = full(unit.begin(cpu));
    const value = make(rounder);
    rounder.flags = 0;
    rounder.isRoundedUp = false;
    unit.pushLoaded(cpu, value);
  };
}

function constant(name: Parameters<typeof transcendental.constant>[0]): FpuFunction {
  return load((rounder) => rounded(rounder, transcendental.constant(name)));
}

/** A result said to be inexact: outside a function's range its operand comes back so. */
function inexact(rounder: Rounder, x: Ext): Ext {
  rounder.flags |= x.exponent === 0 ? PRECISION | UNDERFLOW : PRECISION;
  return x;
}

function isOne(x: Ext): boolean {
  return x.exponent === ONE.exponent && x.mantissa === ONE.mantissa;
}

/** What 2^1 - 1 comes to: rounded down it is not one. */
const JUST_BELOW_ONE: Wide = { sign: 0, value: (1n << 80n) - 1n, scale: -80 };

const power: FpuFunction = unary((rounder, x) => {
  const special = arithmetic.propagateOne(rounder, x);
  if (special !== undefined) return special;
  const kind = classify(x);
  if (kind === 'zero') return x;
  if (kind === 'infinity') return x.sign === 0 ? x : makeExt(1, ONE.exponent, ONE.mantissa);
  if (isOne(x)) {
    if (x.sign === 0) return rounded(rounder, JUST_BELOW_ONE);
    return inexact(rounder, makeExt(1, ONE.exponent - 1, ONE.mantissa));
  }
  if (x.exponent >= ONE.exponent) return inexact(rounder, x);
  return rounded(rounder, transcendental.powerOfTwoMinusOne(x));
});

const logarithm = binaryPop((rounder, x, y) => {
  const special = arithmetic.propagate(rounder, x, y);
  if (special !== undefined) return special;
  const first = classify(x);
  const second = classify(y);
  if (first === 'zero') {
    if (second === 'zero') return arithmetic.invalid(rounder);
    if (second === 'infinity') return infinity(y.sign ^ 1);
    rounder.flags = (rounder.flags & ~DENORMAL) | ZERO_DIVIDE;
    return infinity(y.sign ^ 1);
  }
  if (x.sign === 1) {
    rounder.flags &= ~DENORMAL;
    return arithmetic.invalid(rounder);
  }
  if (first === 'infinity') {
    return second === 'zero' ? arithmetic.invalid(rounder) : infinity(y.sign);
  }
  if (isOne(x)) return second === 'infinity' ? arithmetic.invalid(rounder) : zero(y.sign);
  const sign = x.exponent < ONE.exponent ? y.sign ^ 1 : y.sign;
  if (second === 'infinity') return infinity(sign);
  if (second === 'zero') return zero(sign);
  return exactLogarithm(rounder, x, y) ?? rounded(rounder, transcendental.yLog2(x, y));
});

/** log2 of a power of two is an integer, and the product is exact before rounding. */
function exactLogarithm(rounder: Rounder, x: Ext, y: Ext): Ext | undefined {
  if (x.mantissa !== ONE.mantissa || x.exponent === 0) return undefined;
  const log = x.exponent - ONE.exponent;
  const sign = y.sign ^ (log < 0 ? 1 : 0);
  return roundResult(rounder, sign, y.mantissa * BigInt(Math.abs(log)), scaleOf(y));
}

const logarithmPlus1 = binaryPop((rounder, x, y) => {
  const special = arithmetic.propagate(rounder, x, y);
  if (special !== undefined) return special;
  const first = classify(x);
  const second = classify(y);
  const sign = x.sign ^ y.sign;
  if (first === 'zero') return second === 'infinity' ? arithmetic.invalid(rounder) : zero(sign);
  if (first === 'infinity') {
    if (x.sign === 0 && second !== 'zero') return infinity(sign);
    rounder.flags &= ~DENORMAL;
    return arithmetic.invalid(rounder);
  }
  if (second === 'zero') return zero(sign);
  if (second === 'infinity') return infinity(sign);
  if (x.sign === 1 && x.exponent >= ONE.exponent) return inexact(rounder, x);
  const isNearMinusOne = x.sign === 1 && x.exponent >= ONE.exponent - 1;
  if (isNearMinusOne || x.exponent >= ONE.exponent) {
    return rounded(rounder, transcendental.yLog2(plusOne(x), y));
  }
  return rounded(rounder, transcendental.yLog2Plus1(x, y));
});

/** Outside FYL2XP1's range, where its series are slow: the argument plus one, to 64 bits; near -1 exactly. */
function plusOne(x: Ext): Ext {
  const scratch = { ...unit.rounder, flags: 0, precision: 64 };
  return arithmetic.add(scratch, x, ONE);
}

const arcTangent = binaryPop((rounder, x, y) => {
  const special = arithmetic.propagate(rounder, x, y);
  if (special !== undefined) return special;
  const first = classify(x);
  const second = classify(y);
  const quarters = (count: number): Ext =>
    rounded(rounder, transcendental.quarterPi(y.sign, count));
  if (second === 'zero') return x.sign === 0 ? y : quarters(4);
  if (second === 'infinity') {
    if (first !== 'infinity') return quarters(2);
    return quarters(x.sign === 0 ? 1 : 3);
  }
  if (first === 'zero') return quarters(2);
  if (first === 'infinity') return x.sign === 0 ? zero(y.sign) : quarters(4);
  return exactQuotient(rounder, x, y) ?? rounded(rounder, transcendental.angle(y, x));
});

/** Where the angle is as good as the ratio, its rounding must not see a false tie. */
function exactQuotient(rounder: Rounder, x: Ext, y: Ext): Ext | undefined {
  if (x.sign === 1 || scaleOf(y) - scaleOf(x) > -16200) return undefined;
  return inexact(rounder, arithmetic.divide(rounder, y, x));
}

/** 2^63 and above: C2 is set and the operand stays. */
function isTooLarge(x: Ext): boolean {
  return x.exponent >= ONE.exponent + 63;
}

type Part = 'sine' | 'cosine' | 'tangent';

/** The results for one operand; undefined where it is too large. */
function trigonometry(rounder: Rounder, x: Ext, parts: readonly Part[]): Ext[] | undefined {
  const special = arithmetic.propagateOne(rounder, x);
  if (special !== undefined) return parts.map(() => special);
  const kind = classify(x);
  if (kind === 'infinity') {
    rounder.flags |= INVALID;
    return parts.map(() => INDEFINITE);
  }
  if (kind === 'zero') return parts.map((part) => (part === 'cosine' ? ONE : x));
  if (isTooLarge(x)) return undefined;
  const results = transcendental.sineCosine(x);
  return parts.map((part) => rounded(rounder, results[part]));
}

/** FSIN, FCOS: one result; FSINCOS and FPTAN push a second one. */
function trigonometric(parts: readonly Part[], pushes: 'one' | Part | undefined): FpuFunction {
  return (cpu) => {
    const rounder = unit.begin(cpu);
    unit.setC2(cpu, false);
    const isMissing = unit.isEmpty(cpu, 0);
    const isFull = pushes !== undefined && !unit.isEmpty(cpu, 7);
    if (isMissing || isFull) {
      if (!unit.stackFault(cpu, isFull && !isMissing)) return;
      unit.setSt(cpu, 0, INDEFINITE);
      if (pushes !== undefined) unit.push(cpu, INDEFINITE);
      return;
    }
    const results = trigonometry(rounder, unit.st(cpu, 0), parts);
    if (results === undefined) unit.setC2(cpu, true);
    if (results === undefined || !unit.report(cpu)) return;
    unit.setSt(cpu, 0, results[0]);
    if (pushes === undefined) return;
    const isNumber = (rounder.flags & INVALID) === 0 && classify(results[0]) !== 'quiet-nan';
    unit.push(cpu, pushes === 'one' ? (isNumber ? ONE : results[0]) : results[1]);
  };
}

function partialRemainder(isNearest: boolean): FpuFunction {
  return (cpu) => {
    unit.begin(cpu);
    unit.setC2(cpu, false);
    if (unit.isEmpty(cpu, 0) || unit.isEmpty(cpu, 1)) {
      if (unit.stackFault(cpu, false)) unit.setSt(cpu, 0, INDEFINITE);
      return;
    }
    const { rounder } = unit;
    const result = arithmetic.remainder(rounder, unit.st(cpu, 0), unit.st(cpu, 1), isNearest);
    rounder.isRoundedUp = false;
    if (!unit.report(cpu)) return;
    unit.setSt(cpu, 0, result.value);
    if (classify(result.value) === 'quiet-nan') return;
    const quotient = Number(result.quotient & 7n);
    let bits = result.isPartial ? unit.C2 : 0;
    if (!result.isPartial) {
      bits |= (quotient & 1) !== 0 ? unit.C1 : 0;
      bits |= (quotient & 2) !== 0 ? unit.C3 : 0;
      bits |= (quotient & 4) !== 0 ? unit.C0 : 0;
    }
    unit.setConditions(cpu, bits);
  };
}

const extractParts: FpuFunction = (cpu) => {
  unit.begin(cpu);
  const isMissing = unit.isEmpty(cpu, 0);
  if (isMissing || !unit.isEmpty(cpu, 7)) {
    if (!unit.stackFault(cpu, !isMissing)) return;
    unit.setSt(cpu, 0, INDEFINITE);
    unit.push(cpu, INDEFINITE);
    return;
  }
  const { exponent, significand } = arithmetic.extract(unit.rounder, unit.st(cpu, 0));
  if (!unit.report(cpu)) return;
  unit.setSt(cpu, 0, exponent);
  unit.push(cpu, significand);
};

const scale: FpuFunction = (cpu) => {
  unit.begin(cpu);
  if (unit.isEmpty(cpu, 0) || unit.isEmpty(cpu, 1)) {
    if (unit.stackFault(cpu, false)) unit.setSt(cpu, 0, INDEFINITE);
    return;
  }
  replace(cpu, arithmetic.scaleBy(unit.rounder, unit.st(cpu, 0), unit.st(cpu, 1)));
};

function turnStack(by: number): FpuFunction {
  return (cpu) => {
    unit.begin(cpu);
    unit.setTop(cpu, unit.top(cpu) + by);
  };
}

/** By ModRM & 31; undefined: not defined. */
export const FUNCTIONS: readonly (FpuFunction | undefined)[] = [
  signed(undefined),
  signed(0),
  undefined,
  undefined,
  test,
  examine,
  undefined,
  undefined,
  load(() => ONE),
  constant('log2of10'),
  constant('log2e'),
  constant('pi'),
  constant('log10of2'),
  constant('ln2'),
  load(() => zero(0)),
  undefined,
  power,
  logarithm,
  trigonometric(['tangent'], 'one'),
  arcTangent,
  extractParts,
  partialRemainder(true),
  turnStack(-1),
  turnStack(1),
  partialRemainder(false),
  logarithmPlus1,
  unary(arithmetic.squareRoot),
  trigonometric(['sine', 'cosine'], 'cosine'),
  unary(arithmetic.roundToInteger),
  scale,
  trigonometric(['sine'], undefined),
  trigonometric(['cosine'], undefined),
];
