// Reads an ext2 file system back and checks it: every inode and block is used once, the bitmaps and counts say what is in
// use, link counts are the entries that there are, directories are whole. What e2fsck checks, in our own words, so that the
// kernel's tests need no tool.

export interface FoundFile {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly size: number;
  /** Of a file, and of a symbolic link its text. */
  readonly bytes: Uint8Array;
}

export interface FoundSystem {
  /** By path from the root, which is '/'. */
  readonly files: ReadonlyMap<string, FoundFile>;
  /** Each is a sentence with numbers; none is how it should be. */
  readonly problems: readonly string[];
  readonly isClean: boolean;
  readonly freeBlocks: number;
  readonly freeInodes: number;
}

/** Bytes of partition 1 of a disk. */
export function firstPartition(disk: Uint8Array): Uint8Array {
  const view = new DataView(disk.buffer, disk.byteOffset, disk.byteLength);
  const start = view.getUint32(446 + 8, true) * 512;
  return disk.subarray(start, start + view.getUint32(446 + 12, true) * 512);
}

/** Reads and checks a whole file system. */
export function checkExt2(bytes: Uint8Array): FoundSystem {
  return new Checker(bytes).run();
}

interface Inode {
  readonly number: number;
  readonly at: number;
  readonly mode: number;
  readonly size: number;
  readonly links: number;
  readonly sectors: number;
}

const ROOT = 2;
const DIRECT = 12;
const FAST_LINK = 60;
const kinds: Readonly<Record<number, FoundFile['kind']>> = {
  0x8000: 'file',
  0x4000: 'directory',
  0xa000: 'symlink',
};
const entryTypes: Readonly<Record<number, number>> = {
  0x8000: 1,
  0x4000: 2,
  0x2000: 3,
  0x6000: 4,
  0x1000: 5,
  0xc000: 6,
  0xa000: 7,
};

