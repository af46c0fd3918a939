// A device that does not work: its ports answer all ones and ignore what is written.

import type { Device, PortRange } from '../device.ts';

export class BrokenDevice implements Device {
  readonly name: string;
  readonly fields = {};
  readonly state = {};
  readonly ports: readonly PortRange[];

  constructor(name: string, ports: readonly PortRange[]) {
    this.name = name;
    this.ports = ports;
  }

  reset(): void {}

  portRead(): number {
    return 0xffffffff;
  }

  portWrite(): void {}
}
