// Which rows an AT&T mnemonic may mean. A form is a row under one spelling: its suffix fixes an
// operand size or not, and operands may have been left out or exchanged. Kept by mnemonic, so that
// encoding begins with one map lookup.

import type { OperandSpec, Row } from './row.ts';
import { rows } from './table.ts';

export interface FormOperand {
  readonly spec: OperandSpec;
  /** The operand of a far target's selector; its offset is the next operand. */
  readonly isSelector: boolean;
}

export interface Form {
  readonly row: Row;
  /** In the order in which AT&T syntax writes them. */
  readonly operands: readonly FormOperand[];
  /** The operand size that the mnemonic's suffix says; 0 where it says none. */
  readonly size: 0 | 16 | 32;
  /** The mnemonic has no suffix though the row takes one: a register must tell the size. */
  readonly needsRegister: boolean;
}

function omitted(row: Row): readonly string[] {
  for (const word of row.attributes) if (word.startsWith('omit:')) return word.slice(5).split(',');
  return [];
}

function isOmissible(spec: OperandSpec, name: string): boolean {
  return name === 'acc' ? spec.kind === 'accumulator' : spec.text === name;
}

/** The lists of operands that may be written for a row, in AT&T order. */
function operandLists(row: Row): (readonly FormOperand[])[] {
  const ordered = row.attributes.has('order:same') ? [...row.operands] : row.operands.toReversed();
  const full = ordered.flatMap((spec): FormOperand[] =>
    spec.kind === 'far'
      ? [
          { spec, isSelector: true },
          { spec, isSelector: false },
        ]
      : [{ spec, isSelector: false }],
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

function spellings(row: Row): Spelling[] {
  // A row that hides or none of its suffix gets its size from elsewhere.
  const isOptional = row.suffixRule !== 'auto' && row.suffixRule !== 'shown';
  const hasImplied = row.attributes.has('sized');
  if (row.isSized || row.attributes.has('unsized')) {
    const plain = { suffix: '', size: 0 as const, needsRegister: !isOptional && !hasImplied };
    if (row.suffixRule === 'none' || row.attributes.has('bare'))
      return [{ ...plain, needsRegister: false }];
    return [
      plain,
      { suffix: row.attributes.has('short') ? 's' : 'w', size: 16, needsRegister: false },
      { suffix: 'l', size: 32, needsRegister: false },
    ];
  }
  const fixed = row.suffix === '' ? [] : row.suffix.split(',');
  const needsRegister = fixed.length > 0 && !isOptional;
  return [
    { suffix: '', size: 0, needsRegister },
    ...fixed.map((suffix) => ({ suffix, size: 0 as const, needsRegister: false })),
  ];
}

/** Rows by their AT&T names without suffix. */
const rowsByName = new Map<string, Row[]>();
for (const row of rows) {
  if (row.attributes.has('decode')) continue;
  for (const name of row.names) {
    const list = rowsByName.get(name);
    if (list) list.push(row);
    else rowsByName.set(name, [row]);
  }
}

const suffixes = ['', 'b', 'w', 'l', 's', 't', 'q', 'll'];

function spelledForms(mnemonic: string): Form[] {
  const found: Form[] = [];
  for (const suffix of suffixes) {
    if (!mnemonic.endsWith(suffix)) continue;
    const name = mnemonic.slice(0, mnemonic.length - suffix.length);
    for (const row of rowsByName.get(name) ?? []) {
      const spelling = spellings(row).find((candidate) => candidate.suffix === suffix);
      if (!spelling) continue;
      const { size, needsRegister } = spelling;
      for (const operands of operandLists(row)) found.push({ row, operands, size, needsRegister });
    }
  }
  return found.sort((left, right) => left.row.index - right.row.index);
}

const formsByMnemonic = new Map<string, readonly Form[]>();

/**
 * The forms of a mnemonic as written, suffix included, in the order of preference; undefined where
 * there is no such mnemonic. Made at the first question for a mnemonic, since a program uses few.
 */
export function formsOf(mnemonic: string): readonly Form[] | undefined {
  const known = formsByMnemonic.get(mnemonic);
  if (known) return known;
  const made = spelledForms(mnemonic);
  if (made.length === 0) return undefined;
  formsByMnemonic.set(mnemonic, made);
  return made;
}

let mnemonics: ReadonlySet<string> | undefined;

/** All mnemonics, with every suffix that they take. */
export function allMnemonics(): ReadonlySet<string> {
  if (mnemonics) return mnemonics;
  const names = new Set<string>();
  for (const [name, list] of rowsByName) {
    for (const row of list) for (const { suffix } of spellings(row)) names.add(name + suffix);
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
