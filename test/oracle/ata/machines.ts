// One script on both machines: QEMU's piix3-ide and ours. They must print the same and leave the same disk.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { Guests, hardDisk, recorded } from '../../machine/guests.ts';
import { SECTORS, diskImage } from './script.ts';
import type { Script } from './script.ts';

const qemu = 'qemu-system-i386';
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-ata-'));
const guests = new Guests();

/** True when QEMU is installed. */
export function hasQemuIde(): boolean {
  return spawnSync(qemu, ['--version']).status === 0;
}

interface Outcome {
  readonly text: string;
  readonly disk: Uint8Array;
}

function inQemu(image: Uint8Array): Outcome {
  const file = path.join(directory, 'disk.img');
  const log = path.join(directory, 'log.txt');
  fs.writeFileSync(file, image);
  const board = '-machine pc -m 64 -display none -serial null -monitor none -net none -no-reboot';
  const debug = '-device isa-debug-exit,iobase=0xf4,iosize=4 -device isa-debugcon,chardev=log';
  const files = ['-chardev', `file,id=log,path=${log}`, '-drive', `file=${file},format=raw,if=ide`];
  const ended = spawnSync(qemu, [...board.split(' '), ...debug.split(' '), ...files], {
    timeout: 60_000,
  });
  expect(ended.status).toBe(1);
  return { text: fs.readFileSync(log, 'latin1'), disk: fs.readFileSync(file) };
}

async function inOurs(image: Uint8Array): Promise<Outcome> {
  const slot = hardDisk(image);
  const { machine, debug } = recorded(await guests.rom(), { disks: [slot] });
  expect(machine.run({ budget: 5e9 })).toEqual({ reason: 'guest-exit', status: 0 });
  const disk = slot.disk.read(0, SECTORS);
  if (!(disk instanceof Uint8Array)) throw new Error('a disk in memory reads');
  return { text: debug(), disk };
}

/** Runs the script on both; it prints at least so many lines. */
export async function compare(script: Script, lines: number): Promise<void> {
  const image = diskImage(await guests.sector('ata-script'), script);
  const ours = await inOurs(image);
  const theirs = inQemu(image);
  const afterFirmware = (text: string): string => text.slice(Math.max(0, text.indexOf('begin\n')));
  expect(afterFirmware(ours.text)).toBe(afterFirmware(theirs.text));
  expect(ours.text.trim().split('\n').length).toBeGreaterThanOrEqual(lines);
  expect(ours.text).not.toContain('-');
  expect(Buffer.compare(ours.disk, theirs.disk)).toBe(0);
}
