// A disk that is bytes: for tests, and for a run whose writes go with it. It can have bad sectors.

import type { Disk, DiskError } from '../device.ts';

const SECTOR = 512;

export interface MemoryDiskOptions {
  /** Every write fails as write-protected. */
  readonly isReadOnly?: boolean | undefined;
  /** Sectors whose reading fails; asked anew each time, so that a test may change them. */
  readonly unreadable?: ReadonlySet<number> | undefined;
  /** Sectors whose writing fails, likewise. */
  readonly unwritable?: ReadonlySet<number> | undefined;
}

/** A disk with a copy of `bytes`; a size that is no multiple of 512 is filled up with zeros. */
export function memoryDisk(bytes: Uint8Array, options: MemoryDiskOptions = {}): Disk {
  const sectors = Math.max(1, Math.ceil(bytes.length / SECTOR));
  const contents = new Uint8Array(sectors * SECTOR);
  contents.set(bytes);
  const { isReadOnly = false, unreadable, unwritable } = options;
  return {
    sectors,
    read(sector, count) {
      const bad = firstOf(unreadable, sector, count);
      if (bad !== undefined) return { error: 'unreadable', sector: bad };
      return contents.subarray(sector * SECTOR, (sector + count) * SECTOR);
    },
    write(sector, data): boolean | DiskError {
      if (isReadOnly) return { error: 'write-protected', sector };
      const bad = firstOf(unwritable, sector, data.length / SECTOR);
      const good = bad === undefined ? data : data.subarray(0, (bad - sector) * SECTOR);
      contents.set(good, sector * SECTOR);
      return bad === undefined ? true : { error: 'fault', sector: bad };
    },
    flush() {},
  };
}

function firstOf(
  bad: ReadonlySet<number> | undefined,
  sector: number,
  count: number,
): number | undefined {
  for (let i = 0; bad !== undefined && i < count; i++) if (bad.has(sector + i)) return sector + i;
  return undefined;
}
