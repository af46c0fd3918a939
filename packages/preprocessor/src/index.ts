export { Atoms, PUNCTUATORS, punctuatorMeaning } from './atoms.ts';
export { AFTER_SPACE, AT_LINE_START, TokenKind, TokenList } from './tokens.ts';
export type { Place } from './tokens.ts';
export { scan } from './scanner.ts';
export type { ScanOptions } from './scanner.ts';
export { preprocess } from './preprocess.ts';
export type { PreprocessOptions, PreprocessResult } from './preprocess.ts';
export type { PredefinedOptions } from './predefined.ts';
export type { FileEvent } from './state.ts';
