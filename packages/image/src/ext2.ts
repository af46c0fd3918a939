// Writes an ext2 file system (revision 1, feature filetype) from a tree. Two passes: `plan` gives each node its inode and
// counts blocks; `Writer` lays the groups out and fills blocks first-fit, so a file is contiguous where bitmaps and
// inode tables do not stand in the way. The same tree gives the same bytes. There is no lost+found: e2fsck makes one if
// it ever needs it. Left out: journals, extended attributes, device nodes (devfs has them).

import { alignUp, utf8Bytes } from '@ring0/bytes';
import { DiagnosticList } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';
import * as format from './ext2-format.ts';
import type { TreeDirectory, TreeNode } from './tree.ts';

export interface Ext2Options {
  /** 1024, 2048 or 4096 bytes. */
  readonly blockSize: number;
  /** Of the whole file system, in blocks. */
  readonly blocks: number;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** Seconds since 1970, given to every inode. */
  readonly time: number;
  /** At most 16 bytes. */
  readonly label: string;
}

interface PlannedNode {
  readonly node: TreeNode;
  readonly inode: number;
  readonly parentInode: number;
  readonly children: readonly { readonly name: Uint8Array; readonly planned: PlannedNode }[];
}

interface Geometry {
  readonly groups: number;
  readonly blocks: number;
  readonly blocksPerGroup: number;
  readonly inodesPerGroup: number;
  readonly inodeTableBlocks: number;
  readonly descriptorBlocks: number;
  readonly firstDataBlock: number;
}

/** Bytes of a fast symbolic link: they lie in the inode itself. */
const fastSymlinkMax = 59;

/** How many blocks `root` needs beside the file system's own tables. */
export function ext2BlocksNeeded(root: TreeDirectory, blockSize: number): number {
  let blocks = 0;
  const visit = (node: TreeNode): void => {
    if (node.kind === 'directory') {
      blocks += Math.ceil(directorySize(node, blockSize) / blockSize);
      for (const child of node.children.values()) visit(child);
      return;
    }
    const size = node.kind === 'file' ? node.bytes.length : symlinkBytes(node.target);
    blocks += withIndirect(Math.ceil(size / blockSize), blockSize);
  };
  visit(root);
  return blocks;
}

/** Builds the file system; `bytes` is undefined when the tree does not fit, and a diagnostic says by how much. */
export function buildExt2(
  root: TreeDirectory,
  options: Ext2Options,
): { bytes: Uint8Array | undefined; diagnostics: readonly Diagnostic[] } {
  const diagnostics = new DiagnosticList();
  const planned: PlannedNode[] = [];
  plan(root, format.rootInode, format.rootInode, planned, diagnostics);
  const geometry = geometryOf(options, planned.length + format.firstFreeInode);
  const needed = ext2BlocksNeeded(root, options.blockSize);
  const overhead = geometry.groups * overheadBlocks(geometry) + geometry.firstDataBlock;
  if (needed + overhead > geometry.blocks) {
    const found = `the tree needs ${needed + overhead} blocks of ${options.blockSize} bytes`;
    diagnostics.error('M0001', `${found}, the file system has ${geometry.blocks}`);
  }
  if (diagnostics.hasErrors) return { bytes: undefined, diagnostics: diagnostics.items };
  const writer = new Writer(options, geometry);
  for (const node of planned) writer.node(node);
  return { bytes: writer.finish(), diagnostics: diagnostics.items };
}

function plan(
  node: TreeNode,
  inode: number,
  parentInode: number,
  all: PlannedNode[],
  diagnostics: DiagnosticList,
): PlannedNode {
  const children: { name: Uint8Array; planned: PlannedNode }[] = [];
  const planned = { node, inode, parentInode, children };
  all.push(planned);
  if (node.kind !== 'directory') return planned;
  for (const [text, child] of node.children) {
    const name = utf8Bytes(text);
    if (name.length > 255) {
      diagnostics.error('M0002', `the name '${text}' has ${name.length} bytes, 255 fit`);
      continue;
    }
    // The root is planned first, so inode n of the others is firstFreeInode + its place - 1.
    const next = format.firstFreeInode + all.length - 1;
    children.push({ name, planned: plan(child, next, inode, all, diagnostics) });
  }
  return planned;
}

