// Makes a case for a cell of the campaign: the bytes of one instruction in one form, and a state in which it does something.

import { type Row, decode } from '@ring0/isa';
import { ADDRESS_FORMS, type AddressForm, addressBytes, chooseAddress } from './addresses.ts';
import { CODE_ADDRESS, CODE_BYTES, type Case, type Fpu, type Patch } from './native.ts';
import { type Draft, farTarget, jumpTarget, prepare } from './prepare.ts';
import {
  CLEAN_FPU,
  type Random,
  dataAddress,
  littleEndian,
  pick,
  randomFlags,
  randomWord,
  rarely,
} from './random.ts';
import { type Cell, OVERRIDES } from './rows.ts';
import * as Segments from './segments.ts';
import { TRANSCENDENTAL, anyFpu, memoryValue, transcendentalFpu } from './x87-values.ts';

const [ES, CS, SS, DS, FS, GS] = [0, 1, 2, 3, 4, 5];
const ESP = 4;
const LONGEST = 15;

/** A case, and what the comparison has to know of it. */
export interface Generated {
  readonly test: Case;
  readonly mode: 16 | 32;
  /** Linear address of each instruction, in the order of their making. */
  readonly addresses: readonly number[];
}

const SHORT_DATA = [
  Segments.SMALL_DATA,
  Segments.SMALL_DATA,
  Segments.DATA_16,
  Segments.READ_ONLY,
  Segments.EXPAND_DOWN,
];

/** The selectors of a case: Linux's flat ones, or based and limited ones. */
function chooseSegments(random: Random, isBased: boolean, mode: 16 | 32): number[] {
  const segments = Array.from({ length: 6 }, () => Segments.USER_DATA);
  segments[FS] = Segments.FS_DATA;
  segments[GS] = Segments.GS_DATA;
  segments[CS] = mode === 16 ? Segments.CODE_16 : Segments.USER_CODE;
  if (!isBased) return segments;
  segments[DS] = pick(random, SHORT_DATA);
  segments[ES] = pick(random, SHORT_DATA);
  segments[SS] = pick(random, [Segments.SMALL_DATA, Segments.DATA_16, Segments.EXPAND_DOWN]);
  if (rarely(random, 8)) segments[FS] = 0;
  if (mode === 32) {
    segments[CS] = pick(random, [
      Segments.USER_CODE,
      Segments.SMALL_CODE,
      Segments.FLAT_LOCAL_CODE,
      Segments.EXECUTE_ONLY,
    ]);
  }
  return segments;
}

function is16BitStack(selector: number): boolean {
  return selector === Segments.DATA_16 || selector === Segments.EXPAND_DOWN;
}

/** ESP: room on both sides, mostly aligned. */
export function stackPointer(random: Random, selector: number): number {
  const linear = rarely(random, 20) ? dataAddress(random, 4) : dataAddress(random, 4) & ~3;
  const offset = (linear - Segments.baseOf(selector)) >>> 0;
  if (!is16BitStack(selector)) return offset;
  return ((randomWord(random) & 0xffff0000) | (offset & 0xffff)) >>> 0;
}

const LAST_PAGE = CODE_ADDRESS + CODE_BYTES;

/** Mostly anywhere; now and then across the two pages' border, or into where nothing is. */
function codeAddress(random: Random): number {
  switch (random(24)) {
    case 0:
      return CODE_ADDRESS + 0x1000 - random(8);
    case 1:
      return LAST_PAGE - 1 - random(8);
    default:
      return CODE_ADDRESS + 0x200 + random(CODE_BYTES - 0x400);
  }
}

function accessBytes(row: Row, size: 16 | 32): number {
  const spec = row.operands.find(({ kind }) => /^(rm|rvm|mem)$/.test(kind));
  if (spec === undefined) return 1;
  if (spec.memory !== '') return Number.parseInt(spec.memory, 10) / 8 || 16;
  return { b: 1, w: 2, d: 4, q: 8, v: size / 8, y: 4, '': 4 }[spec.size];
}

function immediateBytes(draft: Draft, mode: 16 | 32): number[] | undefined {
  const { random, row, size } = draft;
  const bytes: number[] = [];
  for (const part of row.encoding.tail) {
    if (part === 'ib') bytes.push(byteImmediate(random, row));
    else if (part === 'iw') bytes.push(...littleEndian(shortImmediate(random, row), 2));
    else if (part === 'iz') bytes.push(...littleEndian(randomWord(random), size / 8));
    else if (part === 'pz') {
      const { selector, offset } = farTarget(draft);
      bytes.push(...littleEndian(offset, size / 8), ...littleEndian(selector, 2));
    } else if (part === 'mo') bytes.push(...offsetBytes(draft));
    else if (part === 'cb') {
      const distance = random(256);
      bytes.push(distance > 0xee ? 5 : distance);
    } else if (part === 'cz') {
      const distance = jumpTarget(draft) - draft.at - 8;
      bytes.push(...littleEndian(distance >>> 0, size / 8));
    } else throw new Error(`${row.mnemonic}: no ${part} in ${mode}-bit code`);
  }
  return bytes;
}

