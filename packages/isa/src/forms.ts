// Which rows a mnemonic may mean. A form is a row under one spelling: its suffix fixes an operand
// size or not, and operands may have been left out or exchanged. Kept by mnemonic, so that encoding
// begins with one map lookup.

import type { Mode } from './model.ts';
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
  readonly size: 0 | 16 | 32 | 64;
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
  readonly size: 0 | 16 | 32 | 64;
  readonly needsRegister: boolean;
}

/** What 64-bit code makes of the suffixes of a row of the operand size. */
function quadSpellings(row: Row, spellings: Spelling[]): Spelling[] {
  const { isWide, isNarrow } = row;
  const hasShort = row.suffixRule !== 'shown';
  const isKept = (size: number) => size !== 32 && (size !== 16 || hasShort);
  const kept = isWide ? spellings.filter(({ size }) => isKept(size)) : spellings;
  if (isNarrow || spellings.length < 2) return kept;
  return [...kept, { suffix: 'q', size: 64, needsRegister: false }];
}

/** The spellings of 32-bit operands, which have 64 bits in 64-bit code, always or with q. */
function longSpellings(row: Row, spellings: Spelling[]): Spelling[] {
  if (row.suffix !== 'l') return spellings;
  const quad: Spelling = { suffix: 'q', size: 64, needsRegister: false };
  if (row.isNative) return spellings.map((each) => (each.suffix === 'l' ? quad : each));
  if (!row.hasLong && !row.takesQuad) return spellings;
  const long = spellings.map((each) => (each.suffix === 'l' ? { ...each, size: 32 } : each));
  return spellings.length > 1 ? [...(long as Spelling[]), quad] : spellings;
}

function attSpellings(row: Row, mode: Mode): Spelling[] {
  const spellings = shortSpellings(row);
  if (mode !== 64) return spellings;
  const isSized = row.isSized || row.attributes.has('unsized');
  return isSized ? quadSpellings(row, spellings) : longSpellings(row, spellings);
}

/** Those of 16- and 32-bit code. */
function shortSpellings(row: Row): Spelling[] {
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
function intelSpellings(row: Row, mode: Mode): Spelling[] {
  return attSpellings(row, mode).flatMap((spelling): Spelling[] => {
    const { suffix, size } = spelling;
    const isEither = mode === 64 && row.hasLong && row.suffix === 'l';
    if (suffix === '') return [isEither ? { ...spelling, needsRegister: true } : spelling];
    // movsx and movzx have two sizes.
    if (row.isSized && row.operands.some((each) => each.kind === 'rm' && each.size !== 'v'))
      return [];
    if (size !== 0) return [{ ...spelling, suffix: size === 16 ? 'w' : size === 32 ? 'd' : 'q' }];
    if (suffix === 'x' || suffix === 'y') return [spelling];
    const number = row.operands.find(({ memory }) => /fp$|int$/.test(memory));
    const letter = number ? intelLetters[number.memorySize] : intelSuffix[suffix];
    if (letter === 'q' && !suffix.includes('q')) return [];
    return letter ? [{ ...spelling, suffix: letter }] : [];
  });
}

const attSuffixes = ['', 'b', 'w', 'l', 's', 't', 'q', 'll', 'x', 'y'];
const intelSuffixes = ['', 'b', 'w', 'd', 'q', 'x', 'y'];

function spelledForms(mnemonic: string, part: Part, mode: Mode): Form[] {
  const found: Form[] = [];
  const syntax = part === 'intel' ? 'intel' : 'att';
  const names = namesOf(part);
  // A name of its own takes no suffix away, but for those that are two instructions.
  const isWhole =
    syntax === 'intel' &&
    !/^(movs?d|cmpsd)$/.test(mnemonic) &&
    (names.get(mnemonic) ?? []).some(
      (index) => rowAt(index).mnemonic === mnemonic && isOfMode(rowAt(index), mode),
    );
  const suffixes = isWhole ? [''] : syntax === 'intel' ? intelSuffixes : attSuffixes;
  for (const suffix of suffixes) {
    if (!mnemonic.endsWith(suffix)) continue;
    const name = mnemonic.slice(0, mnemonic.length - suffix.length);
    for (const index of names.get(name) ?? []) {
      const row = rowAt(index);
      if (!isOfMode(row, mode) || row.attributes.has(syntax === 'intel' ? 'att' : 'intel'))
        continue;
      const spellings = syntax === 'intel' ? intelSpellings(row, mode) : attSpellings(row, mode);
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

/** By AT&T or Intel mnemonic, for 16- and 32-bit code and for 64-bit code. */
const attForms = new Map<string, readonly Form[]>();
const intelForms = new Map<string, readonly Form[]>();
const longAttForms = new Map<string, readonly Form[]>();
const longIntelForms = new Map<string, readonly Form[]>();

/**
 * The forms of a mnemonic as written, suffix included, in the order of preference; undefined where
 * there is no such mnemonic. Made at the first question for a mnemonic, since a program uses few.
 */
export function formsOf(
  mnemonic: string,
  syntax: Syntax = 'att',
  mode: Mode = 32,
): readonly Form[] | undefined {
  const isAtt = syntax === 'att';
  const kept =
    mode === 64 ? (isAtt ? longAttForms : longIntelForms) : isAtt ? attForms : intelForms;
  const known = kept.get(mnemonic);
  if (known) return known;
  let made = spelledForms(mnemonic, isAtt ? 'base' : 'intel', mode);
  // movq is a mov of 64-bit code and an extension's name too.
  const isBoth = mode === 64 && mnemonic === 'movq';
  if (isAtt && (made.length === 0 || isBoth)) {
    made = [...made, ...spelledForms(mnemonic, 'extensions', mode)];
  }
  if (made.length === 0) return undefined;
  kept.set(mnemonic, made);
  return made;
}

/** Whether code of that mode has the row. */
function isOfMode({ onlyMode }: Row, mode: Mode): boolean {
  return onlyMode === 0 || (onlyMode === 64) === (mode === 64);
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
export function formsWithIntelNames(mnemonic: string, mode: Mode): readonly Form[] | undefined {
  const other = swaps.get(mnemonic);
  if (other === undefined) return formsOf(mnemonic, 'att', mode);
  const own = (form: Form) => form.row.mnemonic === mnemonic;
  const both = [...(formsOf(mnemonic) ?? []), ...(formsOf(other) ?? [])];
  return both.filter(own).sort((left, right) => left.row.index - right.row.index);
}

let mnemonics: ReadonlySet<string> | undefined;

/** All mnemonics, with every suffix that they take in 32-bit code. */
export function allMnemonics(): ReadonlySet<string> {
  if (mnemonics) return mnemonics;
  const names = new Set<string>();
  for (const part of ['base', 'extensions'] as const) {
    for (const [name, list] of namesOf(part)) {
      for (const index of list) {
        if (rowAt(index).onlyMode === 64) continue;
        for (const { suffix } of shortSpellings(rowAt(index))) names.add(name + suffix);
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
