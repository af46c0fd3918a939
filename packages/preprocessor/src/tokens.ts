// A list of preprocessing tokens in typed arrays: kind, spelling, where it stands, what stood
// before it. Tokens of one file, and those that came out of one macro expansion, share a place.

import type { Expansion, SourceFile, Span } from '@ring0/diagnostics';

/** Kinds of preprocessing tokens (C11 6.4). */
export const TokenKind = {
  end: 0,
  identifier: 1,
  number: 2,
  character: 3,
  string: 4,
  punctuator: 5,
  /** A byte that is no part of any other token; a lone quote. */
  other: 6,
  /** `#pragma`: the spelling is the rest of its line. */
  pragma: 7,
  /** Stands for nothing: an empty macro argument or an expansion of nothing. Never in a result. */
  placemarker: 8,
} as const;

/** First token of its line. */
export const AT_LINE_START = 1;
/** White space stands before it. */
export const AFTER_SPACE = 2;
/** An identifier that stands for no macro any more (C11 6.10.3.4). */
export const NO_EXPAND = 4;

/** Where tokens come from: a file, and the expansion they came through. */
export interface Place {
  readonly file: SourceFile;
  readonly expansion: Expansion | undefined;
}

export class TokenList {
  length = 0;
  kind: Uint8Array;
  flags: Uint8Array;
  atom: Int32Array;
  start: Int32Array;
  end: Int32Array;
  place: Int32Array;
  /** Shared by all lists of one compilation. */
  readonly places: Place[];

  constructor(places: Place[], capacity = 64) {
    this.places = places;
    this.kind = new Uint8Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.atom = new Int32Array(capacity);
    this.start = new Int32Array(capacity);
    this.end = new Int32Array(capacity);
    this.place = new Int32Array(capacity);
  }

  push(
    kind: number,
    flags: number,
    atom: number,
    start: number,
    end: number,
    place: number,
  ): number {
    const at = this.length;
    if (at === this.kind.length) this.grow(at + 1);
    this.kind[at] = kind;
    this.flags[at] = flags;
    this.atom[at] = atom;
    this.start[at] = start;
    this.end[at] = end;
    this.place[at] = place;
    this.length = at + 1;
    return at;
  }

  /** Appends token `at` of another list of the same compilation. */
  copy(from: TokenList, at: number): void {
    this.push(
      from.kind[at],
      from.flags[at],
      from.atom[at],
      from.start[at],
      from.end[at],
      from.place[at],
    );
  }

  span(at: number): Span {
    const place = this.places[this.place[at]];
    const span = { file: place.file, start: this.start[at], end: this.end[at] };
    return place.expansion ? { ...span, expansion: place.expansion } : span;
  }

  private grow(least: number): void {
    const capacity = Math.max(least, this.kind.length * 2, 16);
    const bytes = (old: Uint8Array): Uint8Array => {
      const grown = new Uint8Array(capacity);
      grown.set(old);
      return grown;
    };
    const words = (old: Int32Array): Int32Array => {
      const grown = new Int32Array(capacity);
      grown.set(old);
      return grown;
    };
    this.kind = bytes(this.kind);
    this.flags = bytes(this.flags);
    this.atom = words(this.atom);
    this.start = words(this.start);
    this.end = words(this.end);
    this.place = words(this.place);
  }
}
