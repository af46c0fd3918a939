// Instructions: operands become what the instruction table takes, its encoding becomes bytes, a
// relaxable jump, and fields that wait for a value. Encodings are kept by their written shape,
// since compilers repeat themselves.

import { encode, registerByName } from '@ring0/isa';
import type { Encoding, Fixup, Instruction, Operand as IsaOperand, Register } from '@ring0/isa';
import type { Assembly } from '../object/assembly.ts';
import { constant, constantOf, symbolValue, zero } from '../values/expression.ts';
import type { Expression, Linear } from '../values/expression.ts';
import {
  isLong,
  kept,
  loneSize,
  longJump,
  repaired,
  withMoreWarnings,
} from './instruction-repairs.ts';
import { checkOf, checked, measured } from './instruction-checks.ts';
import { fenced } from './load-fences.ts';
import { inIntelWords } from './intel-mistakes.ts';
import { fieldShape } from '../object/fixups.ts';
import type { JumpForm } from '../object/items.ts';
import { markLine } from '../debug/lines.ts';
import { tlsDescCall64 } from '../object/long-relocations.ts';
import { replacementEdit } from '../text/edits.ts';
import {
  explainMistake,
  intended,
  registerWhere,
  unknownRegister,
  widerInstruction,
} from './mistakes.ts';
import { stabLine } from '../debug/stab-lines.ts';
import { strangeWord } from '../syntax/strange-words.ts';
import type { Section, Where } from '../object/sections.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { within } from '../text/text.ts';

/**
 * An operand with names instead of tree nodes; what the parser and the emitter both come down to.
 */
export interface PlainOperand {
  readonly kind: 'register' | 'immediate' | 'memory' | 'target';
  /** `register`: without the percent sign. */
  readonly register: string;
  readonly segment: string;
  readonly base: string;
  readonly index: string;
  /** 0: parentheses without a register, `table(,1)`. */
  readonly scale: number;
  readonly value: Expression | undefined;
  /** Intel syntax: the bytes that `DWORD PTR` says; absent or 0 where nothing is said. */
  readonly size?: number | undefined;
  /** Intel syntax: FAR PTR, NEAR PTR or SHORT. */
  readonly distance?: 'far' | 'near' | 'short' | undefined;
  /** Where it stands in the text of the statement; 0 and 0 where there is no text. */
  readonly start: number;
  readonly end: number;
}

/** Whether a jump is likely taken (`jne,pt`), as prefixes of the Pentium 4. */
const hints: ReadonlyMap<string, string> = new Map([
  ['pn', 'cs'],
  ['pt', 'ds'],
]);

/** Kept between assemblies: an encoding depends on nothing but its key. */
const cacheMax = 50_000;
const encodings = new Map<string, Encoding>();

function operandKey(operand: PlainOperand): string {
  const { value } = operand;
  const known = value && constantOf(value);
  const unknown = isMark(operand) ? '' : isGot(operand) ? 'G' : '?';
  const text = known === undefined ? (value ? unknown : '') : known.toString();
  if (operand.kind === 'register') return `%${operand.register}`;
  const { size, distance } = operand;
  const said = size || distance ? `<${size ?? ''}${distance ?? ''}` : '';
  if (operand.kind === 'immediate') return `$${text}${said}`;
  if (operand.kind === 'target') return `>${said}`;
  const { segment, base, index, scale } = operand;
  return `${segment}:${text}(${base},${index},${scale})${said}`;
}

function register(assembly: Assembly, name: string, operand: PlainOperand): Register | undefined {
  if (name === '') return undefined;
  const found = registerByName(name.toLowerCase().replace(/[ \t]/g, ''), assembly.mode);
  // %eiz and %riz are for the index alone, and %eip for the base in 64-bit code.
  const isPointer = found?.number === 5 && assembly.mode === 64 && name === operand.base;
  const isNoIndex = found?.number === 4 && name === operand.index && assembly.machine.hasIndexName;
  if (!found || (found.class === 'flat' && !isPointer && !isNoIndex)) {
    const { message, notes, better } = unknownRegister(name, assembly.mode);
    const where = registerWhere(assembly.where, name, operand);
    assembly.error('A0201', message, where, notes, better ? { where, text: better } : undefined);
    return undefined;
  }
  return found;
}