function geometryOf(options: Ext2Options, inodesMin: number): Geometry {
  const { blockSize } = options;
  const firstDataBlock = blockSize === 1024 ? 1 : 0;
  const blocksPerGroup = blockSize * 8;
  const inodesPerBlock = blockSize / format.inodeSize;
  // One inode per 8 KiB leaves room for what the guest will create.
  const inodesWanted = Math.max(inodesMin + 64, Math.floor((options.blocks * blockSize) / 8192));
  let blocks = options.blocks;
  for (;;) {
    const groups = Math.ceil((blocks - firstDataBlock) / blocksPerGroup);
    const inodesPerGroup = alignUp(Math.ceil(inodesWanted / groups), Math.max(8, inodesPerBlock));
    const inodeTableBlocks = inodesPerGroup / inodesPerBlock;
    const descriptorBlocks = Math.ceil((groups * format.groupDescriptorSize) / blockSize);
    const geometry = {
      groups,
      blocks,
      blocksPerGroup,
      inodesPerGroup,
      inodeTableBlocks,
      descriptorBlocks,
      firstDataBlock,
    };
    const last = blocks - firstDataBlock - (groups - 1) * blocksPerGroup;
    // A last group too small for its own tables is cut off, as mke2fs does.
    if (groups === 1 || last > overheadBlocks(geometry) + 8) return geometry;
    blocks -= last;
  }
}

/** Superblock copy, group descriptors, two bitmaps and the inode table. */
function overheadBlocks(geometry: Geometry): number {
  return 1 + geometry.descriptorBlocks + 2 + geometry.inodeTableBlocks;
}

/** Data blocks and the indirect blocks that name them. */
function withIndirect(dataBlocks: number, blockSize: number): number {
  const perBlock = blockSize / 4;
  let rest = dataBlocks - 12;
  let total = dataBlocks;
  for (let depth = 1; rest > 0 && depth <= 3; depth++) {
    const here = Math.min(rest, perBlock ** depth);
    for (let level = 1; level <= depth; level++) total += Math.ceil(here / perBlock ** level);
    rest -= here;
  }
  return total;
}

function symlinkBytes(target: string): number {
  const length = utf8Bytes(target).length;
  return length > fastSymlinkMax ? length : 0;
}

function entrySize(nameLength: number): number {
  return alignUp(8 + nameLength, 4);
}

function directorySize(directory: TreeDirectory, blockSize: number): number {
  let at = entrySize(1) + entrySize(2);
  for (const name of directory.children.keys()) {
    const size = entrySize(utf8Bytes(name).length);
    if ((at % blockSize) + size > blockSize) at = alignUp(at, blockSize);
    at += size;
  }
  return alignUp(at, blockSize);
}

class Writer {
  private readonly options: Ext2Options;
  private readonly geometry: Geometry;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  /** One byte per block: 1 where it is taken. */
  private readonly isTaken: Uint8Array;
  private nextBlock: number;
  private inodesUsed = format.firstFreeInode - 1;
  private readonly directoriesByGroup: number[];

  constructor(options: Ext2Options, geometry: Geometry) {
    this.options = options;
    this.geometry = geometry;
    this.bytes = new Uint8Array(options.blocks * options.blockSize);
    this.view = new DataView(this.bytes.buffer);
    this.isTaken = new Uint8Array(geometry.blocks);
    this.directoriesByGroup = Array.from({ length: geometry.groups }, () => 0);
    this.isTaken.fill(1, 0, geometry.firstDataBlock);
    for (let group = 0; group < geometry.groups; group++) {
      const first = this.groupStart(group);
      this.isTaken.fill(1, first, first + overheadBlocks(geometry));
    }
    this.nextBlock = geometry.firstDataBlock;
  }

  node(planned: PlannedNode): void {
    const { node, inode } = planned;
    if (inode >= format.firstFreeInode) this.inodesUsed = Math.max(this.inodesUsed, inode);
    if (node.kind === 'directory') {
      const group = Math.floor((inode - 1) / this.geometry.inodesPerGroup);
      this.directoriesByGroup[group] = (this.directoriesByGroup[group] ?? 0) + 1;
      const isDirectory = (child: { planned: PlannedNode }) =>
        child.planned.node.kind === 'directory';
      const links = 2 + planned.children.filter(isDirectory).length;
      this.inode(inode, format.modeType.directory | node.mode, links, this.entries(planned));
    } else if (node.kind === 'file') {
      this.inode(inode, format.modeType.file | node.mode, 1, node.bytes);
    } else {
      const target = utf8Bytes(node.target);
      const isFast = target.length <= fastSymlinkMax;
      const at = this.inode(
        inode,
        format.modeType.symlink | 0o777,
        1,
        isFast ? new Uint8Array(0) : target,
      );
      if (!isFast) return;
      this.bytes.set(target, at + format.inodeBlockOffset);
      writeFieldsAt(this.view, at, { size: target.length });
    }
  }

