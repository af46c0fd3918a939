export * from './tree.ts';
export * from './types.ts';
export { compile, parse } from './compile.ts';
export type { CompileOptions, CompileResult, ParseOptions, ParseResult } from './compile.ts';
