// From bytes to an instruction. Two opcode maps, of one byte and after 0F, are derived from the
// rows at the first question; a cell lists the rows that its byte may begin, and the bytes that
// follow choose among them (SDM vol. 2, chapter 2 and appendix A). 64-bit code is left out.

import type { Decoded, DecodedOperand, Mode, Register } from './model.ts';
import {
  controlRegisters,
  debugRegisters,
  generalRegister,
  noIndex,
  noSegment,
  segmentRegisters,
  stackRegisters,
  stackTop,
  testRegisters,
} from './registers.ts';
import type { OperandSpec, Row } from './row.ts';
import { rows } from './table.ts';

/** A decoded instruction of the table. */
export type DecodedInstruction = Decoded<Row>;

const isMemoryOnly = (row: Row) => row.operands.some(({ kind }) => kind === 'mem');
const hasRm = (row: Row) => row.operands.some(({ kind }) => kind === 'rm' || kind === 'rvm');

/**
 * A plain register in the r/m field. Beside a control register, memory is not told from a register.
 */
const isRegisterOnly = (row: Row) =>
  row.operands.length === 1 && row.operands[0].kind === 'reg' && row.encoding.modrm === 8;

interface Candidate {
  readonly row: Row;
  /** The bytes after the cell's: fixed ones, then a register in the last one's low bits. */
  readonly rest: readonly number[];
  readonly hasRegisterInRest: boolean;
  readonly rank: number;
}

function candidateRank(row: Row): number {
  if (row.encoding.prefix !== 0) return 0;
  return row.attributes.has('plain') ? 1 : 2;
}

function opcodeMaps(): Candidate[][] {
  const cells: Candidate[][] = Array.from({ length: 512 }, () => []);
  for (const row of rows) {
    const { attributes, encoding } = row;
    if (attributes.has('alias') || encoding.prefix === 0x9b) continue;
    const bytes = encoding.opcode[0] === 0x0f ? encoding.opcode.slice(1) : encoding.opcode;
    const base = encoding.opcode[0] === 0x0f ? 256 : 0;
    const rest = bytes.slice(1);
    const hasRegisterInRest = encoding.addsRegister && rest.length > 0;
    const count = encoding.addsRegister && rest.length === 0 ? 8 : 1;
    for (let i = 0; i < count; i++) {
      const cell = cells[base + bytes[0] + i];
      cell.push({ row, rest, hasRegisterInRest, rank: candidateRank(row) });
    }
  }
  for (const cell of cells) cell.sort((left, right) => left.rank - right.rank);
  return cells;
}

let opcodeCells: Candidate[][] | undefined;

const wait = 0x9b;

/** The rows that begin with a wait, by the row that the rest of their bytes is. */
function waitingRows(): Map<Row, Row> {
  const map = new Map<Row, Row>();
  const rest = (row: Row) => `${row.encoding.opcode.join()} ${row.encoding.modrm}`;
  const plain = new Map<string, Row>();
  for (const row of rows) if (row.encoding.prefix === 0) plain.set(rest(row), row);
  for (const row of rows) {
    const same = row.encoding.prefix === wait ? plain.get(rest(row)) : undefined;
    if (same) map.set(same, row);
  }
  return map;
}

let joined: Map<Row, Row> | undefined;
const waitRow = rows.find(({ mnemonic }) => mnemonic === 'fwait');

const segmentOf = new Map<number, Register>(
  [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65].map((byte, index) => [byte, segmentRegisters[index]]),
);
const prefixBytes: ReadonlySet<number> = new Set([
  ...segmentOf.keys(),
  0x66,
  0x67,
  0xf0,
  0xf2,
  0xf3,
]);
/** The processor refuses longer instructions (SDM vol. 3, 6.15, #GP). */
const lengthMax = 15;

/** Bytes with a position; past the end it yields zeros and remembers. */
class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  isOverrun = false;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    if (this.at >= this.bytes.length) {
      this.isOverrun = true;
      return 0;
    }
    return this.bytes[this.at++];
  }

  unsigned(size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value += this.byte() * 2 ** (8 * i);
    return value;
  }

  signed(size: number): number {
    const value = this.unsigned(size);
    const half = 2 ** (8 * size - 1);
    return value >= half ? value - 2 * half : value;
  }
}

interface State {
  readonly cursor: Cursor;
  readonly row: Row;
  readonly mode: 16 | 32;
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  readonly segment: Register | undefined;
  readonly opcode: number;
  readonly modrm: number;
}

