// The disk after sessions of our kernel, by e2fsprogs: e2fsck finds nothing and debugfs gives the tree that the model has. On
// file systems of our builder and of mke2fs.

import { describe, expect, test } from 'vitest';
import { DiskLab } from '../kernel/disk-session.ts';
import { fillScript } from '../kernel/disk-fill.ts';
import { diskCampaign, e2fsckText, mke2fs, oracleFaults, toolsMissing } from './disk/e2fs.ts';

const missing = toolsMissing();
if (missing) console.log(`skipped: ${missing} is not installed`);

describe.skipIf(missing !== undefined)('sessions', async () => {
  const lab = await DiskLab.build();

  test('10 random sessions of 300 operations, blocks of 1, 2 and 4 KiB', () => {
    const result = diskCampaign(lab, { seeds: [101, 110], count: 300 });
    console.log(result.summary);
    expect(result.failures).toEqual([]);
  });

  for (const [name, options] of [
    ['1 KiB, revision 0', '-b 1024 -r 0'],
    [
      '1 KiB, sparse_super, large_file, dir_index, 256-byte inodes',
      '-b 1024 -I 256 -O filetype,sparse_super,large_file,dir_index,resize_inode,ext_attr',
    ],
    ['2 KiB, no types', '-b 2048 -O ^filetype,^resize_inode'],
    ['4 KiB, as mke2fs makes it', '-b 4096'],
  ] as const) {
    test(`a file system of mke2fs: ${name}`, () => {
      const result = diskCampaign(lab, {
        seeds: [7, 8],
        count: 300,
        make: (script) => mke2fs(lab.tree(script).root(), options.split(' '), 32768),
      });
      expect(result.failures).toEqual([]);
    });
  }

  test('a full disk', () => {
    for (const blockSize of [1024, 2048, 4096]) {
      const script = fillScript(blockSize);
      const run = lab.run(lab.fileSystem(script, blockSize, 1024));
      expect(oracleFaults(script, run)).toEqual([]);
    }
  });

  test('what e2fsck says of a file system that is in use, or damaged, is heard', () => {
    const fileSystem = lab.fileSystem(['y'], 1024);
    expect(e2fsckText(fileSystem)).toBe('');
    fileSystem[1024 + 12] = (fileSystem[1024 + 12] ?? 0) ^ 1; // free blocks
    expect(e2fsckText(fileSystem)).toMatch(/count wrong/);
  });

  test('the largest file: a byte at 2 GiB and above', () => {
    const script = ['w /f 2147483646 5 1', 'R /f 2147483640 20', 'g /f', 't /f 2147483650', 'y'];
    const run = lab.run(lab.fileSystem(script, 4096));
    expect(run.answers[0]).toBe(5);
    expect(run.answers.slice(3)).toEqual([0, 0]);
    const text = e2fsckText(run.disk.subarray(run.disk.length - 16384 * 1024));
    expect(text).toBe('');
  });
});
