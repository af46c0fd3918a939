// The boot disk of the project: sector 0 is boot block and master boot record in one, the kernel's ELF file follows from
// sector 1, and partition 1 holds the root file system from a 1 MiB boundary on.

import { alignUp } from '@ring0/bytes';
import { DiagnosticList } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';

const sectorSize = 512;

/** Places in the boot sector (the classic MBR) and on the disk, in bytes and sectors. */
export const diskLayout = {
  bootCodeMax: 440,
  /** A fixed disk signature: images are deterministic. */
  signatureOffset: 440,
  partitionTableOffset: 446,
  bootSignatureOffset: 510,
  kernelSector: 1,
  partitionSectorMin: 2048,
  /** 1 MiB. */
  partitionAlignment: 2048,
  /** "Linux native". */
  partitionType: 0x83,
} as const;

export interface DiskParts {
  /** Up to 440 bytes of code, or a 512-byte boot sector whose code part is used. */
  readonly bootBlock: Uint8Array;
  readonly kernel: Uint8Array;
  readonly fileSystem: Uint8Array;
}

/** Where the partition starts for a kernel of `kernelSize` bytes, in sectors. */
function partitionStart(kernelSize: number): number {
  const end = diskLayout.kernelSector + Math.ceil(kernelSize / sectorSize);
  return alignUp(Math.max(end, diskLayout.partitionSectorMin), diskLayout.partitionAlignment);
}

/** Puts a disk together; `bytes` is undefined when a part does not fit its place. */
export function buildDisk(parts: DiskParts): {
  bytes: Uint8Array | undefined;
  partitionSector: number;
  diagnostics: readonly Diagnostic[];
} {
  const diagnostics = new DiagnosticList();
  const { bootBlock, kernel, fileSystem } = parts;
  const partitionSector = partitionStart(kernel.length);
  const code = bootBlock.length === sectorSize ? bootBlock.subarray(0, 440) : bootBlock;
  if (code.length > diskLayout.bootCodeMax) {
    const most = diskLayout.bootCodeMax;
    diagnostics.error('M0010', `the boot block has ${code.length} bytes of code, ${most} fit`);
  }
  if (diagnostics.hasErrors) {
    return { bytes: undefined, partitionSector, diagnostics: diagnostics.items };
  }
  const bytes = new Uint8Array(
    alignUp(partitionSector * sectorSize + fileSystem.length, sectorSize),
  );
  bytes.set(code, 0);
  bytes.set(kernel, diskLayout.kernelSector * sectorSize);
  bytes.set(fileSystem, partitionSector * sectorSize);
  writePartitionTable(bytes, partitionSector, Math.ceil(fileSystem.length / sectorSize));
  return { bytes, partitionSector, diagnostics: diagnostics.items };
}

function writePartitionTable(disk: Uint8Array, start: number, count: number): void {
  const view = new DataView(disk.buffer, disk.byteOffset, disk.byteLength);
  disk.set([0x52, 0x30, 0x52, 0x30], diskLayout.signatureOffset);
  const at = diskLayout.partitionTableOffset;
  disk[at] = 0x80; // active
  disk.set(chs(start), at + 1);
  disk[at + 4] = diskLayout.partitionType;
  disk.set(chs(start + count - 1), at + 5);
  view.setUint32(at + 8, start, true);
  view.setUint32(at + 12, count, true);
  view.setUint16(diskLayout.bootSignatureOffset, 0xaa55, true);
}

/** Head, sector, cylinder of an LBA under the usual geometry of 255 heads and 63 sectors; beyond it, all ones. */
function chs(sector: number): number[] {
  const cylinder = Math.floor(sector / (255 * 63));
  if (cylinder > 1023) return [0xfe, 0xff, 0xff];
  const head = Math.floor(sector / 63) % 255;
  return [head, ((sector % 63) + 1) | ((cylinder >> 2) & 0xc0), cylinder & 0xff];
}
