// From an instruction to bytes and fixups. The forms of the mnemonic are tried in the order of the
// table, which is GNU as's preference; the first that fits is written out (write.ts).

import { isEnabled, hasRegister } from './features.ts';
import { formsOf, formsWithIntelNames } from './forms.ts';
import type { Form } from './forms.ts';
import { isOwnAddress, matchForm, shortens } from './match.ts';
import type { Match, ValueUse } from './match.ts';
import type {
  EncodeOptions,
  EncodeProblem,
  EncodeResult,
  Encoding,
  Instruction,
  Mode,
  Operand,
  Register,
} from './model.ts';
import { checkPrefixes, prefixSlot, readPrefixes, sizeUnder } from './prefixes.ts';
import type { PrefixSet } from './prefixes.ts';
import { ambiguous, explain, problem, unsupported } from './problems.ts';
import { generalRegister, isOnlyLong } from './registers.ts';
import { relaxed, writeForm } from './write.ts';
import type { Parts } from './write.ts';

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

function tooWide(
  value: bigint,
  bits: number,
  operand: number,
  instruction: Instruction,
): EncodeProblem {
  const used = BigInt.asUintN(bits, value);
  const message = `${value} does not fit in ${bits} bits; ${used} is used`;
  return problem('A0103', message, operand, rangeNotes(bits, value, instruction));
}

/** What GNU as accepts with a warning. */
function warningsFor(
  match: Match,
  instruction: Instruction,
  mode: Mode,
  { slots }: PrefixSet,
): EncodeProblem[] {
  const warnings: EncodeProblem[] = [];
  const { row, operands } = match.form;
  if (!match.isSizeGiven && slots[prefixSlot.data] === 0)
    warnings.push(ambiguous(instruction.mnemonic, match));
  if (row.attributes.has('translated')) {
    const { mnemonic } = instruction;
    const isSuffixed = mnemonic === 'fldl' || mnemonic === 'fstl';
    const meant = isSuffixed ? row.mnemonic : `${row.names[0]}p`;
    warnings.push(problem('A0211', `'${mnemonic}' is taken as '${meant}'`));
  }
  const last = instruction.operands.length - 1;
  const isIntel = instruction.syntax === 'intel';
  if (row.attributes.has('indirect') && instruction.isIndirect !== true && !isIntel) {
    warnings.push(problem('A0212', `indirect ${instruction.mnemonic} without '*'`, last));
  }
  instruction.operands.forEach((operand, index) => {
    if (operand.kind === 'memory' && operand.segment && row.mnemonic === 'lea') {
      warnings.push(problem('A0213', "a segment on 'lea' has no effect", index));
    }
    const { kind } = operands[index].spec;
    const isString = kind === 'source' || kind === 'destination' || kind === 'table';
    if (operand.kind === 'memory' && isString && !isOwnAddress(operand, kind)) {
      const register = { source: 'esi', destination: 'edi', table: 'ebx' }[kind];
      const message = `the address of '${row.mnemonic}' is (%${register}), whatever is written`;
      warnings.push(problem('A0217', message, index));
    }
    if (operand.kind === 'memory' && row.mnemonic.startsWith('bnd') && operand.scale > 1) {
      const isTable = row.mnemonic === 'bndldx' || row.mnemonic === 'bndstx';
      if (isTable) warnings.push(problem('A0216', 'the scale is ignored here', index));
    }
    if (operand.kind !== 'immediate' || operand.value === undefined) return;
    const { spec } = operands[index];
    if ((spec.kind !== 'imm' || spec.size === 'q') && !shortens(match.form, spec)) return;
    const bits =
      spec.kind === 'uword' ? 16 : spec.size === 'b' ? 8 : spec.size === 'd' ? 32 : match.size;
    if (bits === 64) return;
    const { value } = operand;
    const limit = 1n << BigInt(bits);
    const signed = BigInt.asIntN(64, value);
    if (mode === 64 && (signed <= -0x100000000n || signed >= 0x100000000n)) {
      warnings.push(tooWide(value, bits, index, instruction));
      return;
    }
    // Values of 16 and of 32 bits are taken as signed first.
    const isWord = value >= 0n && value <= 0xffffn && bits === 8;
    const low = BigInt.asIntN(isWord ? 16 : 32, value);
    if (bits === 32 || (low > -limit && low < limit)) return;
    warnings.push(tooWide(value, bits, index, instruction));
  });
  return warnings;
}

