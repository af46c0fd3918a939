// e2fsprogs around our kernel's sessions: mke2fs makes a file system from a tree, e2fsck and debugfs read what is left.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TreeDirectory } from '@ring0/image';
import { Model } from '../../kernel/disk-model.ts';
import { randomScript } from '../../kernel/disk-script.ts';
import { faults } from '../../kernel/disk-session.ts';
import type { DiskLab, DiskRun } from '../../kernel/disk-session.ts';
import { firstPartition } from '../../kernel/ext2-check.ts';

/** The tool that is not there. */
export function toolsMissing(): string | undefined {
  const isMissing = (tool: string): boolean => spawnSync(tool, ['-V']).error !== undefined;
  return ['e2fsck', 'debugfs', 'mke2fs'].find(isMissing);
}

function inDirectory<T>(work: (directory: string) => T): T {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-disk-'));
  try {
    return work(directory);
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** A file system of mke2fs with the tree in it. */
export function mke2fs(
  root: TreeDirectory,
  options: readonly string[],
  kibibytes: number,
): Uint8Array {
  return inDirectory((directory) => {
    const tree = path.join(directory, 'tree');
    write(root, tree);
    const image = path.join(directory, 'image');
    const fixed = ['-q', '-t', 'ext2', '-d', tree, '-E', 'root_owner=0:0'];
    execFileSync('mke2fs', [...fixed, ...options, image, `${kibibytes}k`], { stdio: 'pipe' });
    return new Uint8Array(fs.readFileSync(image));
  });
}

function write(node: TreeDirectory, place: string): void {
  fs.mkdirSync(place);
  for (const [name, child] of node.children) {
    const to = path.join(place, name);
    if (child.kind === 'directory') write(child, to);
    else if (child.kind === 'file') fs.writeFileSync(to, child.bytes, { mode: child.mode });
    else fs.symlinkSync(child.target, to);
  }
}

/** What e2fsck has to say; nothing if all is well. */
export function e2fsckText(fileSystem: Uint8Array): string {
  return inDirectory((directory) => {
    const image = path.join(directory, 'image');
    fs.writeFileSync(image, fileSystem);
    const { status, stdout, stderr } = spawnSync('e2fsck', ['-fn', image], { encoding: 'utf8' });
    const lines = stdout.split('\n').filter((line) => !/^Pass \d|non-contiguous|^$/.test(line));
    const isSilent = status === 0 && lines.length === 0;
    return isSilent ? '' : `status ${status}: ${lines.join('\n')}${stderr}`;
  });
}

/** Paths below a directory of the host; symbolic links are not followed. */
function namesBelow(directory: string, place: string): string[] {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const name = `${place}/${entry.name}`;
    const inner = entry.isDirectory() ? namesBelow(path.join(directory, entry.name), name) : [];
    return [name, ...inner];
  });
}

/** What of the model's tree debugfs does not give back. */
function treeProblems(model: Model, fileSystem: Uint8Array): string[] {
  return inDirectory((directory) => {
    const image = path.join(directory, 'image');
    const out = path.join(directory, 'out');
    fs.writeFileSync(image, fileSystem);
    fs.mkdirSync(out);
    spawnSync('debugfs', ['-R', `rdump / ${out}`, image], { stdio: 'ignore' });
    const given = new Set(['disk', 'script', 'dev', 'proc', 'tmp', 'lost+found']);
    const found = namesBelow(out, '').filter((name) => !given.has(name.slice(1)));
    const wanted = model.list();
    const problems = found.filter((name) => !wanted.has(name)).map((name) => `extra ${name}`);
    for (const [name, node] of wanted) {
      const place = path.join(out, name);
      const stat = fs.lstatSync(place, { throwIfNoEntry: false });
      const isSame =
        node.kind === 'directory'
          ? stat?.isDirectory()
          : node.kind === 'symlink'
            ? stat?.isSymbolicLink() && fs.readlinkSync(place) === node.target
            : stat?.isFile() && fs.readFileSync(place).equals(node.read(0, node.size));
      if (!isSame) problems.push(`differs: ${name}`);
    }
    return problems;
  });
}

/** All that is wrong with a run: by the model, by our own reading, by e2fsck, by debugfs. */
export function oracleFaults(script: readonly string[], run: DiskRun): readonly string[] {
  const ours = faults(script, run);
  if (ours.length > 0) return ours;
  const fileSystem = firstPartition(run.disk);
  const text = e2fsckText(fileSystem);
  const model = new Model();
  for (const [i, line] of script.entries()) model.run(line, run.answers[i] ?? 0);
  return [...(text ? [text] : []), ...treeProblems(model, fileSystem)];
}

export interface CampaignOptions {
  /** From and to. */
  readonly seeds: readonly [number, number];
  /** Operations of each session. */
  readonly count: number;
  /** Default: our builder's, with blocks of 1, 2 and 4 KiB in turn. */
  readonly make?: (script: readonly string[]) => Uint8Array;
}

/** Random sessions; every fourth one in a machine of 6 MiB. */
export function diskCampaign(
  lab: DiskLab,
  { seeds, count, make }: CampaignOptions,
): { failures: string[]; summary: string } {
  const failures: string[] = [];
  let commands = 0;
  let operations = 0;
  for (let seed = seeds[0]; seed <= seeds[1]; seed++) {
    const script = randomScript({ seed, count });
    const blockSize = [1024, 2048, 4096][seed % 3] ?? 1024;
    const fileSystem = make?.(script) ?? lab.fileSystem(script, blockSize, 32768);
    const run = lab.run(fileSystem, { memoryMiB: seed % 4 === 0 ? 6 : 32 });
    operations += run.answers.length;
    commands += run.commands.length;
    const problems = oracleFaults(script, run);
    if (problems.length > 0) failures.push(`seed ${seed}: ${problems.join('\n')}`);
  }
  const sessions = seeds[1] - seeds[0] + 1;
  const summary = `seeds ${seeds.join('..')}: ${sessions} sessions, ${operations} operations, ${commands} disk commands, ${failures.length} failures`;
  return { failures, summary };
}
