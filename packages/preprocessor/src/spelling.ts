// Tokens made from text: the # and ## operators, and single tokens of a known spelling.

import { PUNCTUATORS } from './atoms.ts';
import { AFTER_SPACE, TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';
import type { Atoms } from './atoms.ts';

const punctuators = new Set(PUNCTUATORS);

/** The kind of the one token that `text` spells; undefined if it is none or several. */
export function kindOf(text: string): number | undefined {
  if (/^[A-Za-z_$\x80-\xff][\w$\x80-\xff]*$/.test(text)) return TokenKind.identifier;
  if (/^\.?\d(?:[eEpP][+-]|[\w.$\x80-\xff])*$/.test(text)) return TokenKind.number;
  if (punctuators.has(text)) return TokenKind.punctuator;
  if (/^(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*"$/.test(text)) return TokenKind.string;
  if (/^[uUL]?'(?:[^'\\\n]|\\.)+'$/.test(text)) return TokenKind.character;
  return undefined;
}

/** The spelling of a string literal for the tokens of an argument (C11 6.10.3.2). */
export function stringified(list: TokenList, atoms: Atoms): string {
  let text = '';
  for (let at = 0; at < list.length; at++) {
    const kind = list.kind[at];
    if (kind === TokenKind.placemarker) continue;
    if (text !== '' && (list.flags[at] & AFTER_SPACE) !== 0) text += ' ';
    const spelling = atoms.text(list.atom[at]);
    const isQuoted = kind === TokenKind.string || kind === TokenKind.character;
    text += isQuoted ? spelling.replace(/["\\]/g, '\\$&') : spelling.replace(/"/g, '\\"');
  }
  // An odd number of backslashes would swallow the closing quote.
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(text)) text = text.slice(0, -1);
  return `"${text}"`;
}

/** The characters that a string literal token stands for, for #include, #line and _Pragma. */
export function stringValue(spelling: string): string {
  const start = spelling.indexOf('"') + 1;
  return spelling.slice(start, -1).replace(/\\(["\\])/g, '$1');
}

/** `text` as a C string literal. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
