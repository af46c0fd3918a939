// Our processor against the host's: tens of thousands of random instructions, integer and x87, from the same state. The
// flags that the instruction table calls undefined are masked; transcendental results may differ in the last place.

import { decode } from '@ring0/isa';
import { describe, expect, test } from 'vitest';
import {
  type Case,
  type Fpu,
  type Outcome,
  REGISTER_NAMES,
  hostProcessor,
  missingOracle,
  runNative,
} from './cpu/native.ts';
import { type Random, integerCase, seededRandom, sequenceCase } from './cpu/random.ts';
import { transcendentalCase, x87Case } from './cpu/random-x87.ts';
import { RingThree, hex } from './cpu/ring-three.ts';

const FLAG_BITS: Readonly<Record<string, number>> = {
  o: 0x800,
  s: 0x80,
  z: 0x40,
  a: 0x10,
  p: 4,
  c: 1,
};
const C1 = 0x200;

/** Flags that the row of the instruction leaves undefined. */
function undefinedFlags(code: Uint8Array): number {
  const { row } = decode(code, 0, 32, 0);
  let mask = 0;
  for (const letter of row?.flags.undefined ?? '') mask |= FLAG_BITS[letter] ?? 0;
  return mask;
}

function emptyRegisters(tag: number): number {
  let empty = 0;
  for (let i = 0; i < 8; i++) if (((tag >>> (i * 2)) & 3) === 3) empty |= 1 << i;
  return empty;
}

/** ST(i) as sign and exponent, and mantissa. */
function stackValue(fpu: Fpu, i: number): readonly [number, bigint] {
  const view = new DataView(fpu.stack.buffer, fpu.stack.byteOffset + i * 10, 10);
  return [view.getUint16(8, true), view.getBigUint64(0, true)];
}

function differs(name: string, host: number, ours: number): string[] {
  return host === ours ? [] : [`${name}: host ${host.toString(16)}, ours ${ours.toString(16)}`];
}

/** What differs; mantissas may by `tolerance` in the last place, and then C1 too. */
function compare(
  test: Case,
  host: Outcome,
  ours: Outcome,
  tolerance: bigint,
  masked: number,
): string[] {
  const flags = ~(masked | undefinedFlags(test.code));
  const status = tolerance > 0n ? ~C1 : -1;
  const found = [
    ...REGISTER_NAMES.flatMap((name, i) => differs(name, host.registers[i], ours.registers[i])),
    ...(['eip', 'vector', 'error', 'cr2'] as const).flatMap((name) =>
      differs(name, host[name], ours[name]),
    ),
    ...differs('eflags', host.eflags & flags, ours.eflags & flags),
    ...differs('fcw', host.fpu.control, ours.fpu.control),
    ...differs('fsw', host.fpu.status & status, ours.fpu.status & status),
    ...differs('empty', emptyRegisters(host.fpu.tag), emptyRegisters(ours.fpu.tag)),
  ];
  for (let i = 0; i < 8; i++) {
    const [exponent, mantissa] = stackValue(host.fpu, i);
    const [ourExponent, ourMantissa] = stackValue(ours.fpu, i);
    const distance = mantissa - ourMantissa;
    const isNear = exponent === ourExponent && distance <= tolerance && distance >= -tolerance;
    if (!isNear) {
      const text = (e: number, m: bigint): string => `${e.toString(16)}:${m.toString(16)}`;
      const values = `host ${text(exponent, mantissa)}, ours ${text(ourExponent, ourMantissa)}`;
      found.push(`st${i}: ${values}`);
    }
  }
  const at = host.data.findIndex((byte, i) => byte !== ours.data[i]);
  if (at >= 0) found.push(`data[${at}]: host ${host.data[at]}, ours ${ours.data[at]}`);
  return found;
}

function describeCase(test: Case, problems: readonly string[]): string {
  const registers = test.registers.map((value, i) => `${REGISTER_NAMES[i]}=${value.toString(16)}`);
  const fpu = `fcw=${test.fpu.control.toString(16)} fsw=${test.fpu.status.toString(16)}`;
  return `${hex(test.code)} | ${registers.join(' ')} ${fpu} | ${problems.join('; ')}`;
}

/** A fault at an address where the host's process may have its stack or libraries: that says nothing. */
function isWild({ vector, cr2 }: Outcome): boolean {
  return vector === 14 && cr2 >= 0x50000000;
}

interface Suite {
  readonly count: number;
  readonly seed: number;
  readonly make: (random: Random) => Case;
  /** Units in the last place by which x87 results may differ. */
  readonly tolerance?: bigint;
  /** Flags not compared, besides those of the first instruction's row. */
  readonly masked?: number;
}

function mismatches({ count, seed, make, tolerance = 0n, masked = 0 }: Suite): string[] {
  const random = seededRandom(seed);
  const cases = Array.from({ length: count }, () => make(random));
  const host = runNative(cases);
  const ours = new RingThree();
  let wildCount = 0;
  const found = cases.flatMap((test, i) => {
    const outcome = ours.run(test);
    if (isWild(outcome)) {
      wildCount++;
      return [];
    }
    const problems = compare(test, host[i], outcome, tolerance, masked);
    return problems.length === 0 ? [] : [describeCase(test, problems)];
  });
  expect(wildCount).toBeLessThan(count / 20);
  return found.slice(0, 10);
}

const missing = missingOracle();
if (missing !== undefined) console.log(`cpu oracle skipped: ${missing}`);

describe.skipIf(missing !== undefined)(`the processor against ${hostProcessor()}`, () => {
  for (const seed of [1, 2, 3, 4]) {
    test(`5,000 integer instructions, seed ${seed}`, { timeout: 240_000 }, () => {
      expect(mismatches({ count: 5000, seed, make: integerCase })).toEqual([]);
    });
  }
  for (const seed of [31, 32]) {
    test(`4,000 sequences of integer instructions, seed ${seed}`, { timeout: 240_000 }, () => {
      const masked = FLAG_BITS.a;
      expect(mismatches({ count: 4000, seed, make: sequenceCase, masked })).toEqual([]);
    });
  }
  for (const seed of [11, 12]) {
    test(`5,000 x87 instructions, seed ${seed}`, { timeout: 240_000 }, () => {
      expect(mismatches({ count: 5000, seed, make: x87Case })).toEqual([]);
    });
  }
  test('1,000 transcendental functions to one unit in the last place, seed 21', () => {
    const make = transcendentalCase;
    expect(mismatches({ count: 1000, seed: 21, make, tolerance: 1n })).toEqual([]);
  });
});
