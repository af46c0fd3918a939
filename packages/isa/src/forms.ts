// Which rows an AT&T mnemonic may mean. A form is a row under one spelling: its suffix fixes an operand size or not, and
// operands may have been left out or exchanged. Made once from the table when the package is loaded, so that encoding
// begins with one map lookup.

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

function formsByName(): Map<string, Form[]> {
  const map = new Map<string, Form[]>();
  for (const row of rows) {
    if (row.attributes.has('decode')) continue;
    const lists = operandLists(row);
    for (const spelling of spellings(row)) {
      for (const name of row.names) {
        const key = name + spelling.suffix;
        const forms = map.get(key) ?? [];
        map.set(key, forms);
        for (const operands of lists) {
          const { size, needsRegister } = spelling;
          forms.push({ row, operands, size, needsRegister });
        }
      }
    }
  }
  return map;
}

/** The forms of each mnemonic as written, suffixes included, in the order of preference. */
export const forms: ReadonlyMap<string, readonly Form[]> = formsByName();

/** Whether the mnemonic takes a direct target, so that a bare symbol after it is a place to go, not memory. */
export function isBranchMnemonic(mnemonic: string): boolean {
  const list = forms.get(mnemonic);
  if (!list) return false;
  return list.some(({ row }) => row.operands.some(({ kind }) => kind === 'rel'));
}
