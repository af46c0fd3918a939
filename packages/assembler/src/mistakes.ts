// What someone most likely meant whose instruction has no encoding. Each idea changes the operands
// a little; the one that the instruction table takes is shown as it would be written. Nothing here
// runs unless an instruction was refused already.

import { encode, generalRegister, registerByName, registers } from '@ring0/isa';
import type { EncodeProblem, Instruction, Mode, Operand } from '@ring0/isa';
import { nearest } from '@ring0/diagnostics';
import type { Span } from '@ring0/diagnostics';
import { foreignWords, semicolonNote } from './foreign-words.ts';
import type { PlainOperand } from './instructions.ts';
import { bareNames, explainIntelMistake, inIntelWords } from './intel-mistakes.ts';
import type { Syntax } from './syntax-tree.ts';
import { within } from './text.ts';
import type { Place } from './text.ts';

/** A refused instruction with its operands as they were written. */
interface Refused {
  readonly instruction: Instruction;
  readonly mode: Mode;
  readonly plain: readonly PlainOperand[];
  readonly written: readonly string[];
  readonly syntax: Syntax;
}

// Registers

const plainNames = registers.filter((each) => each.class !== 'flat').map((each) => each.name);

/** Of names equally near, one that differs in a letter alone, the likeliest typing mistake. */
function nearestRegister(name: string): string | undefined {
  const alike = plainNames.filter((each) => each.length === name.length);
  return nearest(name, alike) ?? nearest(name, plainNames);
}

/** The words for `%name`, which is none. */
export function unknownRegister(name: string): { message: string; notes: string[] } {
  const lower = name.toLowerCase();
  const half = /^r([a-d]x|[sd]i|[sb]p)$/.exec(lower);
  if (half) {
    const message = `'%${name}' is a 64-bit register, and this is 32-bit code`;
    return { message, notes: [`did you mean '%e${half[1]}'?`] };
  }
  if (/^(r\d+[bwd]?|[sd]il|[sb]pl|[xyz]mm\d+|rip)$/.test(lower)) {
    const message = `'%${name}' exists in 64-bit code only, and this is 32-bit code`;
    const vector = /^[xyz]mm/.exec(lower)?.[0];
    const known = 'the general registers are %eax %ebx %ecx %edx %esi %edi %ebp %esp';
    return { message, notes: [vector ? `there are %${vector}0 to %${vector}7` : known] };
  }
  const near = nearestRegister(lower);
  const known = 'the general registers are %eax %ebx %ecx %edx %esi %edi %ebp %esp';
  return {
    message: `'%${name}' is no register of this processor`,
    notes: [near ? `did you mean '%${near}'?` : known],
  };
}

/** The place of `%name` inside its operand. */
export function registerWhere(
  where: Place | Span | undefined,
  name: string,
  operand: PlainOperand,
): Place | Span | undefined {
  if (!where || !('text' in where) || operand.end === 0) return where;
  const at = where.text.slice(operand.start, operand.end).indexOf(`%${name}`);
  const start = operand.start + Math.max(0, at);
  return within(where, start, start + 1 + name.length);
}

// Mnemonics

/** Remarks on a word that is no instruction: another assembler's, or a comment's first. */
export function wordNotes(
  word: string,
  where: Place | Span | undefined,
  { isIntel }: Syntax,
): string[] {
  const notes = foreignWords([word], isIntel);
  if (notes.length > 0 || !where || !('text' in where)) return notes;
  const before = where.text.slice(Math.max(0, where.start - 80), where.start).trimEnd();
  return before.endsWith(';') ? [semicolonNote] : [];
}

// Intel syntax

function isRegisterName(name: string | undefined): boolean {
  return name !== undefined && registerByName(name.toLowerCase())?.class === 'general';
}

/** The symbol in a memory operand that has a register's name. */
function registerSymbol({ kind, value }: PlainOperand): string | undefined {
  if (kind !== 'memory' || value?.kind !== 'linear') return undefined;
  return [value.plus?.name, value.minus?.name].find(isRegisterName);
}

const bracketed =
  /^\[\s*([a-z]+)\s*(?:\+\s*([a-z]+)\s*(?:\*\s*([1248]))?\s*)?(?:([-+])\s*(\w+)\s*)?\]$/i;

