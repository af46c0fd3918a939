// Words that are no instructions, and what they most likely are: another assembler's directive, a
// directive without its dot, a label without its colon, the first word of a comment behind `;`.

import type { Span } from '@ring0/diagnostics';
import { similarMnemonics } from '@ring0/isa';
import { isDirective } from '../directives/directives.ts';
import type { Edit } from '../text/edits.ts';
import { foreignDirective, foreignWords, semicolonNote } from './foreign-words.ts';
import type { Syntax } from './syntax-tree.ts';
import type { Place } from '../text/text.ts';

export interface StrangeWord {
  readonly notes: readonly string[];
  readonly edit?: Edit | undefined;
}

const lineMax = 200;

/** The text of the line behind `at`. */
function restOfLine({ text }: Place, at: number): string {
  return /^[^\n]*/.exec(text.slice(at, at + lineMax))?.[0] ?? '';
}

/** The semicolon that a comment was meant to begin with. */
function commentSign(place: Place, word: string): Place | undefined {
  const { text, start } = place;
  const from = Math.max(0, start - lineMax);
  const before = text.slice(from, start).trimEnd();
  if (!before.endsWith(';')) return undefined;
  // What looks like operands makes it an instruction.
  const behind = restOfLine(place, start + word.length);
  if (/[%$([,]/.test(behind) && similarMnemonics(word).length > 0) return undefined;
  const at = from + before.length - 1;
  return { text, start: at, end: at + 1 };
}

/** What stands in the first column alone is a label. */
function isLabel({ text, start }: Place, word: string): boolean {
  const isFirst = start === 0 || text.bytes[start - 1] === 10;
  const behind = restOfLine({ text, start, end: start }, start + word.length);
  return isFirst && /^[ \t]*(#.*)?$/.test(behind) && /^[A-Za-z_.]\w*$/.test(word);
}

/** What `word` is where it is no instruction; undefined where it may be a misspelt one. */
export function strangeWord(
  word: string,
  where: Place | Span | undefined,
  { isIntel }: Syntax,
): StrangeWord | undefined {
  const notes = foreignWords([word], isIntel);
  const place = where && 'text' in where ? where : undefined;
  const own = place && { text: place.text, start: place.start, end: place.start + word.length };
  if (notes.length > 0) {
    const better = own && foreignDirective(word, restOfLine(own, own.end));
    return { notes, edit: better === undefined ? undefined : { where: own, text: better } };
  }
  if (!place || !own) return undefined;
  const sign = commentSign(place, word);
  if (sign) return { notes: [semicolonNote], edit: { where: sign, text: '#' } };
  const dotted = `.${word.toLowerCase()}`;
  if (isDirective(dotted)) {
    return { notes: [`did you mean '${dotted}'?`], edit: { where: own, text: dotted } };
  }
  if (!isLabel(own, word)) return undefined;
  const edit: Edit = { where: own, text: ':', side: 'behind' };
  return { notes: [`did you mean the label '${word}:'?`], edit };
}
