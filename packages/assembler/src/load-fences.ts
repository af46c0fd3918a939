// lfence before near returns and indirect branches, against load value injection
// (-mlfence-before-ret, -mlfence-before-indirect-branch).

import type { EncodeProblem, Encoding, Instruction } from '@ring0/isa';
import type { MachineOptions } from './machine.ts';

const lfence = [0x0f, 0xae, 0xe8];

/** Instructions that load the return address and leave it as it is: `orl $0, (%esp)` and others. */
const touches: Readonly<Record<string, readonly (readonly number[])[]>> = {
  or: [[0x83, 0x0c, 0x24, 0x00]],
  shl: [[0xc1, 0x24, 0x24, 0x00]],
  not: [
    [0xf7, 0x14, 0x24],
    [0xf7, 0x14, 0x24],
  ],
};

function fencesFor(
  { mnemonic, operands, prefixes }: Instruction,
  options: MachineOptions,
): readonly number[] {
  const { fenceBeforeBranch } = options;
  const implied = fenceBeforeBranch === 'all' ? 'shl' : 'none';
  const touch = touches[options.fenceBeforeReturn ?? implied];
  if (touch && /^ret[wld]?$/.test(mnemonic)) {
    const isShort = mnemonic.endsWith('w') || prefixes?.includes('data16') === true;
    return [...touch.flatMap((bytes) => (isShort ? [0x66, ...bytes] : bytes)), ...lfence];
  }
  const isIndirect = /^(jmp|call)[wld]?$/.test(mnemonic) && operands[0]?.kind === 'register';
  const isFenced = fenceBeforeBranch === 'all' || fenceBeforeBranch === 'register';
  return isIndirect && isFenced ? lfence : [];
}

/** The encoding with the fences before it that the options ask for. */
export function fenced(
  encoding: Encoding,
  instruction: Instruction,
  options: MachineOptions,
): Encoding {
  const fences = fencesFor(instruction, options);
  const { mnemonic, operands, isIndirect } = instruction;
  const warnings: EncodeProblem[] = [...(encoding.warnings ?? [])];
  const { fenceBeforeBranch } = options;
  const isWarned = fenceBeforeBranch === 'all' || fenceBeforeBranch === 'memory';
  if (isWarned && isIndirect && operands[0]?.kind === 'memory' && !mnemonic.startsWith('l')) {
    const message = `an indirect ${mnemonic} through memory cannot be fenced`;
    warnings.push({ code: 'A0240', message, operand: 0, notes: ['load a register first'] });
  }
  if (fences.length === 0 && warnings.length === (encoding.warnings?.length ?? 0)) return encoding;
  const fixups = encoding.fixups.map((each) => ({ ...each, offset: each.offset + fences.length }));
  const bytes = Uint8Array.of(...fences, ...encoding.bytes);
  return { ...encoding, bytes, fixups, warnings: warnings.length > 0 ? warnings : undefined };
}
