// Which rows a mnemonic may mean. A form is a row under one spelling: its suffix fixes an operand
// size or not, and operands may have been left out or exchanged. Kept by mnemonic, so that encoding
// begins with one map lookup.

import type { OperandSpec, Row } from './row.ts';
import { namesOf, rowAt } from './table.ts';
import type { Part } from './table.ts';

export interface FormOperand {
  readonly spec: OperandSpec;
  /** The operand of a far target's selector; its offset is the next operand. */
  readonly isSelector: boolean;
  /** Which operand of the row it is. */
  readonly index: number;
}

export interface Form {
  readonly row: Row;
  /** In the order in which AT&T syntax writes them. */
  readonly operands: readonly FormOperand[];
  /** The operand size that the mnemonic's suffix says; 0 where it says none. */
  readonly size: 0 | 16 | 32;
  /** The mnemonic has no suffix though the row takes one: a register must tell the size. */
  readonly needsRegister: boolean;
  /** The suffix as written. */
  readonly suffix: string;
}

export type Syntax = 'att' | 'intel';

function omitted(row: Row): readonly string[] {
  for (const word of row.attributes) if (word.startsWith('omit:')) return word.slice(5).split(',');
  return [];
}

function isOmissible(spec: OperandSpec, name: string): boolean {
  return name === 'acc' ? spec.kind === 'accumulator' : spec.text === name;
}

/** The lists of operands that may be written for a row, in AT&T order. */
function operandLists(row: Row, syntax: Syntax): (readonly FormOperand[])[] {
  const indexed = row.operands.map((spec, index) => ({ spec, isSelector: false, index }));
  const isSame = row.attributes.has('order:same') && syntax === 'att';
  const ordered: readonly FormOperand[] = isSame ? indexed : indexed.toReversed();
  const full = ordered.flatMap((operand): FormOperand[] =>
    operand.spec.kind === 'far' ? [{ ...operand, isSelector: true }, operand] : [operand],
  );
  const lists: (readonly FormOperand[])[] = [full];
  if (row.attributes.has('either')) lists.push(full.toReversed());
  for (const name of omitted(row)) {
    if (name === 'all') lists.push([]);
    else lists.push(full.filter((operand) => !isOmissible(operand.spec, name)));
  }
  return lists;
}

interface Spelling {
  readonly suffix: string;
  readonly size: 0 | 16 | 32;
  readonly needsRegister: boolean;
}

function attSpellings(row: Row): Spelling[] {
  // A row that hides or none of its suffix gets its size from elsewhere.
  const isOptional = row.suffixRule !== 'auto' && row.suffixRule !== 'shown';
  const hasImplied = row.attributes.has('sized');
  const isPlain = row.suffixRule === 'none' || row.attributes.has('bare');
  if (row.attributes.has('plainly')) return [{ suffix: '', size: 0, needsRegister: false }];
  if (row.isSized || row.attributes.has('unsized')) {
    const plain = { suffix: '', size: 0 as const, needsRegister: !isOptional && !hasImplied };
    if (isPlain) return [{ ...plain, needsRegister: false }];
    return [
      plain,
      { suffix: row.attributes.has('short') ? 's' : 'w', size: 16, needsRegister: false },
      { suffix: 'l', size: 32, needsRegister: false },
    ];
  }
  const fixed = row.suffix === '' || isPlain ? [] : row.suffix.split(',');
  const isVector = row.suffix === 'x' || row.suffix === 'y';
  const needsRegister = (fixed.length > 0 && !isOptional) || isVector;
  return [
    { suffix: '', size: 0, needsRegister },
    ...fixed.map((suffix) => ({ suffix, size: 0 as const, needsRegister: false })),
  ];
}

const intelSuffix: Readonly<Record<string, string>> = { b: 'b', w: 'w', l: 'd', q: 'q' };
const intelLetters: Readonly<Record<number, string>> = { 1: 'b', 2: 'w', 4: 'd', 8: 'q' };

/** Intel syntax has the letters b w d q, and says sizes by memory and registers. */
function intelSpellings(row: Row): Spelling[] {
  return attSpellings(row).flatMap((spelling): Spelling[] => {
    const { suffix, size } = spelling;
    if (suffix === '') return [spelling];
    // movsx and movzx have two sizes.
    if (row.isSized && row.operands.some((each) => each.kind === 'rm' && each.size !== 'v'))
      return [];
    if (size !== 0) return [{ ...spelling, suffix: size === 16 ? 'w' : 'd' }];
    if (suffix === 'x' || suffix === 'y') return [spelling];
    const number = row.operands.find(({ memory }) => /fp$|int$/.test(memory));
    const letter = number ? intelLetters[number.memorySize] : intelSuffix[suffix];
    if (letter === 'q' && !suffix.includes('q')) return [];
    return letter ? [{ ...spelling, suffix: letter }] : [];
  });
}

