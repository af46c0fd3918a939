// The state of one translation unit while it is parsed: the cursor over the tokens, the scopes, the
// function at work, what is still to be emitted, and the ways to report. The parsing functions of
// this folder take it as their first argument.

import type { DiagnosticList, Note, SourceFile, Span } from '@ring0/diagnostics';
import { TokenKind, punctuatorMeaning } from '@ring0/preprocessor';
import type { Atoms, TokenList } from '@ring0/preprocessor';
import type { Entity, Expression, Label, UnitSink, VariableDefinition } from '../tree.ts';
import type { EnumType, FunctionType, RecordType, Type } from '../types.ts';
import { adviceFor } from './advice.ts';
import { GNU_KEYWORDS, KEYWORDS, T } from './codes.ts';
import type { Judgement } from './pragmas.ts';
import type { WarningName, WarningSettings } from './warnings.ts';

export interface FrontOptions {
  readonly warnings: WarningSettings;
  /** False under -std=c11 and the like: `asm` and `typeof` are names. */
  readonly isGnu: boolean;
  /** -ffreestanding, -fno-builtin: `memcpy` and its like are ordinary functions. */
  readonly hasBuiltins: boolean;
  /** -fshort-enums and -funsigned-char change types. */
  readonly isCharUnsigned: boolean;
  readonly systemFiles?: ReadonlySet<SourceFile> | undefined;
}

/** What an ordinary name stands for (C11 6.2.3). */
export type Declared = { readonly span: Span; depth: number; isUsed: boolean } & (
  | {
      readonly kind: 'entity';
      readonly entity: Entity;
      isTentative?: boolean;
      isSet?: boolean;
      isParameter?: boolean;
      isInline?: boolean;
      /** Declared without `inline`, or with `extern`: it needs an external definition. */
      needsExternal?: boolean;
      isGnuInline?: boolean;
    }
  | { readonly kind: 'typedef'; readonly type: Type }
  | { readonly kind: 'constant'; readonly value: bigint; readonly type: Type }
);

export interface DeclaredTag {
  readonly type: RecordType | EnumType;
  readonly depth: number;
  readonly span: Span;
}

export interface LabelState {
  readonly label: Label;
  readonly span: Span;
  isDefined: boolean;
  isUsed: boolean;
}

export interface SwitchState {
  readonly type: Type;
  readonly cases: { low: bigint; high: bigint; label: Label; span: Span }[];
  default: Label | undefined;
}

export interface FunctionState {
  readonly entity: Entity;
  readonly type: FunctionType;
  readonly locals: Entity[];
  labels: Map<number, LabelState>;
  readonly switches: SwitchState[];
  /** Enclosing statements that `break` and `continue` may leave. */
  breakDepth: number;
  loopDepth: number;
  isSetjmpCaller: boolean;
}

interface Undo {
  readonly atom: number;
  readonly name: Declared | undefined;
}
interface UndoTag {
  readonly atom: number;
  readonly tag: DeclaredTag | undefined;
}

/** Nested parentheses, blocks and declarators beyond this are refused: the stack is finite. */
const NESTING_MAX = 400;

/** Thrown by `enter` and caught where a declaration begins. */
function withAdvice(code: string, notes: readonly Note[]): { notes?: readonly Note[] } {
  const advice = adviceFor(code);
  if (advice !== undefined) return { notes: [...notes, { message: advice }] };
  return notes.length > 0 ? { notes } : {};
}

export class TooDeep extends Error {}

/** Thrown after a syntax error; caught where parsing can go on. */
export class Resynchronise extends Error {}

