// The system under test: built from source once, shared by the test files that boot it.

import path from 'node:path';
import { buildSystem } from '@ring0/boot';
import type { DiskOptions, System } from '@ring0/boot';
import { elfSymbols } from '@ring0/console';
import { ring0Toolchain } from '@ring0/kbuild';
import { Guest } from '@ring0/testing';
import type { GuestOptions } from '@ring0/testing';

export const root = path.resolve(import.meta.dirname, '..');

let built: Promise<System> | undefined;

/** Firmware, kernel and userland with /tests, built by our tools. */
export function system(): Promise<System> {
  built ??= buildSystem({
    root,
    toolchain: ring0Toolchain(),
    withTests: true,
    complain: (text) => process.stderr.write(text),
  });
  return built;
}

/** A machine with the system on its first disk, not yet run. */
export async function guest(options: GuestOptions & DiskOptions = {}): Promise<Guest> {
  const { rom, kernel, disk } = await system();
  const { append, additions, ...machine } = options;
  return new Guest({
    rom,
    disks: [disk({ append, additions })],
    symbols: elfSymbols(kernel, 'kernel.elf'),
    ...machine,
  });
}

/** As `guest`, run up to the first prompt. */
export async function bootedGuest(options: GuestOptions & DiskOptions = {}): Promise<Guest> {
  const made = await guest(options);
  made.waitFor('$ ');
  return made;
}
