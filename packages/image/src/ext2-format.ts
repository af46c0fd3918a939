// The on-disk records of ext2 revision 1, as tables: where each field lies. Source: the kernel's documentation of ext2
// (Documentation/filesystems/ext2) and "The Second Extended File System" (D. Poirier), sections 3.1 to 3.4.

/** name: [offset, width in bytes]. */
type Fields = Readonly<Record<string, readonly [number, 2 | 4]>>;

export const superblockFields = {
  inodesCount: [0, 4],
  blocksCount: [4, 4],
  reservedBlocksCount: [8, 4],
  freeBlocksCount: [12, 4],
  freeInodesCount: [16, 4],
  firstDataBlock: [20, 4],
  logBlockSize: [24, 4],
  logFragmentSize: [28, 4],
  blocksPerGroup: [32, 4],
  fragmentsPerGroup: [36, 4],
  inodesPerGroup: [40, 4],
  mountTime: [44, 4],
  writeTime: [48, 4],
  mountCount: [52, 2],
  mountCountMax: [54, 2],
  magic: [56, 2],
  state: [58, 2],
  errors: [60, 2],
  minorRevision: [62, 2],
  lastCheck: [64, 4],
  checkInterval: [68, 4],
  creatorOs: [72, 4],
  revision: [76, 4],
  firstInode: [84, 4],
  inodeSize: [88, 2],
  blockGroup: [90, 2],
  featureCompat: [92, 4],
  featureIncompat: [96, 4],
  featureReadOnlyCompat: [100, 4],
} as const satisfies Fields;

export const superblockUuidOffset = 104;
export const superblockLabelOffset = 120;
export const superblockOffsetBytes = 1024;

export const groupFields = {
  blockBitmap: [0, 4],
  inodeBitmap: [4, 4],
  inodeTable: [8, 4],
  freeBlocksCount: [12, 2],
  freeInodesCount: [14, 2],
  usedDirectoriesCount: [16, 2],
} as const satisfies Fields;

export const groupDescriptorSize = 32;

export const inodeFields = {
  mode: [0, 2],
  userId: [2, 2],
  size: [4, 4],
  accessTime: [8, 4],
  changeTime: [12, 4],
  modificationTime: [16, 4],
  groupId: [24, 2],
  linksCount: [26, 2],
  sectors: [28, 4],
} as const satisfies Fields;

export const inodeBlockOffset = 40;
export const inodeSize = 128;

export const magic = 0xef53;
export const stateClean = 1;
export const errorsContinue = 1;
export const featureIncompatFiletype = 2;
export const rootInode = 2;
export const firstFreeInode = 11;

export const modeType = { file: 0x8000, directory: 0x4000, symlink: 0xa000 } as const;
export const entryType = { file: 1, directory: 2, symlink: 7 } as const;

/** Writes the named values into `view` at `base`; fields that are not named stay as they are. */
export function writeFields<T extends Fields>(
  view: DataView,
  base: number,
  fields: T,
  values: Partial<Record<keyof T, number>>,
): void {
  for (const [name, [offset, width]] of Object.entries(fields)) {
    const value = values[name];
    if (value === undefined) continue;
    if (width === 2) view.setUint16(base + offset, value, true);
    else view.setUint32(base + offset, value, true);
  }
}
