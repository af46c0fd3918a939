// What instructions need so that they do something: targets for jumps, selectors to load, bounds around an index, pointers
// for strings. One entry for each mnemonic that needs more than random registers and memory.

import type { Row } from '@ring0/isa';
import { CODE_ADDRESS, CODE_BYTES } from './native.ts';
import {
  type Random,
  dataAddress,
  littleEndian,
  pick,
  randomFlags,
  randomWord,
  rarely,
} from './random.ts';
import {
  ANY_SELECTORS,
  CODE_16,
  EXECUTE_ONLY,
  FLAT_LOCAL_CODE,
  SMALL_CODE,
  USER_CODE,
  baseOf,
} from './segments.ts';

const [EAX, ECX, EDX, EBX, EBP, ESI, EDI] = [0, 1, 2, 3, 5, 6, 7];
const [ES, CS, SS, DS] = [0, 1, 2, 3];

/** A case while it is being made. */
export interface Draft {
  readonly random: Random;
  readonly row: Row;
  /** Operand size in bits. */
  readonly size: 16 | 32;
  readonly addressBits: 16 | 32;
  readonly registers: number[];
  readonly segments: number[];
  /** Number of the segment prefix's register; -1: none. */
  readonly override: number;
  /** Linear address of the memory operand; -1: none. */
  memory: number;
  /** The register in r/m; -1: none. */
  rm: number;
  /** The register field. */
  reg: number;
  readonly at: number;
  /** Sets bytes of memory; nothing where there is none. */
  put: (linear: number, bytes: readonly number[]) => void;
}

/** Linear address of the top of the stack. */
export function stackTop(draft: Draft): number {
  const { registers, segments } = draft;
  const isShort = (segments[SS] & 4) !== 0 && [5, 6].includes(segments[SS] >>> 3);
  const offset = isShort ? registers[4] & 0xffff : registers[4];
  return (baseOf(segments[SS]) + offset) >>> 0;
}

/** The linear address of a place to jump to: INT3s, now and then none at all. */
export function jumpTarget(draft: Draft): number {
  const { random, at } = draft;
  if (rarely(random, 12)) return 0x50000000 + random(0x1000);
  let target = CODE_ADDRESS + random(CODE_BYTES);
  if (target >= at - 1 && target < at + 20) target = CODE_ADDRESS + 0x100;
  return target;
}

function nearTarget(draft: Draft): number {
  return jumpTarget(draft) - baseOf(draft.segments[CS]);
}

function setOperand(draft: Draft, value: number, bytes: number): void {
  if (draft.memory >= 0) draft.put(draft.memory, littleEndian(value, bytes));
  else if (draft.rm >= 0 && bytes === 4) draft.registers[draft.rm] = value >>> 0;
  else if (draft.rm >= 0) {
    const old = draft.registers[draft.rm];
    draft.registers[draft.rm] = ((old & 0xffff0000) | (value & 0xffff)) >>> 0;
  }
}

const CODE_SELECTORS = [USER_CODE, USER_CODE, FLAT_LOCAL_CODE, SMALL_CODE, CODE_16, EXECUTE_ONLY];

/** Selector and offset of somewhere; one time in eight not code at all. */
export function farTarget(draft: Draft): { selector: number; offset: number } {
  const { random } = draft;
  const selector = pick(random, rarely(random, 8) ? ANY_SELECTORS : CODE_SELECTORS);
  return { selector, offset: (jumpTarget(draft) - baseOf(selector)) >>> 0 };
}

function farPointer(draft: Draft): number[] {
  const { selector, offset } = farTarget(draft);
  return [...littleEndian(offset, draft.size / 8), ...littleEndian(selector, 2)];
}

function onStack(draft: Draft, values: readonly number[]): void {
  const bytes = draft.size / 8;
  draft.put(
    stackTop(draft),
    values.flatMap((value) => littleEndian(value, bytes)),
  );
}

function indirect(draft: Draft): void {
  const isFar = draft.row.operands.some(({ memory }) => memory === '16:v');
  if (isFar) draft.put(draft.memory, farPointer(draft));
  else if (draft.row.attributes.has('indirect')) {
    setOperand(draft, nearTarget(draft), draft.size / 8);
  }
}

function farReturn(draft: Draft): void {
  const { selector, offset } = farTarget(draft);
  onStack(draft, [offset, selector | (draft.random(2) * 0x12340000)]);
}

function interruptReturn(draft: Draft): void {
  const { selector, offset } = farTarget(draft);
  const { random } = draft;
  const flags = rarely(random, 3) ? randomWord(random) : randomFlags(random);
  onStack(draft, [offset, selector, flags]);
}

function selectorOperand(draft: Draft): void {
  setOperand(draft, pick(draft.random, ANY_SELECTORS), 2);
}

function loadPointer(draft: Draft): void {
  const { random, size } = draft;
  const selector = pick(random, ANY_SELECTORS);
  draft.put(draft.memory, [
    ...littleEndian(randomWord(random), size / 8),
    selector & 0xff,
    selector >>> 8,
  ]);
}

function moveSegment(draft: Draft): void {
  if (draft.row.operands[0].kind === 'sreg') selectorOperand(draft);
}

function popValue(draft: Draft): void {
  if (draft.row.operands[0]?.kind !== 'fixed') return;
  onStack(draft, [pick(draft.random, ANY_SELECTORS) | (draft.random(2) * 0x43210000)]);
}

