// Random cases for the processor oracle, the same for the same seed: one instruction each, on registers and memory that
// make carries, overflows, page ends and x87 special cases likely.

import { type Case, DATA_ADDRESS, DATA_BYTES, type Fpu } from './native.ts';

export type Random = (below: number) => number;

/** A small deterministic generator (mulberry's mixing). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random(list.length)];
}

const INTERESTING = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000];

export function randomWord(random: Random): number {
  switch (random(4)) {
    case 0:
      return pick(random, INTERESTING);
    case 1:
      return -pick(random, INTERESTING) >>> 0;
    case 2:
      return random(256);
    default:
      return (random(0x10000) * 0x10000 + random(0x10000)) >>> 0;
  }
}

/** ESP, EBX, ESI and EDI point into the data page, now and then to its end. */
export function randomRegisters(random: Random): number[] {
  const registers = Array.from({ length: 8 }, () => randomWord(random));
  for (const pointer of [3, 4, 6, 7]) {
    const offset = random(12) === 0 ? DATA_BYTES - 1 - random(8) : 512 + random(3072);
    registers[pointer] = DATA_ADDRESS + offset;
  }
  registers[4] &= ~3;
  if (random(2) === 0) registers[5] = DATA_ADDRESS + 1024 + random(2048);
  if (random(2) === 0) registers[1] = random(40);
  return registers;
}

export function randomData(random: Random): Uint8Array {
  const data = new Uint8Array(DATA_BYTES);
  const view = new DataView(data.buffer);
  for (let at = 0; at < DATA_BYTES; at += 4) view.setUint32(at, randomWord(random), true);
  return data;
}

export const CLEAN_FPU: Fpu = {
  control: 0x37f,
  status: 0,
  tag: 0xffff,
  stack: new Uint8Array(80),
};

function word32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}

/** ModRM with what follows; `reg` fixed for groups. */
export function randomModrm(random: Random, reg: number, memoryShare = 2): number[] {
  if (random(memoryShare) !== 0) return [0xc0 | (reg << 3) | random(8)];
  switch (random(4)) {
    case 0:
      return [(reg << 3) | 5, ...word32(DATA_ADDRESS + random(DATA_BYTES - 16))];
    case 1:
      return [0x40 | (reg << 3) | pick(random, [3, 6, 7]), random(256)];
    case 2:
      return [0x44 | (reg << 3), (random(4) << 6) | (1 << 3) | 3, random(128)];
    default:
      return [(reg << 3) | pick(random, [3, 6, 7])];
  }
}

/** An immediate of the operand size. */
function wordZ(random: Random, is16: boolean): number[] {
  return word32(randomWord(random)).slice(0, is16 ? 2 : 4);
}

type Kind = (random: Random, is16: boolean) => number[];

function arithmetic(random: Random, is16: boolean): number[] {
  const operation = random(8) * 8;
  const form = random(6);
  if (form < 4) return [operation + form, ...randomModrm(random, random(8))];
  if (form === 4) return [operation + 4, random(256)];
  return [operation + 5, ...wordZ(random, is16)];
}

function immediateGroup(random: Random, is16: boolean): number[] {
  const opcode = pick(random, [0x80, 0x81, 0x83]);
  const modrm = randomModrm(random, random(8));
  return [opcode, ...modrm, ...(opcode === 0x81 ? wordZ(random, is16) : [random(256)])];
}

function shift(random: Random): number[] {
  const opcode = pick(random, [0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3]);
  const modrm = randomModrm(random, random(8));
  return opcode < 0xd0 ? [opcode, ...modrm, random(40)] : [opcode, ...modrm];
}

function unary(random: Random, is16: boolean): number[] {
  const opcode = pick(random, [0xf6, 0xf7, 0xf7, 0xfe, 0xff]);
  if (opcode >= 0xfe) return [opcode, ...randomModrm(random, pick(random, [0, 1]))];
  const reg = random(8);
  const modrm = randomModrm(random, reg);
  if (reg > 1) return [opcode, ...modrm];
  return [opcode, ...modrm, ...(opcode === 0xf6 ? [random(256)] : wordZ(random, is16))];
}

const PLAIN = [
  0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0x90, 0x91, 0x93, 0x98, 0x99, 0x9c, 0x9e, 0x9f, 0xc9, 0xf5,
  0xf8, 0xf9, 0xfc, 0xfd, 0xd7, 0xf4, 0xfa, 0xfb,
];
const WITH_MODRM = [0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b];
const TWO_BYTE = [0xa3, 0xab, 0xb3, 0xbb, 0xaf, 0xb0, 0xb1, 0xb6, 0xb7, 0xbc, 0xbd, 0xbe, 0xbf];

