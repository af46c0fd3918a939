// Writes an instruction in one form of the table: prefixes, opcode, ModRM, displacement and
// immediates, with the holes that values go into. Prefixes stand in GNU as's order: wait, segment,
// address size, operand size, repeat, lock; then REX or VEX, where it is.

import type { Form } from './forms.ts';
import { isSignedLong } from './match.ts';
import type { Match, OperandSize, ValueUse } from './match.ts';
import { memoryBytes } from './memory.ts';
import type { AddressBytes } from './memory.ts';
import type {
  EncodeOptions,
  EncodeProblem,
  Encoding,
  Fixup,
  Instruction,
  MemoryOperand,
  Mode,
  Operand,
  RegisterField,
} from './model.ts';
import { addressUnder, prefixSlot } from './prefixes.ts';
import type { PrefixSet } from './prefixes.ts';
import { problem } from './problems.ts';
import type { OperandSpec, Place, Row, VexSpec } from './row.ts';

/** An instruction, the form chosen for it, and what else decides its bytes. */
export interface Parts {
  readonly match: Match;
  readonly instruction: Instruction;
  readonly mode: Mode;
  readonly prefixes: PrefixSet;
  readonly use: ValueUse;
  readonly options: EncodeOptions;
}

/** Bytes and fixups of one instruction while it is written. */
class Writer {
  readonly bytes: number[] = [];
  readonly fixups: Fixup[] = [];
  readonly registers: RegisterField[] = [];

  /** The last byte has the number of a register in it. */
  names(
    operand: number,
    part: RegisterField['part'],
    shift: RegisterField['shift'],
    flip: RegisterField['flip'] = 0,
  ): void {
    if (operand < 0) return;
    this.registers.push({ offset: this.bytes.length - 1, shift, flip, operand, part });
  }

  /** A little-endian field; the value is 0 where it is not known. */
  field(size: 1 | 2 | 4 | 8, value: bigint): void {
    const low = Number(BigInt.asUintN(32, value));
    for (let i = 0; i < size && i < 4; i++) this.bytes.push((low >>> (8 * i)) & 0xff);
    if (size === 8) this.field(4, value >> 32n);
  }

  hole(
    kind: Fixup['kind'],
    operand: number,
    size: 1 | 2 | 4 | 8,
    value: bigint | undefined,
    isSigned: boolean,
    isRelative = kind === 'target',
  ): void {
    const offset = this.bytes.length;
    this.fixups.push({ offset, size, operand, kind, isRelative, isSigned });
    this.field(size, value ?? 0n);
  }
}

function tailSize(word: string, size: OperandSize): 1 | 2 | 4 | 8 {
  if (word === 'ib' || word === 'cb') return 1;
  if (word === 'id') return 4;
  if (word === 'iq') return 8;
  return word === 'iw' || size === 16 ? 2 : 4;
}

const immediateKinds: ReadonlySet<string> = new Set(['imm', 'simm8', 'ubyte', 'uword']);

/** The written operand that `take` accepts; -1 where there is none. */
function operandIndex({ form }: Match, take: (spec: OperandSpec) => boolean): number {
  return form.operands.findIndex(({ spec }) => take(spec));
}

/** The written operand that stands in a field of the encoding; -1 where there is none. */
function atPlace({ form }: Match, place: Place): number {
  const { places } = form.row;
  return form.operands.findIndex(({ index }) => places[index] === place);
}

function valueOf(operand: Operand): bigint | undefined {
  return operand.kind === 'immediate' ? operand.value : undefined;
}

/** Immediates are written in the manual's order. */
function writeImmediate(writer: Writer, parts: Parts, size: 1 | 2 | 4 | 8, nth: number): void {
  const { operands } = parts.match.form;
  let left = nth;
  const wanted = parts.match.form.row.operands.findIndex(
    ({ kind }) => immediateKinds.has(kind) && left-- === 0,
  );
  const at = operands.findIndex(({ index }) => index === wanted);
  const { spec } = operands[at];
  const isLong = spec.size === 'v' || spec.size === 'd';
  const isExtended = size === 4 && isLong && parts.match.size === 64;
  const isSigned = spec.kind === 'simm8' || isExtended;
  writer.hole('immediate', at, size, valueOf(parts.instruction.operands[at]), isSigned);
}

