// How the kernel is built: boot block, initcode, kernel. A new source file in one of the folders needs no entry here.

import { listSources, readArtifact } from '@ring0/kbuild';
import type { Artifact, Build } from '@ring0/kbuild';
import { kernelFacts } from './facts.ts';

export interface KernelFiles {
  /** Up to 440 bytes of flat code for 0x7c00. */
  readonly bootBlock: Artifact;
  /** ELF, with its symbols. */
  readonly kernel: Artifact;
  /** JSON of `KernelFacts`. */
  readonly facts: Artifact;
}

const folders = ['core', 'drivers', 'fs', 'lib', 'mm'] as const;
const machine = 'kernel/arch/x86';

const includes = ['-nostdinc', '-Ikernel/include', `-I${machine}/include`];

/** Flags that gcc, clang and our compiler take alike. */
const flags = [
  '-m32',
  '-march=i686',
  '-std=gnu11',
  '-ffreestanding',
  '-fno-pic',
  '-fno-stack-protector',
  '-mno-sse',
  '-fno-omit-frame-pointer',
  '-fno-asynchronous-unwind-tables',
  '-Wall',
  '-Werror',
  ...includes,
];

const kernelFlags = [...flags, '-O1', '-g'];
const bootFlags = [...flags, '-Os', '-fomit-frame-pointer'];

/** Builds everything of the kernel. `directory` names the place in the cache: one for each toolchain. */
export async function buildKernel(build: Build, directory = 'kernel'): Promise<KernelFiles> {
  const bootBlock = await buildBootBlock(build, directory);
  const initcode = await buildInitcode(build, directory);
  const sources = kernelSources(build.root);
  const objects = await inOrder(sources, (source) => build.object(source, kernelFlags, directory));
  const kernel = await build.link(`${directory}/kernel.elf`, [
    ...words('-m elf_i386 -T kernel/kernel.ld'),
    ...objects,
    ...words('-b binary'),
    initcode,
  ]);
  return { bootBlock, kernel, facts: await buildFacts(build, directory, kernel) };
}

async function buildFacts(build: Build, directory: string, kernel: Artifact): Promise<Artifact> {
  const headers = listSources(build.root, 'kernel/include/kernel', ['.h']);
  const names = headers.map((header) => header.slice('kernel/include/'.length));
  return build.derive(`${directory}/kernel.json`, `${kernel.hash} ${names.join()}`, (readFile) =>
    kernelFacts({ kernel: readArtifact(kernel), headers: names, flags, readFile }),
  );
}

/** Sources of the kernel proper, entry.S first. */
function kernelSources(root: string): string[] {
  const separate = [`${machine}/boot/`, `${machine}/initcode.S`];
  const all = [machine, ...folders.map((folder) => `kernel/${folder}`)]
    .flatMap((folder) => listSources(root, folder, ['.c', '.S']))
    .filter((file) => !separate.some((prefix) => file.startsWith(prefix)));
  const entry = `${machine}/entry.S`;
  return [entry, ...all.filter((file) => file !== entry)];
}

async function buildBootBlock(build: Build, directory: string): Promise<Artifact> {
  const sources = ['bootasm.S', 'bootmain.c'].map((name) => `${machine}/boot/${name}`);
  const objects = await inOrder(sources, (source) => build.object(source, bootFlags, directory));
  return build.link(`${directory}/bootblock`, [
    ...words('-m elf_i386 -N -e start -Ttext 0x7c00 --oformat binary'),
    ...objects,
  ]);
}

/** The first user program, flat; the kernel's link names its symbols for the file: _binary_initcode_start. */
async function buildInitcode(build: Build, directory: string): Promise<Artifact> {
  const object = await build.object(`${machine}/initcode.S`, flags, directory);
  const flat = await build.link(`${directory}/initcode`, [
    ...words('-m elf_i386 -N -e start -Ttext 0 --oformat binary'),
    object,
  ]);
  return { ...flat, name: 'initcode' };
}

async function inOrder<T>(
  sources: readonly string[],
  make: (source: string) => Promise<T>,
): Promise<T[]> {
  const made: T[] = [];
  for (const source of sources) made.push(await make(source));
  return made;
}

function words(text: string): string[] {
  return text.split(' ');
}