class Checker {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly problems: string[] = [];
  private readonly files = new Map<string, FoundFile>();
  private readonly blockSize: number;
  private readonly blocks: number;
  private readonly inodes: number;
  private readonly firstBlock: number;
  private readonly blocksPerGroup: number;
  private readonly inodesPerGroup: number;
  private readonly inodeSize: number;
  private readonly firstInode: number;
  private readonly hasTypes: boolean;
  private readonly groups: number;
  private readonly blockUsers: Uint32Array;
  /** Names that lead to each inode. */
  private readonly names = new Map<number, number>();
  private readonly found = new Map<number, FoundFile>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const field = (offset: number): number => this.view.getUint32(1024 + offset, true);
    if (this.view.getUint16(1024 + 56, true) !== 0xef53) throw new Error('no ext2 file system');
    this.inodes = field(0);
    this.blocks = field(4);
    this.firstBlock = field(20);
    this.blockSize = 1024 << field(24);
    this.blocksPerGroup = field(32);
    this.inodesPerGroup = field(40);
    const isFirstRevision = field(76) === 0;
    this.inodeSize = isFirstRevision ? 128 : this.view.getUint16(1024 + 88, true);
    this.firstInode = isFirstRevision ? 11 : field(84);
    this.hasTypes = (field(96) & 2) !== 0;
    this.groups = Math.ceil((this.blocks - this.firstBlock) / this.blocksPerGroup);
    this.blockUsers = new Uint32Array(this.blocks);
  }

  run(): FoundSystem {
    this.directory('/', ROOT, ROOT);
    this.reservedInodes();
    this.bitmaps();
    for (const [number, names] of this.names) {
      const links = this.found.get(number)?.links;
      if (links !== names) this.problem(`inode ${number} has ${links} links and ${names} names`);
    }
    const u32 = (offset: number): number => this.view.getUint32(1024 + offset, true);
    return {
      files: this.files,
      problems: this.problems,
      isClean: (this.view.getUint16(1024 + 58, true) & 1) === 1,
      freeBlocks: u32(12),
      freeInodes: u32(16),
    };
  }

  private problem(text: string): void {
    if (this.problems.length < 50) this.problems.push(text);
  }

  private descriptor(group: number, field: number): number {
    const at = (this.firstBlock + 1) * this.blockSize + group * 32 + field;
    return field < 12 ? this.view.getUint32(at, true) : this.view.getUint16(at, true);
  }

  private inode(number: number): Inode {
    const group = Math.floor((number - 1) / this.inodesPerGroup);
    const index = (number - 1) % this.inodesPerGroup;
    const at = this.descriptor(group, 8) * this.blockSize + index * this.inodeSize;
    const mode = this.view.getUint16(at, true);
    const high = (mode & 0xf000) === 0x8000 ? this.view.getUint32(at + 108, true) : 0;
    return {
      number,
      at,
      mode,
      size: this.view.getUint32(at + 4, true) + high * 2 ** 32,
      links: this.view.getUint16(at + 26, true),
      sectors: this.view.getUint32(at + 28, true),
    };
  }

  private use(block: number, inode: number): boolean {
    if (block < this.firstBlock || block >= this.blocks) {
      this.problem(`inode ${inode} has block ${block} of ${this.blocks}`);
      return false;
    }
    const other = this.blockUsers[block];
    if (other) this.problem(`block ${block} belongs to inodes ${other} and ${inode}`);
    this.blockUsers[block] = inode;
    return true;
  }

  /** The data blocks by their place in the file; marks them and the tables as used, and compares i_blocks. */
  private blocksOf(inode: Inode): Map<number, number> {
    const map = new Map<number, number>();
    const perTable = this.blockSize / 4;
    let count = 0;
    const walk = (block: number, level: number, first: number): void => {
      if (block === 0 || !this.use(block, inode.number)) return;
      count++;
      if (level === 0) {
        map.set(first, block);
        return;
      }
      const span = perTable ** (level - 1);
      for (let i = 0; i < perTable; i++) {
        const slot = this.view.getUint32(block * this.blockSize + i * 4, true);
        walk(slot, level - 1, first + i * span);
      }
    };
    let first = 0;
    for (let slot = 0; slot < 15; slot++) {
      const level = slot < DIRECT ? 0 : slot - DIRECT + 1;
      walk(this.view.getUint32(inode.at + 40 + slot * 4, true), level, first);
      first += perTable ** level;
    }
    const attributes = this.view.getUint32(inode.at + 104, true);
    if (attributes) count++;
    const sectors = (count * this.blockSize) / 512;
    if (sectors !== inode.sectors) {
      this.problem(`inode ${inode.number} has ${sectors} sectors and says ${inode.sectors}`);
    }
    const last = Math.max(-1, ...map.keys());
    if (last * this.blockSize >= inode.size && last >= 0) {
      this.problem(`inode ${inode.number} of ${inode.size} bytes has a block at place ${last}`);
    }
    return map;
  }

  private contents(inode: Inode): Uint8Array {
    const map = this.blocksOf(inode);
    const bytes = new Uint8Array(inode.size);
    for (const [place, block] of map) {
      const start = place * this.blockSize;
      const part = this.bytes.subarray(block * this.blockSize, (block + 1) * this.blockSize);
      const rest = inode.size - start;
      if (rest > 0) bytes.set(part.subarray(0, Math.min(rest, this.blockSize)), start);
      if (rest < this.blockSize && part.subarray(Math.max(0, rest)).some((byte) => byte !== 0)) {
        this.problem(`inode ${inode.number} has bytes behind its end`);
      }
    }
    return bytes;
  }

  private read(number: number): FoundFile {
    const known = this.found.get(number);
    if (known) return known;
    const inode = this.inode(number);
    const kind = kinds[inode.mode & 0xf000] ?? 'other';
    let bytes = new Uint8Array(0);
    if (kind === 'symlink' && inode.size < FAST_LINK && inode.sectors === 0) {
      bytes = this.bytes.slice(inode.at + 40, inode.at + 40 + inode.size);
    } else if (kind !== 'other') bytes = new Uint8Array(this.contents(inode));
    const { mode, links, size } = inode;
    const file = { kind, inode: number, mode: mode & 0o7777, links, size, bytes };
    if (links === 0) this.problem(`a name leads to inode ${number}, which is free`);
    this.found.set(number, file);
    return file;
  }

  private directory(path: string, number: number, parent: number): void {
    const file = this.read(number);
    this.files.set(path, file);
    const view = new DataView(file.bytes.buffer);
    if (file.size === 0 || file.size % this.blockSize !== 0) {
      this.problem(`directory ${path} has ${file.size} bytes`);
      return;
    }
    const seen = new Set<string>();
    for (let at = 0; at < file.size;) {
      const target = view.getUint32(at, true);
      const length = view.getUint16(at + 4, true);
      const nameLength = file.bytes[at + 6] ?? 0;
      const end = (at % this.blockSize) + length;
      if (length < 8 || length % 4 !== 0 || end > this.blockSize || nameLength + 8 > length) {
        this.problem(`directory ${path} has an entry of ${length} bytes at ${at}`);
        return;
      }
      const name = new TextDecoder().decode(file.bytes.subarray(at + 8, at + 8 + nameLength));
      if (target !== 0) this.entry(path, name, target, file.bytes[at + 7] ?? 0, [number, parent]);
      if (target !== 0 && seen.has(name)) this.problem(`${path} has ${name} twice`);
      if (target !== 0) seen.add(name);
      at += length;
    }
    if (!seen.has('.') || !seen.has('..')) this.problem(`directory ${path} lacks a dot`);
  }

  private entry(
    path: string,
    name: string,
    target: number,
    type: number,
    [self, parent]: readonly [number, number],
  ): void {
    if (target > this.inodes) {
      this.problem(`${path} ${name} names inode ${target} of ${this.inodes}`);
      return;
    }
    this.names.set(target, (this.names.get(target) ?? 0) + 1);
    const mode = this.inode(target).mode;
    const wantedType = this.hasTypes ? entryTypes[mode & 0xf000] : 0;
    if (type !== wantedType) this.problem(`${path} ${name} has type ${type}, not ${wantedType}`);
    if (name === '.' || name === '..') {
      const wanted = name === '.' ? self : parent;
      if (target !== wanted) this.problem(`${path} ${name} is ${target}, not ${wanted}`);
      return;
    }
    const place = path === '/' ? `/${name}` : `${path}/${name}`;
    if ((mode & 0xf000) === 0x4000) {
      if (this.found.has(target)) this.problem(`directory ${place} has another name`);
      else this.directory(place, target, self);
    } else this.files.set(place, this.read(target));
  }

  /** Inodes below the first free one that have blocks without a name: the group descriptors' reserve. */
  private reservedInodes(): void {
    for (let number = 1; number < this.firstInode; number++) {
      if (number === ROOT) continue;
      const inode = this.inode(number);
      if (inode.mode !== 0 || inode.sectors !== 0) this.blocksOf(inode);
    }
  }

  private hasSuperblock(group: number): boolean {
    const isSparse = (this.view.getUint32(1024 + 100, true) & 1) !== 0;
    if (!isSparse || group <= 1) return true;
    return [3, 5, 7].some((base) => {
      let power = base;
      while (power < group) power *= base;
      return power === group;
    });
  }

  private tables(group: number): void {
    const first = this.firstBlock + group * this.blocksPerGroup;
    const tableBlocks = (this.inodesPerGroup * this.inodeSize) / this.blockSize;
    const descriptorBlocks = Math.ceil((this.groups * 32) / this.blockSize);
    const mark = (start: number, count: number): void => {
      for (let i = 0; i < count; i++) this.use(start + i, 0xffffffff);
    };
    if (this.hasSuperblock(group)) mark(first, 1 + descriptorBlocks);
    mark(this.descriptor(group, 0), 1);
    mark(this.descriptor(group, 4), 1);
    mark(this.descriptor(group, 8), tableBlocks);
  }

  private bitmaps(): void {
    let freeBlocks = 0;
    let freeInodes = 0;
    for (let group = 0; group < this.groups; group++) {
      this.tables(group);
      freeBlocks += this.blockBitmap(group);
      freeInodes += this.inodeBitmap(group);
    }
    const say = (what: string, said: number, counted: number): void => {
      if (said !== counted) this.problem(`the superblock has ${said} free ${what}, not ${counted}`);
    };
    say('blocks', this.view.getUint32(1024 + 12, true), freeBlocks);
    say('inodes', this.view.getUint32(1024 + 16, true), freeInodes);
  }

  private bit(block: number, index: number): boolean {
    return ((this.bytes[block * this.blockSize + (index >> 3)] ?? 0) & (1 << (index & 7))) !== 0;
  }

  private blockBitmap(group: number): number {
    const first = this.firstBlock + group * this.blocksPerGroup;
    const bitmap = this.descriptor(group, 0);
    let free = 0;
    for (let i = 0; i < this.blocksPerGroup && first + i < this.blocks; i++) {
      const isUsed = this.blockUsers[first + i] !== 0;
      if (!isUsed) free++;
      if (isUsed !== this.bit(bitmap, i)) {
        this.problem(`block ${first + i} is ${isUsed ? 'used' : 'free'}, the bitmap disagrees`);
      }
    }
    const said = this.descriptor(group, 12);
    if (said !== free) this.problem(`group ${group} says ${said} free blocks, not ${free}`);
    return free;
  }

  private inodeBitmap(group: number): number {
    const bitmap = this.descriptor(group, 4);
    let free = 0;
    let directories = 0;
    for (let i = 0; i < this.inodesPerGroup; i++) {
      const number = group * this.inodesPerGroup + i + 1;
      const file = this.found.get(number);
      const isUsed = number < this.firstInode || file !== undefined;
      if (file?.kind === 'directory') directories++;
      if (!isUsed) free++;
      if (isUsed !== this.bit(bitmap, i)) {
        this.problem(`inode ${number} is ${isUsed ? 'used' : 'free'}, the bitmap disagrees`);
      }
    }
    const said = [this.descriptor(group, 14), this.descriptor(group, 16)];
    if (said[0] !== free) this.problem(`group ${group} says ${said[0]} free inodes, not ${free}`);
    if (said[1] !== directories) {
      this.problem(`group ${group} says ${said[1]} directories, not ${directories}`);
    }
    return free;
  }
}
