// The prefixes that a statement may write before its mnemonic, and the order in which they stand in
// the code.

import type { EncodeProblem, Instruction, Mode } from './model.ts';
import { problem } from './problems.ts';
import type { OperandSpec, Row } from './row.ts';

/** GNU as's order of the prefix bytes. */
export const prefixSlot = {
  wait: 0,
  segment: 1,
  address: 2,
  data: 3,
  repeat: 4,
  lock: 5,
} as const;

export interface PrefixSet {
  /** One byte for each of `prefixSlot`, 0 where there is none. */
  readonly slots: number[];
  /** A written REX prefix, or 0. */
  readonly rex: number;
  readonly names: readonly string[];
  /** The mnemonic is itself a prefix. */
  readonly isAlone: boolean;
  /** The pseudo prefixes, without their braces. */
  readonly wishes: ReadonlySet<string>;
}

const pseudoPrefixes: ReadonlySet<string> = new Set(
  'vex vex2 vex3 evex rex load store .s disp8 disp16 disp32 nooptimize'.split(' '),
);
const noWishes: ReadonlySet<string> = new Set();

/** `{vex3}` and the like: 'vex3'; undefined for other names. */
function wishOf(name: string): string | undefined {
  const inside = name.slice(1, -1);
  return name[0] === '{' && pseudoPrefixes.has(inside) ? inside : undefined;
}

const prefixes = new Map<string, readonly [slot: number, byte: number]>([
  ['es', [prefixSlot.segment, 0x26]],
  ['cs', [prefixSlot.segment, 0x2e]],
  ['ss', [prefixSlot.segment, 0x36]],
  ['ds', [prefixSlot.segment, 0x3e]],
  ['fs', [prefixSlot.segment, 0x64]],
  ['gs', [prefixSlot.segment, 0x65]],
  ['notrack', [prefixSlot.segment, 0x3e]],
  ['addr16', [prefixSlot.address, 0x67]],
  ['addr32', [prefixSlot.address, 0x67]],
  ['aword', [prefixSlot.address, 0x67]],
  ['adword', [prefixSlot.address, 0x67]],
  ['data16', [prefixSlot.data, 0x66]],
  ['data32', [prefixSlot.data, 0x66]],
  ['word', [prefixSlot.data, 0x66]],
  ['dword', [prefixSlot.data, 0x66]],
  ['rep', [prefixSlot.repeat, 0xf3]],
  ['repe', [prefixSlot.repeat, 0xf3]],
  ['repz', [prefixSlot.repeat, 0xf3]],
  ['repne', [prefixSlot.repeat, 0xf2]],
  ['repnz', [prefixSlot.repeat, 0xf2]],
  ['xrelease', [prefixSlot.repeat, 0xf3]],
  ['xacquire', [prefixSlot.repeat, 0xf2]],
  ['bnd', [prefixSlot.repeat, 0xf2]],
  ['lock', [prefixSlot.lock, 0xf0]],
  ['wait', [prefixSlot.wait, 0x9b]],
]);

/** `rex`, `rex64`, `rex.wrxb`: the byte; 0 for other names. */
function rexOf(name: string): number {
  if (!name.startsWith('rex')) return 0;
  const found = /^rex(?:\.(w?)(r?)(x?)(b?)|(64)?(x?)(y?)(z?))$/.exec(name);
  if (!found) return 0;
  const [, w, r, x, b, wide, oldR, oldX, oldB] = found;
  const bits = [w || wide, r || oldR, x || oldX, b || oldB];
  return bits.reduce((byte, bit, at) => byte | (bit ? 8 >> at : 0), 0x40);
}

/** Prefixes that name the size the mode has anyway. */
const redundant: Record<number, readonly string[]> = {
  16: ['data16', 'addr16', 'word', 'aword'],
  32: ['data32', 'addr32', 'dword', 'adword'],
  64: ['data32', 'dword'],
};

/** The operand or address size of code of that mode, exchanged where the prefix byte is there. */
export function sizeUnder(prefix: number, mode: Mode): 16 | 32 {
  return (mode === 16) === (prefix === 0) ? 16 : 32;
}

/** The address size, exchanged where the prefix byte is there. */
export function addressUnder(prefix: number, mode: Mode): 16 | 32 | 64 {
  return mode !== 64 ? sizeUnder(prefix, mode) : prefix === 0 ? 64 : 32;
}

/** Whether the word before a mnemonic is a prefix; the parser asks. */
export function isPrefixName(name: string, mode: Mode = 32): boolean {
  return prefixes.has(name) || wishOf(name) !== undefined || (mode === 64 && rexOf(name) !== 0);
}

