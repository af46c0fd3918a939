export * from './tree.ts';
export * from './types.ts';
export { parseText } from './front/scan.ts';