function isSegment(
  assembly: Assembly,
  found: Register | undefined,
  operand: PlainOperand,
): boolean {
  if (!found || found.class === 'segment') return true;
  const message = `'${found.name}' is no segment register`;
  const where = registerWhere(assembly.where, operand.segment, operand);
  assembly.error('A0203', message, where, ['they are %cs %ds %es %fs %gs %ss']);
  return false;
}

/** What `@TLSCALL` stands at has no displacement: it marks the instruction only. */
function isMark({ value }: PlainOperand): boolean {
  return value?.kind === 'linear' && value.reference === 'TLSCALL';
}

function isGot({ value }: PlainOperand): boolean {
  return value?.kind === 'linear' && value.reference === 'GOT';
}

function hasValue(operand: PlainOperand): boolean {
  return operand.value !== undefined && !isMark(operand);
}

/** Undefined after a diagnostic. */
function isaOperand(assembly: Assembly, operand: PlainOperand): IsaOperand | undefined {
  const value = operand.value && constantOf(operand.value);
  switch (operand.kind) {
    case 'register': {
      const found = register(assembly, operand.register, operand);
      return found && { kind: 'register', register: found };
    }
    case 'immediate':
      return { kind: 'immediate', value };
    case 'target':
      return { kind: 'target', distance: operand.distance };
    case 'memory': {
      const segment = register(assembly, operand.segment, operand);
      const base = register(assembly, operand.base, operand);
      const index = register(assembly, operand.index, operand);
      const isBad =
        (operand.segment && !segment) || (operand.base && !base) || (operand.index && !index);
      if (isBad || !isSegment(assembly, segment, operand)) return undefined;
      return {
        kind: 'memory',
        segment,
        base,
        index,
        scale: operand.scale || 1,
        displacement: hasValue(operand) ? value : 0n,
        isDisplacementPresent: hasValue(operand),
        isGot: isGot(operand) || operand.scale === 0,
        size: operand.size || undefined,
        distance: operand.distance,
      };
    }
  }
}

/** Mnemonics that `.code16gcc` gives an `l` where no suffix says otherwise. */
const stackMnemonics = new Set(
  'call ret push pop enter leave pusha popa pushf popf lcall lret'.split(' '),
);

function widened(assembly: Assembly, mnemonic: string, operands: readonly PlainOperand[]): string {
  if (assembly.code !== 'code16gcc' || !stackMnemonics.has(mnemonic)) return mnemonic;
  const only = operands[0];
  if (only?.size) return mnemonic;
  return only?.kind === 'register' && !/^[a-z]s$/.test(only.register) ? mnemonic : `${mnemonic}l`;
}

/** `push word ptr 4` is what AT&T syntax writes as `pushw $4`. */
function sizedName(
  { machine, mode }: Assembly,
  mnemonic: string,
  operands: readonly PlainOperand[],
): string {
  if (!machine.syntax.isIntel || operands.length !== 1) return mnemonic;
  const [{ kind, size = 0 }] = operands;
  if (mode === 16 && size === 6 && /^[ls][gi]dt$/.test(mnemonic)) return `${mnemonic}l`;
  if (kind !== 'immediate' || (size !== 2 && size !== 4) || size * 8 === mode) return mnemonic;
  const letter = size === 2 ? 'w' : 'l';
  if (mnemonic === 'retf') return `lret${letter}`;
  return mnemonic === 'push' || mnemonic === 'ret' ? mnemonic + letter : mnemonic;
}

/** A selector and an offset make jmp and call far, whatever they are called. */
function farName(mnemonic: string, operands: readonly PlainOperand[]): string {
  if (operands.length !== 2 || operands[0].kind !== 'immediate') return mnemonic;
  return /^(jmp|call)[lw]?$/.test(mnemonic) ? `l${mnemonic}` : mnemonic;
}

export interface InstructionOptions {
  readonly prefixes: readonly string[];
  readonly isIndirect: boolean;
}

