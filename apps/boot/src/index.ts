export { buildSystem, writeDist } from './system.ts';
export type { System, SystemOptions } from './system.ts';
export type { DiskOptions } from '@ring0/kbuild';
