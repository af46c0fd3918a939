// Which device answers a port. Ports that nobody claims read as all ones and lose what is written.

import type { Device } from '../device.ts';

const PORT_COUNT = 0x10000;

export class PortMap {
  private owners: (Device | undefined)[] = [];

  /** Takes the devices' ports as they are now; where two claim a port the first keeps it. */
  rebuild(devices: readonly Device[]): void {
    const owners: (Device | undefined)[] = Array.from({ length: PORT_COUNT }, () => undefined);
    for (const device of devices) {
      for (const { first, count } of device.ports) {
        for (let port = first; port < first + count; port++) owners[port] ??= device;
      }
    }
    this.owners = owners;
  }

  read(port: number, width: number): number {
    const device = this.owners[port];
    const ones = width === 4 ? 0xffffffff : (1 << (width * 8)) - 1;
    return device === undefined ? ones : (device.portRead(port, width) & ones) >>> 0;
  }

  write(port: number, width: number, value: number): void {
    const ones = width === 4 ? 0xffffffff : (1 << (width * 8)) - 1;
    this.owners[port]?.portWrite(port, width, (value & ones) >>> 0);
  }
}