function writeFar(writer: Writer, { match, instruction }: Parts): void {
  const at = operandIndex(match, ({ kind }) => kind === 'far');
  const size = match.size === 16 ? 2 : 4;
  writer.hole('immediate', at + 1, size, valueOf(instruction.operands[at + 1]), false);
  writer.hole('immediate', at, 2, valueOf(instruction.operands[at]), false);
}

/** The register of is4 in the upper half of a byte, and what imm4 says in the lower. */
function is4Byte({ match, instruction }: Parts): number {
  const nibble = operandIndex(match, ({ kind }) => kind === 'nibble');
  const low = nibble < 0 ? 0n : (valueOf(instruction.operands[nibble]) ?? 0n);
  return (registerNumber(instruction.operands[atPlace(match, 'is4')]) << 4) | Number(low);
}

/** What follows opcode, ModRM and displacement. */
function writeTail(writer: Writer, parts: Parts, address: AddressBytes | undefined): void {
  const { match, instruction } = parts;
  const { tail, suffixByte } = match.form.row.encoding;
  let immediates = 0;
  if (suffixByte >= 0) writer.bytes.push(suffixByte);
  for (const word of tail) {
    if (word === 'mo') {
      const at = operandIndex(match, ({ kind }) => kind === 'moffs');
      const operand = instruction.operands[at];
      const value = operand.kind === 'memory' ? operand.displacement : undefined;
      const size = address?.bits === 64 ? 8 : address?.bits === 16 ? 2 : 4;
      writer.hole('displacement', at, size, value, false);
    } else if (word === 'pz') {
      writeFar(writer, parts);
    } else if (word === 'is4') {
      writer.bytes.push(is4Byte(parts));
      writer.names(atPlace(match, 'is4'), 'register', 4);
    } else if (word === 'cb' || word === 'cz') {
      const at = operandIndex(match, ({ kind }) => kind === 'rel');
      const size = tailSize(word, match.size);
      // Of 16 bits the processor wraps all distances but that of xbegin.
      const isSigned = size === 1 || match.form.row.mnemonic === 'xbegin';
      writer.hole('target', at, size, undefined, isSigned);
    } else {
      writeImmediate(writer, parts, tailSize(word, match.size), immediates++);
    }
  }
}

function registerNumber(operand: Operand | undefined): number {
  return operand?.kind === 'register' ? operand.register.number : 0;
}

/** The written operand of the r/m field (-1: none), and the number in the reg field. */
function modrmParts({ match, instruction }: Parts): { rm: number; reg: number } {
  const { encoding, attributes } = match.form.row;
  const reg = atPlace(match, 'reg');
  if (attributes.has('same')) return { rm: reg, reg: registerNumber(instruction.operands[reg]) };
  const rm = atPlace(match, 'rm');
  if (encoding.modrm < 8) return { rm, reg: encoding.modrm };
  return { rm, reg: encoding.modrm === 9 ? 0 : registerNumber(instruction.operands[reg]) };
}

/** The ModRM byte, and what of an address follows it. */
function writeModrm(
  writer: Writer,
  parts: Parts,
  { rm: at, reg }: { readonly rm: number; readonly reg: number },
  address: AddressBytes | undefined,
): void {
  const { match, instruction } = parts;
  const { encoding, attributes } = match.form.row;
  const { bytes } = writer;
  const rm = instruction.operands[at];
  const isMemory = address !== undefined && rm.kind === 'memory';
  bytes.push((isMemory ? address.modrm : 0xc0 | (registerNumber(rm) & 7)) | ((reg & 7) << 3));
  if (encoding.modrm === 8 || attributes.has('same')) {
    writer.names(atPlace(match, 'reg'), 'register', 3);
  }
  if (!isMemory) return writer.names(at, 'register', 0);
  if (address.sib >= 0) {
    bytes.push(address.sib);
    if (rm.index) writer.names(at, 'index', 3);
  }
  if (rm.base && address.bits !== 16) writer.names(at, 'base', 0);
  const { displacementSize: size } = address;
  if (size === 0) return;
  const isSigned = size === 1 || address.bits === 64;
  const isRelative = rm.base?.class === 'flat';
  writer.hole('displacement', at, size, rm.displacement, isSigned, isRelative);
}

