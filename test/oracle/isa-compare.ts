// Our encoder's verdicts beside GNU as's: a statement is taken with the same bytes, warned about
// alike, or refused by both.

import { encode } from '@ring0/isa';
import type { EncodeOptions, Instruction, Mode } from '@ring0/isa';

import { gnuAssemble } from './isa-oracle.ts';

export interface Statement {
  readonly instruction: Instruction;
  readonly text: string;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The forms with EVEX prefixes, which the table does not have. */
const isEvex = (bytes: string | undefined) => /^(26|2e|36|3e|64|65|66|67)*62/.test(bytes ?? '');

/** GNU as 2.40 takes vcvttps2dq with registers of two sizes. */
const isSlip = (text: string) => /vcvttps2dq/.test(text);

/** The statements that we and GNU as judge differently, each with both verdicts. */
export function differences(
  statements: readonly Statement[],
  mode: Mode,
  head = '',
  options: EncodeOptions = {},
): string[] {
  const wanted = gnuAssemble(
    statements.map(({ text }) => text),
    mode,
    head,
  );
  return statements.flatMap(({ instruction, text }, index) => {
    const { bytes: want, message } = wanted[index];
    if (isSlip(text) || isEvex(want)) return [];
    const result = encode(instruction, mode, options);
    const bytes = result.ok ? hex(result.encoding.bytes) : undefined;
    const warns = result.ok && result.encoding.warnings !== undefined;
    // A branch to itself: only the opcode is of the encoder, the distance is a fixup.
    const isBranch = instruction.operands.some(({ kind }) => kind === 'target');
    const count = isBranch && bytes && want ? bytes.search(/(00)+$/) : undefined;
    const isEqual =
      bytes?.slice(0, count) === want?.slice(0, count) && bytes?.length === want?.length;
    if (isEqual && (bytes === undefined || warns === (message !== undefined))) return [];
    const ours = result.ok ? `${bytes}${warns ? ' warned' : ''}` : result.problem.message;
    return [`${text}: ${ours}, GNU as ${want} ${message ?? ''}`];
  });
}