  finish(): Uint8Array {
    const { groups } = this.geometry;
    const freeBlocks: number[] = [];
    const freeInodes: number[] = [];
    for (let group = 0; group < groups; group++) {
      freeBlocks.push(this.blockBitmap(group));
      freeInodes.push(this.inodeBitmap(group));
    }
    for (let group = 0; group < groups; group++) {
      this.superblock(group, freeBlocks, freeInodes);
      this.descriptors(group, freeBlocks, freeInodes);
    }
    return this.bytes;
  }

  private groupStart(group: number): number {
    return this.geometry.firstDataBlock + group * this.geometry.blocksPerGroup;
  }

  private tables(group: number): { blockBitmap: number; inodeBitmap: number; inodeTable: number } {
    const blockBitmap = this.groupStart(group) + 1 + this.geometry.descriptorBlocks;
    return { blockBitmap, inodeBitmap: blockBitmap + 1, inodeTable: blockBitmap + 2 };
  }

  private allocate(): number {
    while (this.isTaken[this.nextBlock] === 1) this.nextBlock++;
    if (this.nextBlock >= this.geometry.blocks) {
      throw new Error(`the count of blocks was short: ${this.geometry.blocks} are taken`);
    }
    this.isTaken[this.nextBlock] = 1;
    return this.nextBlock++;
  }

  /** Writes an inode and its data; returns where the inode lies in the image. */
  private inode(inode: number, mode: number, links: number, data: Uint8Array): number {
    const { blockSize, time } = this.options;
    const group = Math.floor((inode - 1) / this.geometry.inodesPerGroup);
    const index = (inode - 1) % this.geometry.inodesPerGroup;
    const at = this.tables(group).inodeTable * blockSize + index * format.inodeSize;
    const first = this.allocatedCount;
    const blocks: number[] = [];
    for (let offset = 0; offset < data.length; offset += blockSize) {
      const block = this.allocateCounted();
      this.bytes.set(data.subarray(offset, offset + blockSize), block * blockSize);
      blocks.push(block);
    }
    this.mapBlocks(at + format.inodeBlockOffset, blocks);
    writeFieldsAt(this.view, at, {
      mode,
      size: data.length,
      accessTime: time,
      changeTime: time,
      modificationTime: time,
      linksCount: links,
      sectors: ((this.allocatedCount - first) * blockSize) / 512,
    });
    return at;
  }

  private allocatedCount = 0;

  private allocateCounted(): number {
    this.allocatedCount++;
    return this.allocate();
  }

  /** Twelve direct blocks, then one tree of each depth 1, 2, 3. */
  private mapBlocks(at: number, blocks: readonly number[]): void {
    const perBlock = this.options.blockSize / 4;
    for (let i = 0; i < Math.min(12, blocks.length); i++) {
      this.view.setUint32(at + i * 4, blocks[i] ?? 0, true);
    }
    let start = 12;
    for (let depth = 1; depth <= 3 && start < blocks.length; depth++) {
      const here = blocks.slice(start, start + perBlock ** depth);
      this.view.setUint32(at + (11 + depth) * 4, this.indirect(here, depth), true);
      start += here.length;
    }
  }

  private indirect(blocks: readonly number[], depth: number): number {
    const perBlock = this.options.blockSize / 4;
    const span = perBlock ** (depth - 1);
    const block = this.allocateCounted();
    for (let i = 0; i * span < blocks.length; i++) {
      const part = blocks.slice(i * span, (i + 1) * span);
      const target = depth === 1 ? (part[0] ?? 0) : this.indirect(part, depth - 1);
      this.view.setUint32(block * this.options.blockSize + i * 4, target, true);
    }
    return block;
  }

