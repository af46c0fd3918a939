export * from './tree.ts';
export * from './types.ts';