/** One operand of Intel syntax as AT&T's. */
function attOperand(text: string): string {
  if (isRegisterName(text)) return `%${text}`;
  if (/^-?\d/.test(text)) return `$${text}`;
  const match = bracketed.exec(text);
  if (!match || !isRegisterName(match[1])) return text.replace(/^\[(.*)\]$/, '$1');
  const [, base, index, scale, sign, offset] = match;
  const displacement = offset === undefined ? '' : `${sign === '-' ? '-' : ''}${offset}`;
  const isIndexed = isRegisterName(index);
  const second = isIndexed ? `,%${index}${scale ? `,${scale}` : ''}` : '';
  const symbol = index !== undefined && !isIndexed ? index : '';
  return `${symbol}${displacement}(%${base}${second})`;
}

function intelSyntax({ instruction, plain, written }: Refused): EncodeProblem | undefined {
  const at = plain.findIndex((operand) => registerSymbol(operand) !== undefined);
  if (at < 0) return undefined;
  const form = written.toReversed().map(attOperand).join(', ');
  return {
    code: 'A0204',
    message: `found Intel syntax, expected AT&T: '${registerSymbol(plain[at])}' is a symbol here`,
    operand: at,
    notes: [
      'registers begin with %, numbers with $, (%reg) is memory, and the source comes first',
      `did you mean '${instruction.mnemonic} ${form}'?`,
    ],
  };
}

// Operands

function fits(refused: Refused, operands: readonly Operand[], mnemonic?: string): boolean {
  const name = mnemonic ?? refused.instruction.mnemonic;
  return encode({ ...refused.instruction, mnemonic: name, operands }, refused.mode).ok;
}

/** The operands are AT&T's, source first. */
function asWritten({ instruction, syntax }: Refused, written: readonly string[]): string {
  const list = syntax.isIntel ? written.toReversed() : written;
  return `${instruction.mnemonic} ${list.join(', ')}`;
}

/** `int 0x10`, `mov 5, %eax` with a size that memory does not have. */
function missingDollar(refused: Refused): EncodeProblem | undefined {
  const { instruction, written, plain } = refused;
  const at = instruction.operands.findIndex(
    (operand, i) =>
      operand.kind === 'memory' &&
      !operand.base &&
      !operand.index &&
      !operand.segment &&
      plain[i].value !== undefined,
  );
  if (at < 0) return undefined;
  const operand = instruction.operands[at];
  const value = operand.kind === 'memory' ? operand.displacement : undefined;
  const changed = instruction.operands.with(at, { kind: 'immediate', value });
  if (!fits(refused, changed)) return undefined;
  return {
    code: 'A0204',
    message: `found memory at ${written[at]}, expected a number: '$' is missing`,
    operand: at,
    notes: [`did you mean '${asWritten(refused, written.with(at, `$${written[at]}`))}'?`],
  };
}

function immediateDestination(refused: Refused): EncodeProblem | undefined {
  const { instruction, written } = refused;
  const last = instruction.operands.length - 1;
  if (last < 1 || instruction.operands[last].kind !== 'immediate') return undefined;
  const isSwapped = fits(refused, instruction.operands.toReversed());
  return {
    code: 'A0204',
    message: `the immediate ${written[last]} cannot be the destination`,
    operand: last,
    notes: [
      refused.syntax.isIntel
        ? 'in Intel syntax the destination comes first'
        : 'in AT&T syntax the source comes first, the destination last',
      ...(isSwapped ? [`did you mean '${asWritten(refused, written.toReversed())}'?`] : []),
    ],
  };
}

function twoMemoryOperands(refused: Refused): EncodeProblem | undefined {
  const { operands, mnemonic } = refused.instruction;
  const { written } = refused;
  if (operands.length !== 2 || operands.some((operand) => operand.kind !== 'memory')) {
    return undefined;
  }
  const bits = { b: 8, w: 16, l: 32 }[mnemonic.slice(-1)] ?? refused.mode;
  const name = bareNames(`%${generalRegister(0, bits).name}`, refused.syntax.isNaked);
  const move = { ...refused, instruction: { ...refused.instruction, mnemonic: 'mov' } };
  return {
    code: 'A0204',
    message: 'both operands are memory, at most one can be',
    operand: 1,
    notes: [`load one to a register first: ${asWritten(move, [written[0], name])}`],
  };
}

