// `--screenshot FILE`: the guest's screen as a PNG.

import fs from 'node:fs';
import { screenPicture } from '@ring0/emulator';
import type { ScreenSource } from '@ring0/emulator';
import { encode } from 'fast-png';

/** Writes the screen of a machine to a file, whole or not at all; what went wrong, in words. */
export function writeScreenshot(machine: ScreenSource, file: string): string | undefined {
  const picture = screenPicture(machine);
  if (!picture) return `${file}: the screen is in a graphics mode, of which there are no pictures`;
  const { width, height, rgb } = picture;
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(temporary, encode({ width, height, data: rgb, channels: 3, depth: 8 }));
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    return `${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
  return undefined;
}