/** Whether a form moves from r/m to reg, or the other way. */
function directionOf({ row: { places }, operands }: Form): 'load' | 'store' | undefined {
  if (!places.includes('reg') || !places.includes('rm')) return undefined;
  const destination = operands.at(-1);
  const place = destination && places[destination.index];
  return place === 'reg' ? 'load' : place === 'rm' ? 'store' : undefined;
}

interface Search {
  readonly list: readonly Form[];
  readonly instruction: Instruction;
  readonly mode: Mode;
  readonly defaultSize: 16 | 32;
  readonly use: ValueUse;
  readonly prefixes: PrefixSet;
}

function firstMatch(search: Search, take?: (form: Form) => boolean): Match | undefined {
  const { list, instruction, mode, defaultSize, use } = search;
  const isIntel = instruction.syntax === 'intel';
  let fallback: Match | undefined;
  // Only in the form with a ModRM byte does a store end an elided lock.
  const isRelease = search.prefixes.names.includes('xrelease');
  for (const form of list) {
    if (take && !take(form)) continue;
    if (isRelease && form.row.encoding.tail[0] === 'mo') continue;
    const match = matchForm(form, instruction, mode, defaultSize, use);
    if (!match) continue;
    if (match.isSizeGiven) return match;
    const { isSized, attributes } = form.row;
    if (!fallback && !isIntel && (isSized || attributes.has('default'))) fallback = match;
  }
  return fallback;
}

/** A VEX move from xmm8 or above, whose prefix is shorter where it is written as a store. */
function isShorterStored({ form }: Match, { instruction, prefixes }: Search): boolean {
  const [from] = instruction.operands;
  const to = instruction.operands[instruction.operands.length - 1];
  const { vex } = form.row.encoding;
  if (vex?.map !== 1) return false;
  if (from?.kind !== 'register' || to.kind !== 'register' || prefixes.wishes.has('vex3'))
    return false;
  return from.register.number > 7 && to.register.number < 8;
}

/** The match, or another with the direction that {load} or {store} asks for. */
function chosenMatch(search: Search): Match | undefined {
  const { instruction, prefixes } = search;
  const { wishes } = prefixes;
  const match = firstMatch(search);
  const said = wishes.has('load') ? 'load' : wishes.has('store') ? 'store' : undefined;
  const own = match && wishes.has('.s') ? directionOf(match.form) : undefined;
  const wanted =
    said ??
    (own && (own === 'load' ? 'store' : 'load')) ??
    (match && search.mode === 64 && isShorterStored(match, search) ? 'store' : undefined);
  if (!match || !wanted || instruction.operands.some(({ kind }) => kind === 'memory')) {
    return match;
  }
  if (directionOf(match.form) === undefined) return match;
  return firstMatch(search, (form) => directionOf(form) === wanted) ?? match;
}

function usedRegisters(operand: Operand): (Register | undefined)[] {
  if (operand.kind === 'register') return [operand.register];
  return operand.kind === 'memory' ? [operand.segment, operand.base, operand.index] : [];
}

/** A register that only 64-bit code has. */
function longRegister({ operands }: Instruction): EncodeProblem | undefined {
  for (const [at, operand] of operands.entries()) {
    const found = usedRegisters(operand).find((register) => register && isOnlyLong(register));
    if (found) return problem('A0201', `only 64-bit code has %${found.name}`, at);
  }
  return undefined;
}

