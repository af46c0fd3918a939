// #pragma and _Pragma: what concerns the preprocessor is done here, the rest passes as one token.

import type { Span } from '@ring0/diagnostics';
import { stringValue } from './spelling.ts';
import type { State } from './state.ts';
import { AT_LINE_START, TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';

/** push_macro("name") and pop_macro("name"). */
function stackMacro(state: State, word: string, text: string): boolean {
  const match = /^\w+\s*\(\s*("[^"]*")\s*\)/.exec(text);
  if (!match) return false;
  const atom = state.atoms.intern(stringValue(match[1]));
  const stack = state.pushed.get(atom) ?? [];
  state.pushed.set(atom, stack);
  if (word === 'push_macro') stack.push(state.macros[atom]);
  else if (stack.length > 0) state.macros[atom] = stack.pop();
  return true;
}

/** Carries out or passes on the pragma `text`. */
export function pragmaText(state: State, text: string, span: Span, result: TokenList): void {
  const word = /^\w*/.exec(text)?.[0] ?? '';
  if (word === 'once') {
    state.file.scanned.isOnce = true;
    return;
  }
  if (/^GCC\s+system_header\b/.test(text)) {
    Object.assign(state.file, { scanned: { ...state.file.scanned, isSystem: true } });
    return;
  }
  if (/^GCC\s+poison\b/.test(text)) return;
  const said = /^GCC\s+(error|warning)\s+(".*")$/.exec(text);
  if (said) {
    const message = stringValue(said[2]);
    if (said[1] === 'error') state.error('P0060', message, span);
    else state.warn('cpp', 'P0061', message, span);
    return;
  }
  const isStack = word === 'push_macro' || word === 'pop_macro';
  if (isStack && !state.settings.isPreprocessed) stackMacro(state, word, text);
  const place = state.addPlace({ file: span.file, expansion: span.expansion });
  const atom = state.atoms.intern(text);
  result.push(TokenKind.pragma, AT_LINE_START, atom, span.start, span.end, place);
}
