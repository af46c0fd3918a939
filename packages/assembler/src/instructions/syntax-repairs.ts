// What most likely mends a statement that cannot be read: a comma, a bracket, a comment's sign, the
// other syntax. Each idea is an edit of the statement; the first that can be read counts.

import { attStatement } from './mistakes.ts';

/** What stands from `start` to `end` of the statement becomes `text`; `side` adds it there. */
export interface StatementEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly side?: 'before' | 'behind' | undefined;
}

/** A statement and the word of it that was not expected. */
export interface Broken {
  readonly text: string;
  /** Where that word begins, and what it is; empty at the end. */
  readonly at: number;
  readonly found: string;
  /** Where the word before it stands; both 0 where there is none. */
  readonly before: { readonly start: number; readonly end: number };
  readonly isIntel: boolean;
}

const statementMax = 200;

function edited(text: string, { start, end, text: instead, side }: StatementEdit): string {
  const kept = side === undefined ? '' : text.slice(start, end);
  const middle = side === 'before' ? instead + kept : kept + instead;
  return text.slice(0, start) + middle + text.slice(end);
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}

/** `mov (%eax, %ebx`: with the only comma inside, the second operand is inside too. */
function beforeLastComma(text: string, open: string): { start: number; end: number } | undefined {
  const from = text.lastIndexOf(open);
  const comma = text.lastIndexOf(',');
  if (comma < from || text.slice(0, from).includes(',')) return undefined;
  const end = text.slice(0, comma).trimEnd().length;
  return { start: end - 1, end };
}

function bracketIdeas({ text, at, found, before }: Broken): StatementEdit[] {
  const ideas: StatementEdit[] = [];
  const end = text.trimEnd().length;
  for (const [open, close] of ['()', '[]']) {
    const balance = count(text, open) - count(text, close);
    const foundEnd = at + found.length;
    if (balance === 1) {
      const early = beforeLastComma(text, open);
      if (early) ideas.push({ ...early, text: close, side: 'behind' });
      ideas.push({ ...before, text: close, side: 'behind' });
      ideas.push({ start: end - 1, end, text: close, side: 'behind' });
    } else if (balance === -1) {
      if (found !== '' && found !== close) {
        ideas.push({ start: at, end: foundEnd, text: open, side: 'before' });
      }
      if (found === close) {
        ideas.push({ ...before, text: open, side: 'before' });
        ideas.push({ start: at, end: foundEnd, text: '' });
      }
    }
  }
  return ideas;
}

function intelIdeas({ text }: Broken): StatementEdit[] {
  const match = /(-?\b\w+)?\((%?\w+)(?:,(%?\w+)(?:,([1248]))?)?\)/.exec(text);
  if (!match) return [];
  const [whole, offset, base, index, scale] = match;
  const parts = [base, index && (scale ? `${index}*${scale}` : index), offset];
  const sum = parts.filter((part) => part !== undefined && part !== '').join('+');
  const start = match.index;
  return [{ start, end: start + whole.length, text: `[${sum.replace('+-', '-')}]` }];
}

function attIdeas({ text }: Broken): StatementEdit[] {
  const instead = /\[|\bptr\b/i.test(text) ? attStatement(text) : undefined;
  if (instead === undefined || /[[\]]/.test(instead)) return [];
  return [{ start: 0, end: text.trimEnd().length, text: instead }];
}

/** The edit that mends the statement; undefined where no idea does. */
export function syntaxRepair(
  broken: Broken,
  isReadable: (text: string) => boolean,
): StatementEdit | undefined {
  const { text, at, found, before, isIntel } = broken;
  if (text.length > statementMax) return undefined;
  const ideas: StatementEdit[] = [];
  if (found === '/') {
    ideas.push({ start: at, end: at + (text.startsWith('//', at) ? 2 : 1), text: '#' });
  }
  ideas.push(...(isIntel ? intelIdeas(broken) : attIdeas(broken)));
  if (found !== '' && before.end > before.start && !/^[)\]]/.test(found)) {
    ideas.push({ ...before, text: ',', side: 'behind' });
  }
  ideas.push(...bracketIdeas(broken));
  return ideas.find((idea) => isReadable(edited(text, idea)));
}