function boundaries(draft: Draft): void {
  const { random, size } = draft;
  if (rarely(random, 4)) return;
  const value = draft.registers[draft.reg];
  const low = value - random(4) + (rarely(random, 4) ? 2 : 0);
  const high = value + random(4) - (rarely(random, 4) ? 2 : 0);
  draft.put(draft.memory, [...littleEndian(low, size / 8), ...littleEndian(high, size / 8)]);
}

function dividend(draft: Draft): void {
  const { random, registers } = draft;
  if (rarely(random, 4)) return;
  if (draft.row.operands[0].size === 'b') registers[EAX] = randomWord(random) & ~0xff00;
  else registers[EDX] = rarely(random, 2) ? random(64) : -random(3) >>> 0;
  if (draft.rm === EDX || draft.rm === EAX) return;
  if (rarely(random, 2)) setOperand(draft, randomWord(random), draft.size / 8);
}

function comparand(draft: Draft): void {
  if (rarely(draft.random, 2) || draft.row.operands[0].size === 'b') return;
  setOperand(draft, draft.registers[EAX], draft.size / 8);
}

function comparand8(draft: Draft): void {
  const { registers } = draft;
  if (rarely(draft.random, 2)) return;
  draft.put(draft.memory, [...littleEndian(registers[EAX], 4), ...littleEndian(registers[EDX], 4)]);
}

function bitOffset(draft: Draft): void {
  if (draft.row.operands[1].kind !== 'reg' || rarely(draft.random, 16)) return;
  if (draft.memory >= 0) draft.registers[draft.reg] = (draft.random(0x4000) - 0x2000) >>> 0;
}

function count(draft: Draft): void {
  const { random, registers } = draft;
  if (!rarely(random, 3)) registers[ECX] = ((registers[ECX] & 0xffffff00) | random(40)) >>> 0;
}

function loopCount(draft: Draft): void {
  const { random, registers } = draft;
  registers[ECX] = pick(random, [0, 1, 2, 3, 0x10000, 0x10001, 0xffff0001, registers[ECX]]);
}

function flagsOnStack(draft: Draft): void {
  const { random } = draft;
  onStack(draft, [rarely(random, 2) ? randomWord(random) : randomFlags(random)]);
}

function setPointer(draft: Draft, register: number, segment: number, linear: number): void {
  const { registers, segments, addressBits, random } = draft;
  const offset = (linear - baseOf(segments[segment])) >>> 0;
  const high = addressBits === 16 ? (randomWord(random) & 0xffff0000) >>> 0 : 0;
  registers[register] = addressBits === 16 ? (high | (offset & 0xffff)) >>> 0 : offset;
}

function strings(draft: Draft): void {
  const { random, registers } = draft;
  const segment = draft.override >= 0 ? draft.override : DS;
  const source = dataAddress(random, 8);
  setPointer(draft, ESI, segment, segment === CS ? CODE_ADDRESS + random(CODE_BYTES) : source);
  const isNear = rarely(random, 2);
  setPointer(draft, EDI, ES, isNear ? source + random(40) - 20 : dataAddress(random, 8));
  const few = rarely(random, 12) ? 0x400 + random(0x4000) : random(40);
  registers[ECX] = draft.addressBits === 16 ? (random(0x10000) << 16) | few : few;
  registers[ECX] >>>= 0;
}

function translateTable(draft: Draft): void {
  const { random, registers } = draft;
  const segment = draft.override >= 0 ? draft.override : DS;
  setPointer(draft, EBX, segment, dataAddress(random, 1) - (registers[EAX] & 0xff));
}

function frame(draft: Draft): void {
  const { random, segments, registers } = draft;
  registers[EBP] = (dataAddress(random, 4) - baseOf(segments[SS])) >>> 0;
}

const PREPARATIONS: Readonly<Record<string, (draft: Draft) => void>> = {
  jmp: indirect,
  call: indirect,
  ret: (draft) => onStack(draft, [nearTarget(draft)]),
  retf: farReturn,
  iret: interruptReturn,
  lds: loadPointer,
  les: loadPointer,
  lss: loadPointer,
  lfs: loadPointer,
  lgs: loadPointer,
  mov: moveSegment,
  pop: popValue,
  lar: selectorOperand,
  lsl: selectorOperand,
  verr: selectorOperand,
  verw: selectorOperand,
  bound: boundaries,
  div: dividend,
  idiv: dividend,
  cmpxchg: comparand,
  cmpxchg8b: comparand8,
  popf: flagsOnStack,
  xlat: translateTable,
  enter: frame,
  leave: frame,
};
const SHARED: readonly (readonly [string, (draft: Draft) => void])[] = [
  ['bt bts btr btc', bitOffset],
  ['rol ror rcl rcr shl shr sar shld shrd', count],
  ['loop loope loopne jcxz jecxz', loopCount],
  ['movs cmps scas stos lods ins outs', strings],
];
const BY_NAME = new Map(Object.entries(PREPARATIONS));
for (const [names, run] of SHARED) for (const name of names.split(' ')) BY_NAME.set(name, run);

/** To be called with the operand chosen and before the bytes of its address are: these set registers last. */
export function prepare(draft: Draft): void {
  BY_NAME.get(draft.row.mnemonic)?.(draft);
}
