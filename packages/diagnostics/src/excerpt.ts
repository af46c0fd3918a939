// The source lines below a message: the line, the caret with tildes under the span, and an edit
// that would mend it, as gcc draws them: what to insert or to write instead under its place, `-`
// under what should go, `+++` before a line that is missing.

import { latin1Text } from '@ring0/bytes';
import type { Fix } from './diagnostic.ts';
import type { Span } from './source.ts';

/** Letters of a source line that are shown; of a longer one the part around the span. */
const excerptMax = 400;

const margin = `${' '.repeat(5)} | `;

/** Two lines: the source line and the caret with tildes under the span. Tabs keep their width. */
export function excerpt(span: Span): string {
  const { line, column: at } = span.file.position(span.start);
  const whole = span.file.lineText(line);
  const from = whole.length > excerptMax ? Math.max(0, at - 1 - excerptMax / 2) : 0;
  const text = whole.slice(from, from + excerptMax);
  const column = at - from;
  const number = String(line).padStart(5);
  const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const width = Math.max(1, Math.min(span.end - span.start, text.length - column + 1));
  return `${number} | ${text}\n${margin}${before}^${'~'.repeat(width - 1)}\n`;
}

/** An edit without what stays as it is at its ends, where that makes it an insertion only. */
function smallest({ span, text }: Fix): { start: number; end: number; text: string } {
  const { start, end } = span;
  const old = latin1Text(span.file.bytes, start, end);
  if (text.endsWith(old))
    return { start, end: start, text: text.slice(0, text.length - old.length) };
  if (text.startsWith(old)) return { start: end, end, text: text.slice(old.length) };
  return { start, end, text };
}

/** The lines that show the edit, for a message whose source line stands above already. */
export function drawFix(fix: Fix, shown: Span | undefined): string {
  const { file } = fix.span;
  const { start, end, text } = smallest(fix);
  const { line, column } = file.position(start);
  if (text.endsWith('\n')) {
    return text.replace(/^\n/, '').replace(/^(?=.)/gm, `  +++ |+`);
  }
  const isAbove = shown?.file === file && file.position(shown.start).line === line;
  const whole = file.lineText(line);
  // Of very long lines only a part is shown, where the edit may not be.
  if (whole.length > excerptMax || text.includes('\n')) {
    return `      = fix: write '${text.trim()}'\n`;
  }
  const above = isAbove ? '' : `${String(line).padStart(5)} | ${whole}\n`;
  const before = whole.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return `${above}${margin}${before}${text === '' ? '-'.repeat(end - start) : text}\n`;
}
