// From an instruction in AT&T terms to bytes and fixups. The forms of the mnemonic are tried in the
// order of the table, which is GNU as's preference; the first that fits is written out. Prefixes
// stand in GNU as's order: wait, segment, address size, operand size, repeat, lock.

import { formsOf } from './forms.ts';
import type { Form } from './forms.ts';
import { matchForm } from './match.ts';
import type { Match, ValueUse } from './match.ts';
import { memoryBytes } from './memory.ts';
import type { AddressBytes } from './memory.ts';
import type {
  EncodeOptions,
  EncodeProblem,
  EncodeResult,
  Encoding,
  Fixup,
  Instruction,
  MemoryOperand,
  Mode,
  Operand,
} from './model.ts';
import { checkPrefixes, prefixSlot, readPrefixes, sizeUnder } from './prefixes.ts';
import type { PrefixSet } from './prefixes.ts';
import { ambiguous, explain, problem } from './problems.ts';
import { generalRegister } from './registers.ts';
import type { OperandSpec } from './row.ts';

/** Bytes and fixups of one instruction while it is written. */
class Writer {
  readonly bytes: number[] = [];
  readonly fixups: Fixup[] = [];

  /** A little-endian field; the value is 0 where it is not known. */
  field(size: 1 | 2 | 4, value: bigint): void {
    const low = Number(BigInt.asUintN(32, value));
    for (let i = 0; i < size; i++) this.bytes.push((low >>> (8 * i)) & 0xff);
  }

  hole(
    kind: Fixup['kind'],
    operand: number,
    size: 1 | 2 | 4,
    value: bigint | undefined,
    isSigned: boolean,
  ): void {
    const offset = this.bytes.length;
    this.fixups.push({ offset, size, operand, kind, isRelative: kind === 'target', isSigned });
    this.field(size, value ?? 0n);
  }
}

function tailSize(word: string, size: 16 | 32): 1 | 2 | 4 {
  if (word === 'ib' || word === 'cb') return 1;
  return word === 'iw' || size === 16 ? 2 : 4;
}

const immediateKinds = new Set<string>(['imm', 'simm8', 'ubyte', 'uword']);

/** The index of the operand that `take` accepts, from `from` on; -1 where there is none. */
function operandIndex(match: Match, take: (spec: OperandSpec) => boolean, from = 0): number {
  const { operands } = match.form;
  for (let i = from; i < operands.length; i++) if (take(operands[i].spec)) return i;
  return -1;
}

function writeImmediate(
  writer: Writer,
  match: Match,
  instruction: Instruction,
  size: 1 | 2 | 4,
  nth: number,
): void {
  // Two immediates (enter) are written in the manual's order, which AT&T syntax keeps.
  let index = operandIndex(match, (spec) => immediateKinds.has(spec.kind));
  if (nth > 0) index = operandIndex(match, (spec) => immediateKinds.has(spec.kind), index + 1);
  const operand = instruction.operands[index];
  const value = operand.kind === 'immediate' ? operand.value : undefined;
  const isSigned = match.form.operands[index].spec.kind === 'simm8';
  writer.hole('immediate', index, size, value, isSigned);
}

function writeFar(writer: Writer, match: Match, instruction: Instruction): void {
  const index = operandIndex(match, (spec) => spec.kind === 'far');
  const valueAt = (at: number) => {
    const operand = instruction.operands[at];
    return operand.kind === 'immediate' ? operand.value : undefined;
  };
  const size = match.size === 16 ? 2 : 4;
  writer.hole('immediate', index + 1, size, valueAt(index + 1), false);
  writer.hole('immediate', index, 2, valueAt(index), false);
}

/** What follows opcode, ModRM and displacement. */
function writeTail(
  writer: Writer,
  match: Match,
  instruction: Instruction,
  address: AddressBytes | undefined,
): void {
  let immediates = 0;
  for (const word of match.form.row.encoding.tail) {
    if (word === 'mo') {
      const index = operandIndex(match, (spec) => spec.kind === 'moffs');
      const operand = instruction.operands[index];
      const value = operand.kind === 'memory' ? operand.displacement : undefined;
      writer.hole('displacement', index, address?.bits === 16 ? 2 : 4, value, false);
    } else if (word === 'pz') {
      writeFar(writer, match, instruction);
    } else if (word === 'cb' || word === 'cz') {
      const index = operandIndex(match, (spec) => spec.kind === 'rel');
      const size = tailSize(word, match.size);
      writer.hole('target', index, size, undefined, size === 1);
    } else {
      writeImmediate(writer, match, instruction, tailSize(word, match.size), immediates++);
    }
  }
}

