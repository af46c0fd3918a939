// ring0 run: boots a boot sector, a disk image or a floppy image in the emulator.

import type { Host } from './host.ts';
import { firmwareRom } from './firmware-rom.ts';

const defaultMemoryMiB = 64;

/** Options that only `pnpm boot` has: they change what is built. */
const bootOnly = ['add', 'append'];

const usage = `usage: ring0 run [option ..] FILE

boots FILE: a boot sector, a hard disk image, or a floppy image; what the guest writes is kept in it

`;

/** `ring0 run`: the exit statuses are those of the guest and of packages/console/src/status.ts. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  const front = await import('@ring0/console');
  const parsed = front.parseOptions(argv, defaultMemoryMiB);
  if (parsed.kind === 'help') {
    host.stdout(usage + front.optionsHelp(bootOnly));
    return front.EXIT.done;
  }
  if (parsed.kind === 'trace-help') {
    for (const [name, text] of Object.entries(front.traceNames)) {
      host.stdout(`${name.padEnd(10)} ${text}\n`);
    }
    return front.EXIT.done;
  }
  const wrong = (message: string) => {
    host.stderr(`ring0 run: ${message}\n${usage}${front.optionsHelp(bootOnly)}`);
    return front.EXIT.usage;
  };
  if (parsed.kind === 'usage') return wrong(parsed.message);
  const { options } = parsed;
  if (options.additions.length > 0 || options.append !== '') {
    return wrong('--add and --append belong to pnpm boot');
  }
  const files = [...options.positionals, ...options.disks];
  if (files.length === 0) return wrong('expected the FILE to boot');
  if (files.length > 4) return wrong(`found ${files.length} disks, 4 fit`);
  const disks = [];
  for (const file of files) {
    const slot = openSlot(file, front.fileDisk);
    if (!slot) {
      host.stderr(`ring0 run: cannot read ${file}\n`);
      return front.EXIT.input;
    }
    disks.push(await slot);
  }
  const rom = await firmwareRom(host);
  return front.runSession({ memoryMiB: options.memoryMiB, rom, disks }, options);
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
