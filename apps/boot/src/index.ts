export { buildSystem } from './system.ts';
export type { DiskOptions, System, SystemOptions } from './system.ts';
