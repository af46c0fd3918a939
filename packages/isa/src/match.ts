// Whether written operands fit a form, and which operand size they say. Immediates are looked at
// only where a form depends on their value; which ones were, is remembered, so that a caller may
// keep an encoding for other values of the same class (`valueClass`).

import type { Form, FormOperand } from './forms.ts';
import type { Instruction, MemoryOperand, Mode, Operand, Register } from './model.ts';
import type { OperandSpec } from './row.ts';

export interface Match {
  readonly form: Form;
  /** 16 or 32; the mode's where the form has none of its own. */
  readonly size: 16 | 32;
  /** A register or a suffix said the size. */
  readonly isSizeGiven: boolean;
}

/** Collects the operands whose value had a say. */
export interface ValueUse {
  mask: number;
}

const sizeBits: Record<string, number> = { b: 8, w: 16, d: 32, q: 64 };

/** The value as the processor sees it in a field of that many bits, signed; undefined stays so. */
function signedValue(value: bigint, bits: 16 | 32): bigint | undefined {
  if (bits === 32) return BigInt.asIntN(32, value);
  if (value >= -0x8000n && value <= 0xffffn) return BigInt.asIntN(16, value);
  if (value >= 0xffff8000n && value <= 0xffffffffn) return BigInt.asIntN(16, value);
  return undefined;
}

/** Whether an immediate fits a byte that the processor sign-extends to `bits`. */
export function fitsSignedByte(value: bigint, bits: 16 | 32): boolean {
  const signed = signedValue(value, bits);
  return signed !== undefined && signed >= -128n && signed <= 127n;
}

function isPort(operand: Operand): boolean {
  if (operand.kind === 'register') return operand.register.name === 'dx';
  if (operand.kind !== 'memory') return false;
  const { base, index, displacement } = operand;
  return base?.name === 'dx' && !index && (displacement === undefined || displacement === 0n);
}

/** `(%esi)`, `(%si)`: a string instruction's own address, possibly with a segment. */
function isStringAddress(operand: MemoryOperand, number: number): boolean {
  const { base, index, displacement } = operand;
  if (!base || index || base.class !== 'general' || base.number !== number) return false;
  return base.bits >= 16 && !operand.isDisplacementPresent && (displacement ?? 0n) === 0n;
}

function isPlainMemory(operand: MemoryOperand): boolean {
  return !operand.base && !operand.index;
}

const specialClasses: Record<string, string> = {
  sreg: 'segment',
  creg: 'control',
  dreg: 'debug',
  treg: 'test',
  st: 'x87',
};

function fitsFixed(spec: OperandSpec, operand: Operand): boolean {
  if (spec.text === 'DX') return isPort(operand);
  if (operand.kind !== 'register') return false;
  if (spec.text === 'ST(0)')
    return operand.register.class === 'x87' && operand.register.number === 0;
  return operand.register.name === spec.register?.name;
}

/**
 * The register operand's width where it decides the operand size, 0 where it fits without, -1 where
 * it does not fit.
 */
function registerFit(spec: OperandSpec, register: Register): number {
  const { class: kind, bits, number } = register;
  switch (spec.kind) {
    case 'rm':
    case 'reg':
      if (kind !== 'general') return -1;
      if (spec.size === 'v') return bits === 16 || bits === 32 ? bits : -1;
      return bits === sizeBits[spec.size] ? 0 : -1;
    case 'rvm':
      return kind === 'general' && (bits === 16 || bits === 32) ? bits : -1;
    case 'accumulator':
      if (kind !== 'general' || number !== 0) return -1;
      if (spec.size === 'b') return bits === 8 ? 0 : -1;
      return bits === 16 || bits === 32 ? bits : -1;
    case 'sreg':
    case 'creg':
    case 'dreg':
    case 'treg':
    case 'st':
      return kind === specialClasses[spec.kind] ? 0 : -1;
    default:
      return -1;
  }
}

function memoryFits(spec: OperandSpec, operand: MemoryOperand): boolean {
  switch (spec.kind) {
    case 'rm':
    case 'rvm':
    case 'mem':
      return true;
    case 'moffs':
      return isPlainMemory(operand);
    case 'source':
      return isStringAddress(operand, 6);
    case 'destination':
      return isStringAddress(operand, 7) && (!operand.segment || operand.segment.name === 'es');
    case 'table':
      return isStringAddress(operand, 3);
    default:
      return false;
  }
}

