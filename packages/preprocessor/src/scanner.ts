// Bytes to preprocessing tokens (C11 5.1.1.2, phases 1 to 3). Trigraphs are not replaced, as in
// gcc's default mode. A backslash before a newline disappears wherever it stands, also inside a
// name; tokens that contain one take the slow path, which reads through a copy without it.

import type { DiagnosticList, SourceFile } from '@ring0/diagnostics';
import { PUNCTUATORS } from './atoms.ts';
import type { Atoms } from './atoms.ts';
import { AFTER_SPACE, AT_LINE_START, TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';

const LETTER = 1;
const DIGIT = 2;
const SPACE = 4;

const classes = new Uint8Array(256);
for (let c = 0; c < 256; c++) {
  const isLetter = (c | 32) >= 97 && (c | 32) <= 122;
  if (isLetter || c === 95 || c === 36 || c >= 128) classes[c] = LETTER;
  else if (c >= 48 && c <= 57) classes[c] = DIGIT;
  else if (c === 32 || c === 9 || c === 11 || c === 12 || c === 13) classes[c] = SPACE;
}

/** In assembly $ marks an immediate: it is no part of a name (gcc's cpp, `dollars_in_ident`). */
const assemblyClasses = classes.slice();
assemblyClasses[36] = 0;

/** For each first character: the punctuators that begin with it, longest first, as [text, atom]. */
const punctuators: [string, number][][] = Array.from({ length: 128 }, () => []);
PUNCTUATORS.forEach((text, index) => punctuators[text.charCodeAt(0)].push([text, index + 1]));
for (const list of punctuators) list.sort((a, b) => b[0].length - a[0].length);

const NEWLINE = 10;
const BACKSLASH = 92;
const QUOTE = 34;
const APOSTROPHE = 39;

export interface ScanOptions {
  /** Assembly: quotes may stand alone, `#` begins a comment where no directive is. */
  readonly isAssembly?: boolean | undefined;
}

class Scanner {
  readonly bytes: Uint8Array;
  /** Where each byte of `bytes` stands in the file; undefined when they are the file's own. */
  private readonly origins: Int32Array | undefined;
  private readonly file: SourceFile;
  private readonly atoms: Atoms;
  private readonly out: TokenList;
  private readonly place: number;
  private readonly diagnostics: DiagnosticList;
  private readonly options: ScanOptions;
  private readonly classes: Uint8Array;
  private flags = AT_LINE_START;

  constructor(
    file: SourceFile,
    atoms: Atoms,
    out: TokenList,
    place: number,
    diagnostics: DiagnosticList,
    options: ScanOptions,
  ) {
    this.file = file;
    this.atoms = atoms;
    this.out = out;
    this.place = place;
    this.diagnostics = diagnostics;
    this.options = options;
    this.classes = options.isAssembly === true ? assemblyClasses : classes;
    const spliced = withoutSplices(file.bytes);
    this.bytes = spliced?.bytes ?? file.bytes;
    this.origins = spliced?.origins;
  }

  private origin(at: number): number {
    return this.origins ? this.origins[at] : at;
  }

  private push(kind: number, atom: number, start: number, end: number): void {
    const from = this.origin(start);
    const to = this.origins ? this.origins[end - 1] + 1 : end;
    this.out.push(kind, this.flags, atom, from, to, this.place);
    this.flags = 0;
  }

  scan(): void {
    const { bytes, classes } = this;
    const length = bytes.length;
    let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    while (at < length) {
      const c = bytes[at];
      const kind = classes[c];
      if (kind === SPACE) {
        this.flags |= AFTER_SPACE;
        at++;
      } else if (kind === LETTER) at = this.name(at);
      else if (c === NEWLINE) {
        this.flags = AT_LINE_START;
        at++;
      } else if (kind === DIGIT || (c === 46 && classes[bytes[at + 1]] === DIGIT)) {
        at = this.number(at);
      } else if (c === 47 && (bytes[at + 1] === 42 || bytes[at + 1] === 47)) at = this.comment(at);
      else if (c === QUOTE || c === APOSTROPHE) at = this.quoted(at, at);
      else at = this.punctuator(at);
    }
    const end = this.file.bytes.length;
    this.out.push(TokenKind.end, AT_LINE_START, 0, end, end, this.place);
  }

  private name(start: number): number {
    const { bytes, classes } = this;
    let at = start + 1;
    while ((classes[bytes[at]] & (LETTER | DIGIT)) !== 0) at++;
    const next = bytes[at];
    if ((next === QUOTE || next === APOSTROPHE) && at - start <= 2) {
      const isPrefix =
        (at - start === 1 && (bytes[start] === 76 || (bytes[start] | 32) === 117)) ||
        (at - start === 2 && bytes[start] === 117 && bytes[start + 1] === 56 && next === QUOTE);
      if (isPrefix && !this.options.isAssembly) return this.quoted(start, at);
    }
    this.push(TokenKind.identifier, this.atoms.internBytes(bytes, start, at), start, at);
    return at;
  }

  private number(start: number): number {
    const { bytes, classes } = this;
    let at = start + 1;
    for (;;) {
      const c = bytes[at];
      if ((classes[c] & (LETTER | DIGIT)) !== 0 || c === 46) at++;
      else if ((c === 43 || c === 45) && /[eEpP]/.test(String.fromCharCode(bytes[at - 1]))) at++;
      else break;
    }
    this.push(TokenKind.number, this.atoms.internBytes(bytes, start, at), start, at);
    return at;
  }

  private comment(start: number): number {
    const { bytes } = this;
    this.flags |= AFTER_SPACE;
    if (bytes[start + 1] === 47) {
      const end = bytes.indexOf(NEWLINE, start);
      return end < 0 ? bytes.length : end;
    }
    for (let at = bytes.indexOf(42, start + 2); at >= 0; at = bytes.indexOf(42, at + 1)) {
      if (bytes[at + 1] === 47) return at + 2;
    }
    const from = this.origin(start);
    const span = { file: this.file, start: from, end: from + 2 };
    this.diagnostics.error('P0001', "found the end of the file, expected '*/'", span, {
      notes: [{ message: 'this comment is not closed; // begins one that ends with its line' }],
    });
    return bytes.length;
  }

  /** A character constant or string whose quote is at `open` and whose prefix begins at `start`. */
  private quoted(start: number, open: number): number {
    const { bytes } = this;
    const quote = bytes[open];
    let at = open + 1;
    while (at < bytes.length && bytes[at] !== quote && bytes[at] !== NEWLINE) {
      at += bytes[at] === BACKSLASH && bytes[at + 1] !== NEWLINE ? 2 : 1;
    }
    if (at >= bytes.length || bytes[at] !== quote) {
      // A lone quote matters only where the token is used: not in skipped groups, not in assembly.
      const end = this.options.isAssembly ? open + 1 : this.lineRest(open);
      this.push(TokenKind.other, this.atoms.internBytes(bytes, open, end), open, end);
      return end;
    }
    at++;
    const kind = quote === QUOTE ? TokenKind.string : TokenKind.character;
    this.push(kind, this.atoms.internBytes(bytes, start, at), start, at);
    return at;
  }

  /**
   * The end of what an unclosed quote swallows: the line, but for the brackets and separators at
   * its end.
   */
  private lineRest(open: number): number {
    const { bytes } = this;
    let end = bytes.indexOf(NEWLINE, open);
    if (end < 0) end = bytes.length;
    while (end > open + 1 && /[;,)}\]\s]/.test(String.fromCharCode(bytes[end - 1]))) end--;
    return end;
  }

  private punctuator(start: number): number {
    const { bytes } = this;
    const c = bytes[start];
    for (const [text, atom] of c < 128 ? punctuators[c] : []) {
      let i = 1;
      while (i < text.length && text.charCodeAt(i) === bytes[start + i]) i++;
      if (i < text.length) continue;
      this.push(TokenKind.punctuator, atom, start, start + i);
      return start + i;
    }
    const atom = this.atoms.internBytes(bytes, start, start + 1);
    this.push(TokenKind.other, atom, start, start + 1);
    return start + 1;
  }
}

