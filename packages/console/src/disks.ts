// A disk of the host: a file that keeps what the guest writes.

import fs from 'node:fs';
import type { Disk } from '@ring0/emulator';

const sectorSize = 512;

/**
 * A disk that is a file: what the guest writes is in the file at once, and on its medium after a flush. Undefined when the
 * file cannot be read. A file that cannot be written gives a disk whose writes fail.
 */
export function fileDisk(file: string): Disk | undefined {
  const fd = openForUpdate(file);
  if (fd === undefined) return undefined;
  const sectors = Math.max(1, Math.ceil(fs.fstatSync(fd.number).size / sectorSize));
  return {
    sectors,
    read(sector, count) {
      // Past the end of a file of odd size there are zeros.
      const bytes = new Uint8Array(count * sectorSize);
      fs.readSync(fd.number, bytes, 0, bytes.length, sector * sectorSize);
      return bytes;
    },
    write(sector, bytes) {
      if (!fd.isWritable) return false;
      try {
        for (let at = 0; at < bytes.length;) {
          at += fs.writeSync(fd.number, bytes, at, bytes.length - at, sector * sectorSize + at);
        }
        return true;
      } catch {
        return false; // no space, or an error of the medium: the guest is told
      }
    },
    flush() {
      if (fd.isWritable) fs.fsyncSync(fd.number);
    },
  };
}

function openForUpdate(file: string): { number: number; isWritable: boolean } | undefined {
  for (const [flags, isWritable] of [
    ['r+', true],
    ['r', false],
  ] as const) {
    try {
      const number = fs.openSync(file, flags);
      if (fs.fstatSync(number).isFile()) return { number, isWritable };
      fs.closeSync(number);
      return undefined;
    } catch {
      continue;
    }
  }
  return undefined;
}
