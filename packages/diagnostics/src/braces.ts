// Which '{' somebody forgot to close: the parser only learns at the end of the text that one is
// open, the indentation usually tells which.

import type { Span } from './source.ts';

function indentOf(span: Span): { line: number; indent: number; isFirst: boolean } {
  const { line, column } = span.file.position(span.start);
  const text = span.file.lineText(line);
  const indent = text.length - text.trimStart().length;
  return { line, indent, isFirst: indent === column - 1 };
}

/**
 * The brace that most likely has no partner, of all braces in order; undefined where they match. A
 * '}' that stands further left than the line of the '{' it would close belongs to an outer one.
 */
export function unclosedBrace(
  braces: readonly { readonly isOpen: boolean; readonly span: Span }[],
): Span | undefined {
  const open: Span[] = [];
  let suspect: Span | undefined;
  for (const { isOpen, span } of braces) {
    if (isOpen) open.push(span);
    else {
      const partner = open.pop();
      if (!partner || suspect) continue;
      const end = indentOf(span);
      const start = indentOf(partner);
      if (end.isFirst && end.line !== start.line && end.indent < start.indent) suspect = partner;
    }
  }
  if (open.length === 0) return undefined;
  return suspect ?? open.at(-1);
}
