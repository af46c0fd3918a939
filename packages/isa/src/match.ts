// Whether written operands fit a form, and which operand size they say. Immediates are looked at
// only where a form depends on their value; which ones were, is remembered, so that a caller may
// keep an encoding for other values of the same class (`valueClass`).

import type { Form, FormOperand } from './forms.ts';
import type { Instruction, MemoryOperand, Mode, Operand, Register } from './model.ts';
import type { OperandSpec, Row } from './row.ts';

export type OperandSize = 16 | 32 | 64;

export interface Match {
  readonly form: Form;
  /** 16, 32 or 64; the mode's where the form has none of its own. */
  readonly size: OperandSize;
  /** A register or a suffix said the size. */
  readonly isSizeGiven: boolean;
}

/** Collects the operands whose value had a say. */
export interface ValueUse {
  mask: number;
}

const sizeBits: Record<string, number> = { b: 8, w: 16, d: 32, q: 64, y: 32 };

/** The value as the processor sees it in a field of that many bits, signed; undefined stays so. */
function signedValue(value: bigint, bits: OperandSize): bigint | undefined {
  if (bits === 64) return BigInt.asIntN(64, value);
  const low = BigInt.asIntN(32, value);
  if (bits === 32) return low;
  return low >= -0x8000n && low <= 0xffffn ? BigInt.asIntN(16, low) : undefined;
}

/** Only the low 32 bits count, as for GNU as. */
function isWithin(value: bigint | undefined, least: bigint, most: bigint): boolean {
  if (value === undefined) return true;
  const low = BigInt.asIntN(32, value);
  return low >= least && low <= most;
}

/** Whether an immediate fits a byte that the processor sign-extends to `bits`. */
export function fitsSignedByte(value: bigint, bits: OperandSize): boolean {
  const signed = signedValue(value, bits);
  return signed !== undefined && signed >= -128n && signed <= 127n;
}

/** Whether four bytes that the processor sign-extends to eight hold the value. */
export function isSignedLong(value: bigint): boolean {
  return BigInt.asIntN(32, value) === BigInt.asIntN(64, value);
}

/** 64-bit code looks at all bits of a value before it cuts some off. */
function isBeyondLong(value: bigint): boolean {
  const signed = BigInt.asIntN(64, value);
  return signed <= -0x100000000n || signed >= 0x100000000n;
}

function isPort(operand: Operand): boolean {
  if (operand.kind === 'register') return operand.register.name === 'dx';
  if (operand.kind !== 'memory') return false;
  const { base, index, displacement } = operand;
  return base?.name === 'dx' && !index && (displacement === undefined || displacement === 0n);
}

/** `(%esi)`, `(%si)`: a string instruction's own address, possibly with a segment. */
export function isOwnAddress(operand: MemoryOperand, kind: OperandSpec['kind']): boolean {
  const number = kind === 'source' ? 6 : kind === 'destination' ? 7 : 3;
  const { base, index, displacement } = operand;
  if (!base || index || base.class !== 'general' || base.number !== number) return false;
  return !operand.isDisplacementPresent && (displacement ?? 0n) === 0n;
}

