// Statements that are nearly right: a wrong suffix, a register of another kind or width, an operand
// too few or too many, made from the vectors of every row by a seeded random choice.

import { registerByName } from '@ring0/isa';
import type { Instruction, Mode, Operand, Row } from '@ring0/isa';

import { intelVectorsOf, vectorsOf } from './isa-vectors.ts';

const names = `al bh cx si eax ebp es ds cr0 db7 st st(3) mm0 mm5 xmm0 xmm6 ymm0 ymm4 bnd1`.split(
  ' ',
);
const longNames = 'spl r9b ch r10w r11d rax rcx r12 cr8 db9 xmm9 ymm12'.split(' ');
const registersOf = (list: readonly string[]) =>
  list.flatMap((name): Operand[] => {
    const register = registerByName(name, 64);
    return register ? [{ kind: 'register', register }] : [];
  });
const base = registerByName('ebx');
const others: readonly Operand[] = [
  ...registersOf(names),
  { kind: 'immediate', value: 5n },
  { kind: 'immediate', value: 0x12345n },
  { kind: 'memory', base, scale: 1, displacement: undefined, isDisplacementPresent: false },
  { kind: 'memory', base, scale: 1, displacement: 8n, isDisplacementPresent: true },
];
const attSuffixes = ['b', 'w', 'l', 's', 'q', 't', 'x', 'y', 'd', 'll'];
const intelSuffixes = ['b', 'w', 'd', 'q', 'l', 's'];

/** A linear congruence. */
function generator(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % count;
  };
}

const longOthers: readonly Operand[] = [
  ...others,
  ...registersOf(longNames),
  { kind: 'immediate', value: 0x123456789abn },
];

function mutated(
  instruction: Instruction,
  random: (count: number) => number,
  mode: Mode,
): Instruction {
  const { operands, mnemonic, syntax } = instruction;
  const suffixes = syntax === 'intel' ? intelSuffixes : attSuffixes;
  const kind = random(10);
  if (kind < 3) return { ...instruction, mnemonic: mnemonic + suffixes[random(suffixes.length)] };
  if (kind === 3 && operands.length > 0) {
    return { ...instruction, operands: operands.toSpliced(random(operands.length), 1) };
  }
  const choices = mode === 64 ? longOthers : others;
  const other = choices[random(choices.length)];
  if (kind === 4) {
    const at = random(operands.length + 1);
    return { ...instruction, operands: operands.toSpliced(at, 0, other) };
  }
  if (operands.length === 0) return { ...instruction, operands: [other] };
  return { ...instruction, operands: operands.with(random(operands.length), other) };
}

/** `count` nearly right statements of each row. */
export function mutationsOf(
  rows: readonly Row[],
  syntax: 'att' | 'intel',
  count: number,
  seed: number,
  mode: Mode = 32,
): { readonly row: Row; readonly instruction: Instruction }[] {
  const random = generator(seed);
  return rows.flatMap((row) => {
    const vectors = (syntax === 'att' ? vectorsOf(row, mode) : intelVectorsOf(row, mode)).filter(
      ({ operands }) => operands.every(({ kind }) => kind !== 'target'),
    );
    // Two operands of jmp and call are a segment and an offset; of others GNU as dies.
    if (syntax === 'intel' && /^(jmp|call)$/.test(row.mnemonic)) return [];
    if (vectors.length === 0 || row.operands.some(({ kind }) => kind === 'far')) return [];
    return Array.from({ length: count }, () => ({
      row,
      instruction: mutated(vectors[random(vectors.length)], random, mode),
    }));
  });
}