/**
 * The text without backslash-newlines (white space between the two is tolerated), or undefined if
 * it has none.
 */
function withoutSplices(
  source: Uint8Array,
): { bytes: Uint8Array; origins: Int32Array } | undefined {
  let next = spliceEnd(source, source.indexOf(BACKSLASH));
  if (!next) return undefined;
  const bytes = new Uint8Array(source.length);
  const origins = new Int32Array(source.length + 1);
  let length = 0;
  let at = 0;
  while (next) {
    for (; at < next.start; at++) {
      origins[length] = at;
      bytes[length++] = source[at];
    }
    at = next.end;
    next = spliceEnd(source, source.indexOf(BACKSLASH, at));
  }
  for (; at < source.length; at++) {
    origins[length] = at;
    bytes[length++] = source[at];
  }
  origins[length] = source.length;
  return { bytes: bytes.subarray(0, length), origins: origins.subarray(0, length + 1) };
}

function spliceEnd(source: Uint8Array, from: number): { start: number; end: number } | undefined {
  for (let start = from; start >= 0; start = source.indexOf(BACKSLASH, start + 1)) {
    let end = start + 1;
    while (classes[source[end]] === SPACE) end++;
    if (source[end] === NEWLINE) return { start, end: end + 1 };
  }
  return undefined;
}

/**
 * Appends the tokens of `file` to `out`, ended by an `end` token; `place` is the file's index in
 * `out.places`.
 */
export function scan(
  file: SourceFile,
  atoms: Atoms,
  out: TokenList,
  place: number,
  diagnostics: DiagnosticList,
  options: ScanOptions = {},
): void {
  new Scanner(file, atoms, out, place, diagnostics, options).scan();
}