/** Other addresses are taken with a warning; only their size counts. */
function isStringAddress({ base, index }: MemoryOperand): boolean {
  const register = base ?? index;
  return !register || (register.class === 'general' && register.bits >= 16);
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
function registerFit(spec: OperandSpec, register: Register, row: Row, mode: Mode): number {
  const { class: kind, bits, number } = register;
  switch (spec.kind) {
    case 'rm':
    case 'reg':
      if (kind !== spec.bank) return -1;
      if (kind !== 'general') return 0;
      if (spec.size === 'v') return bits >= 16 ? bits : -1;
      if (mode === 64) return longFit(spec, bits, row);
      return bits === sizeBits[spec.size] ? 0 : -1;
    case 'rvm':
      return kind === 'general' && bits >= 16 ? bits : -1;
    case 'accumulator':
      if (kind !== 'general' || number !== 0) return -1;
      if (spec.size === 'b') return bits === 8 ? 0 : -1;
      return bits >= 16 ? bits : -1;
    case 'pointer':
      return kind === 'general' && bits >= (mode === 64 ? 32 : 16) ? 0 : -1;
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

/** `registerFit` of general registers whose size is not the operand size, in 64-bit code. */
function longFit({ size }: OperandSpec, bits: number, row: Row): number {
  if (size === 'y') return bits >= 32 ? bits : -1;
  const wanted = size === 'd' && row.isNative ? 64 : sizeBits[size];
  return bits === wanted || (bits === 64 && wanted === 32 && row.takesQuad) ? 0 : -1;
}

function memoryFits(spec: OperandSpec, operand: MemoryOperand): boolean {
  switch (spec.kind) {
    case 'rm':
    case 'rvm':
      return true;
    case 'mem':
      return spec.indexes === undefined || operand.index?.class === spec.indexes;
    case 'moffs':
      return !operand.isGot && isPlainMemory(operand);
    case 'source':
      return isStringAddress(operand);
    case 'destination':
      return isStringAddress(operand) && (!operand.segment || operand.segment.name === 'es');
    case 'table':
      return isStringAddress(operand);
    default:
      return false;
  }
}

function immediateFits(
  operand: FormOperand,
  value: bigint | undefined,
  size: OperandSize,
  use: ValueUse,
  bit: number,
  isShortened: boolean,
  isLong: boolean,
): boolean {
  const { spec } = operand;
  switch (spec.kind) {
    case 'imm':
      if (size !== 64 || (spec.size !== 'v' && spec.size !== 'd')) return true;
      if (value === undefined) return true;
      use.mask |= bit;
      return isSignedLong(value);
    case 'far':
    case 'rel':
      return true;
    case 'simm8':
      use.mask |= bit;
      if (isLong && value !== undefined && isBeyondLong(value)) return false;
      return value !== undefined && fitsSignedByte(value, size);
    case 'count1':
      use.mask |= bit;
      return value !== undefined && BigInt.asIntN(32, value) === 1n;
    case 'const3':
      use.mask |= bit;
      return value !== undefined && BigInt.asIntN(32, value) === 3n;
    case 'ubyte':
      use.mask |= bit;
      if (isShortened) return true;
      return isWithin(value, -128n, 255n);
    case 'nibble':
      use.mask |= bit;
      return value !== undefined && value >= 0n && value <= 15n;
    case 'uword':
      use.mask |= bit;
      if (isShortened) return true;
      return isWithin(value, -0x8000n, 0xffffn);
    default:
      return false;
  }
}

function isRelativeTarget(spec: OperandSpec, operand: Operand, isIndirect: boolean): boolean {
  if (spec.kind !== 'rel') return false;
  if (operand.kind === 'target') return true;
  if (operand.kind !== 'memory' || isIndirect || operand.isGot) return false;
  return isPlainMemory(operand) && !operand.segment;
}

function bitsOf(operand: Operand): number {
  return operand.kind === 'register' ? operand.register.bits : 0;
}

/** Sizes that the letters of the table say, in bytes; 0: the operand size. */
const letterBytes: Record<string, number> = { b: 1, w: 2, d: 4, y: 4, q: 8, v: 0 };

/**
 * What `DWORD PTR` says of the operand size: 16 or 32, 0 where the operand has that size anyway, -1
 * where it has another.
 */
function pointedSize(form: Form, spec: OperandSpec, operand: MemoryOperand, mode: Mode): number {
  const { size: bytes = 0, distance } = operand;
  if (spec.memory === '16:v') {
    if (bytes === 6 || distance === 'far') return bytes === 4 ? 16 : bytes === 6 ? 32 : 0;
    return bytes === 4 && form.size !== 32 ? 16 : bytes === 0 ? 0 : -1;
  }
  if (distance === 'far') return -1;
  if (bytes === 0 || spec.kind === 'rel') return 0;
  if (spec.kind === 'rvm') return bytes === 2 ? 0 : -1;
  if (spec.memory === 'v&v') return bytes === 4 ? 16 : bytes === 8 ? 32 : -1;
  if (spec.memory === '16&32') {
    return mode === 64 ? (bytes === 10 ? 64 : -1) : bytes === 6 ? 32 : -1;
  }
  if (spec.memorySize > 0) {
    // A bnd register's memory has 16 bytes in Intel syntax, whatever the mode.
    const wanted = spec.bank === 'bound' ? 16 : spec.memorySize;
    return wanted === bytes || (bytes === 16 && isOfFour(form)) ? 0 : -1;
  }
  if (spec.size === 'v') {
    return bytes === 2 ? 16 : bytes === 4 ? 32 : bytes === 8 && mode === 64 ? 64 : -1;
  }
  if (mode === 64 && spec.size === 'y') return bytes === 4 ? 32 : bytes === 8 ? 64 : -1;
  if (mode === 64 && spec.size === 'd' && form.row.isNative && !form.row.attributes.has('long')) {
    return bytes === 8 ? 0 : -1;
  }
  if (spec.size === '') {
    if (spec.indexes) return bytes === elementBytes(form) ? 0 : -1;
    return spec.access === '-' || form.row.attributes.has('long') ? 0 : -1;
  }
  if (spec.size === 'b' && form.row.suffixRule === 'none') return 0;
  if (spec.size === 'd' && form.row.attributes.has('long')) return 0;
  return letterBytes[spec.size] === bytes ? 0 : -1;
}

/** GNU as takes XMMWORD PTR with the scalar forms of FMA4. */
function isOfFour({ row }: Form): boolean {
  return row.processor === 'fma4' && row.encoding.vex?.length === -1 && row.encoding.vex.w === 1;
}

/** Bytes of the elements that a gathering instruction loads. */
function elementBytes({ row }: Form): number {
  return row.encoding.vex?.w === 1 ? 8 : 4;
}

/** In AT&T syntax memory of vcvtpd2ps and its kin needs the suffix x or y. */
function lacksVectorSuffix(form: Form, isIntel: boolean, operand: MemoryOperand): boolean {
  if (form.row.suffix !== 'x' && form.row.suffix !== 'y') return false;
  return isIntel ? form.suffix === '' && !operand.size : form.suffix === '';
}

interface Fitting {
  readonly form: Form;
  readonly instruction: Instruction;
  readonly mode: Mode;
  readonly isIntel: boolean;
  /** 16 or 32; 0: not said yet. */
  size: number;
  isPinned: boolean;
}

function takeRegister(fitting: Fitting, index: number, register: Register): boolean {
  const { form, instruction, mode } = fitting;
  const { attributes } = form.row;
  const { spec } = form.operands[index];
  const bits = registerFit(spec, register, form.row, mode);
  if (bits < 0 || (mode === 64 && isExtendingNop(fitting, bits))) return false;
  if (form.row.takesQuad && form.size !== 0 && spec.size === 'd' && register.bits !== form.size) {
    return false;
  }
  if (bits > 0 && spec.kind === 'rvm' && form.operands.length > 1 && isSourceOfLar(form, index)) {
    if (bits === 16 && bits < bitsOf(instruction.operands[1])) return true;
  }
  if (bits > 0) {
    if (attributes.has('unsized')) return form.size === 0 || form.size === bits;
    if (fitting.size !== 0 && fitting.size !== bits) return false;
    fitting.size = bits;
  }
  if (spec.kind === 'sreg' || spec.kind === 'st' || spec.bank !== 'general') return true;
  const isOther = attributes.has('source') || (fitting.isIntel && isExtending(form));
  if (!isOther || spec.kind === 'rm') fitting.isPinned = true;
  return true;
}

/** `xchg %eax, %eax` clears the upper half in 64-bit code, as 90 does not. */
function isExtendingNop({ form, instruction }: Fitting, bits: number): boolean {
  if (bits !== 32 || !form.row.encoding.addsRegister || form.row.mnemonic !== 'xchg') return false;
  return instruction.operands.every(
    (each) => each.kind === 'register' && each.register.number === 0,
  );
}

/** movzx, movsx: the size of memory is not that of the register. */
function isExtending({ row }: Form): boolean {
  return row.isSized && row.operands.some(({ kind, size }) => kind === 'rm' && size !== 'v');
}

function takeMemory(fitting: Fitting, index: number, operand: MemoryOperand): boolean {
  const { form, instruction, mode, isIntel } = fitting;
  const { spec } = form.operands[index];
  if (isRelativeTarget(spec, operand, instruction.isIndirect === true)) return !isIntel;
  if (!memoryFits(spec, operand)) return false;
  if (lacksVectorSuffix(form, isIntel, operand)) return false;
  // pinsrwl and pextrwl are for registers: their memory has 16 bits.
  const isLong =
    form.suffix === 'l' || form.suffix === 'd' || (form.row.takesQuad && form.suffix === 'q');
  if (isLong && spec.size === 'd' && spec.memorySize === 2) return false;
  if (isIntel) {
    const said = pointedSize(form, spec, operand, mode);
    if (said < 0 || (said > 0 && fitting.size !== 0 && said !== fitting.size)) return false;
    if (said > 0) fitting.size = said;
    // In 16-bit code jmp DWORD PTR goes to another segment.
    const isFar = mode === 16 && operand.size === 4 && operand.distance !== 'near';
    if (isFar && said === 32 && form.row.attributes.has('indirect')) return false;
    if (operand.size !== undefined || operand.distance === 'far') fitting.isPinned = true;
    if (
      operand.distance !== 'far' &&
      operand.size === undefined &&
      isFarByName(form, instruction)
    ) {
      return false;
    }
  }
  if (spec.kind === 'rvm' && !hasGeneralRegister(form)) {
    // Memory of 16 bits whatever the operand size: no prefix.
    if (fitting.size >= 32) return false;
    fitting.size = mode === 64 ? 32 : mode;
  }
  return true;
}

/** jmp and call to memory are near unless it is said that they are far. */
function isFarByName(form: Form, { mnemonic }: Instruction): boolean {
  return form.row.names[0][0] === 'l' && /^(jmp|call)/.test(mnemonic);
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
  const isIntel = instruction.syntax === 'intel';
  const isIndirect = instruction.isIndirect === true;
  if (isIndirect && !form.row.attributes.has('indirect')) return undefined;
  const fitting: Fitting = { form, instruction, mode, isIntel, size: form.size, isPinned: false };
  for (let i = 0; i < list.length; i++) {
    const { spec } = list[i];
    const operand = operands[i];
    if (spec.kind === 'fixed') {
      if (!fitsFixed(spec, operand)) return undefined;
    } else if (operand.kind === 'register') {
      if (!takeRegister(fitting, i, operand.register)) return undefined;
    } else if (operand.kind === 'memory') {
      if (!takeMemory(fitting, i, operand)) return undefined;
    } else if (operand.kind === 'target') {
      if (spec.kind !== 'rel') return undefined;
    } else if (!takesImmediate.has(spec.kind) && !(isIntel && spec.kind === 'rel')) {
      return undefined;
    }
  }
  const { size, isPinned } = fitting;
  const finalSize = sizeOf(form.row, size, defaultSize, mode);
  if (finalSize === undefined) return undefined;
  for (let i = 0; i < list.length; i++) {
    const operand = operands[i];
    if (operand.kind !== 'immediate') continue;
    if (mode === 64 && fitting.size === 0 && isTooWide(list[i].spec, operand.value))
      return undefined;
    // Where nothing says the size, a byte stands for a value of 64 bits.
    const isUnsaid = mode === 64 && fitting.size === 0 && list[i].spec.kind === 'simm8';
    const judged = isUnsaid ? 64 : finalSize;
    if (
      !immediateFits(
        list[i],
        operand.value,
        judged,
        use,
        1 << i,
        shortens(form, list[i].spec),
        mode === 64,
      )
    ) {
      return undefined;
    }
  }
  const isWidening = form.row.attributes.has('widens') && !(isIntel && isExtending(form));
  if (finalSize === 16 && isWidening) return undefined;
  const isVector = form.row.suffix === 'x' || form.row.suffix === 'y';
  const isSizeGiven = !form.needsRegister || isPinned || isVector;
  return { form, size: finalSize, isSizeGiven };
}

/** In 64-bit code what 32 bits do not hold is no value for an operand whose size nothing says. */
function isTooWide({ kind, size }: OperandSpec, value: bigint | undefined): boolean {
  if (kind !== 'imm' || size !== 'v' || value === undefined) return false;
  const signed = BigInt.asIntN(64, value);
  return signed < -0x80000000n || signed > 0xffffffffn;
}

/** The operand size; undefined where 64-bit code does not have it. */
function sizeOf(row: Row, said: number, defaultSize: 16 | 32, mode: Mode): OperandSize | undefined {
  if (said === 64) return row.isNarrow || mode !== 64 ? undefined : 64;
  if (mode === 64 && row.isWide) {
    if (said === 32) return undefined;
    return said === 16 || defaultSize === 16 ? 16 : 64;
  }
  return said === 16 || said === 32 ? said : defaultSize;
}

/** Where the operation has the width of the immediate, one too wide is cut, with a warning. */
export function shortens({ row, size }: Form, { kind }: OperandSpec): boolean {
  if (kind === 'uword') return size === 16;
  if (kind !== 'ubyte') return false;
  return row.operands.some(
    (each) => each.size === 'b' && (each.kind === 'rm' || each.kind === 'accumulator'),
  );
}

const takesImmediate: ReadonlySet<string> = new Set([
  'imm',
  'simm8',
  'ubyte',
  'uword',
  'nibble',
  'count1',
  'const3',
  'far',
]);

function hasGeneralRegister(form: Form): boolean {
  return form.operands.some(({ spec }) => spec.kind === 'reg');
}

/** lar and lsl take a 16-bit source with a 32-bit destination. */
function isSourceOfLar(form: Form, index: number): boolean {
  return index === 0 && form.operands[1].spec.kind === 'reg';
}