export class Unit {
  readonly tokens: TokenList;
  readonly atoms: Atoms;
  readonly diagnostics: DiagnosticList;
  readonly sink: UnitSink;
  readonly options: FrontOptions;
  /** What the parser switches on, for each token. */
  readonly codes: Uint8Array;
  /** Index of the token to be read. */
  at = 0;
  readonly names: (Declared | undefined)[] = [];
  readonly tags: (DeclaredTag | undefined)[] = [];
  private undo: Undo[] = [];
  private undoTags: UndoTag[] = [];
  private readonly scopes: { names: number; tags: number }[] = [];
  function: FunctionState | undefined;
  /** Within sizeof, typeof and the like: nothing is referenced. */
  unevaluated = 0;
  private nesting = 0;
  /**
   * String and compound literals whose definitions are due before the next function or variable.
   */
  readonly pending: VariableDefinition[] = [];
  /** The bytes of string literals, by their entity. */
  readonly strings = new Map<Entity, Uint8Array>();
  /** All entities with linkage, in order of first declaration. */
  readonly linked: Declared[] = [];
  readonly linkedByAtom = new Map<number, Declared & { kind: 'entity' }>();
  /** `#pragma pack`: [token index, alignment or 0]. */
  readonly packs: { at: number; value: number }[] = [];
  /** Values of `static const` scalars, which other static initialisers may read. */
  readonly constants = new Map<Entity, Expression>();
  /** Errors of this unit, not counting warnings made errors. */
  errorCount = 0;
  readonly judgements: Judgement[] = [];
  literalCount = 0;
  staticCount = 0;
  private pragmaAt = 0;

  constructor(
    tokens: TokenList,
    atoms: Atoms,
    diagnostics: DiagnosticList,
    sink: UnitSink,
    options: FrontOptions,
  ) {
    this.tokens = tokens;
    this.atoms = atoms;
    this.diagnostics = diagnostics;
    this.sink = sink;
    this.options = options;
    this.codes = this.classify();
  }

  private classify(): Uint8Array {
    const { tokens, atoms } = this;
    const codes = new Uint8Array(tokens.length + 1);
    const keywords = new Uint8Array(atoms.count + 400);
    for (const [text, code] of Object.entries(KEYWORDS)) {
      if (!this.options.isGnu && GNU_KEYWORDS.includes(text)) continue;
      keywords[atoms.intern(text)] = code;
    }
    const byKind = new Uint8Array(16).fill(T.other);
    byKind[TokenKind.number] = T.number;
    byKind[TokenKind.character] = T.character;
    byKind[TokenKind.string] = T.string;
    byKind[TokenKind.end] = T.end;
    for (let i = 0; i < tokens.length; i++) {
      const kind = tokens.kind[i];
      if (kind === TokenKind.identifier) codes[i] = keywords[tokens.atom[i]] || T.name;
      else if (kind === TokenKind.punctuator) codes[i] = punctuatorMeaning(tokens.atom[i]);
      else codes[i] = byKind[kind];
    }
    return codes;
  }

  // --- cursor

  get code(): number {
    return this.codes[this.at];
  }
  get atom(): number {
    return this.tokens.atom[this.at];
  }
  peek(ahead: number): number {
    const at = this.at + ahead;
    return at < this.tokens.length ? this.codes[at] : T.end;
  }
  span(at: number = this.at): Span {
    return this.tokens.span(Math.min(at, this.tokens.length - 1));
  }
  /** From the token `first` to the last one read. */
  spanFrom(first: number): Span {
    const start = this.span(first);
    const last = this.at - 1;
    if (last <= first || this.tokens.place[last] !== this.tokens.place[first]) return start;
    const end = this.tokens.end[last];
    return end > start.start ? { ...start, end } : start;
  }
  text(at: number = this.at): string {
    return this.atoms.text(this.tokens.atom[at]);
  }
  accept(code: number): boolean {
    if (this.codes[this.at] !== code) return false;
    this.at++;
    return true;
  }
  /** Passes `code`, or reports what stands in its place, after the token before. */
  expect(code: number, what: string): void {
    if (this.codes[this.at] === code) {
      this.at++;
      return;
    }
    this.syntaxError(`expected ${what}`);
  }
  /** A name's atom, or a report. */
  expectName(what: string): number {
    if (this.code !== T.name) this.syntaxError(`expected ${what}`);
    return this.tokens.atom[this.at++];
  }

  /** Describes the token to be read. */
  found(): string {
    if (this.code === T.end) return 'the end of the file';
    return `'${this.text()}'`;
  }

