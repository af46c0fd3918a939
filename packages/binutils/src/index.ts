export { objdump } from './objdump.ts';
export type { ObjdumpOptions, ObjdumpResult } from './objdump.ts';
export { nm, symbolLetter } from './nm.ts';
export type { NmOptions } from './nm.ts';
export { isDebugSection, objcopy } from './objcopy.ts';
export type { ObjcopyOptions, ObjcopyResult } from './objcopy.ts';
export { readelf } from './readelf.ts';
export type { ReadelfOptions, TextResult } from './readelf.ts';
export { sizeBerkeley, sizeSystemV, sizeTitle } from './size.ts';