function various(random: Random, is16: boolean): number[] {
  switch (random(9)) {
    case 0:
      return [pick(random, PLAIN)];
    case 1:
      return [pick(random, WITH_MODRM), ...randomModrm(random, random(8))];
    case 2:
      return [pick(random, [0x40, 0x48, 0x50, 0x58, 0x90]) + random(8)];
    case 3:
      return [0x6b, ...randomModrm(random, random(8)), random(256)];
    case 4:
      return [pick(random, [0xd4, 0xd5]), 1 + random(255)];
    case 5:
      return [0x8d, ...randomModrm(random, random(8), 1)];
    case 6:
      return [0xff, ...randomModrm(random, 6)];
    case 7:
      return [0x8f, ...randomModrm(random, 0)];
    default:
      return is16
        ? [0x90]
        : [pick(random, [0x70 + random(16), 0xe0, 0xe1, 0xe2, 0xe3]), 1 + random(20)];
  }
}

function twoByte(random: Random, is16: boolean): number[] {
  const reg = random(8);
  switch (random(7)) {
    case 0:
      return [0x0f, 0x40 + random(16), ...randomModrm(random, reg)];
    case 1:
      return [0x0f, 0x90 + random(16), ...randomModrm(random, reg)];
    case 2:
      return [
        0x0f,
        pick(random, [0xa4, 0xac]),
        ...randomModrm(random, reg),
        random(is16 ? 16 : 36),
      ];
    case 3:
      return [0x0f, 0xba, ...randomModrm(random, 4 + random(4)), random(256)];
    case 4:
      return [0x0f, 0xc8 + random(8)];
    case 5:
      return [0x0f, pick(random, [0xc0, 0xc1]), ...randomModrm(random, reg)];
    default:
      return [0x0f, pick(random, TWO_BYTE), ...randomModrm(random, reg)];
  }
}

function stringInstruction(random: Random): number[] {
  const opcode = pick(random, [0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf]);
  const prefix = random(3);
  return prefix === 0 ? [opcode] : [prefix === 1 ? 0xf2 : 0xf3, opcode];
}

const INTEGER_KINDS: readonly Kind[] = [
  arithmetic,
  immediateGroup,
  shift,
  unary,
  various,
  twoByte,
  stringInstruction,
];

/** Integer instructions, a quarter of them with 16-bit operands. */
export function integerCase(random: Random): Case {
  const is16 = random(4) === 0;
  const bytes = pick(random, INTEGER_KINDS)(random, is16);
  const code = is16 ? [0x66, ...bytes] : bytes;
  const flags = 0x202 | (random(0x1000) & 0x8d5) | (random(6) === 0 ? 0x400 : 0);
  return {
    code: new Uint8Array(code),
    registers: randomRegisters(random),
    eflags: flags,
    fpu: CLEAN_FPU,
    data: randomData(random),
  };
}

/** Instructions whose flags are all defined but AF: what sequences are made of. */
function definedFlags(random: Random, is16: boolean): number[] {
  const reg = random(8);
  switch (random(8)) {
    case 0:
    case 1:
      return arithmetic(random, is16);
    case 2:
      return [pick(random, [0xfe, 0xff]), ...randomModrm(random, random(2), 3)];
    case 3:
      return [pick(random, [0xd0, 0xd1]), ...randomModrm(random, reg, 3)];
    case 4:
      return [0x0f, 0x90 + random(16), 0xc0 | pick(random, [0, 1, 2, 5])];
    case 5:
      return [0x0f, 0x40 + random(16), 0xc0 | (pick(random, [0, 1, 2, 5]) << 3) | reg];
    case 6:
      return [pick(random, [0xf6, 0xf7]), 0xd8 | random(3)];
    default:
      return is16 ? [0xf5] : [0x70 + random(16), 1, 0x90];
  }
}

/** Three to six instructions, so that flags left by one kind are read and kept by another. */
export function sequenceCase(random: Random): Case {
  const code: number[] = [];
  for (let count = 3 + random(4); count > 0; count--) {
    const is16 = random(5) === 0;
    const bytes = definedFlags(random, is16);
    code.push(...(is16 ? [0x66] : []), ...bytes);
  }
  return { ...integerCase(random), code: new Uint8Array(code) };
}
