// Source text to tokens: at each letter the patterns of the vocabulary that can start with it are
// tried in the vocabulary's order. Chevrotain's lexer would do the same, but it is a tenth of the
// browser bundle, and reads each pattern with a parser of its own before the first token.

import type { IToken, TokenType } from 'chevrotain';
import * as T from './tokens.ts';

/** Letters that no token starts with, as many as stand together. */
export interface StrangeLetters {
  readonly offset: number;
  readonly length: number;
}

export interface Scanned {
  readonly tokens: IToken[];
  readonly errors: StrangeLetters[];
}

interface Rule {
  readonly type: TokenType;
  readonly typeIndex: number;
  readonly isSkipped: boolean;
  /** What it is, letter by letter, or nothing. */
  readonly plain: string;
  /** What it looks like if it is not plain; a string has neither. */
  readonly pattern: RegExp | undefined;
}

/** Which letters a pattern starts with, where it is no plain text. */
const firstLetters: ReadonlyMap<TokenType, RegExp> = new Map([
  [T.Blank, /[ \t\r\f]/],
  [T.LineComment, /#/],
  [T.BlockComment, /\//],
  [T.Text, /"/],
  [T.Register, /%/],
  [T.Number, /\d/],
  [T.Identifier, /[A-Za-z_.@\x80-\xff]/],
  [T.Character, /'/],
  [T.Brace, /\{/],
]);

const skipped: readonly TokenType[] = [T.Blank, T.LineComment, T.BlockComment];

/** A string ends at a quote that no backslash hides; a long one is no matter for a pattern. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const letter = text.charCodeAt(at);
    if (letter === 92) at++;
    else if (letter === 34) return at + 1;
  }
  return start;
}

/** Where the token at `at` ends; `at` if there is none. The first letter is right already. */
function endOf({ plain, pattern }: Rule, text: string, at: number): number {
  const { length } = plain;
  if (length > 0) return length === 1 || text.startsWith(plain, at) ? at + length : at;
  if (!pattern) return endOfText(text, at);
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

const letterCount = 256;
let rules: readonly (readonly Rule[])[] | undefined;

/** The rules by the letter that they start with. */
function rulesByLetter(): readonly (readonly Rule[])[] {
  const lists: Rule[][] = Array.from({ length: letterCount }, () => []);
  for (const type of T.scannedTypes) {
    const { PATTERN: pattern } = type;
    const rule: Rule = {
      type,
      typeIndex: type.tokenTypeIdx ?? 0,
      isSkipped: skipped.includes(type),
      plain: typeof pattern === 'string' ? pattern : '',
      pattern: pattern instanceof RegExp ? new RegExp(pattern.source, 'y') : undefined,
    };
    if (rule.plain !== '') lists[rule.plain.charCodeAt(0)].push(rule);
    else {
      const first = firstLetters.get(type);
      const starts = lists.filter((_, code) => first?.test(String.fromCharCode(code)));
      for (const list of starts) list.push(rule);
    }
  }
  return lists;
}

const none: readonly Rule[] = [];

/** The tokens of `text`, without blanks and comments, and what is none. */
export function scan(text: string): Scanned {
  rules ??= rulesByLetter();
  const tokens: IToken[] = [];
  const errors: StrangeLetters[] = [];
  let strange = -1;
  let at = 0;
  while (at < text.length) {
    const start = at;
    const code = text.charCodeAt(at);
    if (code === 32 && strange < 0) {
      at++;
      continue;
    }
    const list = code < letterCount ? rules[code] : none;
    for (let tried = 0; at === start && tried < list.length; tried++) {
      const rule = list[tried];
      at = endOf(rule, text, start);
      if (at === start || rule.isSkipped) continue;
      const { type, typeIndex: tokenTypeIdx, plain } = rule;
      const image = plain === '' ? text.slice(start, at) : plain;
      tokens.push({ image, startOffset: start, tokenTypeIdx, tokenType: type });
    }
    if (at === start) {
      if (strange < 0) strange = start;
      at++;
    } else if (strange >= 0) {
      errors.push({ offset: strange, length: start - strange });
      strange = -1;
    }
  }
  if (strange >= 0) errors.push({ offset: strange, length: text.length - strange });
  return { tokens, errors };
}
