// How the BIOS is built: one file that includes the others, at offset 0 of the ROM, and flat.

import type { Artifact, Build } from '@ring0/kbuild';

/** Builds the 64 KiB ROM. */
export async function buildFirmware(build: Build, directory = 'firmware'): Promise<Artifact> {
  const flags = ['-m32', '-nostdinc', '-Ifirmware'];
  const object = await build.object('firmware/bios.S', flags, directory);
  return build.link(`${directory}/bios.bin`, [
    ...words('-m elf_i386 -N -e _start -Ttext 0 --oformat binary'),
    object,
  ]);
}

function words(text: string): string[] {
  return text.split(' ');
}