  /**
   * Reports at the end of the previous token when the next stands on another line, else at the
   * next.
   */
  syntaxError(expected: string): never {
    const here = this.span();
    this.errorCount++;
    let span = here;
    if (this.at > 0 && /';'|'\)'|'\]'|','/.test(expected)) {
      const before = this.span(this.at - 1);
      if (before.file === here.file) span = { ...before, start: before.end - 1 };
      const fix =
        expected === "expected ';'"
          ? { fix: { span: { ...before, start: before.end }, text: ';' } }
          : {};
      this.diagnostics.error('C0001', `${expected} before ${this.found()}`, span, fix);
    } else this.diagnostics.error('C0001', `${expected}, found ${this.found()}`, span);
    throw new Resynchronise();
  }

  enter(): void {
    if (++this.nesting > NESTING_MAX) {
      this.error('C0002', `nesting deeper than ${NESTING_MAX} levels`, this.span());
      throw new TooDeep();
    }
  }
  leave(): void {
    this.nesting--;
  }
  get nestingDepth(): number {
    return this.nesting;
  }
  set nestingDepth(depth: number) {
    this.nesting = depth;
  }

  // --- reports

  error(code: string, message: string, span: Span, notes: readonly Note[] = []): void {
    this.errorCount++;
    this.diagnostics.error(code, message, span, withAdvice(code, notes));
  }

  warn(
    name: WarningName,
    code: string,
    message: string,
    span: Span,
    notes: readonly Note[] = [],
  ): void {
    const severity = this.settingsAt(span).severity(name);
    if (!severity || this.isSystem(span)) return;
    const more = withAdvice(code, notes);
    this.diagnostics.add({ severity, code: `${code} -W${name}`, message, span, ...more });
  }

  /** The settings that `#pragma GCC diagnostic` leaves for a place: of its outermost expansion. */
  private settingsAt(span: Span): WarningSettings {
    const { judgements } = this;
    if (judgements.length === 0) return this.options.warnings;
    let outer = span;
    while (outer.expansion) outer = outer.expansion.at;
    let found = this.options.warnings;
    for (const { span: from, settings } of judgements) {
      if (from.file === outer.file && from.start <= outer.start) found = settings;
    }
    return found;
  }

  /** In a header found through -isystem or the system's directories, its macros included. */
  isSystem(span: Span): boolean {
    return this.options.systemFiles?.has(span.file) ?? false;
  }

  // --- scopes

  /** 0 is file scope. */
  get depth(): number {
    return this.scopes.length;
  }
  openScope(): void {
    this.scopes.push({ names: this.undo.length, tags: this.undoTags.length });
  }
  /** Restores the outer meanings; returns what was declared in the scope, in order. */
  closeScope(): Declared[] {
    const scope = this.scopes.pop();
    if (!scope) throw new Error('no scope is open');
    const declared: Declared[] = [];
    while (this.undo.length > scope.names) {
      const last = this.undo.pop();
      if (!last) break;
      const inner = this.names[last.atom];
      if (inner) declared.push(inner);
      this.names[last.atom] = last.name;
    }
    while (this.undoTags.length > scope.tags) {
      const last = this.undoTags.pop();
      if (last) this.tags[last.atom] = last.tag;
    }
    return declared.reverse();
  }
  closeScopesTo(depth: number): void {
    while (this.scopes.length > depth) this.closeScope();
  }
  lookup(atom: number): Declared | undefined {
    return this.names[atom];
  }
  bind(atom: number, declared: Declared): void {
    if (this.scopes.length > 0) this.undo.push({ atom, name: this.names[atom] });
    this.names[atom] = declared;
  }
  bindTag(atom: number, tag: DeclaredTag): void {
    if (this.scopes.length > 0) this.undoTags.push({ atom, tag: this.tags[atom] });
    this.tags[atom] = tag;
  }
  isTypedef(atom: number): boolean {
    return this.names[atom]?.kind === 'typedef';
  }

  /** The alignment that `#pragma pack` asks for here, 0 for none. */
  get pack(): number {
    const { packs } = this;
    while (this.pragmaAt < packs.length && packs[this.pragmaAt].at <= this.at) this.pragmaAt++;
    return this.pragmaAt === 0 ? 0 : packs[this.pragmaAt - 1].value;
  }

  /** Hands on the literals that the next definition names. */
  flushPending(): void {
    for (const definition of this.pending.splice(0)) {
      if (this.strings.has(definition.entity) && !definition.entity.isReferenced) continue;
      if (!this.diagnostics.hasErrors) this.sink.variable(definition);
    }
  }
}
