// Assembly text as it is read: bytes, and how an offset in them leads back to what a person wrote.
// A file's text stands for itself. Text made by a macro, a repetition or an `asm` statement keeps
// the pieces it was put together from, so that a span points at the macro's body, with the use as
// its expansion. Line markers (`# 12 "file.h"`) lead to the file that the preprocessor read.

import { latin1Bytes, utf8Bytes } from '@ring0/bytes';
import { SourceFile } from '@ring0/diagnostics';
import type { Expansion, Span } from '@ring0/diagnostics';
import { mend } from './mending.ts';

/** Where generated text comes from: pairs of (offset here, offset in the parent), ascending. */
interface Origin {
  readonly parent: Text;
  readonly pieces: readonly number[];
  readonly expansion: Expansion;
}

/** From `offset` on, lines count from `line` in `path`. */
interface LineMarker {
  readonly offset: number;
  readonly path: string;
  readonly line: number;
  /** The lines are numbered anew only: their text stands here. */
  readonly isHere: boolean;
}

/** Finds the source of a marked file; the files are kept, since many diagnostics name the same. */
export class MarkedFiles {
  private readonly readFile: ((path: string) => Uint8Array | undefined) | undefined;
  private readonly files = new Map<string, SourceFile | undefined>();

  constructor(readFile: ((path: string) => Uint8Array | undefined) | undefined) {
    this.readFile = readFile;
  }

  find(path: string): SourceFile | undefined {
    if (this.files.has(path)) return this.files.get(path);
    const bytes = this.readFile?.(path);
    const file = bytes && new SourceFile(path, bytes);
    this.files.set(path, file);
    return file;
  }
}

export class Text {
  readonly bytes: Uint8Array;
  readonly file: SourceFile;
  /** Where a comment begins that nothing ends. */
  openComment: number | undefined;
  private readonly origin: Origin | undefined;
  private readonly fixedSpan: Span | undefined;
  private readonly inclusion: Expansion | undefined;
  private readonly markers: LineMarker[] = [];
  private readonly marked: MarkedFiles | undefined;
  /** The line of the latest marked span: a long line may have very many mistakes. */
  private latest: MarkedLine | undefined;

  constructor(
    file: SourceFile,
    more: {
      origin?: Origin;
      fixedSpan?: Span | undefined;
      inclusion?: Expansion | undefined;
      marked?: MarkedFiles | undefined;
      /** What is read instead of the file's bytes, of the same length. */
      bytes?: Uint8Array;
    } = {},
  ) {
    this.file = file;
    this.bytes = more.bytes ?? file.bytes;
    this.origin = more.origin;
    this.fixedSpan = more.fixedSpan;
    this.inclusion = more.inclusion;
    this.marked = more.marked;
  }

  /** A file; `inclusion` says which `.include` asked for it. */
  static ofFile(
    path: string,
    bytes: Uint8Array,
    marked?: MarkedFiles,
    inclusion?: Expansion,
  ): Text {
    const mended = mend(bytes);
    const text = new Text(new SourceFile(path, bytes), {
      marked,
      inclusion,
      bytes: mended.bytes,
    });
    text.openComment = mended.openComment;
    return text;
  }

  /** Text that stands for `span` as a whole, such as an `asm` statement's. */
  static ofSpan(text: string, span: Span | undefined): Text {
    const file = new SourceFile(span?.file.path ?? '<asm>', latin1Bytes(text));
    return new Text(file, { fixedSpan: span });
  }

  /** Text put together from pieces of `parent`. */
  static expanded(
    parent: Text,
    bytes: Uint8Array,
    pieces: readonly number[],
    expansion: Expansion,
  ): Text {
    const file = new SourceFile(parent.file.path, bytes);
    return new Text(file, { origin: { parent, pieces, expansion } });
  }

  /** Not made by an expansion or a compiler. */
  get isFile(): boolean {
    return !this.origin && !this.fixedSpan;
  }

  /** A line marker has been read. */
  get isMarked(): boolean {
    return this.markers.length > 0;
  }

  slice(start: number, end: number): string {
    return sliceText(this.bytes, start, end);
  }

  /** From `offset` on, the lines are those of `path` from `line` on. */
  mark(offset: number, path: string, line: number, isHere = false): void {
    this.markers.push({ offset, path, line, isHere });
    this.latest = undefined;
  }

  /** A quote that the reader put behind the end is cut off. */
  span(start: number, end: number): Span {
    if (this.fixedSpan) return this.fixedSpan;
    const last = Math.min(end, this.bytes.length);
    if (this.origin) return this.originSpan(this.origin, start, last);
    if (this.markers.length > 0) return this.markedSpan(start, last);
    return { file: this.file, start: Math.min(start, last), end: last, expansion: this.inclusion };
  }

  private originSpan(origin: Origin, start: number, end: number): Span {
    const first = mapOffset(origin.pieces, start);
    const last = Math.max(first, mapOffset(origin.pieces, Math.max(start, end - 1)) + 1);
    const span = origin.parent.span(first, last);
    // A body in another expansion or in the file of its use: the use tells of what is around both.
    const isTold = origin.parent.origin || isAmong(span.expansion, origin.expansion);
    const own = isTold ? undefined : span.expansion;
    return { ...span, expansion: outermost(own, origin.expansion) };
  }

