// Decodes one instruction into a record. What follows an opcode is said by its row in opcodes.ts; this file knows
// prefixes, ModRM with 16- and 32-bit addresses, immediates, and which hot case of the interpreter fits (hot-ops.ts).

import {
  HANDLERS,
  type HandlerInfo,
  OP_TOO_LONG,
  OP_UNDEFINED,
  type OpcodeRow,
  handlerNumber,
  isFpu,
  oneByte,
  twoByte,
} from './opcodes.ts';
import * as W from './record.ts';
import { CS, DS, ES, FS, GS, SS, ZERO } from './state-layout.ts';

const MAX_LENGTH = 15;
const EBP_NUMBER = 5;
const ESP_NUMBER = 4;
/** Base and index of the eight 16-bit addressing forms. */
const BASE16 = [3, 3, 5, 5, 6, 7, 5, 3];
const INDEX16 = [6, 7, 6, 7, ZERO, ZERO, ZERO, ZERO];

export interface DecodeInput {
  bytes: Uint8Array;
  /** First byte of the instruction, and where the bytes at hand end. */
  at: number;
  end: number;
  /** See Cpu.decodeKey. */
  key: number;
  /** Offset of the instruction in its page. */
  offset: number;
}

/** What the caller must know of the instruction: its length, or -1 when it needs more bytes; how it goes on. */
export interface DecodeOutput {
  length: number;
  /** No instruction follows it in sequence. */
  isEnd: boolean;
  /** Offset of a direct jump's target from the start of the page; NaN when there is none. */
  target: number;
}

class Decoder {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  at = 0;
  end = 0;
  isOverrun = false;
  is32Operand = false;
  is32Address = false;
  segment = -1;
  repeat = 0;
  lock = 0;

  next(): number {
    if (this.at >= this.end) {
      this.isOverrun = true;
      return 0;
    }
    return this.bytes[this.at++];
  }

  next16(): number {
    const low = this.next();
    return low | (this.next() << 8);
  }

  next32(): number {
    const low = this.next16();
    return low | (this.next16() << 16);
  }

  /** An immediate of the operand size. */
  nextZ(): number {
    return this.is32Operand ? this.next32() : this.next16();
  }

  begin(input: DecodeInput): void {
    this.bytes = input.bytes;
    this.start = this.at = input.at;
    this.end = Math.min(input.end, input.at + MAX_LENGTH);
    this.isOverrun = false;
    this.is32Operand = this.is32Address = (input.key & 1) !== 0;
    this.segment = -1;
    this.repeat = this.lock = 0;
  }

  /** Reads prefixes and answers the first byte that is none. */
  prefixes(is32: boolean): number {
    for (;;) {
      const byte = this.next();
      if (byte === 0x66) this.is32Operand = !is32;
      else if (byte === 0x67) this.is32Address = !is32;
      else if (byte === 0xf0) this.lock = 1;
      else if (byte === 0xf2) this.repeat = 1;
      else if (byte === 0xf3) this.repeat = 2;
      else if (byte === 0x26) this.segment = ES;
      else if (byte === 0x2e) this.segment = CS;
      else if (byte === 0x36) this.segment = SS;
      else if (byte === 0x3e) this.segment = DS;
      else if (byte === 0x64) this.segment = FS;
      else if (byte === 0x65) this.segment = GS;
      else return byte;
      if (this.isOverrun) return 0;
    }
  }
}

const decoder = new Decoder();
const output: DecodeOutput = { length: 0, isEnd: false, target: Number.NaN };

/** Decodes one instruction into the record at `p`. The answer is the same object each time. */
export function decodeInstruction(input: DecodeInput, o: Int32Array, p: number): DecodeOutput {
  const d = decoder;
  d.begin(input);
  for (let i = 0; i < W.RECORD; i++) o[p + i] = 0;
  o[p + W.W_BASE] = o[p + W.W_INDEX] = ZERO;
  output.isEnd = false;
  output.target = Number.NaN;
  let opcode = d.prefixes((input.key & 1) !== 0);
  let row = oneByte[opcode];
  if (opcode === 0x0f) {
    opcode = d.next();
    row = twoByte[opcode];
  }
  let info = input.offset;
  let handler = -1;
  if (row !== undefined) {
    info |= operands(d, row, opcode, o, p);
    handler = chooseHandler(d, row, o, p, info);
  }
  if (d.isOverrun) {
    output.length = -1;
    if (d.end - d.start < MAX_LENGTH) return output;
    handler = OP_TOO_LONG;
  }
  const length = d.isOverrun ? 1 : d.at - d.start;
  output.length = length;
  o[p + W.W_INFO] = info | (length << W.INFO_LENGTH_SHIFT);
  if (handler < 0 || row === undefined || d.isOverrun) {
    output.isEnd = true;
    o[p] = d.isOverrun ? OP_TOO_LONG : OP_UNDEFINED;
    return output;
  }
  if (row.isRelative) {
    const target = input.offset + length + o[p + W.W_IMM];
    o[p + W.W_DISP] = target;
    o[p + W.W_IMM] = 0;
    output.target = target;
  }
  output.isEnd = HANDLERS[handler].isEnd;
  o[p] = specialize(handler, input.key, o, p) | packedOperands(o, p);
  return output;
}

