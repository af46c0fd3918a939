export * from './tree.ts';
export * from './types.ts';
export { compile, compileIr, parse } from './compile.ts';
export type { CompileOptions, CompileResult, ParseOptions, ParseResult } from './compile.ts';
export { dependencyRule, readCommandLine } from './command-line.ts';
export type { CommandItem, CommandLine, DependencyOutput, Language } from './command-line.ts';
export { formatGcc, formatJson, formatText } from '@ring0/diagnostics';
export type { Diagnostic } from '@ring0/diagnostics';