/** `push %al`: the same operation with the register in another size. */
function otherWidth(refused: Refused): EncodeProblem | undefined {
  const { operands, mnemonic } = refused.instruction;
  for (const [at, operand] of operands.entries()) {
    if (operand.kind !== 'register' || operand.register.class !== 'general') continue;
    const { bits, number, name } = operand.register;
    const family = bits === 8 ? number & 3 : number;
    const widths = [32, 16, 8].filter((width) => width !== bits && (width > 8 || family < 4));
    const wider = widths.map((width) => generalRegister(family, width));
    const taken = wider.filter((register) =>
      fits(refused, operands.with(at, { kind: 'register', register })),
    );
    if (taken.length === 0) continue;
    const forms = taken.map((register) =>
      asWritten(
        refused,
        refused.written.with(at, bareNames(`%${register.name}`, refused.syntax.isNaked)),
      ),
    );
    const widthNames = taken.map((register) => register.bits).join(' or ');
    return {
      code: 'A0203',
      message: `%${name} has ${bits} bits, '${mnemonic}' takes ${widthNames} here`,
      operand: at,
      notes: [`did you mean '${forms.join("' or '")}'?`, ...extension(refused)],
    };
  }
  return undefined;
}

/** The kinds of registers that an instruction may want in place of another, with one of each. */
const banks: readonly (readonly [name: string, words: string])[] = [
  ['xmm1', 'an SSE register, %xmm0 to %xmm7'],
  ['ymm1', 'an AVX register, %ymm0 to %ymm7'],
  ['mm1', 'an MMX register, %mm0 to %mm7'],
  ['st(1)', 'a register of the x87, %st to %st(7)'],
  ['ebx', 'a general register of 32 bits'],
  ['bx', 'a general register of 16 bits'],
  ['ds', 'a segment register'],
];

/** `addps %eax, %xmm0`: a register of another kind would do. */
function otherBank(refused: Refused): EncodeProblem | undefined {
  const { operands, mnemonic } = refused.instruction;
  const { message: own, notes } = encodeProblem(refused) ?? { message: '' };
  if (!own.startsWith('no form')) return undefined;
  for (const [at, operand] of operands.entries()) {
    if (operand.kind !== 'register') continue;
    for (const [name, words] of banks) {
      const register = registerByName(name);
      if (!register || register.class === operand.register.class) continue;
      if (!fits(refused, operands.with(at, { kind: 'register', register }))) continue;
      const message = `found %${operand.register.name}, '${mnemonic}' takes ${words} here`;
      return { code: 'A0204', message, operand: at, notes };
    }
  }
  return undefined;
}

function encodeProblem({ instruction, mode }: Refused): EncodeProblem | undefined {
  const result = encode(instruction, mode);
  return result.ok ? undefined : result.problem;
}

/** A narrow source and a wide destination ask for movz or movs. */
function extension({ instruction, mode, plain, written }: Refused): string[] {
  if (!/^mov[lw]?$/.test(instruction.mnemonic) || instruction.operands.length !== 2) return [];
  const [source, destination] = plain.map((each) => registerByName(each.register)?.bits ?? 0);
  if (source === 0 || source >= destination) return [];
  const letters = `${source === 8 ? 'b' : 'w'}${destination === 16 ? 'w' : 'l'}`;
  const name = `movz${letters}`;
  if (!encode({ ...instruction, mnemonic: name }, mode).ok) return [];
  return [`to fill the upper bits with zeros: ${name} ${written.join(', ')}`];
}

type Idea = (refused: Refused) => EncodeProblem | undefined;

const commonIdeas: readonly Idea[] = [
  immediateDestination,
  twoMemoryOperands,
  otherWidth,
  otherBank,
];
const ideas: readonly Idea[] = [intelSyntax, missingDollar, ...commonIdeas];

/** What to say instead of the encoder's own words; undefined where no idea fits. */
export function explainMistake(
  instruction: Instruction,
  mode: Mode,
  plain: readonly PlainOperand[],
  written: readonly string[],
  syntax: Syntax,
): EncodeProblem | undefined {
  const refused: Refused = { instruction, mode, plain, written, syntax };
  if (syntax.isIntel) {
    const found = explainIntelMistake(instruction, mode, plain);
    if (found) return found;
  }
  for (const idea of syntax.isIntel ? commonIdeas : ideas) {
    const found = idea(refused);
    if (found) return syntax.isIntel ? inIntelWords(found, syntax.isNaked) : found;
  }
  return undefined;
}

/** A warning, with a remark where a symbol has a register's name. */
export function intended(warning: EncodeProblem, plain: readonly PlainOperand[]): EncodeProblem {
  const name = plain.map(registerSymbol).find((each) => each !== undefined);
  if (name === undefined) return warning;
  const notes = [`'${name}' is a symbol here; did you mean the register '%${name}'?`];
  return { ...warning, notes };
}
