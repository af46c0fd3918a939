// The compiler as one function: source in, an object or assembly text out. Preprocess, parse and
// type, hand each definition to the back end, which makes the emitter's calls. A second function
// begins in the middle, with the text of the intermediate representation.

import { Assembler, TextEmitter } from '@ring0/assembler';
import type { Emitter } from '@ring0/assembler';
import { latin1Bytes } from '@ring0/bytes';
import { DiagnosticList, SourceFile } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';
import { writeElf } from '@ring0/elf';
import { Atoms, preprocess } from '@ring0/preprocessor';
import type { PreprocessOptions, PreprocessResult } from '@ring0/preprocessor';
import { emitUnit } from './back/emit-unit.ts';
import { type BackEndOptions, createBackEnd } from './back/index.ts';
import { KEYWORDS } from './front/codes.ts';
import { parseUnit } from './front/parse.ts';
import { extractPragmas } from './front/pragmas.ts';
import { Unit } from './front/unit.ts';
import { WarningSettings } from './front/warnings.ts';
import { readUnit } from './ir/parse/unit.ts';
import type { UnitSink } from './tree.ts';

export interface ParseOptions extends Omit<PreprocessOptions, 'severity' | 'atoms' | 'isAssembly'> {
  /** `-Wall`, `-Wno-unused`, `-Werror`, `-w` .., in the order of the command line. */
  readonly warnings?: readonly string[] | undefined;
  /** False under -fno-builtin: functions of the C library have no meaning of their own. */
  readonly hasBuiltins?: boolean | undefined;
}

export interface CompileOptions extends ParseOptions {
  /** An ELF object (default), or the assembly text that makes the same object. */
  readonly output?: 'object' | 'assembly' | undefined;
  readonly optimize?: 0 | 1 | 2 | 3 | 's' | undefined;
  readonly debug?: boolean | undefined;
  readonly omitFramePointer?: boolean | undefined;
  readonly functionSections?: boolean | undefined;
  readonly dataSections?: boolean | undefined;
  readonly stackBoundary?: number | undefined;
  readonly unwindTables?: boolean | undefined;
  /** More output than this is taken for a mistake; default 512 MiB. */
  readonly outputBytesMax?: number | undefined;
  /** Checks the invariants between passes. */
  readonly verify?: boolean | undefined;
  /** Receives what a pass has made: `tokens`, and the passes of the back end. */
  readonly dump?: ((pass: string, text: string) => void) | undefined;
}

export interface CompileResult {
  /** Undefined where there are errors. */
  readonly output: Uint8Array | undefined;
  readonly dependencies: PreprocessResult['dependencies'];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ParseResult {
  readonly dependencies: PreprocessResult['dependencies'];
  readonly diagnostics: readonly Diagnostic[];
  readonly hasErrors: boolean;
}

/** Parses C into `sink`, a definition at a time; never throws for bad input. */
export function parse(
  source: Uint8Array,
  options: ParseOptions,
  sink: UnitSink,
  dump?: (pass: string, text: string) => void,
): ParseResult {
  const atoms = new Atoms();
  // Keywords first: their numbers are small, and so are the tables that the parser indexes by them.
  for (const text of Object.keys(KEYWORDS)) atoms.intern(text);
  const warnings = new WarningSettings(options.warnings);
  const severity = (name: string): 'warning' | 'error' | undefined => warnings.severity(name);
  const text = preprocess(source, { ...options, atoms, severity });
  if (dump) dump('tokens', tokenText(text));
  const diagnostics = new DiagnosticList();
  for (const diagnostic of text.diagnostics) diagnostics.add(diagnostic);
  const { dependencies, systemFiles } = text;
  const extracted = extractPragmas(text.tokens, atoms, warnings);
  const { tokens, packs, unknown, strays, judgements } = extracted;
  const unit = new Unit(tokens, atoms, diagnostics, sink, {
    warnings,
    isGnu: options.isGnu !== false,
    hasBuiltins: options.hasBuiltins !== false && options.isFreestanding !== true,
    isCharUnsigned: options.isCharUnsigned === true,
    systemFiles,
  });
  if (!text.isComplete) return { dependencies, diagnostics: diagnostics.items, hasErrors: true };
  unit.packs.push(...packs);
  unit.judgements.push(...judgements);
  for (const { text: stray, span } of strays) {
    const quote = stray[0];
    const isQuote = quote === '"' || quote === "'";
    const message = isQuote
      ? `this ${quote} has no closing ${quote} on its line`
      : `stray '${stray}'`;
    unit.error('C0005', message, span);
  }
  for (const pragma of unknown) {
    unit.warn('unknown-pragmas', 'C0004', `unknown pragma '${pragma.text}'`, pragma.span);
  }
  parseUnit(unit);
  return { dependencies, diagnostics: diagnostics.items, hasErrors: diagnostics.hasErrors };
}

function tokenText({ tokens, atoms }: PreprocessResult): string {
  const lines: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const { file, start } = tokens.span(at);
    const { line, column } = file.position(start);
    lines.push(`${file.path}:${line}:${column}\t${atoms.text(tokens.atom[at])}\n`);
  }
  return lines.join('');
}