const attSuffixes = ['', 'b', 'w', 'l', 's', 't', 'q', 'll', 'x', 'y'];
const intelSuffixes = ['', 'b', 'w', 'd', 'q', 'x', 'y'];

function spelledForms(mnemonic: string, part: Part): Form[] {
  const found: Form[] = [];
  const syntax = part === 'intel' ? 'intel' : 'att';
  const names = namesOf(part);
  // A name of its own takes no suffix away, but for those that are two instructions.
  const isWhole =
    syntax === 'intel' &&
    !/^(movs?d|cmpsd)$/.test(mnemonic) &&
    (names.get(mnemonic) ?? []).some((index) => rowAt(index).mnemonic === mnemonic);
  const suffixes = isWhole ? [''] : syntax === 'intel' ? intelSuffixes : attSuffixes;
  for (const suffix of suffixes) {
    if (!mnemonic.endsWith(suffix)) continue;
    const name = mnemonic.slice(0, mnemonic.length - suffix.length);
    for (const index of names.get(name) ?? []) {
      const row = rowAt(index);
      if (row.attributes.has(syntax === 'intel' ? 'att' : 'intel')) continue;
      const spellings = syntax === 'intel' ? intelSpellings(row) : attSpellings(row);
      const spelling = spellings.find((candidate) => candidate.suffix === suffix);
      if (!spelling) continue;
      const { size, needsRegister } = spelling;
      for (const operands of operandLists(row, syntax)) {
        found.push({ row, operands, size, needsRegister, suffix });
      }
    }
  }
  return found.sort((left, right) => left.row.index - right.row.index);
}

const attForms = new Map<string, readonly Form[]>();
const intelForms = new Map<string, readonly Form[]>();

/**
 * The forms of a mnemonic as written, suffix included, in the order of preference; undefined where
 * there is no such mnemonic. Made at the first question for a mnemonic, since a program uses few.
 */
export function formsOf(mnemonic: string, syntax: Syntax = 'att'): readonly Form[] | undefined {
  const kept = syntax === 'att' ? attForms : intelForms;
  const known = kept.get(mnemonic);
  if (known) return known;
  let made = spelledForms(mnemonic, syntax === 'att' ? 'base' : 'intel');
  if (made.length === 0 && syntax === 'att') made = spelledForms(mnemonic, 'extensions');
  if (made.length === 0) return undefined;
  kept.set(mnemonic, made);
  return made;
}

const swaps = new Map([
  ['fsub', 'fsubr'],
  ['fsubr', 'fsub'],
  ['fdiv', 'fdivr'],
  ['fdivr', 'fdiv'],
  ['fsubp', 'fsubrp'],
  ['fsubrp', 'fsubp'],
  ['fdivp', 'fdivrp'],
  ['fdivrp', 'fdivp'],
]);

/** AT&T forms where `.intel_mnemonic` undoes the exchange of fsub and fsubr onto ST(i). */
export function formsWithIntelNames(mnemonic: string): readonly Form[] | undefined {
  const other = swaps.get(mnemonic);
  if (other === undefined) return formsOf(mnemonic);
  const own = (form: Form) => form.row.mnemonic === mnemonic;
  const both = [...(formsOf(mnemonic) ?? []), ...(formsOf(other) ?? [])];
  return both.filter(own).sort((left, right) => left.row.index - right.row.index);
}

let mnemonics: ReadonlySet<string> | undefined;

/** All mnemonics, with every suffix that they take. */
export function allMnemonics(): ReadonlySet<string> {
  if (mnemonics) return mnemonics;
  const names = new Set<string>();
  for (const part of ['base', 'extensions'] as const) {
    for (const [name, list] of namesOf(part)) {
      for (const index of list) {
        for (const { suffix } of attSpellings(rowAt(index))) names.add(name + suffix);
      }
    }
  }
  mnemonics = names;
  return names;
}

/**
 * Whether the mnemonic takes a direct target, so that a bare symbol after it is a place to go, not
 * memory.
 */
export function isBranchMnemonic(mnemonic: string): boolean {
  const list = formsOf(mnemonic) ?? [];
  return list.some(({ row }) => row.operands.some(({ kind }) => kind === 'rel'));
}
