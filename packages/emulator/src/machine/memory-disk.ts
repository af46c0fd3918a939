// A disk that is bytes: for tests, and for a run whose writes go with it.

import type { Disk } from '../device.ts';

const SECTOR = 512;

/** A disk with a copy of `bytes`; a size that is no multiple of 512 is filled up with zeros. */
export function memoryDisk(bytes: Uint8Array): Disk {
  const sectors = Math.max(1, Math.ceil(bytes.length / SECTOR));
  const contents = new Uint8Array(sectors * SECTOR);
  contents.set(bytes);
  return {
    sectors,
    read: (sector, count) => contents.subarray(sector * SECTOR, (sector + count) * SECTOR),
    write(sector, data) {
      contents.set(data, sector * SECTOR);
      return true;
    },
    flush() {},
  };
}
