// The disk of a bootable system: boot block, kernel with its arguments, and a root file system with the folders that the kernel
// mounts on.

import { utf8Bytes } from '@ring0/bytes';
import { formatText } from '@ring0/diagnostics';
import { TreeBuilder, buildDisk, buildExt2, ext2BlocksNeeded } from '@ring0/image';
import { patchKernelArguments } from './arguments.ts';

export interface DiskOptions {
  /** Kernel arguments. */
  readonly append?: string | undefined;
  /** Files beside those of the system; one of the same name takes its place. */
  readonly additions?:
    | readonly { readonly guest: string; readonly bytes: Uint8Array }[]
    | undefined;
}

export interface DiskInputs extends DiskOptions {
  readonly bootBlock: Uint8Array;
  readonly kernel: Uint8Array;
  /** Programs by path in the guest. */
  readonly files: readonly (readonly [string, Uint8Array])[];
}

const blockSize = 4096;
const spareBytes = 16 << 20;
const folders = ['bin', 'dev', 'etc', 'lib', 'proc', 'tmp'] as const;
const greeting = 'ring0: built from source with nothing but Node\n';
/** Every image is dated alike: the same sources give the same bytes. */
const imageTime = 1_767_225_600; // 2026-01-01

/** Puts the disk together; throws with the diagnostics' text when a part does not fit its place. */
export function systemDisk(inputs: DiskInputs): Uint8Array {
  const tree = new TreeBuilder();
  for (const name of folders) tree.directory(name);
  tree.file('/etc/motd', utf8Bytes(greeting));
  tree.file('/etc/passwd', utf8Bytes('root:x:0:0:root:/:/bin/sh\n'));
  tree.file('/etc/group', utf8Bytes('root:x:0:\n'));
  for (const [name, bytes] of inputs.files) tree.file(name, bytes, 0o755);
  for (const { guest, bytes } of inputs.additions ?? []) tree.file(guest, bytes, 0o755);
  const root = tree.root();
  const fileSystem = buildExt2(root, {
    blockSize,
    blocks: ext2BlocksNeeded(root, blockSize) + spareBytes / blockSize,
    uuid: utf8Bytes('ring0 root image'),
    time: imageTime,
    label: 'ring0',
  });
  const { append, bootBlock } = inputs;
  const kernel = append ? patchKernelArguments(inputs.kernel, append) : inputs.kernel;
  if (!kernel) throw new Error(`the kernel has no room for the arguments '${append}'`);
  const disk = fileSystem.bytes && buildDisk({ bootBlock, kernel, fileSystem: fileSystem.bytes });
  if (disk?.bytes) return disk.bytes;
  const diagnostics = [...fileSystem.diagnostics, ...(disk?.diagnostics ?? [])];
  throw new Error(diagnostics.map((each) => formatText(each)).join(''));
}
