import { expect, test } from 'vitest';
import { TreeBuilder, buildDisk, buildExt2, ext2BlocksNeeded } from './index.ts';

const options = {
  blockSize: 1024,
  blocks: 2048,
  uuid: new Uint8Array(16).fill(7),
  time: 1_000_000_000,
  label: 'root',
};

function sample(order: readonly string[]): TreeBuilder {
  const tree = new TreeBuilder();
  for (const name of order) tree.file(`/etc/${name}`, new Uint8Array(3000).fill(name.length));
  tree.symlink('/link', 'etc/motd');
  return tree;
}

test('the order of adding files does not show in the image', () => {
  const first = buildExt2(sample(['motd', 'a', 'zz']).root(), options);
  const second = buildExt2(sample(['zz', 'motd', 'a']).root(), options);
  expect(first.bytes).toBeDefined();
  expect(Buffer.from(first.bytes ?? []).equals(Buffer.from(second.bytes ?? []))).toBe(true);
});

test('a tree that does not fit is refused with both numbers', () => {
  const tree = new TreeBuilder();
  tree.file('/big', new Uint8Array(3_000_000));
  const { bytes, diagnostics } = buildExt2(tree.root(), options);
  expect(bytes).toBeUndefined();
  expect(diagnostics[0]?.message).toMatch(
    /needs \d+ blocks of 1024 bytes, the file system has 2048/,
  );
});

test('blocks needed count directories, data and indirect blocks', () => {
  const tree = new TreeBuilder();
  tree.file('/f', new Uint8Array(13 * 1024)); // 13 data blocks and one indirect
  expect(ext2BlocksNeeded(tree.root(), 1024)).toBe(1 + 13 + 1);
});

test('the disk has a boot signature, the kernel at sector 1 and an aligned partition', () => {
  const kernel = new Uint8Array(1_200_000).fill(0x7f);
  const parts = {
    bootBlock: new Uint8Array(440).fill(0x90),
    kernel,
    fileSystem: new Uint8Array(4096),
  };
  const { bytes, partitionSector } = buildDisk(parts);
  expect(partitionSector).toBe(4096);
  expect([bytes?.[510], bytes?.[511], bytes?.[512], bytes?.[439]]).toEqual([
    0x55, 0xaa, 0x7f, 0x90,
  ]);
  expect(bytes?.length).toBe(4096 * 512 + 4096);
});

test('boot code that would run into the partition table is refused', () => {
  const parts = {
    bootBlock: new Uint8Array(441),
    kernel: new Uint8Array(1),
    fileSystem: new Uint8Array(512),
  };
  expect(buildDisk(parts).diagnostics[0]?.message).toMatch(/441 bytes of code, 440 fit/);
});