/** Assembles one instruction at the current place. */
export function emitInstruction(
  assembly: Assembly,
  name: string,
  operands: readonly PlainOperand[],
  options: InstructionOptions,
): void {
  const mnemonic = farName(
    widened(assembly, sizedName(assembly, name, operands), operands),
    operands,
  );
  // What is watched is kept by its shape; making a key for it too took 2 % of the whole process.
  const encoding = assembly.probe
    ? encodeAnew(assembly, { name, mnemonic }, operands, options)
    : keptEncoding(assembly, { name, mnemonic }, operands, options);
  if (!encoding) return;
  let failed = false;
  for (const warning of encoding.warnings ?? []) {
    const said = intended(warning, operands, () => wider(assembly, name, operands));
    const where = blamed(assembly, name, operands, warning.operand);
    const edit = replacementEdit(assembly.where, name, operands, said);
    const check = checkOf(assembly.machine, said.code);
    if (check === 'none') continue;
    if (check === 'error') failed = true;
    assembly[check](said.code, said.message, where, said.notes, edit);
  }
  if (failed) return;
  const watchers = assembly.watchers.list;
  for (const watcher of watchers) watcher.begin?.(encoding);
  markLine(assembly);
  if (assembly.stabs.lines) stabLine(assembly, assembly.stabs.lines);
  // A name that is a register may stand where another one is a symbol.
  const isUsual = watchers.length === 0 && !assembly.machine.syntax.registerOf;
  if (isUsual) assembly.probe?.sawEncoding(encoding);
  for (const watcher of watchers) watcher.before?.({ name, encoding, operands });
  place(assembly, encoding, operands);
  for (const watcher of watchers) watcher.after?.();
}

interface Names {
  /** As it is written. */
  readonly name: string;
  readonly mnemonic: string;
}

/** The encoding of an instruction of the same words, or one made anew. */
function keptEncoding(
  assembly: Assembly,
  names: Names,
  operands: readonly PlainOperand[],
  options: InstructionOptions,
): Encoding | undefined {
  const mode = assembly.code === 'code16gcc' ? 'g' : assembly.mode;
  let key = `${assembly.machine.key}${mode}${options.prefixes.join(' ')} ${names.name}`;
  if (options.isIndirect) key += '*';
  for (const operand of operands) key += ` ${operandKey(operand)}`;
  const known = encodings.get(key);
  if (known) return known;
  const encoding = encodeAnew(assembly, names, operands, options);
  if (!encoding) return undefined;
  if (encodings.size >= cacheMax) encodings.clear();
  encodings.set(key, encoding);
  return encoding;
}

/** The operands as they were written. */
function writtenOperands({ where }: Assembly, operands: readonly PlainOperand[]): string[] {
  const text = where && 'text' in where ? where.text : undefined;
  return operands.map(({ start, end }) => text?.slice(start, end) ?? '');
}

function wider(assembly: Assembly, name: string, operands: readonly PlainOperand[]) {
  const written = writtenOperands(assembly, operands);
  return widerInstruction(name, assembly.mode, operands, written, assembly.machine.syntax);
}

