export { SourceFile } from './source.ts';
export type { Expansion, Span } from './source.ts';
export { joinSpans } from './source.ts';
export { unclosedBrace } from './braces.ts';
export { nearest } from './nearest.ts';
export { DiagnosticList } from './diagnostic.ts';
export type { Diagnostic, Fix, Note, Severity } from './diagnostic.ts';
export { formatGcc, formatJson, formatSarif, formatText } from './print.ts';
