// The BIOS for `ring0 run`: in the bundle a file beside it, from source a build of firmware/.

import fs from 'node:fs';
import path from 'node:path';
import type { Host } from './host.ts';

/** The 64 KiB ROM. */
export async function firmwareRom(host: Host): Promise<Uint8Array> {
  const packed = path.join(import.meta.dirname, 'bios.bin');
  if (fs.existsSync(packed)) return new Uint8Array(fs.readFileSync(packed));
  const { Build, readArtifact, ring0Toolchain } = await import('@ring0/kbuild');
  const { buildFirmware } = await import('@ring0/firmware');
  const root = path.resolve(import.meta.dirname, '../../..');
  const build = new Build({
    root,
    cacheDirectory: path.join(root, '.cache', 'ring0'),
    toolchain: ring0Toolchain({ isColoured: host.isColoured }),
    complain: (text) => host.stderr(text),
  });
  try {
    return readArtifact(await buildFirmware(build));
  } finally {
    build.save();
  }
}
