import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fileDisk } from './disks.ts';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-disks-'));
const sector = (value: number): Uint8Array => new Uint8Array(512).fill(value);

function file(name: string, bytes: Uint8Array): string {
  const full = path.join(directory, name);
  fs.writeFileSync(full, bytes);
  return full;
}

test('a file is read and written in place; an odd end is filled with zeros', () => {
  const name = file('odd', new Uint8Array(1025).fill(7));
  const disk = fileDisk(name);
  expect(disk?.sectors).toBe(3);
  expect(disk?.read(2, 1)).toEqual(Uint8Array.of(7, ...new Uint8Array(511)));
  expect(disk?.write(1, sector(9))).toBe(true);
  expect(disk?.flush()).toBeUndefined();
  expect(fs.readFileSync(name)[600]).toBe(9);
});

test('an empty file is one sector of zeros', () => {
  const disk = fileDisk(file('empty', new Uint8Array(0)));
  expect([disk?.sectors, disk?.read(0, 1)]).toEqual([1, sector(0)]);
});

test('a file that shrinks has unreadable sectors from there on', () => {
  const name = file('shrinks', new Uint8Array(8 * 512).fill(1));
  const disk = fileDisk(name);
  fs.truncateSync(name, 5 * 512 + 3);
  expect(disk?.read(2, 3)).toEqual(new Uint8Array(3 * 512).fill(1));
  expect(disk?.read(2, 6)).toEqual({ error: 'unreadable', sector: 5 });
  expect(disk?.read(7, 1)).toEqual({ error: 'unreadable', sector: 7 });
});

test('what is no file, or is not there, is no disk', () => {
  expect(fileDisk(directory)).toBeUndefined();
  expect(fileDisk(path.join(directory, 'absent'))).toBeUndefined();
});

test.skipIf(process.getuid?.() === 0)('a file that may only be read is write-protected', () => {
  const name = file('read-only', sector(5));
  fs.chmodSync(name, 0o444);
  const disk = fileDisk(name);
  expect(disk?.write(0, sector(1))).toEqual({ error: 'write-protected', sector: 0 });
  expect(disk?.read(0, 1)).toEqual(sector(5));
});

const unwritable = '/proc/self/status';

test.skipIf(!fs.existsSync(unwritable))('a write that the host refuses is no exception', () => {
  const answer = fileDisk(unwritable)?.write(3, sector(0xff));
  const error = process.getuid?.() === 0 ? 'fault' : 'write-protected';
  expect(answer).toEqual({ error, sector: 3 });
});
