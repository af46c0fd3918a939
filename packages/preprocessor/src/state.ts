// What the preprocessor knows while it works: macros, files being read, conditionals, what has come
// out.

import type { DiagnosticList, Note, SourceFile, Span } from '@ring0/diagnostics';
import type { Atoms } from './atoms.ts';
import { TokenList } from './tokens.ts';
import type { Place } from './tokens.ts';

/** Macros whose value depends on where they stand. */
export type SpecialMacro =
  | 'file'
  | 'line'
  | 'counter'
  | 'level'
  | 'date'
  | 'time'
  | 'base-file'
  | 'timestamp'
  | 'pragma';

export interface Macro {
  readonly name: number;
  readonly isFunction: boolean;
  /** Atoms; the last is the variable argument's, if any. */
  readonly parameters: readonly number[];
  readonly isVariadic: boolean;
  readonly body: TokenList;
  readonly special: SpecialMacro | undefined;
  readonly span: Span | undefined;
  /** Being expanded: not to be expanded again (C11 6.10.3.4p2). */
  isBusy: boolean;
  isUsed: boolean;
}

export interface Conditional {
  readonly span: Span;
  /** Some group of it was taken. */
  isTaken: boolean;
  /** The group being read is taken. */
  isActive: boolean;
  /** The text around it is taken. */
  readonly isOuterActive: boolean;
  hasElse: boolean;
}

/** A file scanned once, however often it is included. */
export interface ScannedFile {
  readonly file: SourceFile;
  readonly tokens: TokenList;
  readonly isSystem: boolean;
  /** Including it again yields nothing while this macro is defined. */
  readonly guard: number;
  isOnce: boolean;
}

/** A file being read. */
export interface OpenFile {
  readonly scanned: ScannedFile;
  readonly tokens: TokenList;
  at: number;
  /** Of the search list; -1: found beside the including file. */
  readonly searchIndex: number;
  readonly conditionals: Conditional[];
  /** From #line: what to add to a line number, and the name. */
  lineShift: number;
  name: string;
}

/** A macro's replacement being read, or an argument being expanded (then `macro` is undefined). */
export interface Context {
  readonly list: TokenList;
  at: number;
  readonly macro: Macro | undefined;
  readonly isBarrier: boolean;
}

/** The text's file changes before token `at` of the result. */
export interface FileEvent {
  readonly at: number;
  readonly kind: 'enter' | 'leave' | 'line';
  readonly name: string;
  /** Of the text that follows, as a person is told it. */
  readonly line: number;
  readonly isSystem: boolean;
  /** What #line adds to the numbers of lines. */
  readonly shift: number;
}

export interface SearchPaths {
  /** -iquote, -I, -isystem and the system's, in that order. */
  readonly paths: readonly {
    readonly path: string;
    readonly isSystem: boolean;
    readonly isQuote: boolean;
  }[];
  readFile(path: string): Uint8Array | undefined;
}

export interface Settings {
  readonly isAssembly: boolean;
  readonly date: string;
  readonly time: string;
  readonly search: SearchPaths;
  /** Severity of a warning such as `cpp`, `undef`; undefined: off. */
  severity(name: string): 'warning' | 'error' | undefined;
  /** Only line markers and pragmas are looked at. */
  readonly isPreprocessed: boolean;
}

/** Tokens made by one run; more is taken for a macro bomb. */
export const TOKENS_MAX = 1 << 21;
/** Characters of such tokens. */
const TEXT_MAX = 1 << 25;
export const INCLUDE_DEPTH_MAX = 200;

/** Thrown when the result cannot be finished, after the report. */
export class Stop extends Error {}

export class State {
  readonly atoms: Atoms;
  readonly diagnostics: DiagnosticList;
  readonly settings: Settings;
  readonly places: Place[] = [];
  readonly macros: (Macro | undefined)[] = [];
  readonly files: OpenFile[] = [];
  readonly scanned = new Map<string, ScannedFile | undefined>();
  readonly contexts: Context[] = [];
  readonly out: TokenList;
  readonly events: FileEvent[] = [];
  readonly dependencies: { readonly path: string; readonly isSystem: boolean }[] = [];
  readonly pushed = new Map<number, (Macro | undefined)[]>();
  counter = 0;
  made = 0;
  private madeText = 0;
  argumentDepth = 0;
  /** Directives end at the line: reading stops there. */
  isInDirective = false;
  /** The tokens of the macro call at work: its name's span, for __LINE__ and notes. */
  callSpan: Span | undefined;

  constructor(atoms: Atoms, diagnostics: DiagnosticList, settings: Settings) {
    this.atoms = atoms;
    this.diagnostics = diagnostics;
    this.settings = settings;
    this.out = new TokenList(this.places, 1024);
  }

  get file(): OpenFile {
    return this.files[this.files.length - 1];
  }

  newList(capacity = 16): TokenList {
    return new TokenList(this.places, capacity);
  }

  addPlace(place: Place): number {
    this.places.push(place);
    return this.places.length - 1;
  }

  error(code: string, message: string, span: Span | undefined, notes: readonly Note[] = []): void {
    this.diagnostics.error(code, message, span, notes.length > 0 ? { notes } : {});
  }

  warn(
    name: string,
    code: string,
    message: string,
    span: Span | undefined,
    notes: readonly Note[] = [],
  ): void {
    const severity = this.settings.severity(name);
    if (!severity || (this.files.length > 0 && this.file.scanned.isSystem)) return;
    const more = notes.length > 0 ? { notes } : {};
    this.diagnostics.add({ severity, code: `${code} -W${name}`, message, span, ...more });
  }

  /** Counts tokens that macros made. */
  charge(count: number, span: Span | undefined): void {
    this.made += count;
    if (this.made <= TOKENS_MAX) return;
    this.error('P0002', `macros expand to more than ${TOKENS_MAX} tokens`, span);
    throw new Stop();
  }

  /** Counts their characters: # and ## make one token of many. */
  chargeText(length: number, span: Span | undefined): void {
    this.madeText += length;
    if (this.madeText <= TEXT_MAX) return;
    this.error('P0002', `macros expand to more than ${TEXT_MAX} characters`, span);
    throw new Stop();
  }

  /** The line of a span as a person is told it: of the outermost expansion, shifted by #line. */
  lineOf(span: Span): number {
    let outer = span;
    while (outer.expansion) outer = outer.expansion.at;
    const { line } = outer.file.position(outer.start);
    for (let i = this.files.length - 1; i >= 0; i--) {
      if (this.files[i].scanned.file === outer.file) return line + this.files[i].lineShift;
    }
    return line;
  }
}
