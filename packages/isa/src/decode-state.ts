// Where the decoder stands in an instruction: its prefixes, the sizes and registers they choose,
// and the addresses that ModRM and SIB bytes mean (SDM vol. 2, 2.1 and 2.2).

import type { DecodedOperand, Register } from './model.ts';
import type { Candidate } from './opcode-map.ts';
import {
  generalLong,
  generalQuad,
  generalWord,
  instructionPointer,
  noIndex,
  noQuadIndex,
  segmentRegisters,
  shortPointer,
  xmmRegisters,
  ymmRegisters,
} from './registers.ts';

/** Sizes other than the mode's where no prefix says them (objdump -M data16,addr16). */
export interface DefaultSizes {
  readonly operandSize?: 16 | 32 | undefined;
  readonly addressSize?: 16 | 32 | undefined;
}

export type Size = 16 | 32 | 64;

export const wait = 0x9b;
/** Bits of a REX prefix. */
export const rexBits = { w: 8, r: 4, x: 2, b: 1, any: 0x40 } as const;

/** 1: a prefix of another kind, 2 to 7: a segment. */
const prefixKind = new Uint8Array(256);
for (const byte of [0x66, 0x67, 0xf0, 0xf2, 0xf3]) prefixKind[byte] = 1;
[0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65].forEach((byte, index) => {
  prefixKind[byte] = 2 + index;
});
/** The processor refuses longer instructions (SDM vol. 3, 6.15, #GP). */
export const lengthMax = 15;

/** Bytes with a position; past the end it yields zeros and remembers. */
export class State {
  readonly bytes: Uint8Array;
  readonly mode: Size;
  readonly start: number;
  at: number;
  isOverrun = false;
  readonly prefixes: number[] = [];
  segment: Register | undefined = undefined;
  operandSize: Size;
  addressSize: Size;
  readonly defaultOperandSize: 16 | 32;
  readonly defaultAddressSize: Size;
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
  /** The REX prefix before the opcode, or the bits of VEX that mean the same; 0: none. */
  rex = 0;
  /** The operand size without REX.W. */
  narrowSize: Size = 32;
  /** A REX prefix that another prefix follows: listings show it as an instruction of its own. */
  isAlone = false;
  /** The bits of REX that mean something in this instruction; `any`: that there is one. */
  rexUsed = 0;
  /** The place that an address relative to the next instruction lies from it; NaN: there is none. */
  fromNext = Number.NaN;

  constructor(bytes: Uint8Array, at: number, mode: Size, sizes: DefaultSizes) {
    this.bytes = bytes;
    this.at = at;
    this.start = at;
    this.mode = mode;
    this.operandSize = sizes.operandSize ?? (mode === 16 ? 16 : 32);
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

  quad(): bigint {
    const low = this.unsigned(4);
    return (BigInt(this.unsigned(4)) << 32n) | BigInt(low);
  }

  signed(size: number): number {
    const value = this.unsigned(size);
    return size === 4 ? value | 0 : size === 2 ? (value << 16) >> 16 : (value << 24) >> 24;
  }
}

export function readPrefixes(state: State, joinsWait: boolean): void {
  const { bytes, start, prefixes } = state;
  const otherOperand = state.operandSize === 16 ? 32 : 16;
  const isLong = state.mode === 64;
  const usual = state.addressSize;
  const otherAddress = usual === 16 || usual === 64 ? 32 : isLong ? 64 : 16;
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
    if (state.at - start >= lengthMax) break;
    if (kind === 0) {
      // A REX prefix stands directly before the opcode; others mean nothing.
      if (!isLong || (next & 0xf0) !== 0x40) break;
      state.at++;
      prefixes.push(next);
      state.rex = next;
      const after = bytes[state.at] ?? 0x90;
      state.isAlone = (after & 0xf0) === 0x40 || prefixKind[after] !== 0 || after === wait;
      if (state.isAlone) break;
      continue;
    }
    state.at++;
    prefixes.push(next);
    state.rex = 0;
    if (kind > 1) {
      // 64-bit code has no segments but %fs and %gs.
      if (!isLong || kind > 5) state.segment = segmentRegisters[kind - 2];
    } else if (next === 0x66) {
      state.operandSize = otherOperand;
      hasOperandSize = true;
    } else if (next === 0x67) state.addressSize = otherAddress;
    else if (next !== 0xf0) state.selector = next;
  }
  if (state.selector === 0 && hasOperandSize) state.selector = 0x66;
  state.narrowSize = state.operandSize;
  if ((state.rex & rexBits.w) !== 0) state.operandSize = 64;
}

