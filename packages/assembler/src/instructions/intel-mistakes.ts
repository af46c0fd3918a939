// What someone most likely meant whose instruction in Intel syntax has no encoding, and the words
// for it: mistakes.ts and the encoder speak AT&T syntax.

import { encode, generalRegister, registerByName } from '@ring0/isa';
import type { EncodeProblem, Instruction, Mode, Replacement } from '@ring0/isa';
import type { PlainOperand } from './instructions.ts';

/** `%eax` as the code around it writes registers. */
export function bareNames(text: string, isNaked: boolean): string {
  if (!isNaked) return text;
  return text.replace(/%(?=[a-z])/g, '').replace(/\$(?=imm|\d)/g, '');
}

/** `its forms are: addps %xmm/memory, %xmm` with the destination first. */
function swappedForms(note: string): string {
  const lead = 'its forms are: ';
  if (!note.startsWith(lead)) return note;
  const forms = note.slice(lead.length).split('; ');
  const swapped = forms.map((form) => {
    const [mnemonic, ...rest] = form.split(' ');
    return [mnemonic, rest.join(' ').split(', ').toReversed().join(', ')].join(' ').trim();
  });
  return lead + swapped.join('; ');
}

/** A problem in the words of Intel syntax. */
export function inIntelWords(problem: EncodeProblem, isNaked: boolean): EncodeProblem {
  const message = bareNames(problem.message, isNaked);
  const notes = problem.notes?.map((note) => bareNames(swappedForms(note), isNaked));
  const { replacement } = problem;
  if (!replacement) return { ...problem, message, notes };
  const text = bareNames(replacement.text, isNaked);
  return { ...problem, message, notes, replacement: { ...replacement, text } };
}

const sizes: Readonly<Record<string, string>> = {
  b: 'BYTE',
  w: 'WORD',
  l: 'DWORD',
  q: 'QWORD',
  s: 'DWORD',
  t: 'TBYTE',
};

/** `movl`, `movzbl`: AT&T's mnemonics say the size, Intel's do not. */
function attMnemonic(instruction: Instruction, mode: Mode): EncodeProblem | undefined {
  const { mnemonic } = instruction;
  const extension = /^mov([sz])[bw][wl]$/.exec(mnemonic);
  const name = extension ? `mov${extension[1]}x` : mnemonic.slice(0, -1);
  const letter = extension ? mnemonic.slice(-2, -1) : mnemonic.slice(-1);
  const size = sizes[letter];
  if (size === undefined) return undefined;
  // With the suffix it is an instruction of AT&T syntax, without it one of Intel's.
  const isAtt = isKnown({ ...instruction, syntax: 'att' }, mode);
  if (!isAtt || !isKnown({ ...instruction, mnemonic: name }, mode)) return undefined;
  const hasMemory = instruction.operands.some(({ kind }) => kind === 'memory');
  return {
    code: 'A0202',
    message: `'${mnemonic}' is AT&T syntax, the mnemonic of Intel syntax is '${name}'`,
    notes: [
      hasMemory
        ? `the size stands before the memory operand: ${size} PTR`
        : `did you mean '${name}'? The registers say the size`,
    ],
    replacement: hasMemory ? undefined : { part: 'mnemonic', text: name },
  };
}

function isKnown(instruction: Instruction, mode: Mode): boolean {
  const result = encode(instruction, mode);
  return result.ok || result.problem.code !== 'A0202';
}

const foreignNames: ReadonlyMap<string, string> = new Map([
  ['retn', 'ret'],
  ['pushaw', 'pusha'],
  ['cwtl', 'cwde'],
  ['cltd', 'cdq'],
  ['lcall', 'call far ptr'],
]);

function otherName({ mnemonic }: Instruction): EncodeProblem | undefined {
  const name = foreignNames.get(mnemonic);
  if (name === undefined) return undefined;
  const notes = [`did you mean '${name}'?`];
  const replacement = { part: 'mnemonic', text: name } as const;
  return { code: 'A0202', message: `no such instruction: '${mnemonic}'`, notes, replacement };
}

/** An operand with `better` in the place of the first `name`. */
function replaced(written: string, name: string, better: string): Replacement | undefined {
  const at = written.indexOf(name);
  if (at < 0) return undefined;
  const text = written.slice(0, at) + better + written.slice(at + name.length);
  return { part: 'operand', text };
}

const generalNames = [8, 16, 32].flatMap((bits) =>
  Array.from({ length: 8 }, (_, number) => generalRegister(number, bits).name),
);

/** The general register that differs from `name` in one letter. */
function misspeltRegister(name: string): string | undefined {
  const lower = name.toLowerCase();
  const isNear = (each: string) =>
    each.length === lower.length &&
    [...each].filter((letter, i) => letter !== lower[i]).length === 1;
  return name.length === 3 ? generalNames.find(isNear) : undefined;
}

/** A symbol with a register's name: `ebx` without its percent sign, or `rax` of 64-bit code. */
function symbolOperand(
  plain: readonly PlainOperand[],
  written: readonly string[],
): EncodeProblem | undefined {
  for (const [at, { value }] of plain.entries()) {
    const symbol = value?.kind === 'linear' ? value.plus : undefined;
    if (!symbol) continue;
    const { name } = symbol;
    if (registerByName(name.toLowerCase())) {
      return {
        code: 'A0204',
        message: `'${name}' is a symbol here: registers begin with % without 'noprefix'`,
        operand: at,
        notes: [`did you mean '%${name}', or '.intel_syntax noprefix' before it?`],
        replacement: replaced(written[at], name, `%${name}`),
      };
    }
    const half = /^r([a-d]x|[sd]i|[sb]p)$/i.exec(name);
    const near = symbol.isDefined ? undefined : misspeltRegister(name);
    if (near && !half) {
      return {
        code: 'A0204',
        message: `'${name}' is a symbol here, which nothing has defined`,
        operand: at,
        notes: [`did you mean the register '${near}'?`],
        replacement: replaced(written[at], name, near),
      };
    }
    if (!half && !/^r\d+[bwd]?$|^[xyz]mm\d+$/i.test(name)) continue;
    return {
      code: 'A0204',
      message: `'${name}' is a symbol here: the register exists in 64-bit code only`,
      operand: at,
      notes: half ? [`did you mean 'e${half[1]}'?`] : undefined,
      replacement: half ? replaced(written[at], name, `e${half[1]}`) : undefined,
    };
  }
  return undefined;
}

/** What to say instead of the encoder's own words; undefined where no idea fits. */
export function explainIntelMistake(
  instruction: Instruction,
  mode: Mode,
  plain: readonly PlainOperand[],
  written: readonly string[],
): EncodeProblem | undefined {
  return attMnemonic(instruction, mode) ?? otherName(instruction) ?? symbolOperand(plain, written);
}