function fits(
  candidate: Candidate,
  cursor: Cursor,
  prefixes: readonly number[],
  sizes: { operandSize: number; addressSize: number; mode: number },
): boolean {
  const { row, rest, hasRegisterInRest } = candidate;
  const { encoding, attributes } = row;
  if (encoding.prefix !== 0 && !prefixes.includes(encoding.prefix)) return false;
  if (encoding.operandSize !== 0 && encoding.operandSize !== sizes.operandSize) return false;
  if (encoding.addressSize !== 0 && encoding.addressSize !== sizes.addressSize) return false;
  if (attributes.has('plain') && sizes.operandSize !== sizes.mode) return false;
  for (let i = 0; i < rest.length; i++) {
    const byte = cursor.bytes[cursor.at + i];
    const isRange = hasRegisterInRest && i === rest.length - 1;
    if ((isRange ? byte & 0xf8 : byte) !== rest[i]) return false;
  }
  if (encoding.modrm < 0) return true;
  const modrm = cursor.bytes[cursor.at + rest.length] ?? 0;
  if (encoding.modrm < 8 && ((modrm >> 3) & 7) !== encoding.modrm) return false;
  return modrm < 0xc0 ? !isRegisterOnly(row) : !isMemoryOnly(row);
}

function needsMore({ rest, row }: Candidate): boolean {
  return rest.length > 0 || row.encoding.modrm >= 0;
}

const memorySizes = new Map<string, number>([
  ['32fp', 4],
  ['64fp', 8],
  ['80fp', 10],
  ['16int', 2],
  ['32int', 4],
  ['64int', 8],
  ['80bcd', 10],
  ['2byte', 2],
  ['16&32', 6],
  ['512byte', 512],
]);

function accessSize(spec: OperandSpec, row: Row, size: 16 | 32): number {
  const bytes = size / 8;
  if (spec.kind === 'rvm') return 2;
  switch (spec.size) {
    case 'b':
      return 1;
    case 'w':
      return 2;
    case 'd':
      return 4;
    case 'q':
      return 8;
    case 'v':
      return bytes;
    default:
      break;
  }
  if (spec.memory === '16:v') return bytes + 2;
  if (spec.memory === 'v&v') return bytes * 2;
  if (spec.memory === '14/28byte') return size === 16 ? 14 : 28;
  if (spec.memory === '94/108byte') return size === 16 ? 94 : 108;
  if (spec.memory !== '' && !memorySizes.has(spec.memory)) {
    throw new Error(`isa: size of m${spec.memory} in row ${row.index}`);
  }
  return memorySizes.get(spec.memory) ?? 0;
}

/** Base and index numbers of 16-bit r/m; -1: none. */
const shortBases = [3, 3, 5, 5, 6, 7, 5, 3];
const shortIndexes = [6, 7, 6, 7, -1, -1, -1, -1];

interface Address {
  base: Register | undefined;
  index: Register | undefined;
  scale: number;
  displacement: number;
  displacementSize: number;
}

function shortAddress(cursor: Cursor, modrm: number): Address {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  const isDirect = mod === 0 && rm === 6;
  const displacementSize = isDirect ? 2 : mod;
  return {
    base: isDirect ? undefined : generalRegister(shortBases[rm], 16),
    index: shortIndexes[rm] < 0 ? undefined : generalRegister(shortIndexes[rm], 16),
    scale: 1,
    displacement: displacementSize === 0 ? 0 : cursor.signed(displacementSize),
    displacementSize,
  };
}

function longAddress(cursor: Cursor, modrm: number, mode: number): Address {
  const mod = modrm >> 6;
  let baseNumber = modrm & 7;
  let index: Register | undefined;
  let scale = 1;
  if (baseNumber === 4) {
    const sib = cursor.byte();
    baseNumber = sib & 7;
    scale = 1 << (sib >> 6);
    const number = (sib >> 3) & 7;
    if (number !== 4) index = generalRegister(number, 32);
    else if (baseNumber !== 4 || scale !== 1) index = noIndex;
  }
  const isDirect = mod === 0 && baseNumber === 5;
  // Only 32-bit code tells a direct address with a SIB byte from one without.
  if (isDirect && index === noIndex && scale === 1 && mode === 16) index = undefined;
  const displacementSize = isDirect || mod === 2 ? 4 : mod;
  return {
    base: isDirect ? undefined : generalRegister(baseNumber, 32),
    index,
    scale,
    displacement: displacementSize === 0 ? 0 : cursor.signed(displacementSize),
    displacementSize,
  };
}

function addressOf(cursor: Cursor, modrm: number, size: number, mode: number): Address {
  return size === 16 ? shortAddress(cursor, modrm) : longAddress(cursor, modrm, mode);
}