interface Output {
  readonly emitter: Emitter;
  readonly backEnd: BackEndOptions;
  /** Errors that the back end has found. */
  readonly late: readonly Diagnostic[];
  /** What the emitter has made; what the assembler has to say is added to `diagnostics`. */
  finish(diagnostics: Diagnostic[]): Uint8Array | undefined;
}

const outputBytesMaxDefault = 512 * 1024 * 1024;

function openOutput(options: CompileOptions): Output {
  const late: Diagnostic[] = [];
  const { readFile, outputBytesMax = outputBytesMaxDefault } = options;
  const backEnd: BackEndOptions = {
    optimize: options.optimize ?? 0,
    debug: options.debug === true,
    sourceName: options.path,
    omitFramePointer: options.omitFramePointer,
    functionSections: options.functionSections,
    dataSections: options.dataSections,
    stackBoundary: options.stackBoundary,
    unwindTables: options.unwindTables,
    outputBytesMax,
    verify: options.verify,
    dump: options.dump,
    report: (code, span, message) => late.push({ severity: 'error', code, message, span }),
  };
  if (options.output === 'assembly') {
    const emitter = new TextEmitter();
    return { emitter, backEnd, late, finish: () => latin1Bytes(emitter.text()) };
  }
  const emitter = new Assembler({ bits: 32, readFile, outputBytesMax });
  const finish = (diagnostics: Diagnostic[]): Uint8Array | undefined => {
    const assembled = emitter.finish();
    diagnostics.push(...assembled.diagnostics);
    return assembled.object && writeElf(assembled.object);
  };
  return { emitter, backEnd, late, finish };
}

/** Compiles C (C11 and GNU C, docs in README.md) for i386; never throws for bad input. */
export function compile(source: Uint8Array, options: CompileOptions): CompileResult {
  const { emitter, backEnd, late, finish } = openOutput(options);
  const parsed = parse(source, options, createBackEnd(emitter, backEnd), options.dump);
  const { dependencies } = parsed;
  const diagnostics = [...parsed.diagnostics, ...late];
  if (parsed.hasErrors || late.length > 0) return { output: undefined, dependencies, diagnostics };
  const output = finish(diagnostics);
  return { output, dependencies, diagnostics };
}

/**
 * Compiles the text of the intermediate representation, as `dump` gives it for `ir` and `ir-PASS`, to what the C it came
 * from is compiled to under the same options; never throws for bad input.
 */
export function compileIr(source: Uint8Array, options: CompileOptions): CompileResult {
  const {
    unit,
    sourceName = options.path,
    ...read
  } = readUnit(new SourceFile(options.path, source));
  const { emitter, backEnd, late, finish } = openOutput({ ...options, path: sourceName });
  const diagnostics = [...read.diagnostics];
  const failed = { output: undefined, dependencies: [], diagnostics };
  if (diagnostics.length > 0) return failed;
  emitter.sourceFile(sourceName);
  emitter.section('.text');
  emitUnit(unit, emitter, backEnd);
  diagnostics.push(...late);
  return late.length > 0 ? failed : { ...failed, output: finish(diagnostics) };
}
