export { fileDisk, memoryDisk } from './disks.ts';
export { optionsHelp, parseOptions, traceNames } from './options.ts';
export type { Parsed, RunOptions } from './options.ts';
export { runSession } from './session.ts';
export type { SessionMachine } from './session.ts';
export { EXIT } from './status.ts';
export { elfSymbols } from './symbols.ts';
