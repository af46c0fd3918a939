// The disk of the running system: rows D of KERNEL.md, and what a session leaves on the disk, by our own reading of ext2
// (ext2-check.ts). test/oracle/disk.test.ts asks e2fsprogs the same.

import { memoryDisk } from '@ring0/emulator';
import { describe, expect, test } from 'vitest';
import { errno } from './disk-model.ts';
import { randomScript } from './disk-script.ts';
import { DiskLab, faults } from './disk-session.ts';
import type { DiskRun } from './disk-session.ts';
import { checkExt2, firstPartition } from './ext2-check.ts';
import { fillScript } from './disk-fill.ts';

const lab = await DiskLab.build();

function runScript(script: readonly string[], blockSize = 4096): DiskRun {
  const run = lab.run(lab.fileSystem(script, blockSize));
  expect(faults(script, run)).toEqual([]);
  return run;
}

/** Each sector says which it is. */
function numbered(count: number, name: number): Uint8Array {
  return new Uint8Array(count * 512).map((_, i) => (i % 512 === 0 ? name : Math.floor(i / 512)));
}

/** Where a file of `numbered` begins, in sectors of the file system. */
function sectorOf(fileSystem: Uint8Array, file: Uint8Array, sector: number): number {
  const wanted = Buffer.from(file.subarray(sector * 512, (sector + 1) * 512));
  return Buffer.from(fileSystem.buffer, fileSystem.byteOffset).indexOf(wanted) / 512;
}

