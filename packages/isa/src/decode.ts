// From bytes to an instruction. The opcode maps (opcode-map.ts) list the rows that an opcode may
// begin, and prefixes and the bytes that follow choose among them (SDM vol. 2, chapter 2 and
// appendix A). 64-bit code is left out, and EVEX.

import type { Decoded, DecodedOperand, Mode, Register } from './model.ts';
import { candidatesOf, prefixedMap } from './opcode-map.ts';
import type { Candidate, Step } from './opcode-map.ts';
import {
  generalLong,
  generalWord,
  noIndex,
  noRegister,
  segmentRegisters,
  xmmRegisters,
  ymmRegisters,
} from './registers.ts';
import type { Row } from './row.ts';
import { allRows } from './table.ts';

/** A decoded instruction of the table. */
export interface DecodedInstruction extends Decoded<Row> {
  /** VEX and XOP: the L and W bits; -1 where there is no such prefix. */
  readonly vexLength: number;
  readonly vexW: number;
  /** Without a row: the prefix that a listing does not show; -1: it shows none. */
  readonly hiddenPrefix?: number | undefined;
  /** The sizes that hold without prefixes. */
  readonly defaultOperandSize: 16 | 32;
  readonly defaultAddressSize: 16 | 32;
}

/** Sizes other than the mode's where no prefix says them (objdump -M data16,addr16). */
export interface DefaultSizes {
  readonly operandSize?: 16 | 32 | undefined;
  readonly addressSize?: 16 | 32 | undefined;
}

const wait = 0x9b;

/** The rows that begin with a wait, by the row that the rest of their bytes is. */
function waitingRows(): Map<Row, Row> {
  const map = new Map<Row, Row>();
  const rest = (row: Row) => `${row.encoding.opcode.join()} ${row.encoding.modrm}`;
  const plain = new Map<string, Row>();
  for (const row of allRows()) if (row.encoding.prefix === 0) plain.set(rest(row), row);
  for (const row of allRows()) {
    const same = row.encoding.prefix === wait ? plain.get(rest(row)) : undefined;
    if (same) map.set(same, row);
  }
  return map;
}

let joined: Map<Row, Row> | undefined;

/** 1: a prefix of another kind, 2 to 7: a segment. */
const prefixKind = new Uint8Array(256);
for (const byte of [0x66, 0x67, 0xf0, 0xf2, 0xf3]) prefixKind[byte] = 1;
[0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65].forEach((byte, index) => {
  prefixKind[byte] = 2 + index;
});
/** The processor refuses longer instructions (SDM vol. 3, 6.15, #GP). */
const lengthMax = 15;

/** Bytes with a position; past the end it yields zeros and remembers. */
class State {
  readonly bytes: Uint8Array;
  readonly mode: 16 | 32;
  readonly start: number;
  at: number;
  isOverrun = false;
  readonly prefixes: number[] = [];
  segment: Register | undefined = undefined;
  operandSize: 16 | 32;
  addressSize: 16 | 32;
  readonly defaultOperandSize: 16 | 32;
  readonly defaultAddressSize: 16 | 32;
  /** F3 or F2, the last of them, or else 66 or 0: what selects among rows. */
  selector = 0;
  /** The number of prefixes before a joined wait; -1: there is none. */
  beforeWait = -1;
  opcode = 0;
  modrm = 0;
  vvvv = 0;
  vexLength = -1;
  vexW = -1;
  is4 = -1;

  constructor(bytes: Uint8Array, at: number, mode: 16 | 32, sizes: DefaultSizes) {
    this.bytes = bytes;
    this.at = at;
    this.start = at;
    this.mode = mode;
    this.operandSize = sizes.operandSize ?? mode;
    this.addressSize = sizes.addressSize ?? mode;
    this.defaultOperandSize = this.operandSize;
    this.defaultAddressSize = this.addressSize;
  }

  byte(): number {
    if (this.at >= this.bytes.length) {
      this.isOverrun = true;
      return 0;
    }
    return this.bytes[this.at++];
  }

  unsigned(size: number): number {
    let value = this.byte();
    if (size === 1) return value;
    value += this.byte() << 8;
    if (size === 2) return value;
    value += this.byte() << 16;
    return value + this.byte() * 0x1000000;
  }

  signed(size: number): number {
    const value = this.unsigned(size);
    return size === 4 ? value | 0 : size === 2 ? (value << 16) >> 16 : (value << 24) >> 24;
  }
}

