// The interpreter's cases against the handlers they stand for: random instructions run once as always and once on a
// machine whose decoder knows no hot cases, in slices of random length, and must leave the same state after each.

import { expect, test } from 'vitest';
import { enablePaging, flatMachine } from '../machine/bare-machine.ts';
import type { Machine } from '../machine/machine.ts';
import { HANDLERS } from './opcodes.ts';
import { CPU_FIELDS } from './state-layout.ts';

const DATA = 0x20000;
const STACK = 0x28000;
const PROGRAM_BYTES = 160;

type Random = (below: number) => number;

function seededRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 0x100000000) * below);
  };
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random(list.length)];
}

function word(random: Random): number[] {
  const value = pick(random, [0, 1, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, 0xffffffff]);
  const chosen = random(2) === 0 ? value : random(0x100000000);
  return [0, 8, 16, 24].map((shift) => (chosen >>> shift) & 0xff);
}

/** EBX and ESI stay where they point, ESP is left to the stack instructions. */
const REGISTERS = [0, 1, 2, 7];

/** ModRM of two registers, or of memory near EBX, or near EBX + ESI * 4. */
function operand(random: Random, reg: number, kind = random(3)): number[] {
  if (kind === 0) return [0xc0 | (reg << 3) | pick(random, REGISTERS)];
  if (kind === 1) return [0x43 | (reg << 3), random(8) === 0 ? random(64) : random(16) * 4];
  return [0x44 | (reg << 3), 0xb3, random(16) * 4];
}

/** An operation on bytes, whose register must not be a part of EBX or ESI. */
function byteOperand(random: Random, reg: number): number[] {
  return operand(random, reg);
}

const BYTE_REGISTERS = [0, 1, 2, 4, 5, 6];

function byteForm(random: Random, opcode: number): number[] {
  const [first, ...rest] = byteOperand(random, pick(random, BYTE_REGISTERS));
  return [
    opcode,
    first >= 0xc0 ? 0xc0 | (first & 0x38) | pick(random, BYTE_REGISTERS) : first,
    ...rest,
  ];
}

function arithmetic(random: Random): number[] {
  const operation = random(8);
  const reg = pick(random, REGISTERS);
  switch (random(6)) {
    case 0:
      return [operation * 8 + 1, ...operand(random, reg)];
    case 1:
      return [operation * 8 + 3, ...operand(random, reg)];
    case 2:
      return byteForm(random, operation * 8 + random(2) * 2);
    case 3:
      return [0x83, ...operand(random, operation), random(256)];
    case 4:
      return [0x81, ...operand(random, operation), ...word(random)];
    default:
      return [operation * 8 + 4, random(256)];
  }
}

function shift(random: Random): number[] {
  const kind = pick(random, [0, 1, 4, 5, 7]);
  const at = [0xc0 | (kind << 3) | pick(random, REGISTERS)];
  return random(2) === 0 ? [0xc1, ...at, random(40)] : [0xd3, ...at];
}

function move(random: Random): number[] {
  const reg = pick(random, REGISTERS);
  switch (random(8)) {
    case 0:
      return [0x89, ...operand(random, reg)];
    case 1:
      return [0x8b, ...operand(random, reg)];
    case 2:
      return byteForm(random, 0x88 + random(2) * 2);
    case 3:
      return [0x0f, pick(random, [0xb6, 0xb7, 0xbe, 0xbf]), ...operand(random, reg)];
    case 4:
      return [0x8d, ...operand(random, reg, 1 + random(2))];
    case 5:
      return [0xc7, ...operand(random, 0), ...word(random)];
    case 6:
      return [0x66, 0x8b - random(2) * 2, ...operand(random, reg)];
    default:
      return [0xb8 + reg, ...word(random)];
  }
}

