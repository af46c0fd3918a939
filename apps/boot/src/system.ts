// The whole system: firmware, kernel and userland become a ROM, an ELF file and a disk image.

import path from 'node:path';
import { Build, patchKernelArguments, readArtifact, withLock } from '@ring0/kbuild';
import type { BuildLog, Toolchain } from '@ring0/kbuild';
import { formatText } from '@ring0/diagnostics';
import { buildFirmware } from '@ring0/firmware';
import { TreeBuilder, buildDisk, buildExt2, ext2BlocksNeeded } from '@ring0/image';
import { buildKernel } from '@ring0/kernel';
import { buildUserland } from '@ring0/userland';

export interface SystemOptions {
  readonly root: string;
  readonly toolchain: Toolchain;
  readonly log?: BuildLog | undefined;
  readonly complain?: ((text: string) => void) | undefined;
  /** Puts /tests into the image. */
  readonly withTests?: boolean | undefined;
  /** Separates the results of toolchains in the cache. */
  readonly variant?: string | undefined;
}

/** What a build of the system gives: the parts, and a way to put a disk together from them. */
export interface System {
  readonly rom: Uint8Array;
  /** The kernel's ELF file, with symbols. */
  readonly kernel: Uint8Array;
  /** What tracers read: symbols, structures, system calls (JSON of the kernel's `KernelFacts`). */
  readonly facts: Uint8Array;
  /** Steps that had to run. */
  readonly ranCount: number;
  disk(options?: DiskOptions): Uint8Array;
}

export interface DiskOptions {
  /** Kernel arguments. */
  readonly append?: string | undefined;
  readonly additions?:
    | readonly { readonly guest: string; readonly bytes: Uint8Array }[]
    | undefined;
}

const blockSize = 4096;
const fileSystemMiB = 16;
/** Every image is dated alike: the same sources give the same bytes. */
const imageTime = 1_767_225_600; // 2026-01-01

/** Builds everything that changed. */
export async function buildSystem(options: SystemOptions): Promise<System> {
  const cacheDirectory = path.join(options.root, '.cache', options.variant ?? 'ring0');
  return withLock(cacheDirectory, () => buildLocked(options, cacheDirectory));
}

async function buildLocked(options: SystemOptions, cacheDirectory: string): Promise<System> {
  const build = new Build({ ...options, cacheDirectory });
  try {
    const firmware = await buildFirmware(build);
    const { bootBlock, kernel, facts } = await buildKernel(build);
    const { programs } = await buildUserland(build, { withTests: options.withTests ?? false });
    const kernelBytes = readArtifact(kernel);
    const files = [...programs].map(([name, file]): [string, Uint8Array] => [
      name,
      readArtifact(file),
    ]);
    return {
      rom: readArtifact(firmware),
      kernel: kernelBytes,
      facts: readArtifact(facts),
      ranCount: build.ranCount,
      disk: (disk = {}) => assemble(readArtifact(bootBlock), kernelBytes, files, disk),
    };
  } finally {
    build.save();
  }
}

function assemble(
  bootBlock: Uint8Array,
  kernel: Uint8Array,
  files: readonly (readonly [string, Uint8Array])[],
  options: DiskOptions,
): Uint8Array {
  const tree = new TreeBuilder();
  for (const name of ['bin', 'dev', 'etc', 'lib', 'proc', 'tmp']) tree.directory(name);
  tree.file(
    '/etc/motd',
    new TextEncoder().encode('ring0: built from source with nothing but Node\n'),
  );
  for (const [name, bytes] of files) tree.file(name, bytes, 0o755);
  for (const { guest, bytes } of options.additions ?? []) tree.file(guest, bytes, 0o755);
  const root = tree.root();
  const spareBlocks = (fileSystemMiB << 20) / blockSize;
  const fileSystem = buildExt2(root, {
    blockSize,
    blocks: ext2BlocksNeeded(root, blockSize) + spareBlocks,
    uuid: new TextEncoder().encode('ring0 root image'),
    time: imageTime,
    label: 'ring0',
  });
  const patched = options.append ? patchKernelArguments(kernel, options.append) : kernel;
  if (!patched) throw new Error(`the kernel has no room for the arguments '${options.append}'`);
  const disk = fileSystem.bytes
    ? buildDisk({ bootBlock, kernel: patched, fileSystem: fileSystem.bytes })
    : undefined;
  const diagnostics = [...fileSystem.diagnostics, ...(disk?.diagnostics ?? [])];
  if (!disk?.bytes) throw new Error(diagnostics.map((each) => formatText(each)).join(''));
  return disk.bytes;
}