function readPrefixes(state: State, joinsWait: boolean): void {
  const { bytes, start, prefixes } = state;
  const otherOperand = state.operandSize === 16 ? 32 : 16;
  const otherAddress = state.addressSize === 16 ? 32 : 16;
  let hasOperandSize = false;
  for (;;) {
    const next = state.at < bytes.length ? bytes[state.at] : 0x90;
    if (joinsWait && next === wait) {
      const isFirst = state.at === start;
      state.beforeWait = prefixes.length;
      state.at++;
      if (isFirst) continue;
      break;
    }
    const kind = prefixKind[next];
    if (kind === 0 || state.at - start >= lengthMax) break;
    state.at++;
    prefixes.push(next);
    if (kind > 1) state.segment = segmentRegisters[kind - 2];
    else if (next === 0x66) {
      state.operandSize = otherOperand;
      hasOperandSize = true;
    } else if (next === 0x67) state.addressSize = otherAddress;
    else if (next !== 0xf0) state.selector = next;
  }
  if (state.selector === 0 && hasOperandSize) state.selector = 0x66;
}

/** Base and index numbers of 16-bit r/m; -1: none. */
const shortBases = [3, 3, 5, 5, 6, 7, 5, 3];
const shortIndexes = [6, 7, 6, 7, -1, -1, -1, -1];

type Memory = Extract<DecodedOperand, { kind: 'memory' }>;

function shortAddress(state: State, size: number): Memory {
  const mod = state.modrm >> 6;
  const rm = state.modrm & 7;
  const isDirect = mod === 0 && rm === 6;
  const displacementSize = isDirect ? 2 : mod;
  return {
    kind: 'memory',
    segment: state.segment,
    base: isDirect ? undefined : generalWord[shortBases[rm]],
    index: shortIndexes[rm] < 0 ? undefined : generalWord[shortIndexes[rm]],
    scale: 1,
    displacement: displacementSize === 0 ? 0n : BigInt(state.signed(displacementSize)),
    displacementSize,
    size,
  };
}

function longAddress(state: State, size: number, indexes: readonly Register[] | undefined): Memory {
  const mod = state.modrm >> 6;
  let baseNumber = state.modrm & 7;
  let index: Register | undefined;
  let scale = 1;
  if (baseNumber === 4) {
    const sib = state.byte();
    baseNumber = sib & 7;
    scale = 1 << (sib >> 6);
    const number = (sib >> 3) & 7;
    if (indexes) index = indexes[number];
    else if (number !== 4) index = generalLong[number];
    else if (baseNumber !== 4 || scale !== 1) index = noIndex;
  }
  const isDirect = mod === 0 && baseNumber === 5;
  // Only 32-bit code tells a direct address with a SIB byte from one without.
  if (isDirect && index === noIndex && scale === 1 && state.mode === 16) index = undefined;
  const displacementSize = isDirect || mod === 2 ? 4 : mod;
  return {
    kind: 'memory',
    segment: state.segment,
    base: isDirect ? undefined : generalLong[baseNumber],
    index,
    scale,
    displacement: displacementSize === 0 ? 0n : BigInt(state.signed(displacementSize)),
    displacementSize,
    size,
  };
}

function address(state: State, candidate: Candidate | undefined): Memory {
  let size = 0;
  let indexes: readonly Register[] | undefined;
  if (candidate) {
    const { row, steps } = candidate;
    for (let i = 0; i < steps.length; i++) {
      if (steps[i].action !== 'rm') continue;
      size = state.operandSize === 16 ? steps[i].shortBytes : steps[i].longBytes;
      const bank = row.operands[i].indexes;
      if (bank) indexes = bank === 'xmm' ? xmmRegisters : ymmRegisters;
    }
  }
  return state.addressSize === 16 ? shortAddress(state, size) : longAddress(state, size, indexes);
}

/** The address of a string instruction, or of xlat: one register, no bytes of its own. */
function implied(state: State, number: number, size: number, isFixed: boolean): Memory {
  return {
    kind: 'memory',
    segment: isFixed ? segmentRegisters[0] : state.segment,
    base: (state.addressSize === 16 ? generalWord : generalLong)[number],
    index: undefined,
    scale: 1,
    displacement: 0n,
    displacementSize: 0,
    size,
  };
}

function target(state: State, size: number, at: number): DecodedOperand {
  const distance = state.signed(size);
  const end = at + (state.at - state.start);
  const next = end + distance;
  // Listings show a byte's jump uncut, and a 16-bit one in the 64 KiB of its instruction where 16
  // bits are the mode's.
  if (size !== 2) return { kind: 'target', address: BigInt(next >>> 0) };
  const page = state.mode === 16 ? (end & ~0xffff) >>> 0 : 0;
  return { kind: 'target', address: BigInt(page + (next & 0xffff)) };
}

