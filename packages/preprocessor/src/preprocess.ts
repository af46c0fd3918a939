// The C preprocessor as one function: source in, tokens, text, dependencies and diagnostics out.

import { latin1Bytes } from '@ring0/bytes';
import { DiagnosticList, SourceFile } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';
import { Atoms } from './atoms.ts';
import { defineSpecials, macroText } from './define.ts';
import { directive, endFile, isDirectiveAt } from './directives.ts';
import { settle, step, take } from './expand.ts';
import type { Cursor } from './expand.ts';
import { openFile, resolveInclude, scanFile } from './include.ts';
import { PresumedFile } from './presumed.ts';
import { predefinedMacros } from './predefined.ts';
import type { PredefinedOptions } from './predefined.ts';
import { printTokens } from './print.ts';
import { Stop, State } from './state.ts';
import type { FileEvent } from './state.ts';
import { AT_LINE_START, TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';

export interface PreprocessOptions extends PredefinedOptions {
  /** The source's name, for messages and `__FILE__`; headers are looked for beside it. */
  readonly path: string;
  readonly readFile: (path: string) => Uint8Array | undefined;
  /** `NAME` or `NAME=BODY`, and with -U `NAME`, in the order of the command line. */
  readonly macros?:
    | readonly { readonly kind: 'define' | 'undefine'; readonly text: string }[]
    | undefined;
  readonly quotePaths?: readonly string[] | undefined;
  readonly includePaths?: readonly string[] | undefined;
  /** Their files are system headers: no warnings come from them. */
  readonly systemIncludePaths?: readonly string[] | undefined;
  /** Files included before the source's first line, as by -include. */
  readonly includes?: readonly string[] | undefined;
  /** The source is what -E printed: only markers and pragmas mean anything. */
  readonly isPreprocessed?: boolean | undefined;
  /**
   * `Mmm dd yyyy` and `hh:mm:ss`; a fixed moment by default, so that equal input gives equal
   * output.
   */
  readonly date?: string | undefined;
  readonly time?: string | undefined;
  /** Severity of a warning by the name of its option; undefined: off. */
  readonly severity?: ((name: string) => 'warning' | 'error' | undefined) | undefined;
  /** The table of spellings to use; a compiler that reads the tokens shares it. */
  readonly atoms?: Atoms | undefined;
}

export interface PreprocessResult {
  /** Ended by a token of kind `end`. */
  readonly tokens: TokenList;
  readonly atoms: Atoms;
  readonly events: readonly FileEvent[];
  /** The source and every file included, each once, in order. */
  readonly dependencies: readonly { readonly path: string; readonly isSystem: boolean }[];
  readonly systemFiles: ReadonlySet<SourceFile>;
  readonly diagnostics: readonly Diagnostic[];
  readonly hasErrors: boolean;
  /**
   * False where an error ended the work before the text's end, such as a header that is not found.
   */
  readonly isComplete: boolean;
  /** What -E prints; with `hasMarkers` false as -P. */
  text(hasMarkers?: boolean): Uint8Array;
  /** What -dM prints. */
  macroText(): string;
}

function commandLine(options: PreprocessOptions): string {
  let text = '';
  for (const { kind, text: said } of options.macros ?? []) {
    if (kind === 'undefine') text += `#undef ${said}\n`;
    else {
      const equals = said.indexOf('=');
      const [name, body] =
        equals < 0 ? [said, '1'] : [said.slice(0, equals), said.slice(equals + 1)];
      text += `#define ${name} ${body}\n`;
    }
  }
  return text;
}

/** Reads the text of `name` for its definitions only. */
function define(state: State, name: string, text: string): void {
  const scanned = scanFile(state, new SourceFile(name, latin1Bytes(text)), true);
  state.files.push({
    scanned,
    tokens: scanned.tokens,
    at: 0,
    searchIndex: -1,
    conditionals: [],
    lineShift: 0,
    name,
  });
  while (scanned.tokens.kind[state.file.at] !== TokenKind.end) directive(state);
  state.files.pop();
}

function searchPaths(options: PreprocessOptions): State['settings']['search']['paths'] {
  const row = (
    path: string,
    isSystem: boolean,
    isQuote: boolean,
  ): { path: string; isSystem: boolean; isQuote: boolean } => ({ path, isSystem, isQuote });
  return [
    ...(options.quotePaths ?? []).map((path) => row(path, false, true)),
    ...(options.includePaths ?? []).map((path) => row(path, false, false)),
    ...(options.systemIncludePaths ?? []).map((path) => row(path, true, false)),
  ];
}

/** Reads the files on the stack to their end. */
function run(state: State): void {
  const cursor: Cursor = { list: state.out, at: 0 };
  const { out, contexts } = state;
  let isLineStart = true;
  while (state.files.length > 0) {
    const { file } = state;
    settle(state);
    if (contexts.length === 0 && isDirectiveAt(state, file, file.at)) {
      directive(state);
      isLineStart = true;
      continue;
    }
    if (!take(state, cursor)) {
      endFile(state);
      isLineStart = true;
      continue;
    }
    const { list, at } = cursor;
    if (list === file.tokens && (list.flags[at] & AT_LINE_START) !== 0) isLineStart = true;
    const before = out.length;
    step(state, cursor, out);
    if (out.length === before) continue;
    // A line whose first macro is replaced by nothing still begins a line.
    if (isLineStart) out.flags[before] |= AT_LINE_START;
    else if (out.kind[before] !== TokenKind.pragma) out.flags[before] &= ~AT_LINE_START;
    isLineStart = false;
  }
}

/** Preprocesses `source` (C11 6.10 and GNU C, or assembly); never throws for bad input. */
export function preprocess(source: Uint8Array, options: PreprocessOptions): PreprocessResult {
  const atoms = options.atoms ?? new Atoms();
  const diagnostics = new DiagnosticList();
  const state = new State(atoms, diagnostics, {
    isAssembly: options.isAssembly === true,
    isPreprocessed: options.isPreprocessed === true,
    date: options.date ?? 'Jan  1 1970',
    time: options.time ?? '00:00:00',
    search: { paths: searchPaths(options), readFile: options.readFile },
    severity: options.severity ?? (() => 'warning'),
  });
  const main = new SourceFile(options.path, source);
  let isComplete = true;
  try {
    if (!options.isPreprocessed) {
      defineSpecials(state);
      const rows = predefinedMacros(options);
      define(state, '<built-in>', rows.map(([name, body]) => `#define ${name} ${body}\n`).join(''));
      define(state, '<command-line>', commandLine(options));
    }
    openFile(state, scanFile(state, main, false), -1);
    for (const path of [...(options.includes ?? [])].reverse()) {
      const found = resolveInclude(state, path, true, false);
      if (found) openFile(state, found.scanned, found.searchIndex);
      else state.error('P0052', `'${path}', asked for by -include, is not found`, undefined);
    }
    run(state);
  } catch (thrown) {
    if (!(thrown instanceof Stop)) throw thrown;
    isComplete = false;
  }
  const { out } = state;
  const end = main.bytes.length;
  out.push(
    TokenKind.end,
    AT_LINE_START,
    0,
    end,
    end,
    state.addPlace({ file: main, expansion: undefined }),
  );
  const systemFiles = new Set<SourceFile>();
  for (const { file } of state.places) {
    if (file instanceof PresumedFile && file.isSystem) systemFiles.add(file);
  }
  for (const scanned of state.scanned.values()) {
    if (scanned?.isSystem) systemFiles.add(scanned.file);
  }
  return {
    tokens: out,
    atoms,
    events: state.events,
    dependencies: state.dependencies,
    systemFiles,
    diagnostics: diagnostics.items,
    hasErrors: diagnostics.hasErrors,
    isComplete,
    text: (hasMarkers = true) => latin1Bytes(printTokens(out, atoms, state.events, { hasMarkers })),
    macroText: () => macroText(state),
  };
}
