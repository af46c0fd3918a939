// #include (C11 6.10.2): header names, the search, files scanned once, include guards.

import { SourceFile, nearest } from '@ring0/diagnostics';
import type { Note, Span } from '@ring0/diagnostics';
import { expandAll, isPunctuator } from './expand.ts';
import { presume } from './presumed.ts';
import { scan } from './scanner.ts';
import { INCLUDE_DEPTH_MAX, Stop } from './state.ts';
import type { OpenFile, ScannedFile, State } from './state.ts';
import { AFTER_SPACE, AT_LINE_START, TokenKind, TokenList } from './tokens.ts';

export interface HeaderName {
  readonly name: string;
  readonly isQuoted: boolean;
  readonly span: Span;
}

/**
 * The header name at the cursor of the file at work: `<..>` as it stands, a string, or what macros
 * make of it.
 */
export function headerName(state: State): HeaderName | undefined {
  const { file } = state;
  const { tokens } = file;
  const at = file.at;
  const isLineEnd = (tokens.flags[at] & AT_LINE_START) !== 0 || tokens.kind[at] === TokenKind.end;
  if (isLineEnd) return undefined;
  const span = tokens.span(at);
  if (tokens.kind[at] === TokenKind.string) {
    file.at++;
    const text = state.atoms.text(tokens.atom[at]);
    return { name: text.slice(text.indexOf('"') + 1, -1), isQuoted: true, span };
  }
  if (isPunctuator(state, tokens, at, '<') || /^<[:%]$/.test(state.atoms.text(tokens.atom[at]))) {
    const { bytes } = span.file;
    let end = span.start + 1;
    while (end < bytes.length && bytes[end] !== 62 && bytes[end] !== 10) end++;
    if (bytes[end] !== 62) return undefined;
    let name = '';
    for (let i = span.start + 1; i < end; i++) name += String.fromCharCode(bytes[i]);
    while (tokens.kind[file.at] !== TokenKind.end && tokens.start[file.at] <= end) {
      if (file.at > at && (tokens.flags[file.at] & AT_LINE_START) !== 0) break;
      file.at++;
    }
    return { name, isQuoted: false, span: { ...span, end: end + 1 } };
  }
  return fromMacros(state, span);
}

function fromMacros(state: State, span: Span): HeaderName | undefined {
  const list = new TokenList(state.places, 8);
  expandAll(state, list);
  if (list.length === 0) return undefined;
  const first = state.atoms.text(list.atom[0]);
  if (list.kind[0] === TokenKind.string) return { name: first.slice(1, -1), isQuoted: true, span };
  if (first !== '<') return undefined;
  let name = '';
  for (let at = 1; at < list.length; at++) {
    const text = state.atoms.text(list.atom[at]);
    if (text === '>') return { name, isQuoted: false, span };
    if (at > 1 && (list.flags[at] & AFTER_SPACE) !== 0) name += ' ';
    name += text;
  }
  return undefined;
}

interface Found {
  readonly scanned: ScannedFile;
  readonly searchIndex: number;
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash + 1);
}

/** Finds a header in the order that gcc searches; undefined: there is none. */
export function resolveInclude(
  state: State,
  name: string,
  isQuoted: boolean,
  isNext: boolean,
): Found | undefined {
  const { file } = state;
  if (name.startsWith('/')) {
    const scanned = openOnce(state, name, file.scanned.isSystem);
    return scanned && { scanned, searchIndex: -1 };
  }
  if (isQuoted && !isNext) {
    const path = directoryOf(file.scanned.file.path) + name;
    const scanned = openOnce(state, path, file.scanned.isSystem);
    if (scanned) return { scanned, searchIndex: file.searchIndex };
  }
  const { paths } = state.settings.search;
  for (let i = isNext ? file.searchIndex + 1 : 0; i < paths.length; i++) {
    const { path, isSystem, isQuote } = paths[i];
    if (isQuote && !isQuoted) continue;
    const full = path === '' ? name : path.endsWith('/') ? path + name : `${path}/${name}`;
    const scanned = openOnce(state, full, isSystem);
    if (scanned) return { scanned, searchIndex: i };
  }
  return undefined;
}

function openOnce(state: State, path: string, isSystem: boolean): ScannedFile | undefined {
  if (state.scanned.has(path)) return state.scanned.get(path);
  const bytes = state.settings.search.readFile(path);
  const scanned = bytes && scanFile(state, new SourceFile(path, bytes), isSystem);
  state.scanned.set(path, scanned);
  return scanned;
}