const memoryKinds = new Set<string>(['rm', 'rvm', 'mem']);
const fieldKinds = new Set<string>(['reg', 'sreg', 'creg', 'dreg', 'treg']);

function registerNumber(operand: Operand | undefined): number {
  return operand?.kind === 'register' ? operand.register.number : 0;
}

/** The operand that the r/m field holds, and the number in the reg field. */
function modrmParts(match: Match, instruction: Instruction): { rm: number; reg: number } {
  const { encoding, attributes } = match.form.row;
  const reg = operandIndex(match, (spec) => fieldKinds.has(spec.kind));
  let rm = operandIndex(match, (spec) => memoryKinds.has(spec.kind));
  const isRegister = rm < 0;
  // mov with control registers has the general register in r/m; a `same` row has its one register
  // in both.
  if (isRegister) {
    rm = operandIndex(match, (spec) => spec.kind === 'reg');
    const special = operandIndex(match, (spec) => spec.kind !== 'reg' && fieldKinds.has(spec.kind));
    if (special >= 0) return { rm, reg: registerNumber(instruction.operands[special]) };
  }
  if (attributes.has('same')) return { rm, reg: registerNumber(instruction.operands[rm]) };
  if (encoding.modrm === 9) return { rm, reg: 0 };
  if (encoding.modrm < 8) return { rm, reg: encoding.modrm };
  return { rm, reg: registerNumber(instruction.operands[reg]) };
}

function addressOperand(instruction: Instruction): MemoryOperand | undefined {
  for (const operand of instruction.operands) {
    if (operand.kind === 'memory' && operand.base?.name !== 'dx') return operand;
  }
  return undefined;
}

interface Parts {
  readonly match: Match;
  readonly instruction: Instruction;
  readonly mode: Mode;
  readonly prefixes: PrefixSet;
  readonly use: ValueUse;
}

/**
 * Puts the operand-size, address-size and segment prefixes that the form needs; a conflict comes
 * back as a problem.
 */
function addPrefixes(parts: Parts, address: AddressBytes | undefined): EncodeProblem | undefined {
  const { match, instruction, mode, prefixes } = parts;
  const { encoding, isSized } = match.form.row;
  const size = encoding.operandSize || (isSized ? match.size : mode);
  const slots = prefixes.slots;
  const isFlipped = slots[prefixSlot.data] !== 0;
  const isExpected = isFlipped && !sizeIsSaid(match, instruction);
  if (size !== mode && !isExpected) {
    if (isFlipped) return problem('A0206', 'same type of prefix used twice');
    slots[prefixSlot.data] = 0x66;
  }
  const bits = encoding.addressSize || address?.bits || mode;
  if (address && bits === mode && slots[prefixSlot.address] !== 0) {
    return problem(
      'A0205',
      `the registers of the address have ${bits} bits, its prefix says otherwise`,
    );
  }
  if (bits !== mode) slots[prefixSlot.address] = 0x67;
  const segment = address?.segment;
  if (segment !== undefined && segment !== slots[prefixSlot.segment]) {
    if (slots[prefixSlot.segment] !== 0) return problem('A0206', 'same type of prefix used twice');
    slots[prefixSlot.segment] = segment;
  }
  if (encoding.prefix === 0x9b) slots[prefixSlot.wait] = 0x9b;
  else if (encoding.prefix !== 0) {
    if (slots[prefixSlot.repeat] !== 0) return problem('A0206', 'same type of prefix used twice');
    slots[prefixSlot.repeat] = encoding.prefix;
  }
  return undefined;
}

function sizeIsSaid(match: Match, instruction: Instruction): boolean {
  if (match.form.size !== 0 || match.form.row.encoding.operandSize !== 0) return true;
  return match.form.operands.some(({ spec }, index) => {
    const operand = instruction.operands[index];
    return operand.kind === 'register' && spec.size === 'v' && operand.register.bits >= 16;
  });
}

const segmentPrefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];

/** The address part of an instruction without a ModRM byte: strings, xlat, moffs. */
function implicitAddress(
  parts: Parts,
  operand: MemoryOperand | undefined,
): AddressBytes | undefined {
  const { match, mode, prefixes } = parts;
  const size = sizeUnder(prefixes.slots[prefixSlot.address], mode);
  const index = operandIndex(match, (spec) =>
    ['moffs', 'source', 'destination', 'table'].includes(spec.kind),
  );
  if (index < 0 || !operand) return undefined;
  // The segment stands on the source of a string instruction, wherever it is written.
  let segment: number | undefined;
  match.form.operands.forEach(({ spec }, at) => {
    const written = parts.instruction.operands[at];
    if (spec.kind === 'destination' || written.kind !== 'memory' || !written.segment) return;
    const number = written.segment.number;
    if (number !== 3) segment = segmentPrefixes[number];
  });
  const bits = operand.base ? operand.base.bits : size;
  return { bits: bits === 16 ? 16 : 32, segment, modrm: 0, sib: -1, displacementSize: 0 };
}

/** Opcode to tail of one form; prefixes are in front. */
function writeForm(parts: Parts): Encoding | EncodeProblem {
  const { match, instruction, mode, prefixes, use } = parts;
  const { encoding } = match.form.row;
  const operand = addressOperand(instruction);
  let address: AddressBytes | undefined;
  let modrm: { rm: number; reg: number } | undefined;
  if (encoding.modrm >= 0) {
    modrm = modrmParts(match, instruction);
    const rm = instruction.operands[modrm.rm];
    if (rm.kind === 'memory') {
      const size = sizeUnder(prefixes.slots[prefixSlot.address], mode);
      const result = memoryBytes(rm, size, use, modrm.rm);
      if ('message' in result) return result;
      address = result;
    }
  } else address = implicitAddress(parts, operand);
  const conflict = addPrefixes(parts, address);
  if (conflict) return conflict;
  const writer = new Writer();
  for (const prefix of prefixes.slots) if (prefix !== 0) writer.bytes.push(prefix);
  const { bytes } = writer;
  for (const byte of encoding.opcode) bytes.push(byte);
  if (encoding.addsRegister) {
    const index = operandIndex(match, (spec) => spec.kind === 'reg' || spec.kind === 'st');
    bytes[bytes.length - 1] += registerNumber(instruction.operands[index]);
  }
  if (modrm) {
    const rm = instruction.operands[modrm.rm];
    if (address && rm.kind === 'memory') {
      bytes.push(address.modrm | (modrm.reg << 3));
      if (address.sib >= 0) bytes.push(address.sib);
      const { displacementSize } = address;
      if (displacementSize !== 0) {
        const value = rm.displacement;
        writer.hole('displacement', modrm.rm, displacementSize, value, displacementSize === 1);
      }
    } else bytes.push(0xc0 | (modrm.reg << 3) | registerNumber(rm));
  }
  writeTail(writer, match, instruction, address);
  return { bytes: Uint8Array.from(bytes), fixups: writer.fixups };
}

/** The near form beside a short jump, where the table has one. */
function relaxed(short: Encoding, parts: Parts, slots: readonly number[]): Encoding {
  const { match, instruction, prefixes } = parts;
  for (const form of formsOf(instruction.mnemonic) ?? []) {
    if (form.row.encoding.tail[0] !== 'cz') continue;
    const again = { ...prefixes, slots: [...slots] };
    const long = writeForm({ ...parts, match: { ...match, form }, prefixes: again });
    if ('message' in long) return short;
    const longSize = match.size === 16 ? 2 : 4;
    return { ...short, relaxation: { longBytes: long.bytes, longSize } };
  }
  return short;
}

/** What the field holds, and a register wide enough. */
function rangeNotes(bits: number, value: bigint, { operands }: Instruction): string[] {
  const notes = [`${bits} bits hold ${-(2 ** (bits - 1))} to ${2 ** bits - 1}`];
  const destination = operands.at(-1);
  if (destination?.kind !== 'register' || destination.register.class !== 'general') return notes;
  const { number } = destination.register;
  const width = value >= -0x8000n && value <= 0xffffn && bits === 8 ? 16 : 32;
  const wider = generalRegister(bits === 8 ? number & 3 : number, width);
  return [`${notes[0]}; did you mean %${wider.name}?`];
}

