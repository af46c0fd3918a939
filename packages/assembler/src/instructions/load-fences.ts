// lfence before near returns and indirect branches and behind loads, against load value injection
// (-mlfence-before-ret, -mlfence-before-indirect-branch, -mlfence-after-load).

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

/** Loads without a memory operand, by their bare names. */
const hiddenLoads = /^(cmps|lods|movs|outs|popa|popf|scas|xlat|pop)([bwld]|sd)?$/;

/**
 * Instructions whose last operand, or only one, is memory that GNU as takes for a load: found by
 * asking it for each. Those with another operand behind the memory are loads all the same.
 */
const lastLoads = new RegExp(
  '^(adc|add|and|cmp|or|sbb|sub|test|xor|xadd|xchg|rc[lr]|ro[lr]|sa[lr]|sh[lr]|' +
    'cmpxchg8b|dec|inc|i?div|i?mul|neg|not|pop|lmsw|l[gi]dt|v?ldmxcsr|vmptrld|fxrstor|xrstors?|' +
    'f(i?(add|comp?|divr?|mul|subr?)|bld|ild|ld|ldcw|ldenv|rstor))([bwlstq]|ll)?$',
);

function isLoad({ mnemonic, operands }: Instruction): boolean {
  const memory = operands.flatMap(({ kind }, at) => (kind === 'memory' ? [at] : []));
  const isString = operands.length === 0 || memory.length > 0;
  // movsd and cmpsd are instructions of SSE too.
  const isSse = operands.some((each) => each.kind === 'register' && each.register.class === 'xmm');
  if (!isSse && hiddenLoads.test(mnemonic)) return isString || mnemonic.startsWith('pop');
  if (memory.length === 0 || /^(lea|bnd(mk|c[lun]|ldx))/.test(mnemonic)) return false;
  if (memory[0] < operands.length - 1) return true;
  if (/^bt[src]?[wl]?$/.test(mnemonic)) return operands[0].kind === 'immediate';
  return /^sh[lr]d/.test(mnemonic) ? false : lastLoads.test(mnemonic);
}

const isRepeated = ({ prefixes = [] }: Instruction) =>
  prefixes.some((word) => word.startsWith('rep'));

/** The encoding with the fences around it that the options ask for. */
export function fenced(
  encoding: Encoding,
  instruction: Instruction,
  options: MachineOptions,
): Encoding {
  const fences = fencesFor(instruction, options);
  const behind = options.fencesLoads && isLoad(instruction) ? lfence : [];
  const { mnemonic, operands, isIndirect } = instruction;
  const warnings: EncodeProblem[] = [...(encoding.warnings ?? [])];
  const { fenceBeforeBranch } = options;
  const isWarned = fenceBeforeBranch === 'all' || fenceBeforeBranch === 'memory';
  if (isWarned && isIndirect && operands[0]?.kind === 'memory' && !mnemonic.startsWith('l')) {
    const message = `an indirect ${mnemonic} through memory cannot be fenced`;
    warnings.push({ code: 'A0240', message, operand: 0, notes: ['load a register first'] });
  }
  if (behind.length > 0 && /^(cmps|scas)/.test(mnemonic) && isRepeated(instruction)) {
    const message = `flags that a repeated '${mnemonic}' leaves may be used before it is done`;
    warnings.push({ code: 'A0240', message });
  }
  const isChanged = fences.length + behind.length > 0;
  if (!isChanged && warnings.length === (encoding.warnings?.length ?? 0)) return encoding;
  const fixups = encoding.fixups.map((each) => ({ ...each, offset: each.offset + fences.length }));
  const bytes = Uint8Array.of(...fences, ...encoding.bytes, ...behind);
  const registers = undefined;
  return {
    ...encoding,
    bytes,
    fixups,
    registers,
    warnings: warnings.length > 0 ? warnings : undefined,
  };
}