/** Scans a file into tokens of its own place. */
export function scanFile(state: State, file: SourceFile, isSystem: boolean): ScannedFile {
  const tokens = state.newList(Math.max(16, file.bytes.length >> 2));
  const place = state.addPlace({ file, expansion: undefined });
  const { isAssembly } = state.settings;
  scan(file, state.atoms, tokens, place, state.diagnostics, { isAssembly });
  presume(state, tokens, file);
  return { file, tokens, isSystem, guard: guardOf(state, tokens), isOnce: false };
}

/** The macro X of `#ifndef X .. #endif` around a whole file, 0 if there is none. */
function guardOf(state: State, tokens: TokenList): number {
  const word = (at: number): string => state.atoms.text(tokens.atom[at]);
  const isHash = (at: number): boolean =>
    (tokens.flags[at] & AT_LINE_START) !== 0 &&
    word(at) === '#' &&
    tokens.kind[at] === TokenKind.punctuator;
  if (tokens.length < 6 || !isHash(0) || word(1) !== 'ifndef') return 0;
  const guard = tokens.atom[2];
  let depth = 1;
  for (let at = 3; at < tokens.length; at++) {
    if (!isHash(at)) continue;
    const name = word(at + 1);
    if (name === 'if' || name === 'ifdef' || name === 'ifndef') depth++;
    else if ((name === 'else' || name === 'elif') && depth === 1) return 0;
    else if (name === 'endif' && --depth === 0) {
      let end = at + 1;
      while ((tokens.flags[end] & AT_LINE_START) === 0) end++;
      return tokens.kind[end] === TokenKind.end ? guard : 0;
    }
  }
  return 0;
}

/** Makes a file the one at work. */
export function openFile(state: State, scanned: ScannedFile, searchIndex: number): void {
  const name = scanned.file.path;
  const open: OpenFile = {
    scanned,
    tokens: scanned.tokens,
    at: 0,
    searchIndex,
    conditionals: [],
    lineShift: 0,
    name,
  };
  state.files.push(open);
  const { isSystem } = scanned;
  state.events.push({ at: state.out.length, kind: 'enter', name, line: 1, isSystem, shift: 0 });
  if (!state.dependencies.some(({ path }) => path === name)) {
    state.dependencies.push({ path: name, isSystem });
  }
}

/** Goes back to the including file. */
export function closeFile(state: State): void {
  state.files.pop();
  const { file } = state;
  if (!file) return;
  const source = file.scanned.file;
  const before = file.at > 0 ? file.tokens.start[file.at - 1] : 0;
  const line = source.position(before).line + 1 + file.lineShift;
  const { isSystem } = file.scanned;
  const shift = file.lineShift;
  state.events.push({
    at: state.out.length,
    kind: 'leave',
    name: file.name,
    line,
    isSystem,
    shift,
  });
}

/** C11's headers, by whose names misspelt ones are known. */
const standardHeaders =
  `assert ctype errno float inttypes limits locale math setjmp signal stdarg stdbool stddef stdint
  stdio stdlib string time unistd`
    .split(/\s+/)
    .map((name) => `${name}.h`);

/** Remarks on a header that is not there: a name spelled alike, where it was looked for. */
function missingHeader(name: string, searched: readonly { readonly path: string }[]): Note[] {
  const near = nearest(name, standardHeaders);
  const paths = searched.map(({ path }) => path).join(', ');
  const places = paths === '' ? 'beside the file only' : `beside the file and in ${paths}`;
  return [
    ...(near === undefined || near === name ? [] : [{ message: `did you mean <${near}>?` }]),
    { message: `looked ${places}; -I DIR adds a directory` },
  ];
}

/** At the token behind `include`, `include_next` or `import`. */
export function includeDirective(state: State, directive: string, end: number, span: Span): void {
  const { file } = state;
  const name = headerName(state);
  if (!name) {
    state.error('P0050', `#${directive} needs "FILE" or <FILE>`, span);
    return;
  }
  if (state.files.length > INCLUDE_DEPTH_MAX) {
    const message = `#include nested deeper than ${INCLUDE_DEPTH_MAX} levels`;
    state.error('P0051', message, name.span, [
      { message: `does it include itself? '#pragma once' at its top reads it only once` },
    ]);
    return;
  }
  const isNext = directive === 'include_next' && state.files.length > 1;
  const found = resolveInclude(state, name.name, name.isQuoted, isNext);
  file.at = end;
  if (!found) {
    const searched = state.settings.search.paths.filter(({ isQuote }) => name.isQuoted || !isQuote);
    const message = `'${name.name}' is not found`;
    state.error('P0052', message, name.span, missingHeader(name.name, searched));
    // Whatever follows would only complain of what the header declares.
    throw new Stop();
  }
  const { scanned } = found;
  if (scanned.isOnce || (scanned.guard !== 0 && state.macros[scanned.guard] !== undefined)) return;
  if (directive === 'import') scanned.isOnce = true;
  openFile(state, scanned, found.searchIndex);
}
