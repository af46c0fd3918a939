// The engine of the reducer: a list of edits of one text, each of which makes it smaller, of which as many are kept as leave
// the text interesting. Edits are tried in large groups first, then in ever smaller ones (Zeller and Hildebrandt 2002).

/** A text without its uninteresting parts is what is looked for. */
export type Interest = (text: string) => boolean;

/** What stands from `start` to `end` (characters) becomes `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const isWordEnd = (text: string): boolean => /[\w$]$/.test(text);
const isWordStart = (text: string): boolean => /^[\w$]/.test(text);

/** Applies edits; of two that overlap the one that begins first, or is longer, counts. */
export function apply(source: string, edits: readonly Edit[]): string {
  const sorted = edits.toSorted((a, b) => a.start - b.start || b.end - a.end);
  let result = '';
  let at = 0;
  const add = (piece: string): void => {
    if (isWordEnd(result) && isWordStart(piece)) result += ' ';
    result += piece;
  };
  for (const { start, end, text } of sorted) {
    if (start < at) continue;
    if (at === start) result += '';
    else add(source.slice(at, start));
    if (text !== '') add(text);
    at = end;
  }
  add(source.slice(at));
  return result;
}

/** Counts and remembers what was tried, so that no text is tried twice. */
export class Trials {
  tried = 0;
  private readonly interest: Interest;
  private readonly known = new Set<string>();
  private readonly limit: number;

  constructor(interest: Interest, limit = Infinity) {
    this.interest = interest;
    this.limit = limit;
  }
  get isExhausted(): boolean {
    return this.tried >= this.limit;
  }
  isInteresting(text: string): boolean {
    if (this.isExhausted || this.known.has(text)) return false;
    this.known.add(text);
    this.tried++;
    return this.interest(text);
  }
}

/** The text with as many of the edits as leave it interesting. */
export function keepEdits(source: string, edits: readonly Edit[], trials: Trials): string {
  let kept: Edit[] = [];
  let best = source;
  let open = edits;
  for (let size = open.length; size >= 1; size = Math.floor(size / 2)) {
    const left: Edit[] = [];
    for (let at = 0; at < open.length; at += size) {
      const group = open.slice(at, at + size);
      const candidate = apply(source, [...kept, ...group]);
      if (candidate === best) continue;
      if (trials.isInteresting(candidate)) {
        kept = [...kept, ...group];
        best = candidate;
      } else left.push(...group);
    }
    open = left;
    size = Math.min(size, Math.max(open.length, 1));
  }
  return best;
}

/** One way to make texts smaller: the edits that it would try. */
export interface Pass {
  readonly name: string;
  readonly edits: (text: string) => readonly Edit[];
}

export interface Progress {
  readonly pass: string;
  readonly tried: number;
  readonly size: number;
}

/** Runs the passes until none of them makes the text any smaller. */
export function reduceWith(
  passes: readonly Pass[],
  source: string,
  trials: Trials,
  note: (progress: Progress) => void = () => undefined,
): string {
  let text = source;
  for (let changed = true; changed && !trials.isExhausted;) {
    changed = false;
    for (const pass of passes) {
      const smaller = keepEdits(text, pass.edits(text), trials);
      if (smaller === text) continue;
      changed = true;
      text = smaller;
      note({ pass: pass.name, tried: trials.tried, size: text.length });
    }
  }
  return text;
}