const COUNTED = /^(rol|ror|rcl|rcr|shl|shr|sar|shld|shrd)$/;

function byteImmediate(random: Random, row: Row): number {
  if (COUNTED.test(row.mnemonic)) return rarely(random, 4) ? random(256) : random(34);
  if (row.mnemonic === 'enter') return rarely(random, 3) ? random(64) : random(4);
  const value = randomWord(random) & 0xff;
  return row.mnemonic === 'int' && value === 0x80 ? 0x81 : value;
}

function shortImmediate(random: Random, row: Row): number {
  if (row.mnemonic === 'enter' || row.mnemonic.startsWith('ret')) return random(0x200);
  return randomWord(random) & 0xffff;
}

function offsetBytes(draft: Draft): number[] {
  const segment = draft.override >= 0 ? draft.override : DS;
  const linear = segment === CS ? CODE_ADDRESS + draft.random(CODE_BYTES) : draft.memory;
  const offset = linear - Segments.baseOf(draft.segments[segment]);
  return littleEndian(offset >>> 0, draft.addressBits / 8);
}

function prefixBytes(cell: Cell, mode: 16 | 32, addressBits: 16 | 32, random: Random): number[] {
  const bytes: number[] = [];
  const { row } = cell;
  const isSized = row.isSized || row.encoding.operandSize !== 0;
  if (isSized && cell.size !== mode) bytes.push(0x66);
  if (addressBits !== mode) bytes.push(0x67);
  if (cell.override !== 0) bytes.push(cell.override);
  if (cell.prefix === 'lock') bytes.push(0xf0);
  if (cell.prefix === 'rep') bytes.push(0xf3);
  if (cell.prefix === 'repne') bytes.push(0xf2);
  if (rarely(random, 2)) bytes.reverse();
  return bytes;
}

function fpuFor(random: Random, row: Row): Fpu {
  const [first, second] = row.encoding.opcode;
  if (first < 0xd8 || first > 0xdf) return first === 0x9b ? anyFpu(random) : CLEAN_FPU;
  if (isTranscendental(row) && rarely(random, 2)) return transcendentalFpu(random, second);
  return anyFpu(random);
}

export function isTranscendental(row: Row): boolean {
  const [first, second] = row.encoding.opcode;
  return first === 0xd9 && TRANSCENDENTAL.has(second);
}

/** An address form for the cell: its own, or any where the cell is about a prefix. */
function addressForm(random: Random, cell: Cell): AddressForm | undefined {
  const isAnyForm = cell.address !== undefined && (cell.override !== 0 || cell.prefix === 'lock');
  return isAnyForm ? pick(random, ADDRESS_FORMS) : cell.address;
}

function opcodeBytes(draft: Draft): number[] {
  const { row, random } = draft;
  const { opcode, addsRegister, prefix } = row.encoding;
  const bytes = [...(prefix === 0 ? [] : [prefix]), ...opcode];
  if (!addsRegister) return bytes;
  const isAccumulator = row.mnemonic === 'xchg';
  draft.rm = isAccumulator ? 1 + random(7) : random(8);
  bytes[bytes.length - 1] += draft.rm;
  return bytes;
}

function fieldOf(random: Random, row: Row): number {
  const { modrm } = row.encoding;
  if (modrm >= 0 && modrm < 8) return modrm;
  if (!row.operands.some(({ kind }) => kind === 'sreg')) return random(8);
  return row.operands[0].kind === 'sreg' ? pick(random, [0, 2, 3, 4, 5]) : random(6);
}

/** Linear address of the operand, in the segment that the address will have. */
function operandAddress(draft: Draft, segment: number): number {
  const { random, row, size } = draft;
  if (segment === CS) return CODE_ADDRESS + random(CODE_BYTES - 8);
  return dataAddress(random, accessBytes(row, size));
}

function memoryBytes(draft: Draft, form: AddressForm): number[] | undefined {
  const { random, row, size, segments } = draft;
  const address = chooseAddress(random, form);
  const segment = draft.override >= 0 ? draft.override : address.segment;
  draft.memory = operandAddress(draft, segment);
  const spec = row.operands.find(({ memory }) => memory !== '');
  const value = spec === undefined ? undefined : memoryValue(random, spec.memory, size);
  if (value !== undefined) draft.put(draft.memory, value);
  prepare(draft);
  const offset = (draft.memory - Segments.baseOf(segments[segment])) >>> 0;
  return addressBytes(random, address, offset, draft.registers);
}