/** The operands as the interpreter wants them, beside the case's number. */
function packedOperands(o: Int32Array, p: number): number {
  return (
    (o[p + W.W_RM] << W.OP_RM_SHIFT) |
    (o[p + W.W_REG] << W.OP_REG_SHIFT) |
    (o[p + W.W_BASE] << W.OP_BASE_SHIFT) |
    (o[p + W.W_INDEX] << W.OP_INDEX_SHIFT) |
    ((o[p + W.W_INFO] >>> W.INFO_SCALE_SHIFT) << W.OP_SCALE_SHIFT)
  );
}

/** The hot case that does what the handler does, where there is one. */
function specialize(general: number, key: number, o: Int32Array, p: number): number {
  let info = o[p + W.W_INFO];
  let handler = general;
  const { exchanged } = HANDLERS[handler];
  if (exchanged !== undefined && (info & W.INFO_MEMORY) === 0) {
    handler = handlerNumber(exchanged);
    const register = o[p + W.W_REG];
    o[p + W.W_REG] = o[p + W.W_RM];
    o[p + W.W_RM] = register;
  }
  if (HANDLERS[handler].name === 'nop') info &= ~W.INFO_MEMORY;
  const hasIndex = o[p + W.W_INDEX] !== ZERO;
  return hotCase(HANDLERS[handler], key, info, hasIndex) ?? handler;
}

function hotCase(
  handler: HandlerInfo,
  key: number,
  info: number,
  hasIndex: boolean,
): number | undefined {
  if ((info & W.INFO_LOCK) !== 0) return undefined;
  const size = (info >>> W.INFO_SIZE_SHIFT) & 3;
  const hasMemory = (info & W.INFO_MEMORY) !== 0;
  const segment = (info >>> W.INFO_SEGMENT_SHIFT) & 7;
  const isOperand32 = (info & W.INFO_OPERAND32) !== 0;
  const isFlat = (key & 2) !== 0;
  const isSimple =
    isFlat &&
    (info & W.INFO_ADDRESS32) !== 0 &&
    (segment === DS || segment === SS || segment === ES);
  for (const choice of handler.hot) {
    if (choice.size !== size || (choice.operand !== 'register') !== hasMemory) continue;
    if (choice.operand === 'base' && hasIndex) continue;
    if (hasMemory && !isSimple) continue;
    if (choice.needsFlat && !isFlat) continue;
    if (choice.needsOperand32 && !isOperand32) continue;
    return choice.hot;
  }
  return undefined;
}

/** The handler's number, or -1: not defined in this form. Reads the immediate of TEST in group 3. */
function chooseHandler(d: Decoder, row: OpcodeRow, o: Int32Array, p: number, info: number): number {
  const hasMemory = (info & W.INFO_MEMORY) !== 0;
  const { handlers } = row;
  const handler = handlers.length === 1 ? handlers[0] : handlers[(modrmByte >>> 3) & 7];
  if (handler < 0) return -1;
  const { form, isLockable, hasImmediate } = HANDLERS[handler];
  const needed = form ?? row.form;
  if (needed !== undefined && hasMemory !== (needed === 'memory')) return -1;
  if (hasImmediate) {
    const isByte = ((info >>> W.INFO_SIZE_SHIFT) & 3) === 0;
    o[p + W.W_IMM] = isByte ? (d.next() << 24) >> 24 : d.nextZ();
  }
  if (d.lock !== 0 && !(hasMemory && isLockable)) return -1;
  if (isFpu(handler)) o[p + W.W_IMM] = (escape << 8) | modrmByte;
  return handler;
}

let escape = 0;
let modrmByte = 0;