/** A register or all forms that the enabled features do not have. */
function missingFeature(
  instruction: Instruction,
  list: readonly Form[],
  options: EncodeOptions,
): EncodeProblem | undefined {
  const { features, architecture = 'this processor' } = options;
  if (!features) return undefined;
  for (const [at, operand] of instruction.operands.entries()) {
    for (const register of usedRegisters(operand)) {
      if (!register || hasRegister(register, features)) continue;
      return problem('A0201', `%${register.name} does not exist on '${architecture}'`, at);
    }
  }
  if (list.some(({ row }) => isEnabled(row.processor, features))) return undefined;
  return unsupported(instruction.mnemonic, architecture, list);
}

/** The extensions whose EVEX forms have the same name, by those of the VEX forms. */
const wideFeatures: Readonly<Record<string, string>> = {
  avx_vnni: 'avx512_vnni',
  avx_ifma: 'avx512ifma',
  avx_ne_convert: 'avx512_bf16',
};

/** What the pseudo prefixes ask for and the form does not have. */
function refusedWish(
  match: Match,
  { wishes }: PrefixSet,
  { features }: EncodeOptions,
): EncodeProblem | undefined {
  const { row } = match.form;
  if (wishes.has('evex')) {
    return problem('A0210', `'${row.names[0]}' has no EVEX form here`);
  }
  const isVex = ['vex', 'vex2', 'vex3'].some((name) => wishes.has(name));
  if (isVex && row.encoding.vex?.kind !== 'VEX') {
    return problem('A0210', `'${row.names[0]}' has no VEX form`);
  }
  const wide = isVex || !row.attributes.has('braced') ? undefined : wideFeatures[row.processor];
  const isWide = !features || (features.has(wide ?? '') && features.has('avx512vl'));
  if (wide !== undefined && isWide) {
    return problem('A0210', `'${row.names[0]}' without {vex} means its EVEX form`, undefined, [
      `write {vex} ${row.names[0]}`,
    ]);
  }
  return undefined;
}

/** No two of destination, index and mask of a gathering instruction may be one register. */
function isRepeating(match: Match, { operands }: Instruction): boolean {
  if (!match.form.row.attributes.has('distinct')) return false;
  const numbers = operands.map((operand) =>
    operand.kind === 'memory'
      ? operand.index?.number
      : operand.kind === 'register'
        ? operand.register.number
        : -1,
  );
  return new Set(numbers).size < numbers.length;
}

/** The long form of a jump alone. */
function farther({ longBytes, longSize }: NonNullable<Encoding['relaxation']>): Encoding {
  const offset = longBytes.length - longSize;
  const hole = { offset, size: longSize, operand: 0, isRelative: true, isSigned: false };
  return { bytes: longBytes, fixups: [{ ...hole, kind: 'target' }] };
}