/** Base and index numbers of 16-bit r/m; -1: none. */
const shortBases = [3, 3, 5, 5, 6, 7, 5, 3];
const shortIndexes = [6, 7, 6, 7, -1, -1, -1, -1];

export type Memory = Extract<DecodedOperand, { kind: 'memory' }>;

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

/** The index of a SIB byte; a pseudo register where it says none though a byte is there for it. */
function indexOf(
  state: State,
  sib: number,
  indexes: readonly Register[] | undefined,
): Register | undefined {
  const isQuad = state.addressSize === 64;
  let number = (sib >> 3) & 7;
  if ((state.rex & rexBits.x) !== 0) {
    state.rexUsed |= rexBits.x | rexBits.any;
    number += 8;
  }
  if (indexes) return indexes[number];
  if (number !== 4) return (isQuad ? generalQuad : generalLong)[number];
  if ((sib & 7) === 4 && sib < 0x40) return undefined;
  return isQuad ? noQuadIndex : noIndex;
}

function longAddress(state: State, size: number, indexes: readonly Register[] | undefined): Memory {
  const mod = state.modrm >> 6;
  const isQuad = state.addressSize === 64;
  let baseNumber = state.modrm & 7;
  let index: Register | undefined;
  let scale = 1;
  let isRelative = false;
  if (baseNumber === 4) {
    const sib = state.byte();
    baseNumber = sib & 7;
    scale = 1 << (sib >> 6);
    index = indexOf(state, sib, indexes);
  } else isRelative = state.mode === 64 && mod === 0 && baseNumber === 5;
  const isDirect = mod === 0 && baseNumber === 5;
  // Only 32-bit addresses tell a direct one with a SIB byte from one without.
  const isNone = index === noIndex || index === noQuadIndex;
  const isShown = state.mode === 32 || (state.mode === 64 && !isQuad);
  if (isDirect && isNone && scale === 1 && !isShown) index = undefined;
  const displacementSize = isDirect || mod === 2 ? 4 : mod;
  if ((state.rex & rexBits.b) !== 0) {
    state.rexUsed |= rexBits.b | rexBits.any;
    baseNumber += 8;
  }
  const distance = displacementSize === 0 ? 0 : state.signed(displacementSize);
  if (isRelative) state.fromNext = distance;
  const pointer = isRelative ? (isQuad ? instructionPointer : shortPointer) : undefined;
  return {
    kind: 'memory',
    segment: state.segment,
    base: isDirect ? pointer : (isQuad ? generalQuad : generalLong)[baseNumber],
    index,
    scale,
    displacement: displacementSize === 0 ? 0n : BigInt(distance),
    displacementSize,
    size,
  };
}

export function address(state: State, candidate: Candidate | undefined): Memory {
  let size = 0;
  let indexes: readonly Register[] | undefined;
  if (candidate) {
    const { row, steps } = candidate;
    for (let i = 0; i < steps.length; i++) {
      if (steps[i].action !== 'rm') continue;
      const step = steps[i];
      if (state.operandSize === 64) size = step.quadBytes;
      else size = state.operandSize === 16 ? step.shortBytes : step.longBytes;
      const bank = row.operands[i].indexes;
      if (bank) indexes = bank === 'xmm' ? xmmRegisters : ymmRegisters;
    }
  }
  return state.addressSize === 16 ? shortAddress(state, size) : longAddress(state, size, indexes);
}

/** The registers that hold addresses of a size. */
function pointers(size: Size): readonly Register[] {
  return size === 64 ? generalQuad : size === 16 ? generalWord : generalLong;
}

/** The address of a string instruction, or of xlat: one register, no bytes of its own. */
export function implied(state: State, number: number, size: number, isFixed: boolean): Memory {
  return {
    kind: 'memory',
    segment: isFixed ? segmentRegisters[0] : state.segment,
    base: pointers(state.addressSize)[number],
    index: undefined,
    scale: 1,
    displacement: 0n,
    displacementSize: 0,
    size,
  };
}
