// The text screen of a running machine, for tests and terminals.

import type { Device } from '../device.ts';
import { Vga, characterOf } from './vga.ts';

/** What of a machine the screen is read from. */
export interface ScreenSource {
  readonly devices: readonly Device[];
  readPhysical(address: number, length: number): Uint8Array;
}

/** The 25 lines of the VGA's text screen, without the spaces at their ends; empty without a VGA. */
export function textScreen(machine: ScreenSource): string[] {
  const vga = machine.devices.find((device) => device instanceof Vga);
  if (vga === undefined) return [];
  const rows = vga.cellRows((address, length) => machine.readPhysical(address, length));
  return rows.map((cells) =>
    Array.from({ length: cells.length / 2 }, (_, at) => characterOf(cells[at * 2]))
      .join('')
      .trimEnd(),
  );
}