const isUpperControl = (operand: Operand) =>
  operand.kind === 'register' &&
  operand.register.class === 'control' &&
  operand.register.number > 7;

function sizeIsSaid({ form }: Match, instruction: Instruction): boolean {
  if (form.size !== 0 || form.row.encoding.operandSize !== 0) return true;
  return form.operands.some(({ spec }, index) => {
    const operand = instruction.operands[index];
    if (operand.kind === 'memory') return spec.size === 'v' && operand.size !== undefined;
    return operand.kind === 'register' && spec.size === 'v' && operand.register.bits >= 16;
  });
}

/** The width of the register that holds an address in movdir64b and its kin, or 0. */
function pointerBits({ match, instruction }: Parts): number {
  const at = operandIndex(match, ({ kind }) => kind === 'pointer');
  const operand = at < 0 ? undefined : instruction.operands[at];
  return operand?.kind === 'register' ? operand.register.bits : 0;
}

/**
 * Puts the operand-size, address-size and segment prefixes that the form needs; a conflict comes
 * back as a problem.
 */
function addPrefixes(parts: Parts, address: AddressBytes | undefined): EncodeProblem | undefined {
  const { match, instruction, mode, prefixes } = parts;
  const { encoding, isSized } = match.form.row;
  const { slots } = prefixes;
  const twice = () => problem('A0206', 'same type of prefix used twice');
  const usual = mode === 64 ? 32 : mode;
  const size = encoding.operandSize || (isSized && match.size !== 64 ? match.size : usual);
  const isFlipped = slots[prefixSlot.data] !== 0;
  if (size !== usual && !(isFlipped && !sizeIsSaid(match, instruction))) {
    if (isFlipped) return twice();
    slots[prefixSlot.data] = 0x66;
  }
  const pointer = pointerBits(parts);
  if (pointer !== 0 && address && address.bits !== pointer) {
    return problem('A0205', `an address of ${address.bits} bits, a register of ${pointer}`);
  }
  const bits = encoding.addressSize || pointer || address?.bits || mode;
  if (address && bits === mode && slots[prefixSlot.address] !== 0) {
    return problem(
      'A0205',
      `the registers of the address have ${bits} bits, its prefix says otherwise`,
    );
  }
  const isFixed =
    (encoding.addressSize !== 0 && encoding.tail.length === 0) || (pointer !== 0 && !address);
  if (isFixed && bits !== mode && slots[prefixSlot.address] !== 0) return twice();
  if (bits !== mode) slots[prefixSlot.address] = 0x67;
  const segment = address?.segment;
  if (segment !== undefined && segment !== slots[prefixSlot.segment]) {
    if (slots[prefixSlot.segment] !== 0) return twice();
    slots[prefixSlot.segment] = segment;
  }
  // Outside of 64-bit code lock stands for the upper bit of %cr8.
  if (mode !== 64 && instruction.operands.some(isUpperControl)) slots[prefixSlot.lock] = 0xf0;
  if (encoding.prefix === 0x9b) slots[prefixSlot.wait] = 0x9b;
  else if (encoding.prefix !== 0) {
    const slot = encoding.prefix === 0x66 ? prefixSlot.data : prefixSlot.repeat;
    const isSame = slots[slot] === encoding.prefix && slot === prefixSlot.repeat;
    if (slots[slot] !== 0 && !isSame) return twice();
    slots[slot] = encoding.prefix;
  }
  return undefined;
}

const segmentPrefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const implicitKinds: ReadonlySet<string> = new Set(['moffs', 'source', 'destination', 'table']);

/** The address part of an instruction without a ModRM byte: strings, xlat, moffs. */
function implicitAddress(parts: Parts): AddressBytes | undefined {
  const { match, instruction, mode, prefixes } = parts;
  const size = addressUnder(prefixes.slots[prefixSlot.address], mode);
  const at = operandIndex(match, ({ kind }) => implicitKinds.has(kind));
  const operand = instruction.operands.find(
    (each): each is MemoryOperand => each.kind === 'memory' && each.base?.name !== 'dx',
  );
  if (at < 0 || !operand) return undefined;
  // The segment stands on the source of a string instruction, wherever it is written.
  let segment: number | undefined;
  match.form.operands.forEach(({ spec }, index) => {
    const written = instruction.operands[index];
    if (spec.kind === 'destination' || written.kind !== 'memory' || !written.segment) return;
    const { number } = written.segment;
    if (number !== 3) segment = segmentPrefixes[number];
  });
  const said = (operand.base ?? operand.index)?.bits ?? size;
  const bits = said === 16 ? 16 : said === 64 ? 64 : 32;
  return { bits, segment, modrm: 0, sib: -1, displacementSize: 0, rex: 0 };
}

const prefixCodes = new Map([
  [0, 0],
  [0x66, 1],
  [0xf3, 2],
  [0xf2, 3],
]);

const rexW = 8;
const rexR = 4;
const rexB = 1;

function isRegisterOf(operand: Operand, names: RegExp): boolean {
  return operand.kind === 'register' && names.test(operand.register.name);
}

const isOtherRegister = (operand: Operand) => registerNumber(operand) !== 0;
const isRexByte = (operand: Operand) => isRegisterOf(operand, /^([abcd]x|[sb]p|[sd]i)l$/);
const isHighByte = (operand: Operand) => isRegisterOf(operand, /^[abcd]h$/);

/**
 * The REX prefix of 64-bit code (SDM vol. 2, 2.2.1), 0 where there is none; what is wrong where a
 * high byte register would need one.
 */
function rexByte(
  parts: Parts,
  address: AddressBytes | undefined,
  rm: number,
): number | EncodeProblem {
  const { match, instruction, prefixes } = parts;
  const { row } = match.form;
  const { operands } = instruction;
  const at = (place: Place) => registerNumber(operands[atPlace(match, place)]) > 7;
  let bits = address?.rex ?? 0;
  const isQuad = match.size === 64 && (row.isSized || row.hasLong) && !row.isWide && !row.isRexless;
  // `xchg %rax, %rax` is the no-operation.
  const isNop =
    row.mnemonic === 'xchg' && row.encoding.addsRegister && !operands.some(isOtherRegister);
  if (row.encoding.rexW || (isQuad && !isNop)) bits |= rexW;
  if (row.encoding.modrm >= 8 ? at('reg') : row.attributes.has('same') && at('reg')) bits |= rexR;
  if (at('opcode') || (!address && registerNumber(operands[rm]) > 7)) bits |= rexB;
  if (row.attributes.has('same') && at('reg')) bits |= rexB;
  if (row.encoding.vex) return bits;
  const isNeeded = prefixes.wishes.has('rex') || operands.some(isRexByte);
  const byte = bits !== 0 || isNeeded ? 0x40 | bits | prefixes.rex : prefixes.rex;
  const high = byte === 0 ? -1 : operands.findIndex(isHighByte);
  if (high < 0) return byte;
  const register = operands[high];
  const name = register.kind === 'register' ? register.register.name : '';
  return problem('A0218', `%${name} cannot stand in an instruction with a REX prefix`, high, [
    '%ah %bh %ch %dh do not go together with %r8 to %r15, %spl to %dil, and 64-bit registers',
  ]);
}

