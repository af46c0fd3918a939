export { fileDisk } from './disks.ts';
export { readRunOptions } from './front.ts';
export type { Front } from './front.ts';
export type { RunOptions } from './options.ts';
export { runSession } from './session.ts';
export type { SessionMachine } from './session.ts';
export { EXIT } from './status.ts';
export { elfSymbols } from './symbols.ts';