/** x87 opcodes without a meaning have their ModRM byte and address all the same. */
function unknown(
  cursor: Cursor,
  opcode: number,
  bad: DecodedInstruction,
  start: number,
  segment: Register | undefined,
): DecodedInstruction {
  if (opcode < 0xd8 || opcode > 0xdf) return bad;
  const modrm = cursor.byte();
  if (modrm >= 0xc0) return { ...bad, length: cursor.at - start };
  const mode = bad.mode === 16 ? 16 : 32;
  const { displacement, ...place } = addressOf(cursor, modrm, bad.addressSize, mode);
  if (cursor.isOverrun) return { ...bad, length: cursor.at - start, isTruncated: true };
  const where = { ...place, displacement: BigInt(displacement) };
  const operands: DecodedOperand[] = [{ kind: 'memory', segment, ...where, size: 0 }];
  return { ...bad, operands, length: cursor.at - start };
}

function memory(state: State, address: Address, size: number): DecodedOperand {
  const displacement = BigInt(address.displacement);
  return { kind: 'memory', segment: state.segment, ...address, displacement, size };
}

/** The address of a string instruction, or of xlat: one register, no bytes of its own. */
function implied(state: State, number: number, size: number, isFixed: boolean): DecodedOperand {
  const base = generalRegister(number, state.addressSize);
  const address = { base, index: undefined, scale: 1, displacement: 0, displacementSize: 0 };
  const operand = memory(state, address, size);
  return isFixed && operand.kind === 'memory'
    ? { ...operand, segment: segmentRegisters[0] }
    : operand;
}

function immediate(value: number, size: number): DecodedOperand {
  return { kind: 'immediate', value: BigInt(value), size };
}

function registerOperand(register: Register): DecodedOperand {
  return { kind: 'register', register };
}

/** General operands of the ModRM byte and the opcode. */
function registerOrMemory(
  state: State,
  spec: OperandSpec,
  address: Address | undefined,
): DecodedOperand {
  const { row, operandSize, modrm, opcode } = state;
  if (spec.kind !== 'reg' && address) {
    return memory(state, address, accessSize(spec, row, operandSize));
  }
  const bits = { b: 8, w: 16, d: 32, q: 64, v: operandSize, '': 32 }[spec.size];
  if (spec.kind !== 'reg') return registerOperand(generalRegister(modrm & 7, bits));
  if (row.encoding.addsRegister) return registerOperand(generalRegister(opcode & 7, bits));
  // A register field, unless a special register has it.
  const isInRm = !hasRm(row) && !isMemoryOnly(row);
  return registerOperand(generalRegister(isInRm ? modrm & 7 : (modrm >> 3) & 7, bits));
}

function operandOf(
  state: State,
  spec: OperandSpec,
  address: Address | undefined,
): DecodedOperand | undefined {
  const { cursor, operandSize, modrm } = state;
  const field = (modrm >> 3) & 7;
  switch (spec.kind) {
    case 'rm':
    case 'rvm':
    case 'reg':
    case 'mem':
      return registerOrMemory(state, spec, address);
    case 'accumulator':
      return registerOperand(generalRegister(0, spec.size === 'b' ? 8 : operandSize));
    case 'fixed':
      return registerOperand(spec.register ?? stackTop);
    case 'count1':
      return immediate(1, 0);
    case 'const3':
      return immediate(3, 0);
    case 'imm':
      return spec.size === 'b'
        ? immediate(cursor.signed(1), 1)
        : immediate(cursor.signed(operandSize / 8), operandSize / 8);
    case 'simm8':
      return immediate(cursor.signed(1), operandSize / 8);
    case 'ubyte':
      return immediate(cursor.unsigned(1), 1);
    case 'uword':
      return immediate(cursor.unsigned(2), 2);
    case 'far': {
      const offset = BigInt(cursor.unsigned(operandSize / 8));
      return { kind: 'far', offset, selector: cursor.unsigned(2) };
    }
    case 'moffs': {
      const displacementSize = state.addressSize / 8;
      const displacement = cursor.signed(displacementSize);
      const plain = { base: undefined, index: undefined, scale: 1, displacement, displacementSize };
      return memory(state, plain, accessSize(spec, state.row, operandSize));
    }
    case 'sreg':
      return registerOperand(segmentRegisters[field] ?? noSegment);
    case 'creg':
      return registerOperand(controlRegisters[field]);
    case 'dreg':
      return registerOperand(debugRegisters[field]);
    case 'treg':
      return registerOperand(testRegisters[field]);
    case 'st':
      return registerOperand(stackRegisters[state.opcode & 7]);
    case 'source':
      return implied(state, 6, accessSize(spec, state.row, operandSize), false);
    case 'destination':
      return implied(state, 7, accessSize(spec, state.row, operandSize), true);
    case 'table':
      return implied(state, 3, 1, false);
    case 'rel':
      return undefined;
  }
}

