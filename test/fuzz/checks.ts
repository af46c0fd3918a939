// What must hold of every front end's answer, whatever its input was.

import { formatGcc, formatText } from '@ring0/diagnostics';
import type { Diagnostic, Span } from '@ring0/diagnostics';

/** More messages than this are a flood. */
const messagesMax = 2500;
const messageLengthMax = 20_000;
const expansionsMax = 5000;

function spanProblem(span: Span): string | undefined {
  let depth = 0;
  for (let each: Span | undefined = span; each; each = each.expansion?.at) {
    const { file, start, end } = each;
    const isInside = start >= 0 && end >= start && end <= file.bytes.length;
    if (!isInside || !Number.isInteger(start) || !Number.isInteger(end)) {
      return `span ${start}..${end} is not in '${file.path}' of ${file.bytes.length} bytes`;
    }
    if (++depth > expansionsMax) return `a chain of more than ${expansionsMax} expansions`;
  }
  return undefined;
}

function diagnosticProblem(diagnostic: Diagnostic): string | undefined {
  const { message, code, span, notes = [], fix } = diagnostic;
  if (!/^[A-Z]\d{4}( -W[\w=-]+)?$/.test(code)) return `the code '${code}' of '${message}'`;
  if (message === '' || message.length > messageLengthMax) {
    return `${code} has a message of ${message.length} letters`;
  }
  const spans = [span, fix?.span, ...notes.map((note) => note.span)].filter(
    (each) => each !== undefined,
  );
  for (const each of spans) {
    const problem = spanProblem(each);
    if (problem) return `${code} '${message.slice(0, 100)}': ${problem}`;
  }
  return undefined;
}

/**
 * What is wrong with a list of diagnostics: places outside their files, too many, or an error beside an output (or
 * neither).
 */
export function diagnosticsProblem(
  diagnostics: readonly Diagnostic[],
  hasOutput: boolean,
): string | undefined {
  if (diagnostics.length > messagesMax) return `${diagnostics.length} messages`;
  for (const diagnostic of diagnostics) {
    const problem = diagnosticProblem(diagnostic);
    if (problem) return problem;
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 && hasOutput) return `an output in spite of '${errors[0].message}'`;
  if (errors.length === 0 && !hasOutput) return 'no output, and no error says why';
  for (const diagnostic of diagnostics.slice(0, 3)) {
    formatText(diagnostic);
    formatGcc(diagnostic);
  }
  return undefined;
}

export function areEqual(first: Uint8Array, second: Uint8Array): boolean {
  return Buffer.compare(first, second) === 0;
}