/** Reads ModRM and immediates as the row says; answers the bits for W_INFO. */
function operands(d: Decoder, row: OpcodeRow, opcode: number, o: Int32Array, p: number): number {
  let info = (d.repeat << W.INFO_REPEAT_SHIFT) | (d.lock !== 0 ? W.INFO_LOCK : 0);
  if (d.is32Operand) info |= W.INFO_OPERAND32;
  if (d.is32Address) info |= W.INFO_ADDRESS32;
  const size = row.size === 'v' ? (d.is32Operand ? 2 : 1) : row.size;
  info |= size << W.INFO_SIZE_SHIFT;
  let segment: number = DS;
  if (row.hasModrm) {
    modrmByte = d.next();
    escape = opcode & 7;
    if (row.ignoresMod) modrmByte |= 0xc0;
    const reg = (modrmByte >>> 3) & 7;
    o[p + W.W_REG] = row.isByteReg ? byteOffset(reg) : reg;
    if (modrmByte >= 0xc0) {
      const rm = modrmByte & 7;
      o[p + W.W_RM] = size === 0 ? byteOffset(rm) : rm;
    } else {
      info |= W.INFO_MEMORY;
      if (d.is32Address) segment = address32(d, o, p);
      else segment = address16(d, o, p);
      info |= scale << W.INFO_SCALE_SHIFT;
    }
  } else if (row.isOpcodeRegister) {
    const reg = opcode & 7;
    o[p + W.W_REG] = o[p + W.W_RM] = size === 0 ? byteOffset(reg) : reg;
  }
  if (row.isOffset) {
    o[p + W.W_DISP] = d.is32Address ? d.next32() : d.next16();
    info |= W.INFO_MEMORY;
  }
  info |= (d.segment >= 0 ? d.segment : segment) << W.INFO_SEGMENT_SHIFT;
  immediate(d, row, size, o, p);
  return info;
}

function immediate(d: Decoder, row: OpcodeRow, size: number, o: Int32Array, p: number): void {
  switch (row.immediate) {
    case 'b':
      o[p + W.W_IMM] = (d.next() << 24) >> 24;
      break;
    case 'one':
      o[p + W.W_IMM] = 1;
      break;
    case 'w':
      o[p + W.W_IMM] = d.next16();
      break;
    case 'z':
      if (size === 0) o[p + W.W_IMM] = (d.next() << 24) >> 24;
      else if (d.is32Operand) o[p + W.W_IMM] = d.next32();
      else o[p + W.W_IMM] = (d.next16() << 16) >> 16;
      break;
    case 'far':
      o[p + W.W_IMM] = d.nextZ();
      o[p + W.W_DISP] = d.next16();
      break;
    case 'enter':
      o[p + W.W_IMM] = d.next16();
      o[p + W.W_DISP] = d.next();
      break;
    default:
  }
}

function byteOffset(register: number): number {
  return ((register & 3) << 2) | (register >>> 2);
}

let scale = 0;

function address32(d: Decoder, o: Int32Array, p: number): number {
  const mod = modrmByte >>> 6;
  let base = modrmByte & 7;
  let isBaseAbsent = mod === 0 && base === EBP_NUMBER;
  scale = 0;
  if (base === ESP_NUMBER) {
    const sib = d.next();
    base = sib & 7;
    isBaseAbsent = mod === 0 && base === EBP_NUMBER;
    const index = (sib >>> 3) & 7;
    scale = sib >>> 6;
    if (index !== ESP_NUMBER) o[p + W.W_INDEX] = index;
  }
  if (!isBaseAbsent) o[p + W.W_BASE] = base;
  if (mod === 1) o[p + W.W_DISP] = (d.next() << 24) >> 24;
  else if (mod === 2 || isBaseAbsent) o[p + W.W_DISP] = d.next32();
  return !isBaseAbsent && (base === ESP_NUMBER || base === EBP_NUMBER) ? SS : DS;
}

function address16(d: Decoder, o: Int32Array, p: number): number {
  const mod = modrmByte >>> 6;
  const rm = modrmByte & 7;
  scale = 0;
  if (mod === 0 && rm === 6) {
    o[p + W.W_DISP] = d.next16();
    return DS;
  }
  o[p + W.W_BASE] = BASE16[rm];
  o[p + W.W_INDEX] = INDEX16[rm];
  if (mod === 1) o[p + W.W_DISP] = (d.next() << 24) >> 24;
  else if (mod === 2) o[p + W.W_DISP] = d.next16();
  return BASE16[rm] === EBP_NUMBER ? SS : DS;
}
