// The program `limits`, for the tests of the kernel's limits: built like `traps`, and put on the disk beside it.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Build, readArtifact, ring0Toolchain } from '@ring0/kbuild';
import { gccToolchain } from '../gcc-toolchain.ts';
import type { Guest, Session, StartOptions } from './guest.ts';

const root = process.env['RING0_GUEST_ROOT'] ?? path.resolve(import.meta.dirname, '../..');
const flags =
  '-m32 -std=gnu11 -O1 -ffreestanding -nostdinc -fno-pic -fno-stack-protector -Ikernel/include';
const parts = ['start.S', 'limits.c', 'limits_cow.c', 'limits_exec.c', 'limits_process.c'];

/** Its bytes, made by the tools that made the guest. */
export async function buildLimits(): Promise<Uint8Array> {
  const isGcc = process.env['RING0_TOOLCHAIN'] === 'gcc';
  const toolchain = isGcc ? gccToolchain(root) : ring0Toolchain();
  const cacheDirectory = path.join(root, '.cache', `${isGcc ? 'gcc' : 'ring0'}-limits`);
  mkdirSync(cacheDirectory, { recursive: true });
  const complain = (text: string): void => console.error(text);
  const build = new Build({ root, cacheDirectory, toolchain, complain });
  const objects = [];
  for (const part of [...parts, 'limits_memory.c']) {
    objects.push(await build.object(`test/kernel/programs/${part}`, flags.split(' '), 'programs'));
  }
  const program = await build.link('programs/limits', ['-m', 'elf_i386', '-static', ...objects]);
  build.save();
  return readArtifact(program);
}

/** A machine whose shell waits, with /bin/traps and /bin/limits. */
export function bootLimits(guest: Guest, limits: Uint8Array, options: StartOptions = {}): Session {
  const additions = [
    { guest: '/bin/traps', bytes: guest.traps },
    { guest: '/bin/limits', bytes: limits },
  ];
  return guest.boot({ additions, ...options });
}
