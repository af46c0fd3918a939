// Which device answers a port. Ports that nobody claims read as all ones and lose what is written.

import type { Device } from '../device.ts';

export class PortMap {
  private readonly owners = new Map<number, Device>();

  /** Takes the devices' ports as they are now; where two claim a port the first keeps it. */
  rebuild(devices: readonly Device[]): void {
    const { owners } = this;
    owners.clear();
    for (const device of devices) {
      for (const { first, count } of device.ports) {
        for (let port = first; port < first + count; port++) {
          if (!owners.has(port)) owners.set(port, device);
        }
      }
    }
  }

  read(port: number, width: number): number {
    const device = this.owners.get(port);
    const ones = width === 4 ? 0xffffffff : (1 << (width * 8)) - 1;
    return device === undefined ? ones : (device.portRead(port, width) & ones) >>> 0;
  }

  write(port: number, width: number, value: number): void {
    const ones = width === 4 ? 0xffffffff : (1 << (width * 8)) - 1;
    this.owners.get(port)?.portWrite(port, width, (value & ones) >>> 0);
  }
}