describe('the disk', () => {
  test('D01 a byte that changes costs a block, read and written', () => {
    const script = ['w /f 5000 1 7', 'f /f'];
    const file = numbered(64, 0xee);
    const fileSystem = lab.fileSystemWith(script, { '/f': file }, 1024);
    const run = lab.run(fileSystem);
    expect(run.answers).toEqual([1, 0]);
    const block = sectorOf(fileSystem, file, 8);
    const touches = run.commands.filter(({ sector }) => sector >= block && sector < block + 8);
    expect(touches.map(({ isWrite, sector, count }) => [isWrite, sector, count])).toEqual([
      [false, block, 8], // a page of the cache
      [true, block, 2],
    ]);
    const found = checkExt2(firstPartition(run.disk));
    const wanted = file.slice();
    wanted[5000] = (7 + 5000 * 7 + 9 * 13) & 0xff;
    expect(Buffer.from(found.files.get('/f')?.bytes ?? []).equals(Buffer.from(wanted))).toBe(true);
  });

  test('D02 a file lies in blocks, which may be scattered, and wastes the rest of the last', () => {
    const appends = Array.from({ length: 40 }, (_, i) => [
      `a /a 0 700 ${i}`,
      `a /b 0 700 ${i}`,
      'y',
    ]);
    const script = ['w /f 0 2100 1', ...appends.flat(), 'R /a 0 28000', 'R /b 0 28000'];
    const run = runScript(script, 1024);
    const { files, freeBlocks } = checkExt2(firstPartition(run.disk));
    const without = checkExt2(firstPartition(runScript(['F 0'], 1024).disk));
    expect(files.get('/f')?.size).toBe(2100);
    // 3 blocks, and for each of the others 28 with a table; the script itself is longer by some.
    const scriptBlocks = Math.ceil((script.join('\n').length + 1) / 1024) - 1;
    expect(without.freeBlocks - freeBlocks).toBe(3 + 2 * 29 + scriptBlocks);
  });

  test('D03 the first byte of a page fills the cache, the others come from there', () => {
    const script = ['F 0', ...Array.from({ length: 50 }, (_, i) => `R /f ${i * 80} 1`)];
    const run = lab.run(lab.fileSystemWith(script, { '/f': numbered(8, 0xee) }, 4096));
    expect(run.answers.length).toBe(51);
    const reads = run.commands.filter(({ line, isWrite }) => line > 0 && !isWrite);
    expect(reads.map(({ line }) => line)).toEqual([1]);
  });

  test('D04 metadata maps names to blocks: a session leaves a whole file system', () => {
    const run = runScript([
      'm /a',
      'm /a/b',
      'w /a/b/f 100000 5000 1',
      'l /a/b/f /g',
      's /a/b/f /s',
      'n /a/b /c',
      'u /g',
      't /c/f 99',
      'R /c/f 0 200',
    ]);
    const { files, problems, isClean } = checkExt2(firstPartition(run.disk));
    expect([problems, isClean]).toEqual([[], true]);
    expect(files.get('/c/f')).toMatchObject({ size: 99, links: 1 });
    for (const name of ['/a', '/c', '/s']) expect([...files.keys()]).toContain(name);
    expect(files.has('/a/b') || files.has('/g')).toBe(false);
  });

  test('D08 the root is mounted from the disk, and can be written to unless asked otherwise', () => {
    const session = lab.guest.boot();
    expect(session.command('cat /proc/mounts')).toMatch(/^\/dev\/hda1 \/ ext2 rw,noatime 0 0\n/);
    const image = lab.guest.image({ append: 'ro' });
    const readOnly = lab.guest.boot({ disks: [image] });
    expect(readOnly.command('cat /proc/mounts')).toMatch(/^\/dev\/hda1 \/ ext2 ro,noatime 0 0\n/);
    expect(readOnly.command('echo x > /x; echo $?')).toMatch(/Read-only file system\n1\n$/);
  });

  test('D09 one way to read and write: files, devices, pipes and made-up files', () => {
    const session = lab.guest.boot();
    session.command('echo one > /f');
    expect(session.command('cat /f /proc/version | cat')).toMatch(/^one\nring0 version/);
    expect(session.command('cat /f > /dev/console')).toBe('one\n');
    expect(session.command('head -c 3 /dev/zero | wc -c')).toMatch(/^ *3\n$/);
  });

  test('D10 names are a tree that one moves about in', () => {
    const session = lab.guest.boot();
    expect(session.command('cd /proc; pwd; cd ..; pwd; cd bin/../etc; pwd')).toBe(
      '/proc\n/\n/etc\n',
    );
  });

  test('D13 the devices are files, mounted on /dev', () => {
    const session = lab.guest.boot();
    expect(session.command('cat /proc/mounts')).toContain('\ndevfs /dev devfs rw 0 0\n');
    expect(session.command('ls /dev')).toMatch(/console[^]*hda1[^]*null/);
  });

  test('D14 tmpfs lives in memory alone', () => {
    const script = [
      'm /mnt',
      'y',
      'k none /mnt tmpfs 0',
      'm /mnt/d',
      'w /mnt/d/f 70000 9000 3',
      'R /mnt/d/f 65536 20000',
      'y',
      'z 40',
      'K /mnt',
      'R /mnt/d/f 0 1',
    ];
    const run = lab.run(lab.fileSystem(script, 4096));
    expect(run.answers.filter((_, i) => i !== 5)).toEqual([
      0,
      0,
      0,
      0,
      9000,
      0,
      0,
      0,
      errno('ENOENT'),
    ]);
    expect(run.commands.filter(({ line, isWrite }) => isWrite && line > 1 && line < 8)).toEqual([]);
    expect([...checkExt2(firstPartition(run.disk)).files.keys()]).toContain('/mnt');
  });

  test('D15 links make the tree a graph: hard ones count, symbolic ones may lead in circles', () => {
    const script = [
      'w /f 0 10 1',
      'l /f /g',
      'a /g 10 10 2',
      'g /f',
      's /s2 /s1',
      's /s1 /s2',
      'R /s1 0 1',
      's f /t',
      'R /t 0 20',
      'u /f',
      'R /t 0 20',
      'w /t 0 5 3',
      'R /g 0 99',
    ];
    const run = runScript(script);
    expect(run.answers[6]).toBe(errno('ELOOP'));
    expect(run.answers[10]).toBe(errno('ENOENT'));
  });

  test('D16 what a file has in memory is read and written there', () => {
    const script = ['w /f 0 100000 1', 'R /f 0 100000', 'w /f 5 10 2', 'R /f 0 100000', 'F 0'];
    const run = runScript(script);
    expect(run.commands.filter(({ line, isWrite }) => isWrite && line < 5 && line > 0)).toEqual([]);
    expect(run.commands.filter(({ line, isWrite }) => !isWrite && line > 0 && line < 5)).toEqual(
      [],
    );
  });

  test('D17 a file that is mapped and one that is read and written are one', () => {
    const script = [
      'w /f 0 50000 1',
      'M /f 100 40000 2',
      'R /f 0 50000',
      'w /f 4000 200 3',
      'M /f 4050 10 4',
      't /f 4060',
      't /f 9000',
      'R /f 0 9000',
      'w /h 90000 1 5',
      'M /h 30000 9000 6',
      'y',
      'M /h 30100 10 7',
      'z 40',
      'M /h 30200 10 8',
      'R /h 0 90001',
    ];
    runScript(script);
    runScript(script, 1024);
  });

  test('D18 the path that was walked is kept: .. goes back along it', () => {
    const script = [
      'm /a',
      'm /a/b',
      's /a/b /l',
      'C /l',
      'm here',
      'C ..',
      'm top',
      'C /a/b',
      'C ..',
      'm mid',
    ];
    const run = lab.run(lab.fileSystem(script, 1024));
    expect(run.answers).toEqual(script.map(() => 0));
    const names = [...checkExt2(firstPartition(run.disk)).files.keys()];
    expect(names).toEqual(expect.arrayContaining(['/a/b/here', '/top', '/a/mid']));
  });
});