  private markedSpan(start: number, end: number): Span {
    const marker = this.markers.findLast((candidate) => candidate.offset <= start);
    if (!marker) return { file: this.file, start, end };
    const { line, column } = this.file.position(start);
    if (this.latest?.line !== line) this.latest = this.markedLine(marker, line);
    const { file, from, to, isSame } = this.latest;
    if (!isSame) return { file, start: from, end: to };
    const at = Math.min(from + column - 1, to);
    return { file, start: at, end: Math.max(at, Math.min(at + (end - start), to)) };
  }

  private markedLine(marker: LineMarker, here: number): MarkedLine {
    const line = marker.line + here - this.file.position(marker.offset).line;
    const text = this.file.lineText(here);
    const file = marker.isHere ? undefined : this.marked?.find(marker.path);
    const original = file?.lineText(line) ?? '';
    if (!file || original === '') {
      const alone = new LineAlone(marker.path, utf8Bytes(text.trimEnd()), line);
      return { line: here, file: alone, from: 0, to: alone.bytes.length, isSame: true };
    }
    const from = offsetOfLine(file, line);
    if (original === text) {
      return { line: here, file, from, to: file.bytes.length, isSame: true };
    }
    const indent = original.length - original.trimStart().length;
    const to = from + original.trimEnd().length;
    return { line: here, file, from: from + indent, to, isSame: false };
  }
}

/** A line of a text and what its marker says that it is. */
interface MarkedLine {
  readonly line: number;
  readonly file: SourceFile;
  readonly from: number;
  readonly to: number;
  /** The columns are the same too. */
  readonly isSame: boolean;
}

const sliceMax = 8192;

/**
 * Latin-1 text of bytes. `apply` takes a typed array without an iterator: ten times faster than
 * spreading it, and every byte of the source comes through here.
 */
function sliceText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += sliceMax) {
    const part = bytes.subarray(at, Math.min(end, at + sliceMax));
    text += String.fromCharCode.apply(undefined, part as unknown as number[]);
  }
  return text;
}

/** Of a longer chain the outer links are dropped. */
const chainMax = 200;

/** The chain of a span inside an expansion: what it had, then `next`. */
function outermost(inner: Expansion | undefined, next: Expansion): Expansion {
  const links: Expansion[] = [];
  for (let link = inner; link && links.length < chainMax; link = link.at.expansion) {
    links.push(link);
  }
  return links.reduceRight(
    (outer, link) => ({ ...link, at: { ...link.at, expansion: outer } }),
    next,
  );
}

function isAmong(link: Expansion | undefined, chain: Expansion): boolean {
  let count = 0;
  for (let at: Expansion | undefined = chain; at && count < chainMax; at = at.at.expansion) {
    if (at === link) return true;
    count++;
  }
  return false;
}

function mapOffset(pieces: readonly number[], offset: number): number {
  let low = 0;
  let high = pieces.length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle * 2] <= offset) low = middle;
    else high = middle - 1;
  }
  const from = pieces[low * 2] ?? 0;
  const limit = pieces[low * 2 + 3] ?? Infinity;
  return Math.min((pieces[low * 2 + 1] ?? 0) + offset - from, limit);
}

function offsetOfLine(file: SourceFile, line: number): number {
  let offset = 0;
  for (let i = 1; i < line; i++) {
    const next = file.bytes.indexOf(10, offset);
    if (next < 0) return file.bytes.length;
    offset = next + 1;
  }
  return offset;
}

/** A file of which only one line is known. */
class LineAlone extends SourceFile {
  private readonly line: number;

  constructor(path: string, bytes: Uint8Array, line: number) {
    super(path, bytes);
    this.line = line;
  }

  override position(offset: number): { line: number; column: number } {
    return { line: this.line, column: offset + 1 };
  }

  override lineText(line: number): string {
    return line === this.line ? super.lineText(1) : '';
  }
}

/** A place whose span is made only when somebody asks. */
export interface Place {
  readonly text: Text;
  readonly start: number;
  readonly end: number;
}

/** A part of what `where` names; `where` itself where the offsets lie outside of it. */
export function within(
  where: Place | Span | undefined,
  start: number,
  end: number,
): Place | Span | undefined {
  if (!where || !('text' in where)) return where;
  const isInside = start >= where.start && end <= where.end && start < end;
  return isInside ? { text: where.text, start, end } : where;
}

/** The span of a place or of what already is one. */
export function spanOf(place: Place | Span | undefined): Span | undefined {
  if (!place) return undefined;
  return 'text' in place ? place.text.span(place.start, place.end) : place;
}

/**
 * What was expanded at a place. Its span is worked out when a message asks for it: repetitions in
 * repetitions took half of their time for spans that nobody saw.
 */
export class Use implements Expansion {
  readonly kind: 'macro' | 'repeat';
  readonly name: string;
  private readonly place: Place;
  private span: Span | undefined;

  constructor(kind: 'macro' | 'repeat', name: string, place: Place) {
    this.kind = kind;
    this.name = name;
    this.place = place;
  }

  get at(): Span {
    this.span ??= this.place.text.span(this.place.start, this.place.end);
    return this.span;
  }
}