function other(random: Random): number[] {
  const reg = pick(random, REGISTERS);
  switch (random(12)) {
    case 0:
      return [0x40 + random(2) * 8 + reg];
    case 1:
      return [0xff, ...operand(random, random(2))];
    case 2:
      return [0xf7, ...operand(random, pick(random, [2, 3, 4, 5]))];
    case 3:
      return [0x0f, 0xaf, ...operand(random, reg)];
    case 4:
      return [0x6b, ...operand(random, reg), random(256)];
    case 5:
      return [0x50 + reg];
    case 6:
      return [0x58 + reg];
    case 7:
      return [0x0f, 0x90 + random(16), 0xc0 | pick(random, BYTE_REGISTERS)];
    case 8:
      return [pick(random, [0x99, 0x98, 0x9f, 0x9e, 0xf5, 0xf8, 0xf9, 0x90])];
    case 9:
      return [0x9c, 0x5a];
    case 10:
      if (random(2) === 0) return [0x0f, 0x40 + random(16), ...operand(random, reg, 0)];
      if (random(3) === 0)
        return [0x0f, 0xa4 + random(2) * 8, ...operand(random, reg, 0), random(40)];
      if (random(3) === 0) return [0x31, 0xd2, 0xf7, ...operand(random, 6)];
      if (random(3) === 0) return [0xba, random(256), 0, 0, 0, 0xf7, ...operand(random, 6)];
      if (random(3) === 0) return [0x99, 0xf7, ...operand(random, 7)];
      return random(2) === 0 ? [0x85, ...operand(random, reg)] : byteForm(random, 0x84);
    default:
      return [0x0f, 0xc8 + reg];
  }
}

/** A comparison and the jump behind it, over a few bytes of NOPs: what pairs are made of. */
function comparison(random: Random): number[] {
  const compare = pick(random, [
    () => [0x39, ...operand(random, pick(random, REGISTERS))],
    () => [0x3b, ...operand(random, pick(random, REGISTERS))],
    () => [0x83, ...operand(random, 7), random(256)],
    () => [0x3c, random(256)],
    () => [0x80, 0x7b, random(16) * 4, random(256)],
    () => [0x85, ...operand(random, pick(random, REGISTERS), 0)],
    () => [0x84, 0xc0],
    () => [0xa8, random(256)],
  ])();
  return [...compare, 0x70 + random(16), 2, 0x90, 0x90];
}

function program(random: Random): number[] {
  const code: number[] = [];
  while (code.length < PROGRAM_BYTES) {
    const make = pick(random, [arithmetic, arithmetic, move, shift, other, comparison, comparison]);
    code.push(...make(random));
  }
  return [...code, 0xe9, ...relative(-code.length - 5)];
}

function relative(distance: number): number[] {
  return [0, 8, 16, 24].map((shift) => (distance >>> shift) & 0xff);
}

function start(code: readonly number[], random: Random): Machine {
  const machine = flatMachine(code);
  enablePaging(machine);
  const bytes = Array.from({ length: 128 }, () => (random(4) === 0 ? 0 : random(256)));
  machine.writePhysical(DATA, new Uint8Array(bytes));
  for (const name of ['eax', 'ecx', 'edx', 'edi']) machine.setRegister(name, random(0x100000000));
  machine.setRegister('ebx', DATA);
  machine.setRegister('esi', 4);
  machine.setRegister('esp', STACK);
  machine.setRegister('ebp', STACK);
  machine.setRegister('eflags', 2 | (random(0x1000) & 0x8d5));
  return machine;
}

function state(machine: Machine): Record<string, unknown> {
  const registers = CPU_FIELDS.map(({ name }) => [name, machine.register(name)]);
  const memory = Buffer.from(machine.readPhysical(DATA, 256)).toString('hex');
  return { ...Object.fromEntries(registers), memory, clock: machine.clock };
}

/** Runs `action` while the decoder finds no hot cases; for code that has not been decoded yet. */
function withoutHotCases(action: () => void): void {
  const lists = Object.values(HANDLERS).map((info) => ({ info, hot: info.hot }));
  for (const { info } of lists) Object.assign(info, { hot: [] });
  action();
  for (const { info, hot } of lists) Object.assign(info, { hot });
}

test.each([1, 2, 3, 4])(
  'random instructions do the same with and without hot cases, seed %i',
  (seed) => {
    const random = seededRandom(seed);
    for (let round = 0; round < 16; round++) {
      const code = program(random);
      const stateSeed = random(0x100000000);
      const fast = start(code, seededRandom(stateSeed));
      const slow = start(code, seededRandom(stateSeed));
      for (let slice = 0; slice < 30; slice++) {
        const budget = 1 + random(random(4) === 0 ? 200 : 12);
        fast.run({ budget });
        withoutHotCases(() => slow.run({ budget }));
        expect(state(fast), `round ${round}, slice ${slice}`).toEqual(state(slow));
      }
    }
  },
);
