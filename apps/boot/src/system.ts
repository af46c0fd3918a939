// The whole system: firmware, kernel and userland become a ROM, an ELF file and a disk image.

import fs from 'node:fs';
import path from 'node:path';
import { buildFirmware } from '@ring0/firmware';
import { Build, readArtifact, systemDisk, withLock, writeFileAtomically } from '@ring0/kbuild';
import type { BuildLog, DiskOptions, Toolchain } from '@ring0/kbuild';
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
  /** What cc links programs with: crt0.o and libc.a. */
  readonly libraries: Readonly<Record<string, Uint8Array>>;
  /** Steps that had to run. */
  readonly ranCount: number;
  disk(options?: DiskOptions): Uint8Array;
}

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
    const { programs, start, libc } = await buildUserland(build, {
      withTests: options.withTests ?? false,
    });
    const kernelBytes = readArtifact(kernel);
    const files = [...programs].map(([name, file]): [string, Uint8Array] => [
      name,
      readArtifact(file),
    ]);
    return {
      rom: readArtifact(firmware),
      kernel: kernelBytes,
      facts: readArtifact(facts),
      libraries: { 'crt0.o': readArtifact(start), 'libc.a': readArtifact(libc) },
      ranCount: build.ranCount,
      disk: (disk = {}) =>
        systemDisk({ bootBlock: readArtifact(bootBlock), kernel: kernelBytes, files, ...disk }),
    };
  } finally {
    build.save();
  }
}

/**
 * Writes dist/ring0.img, dist/kernel.elf, dist/kernel.json and the libraries of dist/sysroot, unless they stand and nothing
 * was built anew. Gives the names of what it wrote.
 */
export function writeDist(root: string, system: System): readonly string[] {
  const libraries = Object.entries(system.libraries).map(([name, bytes]) => [
    `dist/sysroot/lib/${name}`,
    () => bytes,
  ]);
  const files: Record<string, () => Uint8Array> = {
    'dist/ring0.img': () => system.disk(),
    'dist/kernel.elf': () => system.kernel,
    'dist/kernel.json': () => system.facts,
    ...Object.fromEntries(libraries),
  };
  const names = Object.keys(files);
  const isThere = names.every((name) => fs.existsSync(path.join(root, name)));
  if (isThere && system.ranCount === 0) return [];
  for (const [name, bytes] of Object.entries(files)) {
    writeFileAtomically(path.join(root, name), bytes());
  }
  return names;
}