describe('random sessions are what the model says', () => {
  for (const [seed, blockSize, memoryMiB] of [
    [1, 1024, 32],
    [2, 2048, 32],
    [3, 4096, 32],
    [4, 1024, 6],
  ] as const) {
    test(`seed ${seed}, blocks of ${blockSize}, ${memoryMiB} MiB`, () => {
      const script = randomScript({ seed, count: 300 });
      const run = lab.run(lab.fileSystem(script, blockSize, 32768), { memoryMiB });
      expect(faults(script, run)).toEqual([]);
    });
  }
});

describe('a full disk', () => {
  for (const blockSize of [1024, 4096]) {
    test(`is ENOSPC, and nothing is lost: blocks of ${blockSize}`, () => {
      const script = fillScript(blockSize);
      const run = lab.run(lab.fileSystem(script, blockSize, 1024));
      expect(faults(script, run)).toEqual([]);
      expect(run.answers.filter((answer) => answer === errno('ENOSPC')).length).toBeGreaterThan(5);
      expect(
        run.answers.filter((answer) => answer === errno('ENOSPC') - 1000).length,
      ).toBeGreaterThan(5);
      const free = script.flatMap((line, i) => (line.startsWith('F') ? [run.answers[i]] : []));
      expect(free.slice(2)).toEqual(free.slice(0, 2));
    });
  }
});

describe('errors of the disk', () => {
  const file = numbered(64, 0xee);
  const other = numbered(64, 0xdd);

  test('what cannot be read is EIO, and all else goes on', () => {
    const script = [
      'R /f 0 100',
      'R /f 8192 100',
      'w /f 8200 5 1',
      'w /f 8192 4096 1',
      'R /g 0 99',
      'w /new 0 9 1',
    ];
    const fileSystem = lab.fileSystemWith(script, { '/f': file, '/g': other }, 4096);
    const unreadable = [sectorOf(fileSystem, file, 19)];
    const run = lab.run(fileSystem, { unreadable });
    const sum = run.answers[0];
    expect(run.answers).toEqual([sum, errno('EIO'), errno('EIO') - 1000, 4096, run.answers[4], 9]);
    const { files, problems, isClean } = checkExt2(firstPartition(run.disk));
    expect([problems, isClean]).toEqual([[], true]);
    expect(files.get('/g')?.bytes).toEqual(other);
    expect(files.get('/f')?.bytes.subarray(0, 8192)).toEqual(file.subarray(0, 8192));
  });

  test('what cannot be written is EIO of fsync, once, and all else goes on', () => {
    const script = ['w /f 0 30000 1', 'f /f', 'f /f', 'w /g 0 30000 2', 'f /g', 'm /d', 'y'];
    const fileSystem = lab.fileSystemWith(script, { '/f': file, '/g': other }, 1024);
    const run = lab.run(fileSystem, { unwritable: [sectorOf(fileSystem, file, 20)] });
    expect(run.answers).toEqual([30000, errno('EIO'), 0, 30000, 0, 0, 0]);
    expect(checkExt2(firstPartition(run.disk)).problems).toEqual([]);
  });

  test('metadata that cannot be written makes the file system read-only', () => {
    const script = ['w /x 0 5000 1', 'y', 'm /e', 'R /g 0 99', 'w /g 0 1 1'];
    const fileSystem = lab.fileSystemWith(script, { '/g': other }, 1024);
    const run = lab.run(fileSystem, { unwritable: [3 * 2, 3 * 2 + 1] }); // the block bitmap
    expect(run.answers.slice(0, 3)).toEqual([5000, 0, errno('EROFS')]);
    expect(run.answers.slice(4)).toEqual([errno('EROFS')]);
    expect(run.reason).toBe('power-off');
    expect(checkExt2(firstPartition(run.disk)).isClean).toBe(false);
  });

  test('a directory that cannot be read, or is damaged, is EIO and no panic', () => {
    const script = ['R /d/x 0 1', 'm /d/y', 'R /g 0 99', 'm /e'];
    const files = { '/d/x': file, '/g': other };
    const fileSystem = lab.fileSystemWith(script, files, 1024);
    const entry = Buffer.from(fileSystem.buffer).indexOf(Buffer.from([1, 1, 0x78])) - 6; // the name x
    const unreadable = lab.run(fileSystem, { unreadable: [Math.floor(entry / 512)] });
    expect(unreadable.answers).toEqual([errno('EIO'), errno('EIO'), unreadable.answers[2], 0]);
    fileSystem[entry + 4] = 3; // the entry's length
    const damaged = lab.run(fileSystem);
    expect(damaged.answers.slice(0, 2)).toEqual([errno('EIO'), errno('EIO')]);
    expect(damaged.answers[3]).toBe(errno('EROFS'));
    expect(damaged.reason).toBe('power-off');
  });
});

