// Source text and places in it. Positions are byte offsets; lines and columns are computed only when a person
// is shown one.

import { utf8Text } from '@ring0/bytes';

/** Why a piece of text stands where it does: the macro or the inclusion it came through. */
export interface Expansion {
  readonly kind: 'macro' | 'include' | 'repeat';
  /** The macro's name, or the included path as written. */
  readonly name: string;
  /** Where it was used; that span may have an expansion of its own. */
  readonly at: Span;
}

/** Bytes `[start, end)` of a file. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
  readonly expansion?: Expansion | undefined;
}

export class SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  private lineStarts: number[] | undefined;

  constructor(path: string, bytes: Uint8Array) {
    this.path = path;
    this.bytes = bytes;
  }

  private starts(): number[] {
    if (this.lineStarts) return this.lineStarts;
    const starts = [0];
    for (let i = 0; i < this.bytes.length; i++) if (this.bytes[i] === 10) starts.push(i + 1);
    this.lineStarts = starts;
    return starts;
  }

  /** The 1-based line and 1-based byte column of an offset. */
  position(offset: number): { line: number; column: number } {
    const starts = this.starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  /** The text of a 1-based line, without its newline. */
  lineText(line: number): string {
    const starts = this.starts();
    const start = starts[line - 1] ?? this.bytes.length;
    let end = (starts[line] ?? this.bytes.length + 1) - 1;
    if (end > start && this.bytes[end - 1] === 13) end--;
    return utf8Text(this.bytes, start, end);
  }
}

/** From the start of `first` to the end of `last`; where they are of two files, `first`. */
export function joinSpans(first: Span, last: Span): Span {
  if (first.file !== last.file || last.end < first.start) return first;
  return { file: first.file, start: first.start, end: last.end, expansion: first.expansion };
}
