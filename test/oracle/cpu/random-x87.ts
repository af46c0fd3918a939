// Random x87 cases: one instruction on a stack of special, close and ordinary values, with any rounding and precision,
// and now and then exceptions that are not masked.

import { type Case, DATA_ADDRESS, DATA_BYTES, type Fpu } from './native.ts';
import {
  type Random,
  pick,
  randomData,
  randomModrm,
  randomRegisters,
  randomWord,
} from './random.ts';

const BIAS = 16383;

/** Sign and exponent, mantissa high, mantissa low. */
type Words = readonly [number, number, number];

function randomValue(random: Random): Words {
  const sign = random(2) << 15;
  const high = 0x80000000 + (random(0x8000) << 16) + random(0x10000);
  const low = pick(random, [0, 0, randomWord(random), 0xfffff800, 0x400, 0xffffffff]);
  switch (random(14)) {
    case 0:
      return [sign, 0, 0];
    case 1:
      return [sign | 0x7fff, 0x80000000, 0];
    case 2:
      return [sign | 0x7fff, 0xc0000000 | (random(0x4000) << 8), low];
    case 3:
      return [sign | 0x7fff, 0x80000000 | (random(0x4000) << 8), low | 1];
    case 4:
      return [sign, random(0x7fffffff), low];
    case 5:
      return [sign | pick(random, [1, 2, 0x7ffe, 0x7ffd]), high >>> 0, low];
    case 6:
      return [sign | (BIAS + random(70)), high >>> 0, 0];
    case 7:
      return [
        sign | pick(random, [BIAS - 127, BIAS - 150, BIAS + 127, BIAS - 1023, BIAS + 1024]),
        high >>> 0,
        low,
      ];
    case 8:
      return [sign | random(0x8000), pick(random, [high >>> 0, high & 0x7fffffff]), low];
    case 9:
      return [sign | BIAS, 0x80000000, 0];
    default:
      return [sign | (BIAS - 6 + random(12)), high >>> 0, low];
  }
}

export function fpuWith(random: Random, value: (random: Random) => Words, control: number): Fpu {
  const stack = new Uint8Array(80);
  const view = new DataView(stack.buffer);
  const top = random(8);
  let tag = 0;
  for (let i = 0; i < 8; i++) {
    const [exponent, high, low] = value(random);
    view.setUint32(i * 10, low, true);
    view.setUint32(i * 10 + 4, high, true);
    view.setUint16(i * 10 + 8, exponent, true);
    if (random(8) === 0 || (i === 7 && random(2) === 0)) tag |= 3 << (((top + i) & 7) * 2);
  }
  return { control, status: top << 11, tag, stack };
}

/** The data page: floats, doubles and extended numbers of all classes, and integers. */
function randomNumbers(random: Random): Uint8Array {
  const data = randomData(random);
  const view = new DataView(data.buffer);
  for (let at = 0; at < DATA_BYTES; at += 16) {
    const [exponent, high, low] = randomValue(random);
    const kind = random(4);
    if (kind === 0) {
      view.setUint32(at, low, true);
      view.setUint32(at + 4, high, true);
      view.setUint16(at + 8, exponent, true);
    } else if (kind === 1) {
      const special = pick(random, [0, 0x7ff00000, 0x7ff80000, 0x7ff00001, 0x3ff00000, 0x00000001]);
      view.setUint32(at, low, true);
      view.setUint32(at + 4, (special | (random(2) << 31)) >>> 0, true);
    } else if (kind === 2) {
      const special = pick(random, [0, 0x7f800000, 0x7fc00000, 0x7f800001, 0x3f800000, 1]);
      view.setUint32(at, (special | (random(2) << 31)) >>> 0, true);
    }
  }
  return data;
}

/** Loads, arithmetic, stores; environments and FISTTP (which our processor lacks) left out. */
function memoryForm(random: Random): number[] {
  const opcode = 0xd8 + random(8);
  let regs = [0, 1, 2, 3, 4, 5, 6, 7];
  if (opcode === 0xd9) regs = [0, 2, 3, 7];
  else if (opcode === 0xdb) regs = [0, 2, 3, 5, 7];
  else if (opcode === 0xdd) regs = [0, 2, 3, 7];
  else if (opcode === 0xdf) regs = [0, 2, 3, 5, 6, 7];
  const reg = pick(random, regs);
  const at = DATA_ADDRESS + random(250) * 16;
  const bytes = [at & 0xff, (at >>> 8) & 0xff, (at >>> 16) & 0xff, at >>> 24];
  if (random(8) === 0) return [opcode, ...randomModrm(random, reg, 1)];
  return [opcode, (reg << 3) | 5, ...bytes];
}

/** FXTRACT, FPREM, FSQRT and their kin, without the transcendental functions. */
const FUNCTIONS = [
  0xe0, 0xe1, 0xe4, 0xe5, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8,
  0xfa, 0xfc, 0xfd, 0xfa, 0xf4, 0xf5, 0xf8, 0xfc, 0xfd,
];

function registerForm(random: Random): number[] {
  if (random(3) === 0) return [0xd9, pick(random, FUNCTIONS)];
  const opcode = 0xd8 + random(8);
  const modrm = 0xc0 + random(64);
  if (opcode === 0xd9 && modrm >= 0xf0) return [0xd9, 0xc0 + random(16)];
  return [opcode, modrm];
}

function randomControl(random: Random): number {
  const masks = random(6) === 0 ? random(64) : 0x3f;
  const precision = pick(random, [3, 3, 3, 0, 2]);
  const rounding = random(2) === 0 ? 0 : random(4);
  return 0x40 | masks | (precision << 8) | (rounding << 10);
}

export function x87Case(random: Random): Case {
  const code = random(2) === 0 ? memoryForm(random) : registerForm(random);
  return {
    code: new Uint8Array(code),
    registers: randomRegisters(random),
    eflags: 0x202 | (random(0x1000) & 0x8d5),
    fpu: fpuWith(random, randomValue, randomControl(random)),
    data: randomNumbers(random),
  };
}

/** FSIN, FCOS, FPTAN, FSINCOS, FPATAN, F2XM1, FYL2X, FYL2XP1 on arguments where both sides know pi well enough. */
export function transcendentalCase(random: Random): Case {
  const modrm = pick(random, [0xf0, 0xf1, 0xf2, 0xf3, 0xf9, 0xfb, 0xfe, 0xff]);
  const isSigned = modrm !== 0xf1;
  const value = (source: Random): Words => {
    const sign = isSigned ? source(2) << 15 : 0;
    const isSmall = modrm === 0xf0 || modrm === 0xf9;
    const isTrigonometric = modrm === 0xf2 || modrm >= 0xfb;
    const top = isTrigonometric ? BIAS - 9 : BIAS - 8;
    const exponent = isSmall ? BIAS - 3 - source(20) : top + source(9);
    const high = 0x80000000 + source(0x8000) * 0x10000 + source(0x10000);
    return [sign | exponent, high, randomWord(source)];
  };
  const fpu = fpuWith(random, value, 0x37f);
  return {
    code: new Uint8Array([0xd9, modrm]),
    registers: randomRegisters(random),
    eflags: 0x202,
    fpu: {
      ...fpu,
      tag: modrm === 0xf2 || modrm === 0xfb ? 3 << ((((fpu.status >>> 11) + 7) & 7) * 2) : 0,
    },
    data: new Uint8Array(DATA_BYTES),
  };
}
