// The text of a statement as GNU as sees it before it looks for macros and conditions: comments are
// gone, blanks stand only between words that would run together, and characters are numbers.

import { escapeValue } from '../values/evaluate.ts';

/** Bytes that keep a blank between two of them; beside all others it is dropped. */
const joins = /[\w.$%*([{}"\x80-\xff-]/;

/** Behind the quote that closes the string at `at`, or the end of the text. */
export function stringEnd(text: string, at: number): number {
  for (let p = at + 1; p < text.length; p++) {
    if (text[p] === '\\') p++;
    else if (text[p] === '"') return p + 1;
  }
  return text.length;
}

/** A character in apostrophes: its value in decimal, and where the text goes on. */
function character(text: string, at: number): { digits: string; next: number } {
  let next = at + 2;
  let value = text.charCodeAt(at + 1);
  if (text[at + 1] === '\\' && at + 2 < text.length) {
    const letter = text[at + 2];
    value = /[0-7xX]/.test(letter) ? letter.charCodeAt(0) : escapeValue(text, at + 2).value;
    next = at + 3;
  }
  if (text[next] === "'") next++;
  return { digits: String(value), next };
}

/** Comments away, blanks as GNU as sees them, characters as numbers; strings stay as they are. */
export function scrub(text: string): string {
  let result = '';
  // What a blank is kept behind: not a number that was a character.
  let before = '';
  for (let at = 0; at < text.length;) {
    const letter = text[at];
    if (letter === '"') {
      const end = stringEnd(text, at);
      result += text.slice(at, end);
      before = '"';
      at = end;
    } else if (/\s/.test(letter) || text.startsWith('/*', at)) {
      const { next, hasComment } = blankEnd(text, at);
      at = next;
      if (at >= text.length || hasComment || !joins.test(before)) continue;
      if (joins.test(text[at]) || text[at] === "'" || text[at] === '\\') result += ' ';
    } else if (letter === "'" && at + 1 < text.length) {
      const { digits, next } = character(text, at);
      result += digits;
      before = '';
      at = next;
    } else {
      result += letter;
      before = letter;
      at++;
    }
  }
  return result;
}

function blankEnd(text: string, from: number): { next: number; hasComment: boolean } {
  let at = from;
  let hasComment = false;
  for (;;) {
    if (at < text.length && /\s/.test(text[at])) at++;
    else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2);
      at = close < 0 ? text.length : close + 2;
      hasComment = true;
    } else return { next: at, hasComment };
  }
}
