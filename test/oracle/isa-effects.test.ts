// What the table says of flags, access and privilege, against the npm package iced-x86, which has
// it from other hands.

import { allRows, encode } from '@ring0/isa';
import type { Instruction, Operand, Row } from '@ring0/isa';
import { Decoder, DecoderOptions, InstructionInfoFactory, OpAccess, RflagsBits } from 'iced-x86';
import { expect, test } from 'vitest';

import { attText, vectorsOf } from './isa-vectors.ts';

const letters = [
  ['o', RflagsBits.OF],
  ['s', RflagsBits.SF],
  ['z', RflagsBits.ZF],
  ['a', RflagsBits.AF],
  ['p', RflagsBits.PF],
  ['c', RflagsBits.CF],
  ['d', RflagsBits.DF],
  ['i', RflagsBits.IF],
] as const;

function shown(bits: number): string {
  return letters
    .filter(([, bit]) => (bits & bit) !== 0)
    .map(([letter]) => letter)
    .join('');
}

function sorted(flags: string): string {
  return letters
    .filter(([letter]) => flags.includes(letter))
    .map(([letter]) => letter)
    .join('');
}

/** iced judges a count of zero or one and an operand with itself by what they come to. */
function isSpecial(operands: readonly Operand[]): boolean {
  const names = operands.map((operand) =>
    operand.kind === 'register' ? operand.register.name : undefined,
  );
  const hasTwin = names.some((name, index) => name !== undefined && names.indexOf(name) !== index);
  const hasSmall = operands.some((operand) => {
    if (operand.kind !== 'immediate') return false;
    // Through carry a byte turns by nine.
    const count = (operand.value ?? 0n) & 31n;
    return count % 9n < 2n;
  });
  return hasTwin || hasSmall;
}

interface Sample {
  readonly row: Row;
  readonly instruction: Instruction;
  readonly bytes: Uint8Array;
}

function samples(): Sample[] {
  const list: Sample[] = [];
  for (const row of allRows()) {
    if (row.attributes.has('decode') || row.attributes.has('alias')) continue;
    let count = 0;
    for (const instruction of vectorsOf(row)) {
      // `xchg %eax,%eax` is the no-operation; of a two-operand row with a shorter form the short
      // one is another row.
      const isConstant = row.operands.some(({ kind }) => kind === 'count1' || kind === 'const3');
      if (isSpecial(instruction.operands) && !isConstant && row.operands.length > 1) continue;
      const result = encode(instruction, 32);
      if (!result.ok) continue;
      list.push({ row, instruction, bytes: result.encoding.bytes });
      if (++count >= 20) break;
    }
  }
  return list;
}

const all = samples();
const options = DecoderOptions.OldFpu | DecoderOptions.MovTr;

test('flags read, written, undefined, cleared and set', () => {
  const wrong = new Set<string>();
  for (const { row, instruction, bytes } of all) {
    const decoded = new Decoder(32, bytes, options).decode();
    const { flags } = row;
    const ours = [flags.read, flags.written, flags.undefined, flags.cleared, flags.set].map(sorted);
    const theirs = [
      decoded.rflagsRead,
      decoded.rflagsWritten,
      decoded.rflagsUndefined,
      decoded.rflagsCleared,
      decoded.rflagsSet,
    ].map(shown);
    if (ours.join() !== theirs.join()) {
      wrong.add(
        `${row.mnemonic} (${attText(instruction)}): ${ours.join('|')}, ${theirs.join('|')}`,
      );
    }
  }
  expect([...wrong]).toEqual([]);
  expect(new Set(all.map(({ row }) => row.index)).size).toBeGreaterThan(2000);
});

/**
 * Privileged by the table: what a user program may not do. iced counts rsm in, and leaves monitor
 * and mwait out.
 */
test('privilege', () => {
  const exceptions = new Set(['rsm', 'monitor', 'mwait']);
  const wrong = all.filter(({ row, bytes }) => {
    const decoded = new Decoder(32, bytes, options).decode();
    const isPrivileged = row.attributes.has('cpl0') || row.attributes.has('iopl');
    return decoded.isPrivileged !== isPrivileged && !exceptions.has(row.mnemonic);
  });
  expect(wrong.map(({ row }) => row.mnemonic)).toEqual([]);
});

const accessNames = new Map<number, string>([
  [OpAccess.Read, 'r'],
  [OpAccess.CondRead, 'r'],
  [OpAccess.Write, 'w'],
  // What may stay as it was is read, for whoever follows values.
  [OpAccess.CondWrite, 'rw'],
  [OpAccess.ReadWrite, 'rw'],
  [OpAccess.ReadCondWrite, 'rw'],
  [OpAccess.NoMemAccess, '-'],
  [OpAccess.None, '-'],
]);

/** Operand by operand, where both count the same operands. */
test('access to operands', () => {
  const factory = new InstructionInfoFactory();
  const wrong = new Set<string>();
  let compared = 0;
  for (const { row, instruction, bytes } of all) {
    const decoded = new Decoder(32, bytes, options).decode();
    // iced lets the bound instructions do nothing, as where they are not enabled; it has insertq
    // write what stays as it was, and rdssp always write.
    if (row.processor === 'mpx' || /^(insertq|rdsspd)$/.test(row.mnemonic)) continue;
    if (decoded.opCount !== row.operands.length) continue;
    const info = factory.info(decoded);
    row.operands.forEach((spec, index) => {
      const theirs = accessNames.get(info.opAccess(index) ?? OpAccess.None) ?? '';
      // Immediates and branch targets are read from the instruction itself.
      if (['rel', 'far', 'ubyte', 'uword'].includes(spec.kind)) return;
      compared++;
      if (theirs !== spec.access) {
        wrong.add(`${attText(instruction)} ${index}: ${spec.access}, ${theirs}`);
      }
    });
  }
  expect([...wrong]).toEqual([]);
  expect(compared).toBeGreaterThan(30_000);
});
