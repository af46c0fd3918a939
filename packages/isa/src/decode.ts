// From bytes to an instruction. The opcode maps (opcode-map.ts) list the rows that an opcode may
// begin, and prefixes and the bytes that follow choose among them (SDM vol. 2, chapter 2 and
// appendix A). EVEX is left out.

import { State, address, implied, lengthMax, readPrefixes, rexBits, wait } from './decode-state.ts';
import type { DefaultSizes, Memory, Size } from './decode-state.ts';
import type { Decoded, DecodedOperand, Mode, Register } from './model.ts';
import { candidatesOf, prefixedMap } from './opcode-map.ts';
import type { Candidate, Step } from './opcode-map.ts';
import { generalByte, generalByteRex, noRegister } from './registers.ts';
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
  readonly defaultAddressSize: Size;
  /** A REX prefix, the last one read, has bits that mean nothing here, or none at all. */
  readonly showsRex: boolean;
  /** Prefixes only, which no instruction follows. */
  readonly isPrefix?: boolean;
  /** The address that a memory operand relative to the next instruction means. */
  readonly pointed: bigint | undefined;
}

export type { DefaultSizes } from './decode-state.ts';

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

function target(state: State, size: number, at: number, exact: bigint): DecodedOperand {
  const distance = state.signed(size);
  if (state.mode === 64) {
    const end = exact + BigInt(state.at - state.start + distance);
    return { kind: 'target', address: BigInt.asUintN(size === 2 ? 16 : 64, end) };
  }
  const end = at + (state.at - state.start);
  const next = end + distance;
  // Listings show a byte's jump uncut, and a 16-bit one in the 64 KiB of its instruction where 16
  // bits are the mode's.
  if (size !== 2) return { kind: 'target', address: BigInt(next >>> 0) };
  const page = state.mode === 16 ? (end & ~0xffff) >>> 0 : 0;
  return { kind: 'target', address: BigInt(page + (next & 0xffff)) };
}

/** A register by a field of three bits and the bit of REX above it. */
function registerOf(
  state: State,
  registers: readonly Register[],
  field: number,
  bit: number,
): DecodedOperand {
  if (state.mode !== 64) return { kind: 'register', register: registers[field] ?? noRegister };
  let number = field;
  if ((state.rex & bit) !== 0 && registers.length > 8) {
    state.rexUsed |= bit | rexBits.any;
    number += 8;
  }
  if (registers !== generalByte) {
    return { kind: 'register', register: registers[number] ?? noRegister };
  }
  const isRex = state.rex !== 0;
  if (isRex && (state.rex & bit) !== 0) {
    state.rexUsed |= rexBits.any | bit;
    number = field + 8;
  } else if (isRex && field > 3) state.rexUsed |= rexBits.any;
  return { kind: 'register', register: (isRex ? generalByteRex : generalByte)[number] };
}

/** A register by a field of four bits, of which other code than 64-bit code has three. */
function higherOf(state: State, registers: readonly Register[], field: number): DecodedOperand {
  const number = field & (state.mode === 64 ? 15 : 7);
  return { kind: 'register', register: registers[number] ?? noRegister };
}

