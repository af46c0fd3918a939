// Pragmas among the tokens: `#pragma pack` is noted with its place, unknown ones are reported, and
// the parser gets a list without them.

import { TokenKind, TokenList } from '@ring0/preprocessor';
import type { Atoms } from '@ring0/preprocessor';
import type { Span } from '@ring0/diagnostics';
import type { WarningSettings } from './warnings.ts';

/** From token `at` on, members are aligned to at most `value` bytes; 0: no bound. */
export interface Pack {
  readonly at: number;
  readonly value: number;
}

/** What no C program holds outside comments: a lone quote, @, `. */
export interface Stray {
  readonly text: string;
  readonly span: Span;
}

/** `#pragma GCC diagnostic`: the text behind `span` in its file is judged by these settings. */
export interface Judgement {
  readonly span: Span;
  readonly settings: WarningSettings;
}

export interface Pragmas {
  readonly tokens: TokenList;
  readonly packs: readonly Pack[];
  readonly strays: readonly Stray[];
  readonly judgements: readonly Judgement[];
  readonly unknown: readonly { readonly text: string; readonly span: Span }[];
}

/** What `pack(..)` makes of the stack, whose last element holds now; false if it is malformed. */
function pack(stack: number[], inner: string): boolean {
  const words = inner.split(',').map((word) => word.trim());
  const top = stack.length - 1;
  if (inner.trim() === '') stack[top] = 0;
  else if (words[0] === 'push') {
    stack.push(stack[top]);
    const last = words[words.length - 1];
    if (/^\d+$/.test(last)) stack[stack.length - 1] = Number(last);
  } else if (words[0] === 'pop') {
    if (top > 0) stack.pop();
  } else if (/^(1|2|4|8|16|0)$/.test(words[0])) stack[top] = Number(words[0]);
  else return false;
  return true;
}

/** What `GCC diagnostic ..` makes of the stack of settings, whose last holds now. */
function judge(stack: WarningSettings[], text: string): boolean {
  const match = /^GCC\s+diagnostic\s+(\w+)\s*(?:"-W([\w-]+)")?/.exec(text);
  if (!match) return false;
  const [, action, name] = match;
  const top = stack[stack.length - 1];
  const flags: Record<string, string> = {
    ignored: `-Wno-${name}`,
    warning: `-Wno-error=${name}`,
    error: `-Werror=${name}`,
  };
  if (action === 'push') stack.push(top);
  else if (action === 'pop') {
    if (stack.length > 1) stack.pop();
  } else if (name !== undefined && flags[action]) {
    const base = action === 'warning' ? top.with(`-W${name}`) : top;
    stack[stack.length - 1] = base.with(flags[action]);
  } else return false;
  return true;
}

const silent = /^(GCC|STDC|push_macro|pop_macro|weak|omp|message|redefine_extname)\b/;

/** A constant in the place of an unclosed one, so that nothing more is said about it. */
function replaceQuote(tokens: TokenList, all: TokenList, at: number, atoms: Atoms): void {
  const quote = atoms.text(all.atom[at])[0];
  if (quote !== '"' && quote !== "'") return;
  const [kind, text] = quote === '"' ? [TokenKind.string, '""'] : [TokenKind.number, '0'];
  const { flags, start, end, place } = all;
  tokens.push(kind, flags[at], atoms.intern(text), start[at], end[at], place[at]);
}

/** Takes the pragmas and strays out of a unit's tokens. */
export function extractPragmas(all: TokenList, atoms: Atoms, settings: WarningSettings): Pragmas {
  const packs: Pack[] = [];
  const unknown: { text: string; span: Span }[] = [];
  const strays: Stray[] = [];
  const judgements: Judgement[] = [];
  let hasAny = false;
  for (let at = 0; at < all.length && !hasAny; at++) {
    hasAny = all.kind[at] === TokenKind.pragma || all.kind[at] === TokenKind.other;
  }
  if (!hasAny) return { tokens: all, packs, unknown, strays, judgements };
  const tokens = new TokenList(all.places, all.length);
  const stack = [0];
  const saved = [settings];
  for (let at = 0; at < all.length; at++) {
    if (all.kind[at] === TokenKind.other) {
      strays.push({ text: atoms.text(all.atom[at]), span: all.span(at) });
      replaceQuote(tokens, all, at, atoms);
      continue;
    }
    if (all.kind[at] !== TokenKind.pragma) {
      tokens.copy(all, at);
      continue;
    }
    const text = atoms.text(all.atom[at]);
    const match = /^pack\s*\((.*)\)\s*$/.exec(text);
    if (match && pack(stack, match[1])) {
      packs.push({ at: tokens.length, value: stack[stack.length - 1] });
    } else if (judge(saved, text)) {
      judgements.push({ span: all.span(at), settings: saved[saved.length - 1] });
    } else if (!silent.test(text)) unknown.push({ text, span: all.span(at) });
  }
  return { tokens, packs, unknown, strays, judgements };
}
