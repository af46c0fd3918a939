// ring0 image: a boot disk from a boot block, a kernel and a tree of files.

import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { formatText } from '@ring0/diagnostics';
import { TreeBuilder, buildDisk, buildExt2 } from '@ring0/image';
import type { TreeDirectory } from '@ring0/image';
import type { Host } from './host.ts';

const usage = `usage: ring0 image -o DISK --boot FILE --kernel FILE --root DIRECTORY [option ..]

  -o FILE            the disk image to write
  --boot FILE        the boot block: at most 440 bytes of code, or a 512-byte sector
  --kernel FILE      goes to the disk from sector 1 on
  --root DIRECTORY   becomes the ext2 file system in partition 1
  --size MIB         size of the file system (default 32)
  --block-size N     1024, 2048 or 4096 (default 4096)
  --label TEXT       label of the file system (default ring0)
`;

/** A tree of the host's files: regular files, folders, symbolic links; permission bits kept. */
function hostTree(directory: string): TreeDirectory {
  const tree = new TreeBuilder();
  const entries = fs.readdirSync(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(directory, full).split(path.sep).join('/');
    if (entry.isDirectory()) tree.directory(name);
    else if (entry.isSymbolicLink()) tree.symlink(name, fs.readlinkSync(full));
    else if (entry.isFile()) {
      const mode = fs.statSync(full).mode & 0o777;
      tree.file(name, new Uint8Array(fs.readFileSync(full)), mode);
    }
  }
  return tree.root();
}

interface ImageOptions {
  readonly output: string;
  readonly boot: string;
  readonly kernel: string;
  readonly root: string;
  readonly sizeMiB: number;
  readonly blockSize: number;
  readonly label: string;
}

/** The options, or what is wrong with them. */
function options(argv: readonly string[]): ImageOptions | string {
  let values: Record<string, string | boolean | undefined>;
  try {
    values = parseArgs({
      args: [...argv],
      options: {
        output: { type: 'string', short: 'o' },
        boot: { type: 'string' },
        kernel: { type: 'string' },
        root: { type: 'string' },
        size: { type: 'string', default: '32' },
        'block-size': { type: 'string', default: '4096' },
        label: { type: 'string', default: 'ring0' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { output, boot, kernel, root } = values;
  const sizeMiB = Number(values['size']);
  const blockSize = Number(values['block-size']);
  if (typeof output !== 'string') return 'expected -o FILE';
  if (typeof boot !== 'string') return 'expected --boot FILE';
  if (typeof kernel !== 'string') return 'expected --kernel FILE';
  if (typeof root !== 'string') return 'expected --root DIRECTORY';
  if (!(sizeMiB >= 1 && sizeMiB <= 2048)) return `--size: expected 1 to 2048 MiB`;
  if (![1024, 2048, 4096].includes(blockSize)) return '--block-size: expected 1024, 2048 or 4096';
  return { output, boot, kernel, root, sizeMiB, blockSize, label: String(values['label']) };
}

/** `ring0 image`: exit status 0, 1 for input that cannot be used, 2 for a wrong command line. */
export function main(argv: readonly string[], host: Host): number {
  if (argv.includes('--help')) {
    host.stdout(usage);
    return 0;
  }
  const found = options(argv);
  if (typeof found === 'string') {
    host.stderr(`ring0 image: ${found}\n${usage}`);
    return 2;
  }
  const bootBlock = host.readFile(found.boot);
  const kernel = host.readFile(found.kernel);
  const isFolder = fs.statSync(found.root, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!bootBlock || !kernel || !isFolder) {
    const missing = !bootBlock ? found.boot : !kernel ? found.kernel : found.root;
    host.stderr(`ring0 image: cannot read ${missing}\n`);
    return 1;
  }
  const fileSystem = buildExt2(hostTree(found.root), {
    blockSize: found.blockSize,
    blocks: (found.sizeMiB << 20) / found.blockSize,
    uuid: new Uint8Array(16).fill(0x30),
    time: 0,
    label: found.label,
  });
  const disk = fileSystem.bytes
    ? buildDisk({ bootBlock, kernel, fileSystem: fileSystem.bytes })
    : undefined;
  for (const diagnostic of [...fileSystem.diagnostics, ...(disk?.diagnostics ?? [])]) {
    host.stderr(formatText(diagnostic, { isColoured: host.isColoured }));
  }
  if (!disk?.bytes) return 1;
  if (host.writeFile(found.output, disk.bytes)) return 0;
  host.stderr(`ring0 image: cannot write ${found.output}\n`);
  return 1;
}
