// The opcode maps of the decoder, derived from the table: which rows each opcode of each map may
// mean. A cell is made when its opcode is first met, so that a listing of a small file does not
// wait for 2,300 rows; only the text of the encoding column is looked at before.

import type { Register } from './model.ts';
import {
  boundRegisters,
  maskRegisters,
  controlRegisters,
  debugRegisters,
  generalByte,
  generalLong,
  generalQuad,
  generalWord,
  mmxRegisters,
  noSegment,
  segmentRegisters,
  stackRegisters,
  stackTop,
  testRegisters,
  xmmRegisters,
  ymmRegisters,
} from './registers.ts';
import type { OperandSpec, Place, Row } from './row.ts';
import { rowAt, rowLines } from './table.ts';

/** How an operand is read from the bytes. */
export type Step = {
  readonly action:
    | 'rm'
    | 'reg'
    | 'vvvv'
    | 'is4'
    | 'opcode'
    | 'fixed'
    | 'accumulator'
    | 'constant'
    | 'signed'
    | 'unsigned'
    | 'operandSized'
    | 'quad'
    | 'nibble'
    | 'relative'
    | 'far'
    | 'moffs'
    | 'source'
    | 'destination'
    | 'table';
  /** The registers that a number names, for operand size 32, 16 and 64. */
  readonly long: readonly Register[];
  readonly short: readonly Register[];
  readonly quad: readonly Register[];
  /** Registers by the address size instead of the operand size. */
  readonly isPointer: boolean;
  /** Bytes of memory or immediate for operand size 32, 16 and 64. */
  readonly longBytes: number;
  readonly shortBytes: number;
  readonly quadBytes: number;
  /** A constant's value, or the bytes that a short immediate takes: 1 of simm8. */
  readonly value: number;
};

export interface Candidate {
  readonly row: Row;
  /** The bytes after the cell's: fixed ones, then a register in the last one's low bits. */
  readonly rest: readonly number[];
  readonly restMask: number;
  readonly prefix: number;
  readonly isAlone: boolean;
  readonly hasNoRepeat: boolean;
  readonly isPlain: boolean;
  readonly operandSize: number;
  readonly addressSize: number;
  readonly rexW: boolean;
  /** How particular the row is among those of 64-bit code. */
  readonly weight: number;
  /** As in EncodingSpec. */
  readonly modrm: number;
  /** 1: memory only, 2: registers only, 0: both. */
  readonly form: 0 | 1 | 2;
  readonly takesAddress: boolean;
  /** pp, L (-1: any), W (-1: any) of VEX and XOP. */
  readonly vexPrefix: number;
  readonly vexLength: number;
  readonly vexW: number;
  readonly usesV: boolean;
  readonly steps: readonly Step[];
  /** Rows by the byte behind the address: comparisons with their predicate, 3DNow!. */
  readonly bySuffix: ReadonlyMap<number, Candidate> | undefined;
  /** Without one of those rows there is none. */
  readonly needsSuffix: boolean;
}

/** Maps 0, 1 (0F), 2 (0F38), 3 (0F3A); VEX's 0F, 0F38, 0F3A at 5, 6, 7; XOP's 8, 9, 10. */
const mapCount = 11;
const vexBase = 4;

const vexMaps: Readonly<Record<string, number>> = { '0F': 1, '0F38': 2, '0F3A': 3 };

const space = 0x20;
const plus = 0x2b;

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x41 && code <= 0x46 ? code - 0x37 : -1;
}

