// Macros whose value depends on where they stand: __LINE__ and its like, and the _Pragma operator.

import type { Span } from '@ring0/diagnostics';
import { isPunctuator, take } from './expand.ts';
import type { Cursor } from './expand.ts';
import { pragmaText } from './pragma.ts';
import { quoted, stringValue } from './spelling.ts';
import type { SpecialMacro, State } from './state.ts';
import { AFTER_SPACE, AT_LINE_START, TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';

function value(state: State, special: SpecialMacro, span: Span): string {
  const { settings, files } = state;
  switch (special) {
    case 'file':
      return quoted(state.file.name);
    case 'base-file':
      return quoted(files[0].scanned.file.path);
    case 'line':
      return String(state.lineOf(state.callSpan ?? span));
    case 'counter':
      return String(state.counter++);
    case 'level':
      return String(files.length - 1);
    case 'date':
      return quoted(settings.date);
    case 'time':
      return quoted(settings.time);
    default:
      return quoted(`Thu ${settings.date.slice(0, 6)} ${settings.time} ${settings.date.slice(7)}`);
  }
}

/** The tokens of such a macro; undefined: none, as _Pragma has gone to `result` already. */
export function specialTokens(
  state: State,
  special: SpecialMacro,
  span: Span,
  flags: number,
  result: TokenList,
): TokenList | undefined {
  if (special === 'pragma') {
    pragmaOperator(state, span, result);
    return undefined;
  }
  const text = value(state, special, span);
  const kind = text.startsWith('"') ? TokenKind.string : TokenKind.number;
  const list = state.newList(1);
  const place = state.addPlace({ file: span.file, expansion: span.expansion });
  const kept = flags & (AFTER_SPACE | AT_LINE_START);
  list.push(kind, kept, state.atoms.intern(text), span.start, span.end, place);
  return list;
}

/** `_Pragma ( "text" )` (C11 6.10.9). */
function pragmaOperator(state: State, span: Span, result: TokenList): void {
  const cursor: Cursor = { list: result, at: 0 };
  const next = (): boolean => take(state, cursor);
  const isOpen = next() && isPunctuator(state, cursor.list, cursor.at, '(');
  const isString = isOpen && next() && cursor.list.kind[cursor.at] === TokenKind.string;
  const text = isString ? stringValue(state.atoms.text(cursor.list.atom[cursor.at])) : '';
  if (!isString || !next() || !isPunctuator(state, cursor.list, cursor.at, ')')) {
    state.error('P0007', '_Pragma takes one string in parentheses', span);
    return;
  }
  pragmaText(state, text.trim(), span, result);
}
