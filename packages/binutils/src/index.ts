export { objdump } from './objdump.ts';
export type { ObjdumpOptions, ObjdumpResult } from './objdump.ts';
