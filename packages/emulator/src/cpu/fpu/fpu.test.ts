import { describe, expect, test } from 'vitest';
import { flatMachine, setGate, testDevice, words } from '../../machine/bare-machine.ts';
import type { Machine } from '../../machine/machine.ts';
import { DOUBLE, Rounder, SINGLE, bitLength, fromFormat, fromInteger, toFormat } from './ext.ts';

const HLT = 0xf4;
const INIT = [0xdb, 0xe3]; // fninit

function st0(machine: Machine): string {
  const register = (machine.register('fsw') >>> 11) & 7;
  const part = (name: string, digits: number): string =>
    machine.register(`fpr${register}.${name}`).toString(16).padStart(digits, '0');
  return `${part('exponent', 4)}:${part('high', 8)}${part('low', 8)}`;
}

function run(code: readonly number[]): Machine {
  const machine = flatMachine([...INIT, ...code, HLT]);
  expect(machine.run().reason).toBe('halted');
  return machine;
}

test('bitLength is right at powers of two and beyond what a float holds', () => {
  for (const bits of [1, 2, 52, 53, 54, 64, 65, 128, 1023, 1024, 1025, 5000]) {
    const power = 1n << BigInt(bits - 1);
    expect(bitLength(power), `2^${bits - 1}`).toBe(bits);
    expect(bitLength(power * 2n - 1n), `2^${bits}-1`).toBe(bits);
  }
  expect(bitLength(0n)).toBe(0);
});

test('floats and doubles survive the way through 80 bits', () => {
  const rounder = new Rounder();
  const view = new DataView(new ArrayBuffer(8));
  const numbers = [0, -0, 1, -1.5, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1];
  for (const number of numbers) {
    view.setFloat64(0, number);
    const bits = view.getBigUint64(0);
    expect(toFormat(rounder, DOUBLE, fromFormat(rounder, DOUBLE, bits))).toBe(bits);
    view.setFloat32(0, number);
    const single = BigInt(view.getUint32(0));
    expect(toFormat(rounder, SINGLE, fromFormat(rounder, SINGLE, single))).toBe(single);
  }
  expect(toFormat(rounder, DOUBLE, fromInteger(-(1n << 62n)))).toBe(0xc3d0000000000000n);
});

describe('constants follow the rounding control', () => {
  const load = (mode: number, opcode: number): string =>
    st0(
      run([
        0x66,
        0xc7,
        0x05,
        0,
        0x80,
        0,
        0,
        0x7f,
        3 | (mode << 2),
        0xd9,
        0x2d,
        0,
        0x80,
        0,
        0,
        0xd9,
        opcode,
      ]),
    );
  test.each([
    ['pi', 0xeb, '4000:c90fdaa22168c235', '4000:c90fdaa22168c234'],
    ['log2(10)', 0xe9, '4000:d49a784bcd1b8afe', '4000:d49a784bcd1b8afe'],
    ['log2(e)', 0xea, '3fff:b8aa3b295c17f0bc', '3fff:b8aa3b295c17f0bb'],
    ['log10(2)', 0xec, '3ffd:9a209a84fbcff799', '3ffd:9a209a84fbcff798'],
    ['ln(2)', 0xed, '3ffe:b17217f7d1cf79ac', '3ffe:b17217f7d1cf79ab'],
  ])('%s', (_, opcode, nearest, down) => {
    expect(load(0, opcode)).toBe(nearest);
    expect(load(1, opcode)).toBe(down);
  });
});

/** fldcw with all exceptions but the zero divide masked; fld1; fldz; fdivrp. */
const DIVIDE_BY_ZERO = [
  ...[0x66, 0xc7, 0x05, 0, 0x80, 0, 0, 0x7b, 0x03, 0xd9, 0x2d, 0, 0x80, 0, 0],
  ...[0xd9, 0xe8, 0xd9, 0xee, 0xd8, 0xf9],
];

test('an unmasked exception waits for the next x87 instruction: #MF with CR0.NE', () => {
  const machine = flatMachine([...INIT, ...DIVIDE_BY_ZERO, 0x90, 0xd9, 0xe8, HLT]);
  setGate(machine, 16, 0x18000);
  machine.writePhysical(0x18000, new Uint8Array([HLT]));
  machine.setRegister('cr0', 0x31);
  machine.run();
  const [eip] = new Uint32Array(machine.readPhysical(machine.register('esp'), 4).buffer);
  expect(eip).toBe(0x10000 + INIT.length + DIVIDE_BY_ZERO.length + 1);
  expect(machine.register('fsw') & 0x80ff).toBe(0x8084);
});

test('with CR0.NE clear it raises IRQ 13, which port 0xF0 lowers', () => {
  const lines: number[][] = [];
  const code = [...INIT, ...DIVIDE_BY_ZERO, 0x30, 0xc0, 0xe6, 0xf0, HLT]; // xor %al,%al; out %al,$0xf0
  const machine = flatMachine(code, {
    devices: () => ({
      all: [testDevice('none', {})].slice(1),
      interrupts: {
        setLine: (line, level) => void lines.push([line, level]),
        acknowledge: () => 0,
      },
    }),
  });
  machine.setRegister('cr0', 0x11);
  machine.run();
  expect(lines).toEqual([
    [13, 1],
    [13, 0],
  ]);
});

test('FNSAVE and FRSTOR carry everything; FNSAVE leaves an initialised unit', () => {
  const address = [...words([0x8000])];
  const save = [0xdd, 0x35, ...address];
  const before = run([0xd9, 0xeb, 0xd9, 0xe8, 0xd9, 0xee]); // fldpi; fld1; fldz
  const saved = run([0xd9, 0xeb, 0xd9, 0xe8, 0xd9, 0xee, ...save]);
  expect(saved.register('fpuEmpty')).toBe(0xff);
  const image = [...new Uint32Array(saved.readPhysical(0x8000, 12).buffer)];
  expect(image.map((word) => word & 0xffff)).toEqual([0x37f, 0x2800, 0x07ff]);
  const restored = run([0xd9, 0xeb, 0xd9, 0xe8, 0xd9, 0xee, ...save, 0xdd, 0x25, ...address]);
  for (const name of ['fcw', 'fsw', 'fpuEmpty', 'fpr5.high', 'fpr7.low', 'fpr7.exponent']) {
    expect(restored.register(name), name).toBe(before.register(name));
  }
});

test('#NM while CR0.TS or CR0.EM is set', () => {
  const machine = flatMachine([0xd9, 0xe8, HLT]);
  setGate(machine, 7, 0x18000);
  machine.writePhysical(0x18000, new Uint8Array([HLT]));
  machine.setRegister('cr0', 0x39);
  machine.run();
  expect(machine.register('eip')).toBe(0x18001);
});
