// What someone most likely meant whose instruction has no encoding. Each idea changes the operands
// a little; the one that the instruction table takes is shown as it would be written. Nothing here
// runs unless an instruction was refused already.

import { encode, generalRegister, registerByName, registers } from '@ring0/isa';
import type { EncodeProblem, Instruction, Mode, Operand, Replacement } from '@ring0/isa';
import { nearest } from '@ring0/diagnostics';
import type { Span } from '@ring0/diagnostics';
import { constantOf } from '../values/expression.ts';
import type { PlainOperand } from './instructions.ts';
import { bareNames, explainIntelMistake, inIntelWords } from './intel-mistakes.ts';
import type { Syntax } from '../syntax/syntax-tree.ts';
import { within } from '../text/text.ts';
import type { Place } from '../text/text.ts';

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
export function unknownRegister(
  name: string,
  mode: Mode,
): {
  message: string;
  notes: string[];
  /** The register that was meant, with its percent sign. */
  better?: string | undefined;
} {
  const lower = name.toLowerCase();
  const half = /^r([a-d]x|[sd]i|[sb]p)$/.exec(lower);
  if (half && mode !== 64) {
    const message = `'%${name}' is a 64-bit register, and this is 32-bit code`;
    const better = `%e${half[1]}`;
    return { message, notes: [`did you mean '${better}'?`], better };
  }
  if (mode === 64 && /^[xyz]mm\d+$/.test(lower)) {
    const message = `'%${name}' is a register of AVX-512, which is not known here`;
    return { message, notes: ['there are %xmm0 to %xmm15 and %ymm0 to %ymm15'] };
  }
  if (mode !== 64 && /^(r\d+[bwd]?|[sd]il|[sb]pl|[xyz]mm\d+|rip)$/.test(lower)) {
    const message = `'%${name}' exists in 64-bit code only, and this is 32-bit code`;
    const vector = /^[xyz]mm/.exec(lower)?.[0];
    const known = 'the general registers are %eax %ebx %ecx %edx %esi %edi %ebp %esp';
    return { message, notes: [vector ? `there are %${vector}0 to %${vector}7` : known] };
  }
  const near = nearestRegister(lower);
  const known =
    mode === 64
      ? 'the general registers are %rax %rbx %rcx %rdx %rsi %rdi %rbp %rsp %r8 to %r15'
      : 'the general registers are %eax %ebx %ecx %edx %esi %edi %ebp %esp';
  return {
    message: `'%${name}' is no register of this processor`,
    notes: [near ? `did you mean '%${near}'?` : known],
    better: near && `%${near}`,
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
function attOperand(written: string): string {
  const text = written.replace(/^(byte|word|dword)(\s+ptr\b)?\s*/i, '');
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

const sizeLetters: Readonly<Record<string, string>> = { byte: 'b', word: 'w', dword: 'l' };

/** A statement of Intel syntax in AT&T's; undefined where it cannot be one. */
export function attStatement(text: string): string | undefined {
  const match = /^([a-z]+)\s+(.*\S)/i.exec(text);
  if (!match) return undefined;
  const size = /\b(byte|word|dword)(\s+ptr)?\s*\[/i.exec(match[2])?.[1].toLowerCase();
  const operands = match[2]
    .split(',')
    .map((operand) => operand.trim())
    .toReversed();
  const name = match[1] + (size === undefined ? '' : sizeLetters[size]);
  return `${name} ${operands.map(attOperand).join(', ')}`;
}

/** The source and the destination of two are written in AT&T's order already. */
function isAttOrder(written: readonly string[]): boolean {
  return written.length === 2 && /^\$?-?\d/.test(written[0]) && !/^\$?-?\d/.test(written[1]);
}

function intelSyntax({ instruction, plain, written }: Refused): EncodeProblem | undefined {
  const at = plain.findIndex((operand) => registerSymbol(operand) !== undefined);
  if (at < 0) return undefined;
  const list = isAttOrder(written) ? written : written.toReversed();
  const better = `${instruction.mnemonic} ${list.map(attOperand).join(', ')}`;
  return {
    code: 'A0204',
    message: `found Intel syntax, expected AT&T: '${registerSymbol(plain[at])}' is a symbol here`,
    operand: at,
    notes: [
      'registers begin with %, numbers with $, (%reg) is memory, and the source comes first',
      `did you mean '${better}'? A file in Intel syntax begins with .intel_syntax noprefix`,
    ],
    replacement: { part: 'statement', text: better },
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
    replacement: { part: 'operand', text: `$${written[at]}` },
  };
}

function immediateDestination(refused: Refused): EncodeProblem | undefined {
  const { instruction, written } = refused;
  const last = instruction.operands.length - 1;
  if (last < 1 || instruction.operands[last].kind !== 'immediate') return undefined;
  const isSwapped = fits(refused, instruction.operands.toReversed());
  const swapped = asWritten(refused, written.toReversed());
  return {
    code: 'A0204',
    message: `the immediate ${written[last]} cannot be the destination`,
    operand: last,
    notes: [
      refused.syntax.isIntel
        ? 'in Intel syntax the destination comes first'
        : 'in AT&T syntax the source comes first, the destination last',
      ...(isSwapped ? [`did you mean '${swapped}'?`] : []),
    ],
    replacement: isSwapped ? { part: 'statement', text: swapped } : undefined,
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
    const names = taken.map((each) => bareNames(`%${each.name}`, refused.syntax.isNaked));
    const forms = names.map((each) => asWritten(refused, refused.written.with(at, each)));
    const widthNames = taken.map((register) => register.bits).join(' or ');
    return {
      code: 'A0203',
      message: `%${name} has ${bits} bits, '${mnemonic}' takes ${widthNames} here`,
      operand: at,
      notes: [`did you mean '${forms.join("' or '")}'?`, ...extension(refused)],
      replacement: { part: 'operand', text: names[0] },
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

/** `(%ax)`: an address of 16-bit registers that only 32-bit ones can form; `(%eax,%esp)`. */
function wideAddress(refused: Refused): EncodeProblem | undefined {
  const found = encodeProblem(refused);
  if (found?.code !== 'A0205' || found.operand === undefined) return undefined;
  const at = found.operand;
  const operand = refused.instruction.operands[at];
  if (operand.kind !== 'memory') return undefined;
  const { base, index, scale } = operand;
  const written = refused.written[at];
  if (index?.name === 'esp' && base && base.name !== 'esp' && scale === 1) {
    const changed = { ...operand, base: index, index: base };
    if (!fits(refused, refused.instruction.operands.with(at, changed))) return undefined;
    const text = written.replace(/(%?\b\w+)(\s*[,+]\s*)(%?\w+)/, '$3$2$1');
    return { ...found, replacement: { part: 'operand', text } };
  }
  const wide = [base, index].map((each) => each && generalRegister(each.number, 32));
  const changed = { ...operand, base: wide[0], index: wide[1] };
  if (!fits(refused, refused.instruction.operands.with(at, changed))) return undefined;
  const text = written.replace(/(?<![a-z])([abcd]x|[sd]i|[sb]p)\b/gi, 'e$1');
  if (text === written) return undefined;
  const notes = [...(found.notes ?? []), `did you mean '${text}'?`];
  return { ...found, notes, replacement: { part: 'operand', text } };
}

/** `jmpw x`: a target has no size. */
function targetSize(refused: Refused): EncodeProblem | undefined {
  const { mnemonic, operands } = refused.instruction;
  const better = mnemonic.slice(0, -1);
  if (operands.length !== 1 || operands[0].kind !== 'target') return undefined;
  if (!fits(refused, operands, better)) return undefined;
  return {
    code: 'A0204',
    message: `'${mnemonic}' takes no target, since a suffix is the size of a register or memory`,
    notes: [`did you mean '${better}'? The distance decides how long it is`],
    replacement: { part: 'mnemonic', text: better },
  };
}

/** `movq $1, %eax`: the suffix of 64-bit code. */
function wideSuffix(refused: Refused): EncodeProblem | undefined {
  const { mnemonic, operands } = refused.instruction;
  const better = `${mnemonic.slice(0, -1)}l`;
  if (refused.mode === 64 || !mnemonic.endsWith('q') || !fits(refused, operands, better)) {
    return undefined;
  }
  return {
    code: 'A0204',
    message: `'${mnemonic}' with these operands is 64-bit code, and this is not`,
    notes: [`did you mean '${better}'?`],
    replacement: { part: 'mnemonic', text: better },
  };
}

type Idea = (refused: Refused) => EncodeProblem | undefined;

const commonIdeas: readonly Idea[] = [
  wideAddress,
  targetSize,
  wideSuffix,
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
    const found = explainIntelMistake(instruction, mode, plain, written);
    if (found) return found;
  }
  for (const idea of syntax.isIntel ? commonIdeas : ideas) {
    const found = idea(refused);
    if (found) return syntax.isIntel ? inIntelWords(found, syntax.isNaked) : found;
  }
  return undefined;
}

const sizeOrder = ['b', 'w', 'l'];

/** `movb $300, %al`: the same operation in a size that holds the number. */
export function widerInstruction(
  mnemonic: string,
  mode: Mode,
  plain: readonly PlainOperand[],
  written: readonly string[],
  { isIntel, isNaked }: Syntax,
): Replacement | undefined {
  const [source, place] = plain;
  const narrow = place && registerByName(place.register.toLowerCase());
  if (plain.length !== 2 || source.kind !== 'immediate' || narrow?.class !== 'general') {
    return undefined;
  }
  const { bits, number } = narrow;
  const value: Operand = { kind: 'immediate', value: source.value && constantOf(source.value) };
  for (const width of [16, 32]) {
    if (width <= bits || (bits === 8 && number > 3)) continue;
    const register = generalRegister(number, width);
    const letter = sizeOrder[width / 16];
    const isSized = !isIntel && mnemonic.endsWith(sizeOrder[bits >> 4]);
    const name = isSized ? mnemonic.slice(0, -1) + letter : mnemonic;
    const operands: Operand[] = [value, { kind: 'register', register }];
    const result = encode({ mnemonic: name, operands, isIndirect: false }, mode);
    if (!result.ok || result.encoding.warnings?.some(({ code }) => code === 'A0103')) continue;
    const list = [written[0], bareNames(`%${register.name}`, isNaked)];
    const text = `${name} ${(isIntel ? list.toReversed() : list).join(', ')}`;
    return { part: 'statement', text };
  }
  return undefined;
}

/** A warning, with a remark where a symbol has a register's name; `wider` holds a large number. */
export function intended(
  warning: EncodeProblem,
  plain: readonly PlainOperand[],
  wider: () => Replacement | undefined,
): EncodeProblem {
  if (warning.code === 'A0103') return { ...warning, replacement: wider() };
  const at = plain.findIndex((each) => registerSymbol(each) !== undefined);
  if (at < 0) return warning;
  const name = registerSymbol(plain[at]) ?? '';
  const notes = [`'${name}' is a symbol here; did you mean the register '%${name}'?`];
  return { ...warning, operand: at, notes, replacement: { part: 'operand', text: `%${name}` } };
}