function operandOf(
  state: State,
  step: Step,
  place: Memory | undefined,
  at: number,
  exact: bigint,
): DecodedOperand {
  const size = step.isPointer ? state.addressSize : state.operandSize;
  const isShort = size === 16;
  const registers = isShort ? step.short : size === 64 ? step.quad : step.long;
  const bytes = isShort ? step.shortBytes : size === 64 ? step.quadBytes : step.longBytes;
  switch (step.action) {
    case 'rm':
      return place ?? registerOf(state, registers, state.modrm & 7, rexBits.b);
    case 'reg':
      return registerOf(state, registers, (state.modrm >> 3) & 7, rexBits.r);
    case 'vvvv':
      return higherOf(state, registers, state.vvvv);
    case 'is4':
      state.is4 = state.byte();
      return higherOf(state, registers, state.is4 >> 4);
    case 'opcode':
      return registerOf(state, registers, state.opcode & 7, rexBits.b);
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
      const own = isShort ? 2 : 4;
      return { kind: 'immediate', value: BigInt(state.signed(own)), size: size / 8 };
    }
    case 'quad':
      return { kind: 'immediate', value: state.quad(), size: 8 };
    case 'nibble':
      return { kind: 'immediate', value: BigInt(state.is4 & 15), size: 1 };
    case 'relative':
      return target(state, bytes, at, exact);
    case 'far': {
      const offset = BigInt(state.unsigned(isShort ? 2 : 4));
      return { kind: 'far', offset, selector: state.unsigned(2) };
    }
    case 'moffs': {
      const displacementSize = state.addressSize / 8;
      const displacement =
        displacementSize === 8 ? state.quad() : BigInt(state.signed(displacementSize));
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

/** What REX chooses among rows: W, and the no-operation that is no exchange with %r8. */
function fitsLong(candidate: Candidate, { rex, operandSize }: State): boolean {
  if (candidate.rexW && (rex & rexBits.w) === 0) return false;
  return !candidate.isPlain || (operandSize !== 16 && (rex & rexBits.b) === 0);
}

function fits(candidate: Candidate, state: State): boolean {
  const { prefix, rest, modrm, form } = candidate;
  if (state.mode === 64 && !fitsLong(candidate, state)) return false;
  if (state.vexLength >= 0) {
    if (candidate.vexPrefix !== state.selector) return false;
    if (candidate.vexLength >= 0 && candidate.vexLength !== state.vexLength) return false;
    if (candidate.vexW >= 0 && candidate.vexW !== state.vexW) return false;
    if (!candidate.usesV && state.vvvv !== 0) return false;
  } else {
    if (prefix !== 0 && prefix !== state.selector) return false;
    if (candidate.isAlone && state.selector !== 0) return false;
    if (candidate.hasNoRepeat && state.selector >= 0xf2) return false;
    if (candidate.isPlain && state.mode !== 64) {
      if (state.operandSize !== state.defaultOperandSize) return false;
    }
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
  if (isXop ? (second & 0x1f) < 8 : second < 0xc0 && state.mode !== 64) return undefined;
  if (first !== 0xc4 && first !== 0xc5 && !isXop) return undefined;
  state.at++;
  let map = 1;
  let last = second;
  let high = ~second & 0x80;
  if (first !== 0xc5) {
    map = second & 0x1f;
    last = state.byte();
    high = ~second & 0xe0;
  }
  if (state.mode === 64) {
    state.rex = high >> 5;
    if (first !== 0xc5 && last > 0x7f) state.rex |= rexBits.w;
    state.operandSize = (state.rex & rexBits.w) === 0 ? 32 : 64;
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
  readonly defaultAddressSize: Size;
  readonly showsRex: boolean;
  readonly pointed: undefined;
  readonly row: undefined;
  readonly mode: Mode;
  readonly prefixes: readonly number[];
  readonly operandSize: Size;
  readonly addressSize: Size;
  readonly operands: readonly DecodedOperand[];
  readonly vexLength: number;
  readonly vexW: number;
}

function badOf(state: State, mode: Mode): Bad {
  const { prefixes, operandSize, addressSize } = state;
  const { defaultOperandSize, defaultAddressSize } = state;
  const defaults = { defaultOperandSize, defaultAddressSize };
  const common = { ...defaults, prefixes, operandSize, addressSize, vexLength: -1, vexW: -1 };
  const shown = { showsRex: true, pointed: undefined };
  return { row: undefined, mode, ...common, ...shown, operands: [] };
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

/** MOVMSKPS and PMOVMSKB, which listings do not know with memory at all. */
const masksOfSigns: ReadonlySet<number> = new Set([0x50, 0xd7]);

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
  // Listings go on behind the first byte of a VEX or XOP prefix that names no map.
  if (map < 0) return { ...bad, hiddenPrefix: -1, length: opcodeAt + 1 - start };
  if (state.vexLength >= 0) return { ...bad, hiddenPrefix: -1, length: state.at - start };
  const isMask = map === 1 && masksOfSigns.has(state.opcode);
  const hiddenPrefix = isMask ? undefined : hiddenBy(cell, state);
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

/** Prefixes up to a REX prefix that stands before another. */
function prefixAlone(state: State, bad: Bad): DecodedInstruction {
  return { ...bad, isPrefix: true, length: state.at - state.start };
}

/** The row of a wait alone. */
function waitAlone(state: State, bad: Bad): DecodedInstruction {
  const prefixes = state.prefixes.slice(0, state.beforeWait);
  const [candidate] = candidatesOf(0, wait, false);
  return { ...bad, row: candidate.row, prefixes, length: prefixes.length + 1 };
}

/** The operand size of the row, and whether W says it. */
function takeSize(state: State, { row, rest, rexW, modrm }: Candidate): void {
  if (row.isWide) {
    if (state.operandSize !== 16 || row.suffixRule === 'shown') state.operandSize = 64;
    return;
  }
  if ((state.rex & rexBits.w) === 0) return;
  const takesQuad = row.takesQuad && state.vexLength < 0 && row.operands.length === 2;
  const isMemory = modrm >= 0 && (state.bytes[state.at + rest.length] ?? 0) < 0xc0;
  const isSized = row.isSized || row.hasLong || takesQuad || row.attributes.has('unsized');
  const first = row.operands[0]?.kind;
  const isNarrow = row.isNarrow && first !== 'reg';
  if (rexW || (isSized && !isNarrow && !(isMemory && hasShortMemory(row)))) {
    state.rexUsed |= rexBits.w | rexBits.any;
  } else state.operandSize = first === 'rel' ? 32 : state.narrowSize;
}

/** The memory in the place of a register of any size has one size. */
function hasShortMemory({ operands, takesQuad }: Row): boolean {
  if (takesQuad) return true;
  return (
    operands.some(({ kind }) => kind === 'rvm') && !operands.some(({ kind }) => kind === 'reg')
  );
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
  if (state.mode === 64) takeSize(state, candidate);
  for (let i = 0; i < rest.length; i++) state.opcode = state.byte();
  let place: Memory | undefined;
  if (candidate.modrm >= 0) {
    state.modrm = state.byte();
    if (state.modrm < 0xc0 && candidate.takesAddress && badAt < 0) {
      place = address(state, candidate);
    }
  }
  const base = typeof at === 'number' ? at : Number(BigInt.asUintN(53, at));
  const exact = mode === 64 ? BigInt(at) : 0n;
  const operands: DecodedOperand[] = [];
  for (let i = 0; i < steps.length; i++) {
    const isBad = badAt >= 0 && steps[i].action === 'rm';
    if (isBad) state.at = badAt;
    operands.push(isBad ? badOperand : operandOf(state, steps[i], place, base, exact));
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
    if (!named && candidate.needsSuffix) {
      return { ...badOf(state, mode), length: state.prefixes.length + 1 };
    }
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
  const { fromNext } = state;
  const isPointing = !Number.isNaN(fromNext);
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
    showsRex: vexLength >= 0 || state.rex !== state.rexUsed,
    pointed: isPointing ? BigInt.asUintN(64, exact + BigInt(length + fromNext)) : undefined,
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
  const state = new State(bytes, offset, mode, sizes);
  readPrefixes(state, joinsWait);
  if (state.isAlone) return prefixAlone(state, badOf(state, mode));
  const opcodeAt = state.at;
  const map = readOpcode(state);
  const { opcode } = state;
  if (state.beforeWait >= 0 && (map !== 0 || opcode < 0xd8 || opcode > 0xdf)) {
    return waitAlone(state, badOf(state, mode));
  }
  if (state.isOverrun) {
    return { ...badOf(state, mode), length: bytes.length - offset, isTruncated: true };
  }
  const cell = map < 0 ? [] : candidatesOf(map, opcode, mode === 64);
  let candidate = find(cell, state);
  let badAt = -1;
  const hasOther = map > 1 || (map === 1 && !masksOfSigns.has(opcode));
  if (!candidate && hasOther && state.vexLength < 0 && state.at < bytes.length) {
    candidate = otherForm(cell, state);
    if (candidate) badAt = opcodeAt + 1;
  } else if (candidate && lacksIndex(candidate, state)) badAt = state.at + 1;
  if (!candidate) {
    return unknown(state, map, opcodeAt, cell, badOf(state, mode));
  }
  return known(state, candidate, badAt, at, mode);
}
