export { link } from './link.ts';
export type { LinkOptions, LinkResult } from './job.ts';
export type { LinkItem } from './options.ts';
export { defaultScript } from './default-script.ts';
export { parseScript } from './script-parser.ts';
export type { Script } from './script-syntax.ts';
export { formatGcc, formatJson, formatText } from '@ring0/diagnostics';
export type { Diagnostic } from '@ring0/diagnostics';