function encodeAnew(
  assembly: Assembly,
  { name, mnemonic }: Names,
  operands: readonly PlainOperand[],
  options: InstructionOptions,
): Encoding | undefined {
  const { machine } = assembly;
  const converted: IsaOperand[] = [];
  for (const operand of operands) {
    const made = isaOperand(assembly, operand);
    if (!made) return undefined;
    converted.push(made);
  }
  // What `.code16gcc` makes 32 bits wide has a suffix of AT&T syntax.
  const { isIntel } = machine.syntax;
  const isWidened = isIntel && mnemonic !== name;
  const isFromPlace = converted.some(({ kind }) => kind === 'memory' || kind === 'register');
  const instruction: Instruction = {
    mnemonic: mnemonic.toLowerCase(),
    operands: converted,
    prefixes: options.prefixes.map((word) => hints.get(word) ?? word),
    isIndirect: isIntel ? isFromPlace && /^l?(call|jmp)/.test(mnemonic) : options.isIndirect,
    syntax: isIntel && !isWidened ? 'intel' : 'att',
  };
  const alone = loneSize(assembly, instruction);
  if (alone) return alone;
  const repair = repaired(assembly, instruction);
  const result = encode(repair.instruction, assembly.mode, machine.encodeOptions);
  if (result.ok) {
    // Other operands than the written ones, and what -O chooses by them, are no pattern for others.
    const isPattern = repair.instruction.operands === converted && !machine.options.optimization;
    const only = { ...result.encoding, registers: undefined, valueOperands: undefined };
    const found = isPattern ? result.encoding : only;
    const whole = measured(kept(assembly, found));
    const encoding = checked(
      fenced(whole, repair.instruction, machine.options),
      repair.instruction,
      machine,
    );
    if (isLong(instruction) && encoding.relaxation) return longJump(encoding);
    return withMoreWarnings(assembly, encoding, repair, mnemonic !== name);
  }
  const written = writtenOperands(assembly, operands);
  const { syntax } = machine;
  const found = result.problem;
  const isAbsent =
    machine.encodeOptions.features !== undefined && / exist|support/.test(found.message);
  const enabled = ['an extension is enabled by .arch .sse2 or -march=i686+sse2'];
  const noted = isAbsent ? { ...found, notes: [...(found.notes ?? []), ...enabled] } : found;
  const own = isIntel ? inIntelWords(noted, syntax.isNaked) : noted;
  const mistake = explainMistake(instruction, assembly.mode, operands, written, syntax);
  const said = mistake ?? own;
  const { code, message, operand, notes } = said;
  const outside = code === 'A0202' ? strangeWord(mnemonic, assembly.where, syntax) : undefined;
  const where = blamed(assembly, mnemonic, operands, operand);
  const edit = outside ? outside.edit : replacementEdit(assembly.where, name, operands, said);
  assembly.error(code, message, where, outside?.notes ?? notes, edit);
  return undefined;
}

/** The operand at fault; without one the mnemonic. */
function blamed(
  assembly: Assembly,
  mnemonic: string,
  operands: readonly PlainOperand[],
  index: number | undefined,
): Where {
  const { where } = assembly;
  if (!where || !('text' in where)) return where;
  const operand = index === undefined ? undefined : operands[index];
  if (operand && operand.end > 0) return within(where, operand.start, operand.end);
  return within(where, where.start, where.start + mnemonic.length);
}

function isTooFar(address: bigint | undefined): boolean {
  if (address === undefined) return false;
  return address < -128n || address > 127n;
}

const warned = new WeakSet<Section>();

/** GNU as drops the bytes of instructions there without a word. */
function warnOfNoContents(assembly: Assembly): void {
  const { section } = assembly.current;
  if (warned.has(section)) return;
  warned.add(section);
  const message = `section '${section.name}' has no contents, so instructions are lost in it`;
  assembly.warning('A0307', message, assembly.where, ["write '.text' before them"]);
}

function place(assembly: Assembly, encoding: Encoding, operands: readonly PlainOperand[]): void {
  const sub = assembly.current;
  // Behind `.struct` their lengths are what is asked for.
  const isMeasured = sub.section === assembly.absolute;
  if (!sub.section.hasContents && !isMeasured) warnOfNoContents(assembly);
  const form = jumpForm(encoding);
  if (form) {
    namePlace(assembly, operands[0]);
    assembly.item({
      kind: 'jump',
      position: sub.length,
      form,
      target: asLinear(assembly, operands[0]?.value ?? zero),
      where: assembly.where,
    });
    return;
  }
  const start = sub.length;
  for (const operand of operands) if (isMark(operand)) markCall(assembly, operand);
  sub.append(encoding.bytes);
  for (const fixup of encoding.fixups) {
    let value = operands[fixup.operand]?.value;
    const known = value && constantOf(value);
    if (!value || (fixup.kind !== 'target' && known !== undefined)) continue;
    if (fixup.size === 1 && known !== undefined) value = constant(BigInt.asIntN(32, known));
    if (fixup.size === 1 && isTooFar(constantOf(value))) {
      const message = 'the target of a jump of one byte is -128 to 127 where it is a number';
      return assembly.error('A0709', message, blamed(assembly, '', operands, fixup.operand));
    }
    const shape = fixupShape(encoding, fixup);
    namePlace(assembly, operands[fixup.operand], encoding.isReadTwice === true);
    sub.fixups.addValue(start + fixup.offset, sub.items.length, shape, value, assembly.where);
  }
}

