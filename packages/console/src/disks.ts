// A disk of the host: a file that keeps what the guest writes.

import fs from 'node:fs';
import type { Disk, DiskError } from '@ring0/emulator';

const sectorSize = 512;

/**
 * A disk that is a file: what the guest writes is in the file at once, and on its medium after a flush. Undefined when the
 * file cannot be read. What the host refuses is an error that the guest's driver sees: writes to a file that cannot be
 * written as write-protected, sectors that the host cannot read, or that the file has lost, as unreadable.
 */
export function fileDisk(file: string): Disk | undefined {
  const fd = openForUpdate(file);
  if (fd === undefined) return undefined;
  const { size } = fs.fstatSync(fd.number);
  return {
    sectors: Math.max(1, Math.ceil(size / sectorSize)),
    read: (sector, count) => readSectors(fd.number, size, sector, count),
    write(sector, bytes) {
      if (!fd.isWritable) return { error: 'write-protected', sector };
      let at = 0;
      try {
        while (at < bytes.length) {
          at += fs.writeSync(fd.number, bytes, at, bytes.length - at, sector * sectorSize + at);
        }
        return true;
      } catch {
        return { error: 'fault', sector: sector + Math.floor(at / sectorSize) };
      }
    },
    flush() {
      if (!fd.isWritable) return;
      try {
        fs.fsyncSync(fd.number);
      } catch {
        return { error: 'fault', sector: 0 };
      }
    },
  };
}

/** Past the end of a file of odd size there are zeros, but not where there was more when it was opened. */
function readSectors(
  fd: number,
  size: number,
  sector: number,
  count: number,
): Uint8Array | DiskError {
  const bytes = new Uint8Array(count * sectorSize);
  const start = sector * sectorSize;
  const wanted = Math.min(bytes.length, Math.max(0, size - start));
  let done = 0;
  try {
    while (done < wanted) {
      const part = fs.readSync(fd, bytes, done, wanted - done, start + done);
      if (part === 0) break;
      done += part;
    }
  } catch {
    // A part of the request may be readable: the guest is told where it ends.
    if (count > 1) return readOneByOne(fd, size, sector, count);
  }
  if (done >= wanted) return bytes;
  return { error: 'unreadable', sector: sector + Math.floor(done / sectorSize) };
}

function readOneByOne(fd: number, size: number, first: number, count: number): DiskError {
  for (let sector = first; sector < first + count - 1; sector++) {
    if (!(readSectors(fd, size, sector, 1) instanceof Uint8Array)) {
      return { error: 'unreadable', sector };
    }
  }
  return { error: 'unreadable', sector: first + count - 1 };
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
