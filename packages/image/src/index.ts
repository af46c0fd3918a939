export { buildExt2, ext2BlocksNeeded } from './ext2.ts';
export type { Ext2Options } from './ext2.ts';
export { buildDisk, diskLayout } from './disk.ts';
export type { DiskParts } from './disk.ts';
export { TreeBuilder } from './tree.ts';
export type { TreeDirectory, TreeFile, TreeNode, TreeSymlink } from './tree.ts';