function saysSize({ hasLong, mnemonic, operands }: Row): boolean {
  const isMove = mnemonic === 'kmovd' && operands.every(({ kind }) => kind === 'reg');
  if (hasLong || /^vp(ext|ins)rd$/.test(mnemonic)) return true;
  return isMove && operands.some(({ bank }) => bank === 'general');
}

/** The VEX or XOP prefix (SDM vol. 2, 2.3.5); R, X and B are clear outside of 64-bit code. */
function writeVex(writer: Writer, vex: VexSpec, parts: Parts, rex: number): void {
  const { match, instruction, options, prefixes } = parts;
  const { bytes } = writer;
  const at = atPlace(match, 'vvvv');
  const register = at < 0 ? 0 : registerNumber(instruction.operands[at]);
  const length = vex.length < 0 ? (options.scalarBits === 256 ? 1 : 0) : vex.length;
  const low = ((15 - register) << 3) | (length << 2) | (prefixCodes.get(vex.prefix) ?? 0);
  // Where W would say 64 bits, it has no meaning outside of 64-bit code.
  const isIgnored = vex.w < 0 || (vex.w === 0 && parts.mode !== 64 && saysSize(match.form.row));
  const w = (rex & rexW) !== 0 ? 1 : isIgnored ? (options.vexW ?? 0) : vex.w;
  const isShort = w === 0 && (rex & 3) === 0 && !prefixes.wishes.has('vex3');
  if (vex.kind === 'VEX' && vex.map === 1 && isShort) {
    bytes.push(0xc5, ((rex & rexR) === 0 ? 0x80 : 0) | low);
  } else {
    const inverted = (~rex & 7) << 5;
    bytes.push(vex.kind === 'VEX' ? 0xc4 : 0x8f, inverted | vex.map, (w << 7) | low);
  }
  writer.names(at, 'register', 3, 7);
}

function wishedDisplacement(parts: Parts): 0 | 8 | 16 | 32 {
  const { wishes } = parts.prefixes;
  if (wishes.size === 0) return 0;
  if (wishes.has('disp8')) return 8;
  return wishes.has('disp16') ? 16 : wishes.has('disp32') ? 32 : 0;
}

/** The two addresses of a string instruction have one size. */
function differInSize({ operands }: Instruction): boolean {
  const sizes = operands.flatMap((operand) => {
    const register = operand.kind === 'memory' ? (operand.base ?? operand.index) : undefined;
    return register && register.name !== 'dx' ? [register.bits] : [];
  });
  return sizes.length > 1 && sizes[0] !== sizes[1];
}

/**
 * Whether the displacement of a 64-bit address is none that 32 bits extended to 64 hold. GNU as
 * cuts it for a direct address of a move to or from the accumulator.
 */
function isTooFar(
  { base, index, displacement }: MemoryOperand,
  { operands }: Instruction,
  { form }: Match,
): boolean {
  if (displacement === undefined || isSignedLong(displacement)) return false;
  if (base || index || form.row.mnemonic !== 'mov') return true;
  return !operands.some(
    (each) =>
      each.kind === 'register' && each.register.class === 'general' && each.register.number === 0,
  );
}

function tooFar({ displacement }: MemoryOperand, at: number): EncodeProblem {
  const message = `${displacement} does not fit in the 32 bits of a displacement, which have a sign`;
  return problem('A0219', message, at, ['movabs takes an address of 64 bits, with %rax only']);
}

