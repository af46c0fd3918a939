// What -msse-check, -moperand-check and the directives of those names say of instructions.

import type { Encoding, Instruction } from '@ring0/isa';
import type { Check, Machine } from './machine.ts';

const sseCode = 'A0241';
const sizeCode = 'A0201';

/** How a warning of an instruction is said. */
export function checkOf(machine: Machine, code: string): Check {
  if (code === sseCode) return machine.check('sse');
  return code === sizeCode ? machine.check('operand') : 'warning';
}

/** The encoding, with a warning where it is one of SSE and those are looked for. */
export function checked(
  encoding: Encoding,
  { mnemonic, operands }: Instruction,
  machine: Machine,
): Encoding {
  if (machine.check('sse') === 'none' || mnemonic.startsWith('v')) return encoding;
  const has = (kind: string) =>
    operands.some((each) => each.kind === 'register' && each.register.class === kind);
  if (!has('xmm') || has('mmx')) return encoding;
  const warning = { code: sseCode, message: `'${mnemonic}' is an SSE instruction` };
  return { ...encoding, warnings: [...(encoding.warnings ?? []), warning] };
}