function encodeMatch(match: Match, search: Search, options: EncodeOptions): EncodeResult {
  const { instruction, mode, prefixes, use, list } = search;
  const { row } = match.form;
  const invalid =
    checkPrefixes(prefixes, row, instruction, mode) ?? refusedWish(match, prefixes, options);
  if (invalid) return { ok: false, problem: invalid };
  const slots = [...prefixes.slots];
  const written = { ...prefixes, slots };
  const parts: Parts = { match, instruction, mode, prefixes, use, options };
  let result = writeForm(parts);
  if ('message' in result) return { ok: false, problem: result };
  const target = instruction.operands[0];
  const isShort = target?.kind === 'target' && target.distance === 'short';
  const isJump = row.encoding.tail[0] === 'cb' && !row.encoding.addressSize;
  const wide = prefixes.wishes.has('disp32') ? 32 : prefixes.wishes.has('disp16') ? 16 : 0;
  const said = match.size === 64 ? 32 : match.size;
  if (wide !== 0 && target?.kind === 'target' && wide !== said) {
    return {
      ok: false,
      problem: problem('A0210', `{disp${wide}} is not for a jump of ${match.size} bits`),
    };
  }
  if (wide !== 0 && isJump) {
    const { relaxation } = relaxed(result, parts, list, slots);
    if (relaxation) result = farther(relaxation);
  } else if (isJump && !isShort) {
    result = relaxed(result, parts, list, slots);
  }
  const warnings = warningsFor(match, instruction, mode, written);
  if (isRepeating(match, instruction)) {
    warnings.push(problem('A0214', 'mask, index and destination should be three registers'));
  }
  const encoding: Encoding = {
    ...result,
    row,
    valueOperands: use.mask,
    ...(row.encoding.tail.includes('is4') && instruction.operands.length > 4
      ? { isOfValues: true }
      : {}),
    // It is looked for among the vector instructions of that name first.
    ...(mode === 64 &&
    instruction.mnemonic === 'movq' &&
    row.mnemonic.startsWith('mov') &&
    row.names[0] !== 'movq'
      ? { isReadTwice: true }
      : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
  return { ok: true, encoding };
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
  const prefixes = readPrefixes(instruction, mode);
  if ('message' in prefixes) return { ok: false, problem: prefixes };
  if (prefixes.isAlone) {
    const slots = [...prefixes.slots, prefixes.rex];
    const bytes = Uint8Array.from(slots.filter((byte) => byte !== 0));
    return { ok: true, encoding: { bytes, fixups: [] } };
  }
  const { mnemonic, syntax } = instruction;
  const every =
    options.hasIntelMnemonics && syntax !== 'intel'
      ? formsWithIntelNames(mnemonic, mode)
      : formsOf(mnemonic, syntax, mode);
  if (!every) {
    const older = withoutEnding(instruction);
    return older ? encode(older, mode, options) : refusal(instruction, mode);
  }
  const foreign = mode === 64 ? undefined : longRegister(instruction);
  if (foreign) return { ok: false, problem: foreign };
  const missing = missingFeature(instruction, every, options);
  if (missing) return { ok: false, problem: missing };
  const { features } = options;
  const list = features ? every.filter(({ row }) => isEnabled(row.processor, features)) : every;
  const defaultSize = sizeUnder(prefixes.slots[prefixSlot.data], mode);
  const search = { list, instruction, mode, defaultSize, use: { mask: 0 }, prefixes };
  const match = chosenMatch(search);
  if (match) return encodeMatch(match, search, options);
  return misnamedString(instruction, mode, options) ?? refusal(instruction, mode);
}

function refusal(instruction: Instruction, mode: Mode): EncodeResult {
  return { ok: false, problem: explain(instruction, mode) };
}

/** `mov.s`, `jmp.d32`: what {load} and {store}, {disp8} and {disp32} say today. */
function withoutEnding(instruction: Instruction): Instruction | undefined {
  const { mnemonic, prefixes = [] } = instruction;
  const found = /^(.+)\.(s|d8|d32)$/.exec(mnemonic);
  if (!found) return undefined;
  const wish = found[2] === 's' ? '{.s}' : `{disp${found[2].slice(1)}}`;
  return { ...instruction, mnemonic: found[1], prefixes: [...prefixes, wish] };
}

/** `rep movsd` in AT&T syntax, where movsd is an instruction of SSE2. */
function misnamedString(
  instruction: Instruction,
  mode: Mode,
  options: EncodeOptions,
): EncodeResult | undefined {
  const { mnemonic, operands, syntax } = instruction;
  if (!/^(movs|cmps)d$/.test(mnemonic) || operands.length > 0 || syntax === 'intel') {
    return undefined;
  }
  const meant = `${mnemonic.slice(0, -1)}l`;
  const result = encode({ ...instruction, mnemonic: meant }, mode, options);
  if (!result.ok) return result;
  const warnings = [problem('A0242', `'${mnemonic}' is taken as '${meant}'`)];
  return { ok: true, encoding: { ...result.encoding, warnings } };
}
