// ring0 run: boots a boot sector, a disk image or a floppy image in the emulator.

import fs from 'node:fs';
import type { Front } from '@ring0/console';
import type { Disk } from '@ring0/emulator';
import { bootSectorProblem } from './boot-sector.ts';
import type { Host } from './host.ts';
import { firmwareRom } from './firmware-rom.ts';

const usage = `usage: ring0 run [option ..] FILE

boots FILE: a boot sector, a hard disk image, or a floppy image; what the guest writes is kept in it

`;

const front: Front = {
  name: 'ring0 run',
  usage,
  // They change what is built.
  omitted: ['add', 'append'],
  check({ additions, append, positionals, disks }) {
    const count = positionals.length + disks.length;
    if (additions.length > 0 || append !== '') return '--add and --append belong to pnpm boot';
    if (count === 0) return 'expected the FILE to boot';
    return count > 4 ? `found ${count} disks, 4 fit` : undefined;
  },
};

/** `ring0 run`: the exit statuses are those of the guest and of packages/console/src/status.ts. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  const { EXIT, fileDisk, readRunOptions, runSession } = await import('@ring0/console');
  const options = readRunOptions(front, argv, host);
  if (typeof options === 'number') return options;
  const disks = [];
  for (const file of [...options.positionals, ...options.disks]) {
    const slot = openSlot(file, fileDisk);
    if (!slot) {
      host.stderr(`ring0 run: cannot read ${file}\n`);
      return EXIT.input;
    }
    disks.push(await slot);
  }
  warnOfNoBoot([...options.positionals, ...options.disks], disks, host);
  const rom = await firmwareRom(host);
  return runSession({ memoryMiB: options.memoryMiB, rom, disks }, options);
}

/** Says what keeps the BIOS from booting the first disk, where it will boot none. */
function warnOfNoBoot(
  files: readonly string[],
  slots: readonly { readonly disk: Disk }[],
  host: Host,
): void {
  const problems = slots.map(({ disk }, at) => {
    const sector = disk.read(0, 1);
    const size = fs.statSync(files[at]).size;
    return sector instanceof Uint8Array ? bootSectorProblem(sector, size) : undefined;
  });
  const first = problems[0];
  if (!first || problems.includes(undefined)) return;
  host.stderr(`${files[0]}: warning: ${first.message}\n      = note: ${first.note}\n`);
}

/** A disk of a floppy's size hangs on ATA with the floppy's geometry, and the BIOS shows it as drive 00h. */
function openSlot<T extends { readonly sectors: number }>(
  file: string,
  open: (path: string) => T | undefined,
) {
  const disk = open(file);
  if (!disk) return undefined;
  return import('@ring0/emulator').then(({ floppyGeometry }) => {
    const geometry = floppyGeometry(disk.sectors);
    return geometry ? { disk, geometry, floppy: true } : { disk };
  });
}
