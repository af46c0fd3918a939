// What kind of branch an instruction is, what fuses with a conditional jump (Intel's optimization
// manual, 3.4.2.2), and how many of its bytes are prefixes: read from its encoding.

import { isPrefixName } from '@ring0/isa';
import type { Mode } from '@ring0/isa';
import type { SeenInstruction } from './watcher.ts';

const kinds = ['jcc', 'fused', 'jmp', 'call', 'ret', 'indirect'] as const;
export type BranchKind = (typeof kinds)[number];

export function isBranchKind(word: string): word is BranchKind {
  return kinds.some((kind) => kind === word);
}

/** test and and; cmp, add and sub; inc and dec. */
export type Fusion = 'logic' | 'sum' | 'step';

/** What a conditional jump looks at. */
type Condition = 'sign' | 'carry' | 'zero';

export interface SplitCode {
  /** A prefix that stands alone. */
  readonly isPrefix: boolean;
  readonly branch: BranchKind | undefined;
  /** An instruction whose code stands as it is, neither jump nor far. */
  readonly isPlain: boolean;
  readonly fusion: Fusion | undefined;
  /** Prefixes, with bytes of VEX and those that choose a table of opcodes. */
  readonly prefixes: number;
  /** The segment prefix, or 0. */
  readonly segment: number;
}

const segments = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const otherPrefixes = [0x66, 0x67, 0xf0, 0xf2, 0xf3];

export function splitCode(instruction: SeenInstruction, mode: Mode): SplitCode {
  const { name, encoding, operands } = instruction;
  const { bytes, relaxation } = encoding;
  let at = 0;
  let segment = 0;
  for (; segments.includes(bytes[at]) || otherPrefixes.includes(bytes[at]); at++) {
    if (segments.includes(bytes[at])) segment = bytes[at];
  }
  if (mode === 64 && (bytes[at] & 0xf0) === 0x40) at++;
  const isVex = isVexPrefix(bytes, at, mode);
  const vex = isVex ? (bytes[at] === 0xc5 ? 2 : 3) : 0;
  let escapes = 0;
  if (!isVex && bytes[at] === 0x0f) escapes = (bytes[at + 1] & 0xfd) === 0x38 ? 2 : 1;
  const opcode = bytes[at];
  const field = (bytes[at + 1] >> 3) & 7;
  const isBase = vex + escapes === 0;
  const isPrefix = at >= bytes.length || isPrefixName(name) || opcode === 0x9b;
  const isFarOrShort = isBase && /^(9a|ea|e[0-38])$/.test(`${opcode?.toString(16)}`);
  const branch = isBase && !isPrefix ? branchOf(instruction, opcode, field) : undefined;
  return {
    isPrefix,
    branch,
    isPlain: !relaxation && !isFarOrShort,
    fusion: isBase ? fusionOf(opcode, field, operands, mode) : undefined,
    prefixes: at + vex + escapes,
    segment,
  };
}

function isVexPrefix(bytes: Uint8Array, at: number, mode: Mode): boolean {
  const first = bytes[at];
  return (first === 0xc4 || first === 0xc5) && (mode === 64 || bytes[at + 1] >= 0xc0);
}

function branchOf(
  { encoding, operands }: SeenInstruction,
  opcode: number,
  field: number,
): BranchKind | undefined {
  if (encoding.relaxation) return encoding.bytes.at(-2) === 0xeb ? 'jmp' : 'jcc';
  if (opcode === 0xc2 || opcode === 0xc3) return 'ret';
  const isIndirect = opcode === 0xff && (field === 2 || field === 4);
  if (opcode !== 0xe8 && !isIndirect) return undefined;
  const [target] = operands;
  const value = target?.value?.kind === 'linear' ? target.value : undefined;
  // The linker rewrites these calls.
  const isThreadLocal = value?.reference === 'TLSCALL' || value?.plus?.name === '___tls_get_addr';
  if (isThreadLocal && (opcode === 0xe8 || field === 2)) return undefined;
  return isIndirect ? 'indirect' : 'call';
}

function fusionOf(
  opcode: number,
  field: number,
  operands: SeenInstruction['operands'],
  mode: Mode,
): Fusion | undefined {
  const hasMemory = operands.some(({ kind }) => kind === 'memory');
  const isBoth = hasMemory && operands.some(({ kind }) => kind === 'immediate');
  const row = opcode >> 3;
  const isGroup = opcode >= 0x80 && opcode <= 0x83;
  const operation = opcode < 0x40 && (opcode & 7) < 6 ? row : isGroup ? field : -1;
  if (operation === 0 || operation === 5 || operation === 7) return isBoth ? undefined : 'sum';
  const isTest =
    opcode === 0x84 ||
    opcode === 0x85 ||
    opcode === 0xa8 ||
    opcode === 0xa9 ||
    ((opcode | 1) === 0xf7 && field === 0);
  if (operation === 4 || isTest) return isBoth ? undefined : 'logic';
  const isStep = (mode !== 64 && opcode >= 0x40 && opcode < 0x50) || (opcode | 1) === 0xff;
  if (isStep && (opcode < 0x50 || field < 2)) return hasMemory ? undefined : 'step';
  return undefined;
}

/** What a conditional jump depends on, by the low bits of its opcode. */
const conditions: readonly Condition[] = [
  'sign', // o no
  'carry', // b ae
  'zero', // e ne
  'carry', // be a
  'sign', // s ns
  'sign', // p np
  'zero', // l ge
  'zero', // le g
];

export function conditionOf({ encoding }: SeenInstruction): Condition | undefined {
  const opcode = encoding.relaxation && encoding.bytes.at(-2);
  if (opcode === undefined || opcode >> 4 !== 7) return undefined;
  return conditions[(opcode & 15) >> 1];
}

export function fuses(fusion: Fusion, condition: Condition): boolean {
  if (fusion === 'logic') return true;
  return fusion === 'sum' ? condition !== 'sign' : condition === 'zero';
}