/** What GNU as accepts with a warning. */
function warningsFor(match: Match, instruction: Instruction): EncodeProblem[] {
  const warnings: EncodeProblem[] = [];
  const { row, operands } = match.form;
  if (!match.isSizeGiven) warnings.push(ambiguous(instruction.mnemonic, match));
  if (row.attributes.has('translated')) {
    warnings.push(problem('A0211', `'${instruction.mnemonic}' is taken as '${row.names[0]}p'`));
  }
  const last = instruction.operands.length - 1;
  if (row.attributes.has('indirect') && instruction.isIndirect !== true) {
    warnings.push(problem('A0212', `indirect ${instruction.mnemonic} without '*'`, last));
  }
  instruction.operands.forEach((operand, index) => {
    if (operand.kind === 'memory' && operand.segment && row.mnemonic === 'lea') {
      warnings.push(problem('A0213', "a segment on 'lea' has no effect", index));
    }
    if (operand.kind !== 'immediate' || operand.value === undefined) return;
    const { spec } = operands[index];
    if (spec.kind !== 'imm') return;
    const bits = spec.size === 'b' ? 8 : match.size;
    const { value } = operand;
    const limit = 1n << BigInt(bits);
    const isWrapped = value >= 0x100000000n - limit && value <= 0xffffffffn;
    if (bits === 32 || isWrapped || (value >= -limit && value < limit)) return;
    const used = BigInt.asUintN(bits, value);
    const message = `${value} does not fit in ${bits} bits; ${used} is used`;
    warnings.push(problem('A0103', message, index, rangeNotes(bits, value, instruction)));
  });
  return warnings;
}

function firstMatch(
  list: readonly Form[],
  instruction: Instruction,
  mode: Mode,
  defaultSize: 16 | 32,
  use: ValueUse,
): Match | undefined {
  let fallback: Match | undefined;
  for (const form of list) {
    const match = matchForm(form, instruction, mode, defaultSize, use);
    if (!match) continue;
    if (match.isSizeGiven) return match;
    const { isSized, attributes } = form.row;
    if (!fallback && (isSized || attributes.has('default'))) fallback = match;
  }
  return fallback;
}

/**
 * The bytes and fixups of `instruction` in code of `mode`, byte for byte GNU as's choice; or, in
 * words, why there are none. Known values are filled in, and listed as fixups all the same. Offsets
 * are in bytes from the first prefix.
 */
export function encode(
  instruction: Instruction,
  mode: Mode,
  options: EncodeOptions = {},
): EncodeResult {
  void options;
  const read = readPrefixes(instruction, mode);
  if ('message' in read) return { ok: false, problem: read };
  if (read.isAlone) {
    const bytes = Uint8Array.from(read.slots.filter((byte) => byte !== 0));
    return { ok: true, encoding: { bytes, fixups: [] } };
  }
  const list = formsOf(instruction.mnemonic);
  if (!list || mode === 64) return { ok: false, problem: explain(instruction, mode) };
  const modeSize = sizeUnder(read.slots[prefixSlot.data], mode);
  const use: ValueUse = { mask: 0 };
  const match = firstMatch(list, instruction, mode, modeSize, use);
  if (!match) return { ok: false, problem: explain(instruction, mode) };
  const invalid = checkPrefixes(read, match.form.row, instruction);
  if (invalid) return { ok: false, problem: invalid };
  const slots = [...read.slots];
  const parts: Parts = { match, instruction, mode, prefixes: read, use };
  let result = writeForm(parts);
  if ('message' in result) return { ok: false, problem: result };
  if (match.form.row.encoding.tail[0] === 'cb' && !match.form.row.encoding.addressSize) {
    result = relaxed(result, parts, slots);
  }
  const warnings = warningsFor(match, instruction);
  const encoding: Encoding = {
    ...result,
    valueOperands: use.mask,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
  return { ok: true, encoding };
}
