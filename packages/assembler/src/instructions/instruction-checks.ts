// What -msse-check, -moperand-check and the directives of those names say of instructions.

import type { Encoding, Instruction } from '@ring0/isa';
import type { Check, Machine } from './machine.ts';

const sseCode = 'A0241';
const sizeCode = 'A0201';
/** What -q leaves unsaid: mnemonics taken for others, a missing `*`, a segment on lea. */
const quietCodes: ReadonlySet<string> = new Set(['A0211', 'A0212', 'A0213']);
/** SSE4A has no AVX, and is not looked for. */
const otherSse = /^(extrq|insertq|movnts[sd])$/;
const lengthMax = 15;

/** How a warning of an instruction is said. */
export function checkOf(machine: Machine, code: string): Check {
  if (code === sseCode) return machine.check('sse');
  if (machine.options.isQuiet && quietCodes.has(code)) return 'none';
  return code === sizeCode ? machine.check('operand') : 'warning';
}

/** The encoding, with a warning where it is longer than what the processor takes. */
export function measured(encoding: Encoding): Encoding {
  const { length } = encoding.bytes;
  if (length <= lengthMax) return encoding;
  const message = `this instruction has ${length} bytes, a processor takes ${lengthMax} at most`;
  return { ...encoding, warnings: [...(encoding.warnings ?? []), { code: 'A0243', message }] };
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
  if (!has('xmm') || has('mmx') || otherSse.test(mnemonic)) return encoding;
  const warning = { code: sseCode, message: `'${mnemonic}' is an SSE instruction` };
  return { ...encoding, warnings: [...(encoding.warnings ?? []), warning] };
}
