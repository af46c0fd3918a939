// What both printers need of a row again and again, worked out once for each.

import type { Row } from './row.ts';

export interface Style {
  readonly att: string;
  readonly intel: string;
  /** What is written before the mnemonic. */
  readonly brace: string;
  readonly isUnlisted: boolean;
  /** AT&T syntax writes the operands in the manual's order. */
  readonly isSameOrder: boolean;
  readonly isIndirect: boolean;
  /** call, jmp and ret within the segment, and conditional jumps. */
  readonly isNearBranch: boolean;
  readonly isConditional: boolean;
  readonly isLoop: boolean;
  readonly isFar: boolean;
  readonly isShort: boolean;
  readonly isSource: boolean;
  readonly isDistinct: boolean;
  readonly isSizeless: boolean;
  readonly isOword: boolean;
  readonly isImplied: boolean;
  /** The suffix of a row that is not of the operand size. */
  readonly suffix: string;
  readonly hasMemoryPair: boolean;
}

const branches: ReadonlySet<string> = new Set(['jmp', 'call', 'ret']);
const styles: (Style | undefined)[] = [];

function make(row: Row): Style {
  const { attributes, mnemonic, names, operands } = row;
  const isLoop = mnemonic.startsWith('loop');
  const isFar = names[0][0] === 'l';
  const isConditional =
    operands[0]?.kind === 'rel' && (mnemonic[0] === 'j' || isLoop) && mnemonic !== 'jmp';
  const isTested = isConditional && !isLoop && !mnemonic.includes('cxz');
  return {
    att: names[0],
    intel: mnemonic,
    brace: attributes.has('braced') ? '{vex} ' : '',
    isUnlisted: attributes.has('unlisted'),
    isSameOrder: attributes.has('order:same'),
    isIndirect: attributes.has('indirect'),
    isNearBranch: !isFar && (branches.has(mnemonic) || isTested),
    isConditional,
    isLoop,
    isFar,
    isShort: attributes.has('short'),
    isSource: attributes.has('source'),
    isDistinct: attributes.has('distinct'),
    isSizeless: attributes.has('sizeless'),
    isOword: attributes.has('oword'),
    isImplied: attributes.has('implied'),
    suffix: row.suffix.split(',')[0],
    hasMemoryPair: operands[0]?.memory === '16&32',
  };
}

/** The style of a row of the table. */
export function styleOf(row: Row): Style {
  return (styles[row.index] ??= make(row));
}
