// The image builder against e2fsprogs and sfdisk: checked clean, and the tree comes back as it was.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TreeBuilder, buildDisk, buildExt2, ext2BlocksNeeded } from '@ring0/image';
import { describe, expect, test } from 'vitest';

const isMissing = ['e2fsck', 'debugfs', 'sfdisk'].some(
  (tool) => spawnSync(tool, ['-V']).error !== undefined,
);
if (isMissing) console.log('skipped: e2fsck, debugfs or sfdisk is not installed');

/** Numbers 0..2^32-1, the same for the same seed (xorshift32). */
function random(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function randomTree(seed: number): { tree: TreeBuilder; files: Map<string, Uint8Array> } {
  const next = random(seed);
  const tree = new TreeBuilder();
  const files = new Map<string, Uint8Array>();
  const directories = [''];
  for (let i = 0; i < 120; i++) {
    const parent = directories[next() % directories.length] ?? '';
    const name = `${parent}/${'n'.repeat(1 + (next() % 60))}${i}`;
    const choice = next() % 10;
    if (choice < 2) {
      tree.directory(name);
      directories.push(name);
    } else if (choice === 2) tree.symlink(name, 't'.repeat(1 + (next() % 200)));
    else {
      const size = choice === 3 ? next() % 700_000 : next() % 5000;
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size; at += 97) bytes[at] = next();
      tree.file(name, bytes, 0o644);
      files.set(name, bytes);
    }
  }
  return { tree, files };
}

describe.skipIf(isMissing)('ext2', () => {
  for (const blockSize of [1024, 2048, 4096]) {
    for (const seed of [1, 2, 3]) {
      test(`seed ${seed}, blocks of ${blockSize}: e2fsck finds nothing, debugfs gives the tree back`, () => {
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-image-'));
        const { tree, files } = randomTree(seed);
        const root = tree.root();
        const blocks = ext2BlocksNeeded(root, blockSize) + 9000;
        const uuid = new Uint8Array(16).fill(seed);
        const built = buildExt2(root, { blockSize, blocks, uuid, time: 1e9, label: 'x' });
        expect(built.diagnostics).toEqual([]);
        const image = path.join(directory, 'fs.img');
        fs.writeFileSync(image, built.bytes ?? new Uint8Array(0));
        const check = spawnSync('e2fsck', ['-fn', image], { encoding: 'utf8' });
        expect(check.stdout + check.stderr).toMatch(/non-contiguous/);
        expect(check.stdout).not.toMatch(/Fix|Create|Clear|WARNING/);
        expect(check.status).toBe(0);
        fs.mkdirSync(path.join(directory, 'out'));
        execFileSync('debugfs', ['-R', `rdump / ${directory}/out`, image], { stdio: 'ignore' });
        const found = fs.readdirSync(`${directory}/out`, { recursive: true, withFileTypes: true });
        expect(found.filter((entry) => entry.isFile())).toHaveLength(files.size);
        for (const [name, bytes] of files) {
          expect(fs.readFileSync(`${directory}/out${name}`).equals(bytes)).toBe(true);
        }
        fs.rmSync(directory, { recursive: true });
      });
    }
  }

  test('sfdisk reads the partition table', () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-image-'));
    const disk = buildDisk({
      bootBlock: new Uint8Array(440),
      kernel: new Uint8Array(300_000),
      fileSystem: new Uint8Array(8 << 20),
    });
    fs.writeFileSync(`${directory}/disk.img`, disk.bytes ?? new Uint8Array(0));
    const dump = execFileSync('sfdisk', ['-d', `${directory}/disk.img`], { encoding: 'utf8' });
    expect(dump).toMatch(/start= +2048, size= +16384, type=83, bootable/);
    fs.rmSync(directory, { recursive: true });
  });
});
