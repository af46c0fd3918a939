// The ATA channel and its bus master against QEMU's piix3-ide: one boot sector carries out the same scripts on both and
// prints registers and sums of memory. Where QEMU departs from the data sheet the scripts do not look: it moves nothing
// at all for a table that is too short, and keeps the active bit only for a table that is a whole sector too long.

import { describe, test } from 'vitest';
import { compare, hasQemuIde } from './ata/machines.ts';
import { COMMANDS, randomScript } from './ata/random.ts';
import { READ_DMA, SECTORS, Script, WRITE_DMA } from './ata/script.ts';
import type { Region } from './ata/script.ts';

if (!hasQemuIde()) console.log('skipped: qemu-system-i386 is not installed');

const FIRST = 0x20000;

function registerScript(): Script {
  const script = new Script();
  script.begin();
  script.say('function:');
  for (const at of [0, 8, 0x20]) script.showConfiguration(at);
  script.say('\nregisters:');
  for (const value of [0xf6, 0x09, 0x00]) {
    for (const register of [0, 2]) script.master(register, value & ~1);
    for (const register of [0, 2]) script.showMaster(register);
  }
  script.masterTable(0x12345677);
  for (const register of [4, 5, 6, 7]) script.showMaster(register);
  script.say('\nstart and stop:');
  script.master(0, 9);
  script.showMaster();
  script.master(0, 8);
  script.showMaster();
  script.say('\nmodes:');
  for (const mode of [0x22, 0x20, 0x42, 0x45]) {
    script.out(0x1f1, 3);
    script.command(0xef, 0, mode);
    script.waitDrive(0x80, 0);
    script.show(0x1f7);
    script.command(0xec, 0, 0);
    script.waitDrive(0x88, 8);
    script.pioIn(FIRST);
    for (const word of [63, 88]) script.sum(FIRST + word * 2, 2);
    script.show(0x1f7);
  }
  script.say('\nabilities:');
  script.sum(FIRST + 53 * 2, 1);
  script.say('\nno such command:');
  script.command(0xff, 0, 0);
  script.waitDrive(0x80, 0);
  script.show(0x1f7, 0xe9); // QEMU's drive has lost its place after an error
  script.show(0x1f1);
  script.say('\n');
  return script;
}

function shapeScript(): Script {
  const script = new Script();
  script.begin();
  const read = (name: string, sector: number, count: number, regions: readonly Region[]): void =>
    script.transfer(name, READ_DMA, sector, count, regions);
  read('one region', 100, 2, [[FIRST, 1024]]);
  read('no sector keeps to a region', 200, 3, [
    [FIRST + 2, 510],
    [FIRST + 0x1000, 2],
    [FIRST + 0x2000, 1024],
  ]);
  read(
    'regions of two bytes',
    77,
    1,
    Array.from({ length: 256 }, (_, i) => [FIRST + 6 * i, 2]),
  );
  read('64 KiB are 0', 300, 128, [[0x30000, 0x10000]]);
  read('a count of 0', 400, 256, [
    [0x30000, 0x10000],
    [0x40000, 0x10000],
  ]);
  read('longer by a sector', 500, 1, [[FIRST, 1024]]);
  read('longer by a region', 501, 2, [
    [FIRST, 1024],
    [FIRST + 0x800, 512],
  ]);

  script.fill(FIRST, 0x4000, 17);
  script.transfer('write', WRITE_DMA, 1000, 5, [
    [FIRST + 4, 508],
    [FIRST + 0x400, 2052],
  ]);
  script.transfer('write, longer', WRITE_DMA, 1010, 1, [[FIRST, 2048]]);
  script.say('by PIO:');
  script.readByPio(1000, 5, 0x30000);
  script.showMaster();
  script.say('\nthe command before the start:');
  script.table([[FIRST, 512]]);
  script.master(2, 6);
  script.command(READ_DMA, 9, 1);
  script.waitDrive(0x88, 8);
  script.show(0x3f6);
  script.showMaster();
  script.start(READ_DMA);
  script.waitInterrupt();
  script.showEnd();
  script.sum(FIRST, 512);

  script.say('\nshorter:');
  script.table([[FIRST, 512]]);
  script.command(READ_DMA, 9, 4);
  script.start(READ_DMA);
  script.waitInactive();
  script.showMaster();
  script.reset();
  script.show(0x1f7);
  script.say('\n');
  read('and after it', 40, 1, [[FIRST, 512]]);
  script.say('without interrupts:');
  script.out(0x3f6, 2);
  script.table([[FIRST, 512]]);
  script.command(READ_DMA, 10, 1);
  script.start(READ_DMA);
  script.waitInactive();
  script.waitDrive(0x88, 0);
  script.showMaster();
  script.show(0x1f7);
  script.out(0x3f6, 0);
  script.say('\nno such sector:');
  script.table([[FIRST, 512]]);
  script.command(READ_DMA, SECTORS, 1);
  script.start(READ_DMA);
  script.waitInterrupt();
  script.show(0x1f7, 0xc9);
  script.say('\n');
  return script;
}

describe.skipIf(!hasQemuIde())('as QEMU does it', { timeout: 120_000 }, () => {
  test('registers, modes, abilities', () => compare(registerScript(), 6));
  test('shapes of region tables', () => compare(shapeScript(), 12));
  test.for([1, 2, 3, 4])('random tables, seed %i', (seed) => compare(randomScript(seed), COMMANDS));
});