/** From the opcode on; undefined where the form cannot be had with these random choices. */
function body(draft: Draft, form: AddressForm | undefined, mode: 16 | 32): number[] | undefined {
  const { row, random } = draft;
  const bytes = opcodeBytes(draft);
  const { modrm } = row.encoding;
  if (modrm < 0) {
    if (row.operands.some(({ kind }) => kind === 'moffs')) draft.memory = dataAddress(random, 4);
    prepare(draft);
  } else {
    draft.reg = fieldOf(random, row);
    if (form === undefined) {
      draft.rm = random(8);
      prepare(draft);
      bytes.push(0xc0 | (draft.reg << 3) | draft.rm);
    } else {
      const address = memoryBytes(draft, form);
      if (address === undefined) return undefined;
      bytes.push(address[0] | (draft.reg << 3), ...address.slice(1));
    }
  }
  const tail = immediateBytes(draft, mode);
  return tail === undefined ? undefined : [...bytes, ...tail];
}

/** Where an instruction is to stand, and what registers hold when it is reached. */
export interface Site {
  readonly mode: 16 | 32;
  readonly segments: number[];
  readonly registers: readonly number[];
  readonly at: number;
}

/** An instruction, the registers it wants, and the bytes it wants in memory. */
export interface Made {
  readonly code: Uint8Array;
  readonly registers: number[];
  readonly patches: readonly Patch[];
}

/** An instruction of the cell; undefined where it cannot be had with these random choices. */
export function makeInstruction(cell: Cell, site: Site, random: Random): Made | undefined {
  const form = addressForm(random, cell);
  return makeWith(cell, form, site, random);
}

function makeWith(
  cell: Cell,
  form: AddressForm | undefined,
  site: Site,
  random: Random,
): Made | undefined {
  const { row } = cell;
  const { mode, at } = site;
  const addressBits = row.encoding.addressSize || (form?.bits ?? 32);
  const patches: Patch[] = [];
  const draft: Draft = {
    random,
    row,
    size: cell.size,
    addressBits,
    registers: [...site.registers],
    segments: site.segments,
    override: OVERRIDES.findIndex(([, byte]) => byte === cell.override),
    memory: -1,
    rm: -1,
    reg: 0,
    at,
    put: (linear, bytes) => patches.push({ at: linear, bytes: Uint8Array.from(bytes) }),
  };
  const rest = body(draft, form, mode);
  if (rest === undefined) return undefined;
  const code = Uint8Array.from([...prefixBytes(cell, mode, addressBits, random), ...rest]);
  if (code.length > LONGEST || decode(code, 0, mode, 0).row !== row) return undefined;
  return { code, registers: draft.registers, patches: patches.filter(isInside) };
}

/** A place to start from; 16-bit addresses need segments that do not begin at 0. */
export function chooseSite(random: Random, hasShortAddress: boolean, rareMode: number): Site {
  const mode = rarely(random, rareMode) ? 16 : 32;
  const isBased = hasShortAddress || mode === 16 || rarely(random, 8);
  const segments = chooseSegments(random, isBased, mode);
  const registers = Array.from({ length: 8 }, () => randomWord(random));
  registers[ESP] = stackPointer(random, segments[SS]);
  return { mode, segments, registers, at: codeAddress(random) };
}

/** One attempt at a case of the cell. */
function attempt(cell: Cell, random: Random): Generated | undefined {
  const form = addressForm(random, cell);
  const addressSize = cell.row.encoding.addressSize || (form?.bits ?? 32);
  const site = chooseSite(random, addressSize === 16, 8);
  const made = makeWith(cell, form, site, random);
  if (made === undefined) return undefined;
  const { mode, segments, at } = site;
  const { code, registers, patches } = made;
  const test: Case = {
    code,
    at,
    eip: (at - Segments.baseOf(segments[CS])) >>> 0,
    registers,
    segments,
    eflags: caseFlags(random),
    fpu: fpuFor(random, cell.row),
    patches,
  };
  return { test, mode, addresses: [at] };
}

/** Now and then single-stepped, now and then with alignment checked. */
function caseFlags(random: Random): number {
  const flags = randomFlags(random);
  if (rarely(random, 32)) return flags | 0x100;
  return rarely(random, 24) ? flags | 0x40000 : flags;
}

/** Patches that do not lie in memory that is there are dropped. */
function isInside({ at, bytes }: Patch): boolean {
  const end = at + bytes.length;
  return (
    bytes.length <= 16 &&
    ((at >= 0x3ffff000 && end <= 0x40002000) || (at >= CODE_ADDRESS && end <= LAST_PAGE))
  );
}

/** A case of the cell; throws where none can be made, which would be a mistake of the cell. */
export function generate(cell: Cell, random: Random): Generated {
  for (let i = 0; i < 100; i++) {
    const made = attempt(cell, random);
    if (made !== undefined) return made;
  }
  throw new Error(`no case of ${cell.row.mnemonic} ${cell.form} ${cell.size} can be made`);
}