function operandOf(
  state: State,
  step: Step,
  place: Memory | undefined,
  at: number,
): DecodedOperand {
  const isShort = (step.isPointer ? state.addressSize : state.operandSize) === 16;
  const registers = isShort ? step.short : step.long;
  const bytes = isShort ? step.shortBytes : step.longBytes;
  switch (step.action) {
    case 'rm':
      if (place) return place;
      return { kind: 'register', register: registers[state.modrm & 7] ?? noRegister };
    case 'reg':
      return { kind: 'register', register: registers[(state.modrm >> 3) & 7] ?? noRegister };
    case 'vvvv':
      return { kind: 'register', register: registers[state.vvvv & 7] };
    case 'is4':
      state.is4 = state.byte();
      return { kind: 'register', register: registers[(state.is4 >> 4) & 7] };
    case 'opcode':
      return { kind: 'register', register: registers[state.opcode & 7] };
    case 'fixed':
    case 'accumulator':
      return { kind: 'register', register: registers[0] };
    case 'constant':
      return { kind: 'immediate', value: BigInt(step.value), size: 0 };
    case 'signed':
      return { kind: 'immediate', value: BigInt(state.signed(step.value)), size: bytes };
    case 'unsigned':
      return { kind: 'immediate', value: BigInt(state.unsigned(bytes)), size: bytes };
    case 'operandSized': {
      const size = isShort ? 2 : 4;
      return { kind: 'immediate', value: BigInt(state.signed(size)), size };
    }
    case 'nibble':
      return { kind: 'immediate', value: BigInt(state.is4 & 15), size: 1 };
    case 'relative':
      return target(state, bytes, at);
    case 'far': {
      const offset = BigInt(state.unsigned(isShort ? 2 : 4));
      return { kind: 'far', offset, selector: state.unsigned(2) };
    }
    case 'moffs': {
      const displacementSize = state.addressSize / 8;
      const displacement = BigInt(state.signed(displacementSize));
      const none = { base: undefined, index: undefined, scale: 1 };
      const { segment } = state;
      return { kind: 'memory', segment, ...none, displacement, displacementSize, size: bytes };
    }
    case 'source':
      return implied(state, 6, bytes, false);
    case 'destination':
      return implied(state, 7, bytes, true);
    case 'table':
      return implied(state, 3, bytes, false);
  }
}

const badOperand: DecodedOperand = { kind: 'register', register: noRegister };

function fits(candidate: Candidate, state: State): boolean {
  const { prefix, rest, modrm, form } = candidate;
  if (state.vexLength >= 0) {
    if (candidate.vexPrefix !== state.selector) return false;
    if (candidate.vexLength >= 0 && candidate.vexLength !== state.vexLength) return false;
    if (candidate.vexW >= 0 && candidate.vexW !== state.vexW) return false;
    if (!candidate.usesV && state.vvvv !== 0) return false;
  } else {
    if (prefix !== 0 && prefix !== state.selector) return false;
    if (candidate.isAlone && state.selector !== 0) return false;
    if (candidate.hasNoRepeat && state.selector >= 0xf2) return false;
    if (candidate.isPlain && state.operandSize !== state.defaultOperandSize) return false;
    if (candidate.operandSize !== 0 && candidate.operandSize !== state.operandSize) return false;
    if (candidate.addressSize !== 0 && candidate.addressSize !== state.addressSize) return false;
  }
  const { bytes, at } = state;
  for (let i = 0; i < rest.length; i++) {
    const mask = i === rest.length - 1 ? candidate.restMask : 0xff;
    if ((bytes[at + i] & mask) !== rest[i]) return false;
  }
  if (modrm < 0) return true;
  const next = bytes[at + rest.length] ?? 0;
  if (modrm < 8 && ((next >> 3) & 7) !== modrm) return false;
  return next < 0xc0 ? form !== 2 : form !== 1;
}

function find(cell: readonly Candidate[], state: State): Candidate | undefined {
  for (let i = 0; i < cell.length; i++) if (fits(cell[i], state)) return cell[i];
  return undefined;
}

function needsMore({ rest, modrm }: Candidate): boolean {
  return rest.length > 0 || modrm >= 0;
}

const vexPrefixes = [0, 0x66, 0xf3, 0xf2];

