// One source file to one object, by our own tools: .c through the compiler, .S through the preprocessor and the assembler.

import { assemble } from '@ring0/assembler';
import { compile } from '@ring0/compiler';
import type { CompileOptions } from '@ring0/compiler';
import { DiagnosticList } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';
import { writeElf } from '@ring0/elf';
import { preprocess } from '@ring0/preprocessor';
import type { ReadFile } from './toolchain.ts';

export interface CompiledFile {
  /** Undefined where there are errors. */
  readonly object: Uint8Array | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Flags of a preprocessor's command line that a file of assembly needs. */
function preprocessorPaths(flags: readonly string[]) {
  const includePaths: string[] = [];
  const systemIncludePaths: string[] = [];
  const macros: { kind: 'define' | 'undefine'; text: string }[] = [];
  for (const [index, flag] of flags.entries()) {
    if (flag.startsWith('-I')) includePaths.push(flag.slice(2));
    if (flag === '-isystem') systemIncludePaths.push(flags[index + 1] ?? '');
    if (flag.startsWith('-D')) macros.push({ kind: 'define', text: flag.slice(2) });
    if (flag.startsWith('-U')) macros.push({ kind: 'undefine', text: flag.slice(2) });
  }
  return { includePaths, systemIncludePaths, macros };
}

function assembleFile(source: string, flags: readonly string[], readFile: ReadFile): CompiledFile {
  const bytes = readFile(source);
  if (!bytes) return missing(source);
  const options = { path: source, readFile, isAssembly: true, ...preprocessorPaths(flags) };
  const preprocessed = preprocess(bytes, options);
  if (preprocessed.hasErrors) {
    return { object: undefined, diagnostics: preprocessed.diagnostics };
  }
  const { object, diagnostics } = assemble(preprocessed.text(), {
    path: source,
    bits: 32,
    readFile,
  });
  return {
    object: object && writeElf(object),
    diagnostics: [...preprocessed.diagnostics, ...diagnostics],
  };
}

const optimizations: Readonly<Record<string, CompileOptions['optimize']>> = {
  '-O0': 0,
  '-O1': 1,
  '-O2': 2,
  '-O3': 3,
  '-Os': 's',
};

function compileC(source: string, flags: readonly string[], readFile: ReadFile): CompiledFile {
  const bytes = readFile(source);
  if (!bytes) return missing(source);
  const level = flags.findLast((flag) => optimizations[flag] !== undefined) ?? '-O0';
  const framePointer = flags.findLast((flag) => flag.endsWith('omit-frame-pointer'));
  const { output, diagnostics } = compile(bytes, {
    path: source,
    readFile,
    ...preprocessorPaths(flags),
    isFreestanding: flags.includes('-ffreestanding'),
    isOptimized: level !== '-O0',
    isSizeOptimized: level === '-Os',
    warnings: flags.filter((flag) => flag.startsWith('-W') || flag === '-w'),
    optimize: optimizations[level],
    debug: flags.includes('-g'),
    omitFramePointer:
      framePointer === undefined ? undefined : framePointer === '-fomit-frame-pointer',
    unwindTables: !flags.includes('-fno-asynchronous-unwind-tables'),
  });
  return { object: output, diagnostics };
}

function missing(source: string): CompiledFile {
  const list = new DiagnosticList();
  list.error('K0001', `cannot read ${source}`);
  return { object: undefined, diagnostics: list.items };
}

/** Compiles or assembles `source`; never throws for bad input. */
export function compileFile(
  source: string,
  flags: readonly string[],
  readFile: ReadFile,
): CompiledFile {
  return source.endsWith('.S')
    ? assembleFile(source, flags, readFile)
    : compileC(source, flags, readFile);
}