/** The written prefixes in their slots, or what is wrong with them. */
export function readPrefixes(instruction: Instruction, mode: Mode): PrefixSet | EncodeProblem {
  const slots = [0, 0, 0, 0, 0, 0];
  const { mnemonic, operands } = instruction;
  const isAlone =
    operands.length === 0 && (prefixes.has(mnemonic) || (mode === 64 && rexOf(mnemonic) !== 0));
  const written = instruction.prefixes ?? [];
  const names = isAlone ? [...written, mnemonic] : written;
  let wishes = noWishes;
  let rex = 0;
  for (const name of names) {
    const wish = wishOf(name);
    if (wish === 'rex' && mode !== 64) return problem('A0210', '{rex} is for 64-bit code');
    if (wish !== undefined) {
      wishes = new Set([...wishes, wish]);
      continue;
    }
    const found = prefixes.get(name);
    const bits = mode === 64 && !found ? rexOf(name) : 0;
    if (bits !== 0) {
      if (rex !== 0) return problem('A0206', 'same type of prefix used twice');
      rex = bits;
      continue;
    }
    if (!found) return problem('A0207', `no such prefix: '${name}'`);
    const [slot, byte] = found;
    if (redundant[mode].includes(name)) return problem('A0208', `redundant ${name} prefix`);
    if (slots[slot] !== 0) return problem('A0206', 'same type of prefix used twice');
    slots[slot] = byte;
  }
  return { slots, rex, names, isAlone, wishes };
}

function hasMemory(instruction: Instruction): boolean {
  return instruction.operands.some((operand) => operand.kind === 'memory');
}

const isNear = (row: Row) => !row.names[0].startsWith('l');

/** The instructions that a word of the repeat or segment slot may stand before. */
const takes: Readonly<
  Record<string, (row: Row, instruction: Instruction, isLocked: boolean) => boolean>
> = {
  rep: (row) => isRepeatable(row),
  repe: (row) => isRepeatable(row),
  repz: (row) => isRepeatable(row),
  repne: (row) => isRepeatable(row),
  repnz: (row) => isRepeatable(row),
  bnd: (row) => isNear(row) && branches.has(row.mnemonic.replace(/^j.*/, 'jmp')),
  notrack: (row) => isNear(row) && row.attributes.has('indirect'),
  xacquire: isElidable,
  xrelease: (row, instruction, isLocked) =>
    isElidable(row, instruction, isLocked) || isStore(row, instruction),
};

const branches: ReadonlySet<string> = new Set(['jmp', 'call', 'ret']);

/** rep before ret pads; before bsf and bsr it makes later processors take tzcnt and lzcnt. */
function isRepeatable(row: Row): boolean {
  const { attributes, mnemonic } = row;
  if (attributes.has('rep') || attributes.has('repe')) return true;
  return attributes.has('plain') || ['ret', 'bsf', 'bsr'].includes(mnemonic);
}

function isElidable(row: Row, instruction: Instruction, isLocked: boolean): boolean {
  if (!row.attributes.has('lock') || !hasMemory(instruction)) return false;
  return isLocked || row.mnemonic === 'xchg';
}

function isStore(row: Row, instruction: Instruction): boolean {
  if (row.mnemonic !== 'mov' || instruction.operands.at(-1)?.kind !== 'memory') return false;
  return row.operands[0].kind === 'rm';
}

const isVectorOperand = ({ bank, kind }: OperandSpec) => bank !== 'general' || kind === 'nibble';

/** Whether the instruction may have its written prefixes. */
export function checkPrefixes(
  set: PrefixSet,
  row: Row,
  instruction: Instruction,
  mode: Mode,
): EncodeProblem | undefined {
  const isLocked = set.slots[prefixSlot.lock] !== 0;
  if (isLocked && (!row.attributes.has('lock') || !hasMemory(instruction))) {
    return problem('A0209', `'${instruction.mnemonic}' cannot be locked`, undefined, [
      'lock goes with arithmetic, bit tests, cmpxchg, xadd and xchg whose destination is memory',
    ]);
  }
  const isVector = row.encoding.vex !== undefined || row.operands.some(isVectorOperand);
  if (isVector && set.slots[prefixSlot.data] !== 0) {
    return problem('A0210', `the operand size has no meaning for '${instruction.mnemonic}'`);
  }
  if (row.attributes.has('long') && set.slots[prefixSlot.address] !== 0) {
    if (!hasMemory(instruction) && mode === 32) {
      return problem('A0210', 'addresses have 32 bits here');
    }
  }
  for (const name of set.names) {
    const isTaken = takes[name];
    if (isTaken && !isTaken(row, instruction, isLocked)) {
      return problem('A0210', `'${instruction.mnemonic}' cannot follow '${name}'`);
    }
  }
  return undefined;
}