  private entries(planned: PlannedNode): Uint8Array {
    const { blockSize } = this.options;
    if (planned.node.kind !== 'directory') throw new Error('entries of no directory');
    const bytes = new Uint8Array(directorySize(planned.node, blockSize));
    const view = new DataView(bytes.buffer);
    const rows: { name: Uint8Array; inode: number; type: number }[] = [
      { name: utf8Bytes('.'), inode: planned.inode, type: format.entryType.directory },
      { name: utf8Bytes('..'), inode: planned.parentInode, type: format.entryType.directory },
    ];
    for (const { name, planned: child } of planned.children) {
      rows.push({ name, inode: child.inode, type: format.entryType[child.node.kind] });
    }
    let at = 0;
    let previous = 0;
    for (const { name, inode, type } of rows) {
      const size = entrySize(name.length);
      if ((at % blockSize) + size > blockSize) {
        at = alignUp(at, blockSize);
        view.setUint16(previous + 4, at - previous, true);
      }
      view.setUint32(at, inode, true);
      view.setUint16(at + 4, size, true);
      bytes[at + 6] = name.length;
      bytes[at + 7] = type;
      bytes.set(name, at + 8);
      previous = at;
      at += size;
    }
    view.setUint16(previous + 4, bytes.length - previous, true);
    return bytes;
  }

  /** Writes the bitmap of a group; returns how many of its blocks are free. */
  private blockBitmap(group: number): number {
    const { blocksPerGroup, blocks } = this.geometry;
    const start = this.groupStart(group);
    const base = this.tables(group).blockBitmap * this.options.blockSize;
    let free = 0;
    for (let i = 0; i < blocksPerGroup; i++) {
      const isUsed = start + i >= blocks || this.isTaken[start + i] === 1;
      if (isUsed) this.bytes[base + (i >> 3)] = (this.bytes[base + (i >> 3)] ?? 0) | (1 << (i & 7));
      else free++;
    }
    return free;
  }

  private inodeBitmap(group: number): number {
    const { inodesPerGroup } = this.geometry;
    const base = this.tables(group).inodeBitmap * this.options.blockSize;
    let free = 0;
    for (let i = 0; i < this.options.blockSize * 8; i++) {
      const isUsed = i >= inodesPerGroup || group * inodesPerGroup + i < this.inodesUsed;
      if (isUsed) this.bytes[base + (i >> 3)] = (this.bytes[base + (i >> 3)] ?? 0) | (1 << (i & 7));
      else free++;
    }
    return free;
  }

  private superblock(
    group: number,
    freeBlocks: readonly number[],
    freeInodes: readonly number[],
  ): void {
    const { geometry, options } = this;
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    const base =
      group === 0 ? format.superblockOffsetBytes : this.groupStart(group) * options.blockSize;
    const logBlockSize = Math.log2(options.blockSize / 1024);
    format.writeFields(this.view, base, format.superblockFields, {
      inodesCount: geometry.inodesPerGroup * geometry.groups,
      blocksCount: geometry.blocks,
      reservedBlocksCount: 0,
      freeBlocksCount: sum(freeBlocks),
      freeInodesCount: sum(freeInodes),
      firstDataBlock: geometry.firstDataBlock,
      logBlockSize,
      logFragmentSize: logBlockSize,
      blocksPerGroup: geometry.blocksPerGroup,
      fragmentsPerGroup: geometry.blocksPerGroup,
      inodesPerGroup: geometry.inodesPerGroup,
      writeTime: options.time,
      mountCountMax: 0xffff,
      magic: format.magic,
      state: format.stateClean,
      errors: format.errorsContinue,
      lastCheck: options.time,
      revision: 1,
      firstInode: format.firstFreeInode,
      inodeSize: format.inodeSize,
      blockGroup: group,
      featureIncompat: format.featureIncompatFiletype,
    });
    this.bytes.set(options.uuid.subarray(0, 16), base + format.superblockUuidOffset);
    this.bytes.set(utf8Bytes(options.label).subarray(0, 16), base + format.superblockLabelOffset);
  }

  private descriptors(
    copy: number,
    freeBlocks: readonly number[],
    freeInodes: readonly number[],
  ): void {
    const base = (this.groupStart(copy) + 1) * this.options.blockSize;
    for (let group = 0; group < this.geometry.groups; group++) {
      format.writeFields(this.view, base + group * format.groupDescriptorSize, format.groupFields, {
        ...this.tables(group),
        freeBlocksCount: freeBlocks[group] ?? 0,
        freeInodesCount: freeInodes[group] ?? 0,
        usedDirectoriesCount: this.directoriesByGroup[group] ?? 0,
      });
    }
  }
}

function writeFieldsAt(
  view: DataView,
  at: number,
  values: Partial<Record<keyof typeof format.inodeFields, number>>,
): void {
  format.writeFields(view, at, format.inodeFields, values);
}
