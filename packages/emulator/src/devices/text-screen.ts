// The text screen of a running machine, for tests and terminals.

import type { Device } from '../device.ts';
import { Vga } from './vga.ts';

/** What of a machine the screen is read from. */
export interface ScreenSource {
  readonly devices: readonly Device[];
  readPhysical(address: number, length: number): Uint8Array;
}

/** The 25 lines of the VGA's text screen, without the spaces at their ends; empty without a VGA. */
export function textScreen(machine: ScreenSource): string[] {
  const vga = machine.devices.find((device) => device instanceof Vga);
  if (vga === undefined) return [];
  const lines = vga.textLines((address, length) => machine.readPhysical(address, length));
  return lines.map((line) => line.trimEnd());
}