/**
 * A label that GNU as looks up becomes a symbol of the object: in AT&T syntax one that an address or
 * a target begins with, where it was mentioned before; in Intel syntax any that stands alone.
 */
function namePlace(
  assembly: Assembly,
  operand: PlainOperand | undefined,
  isReadTwice = false,
): void {
  const value = operand?.value;
  if (!operand || value?.kind !== 'linear' || !value.plus || value.plus.isNamed) return;
  if (assembly.machine.syntax.isIntel) {
    if (!value.minus) assembly.symbols.name(value.plus);
  } else if (operand.kind !== 'immediate' && beginsWithLabel(assembly, operand)) {
    if (isReadTwice || isKnownAlready(assembly, value.plus)) assembly.symbols.name(value.plus);
  }
}

function beginsWithLabel({ where }: Assembly, { start, end, segment }: PlainOperand): boolean {
  if (!where || !('text' in where) || start >= end) return segment === '';
  return /^[*(\s]*\.L/.test(where.text.slice(start, Math.min(end, start + 40)));
}

/** Defined, or named by a statement before this one. */
export function isKnownAlready(assembly: Assembly, symbol: AsmSymbol): boolean {
  if (symbol.isNamed) return false;
  return symbol.state === 'label' || symbol.usedPlace !== assembly.placeNumber();
}

/** The two forms of a jump that may be short; undefined for other instructions. */
export function jumpForm({ bytes, relaxation }: Encoding): JumpForm | undefined {
  return relaxation && { short: bytes, long: relaxation.longBytes, longSize: relaxation.longSize };
}

/** What is known of a field of an instruction but its value. */
export function fixupShape(encoding: Encoding, fixup: Fixup): number {
  return fieldShape({
    size: fixup.size,
    isRelative: fixup.isRelative,
    isSigned: fixup.isSigned,
    tail: encoding.bytes.length - fixup.offset,
    instructionOffset: fixup.offset,
    isRelaxableGot: fixup.kind === 'displacement' && isRelaxable(encoding.bytes, fixup),
    hasRex: fixup.isRelative && (encoding.bytes[0] & 0xf0) === 0x40,
    isDisplacement: fixup.kind === 'displacement',
    isData: false,
  });
}

/** In 64-bit code the address is relative to %rip, and a REX prefix may stand before the opcode. */
function isRelaxable(bytes: Uint8Array, fixup: Fixup): boolean {
  if (fixup.isRelative && fixup.offset + 4 !== bytes.length) return false;
  return isRelaxableGot((bytes[0] & 0xf0) === 0x40 ? bytes.subarray(1) : bytes);
}

/** R_386_TLS_DESC_CALL at the instruction itself. */
function markCall(assembly: Assembly, { value }: PlainOperand): void {
  if (value?.kind !== 'linear' || !value.plus) return;
  assembly.relocations.push({
    section: assembly.current.section,
    at: symbolValue(assembly.here()),
    type: assembly.isLong ? tlsDescCall64 : 40,
    value: symbolValue(value.plus),
    where: assembly.where,
  });
  value.plus.type = 6;
}

/** An expression of more than a symbol and a number hides behind a symbol of its own. */
function asLinear(assembly: Assembly, value: Expression): Linear {
  if (value.kind === 'linear' && !value.minus) return value;
  const symbol = assembly.symbols.anonymous();
  symbol.state = 'equated';
  assembly.hasEquated = true;
  symbol.expression = value;
  return symbolValue(symbol);
}

/**
 * The instructions whose GOT load a linker may turn into something shorter (psABI, R_386_GOT32X):
 * mov, test, the arithmetic that reads memory, and indirect call and jmp, with a 32-bit
 * displacement.
 */
function isRelaxableGot(bytes: Uint8Array): boolean {
  const opcode = bytes[0];
  const modrm = bytes[1];
  const mode = modrm >> 6;
  if (mode !== 2 && !(mode === 0 && (modrm & 7) === 5)) return false;
  const field = (modrm >> 3) & 7;
  if (opcode === 0xff) return field === 2 || field === 4;
  return opcode === 0x8b || opcode === 0x85 || (opcode & ~0x38) === 0x03;
}
