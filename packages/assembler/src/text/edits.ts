// Edits that would mend a mistake, which printers show and editors offer. One is given only where
// the text that it replaces stands in a file as it was read: not in what a macro put together.

import { latin1Text } from '@ring0/bytes';
import type { Fix, Span } from '@ring0/diagnostics';
import type { EncodeProblem } from '@ring0/isa';
import { spanOf } from './text.ts';
import type { Place } from './text.ts';

/** `text` instead of what stands at `where`; with a `side` it is added there. */
export interface Edit {
  readonly where: Place | Span | undefined;
  readonly text: string;
  readonly side?: 'before' | 'behind' | undefined;
}

const longest = 200;

/** The edit of a file; undefined where the place stands for other text. */
export function fixOf({ where, text, side }: Edit): Fix | undefined {
  if (!where || !('text' in where)) return undefined;
  const written = where.text.slice(where.start, Math.min(where.end, where.start + longest));
  const span = spanOf(where);
  if (!span || where.end - where.start > longest) return undefined;
  const { file, start, end } = span;
  if (written === '' || latin1Text(file.bytes, start, end) !== written) return undefined;
  if (side === undefined) return { span, text };
  const at = side === 'before' ? start : end;
  return { span: { ...span, start: at, end: at }, text };
}

/** What a problem of an instruction, whose place is `where`, wants to be written instead. */
export function replacementEdit(
  where: Place | Span | undefined,
  mnemonic: string,
  operands: readonly { readonly start: number; readonly end: number }[],
  { operand, replacement }: EncodeProblem,
): Edit | undefined {
  if (!replacement || !where || !('text' in where)) return undefined;
  const { text } = replacement;
  if (replacement.part === 'statement') return { where, text };
  if (replacement.part === 'operand') {
    const found = operand === undefined ? undefined : operands[operand];
    if (!found || found.start >= found.end) return undefined;
    return { where: { text: where.text, start: found.start, end: found.end }, text };
  }
  const end = where.start + mnemonic.length;
  const written = where.text.slice(where.start, end);
  if (written.toLowerCase() !== mnemonic.toLowerCase()) return undefined;
  return { where: { text: where.text, start: where.start, end }, text };
}