/** Reads the VEX or XOP prefix that C4, C5 or 8F begins here; the map (-1: unknown), or nothing. */
function readVex(state: State, first: number): number | undefined {
  const { bytes, at } = state;
  const second = bytes[at] ?? 0;
  const isXop = first === 0x8f;
  if (isXop ? (second & 0x1f) < 8 : second < 0xc0) return undefined;
  if (first !== 0xc4 && first !== 0xc5 && !isXop) return undefined;
  state.at++;
  let map = 1;
  let last = second;
  if (first !== 0xc5) {
    map = second & 0x1f;
    last = state.byte();
  }
  state.vexW = first === 0xc5 ? 0 : last >> 7;
  state.vvvv = 15 - ((last >> 3) & 15);
  state.vexLength = (last >> 2) & 1;
  state.selector = vexPrefixes[last & 3];
  return prefixedMap(isXop, map);
}

/** The map of the opcode; state.opcode is set, and the position behind it. */
function readOpcode(state: State): number {
  const first = state.byte();
  state.opcode = first;
  if (first === 0x0f) {
    state.opcode = state.byte();
    if (state.opcode !== 0x38 && state.opcode !== 0x3a) return 1;
    const map = state.opcode === 0x38 ? 2 : 3;
    state.opcode = state.byte();
    return map;
  }
  if (first !== 0xc4 && first !== 0xc5 && first !== 0x8f) return 0;
  const map = readVex(state, first);
  if (map === undefined) return 0;
  state.opcode = state.byte();
  return map;
}

interface Bad {
  readonly defaultOperandSize: 16 | 32;
  readonly defaultAddressSize: 16 | 32;
  readonly row: undefined;
  readonly mode: Mode;
  readonly prefixes: readonly number[];
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  readonly operands: readonly DecodedOperand[];
  readonly vexLength: number;
  readonly vexW: number;
}

function badOf(state: State, mode: Mode): Bad {
  const { prefixes, operandSize, addressSize } = state;
  const { defaultOperandSize, defaultAddressSize } = state;
  const defaults = { defaultOperandSize, defaultAddressSize };
  const common = { ...defaults, prefixes, operandSize, addressSize, vexLength: -1, vexW: -1 };
  return { row: undefined, mode, ...common, operands: [] };
}

/**
 * The prefix that listings leave out before an opcode that has no meaning with it: where F2 or F3
 * select among instructions that one, where 66 alone does or none may stand there, all (-1).
 */
function hiddenBy(cell: readonly Candidate[], state: State): number | undefined {
  const next = state.bytes[state.at] ?? 0;
  const group = cell.filter(
    ({ modrm, rest }) =>
      (modrm < 0 || modrm > 7 || modrm === ((next >> 3) & 7)) &&
      (rest.length === 0 || ((rest[0] >> 3) & 7) === ((next >> 3) & 7)),
  );
  if (group.some(({ prefix }) => prefix >= 0xf2)) return state.selector;
  return group.some(({ prefix, isAlone }) => prefix !== 0 || isAlone) ? -1 : undefined;
}

/**
 * An opcode that takes only a register or only memory and has the other: listings show the operand
 * as (bad) and go on behind the first byte of the opcode.
 */
function otherForm(cell: readonly Candidate[], state: State): Candidate | undefined {
  const { bytes, at } = state;
  const isMemory = (bytes[at] ?? 0) < 0xc0;
  return cell.find(
    (candidate) =>
      candidate.form === (isMemory ? 2 : 1) &&
      candidate.rest.length === 0 &&
      fits({ ...candidate, form: 0 }, state),
  );
}

/** A gathering instruction whose address has no SIB byte. */
function lacksIndex({ row, form }: Candidate, { bytes, at, addressSize }: State): boolean {
  if (form !== 1 || !row.attributes.has('distinct')) return false;
  return addressSize === 16 || (bytes[at] & 7) !== 4;
}

/** Nothing known: how long it is taken for. */
function unknown(
  state: State,
  map: number,
  opcodeAt: number,
  cell: readonly Candidate[],
  bad: Bad,
): DecodedInstruction {
  const { bytes, start } = state;
  if (state.at >= bytes.length && cell.some(needsMore)) {
    return { ...bad, length: bytes.length - start, isTruncated: true };
  }
  if (state.vexLength >= 0) return { ...bad, hiddenPrefix: -1, length: state.at - start };
  const hiddenPrefix = hiddenBy(cell, state);
  const isX87 = map === 0 && state.opcode >= 0xd8 && state.opcode <= 0xdf;
  if (!isX87)
    return { ...bad, hiddenPrefix, length: opcodeAt - start + (map === 0 ? 1 : map === 1 ? 2 : 3) };
  // x87 opcodes without a meaning have their ModRM byte and address all the same.
  state.modrm = state.byte();
  if (state.modrm >= 0xc0) return { ...bad, length: state.at - start };
  const place = address(state, undefined);
  if (state.isOverrun) return { ...bad, length: state.at - start, isTruncated: true };
  return { ...bad, operands: [place], length: state.at - start };
}