function addressOf(parts: Parts, rm: number): AddressBytes | EncodeProblem | undefined {
  const { match, instruction, mode, prefixes, use } = parts;
  if (match.form.row.encoding.modrm < 0) {
    if (differInSize(instruction)) return problem('A0205', 'the two addresses differ in size');
    const implicit = implicitAddress(parts);
    const wanted = wishedDisplacement(parts);
    const own = implicit?.bits === 64 ? 32 : implicit?.bits;
    if (!implicit || wanted <= 8 || wanted === own) return implicit;
    return problem('A0210', `{disp${wanted}} is not for an address of ${implicit.bits} bits`);
  }
  const operand = instruction.operands[rm];
  if (operand?.kind !== 'memory') return undefined;
  const pointer = pointerBits(parts);
  const isLong = match.form.row.attributes.has('long');
  const usual = addressUnder(prefixes.slots[prefixSlot.address], mode);
  const said = isLong && mode !== 64 ? 32 : pointer || usual;
  const size = said === 16 ? 16 : said === 64 ? 64 : 32;
  const { spec } = match.form.operands[rm];
  const wish = wishedDisplacement(parts);
  const found = memoryBytes(operand, size, mode, use, rm, wish, spec.indexes);
  if (!('message' in found) && wish > 8 && (wish === 16) !== (found.bits === 16)) {
    return problem('A0210', `{disp${wish}} is not for an address of ${found.bits} bits`, rm);
  }
  if ('message' in found || (found.bits === 64 && isTooFar(operand, instruction, match))) {
    return 'message' in found ? found : tooFar(operand, rm);
  }
  if (isLong) {
    const wanted = mode === 64 ? 64 : 32;
    const isPointer = operand.base?.class === 'flat' && spec.kind === 'mem';
    if (found.bits !== wanted || isPointer) {
      const only = isPointer ? 'no %rip' : `${wanted}-bit addresses only`;
      return problem('A0205', `'${instruction.mnemonic}' takes ${only}`, rm);
    }
  }
  return found;
}

/** All bytes of one form. */
export function writeForm(parts: Parts): Encoding | EncodeProblem {
  const { match, instruction, prefixes } = parts;
  const { encoding } = match.form.row;
  const modrm = encoding.modrm >= 0 ? modrmParts(parts) : undefined;
  const address = addressOf(parts, modrm?.rm ?? -1);
  if (address && 'message' in address) return address;
  const conflict = addPrefixes(parts, address);
  if (conflict) return conflict;
  const writer = new Writer();
  const { bytes } = writer;
  for (const prefix of prefixes.slots) if (prefix !== 0) bytes.push(prefix);
  const rex = parts.mode === 64 ? rexByte(parts, address, modrm?.rm ?? -1) : 0;
  if (typeof rex !== 'number') return rex;
  if (encoding.vex) writeVex(writer, encoding.vex, parts, rex);
  else if (rex !== 0) bytes.push(rex);
  for (const byte of encoding.opcode) bytes.push(byte);
  if (encoding.addsRegister) {
    const at = atPlace(match, 'opcode');
    bytes[bytes.length - 1] += registerNumber(instruction.operands[at]) & 7;
    writer.names(at, 'register', 0);
  }
  if (modrm) writeModrm(writer, parts, modrm, address);
  writeTail(writer, parts, address);
  // Of gathering instructions no two may be one: a warning depends on them.
  const registers = match.form.row.attributes.has('distinct') ? undefined : writer.registers;
  return { bytes: Uint8Array.from(bytes), fixups: writer.fixups, registers };
}

/** The near form beside a short jump, where the table has one that is enabled. */
export function relaxed(
  short: Encoding,
  parts: Parts,
  list: readonly Form[],
  slots: readonly number[],
): Encoding {
  const { match, prefixes, mode } = parts;
  for (const form of list) {
    if (form.row.encoding.tail[0] !== 'cz') continue;
    const again = { ...prefixes, slots: [...slots] };
    const long = writeForm({ ...parts, match: { ...match, form }, prefixes: again });
    if ('message' in long) return short;
    const longSize = match.size === 16 ? 2 : 4;
    return { ...short, relaxation: { longBytes: long.bytes, longSize } };
  }
  const opcode = short.bytes.at(-2) ?? 0;
  if (mode !== 16 || (opcode & 0xf0) !== 0x70) return short;
  // Before the 386 a distant jump is one on the opposite condition over an unconditional one.
  const longBytes = Uint8Array.from([opcode ^ 1, 3, 0xe9, 0, 0]);
  return { ...short, relaxation: { longBytes, longSize: 2 } };
}
