// Our BIOS and our machine against QEMU: the same boot sectors give the same answers under SeaBIOS
// in QEMU and under our BIOS in our machine; and our BIOS itself, whose every byte is ours, drives
// QEMU's devices as it drives ours.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { KEY_INPUT, keysOfText } from '@ring0/emulator';
import type { DiskSlot } from '@ring0/emulator';
import { describe, expect, test } from 'vitest';
import { Guests, floppy, hardDisk, recorded } from '../machine/guests.ts';

const qemu = 'qemu-system-i386';
const isThere = spawnSync(qemu, ['--version']).status === 0;
if (!isThere) console.log(`skipped: ${qemu} is not installed`);

const guests = new Guests();
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-qemu-'));
const DATE = '2026-03-04T05:06:07';
const PATIENCE_MS = 60_000;

interface QemuOptions {
  readonly bios?: Uint8Array;
  /** Options that name `image` as a drive. */
  readonly drive?: (image: string) => string[];
  /** Names of QEMU's `sendkey`, sent once the sector has begun. */
  readonly keys?: readonly string[];
}

const ideDisk = (image: string): string[] => ['-drive', `file=${image},format=raw,if=ide`];
const realFloppy = (image: string): string[] => ['-drive', `file=${image},format=raw,if=floppy`];
const ataFloppy = (image: string): string[] => {
  const drive = `id=d0,file=${image},format=raw,if=none`;
  return ['-drive', drive, '-device', 'ide-hd,drive=d0,bus=ide.0,cyls=80,heads=2,secs=18'];
};

/** What a boot sector printed in QEMU, by the debug console. */
async function inQemu(name: string, image: Uint8Array, options: QemuOptions = {}): Promise<string> {
  const file = path.join(directory, `${name}.img`);
  const output = path.join(directory, `${name}.txt`);
  fs.writeFileSync(file, image);
  fs.writeFileSync(output, '');
  const bios = path.join(directory, 'bios.bin');
  if (options.bios) fs.writeFileSync(bios, options.bios);
  const board = '-m 64 -display none -serial null -monitor stdio -net none -no-reboot -icount 1';
  const debug = '-device isa-debug-exit,iobase=0xf4,iosize=4 -device isa-debugcon,chardev=log';
  const log = ['-chardev', `file,id=log,path=${output}`, '-rtc', `base=${DATE},clock=vm`];
  const firmware = options.bios ? ['-bios', bios] : [];
  const drive = (options.drive ?? ideDisk)(file);
  const args = [...board.split(' '), ...log, ...debug.split(' '), ...firmware, ...drive];
  const child = spawn(qemu, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const timeout = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const typing = setInterval(() => {
    if (!fs.readFileSync(output, 'latin1').includes('[') || !options.keys) return;
    clearInterval(typing);
    for (const key of options.keys) child.stdin.write(`sendkey ${key} 20\n`);
  }, 100);
  const status = await ended;
  clearTimeout(timeout);
  clearInterval(typing);
  expect(status).toBe(1);
  return fs.readFileSync(output, 'latin1').replaceAll('\r', '');
}

/** The same in our machine. */
async function inOurs(slot: DiskSlot, keys: readonly number[] = []): Promise<string> {
  const clock = { startMs: Date.parse(`${DATE}Z`) };
  const { machine, debug } = recorded(await guests.rom(), { disks: [slot], clock });
  machine.run({ until: { serial: '[' }, budget: 1e9 });
  for (const key of keys) machine.input('keyboard', KEY_INPUT, key);
  expect(machine.run({ budget: 2e9 })).toEqual({ reason: 'guest-exit', status: 0 });
  return debug();
}

/** A disk image that begins with the sector. */
async function image(name: string, bytes: number): Promise<Uint8Array> {
  const all = new Uint8Array(bytes);
  all.set(await guests.sector(name));
  return all;
}

const DISK_BYTES = 20_160 * 512;
const FLOPPY_BYTES = 2880 * 512;

describe.skipIf(!isThere)('the same answers as SeaBIOS', () => {
  test.for(['hello', 'screen', 'clock', 'chips', 'uart', 'ata'])('%s', async (name) => {
    const bytes = await image(name, DISK_BYTES);
    expect(await inOurs(hardDisk(bytes))).toBe(await inQemu(name, bytes));
  });

  test('INT 13h on a hard disk, but for the cylinder that SeaBIOS keeps for itself', async () => {
    const bytes = await image('disk', DISK_BYTES);
    const ours = await inOurs(hardDisk(bytes));
    expect(ours).toContain('0000 133F 0F01');
    expect(ours.replace('133F', '123F')).toBe(await inQemu('disk', bytes));
  });

  test('a floppy with its medium’s geometry', async () => {
    const bytes = await image('hello', FLOPPY_BYTES);
    const theirs = await inQemu('hello', bytes, { drive: realFloppy });
    expect(await inOurs(floppy(bytes))).toBe(theirs);
  });

  test('keys as words of INT 16h', async () => {
    const bytes = await image('keys', DISK_BYTES);
    const names = ['a', 'shift-z', '1', 'shift-1', 'ctrl-c', 'tab', 'f1', 'alt-x', 'up', 'ret'];
    const x = keysOfText('x');
    const keys = [
      ...keysOfText('aZ1!\x03\t'),
      0x3b,
      0xbb,
      0x38,
      ...x,
      0xb8,
      0x148,
      0x1c8,
      ...keysOfText('\n'),
    ];
    expect(await inOurs(hardDisk(bytes), keys)).toBe(await inQemu('keys', bytes, { keys: names }));
  });

  test('conventional memory and the map below 1 MiB', async () => {
    const bytes = await image('memory-map', DISK_BYTES);
    const head = (text: string): string => text.split('\n').slice(0, 4).join('\n');
    expect(head(await inOurs(hardDisk(bytes)))).toBe(head(await inQemu('memory-map', bytes)));
  });
});

describe.skipIf(!isThere)('our BIOS on the devices of QEMU', () => {
  test.for(['hello', 'disk', 'memory-map', 'clock', 'a20'])('%s', async (name) => {
    const bytes = await image(name, DISK_BYTES);
    const bios = await guests.rom();
    expect(await inOurs(hardDisk(bytes))).toBe(await inQemu(name, bytes, { bios }));
  });

  test('a floppy image on ATA', async () => {
    const bytes = await image('disk', FLOPPY_BYTES);
    const bios = await guests.rom();
    const theirs = await inQemu('disk', bytes, { bios, drive: ataFloppy });
    expect(await inOurs(floppy(bytes))).toBe(theirs);
  });

  test('keys', async () => {
    const bytes = await image('keys', DISK_BYTES);
    const bios = await guests.rom();
    const theirs = await inQemu('keys', bytes, { bios, keys: ['q', 'shift-q', 'left', 'ret'] });
    const keys = [...keysOfText('qQ'), 0x14b, 0x1cb, ...keysOfText('\n')];
    expect(await inOurs(hardDisk(bytes), keys)).toBe(theirs);
  });
});
