// One run of programs/disk.c: a disk is made or given, the script put on it, the machine runs until the power is off, and the
// answers and the file system that is left are compared with the model.

import path from 'node:path';
import { Machine, memoryDisk } from '@ring0/emulator';
import type { Disk, MachineOptions, TraceEvent } from '@ring0/emulator';
import { TreeBuilder, buildExt2 } from '@ring0/image';
import { Build, readArtifact, ring0Toolchain } from '@ring0/kbuild';
import { Guest } from './guest.ts';
import { Model } from './disk-model.ts';
import type { ModelNode } from './disk-model.ts';
import { checkExt2, firstPartition } from './ext2-check.ts';
import type { FoundFile, FoundSystem } from './ext2-check.ts';

const root = process.env['RING0_GUEST_ROOT'] ?? path.resolve(import.meta.dirname, '../..');
const PARTITION_ENTRY = 446;
/** READ and WRITE SECTORS, and the same by DMA. */
const readCommands = [0x20, 0xc8];
const writeCommands = [0x30, 0xca];
/** Ticks, far more than a script needs. */
const budget = 2000e9;

export interface DiskRun {
  /** What each line of the script answered. */
  readonly answers: readonly number[];
  /** All that came over the serial line. */
  readonly text: string;
  /** The disk afterwards. */
  readonly disk: Uint8Array;
  readonly reason: string;
  readonly commands: readonly DiskCommand[];
}

export interface RunOptions {
  readonly memoryMiB?: number;
  /** Kernel arguments. */
  readonly append?: string;
  /** Sectors of the file system whose reading or writing fails. */
  readonly unreadable?: readonly number[];
  readonly unwritable?: readonly number[];
  /** More disks: hdb and on. */
  readonly more?: readonly Disk[];
  readonly diskTiming?: MachineOptions['diskTiming'];
}

/** A command to the disk, and how many lines of the script had been answered before. */
export interface DiskCommand {
  readonly line: number;
  readonly isWrite: boolean;
  /** Counted in the file system. */
  readonly sector: number;
  readonly count: number;
}

/** Builds the system and the program. */
export class DiskLab {
  readonly guest: Guest;
  readonly program: Uint8Array;

  private constructor(guest: Guest, program: Uint8Array) {
    this.guest = guest;
    this.program = program;
  }

  static async build(): Promise<DiskLab> {
    const guest = await Guest.build();
    const toolchain = ring0Toolchain();
    const cacheDirectory = path.join(root, '.cache', 'ring0-kernel-tests');
    const complain = (text: string): void => console.error(text);
    const build = new Build({ root, cacheDirectory, toolchain, complain });
    const flags =
      '-m32 -std=gnu11 -O1 -ffreestanding -nostdinc -fno-pic -fno-stack-protector -Ikernel/include';
    const source = (name: string) =>
      build.object(`test/kernel/programs/${name}`, flags.split(' '), 'programs');
    const objects = [await source('start.S'), await source('disk.c')];
    const program = await build.link('programs/disk', ['-m', 'elf_i386', '-static', ...objects]);
    build.save();
    return new DiskLab(guest, readArtifact(program));
  }

  /** A file system of our builder with more files than the script's. */
  fileSystemWith(
    script: readonly string[],
    files: Readonly<Record<string, Uint8Array>>,
    blockSize: number,
    kibibytes = 16384,
  ): Uint8Array {
    const tree = this.tree(script);
    for (const [name, bytes] of Object.entries(files)) tree.file(name, bytes);
    const built = buildExt2(tree.root(), {
      blockSize,
      blocks: (kibibytes * 1024) / blockSize,
      uuid: new Uint8Array(16).fill(9),
      time: 1_767_225_600,
      label: 'disk',
    });
    if (!built.bytes) throw new Error(built.diagnostics[0]?.message);
    return built.bytes;
  }

  /** The tree that a session begins with: /disk, /script and what is mounted on. */
  tree(script: readonly string[]): TreeBuilder {
    const tree = new TreeBuilder();
    for (const name of ['dev', 'proc', 'tmp']) tree.directory(name);
    tree.file('/disk', this.program, 0o755);
    tree.file('/script', new TextEncoder().encode(`${script.join('\n')}\n`));
    return tree;
  }

  /** A file system of our own builder. */
  fileSystem(script: readonly string[], blockSize: number, kibibytes?: number): Uint8Array {
    return this.fileSystemWith(script, {}, blockSize, kibibytes);
  }

