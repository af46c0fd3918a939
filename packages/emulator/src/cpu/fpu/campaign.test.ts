// What the campaign against a real processor found in the x87: condition bits that instructions leave alone, reduction of
// arguments, results outside a function's range.

import { describe, expect, test } from 'vitest';
import { flatMachine } from '../../machine/bare-machine.ts';
import type { Machine } from '../../machine/machine.ts';

const HLT = 0xf4;
const ONE = 0x3fff;
const C_BITS = 0x4700;

interface Value {
  readonly exponent: number;
  readonly high: number;
  readonly low?: number;
}

/** Runs code with ST(0), ST(1) and words of the unit set; the rest of the stack is empty. */
function run(
  code: readonly number[],
  values: readonly Value[],
  words: Readonly<Record<string, number>> = {},
): Machine {
  const machine = flatMachine([...code, HLT]);
  machine.setRegister('cr0', machine.register('cr0') | 0x20);
  machine.setRegister('fcw', 0x37f);
  machine.setRegister('fpuEmpty', (0xff << values.length) & 0xff);
  values.forEach(({ exponent, high, low = 0 }, i) => {
    machine.setRegister(`fpr${i}.exponent`, exponent);
    machine.setRegister(`fpr${i}.high`, high);
    machine.setRegister(`fpr${i}.low`, low);
  });
  for (const [name, value] of Object.entries(words)) machine.setRegister(name, value);
  expect(machine.run({ budget: 1000 })).toMatchObject({ reason: 'halted' });
  return machine;
}

function top(machine: Machine): string {
  const register = (machine.register('fsw') >>> 11) & 7;
  const part = (name: string): string => machine.register(`fpr${register}.${name}`).toString(16);
  return `${part('exponent')}:${part('high')}${part('low').padStart(8, '0')}`;
}

const one: Value = { exponent: ONE, high: 0x80000000 };
const nan: Value = { exponent: 0x7fff, high: 0xc0000001 };

describe('condition bits', () => {
  test.each([
    ['fcomi keeps C1', [0xdb, 0xf1], [one, one], 0x4700],
    ['fcmove keeps C1', [0xda, 0xc9], [one, one], 0x4700],
    ['ffree clears C1', [0xdd, 0xc1], [one, one], 0x4500],
    ['fsin clears C1 and C2', [0xd9, 0xfe], [{ exponent: 0, high: 0 }], 0x4100],
    ['fptan of an empty register clears C1 and C2', [0xd9, 0xf2], [], 0x4100],
    ['fprem of a NaN clears C1 and C2', [0xd9, 0xf8], [nan, one], 0x4100],
  ])('%s', (_, code, values, bits) => {
    expect(run(code, values, { fsw: C_BITS }).register('fsw') & C_BITS).toBe(bits);
  });
});

test('a 16-bit environment has no opcode, and loading it forgets the last one', () => {
  const multiply = [0xdc, 0xc9]; // fmul %st, %st(1)
  expect(run(multiply, [one, one]).register('fop') & 0x7ff).toBe(0x4c9);
  const load = [0x66, 0xd9, 0x25, 0x00, 0x20, 0x00, 0x00]; // fldenvs 0x2000
  expect(run([...multiply, ...load], [one, one]).register('fop')).toBe(0);
});

test('an unmasked underflow that no wrapped exponent can hold is a zero, rounded up or not', () => {
  const tiny: Value = { exponent: 0xc03e, high: 0xc8d69d76 };
  const huge: Value = { exponent: 0xc041, high: 0xb9f1d140 };
  const machine = run([0xd9, 0xfd], [tiny, huge], { fcw: 0x465 });
  expect(top(machine)).toBe('8000:000000000');
  expect(machine.register('fsw') & 0x2ff).toBe(0xb0);
});

test('a sine of 2^62 is reduced by the 66-bit pi that processors have', () => {
  expect(top(run([0xd9, 0xfe], [{ exponent: ONE + 62, high: 0x80000000 }]))).toBe(
    'bffe:b506a9dd559cf157',
  );
});

test('a logarithm near minus one ends', () => {
  const almost = { exponent: ONE - 1 + 0x8000, high: 0xffffffff, low: 0xffffffff };
  expect(top(run([0xd9, 0xf9], [almost, one]))).toBe('c005:8000000000000000');
});

test('below minus one FYL2XP1 answers its operand, said to be inexact', () => {
  const machine = run([0xd9, 0xf9], [{ exponent: ONE + 0x8001, high: 0xa0000000 }, one]);
  expect(top(machine)).toBe('c000:a000000000000000');
  expect(machine.register('fsw') & 0x3f).toBe(0x20);
});

test('2^1 - 1 rounded down is just below one', () => {
  expect(top(run([0xd9, 0xf0], [one], { fcw: 0x77f }))).toBe('3ffe:ffffffffffffffff');
});

test('FPREM of a denormal reports underflow that is not masked, with the exponent wrapped', () => {
  const machine = run([0xd9, 0xf8], [{ exponent: 0, high: 0x40000000 }, one], { fcw: 0x36f });
  expect(machine.register('fsw') & 0x9f).toBe(0x92);
  expect(top(machine)).toBe('6000:8000000000000000');
});
