// What a BIOS call says when the disk's backend fails: the status of INT 13h in AH, the carry flag,
// the sectors that moved. Status codes as in Phoenix's "System BIOS for IBM PCs", table of INT 13h.

import { memoryDisk } from '@ring0/emulator';
import type { MemoryDiskOptions } from '@ring0/emulator';
import { expect, test } from 'vitest';
import { Guests, recorded } from './guests.ts';

const guests = new Guests();
const rom = await guests.rom();
const sector = await guests.sector('disk-errors');

function answer(sectors: number, options: MemoryDiskOptions): string {
  const image = new Uint8Array(sectors * 512);
  image.set(sector);
  const disks = [{ disk: memoryDisk(image, options) }];
  const { machine, text } = recorded(rom, { disks });
  expect(machine.run({ budget: 2e9 })).toEqual({ reason: 'guest-exit', status: 0 });
  return /\[(.*) \]/.exec(text())?.[1] ?? text();
}

/** Read, check, write by place; read by number; the last status. */
const CASES: readonly (readonly [string, number, MemoryDiskOptions, string])[] = [
  ['a good disk', 2000, {}, '00030 00030 00030 00030 00000'],
  [
    'sector 101 cannot be read',
    2000,
    { unreadable: new Set([101]) },
    '10011 10011 00030 10011 10001',
  ],
  [
    'sector 102 cannot be written',
    2000,
    { unwritable: new Set([102]) },
    '00030 00030 CC021 00030 00000',
  ],
  ['a disk that is write-protected', 2000, { isReadOnly: true }, '00030 00030 03001 00030 00000'],
];

test.for(CASES)('%s', ([, sectors, options, wanted]) => {
  expect(answer(sectors, options)).toBe(wanted);
});
