// Assembly text as it is read: bytes, and how an offset in them leads back to what a person wrote.
// A file's text stands for itself. Text made by a macro, a repetition or an `asm` statement keeps
// the pieces it was put together from, so that a span points at the macro's body, with the use as
// its expansion. Line markers (`# 12 "file.h"`) lead to the file that the preprocessor read.

import { latin1Bytes } from '@ring0/bytes';
import { SourceFile } from '@ring0/diagnostics';
import type { Expansion, Span } from '@ring0/diagnostics';

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
  private readonly origin: Origin | undefined;
  private readonly fixedSpan: Span | undefined;
  private readonly inclusion: Expansion | undefined;
  private readonly markers: LineMarker[] = [];
  private readonly marked: MarkedFiles | undefined;

  constructor(
    file: SourceFile,
    more: {
      origin?: Origin;
      fixedSpan?: Span | undefined;
      inclusion?: Expansion | undefined;
      marked?: MarkedFiles | undefined;
    } = {},
  ) {
    this.file = file;
    this.bytes = file.bytes;
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
    return new Text(new SourceFile(path, bytes), { marked, inclusion });
  }

  /** Text that stands for `span` as a whole, such as an `asm` statement's. */
  static ofSpan(text: string, span: Span | undefined): Text {
    const file = new SourceFile(span?.file.path ?? '<asm>', latin1Bytes(text));
    return new Text(file, { fixedSpan: span });
  }

  /** Text put together from pieces of `parent`. */
  static expanded(
    parent: Text,
    text: string,
    pieces: readonly number[],
    expansion: Expansion,
  ): Text {
    const file = new SourceFile(parent.file.path, latin1Bytes(text));
    return new Text(file, { origin: { parent, pieces, expansion } });
  }

  slice(start: number, end: number): string {
    return sliceText(this.bytes, start, end);
  }

  /** From `offset` on, the lines are those of `path` from `line` on. */
  mark(offset: number, path: string, line: number): void {
    this.markers.push({ offset, path, line });
  }

  span(start: number, end: number): Span {
    if (this.fixedSpan) return this.fixedSpan;
    if (this.origin) return this.originSpan(this.origin, start, end);
    if (this.markers.length > 0) return this.markedSpan(start, end);
    return { file: this.file, start, end, expansion: this.inclusion };
  }

  private originSpan(origin: Origin, start: number, end: number): Span {
    const first = mapOffset(origin.pieces, start);
    const last = Math.max(first, mapOffset(origin.pieces, Math.max(start, end - 1)) + 1);
    const span = origin.parent.span(first, last);
    // A body inside another expansion: the use stands in that expansion too, and tells of it.
    const own = origin.parent.origin ? undefined : span.expansion;
    return { ...span, expansion: outermost(own, origin.expansion) };
  }

  private markedSpan(start: number, end: number): Span {
    const marker = this.markers.findLast((candidate) => candidate.offset <= start);
    if (!marker) return { file: this.file, start, end };
    const here = this.file.position(start);
    const first = this.file.position(marker.offset).line;
    const line = marker.line + here.line - first;
    const text = this.file.lineText(here.line);
    const file = this.marked?.find(marker.path);
    if (!file || file.lineText(line) === '') return lineAlone(marker.path, line, text, here.column);
    const lineStart = offsetOfLine(file, line);
    const original = file.lineText(line);
    if (original === text) {
      const from = lineStart + here.column - 1;
      return { file, start: from, end: Math.min(from + (end - start), file.bytes.length) };
    }
    const indent = original.length - original.trimStart().length;
    return { file, start: lineStart + indent, end: lineStart + original.trimEnd().length };
  }
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

/** The chain of a span inside an expansion: what it had, then `next`. */
function outermost(inner: Expansion | undefined, next: Expansion): Expansion {
  if (!inner) return next;
  const at = { ...inner.at, expansion: outermost(inner.at.expansion, next) };
  return { ...inner, at };
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
function lineAlone(path: string, line: number, text: string, column: number): Span {
  const lines = Math.min(Math.max(line - 1, 0), 1_000_000);
  const bytes = latin1Bytes('\n'.repeat(lines) + text);
  const end = lines + text.trimEnd().length;
  const start = Math.min(lines + column - 1, end);
  return { file: new SourceFile(path, bytes), start, end };
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