  /** A bootable disk with that file system in partition 1, and our program as the first process. */
  disk(fileSystem: Uint8Array, append = ''): Uint8Array {
    const image = this.guest.system.disk({ append: `init=/disk ${append}`.trim() });
    const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
    const start = view.getUint32(PARTITION_ENTRY + 8, true) * 512;
    const disk = new Uint8Array(start + fileSystem.length);
    disk.set(image.subarray(0, start));
    disk.set(fileSystem, start);
    new DataView(disk.buffer).setUint32(PARTITION_ENTRY + 12, fileSystem.length / 512, true);
    return disk;
  }

  run(fileSystem: Uint8Array, options: RunOptions = {}): DiskRun {
    const image = this.disk(fileSystem, options.append);
    const start = (image.length - fileSystem.length) / 512;
    const unreadable = new Set(options.unreadable?.map((sector) => start + sector));
    const unwritable = new Set(options.unwritable?.map((sector) => start + sector));
    const bytes = memoryDisk(image, { unreadable, unwritable });
    const commands: DiskCommand[] = [];
    let text = '';
    let line = 0;
    const machine = new Machine({
      memoryMiB: options.memoryMiB ?? 32,
      rom: this.guest.system.rom,
      diskTiming: options.diskTiming,
      disks: [bytes, ...(options.more ?? [])].map((disk) => ({ disk })),
      symbols: { addressOf: (name) => this.guest.symbol(name) },
      output: (channel, byte) => {
        if (channel !== 'com1' || byte === 13) return;
        text += String.fromCharCode(byte);
        if (
          byte === 10 &&
          /^-?\d+\n$/.test(text.slice(text.lastIndexOf('\n', text.length - 2) + 1))
        )
          line++;
      },
      trace: ({ kind, a, b, c }: TraceEvent) => {
        const isWrite = writeCommands.includes(a);
        if (kind !== 'disk' || (!isWrite && !readCommands.includes(a))) return;
        commands.push({ line, isWrite, sector: b - start, count: c });
      },
    });
    const { reason } = machine.run({ budget });
    unreadable.clear();
    const answers = [...text.matchAll(/^-?\d+$/gm)].map(([number]) => Number(number));
    const disk = bytes.read(0, bytes.sectors);
    if (!(disk instanceof Uint8Array)) throw new Error('the disk cannot be read');
    return { answers, text, disk, reason, commands };
  }
}

/** The lines whose answers are not what the model says. The model is brought to the script's end. */
export function wrongAnswers(model: Model, script: readonly string[], run: DiskRun): string[] {
  const wrong: string[] = [];
  for (const [i, line] of script.entries()) {
    const answer = run.answers[i];
    const wanted = model.run(line, answer ?? 0);
    if (answer !== wanted) wrong.push(`${i} ${line}: ${answer}, not ${wanted}`);
    if (wrong.length > 5) break;
  }
  return wrong;
}

const given = ['/disk', '/script', '/dev', '/proc', '/tmp', '/lost+found', '/'];

/** What differs between the file system and the model. */
export function differences(model: Model, found: FoundSystem): string[] {
  const wanted = model.list();
  const problems: string[] = [];
  for (const name of found.files.keys()) {
    if (!given.includes(name) && !wanted.has(name)) problems.push(`${name} should not be there`);
  }
  for (const [name, node] of wanted) {
    const file = found.files.get(name);
    const problem = file ? difference(node, file) : 'is missing';
    if (problem) problems.push(`${name} ${problem}`);
  }
  return problems;
}

function difference(node: ModelNode, file: FoundFile): string | undefined {
  if (node.kind !== file.kind) return `is a ${file.kind}, not a ${node.kind}`;
  if (node.mode !== file.mode) return `has mode ${file.mode}, not ${node.mode}`;
  if (node.kind === 'directory') return undefined;
  if (node.links !== file.links) return `has ${file.links} links, not ${node.links}`;
  const bytes =
    node.kind === 'file' ? node.read(0, node.size) : new TextEncoder().encode(node.target);
  if (bytes.length !== file.size) return `has ${file.size} bytes, not ${bytes.length}`;
  const at =
    Buffer.compare(bytes, file.bytes) === 0 ? -1 : bytes.findIndex((b, i) => b !== file.bytes[i]);
  return at < 0 ? undefined : `differs at ${at}: ${file.bytes[at]}, not ${bytes[at]}`;
}

/** Everything that is wrong with a run of a script: nothing, one hopes. */
export function faults(script: readonly string[], run: DiskRun): readonly string[] {
  const model = new Model();
  if (run.reason !== 'power-off' || run.answers.length !== script.length) {
    return [`${run.reason} after ${run.answers.length} answers: ${run.text.slice(-1500)}`];
  }
  const wrong = wrongAnswers(model, script, run);
  const found = checkExt2(firstPartition(run.disk));
  const state = found.isClean ? [] : ['the file system is not marked as clean'];
  return [...wrong, ...found.problems, ...differences(model, found), ...state];
}