/** The byte written at a place of the line, alone or with +r behind it; -1: there is none. */
function byteAt(line: string, at: number): number {
  const end = line.charCodeAt(at + 2);
  if (end !== space && end !== plus) return -1;
  const high = digit(line.charCodeAt(at));
  const low = digit(line.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** The map of VEX.256.66.0F38.W0, whose text ends at `end`. */
function mapBefore(line: string, end: number, isXop: boolean): number {
  const last = line.lastIndexOf('.', end);
  const name = line.slice(line.lastIndexOf('.', last - 1) + 1, last);
  return isXop ? parseInt(name, 16) : vexBase + vexMaps[name];
}

/** The cell that a line's encoding column begins with, map * 256 + opcode; -1: it has none. */
function cellOf(line: string): number {
  let at = line.indexOf('|', line.indexOf('|') + 1) + 2;
  let value = byteAt(line, at);
  // NP, o16 and the like.
  while (value < 0) {
    const first = line.charCodeAt(at);
    const end = line.indexOf(' ', at);
    const isXop = first === 0x58;
    if (isXop || first === 0x56) {
      return mapBefore(line, end, isXop) * 256 + byteAt(line, end + 1);
    }
    at = end + 1;
    value = byteAt(line, at);
  }
  let next = byteAt(line, at + 3);
  if (value === 0x9b && next >= 0) return -1;
  if (next >= 0 && (value === 0x66 || value === 0xf2 || value === 0xf3)) {
    at += 3;
    value = next;
    next = byteAt(line, at + 3);
  }
  if (value !== 0x0f || next < 0) return value;
  const third = byteAt(line, at + 6);
  if (third < 0 || (next !== 0x38 && next !== 0x3a)) return 256 + next;
  return (next === 0x38 ? 512 : 768) + third;
}

/** Whether the opcode's low bits name a register. */
function addsRegister(line: string): boolean {
  const at = line.indexOf('+r');
  return at > 0 && line.charCodeAt(at + 2) === space;
}

const none: readonly Register[] = [];

interface Banks {
  readonly long: readonly Register[];
  readonly short: readonly Register[];
  readonly quad: readonly Register[];
}

const same = (list: readonly Register[]): Banks => ({ long: list, short: list, quad: list });
const noRegisters = same(none);

function bankOf(spec: OperandSpec, isQuad: boolean, takesQuad: boolean): Banks {
  switch (spec.bank) {
    case 'mmx':
      return same(mmxRegisters);
    case 'xmm':
      return same(xmmRegisters);
    case 'ymm':
      return same(ymmRegisters);
    case 'bound':
      return same(boundRegisters);
    case 'mask':
      return same(maskRegisters);
    default:
      break;
  }
  if (spec.size === 'b') return same(generalByte);
  if (spec.size === 'w') return same(generalWord);
  if (spec.size === 'q' || isQuad) return same(generalQuad);
  const hasQuad = spec.size === 'v' || spec.size === 'y' || takesQuad;
  return {
    long: generalLong,
    short: spec.size === 'v' ? generalWord : generalLong,
    quad: hasQuad ? generalQuad : generalLong,
  };
}

const segments = [...segmentRegisters, noSegment, noSegment];

const special = new Map<string, readonly Register[]>([
  ['sreg', segments],
  ['creg', controlRegisters],
  ['dreg', debugRegisters],
  ['treg', testRegisters],
  ['st', stackRegisters],
]);

const letterBytes: Readonly<Record<string, number>> = { b: 1, w: 2, d: 4, y: 4, q: 8 };

/** Bytes of memory for operand size 32, 16 and 64. */
function memoryBytes(spec: OperandSpec, row: Row, isQuad: boolean): readonly number[] {
  if (spec.kind === 'rvm') return [2, 2, 2];
  if (spec.memory === '16&32' && isQuad) return [10, 10, 10];
  if (spec.memorySize > 0) return [spec.memorySize, spec.memorySize, spec.memorySize];
  if (spec.indexes) return row.encoding.vex?.w === 1 ? [8, 8, 8] : [4, 4, 4];
  if (spec.size === 'v') return [4, 2, 8];
  if (spec.memory === '16:v') return [6, 4, 6];
  if (spec.memory === 'v&v') return [8, 4, 8];
  if (spec.memory === '14/28byte') return [28, 14, 28];
  if (spec.memory === '94/108byte') return [108, 94, 108];
  if (spec.memory === '512byte') return [512, 512, 512];
  const bytes = isQuad && spec.size === 'd' ? 8 : (letterBytes[spec.size] ?? 0);
  return [bytes, bytes, spec.size === 'y' ? 8 : bytes];
}

const places: Partial<Record<Place, Step['action']>> = {
  rm: 'rm',
  reg: 'reg',
  vvvv: 'vvvv',
  is4: 'is4',
  opcode: 'opcode',
};

/** An immediate, by its bytes for operand size 32, 16 and 64, and those in the code. */
function immediate(
  base: Omit<Step, 'action'>,
  action: 'signed' | 'unsigned',
  longBytes: number,
  shortBytes: number,
  value: number,
  quadBytes = longBytes,
): Step {
  return { ...base, action, longBytes, shortBytes, quadBytes, value };
}

function stepOf(spec: OperandSpec, place: Place, row: Row, isLong: boolean): Step {
  const isQuad = isLong && row.isNative;
  const [longBytes, shortBytes, quadBytes] = memoryBytes(
    spec,
    row,
    isLong && (isQuad || row.isWide),
  );
  const base = { ...noRegisters, isPointer: false, longBytes, shortBytes, quadBytes, value: 0 };
  const registers = special.get(spec.kind);
  const action = places[place];
  if (action) {
    const isPointer = spec.kind === 'pointer';
    const banks = registers ? same(registers) : bankOf(spec, isQuad, isLong && row.takesQuad);
    const pointers = { long: generalLong, short: generalWord, quad: generalQuad };
    const chosen = isPointer ? pointers : banks;
    return { ...base, ...chosen, isPointer, action };
  }
  switch (spec.kind) {
    case 'accumulator':
      return { ...base, ...bankOf(spec, isQuad, false), action: 'accumulator' };
    case 'count1':
    case 'const3':
      return { ...base, action: 'constant', value: spec.kind === 'count1' ? 1 : 3 };
    case 'imm':
      if (spec.size === 'b') return immediate(base, 'signed', 1, 1, 1);
      if (spec.size === 'd') return immediate(base, 'signed', 4, 4, 4);
      if (spec.size === 'q') return { ...base, action: 'quad' };
      return { ...base, action: 'operandSized' };
    case 'simm8':
      return immediate(base, 'signed', 4, 2, 1, 8);
    case 'ubyte':
      return immediate(base, 'unsigned', 1, 1, 1);
    case 'uword':
      return immediate(base, 'unsigned', 2, 2, 2);
    case 'nibble':
      return { ...base, action: 'nibble' };
    case 'rel': {
      const isByte = spec.size === 'b';
      const long = isByte ? 1 : 4;
      const bytes = { longBytes: long, shortBytes: isByte ? 1 : 2, quadBytes: long };
      return { ...base, action: 'relative', ...bytes };
    }
    case 'far':
      return { ...base, action: 'far' };
    case 'moffs':
      return { ...base, action: 'moffs' };
    case 'source':
      return { ...base, action: 'source' };
    case 'destination':
      return { ...base, action: 'destination' };
    case 'table':
      return { ...base, action: 'table', longBytes: 1, shortBytes: 1, quadBytes: 1 };
    default: {
      return { ...base, action: 'fixed', ...same([spec.register ?? stackTop]) };
    }
  }
}

/** Beside a control register, memory is not told from a register. */
function formOf(row: Row): 0 | 1 | 2 {
  if (row.encoding.modrm < 0) return 0;
  if (row.operands.some(({ kind }) => kind === 'mem')) return 1;
  if (row.operands.some(({ kind }) => kind === 'rm' || kind === 'rvm')) return 0;
  return row.operands.some(({ kind }) => /^[cdt]reg$/.test(kind)) ? 0 : 2;
}

const isGeneral = ({ kind, bank, size }: OperandSpec) =>
  (kind === 'reg' || kind === 'rm') && bank === 'general' && size !== '';

function weightOf({ encoding, onlyMode }: Row): number {
  if (encoding.rexW) return 3;
  return encoding.addressSize !== 0 ? 2 : onlyMode === 64 ? 1 : 0;
}

/** Of 32 or 64 bits as W says. */
const isEither = ({ size }: OperandSpec) => size === 'y';

function candidateOf(row: Row, steps: readonly Step[], isLong: boolean): Candidate {
  const { encoding, attributes, places: fields } = row;
  const { vex, opcode } = encoding;
  const isEscaped = opcode[0] === 0x0f && !vex;
  const isThird = isEscaped && (opcode[1] === 0x38 || opcode[1] === 0x3a) && opcode.length > 2;
  const rest = opcode.slice(isThird ? 3 : isEscaped ? 2 : 1);
  return {
    row,
    rest,
    restMask: encoding.addsRegister && rest.length > 0 ? 0xf8 : 0xff,
    prefix: encoding.prefix,
    isAlone: encoding.isAlone,
    hasNoRepeat: encoding.hasNoRepeat,
    isPlain: attributes.has('plain'),
    operandSize: encoding.operandSize,
    addressSize: encoding.addressSize,
    rexW: encoding.rexW,
    weight: isLong ? weightOf(row) : 0,
    modrm: encoding.modrm,
    form: formOf(row),
    takesAddress: row.operands.some(({ kind }) => /^(rm|rvm|mem)$/.test(kind)),
    vexPrefix: vex ? vex.prefix : 0,
    vexLength: vex ? vex.length : -1,
    // Outside of 64-bit code W does not select 64-bit registers.
    vexW: !vex || row.takesQuad || row.operands.some(isLong ? isEither : isGeneral) ? -1 : vex.w,
    usesV: fields.includes('vvvv'),
    steps,
    bySuffix: undefined,
    needsSuffix: false,
  };
}

function rank({ prefix, isPlain, rest, isAlone, weight }: Candidate): number {
  const first = prefix !== 0 ? 0 : isAlone ? 1 : isPlain ? 2 : 3;
  return first * 32 - Math.min(rest.length, 3) * 8 - weight;
}

const suffixStep: Step = {
  ...noRegisters,
  action: 'unsigned',
  isPointer: false,
  longBytes: 1,
  shortBytes: 1,
  quadBytes: 1,
  value: 1,
};

/** Rows that differ in the byte behind the address stand under the one that takes any. */
function underOne(list: Candidate[]): Candidate[] {
  const suffixed = list.filter(({ row }) => row.encoding.suffixByte >= 0);
  if (suffixed.length === 0) return list;
  const key = ({ prefix, vexPrefix, vexLength }: Candidate) =>
    `${prefix} ${vexPrefix} ${vexLength}`;
  const groups = Map.groupBy(suffixed, key);
  const general = list.filter(({ row }) => row.encoding.suffixByte < 0);
  const found: Candidate[] = [];
  for (const candidate of general) {
    const group = groups.get(key(candidate));
    groups.delete(key(candidate));
    const bySuffix = group && new Map(group.map((each) => [each.row.encoding.suffixByte, each]));
    found.push({ ...candidate, bySuffix });
  }
  for (const group of groups.values()) {
    const bySuffix = new Map(group.map((each) => [each.row.encoding.suffixByte, each]));
    const steps = [...group[0].steps, suffixStep];
    found.push({ ...group[0], steps, bySuffix, needsSuffix: true });
  }
  return found;
}

let lines: (number[] | undefined)[] | undefined;
/** Those of 16- and 32-bit code, then those of 64-bit code. */
const cells: (readonly Candidate[] | undefined)[] = [];
const empty: readonly Candidate[] = [];

function linesByCell(): (number[] | undefined)[] {
  const found: (number[] | undefined)[] = Array.from({ length: mapCount * 256 });
  const every = rowLines();
  for (let index = 0; index < every.length; index++) {
    const cell = cellOf(every[index]);
    if (cell < 0) continue;
    const count = addsRegister(every[index]) ? 8 : 1;
    for (let i = 0; i < count; i++) {
      const list = found[cell + i];
      if (list) list.push(index);
      else found[cell + i] = [index];
    }
  }
  return found;
}

/** The rows that an opcode may mean in 64-bit code or the others, the more particular first. */
export function candidatesOf(map: number, opcode: number, isLong: boolean): readonly Candidate[] {
  const cell = map * 256 + opcode;
  const at = isLong ? mapCount * 256 + cell : cell;
  const known = cells[at];
  if (known) return known;
  lines ??= linesByCell();
  const list: Candidate[] = [];
  for (const index of lines[cell] ?? []) {
    const row = rowAt(index);
    if (row.attributes.has('alias') || row.onlyMode === (isLong ? 32 : 64)) continue;
    const steps = row.operands.map((spec, i) => stepOf(spec, row.places[i], row, isLong));
    list.push(candidateOf(row, steps, isLong));
  }
  const sorted = underOne(list).sort((left, right) => rank(left) - rank(right));
  return (cells[at] = sorted.length > 0 ? sorted : empty);
}

/** The map that a VEX or XOP prefix names; -1: none. */
export function prefixedMap(isXop: boolean, number: number): number {
  if (isXop) return number >= 8 && number <= 10 ? number : -1;
  return number >= 1 && number <= 3 ? vexBase + number : -1;
}
