// One source file to one object, by our own tools: .c through the compiler, .S through the preprocessor and the assembler.

import { assemble } from '@ring0/assembler';
import { compile, readCommandLine } from '@ring0/compiler';
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

function refusal(messages: readonly string[]): CompiledFile {
  const list = new DiagnosticList();
  for (const message of messages) list.error('K0001', message);
  return { object: undefined, diagnostics: list.items };
}

/** Compiles or assembles `source` with gcc's flags; never throws for bad input. */
export function compileFile(
  source: string,
  flags: readonly string[],
  readFile: ReadFile,
): CompiledFile {
  const { options, errors } = readCommandLine(['-c', source, ...flags]);
  if (errors.length > 0) return refusal(errors);
  const bytes = readFile(source);
  if (!bytes) return refusal([`cannot read ${source}`]);
  if (!source.endsWith('.S')) {
    const { output, diagnostics } = compile(bytes, { ...options, path: source, readFile });
    return { object: output, diagnostics };
  }
  const plain = {
    macros: options.macros,
    includePaths: options.includePaths,
    includes: options.includes,
  };
  const preprocessed = preprocess(bytes, { ...plain, path: source, readFile, isAssembly: true });
  if (preprocessed.hasErrors) {
    return { object: undefined, diagnostics: preprocessed.diagnostics };
  }
  const text = preprocessed.text();
  const { object, diagnostics } = assemble(text, { path: source, bits: 32, readFile });
  return {
    object: object && writeElf(object),
    diagnostics: [...preprocessed.diagnostics, ...diagnostics],
  };
}
