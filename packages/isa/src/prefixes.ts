// The prefixes that a statement may write before its mnemonic, and the order in which they stand in the code.

import type { EncodeProblem, Instruction, Mode } from './model.ts';
import { problem } from './problems.ts';
import type { Row } from './row.ts';

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
  readonly names: readonly string[];
  /** The mnemonic is itself a prefix. */
  readonly isAlone: boolean;
}

const prefixes = new Map<string, readonly [slot: number, byte: number]>([
  ['wait', [prefixSlot.wait, 0x9b]],
  ['fwait', [prefixSlot.wait, 0x9b]],
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
]);

/** Prefixes that name the size the mode has anyway. */
const redundant: Record<number, readonly string[]> = {
  16: ['data16', 'addr16', 'word', 'aword'],
  32: ['data32', 'addr32', 'dword', 'adword'],
  64: [],
};

/** Whether the word before a mnemonic is a prefix; the parser asks. */
export function isPrefixName(name: string): boolean {
  return prefixes.has(name);
}

/** The written prefixes in their slots, or what is wrong with them. */
export function readPrefixes(instruction: Instruction, mode: Mode): PrefixSet | EncodeProblem {
  const slots = [0, 0, 0, 0, 0, 0];
  const { mnemonic, operands } = instruction;
  const isAlone = operands.length === 0 && prefixes.has(mnemonic);
  const written = instruction.prefixes ?? [];
  const names = isAlone ? [...written, mnemonic] : written;
  for (const name of names) {
    const found = prefixes.get(name);
    if (!found) return problem('A0207', `no such prefix: '${name}'`);
    const [slot, byte] = found;
    if (redundant[mode].includes(name)) return problem('A0208', `redundant ${name} prefix`);
    if (slots[slot] !== 0) return problem('A0206', 'same type of prefix used twice');
    slots[slot] = byte;
  }
  return { slots, names, isAlone };
}

/** Whether the instruction may have its written prefixes. */
export function checkPrefixes(
  set: PrefixSet,
  row: Row,
  instruction: Instruction,
): EncodeProblem | undefined {
  if (set.slots[prefixSlot.lock] !== 0) {
    const isMemory = instruction.operands.some((operand) => operand.kind === 'memory');
    if (!row.attributes.has('lock') || !isMemory) {
      return problem('A0209', `'${instruction.mnemonic}' cannot be locked`, undefined, [
        'lock goes with add adc and btc btr bts cmpxchg dec inc neg not or sbb sub xadd xchg xor on memory',
      ]);
    }
  }
  if (set.slots[prefixSlot.repeat] !== 0 && !mayRepeat(set, row)) {
    return problem('A0210', `'${instruction.mnemonic}' cannot follow '${set.names.join(' ')}'`);
  }
  return undefined;
}

/** rep before ret is a padding idiom; bnd stands before branches; xacquire and xrelease before locked instructions. */
function mayRepeat(set: PrefixSet, row: Row): boolean {
  if (row.attributes.has('rep') || row.attributes.has('repe')) return true;
  if (set.names.includes('bnd') || set.names.includes('xacquire')) return true;
  return set.names.includes('xrelease') || row.mnemonic === 'ret' || row.mnemonic === 'nop';
}
