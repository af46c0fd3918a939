// Ring 0's own: descriptors, tasks, gates, virtual-8086 mode, single steps and debug registers, in QEMU and in our machine.
// One program for a bare machine (privileged/program.S) provokes and writes to COM1 what it sees; both must write the
// same. Limits and rights of segments are not in it: QEMU's translator does not check them, the campaign of cpu.test.ts does.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Machine } from '@ring0/emulator';
import { describe, expect, test } from 'vitest';

const LOAD_ADDRESS = 0x100000;
const FLAT = { cs: [8, 0xc09b], ds: [16, 0xc093] } as const;

function isInstalled(tool: string): boolean {
  return spawnSync(tool, ['--version']).status === 0;
}

const missing = ['gcc', 'ld', 'objcopy', 'qemu-system-i386'].find((tool) => !isInstalled(tool));
if (missing !== undefined) console.log(`privileged oracle skipped: ${missing} is missing`);

interface Program {
  readonly elf: string;
  readonly bytes: Uint8Array;
  readonly entry: number;
}

function build(directory: string): Program {
  const source = path.join(import.meta.dirname, 'privileged', 'program.S');
  const [object, elf, flat] = ['o', 'elf', 'bin'].map((end) => path.join(directory, `p.${end}`));
  execFileSync('gcc', ['-m32', '-c', source, '-o', object]);
  const options = ['-m', 'elf_i386', '-Ttext', '0x100000', '-e', '_start', '--build-id=none'];
  execFileSync('ld', [...options, object, '-o', elf]);
  execFileSync('objcopy', ['-O', 'binary', elf, flat]);
  const header = fs.readFileSync(elf);
  return { elf, bytes: fs.readFileSync(flat), entry: header.readUInt32LE(24) };
}

function inQemu({ elf }: Program): string {
  const options = ['-display', 'none', '-serial', 'stdio', '-no-reboot', '-m', '16'];
  const exit = ['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'];
  const done = spawnSync('qemu-system-i386', ['-kernel', elf, ...options, ...exit], {
    timeout: 120_000,
  });
  return done.stdout.toString('latin1');
}

/** In the state that multiboot gives: flat, protected, no paging. */
function inOurs({ bytes, entry }: Program): string {
  let text = '';
  const machine = new Machine({
    memoryMiB: 16,
    output: (channel, byte) => {
      if (channel === 'com1') text += String.fromCharCode(byte);
    },
  });
  machine.setA20(true);
  machine.writePhysical(LOAD_ADDRESS, bytes);
  machine.setRegister('cr0', 0x11);
  for (const name of ['cs', 'ds', 'es', 'ss', 'fs', 'gs']) {
    const [selector, attributes] = FLAT[name === 'cs' ? 'cs' : 'ds'];
    machine.setRegister(name, selector);
    machine.setRegister(`${name}.base`, 0);
    machine.setRegister(`${name}.limit`, 0xffffffff);
    machine.setRegister(`${name}.attributes`, attributes);
  }
  machine.setRegister('eip', entry);
  expect(machine.run({ budget: 10_000_000 })).toMatchObject({ reason: 'guest-exit' });
  return text;
}

describe.skipIf(missing !== undefined)('ring 0', () => {
  test('descriptors, tasks, gates, virtual-8086 mode and debugging as in QEMU', () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-privileged-'));
    const program = build(directory);
    const theirs = inQemu(program);
    const ours = inOurs(program);
    fs.rmSync(directory, { recursive: true });
    expect(ours.split('\n')).toEqual(theirs.split('\n'));
    expect(ours.split('\n').length).toBeGreaterThan(25);
  });
});