function target(state: State, spec: OperandSpec, start: number, address: bigint): DecodedOperand {
  const size = spec.size === 'b' ? 1 : state.operandSize / 8;
  const distance = state.cursor.signed(size);
  const next = address + BigInt(state.cursor.at - start) + BigInt(distance);
  // Listings show a byte's jump uncut, and a 16-bit one in the 64 KiB of its instruction where 16
  // bits are the mode's.
  if (size !== 2) return { kind: 'target', address: BigInt.asUintN(32, next) };
  const page = state.mode === 16 ? ((address + BigInt(state.cursor.at - start)) >> 16n) << 16n : 0n;
  return { kind: 'target', address: page | BigInt.asUintN(16, next) };
}

interface Head {
  readonly prefixes: number[];
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  readonly segment: Register | undefined;
  /** The number of prefixes before a joined wait; -1: there is none. */
  readonly beforeWait: number;
}

function readHead(cursor: Cursor, mode: 16 | 32, joinsWait: boolean): Head {
  const prefixes: number[] = [];
  let segment: Register | undefined;
  let beforeWait = -1;
  const start = cursor.at;
  while (cursor.at - start < lengthMax) {
    const next = cursor.bytes[cursor.at];
    if (joinsWait && next === wait) {
      const isFirst = cursor.at === start;
      beforeWait = prefixes.length;
      cursor.at++;
      if (isFirst) continue;
      break;
    }
    if (!prefixBytes.has(next)) break;
    cursor.at++;
    prefixes.push(next);
    segment = segmentOf.get(next) ?? segment;
  }
  const other = mode === 16 ? 32 : 16;
  const operandSize = prefixes.includes(0x66) ? other : mode;
  const addressSize = prefixes.includes(0x67) ? other : mode;
  return { prefixes, operandSize, addressSize, segment, beforeWait };
}

/**
 * The instruction at `bytes[offset]`, which lies at `address`. Never throws: where there is none,
 * `row` is undefined and `length` is that of the prefixes and one byte; where the bytes end too
 * early, `isTruncated` is set. With `joinsWait` a wait and the x87 instruction after it are one, as
 * an assembler writes them and a listing shows them; the processor executes two.
 */
export function decode(
  bytes: Uint8Array,
  offset: number,
  mode: Mode,
  address: bigint | number,
  joinsWait = false,
): DecodedInstruction {
  const base = mode === 16 ? 16 : 32;
  const cursor = new Cursor(bytes, offset);
  const head = readHead(cursor, base, joinsWait);
  const { prefixes, operandSize, addressSize } = head;
  const bad = { row: undefined, mode, prefixes, operandSize, addressSize, operands: [] };
  const opcodeAt = cursor.at;
  let opcode = cursor.byte();
  if (head.beforeWait >= 0 && (opcode < 0xd8 || opcode > 0xdf)) {
    const before = prefixes.slice(0, head.beforeWait);
    return { ...bad, row: waitRow, prefixes: before, length: before.length + 1 };
  }
  const isExtended = opcode === 0x0f;
  if (isExtended) opcode = cursor.byte();
  if (cursor.isOverrun) return { ...bad, length: bytes.length - offset, isTruncated: true };
  const sizes = { operandSize, addressSize, mode: base };
  opcodeCells ??= opcodeMaps();
  const cell = opcodeCells[(isExtended ? 256 : 0) + opcode];
  const candidate = cell.find((item) => fits(item, cursor, prefixes, sizes));
  if (!candidate || mode === 64) {
    if (cursor.at >= bytes.length && cell.some((item) => needsMore(item))) {
      return { ...bad, length: bytes.length - offset, isTruncated: true };
    }
    const nothing = { ...bad, length: opcodeAt - offset + (isExtended ? 2 : 1) };
    return isExtended ? nothing : unknown(cursor, opcode, nothing, offset, head.segment);
  }
  const { row, rest } = candidate;
  for (let i = 0; i < rest.length; i++) opcode = cursor.byte();
  const modrm = row.encoding.modrm >= 0 ? cursor.byte() : 0;
  const state: State = { cursor, row, mode: base, ...head, opcode, modrm };
  let place: Address | undefined;
  const takesMemory = hasRm(row) || isMemoryOnly(row);
  if (row.encoding.modrm >= 0 && modrm < 0xc0 && takesMemory) {
    place = addressOf(cursor, modrm, addressSize, base);
  }
  const operands = row.operands.map(
    (spec) => operandOf(state, spec, place) ?? target(state, spec, offset, BigInt(address)),
  );
  const length = cursor.at - offset;
  if (cursor.isOverrun) return { ...bad, length: bytes.length - offset, isTruncated: true };
  if (length > lengthMax) return { ...bad, length: lengthMax };
  let shown = row;
  if (head.beforeWait >= 0) {
    joined ??= waitingRows();
    shown = joined.get(row) ?? row;
  }
  return { row: shown, length, mode, prefixes, operandSize, addressSize, operands };
}