function immediateFits(
  operand: FormOperand,
  value: bigint | undefined,
  size: 16 | 32,
  use: ValueUse,
  bit: number,
): boolean {
  const { spec } = operand;
  switch (spec.kind) {
    case 'imm':
    case 'far':
      return true;
    case 'simm8':
      use.mask |= bit;
      return value !== undefined && fitsSignedByte(value, size);
    case 'count1':
      use.mask |= bit;
      return value === 1n;
    case 'const3':
      use.mask |= bit;
      return value === 3n;
    case 'ubyte':
      use.mask |= bit;
      return value === undefined || (value >= -128n && value <= 255n);
    case 'uword':
      use.mask |= bit;
      return value === undefined || (value >= -0x8000n && value <= 0xffffn);
    default:
      return false;
  }
}

function isRelativeTarget(spec: OperandSpec, operand: Operand, isIndirect: boolean): boolean {
  if (spec.kind !== 'rel') return false;
  if (operand.kind === 'target') return true;
  return operand.kind === 'memory' && !isIndirect && isPlainMemory(operand) && !operand.segment;
}

function bitsOf(operand: Operand): number {
  return operand.kind === 'register' ? operand.register.bits : 0;
}

/**
 * The fit of one form with an instruction's operands, undefined where there is none. `defaultSize`
 * is the operand size of the mode, exchanged by an explicit data16 or data32.
 */
export function matchForm(
  form: Form,
  instruction: Instruction,
  mode: Mode,
  defaultSize: 16 | 32,
  use: ValueUse,
): Match | undefined {
  const { operands } = instruction;
  const list = form.operands;
  if (list.length !== operands.length) return undefined;
  const isIndirect = instruction.isIndirect === true;
  if (isIndirect && !form.row.attributes.has('indirect')) return undefined;
  let size: number = form.size;
  let isPinned = false;
  for (let i = 0; i < list.length; i++) {
    const { spec } = list[i];
    const operand = operands[i];
    if (spec.kind === 'fixed') {
      if (!fitsFixed(spec, operand)) return undefined;
    } else if (operand.kind === 'register') {
      const bits = registerFit(spec, operand.register);
      if (bits < 0) return undefined;
      if (bits > 0 && spec.kind === 'rvm' && list.length > 1 && isSourceOfLar(form, i)) {
        if (bits < bitsOf(operands[1])) continue;
      }
      if (bits > 0) {
        if (form.row.attributes.has('unsized')) continue;
        if (size !== 0 && size !== bits) return undefined;
        size = bits;
      }
      if (spec.kind !== 'sreg' && spec.kind !== 'st') isPinned = true;
    } else if (operand.kind === 'memory') {
      if (isRelativeTarget(spec, operand, isIndirect)) continue;
      if (!memoryFits(spec, operand)) return undefined;
      if (spec.kind === 'rvm' && !hasGeneralRegister(form)) {
        // Memory of 16 bits whatever the operand size: no prefix.
        if (size === 32) return undefined;
        size = mode;
      }
    } else if (operand.kind === 'target') {
      if (spec.kind !== 'rel') return undefined;
    } else if (!['imm', 'simm8', 'ubyte', 'uword', 'count1', 'const3', 'far'].includes(spec.kind)) {
      return undefined;
    }
  }
  const finalSize = size === 16 || size === 32 ? size : defaultSize;
  for (let i = 0; i < list.length; i++) {
    const operand = operands[i];
    if (operand.kind !== 'immediate') continue;
    if (!immediateFits(list[i], operand.value, finalSize, use, 1 << i)) return undefined;
  }
  if (finalSize === 16 && form.row.attributes.has('widens')) return undefined;
  const isSizeGiven = !form.needsRegister || isPinned;
  if (mode === 64) return undefined;
  return { form, size: finalSize, isSizeGiven };
}

function hasGeneralRegister(form: Form): boolean {
  return form.operands.some(({ spec }) => spec.kind === 'reg');
}

/** lar and lsl take a 16-bit source with a 32-bit destination. */
function isSourceOfLar(form: Form, index: number): boolean {
  return index === 0 && form.operands[1].spec.kind === 'reg';
}