describe('mounting', () => {
  test('a second disk is mounted, written, made read-only and unmounted', () => {
    const script = [
      'm /mnt',
      'k /dev/hdb /mnt ext2 0',
      'w /mnt/f 0 5000 1',
      'k /dev/hdb /tmp ext2 0', // once is enough
      'w /dev/hdb 0 1 1', // nor is it to be written past the file system
      'o 0 /mnt/f',
      'K /mnt', // in use
      'k none /mnt none 33', // MS_REMOUNT | MS_RDONLY, but a file is open for writing
      'n /mnt/f /f',
      'd /mnt',
      'x 0',
      'k none /mnt none 33',
      'w /mnt/g 0 1 1',
      'R /mnt/f 0 1',
      'k none /mnt none 32',
      'm /mnt/d',
      'K /mnt',
      'R /mnt/f 0 1',
      'K /mnt',
      'k /dev/hdb /mnt ext3 0',
      'k /dev/null /mnt ext2 0',
      'w /dev/hdb 700 10 1',
    ];
    const second = memoryDisk(lab.fileSystem(['y'], 2048, 2048));
    const run = lab.run(lab.fileSystem(script, 1024), { more: [second] });
    const [busy, readOnly, missing] = [errno('EBUSY'), errno('EROFS'), errno('ENOENT')];
    expect(run.answers).toEqual([
      ...[0, 0, 5000, busy, busy, 0, busy, busy, errno('EXDEV'), busy, 0],
      ...[0, readOnly, run.answers[13], 0, 0, 0, missing, errno('EINVAL')],
      ...[errno('ENODEV'), errno('ENOTBLK'), 10],
    ]);
    const bytes = second.read(0, second.sectors);
    if (!(bytes instanceof Uint8Array)) throw new Error('unreadable');
    expect(bytes[700]).toBe((1 + 700 * 7 + 13) & 0xff);
    const { files, problems, isClean } = checkExt2(bytes);
    expect([problems, isClean]).toEqual([[], true]);
    expect(files.get('/f')?.size).toBe(5000);
    expect(files.get('/d')?.kind).toBe('directory');
    expect(checkExt2(firstPartition(run.disk)).problems).toEqual([]);
  });
});

describe('processes at once', () => {
  for (const seed of [1, 2, 3]) {
    test(`six of them change one tree, seed ${seed}: the file system stays whole`, () => {
      const script: string[] = [];
      for (let child = 0; child < 6; child++) {
        const lines = randomScript({ seed: seed * 100 + child, count: 120 });
        script.push('P', ...lines.filter((line) => !/^[zM]/.test(line)), 'Q');
      }
      script.push('Z');
      const blockSize = [1024, 2048, 4096][seed % 3] ?? 1024;
      const run = lab.run(lab.fileSystem(script, blockSize, 32768), { memoryMiB: 12 });
      expect([run.reason, run.answers]).toEqual(['power-off', [6]]);
      const { problems, isClean } = checkExt2(firstPartition(run.disk));
      expect([problems, isClean]).toEqual([[], true]);
    });
  }
});

describe('a file system that is not ours alone', () => {
  const set = (fileSystem: Uint8Array, offset: number, value: number): Uint8Array => {
    const copy = fileSystem.slice();
    new DataView(copy.buffer).setUint32(1024 + offset, value, true);
    return copy;
  };

  test('with features that we do not know is not mounted, or only read', () => {
    const script = ['R /g 0 99', 'm /e'];
    const fileSystem = lab.fileSystem(script, 1024);
    const unknown = lab.run(set(fileSystem, 96, 0x42));
    expect(unknown.text).toMatch(/ext2: unknown features 40 on hda1\n[^]*panic/);
    const readable = lab.run(set(fileSystem, 100, 0x10));
    expect(readable.answers).toEqual([errno('ENOENT'), errno('EROFS')]);
    expect(firstPartition(readable.disk)).toEqual(set(fileSystem, 100, 0x10));
  });

  test('is marked as in use while it is mounted, and files without a name end with the session', () => {
    const script = [
      'w /f 0 50000 1',
      'o 0 /f',
      'u /f',
      'r 0 0 50000',
      'W 0 60000 5000 2',
      'r 0 0 65000',
    ];
    const run = runScript(script);
    expect(run.answers.at(-1)).toBeGreaterThan(0);
    const image = lab.guest.image();
    const session = lab.guest.boot({ disks: [image] });
    expect(session.command('cat /proc/mounts')).toContain('ext2 rw');
    expect(checkExt2(firstPartition(image)).isClean).toBe(true);
  });
});