/** The row of a wait alone. */
function waitAlone(state: State, bad: Bad): DecodedInstruction {
  const prefixes = state.prefixes.slice(0, state.beforeWait);
  const [candidate] = candidatesOf(0, wait);
  return { ...bad, row: candidate.row, prefixes, length: prefixes.length + 1 };
}

/** The instruction of a candidate; `badAt` is where reading goes on if its r/m operand is bad. */
function known(
  state: State,
  candidate: Candidate,
  badAt: number,
  at: bigint | number,
  mode: Mode,
): DecodedInstruction {
  const { rest, steps } = candidate;
  const { bytes, start } = state;
  for (let i = 0; i < rest.length; i++) state.opcode = state.byte();
  let place: Memory | undefined;
  if (candidate.modrm >= 0) {
    state.modrm = state.byte();
    if (state.modrm < 0xc0 && candidate.takesAddress && badAt < 0) {
      place = address(state, candidate);
    }
  }
  const base = typeof at === 'number' ? at : Number(BigInt.asUintN(53, at));
  const operands: DecodedOperand[] = [];
  for (let i = 0; i < steps.length; i++) {
    const isBad = badAt >= 0 && steps[i].action === 'rm';
    if (isBad) state.at = badAt;
    operands.push(isBad ? badOperand : operandOf(state, steps[i], place, base));
  }
  const length = state.at - start;
  if (state.isOverrun) {
    return { ...badOf(state, mode), length: bytes.length - start, isTruncated: true };
  }
  if (length > lengthMax) return { ...badOf(state, mode), length: lengthMax };
  let { row } = candidate;
  if (candidate.bySuffix) {
    const last = operands[operands.length - 1];
    const named = candidate.bySuffix.get(last.kind === 'immediate' ? Number(last.value) : -1);
    if (!named && candidate.needsSuffix) return { ...badOf(state, mode), length };
    if (named) {
      operands.pop();
      ({ row } = named);
    }
  }
  if (state.beforeWait >= 0) {
    joined ??= waitingRows();
    row = joined.get(row) ?? row;
  }
  const { prefixes, operandSize, addressSize, vexLength, vexW } = state;
  const { defaultOperandSize, defaultAddressSize } = state;
  return {
    row,
    length,
    mode,
    prefixes,
    operandSize,
    addressSize,
    operands,
    vexLength,
    vexW,
    defaultOperandSize,
    defaultAddressSize,
  };
}

/**
 * The instruction at `bytes[offset]`, which lies at `at`. Never throws: where there is none, `row`
 * is undefined and `length` is that of the prefixes and one byte; where the bytes end too early,
 * `isTruncated` is set. `sizes` holds where it differs from the mode. With `joinsWait` a wait and
 * the x87 instruction after it are one, as an assembler writes them and a listing shows them; the
 * processor executes two.
 */
export function decode(
  bytes: Uint8Array,
  offset: number,
  mode: Mode,
  at: bigint | number,
  joinsWait = false,
  sizes: DefaultSizes = {},
): DecodedInstruction {
  const state = new State(bytes, offset, mode === 16 ? 16 : 32, sizes);
  readPrefixes(state, joinsWait);
  const opcodeAt = state.at;
  const map = readOpcode(state);
  const { opcode } = state;
  if (state.beforeWait >= 0 && (map !== 0 || opcode < 0xd8 || opcode > 0xdf)) {
    return waitAlone(state, badOf(state, mode));
  }
  if (state.isOverrun) {
    return { ...badOf(state, mode), length: bytes.length - offset, isTruncated: true };
  }
  const cell = map < 0 ? [] : candidatesOf(map, opcode);
  let candidate = find(cell, state);
  let badAt = -1;
  if (!candidate && map > 0 && state.vexLength < 0 && state.at < bytes.length) {
    candidate = otherForm(cell, state);
    if (candidate) badAt = opcodeAt + 1;
  } else if (candidate && lacksIndex(candidate, state)) badAt = state.at + 1;
  if (!candidate || mode === 64) {
    return unknown(state, map, opcodeAt, cell, badOf(state, mode));
  }
  return known(state, candidate, badAt, at, mode);
}
