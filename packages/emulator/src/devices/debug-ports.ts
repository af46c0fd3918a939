// Ports for people who debug guests: POST codes on 80h, text on E9h (Bochs) and 402h (SeaBIOS),
// Bochs's debugger trap on 8A00h, and F4h, which ends the run with the byte written as the guest's
// exit status.

import { createState } from '../device.ts';
import type { Bus, Device, StateOf } from '../device.ts';

const FIELDS = {
  /** The last POST code; a real port 80h is a spare DMA page register and reads back. */
  post: 'u8',
  trap: 'u16',
} as const;

const PORT = { post: 0x80, text: 0xe9, exit: 0xf4, firmwareText: 0x402, trap: 0x8a00 } as const;
/** What a guest reads at the text ports to learn that they are there. */
const IS_PRESENT = 0xe9;

export class DebugPorts implements Device {
  readonly name = 'debug';
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports = [
    { first: PORT.post, count: 1 },
    { first: PORT.text, count: 1 },
    { first: PORT.exit, count: 4 },
    { first: PORT.firmwareText, count: 1 },
    { first: PORT.trap, count: 2 },
  ];
  private readonly bus: Bus;

  constructor(bus: Bus) {
    this.bus = bus;
  }

  reset(): void {
    this.state.post = 0;
    this.state.trap = 0;
  }

  portRead(port: number, width: number): number {
    switch (port) {
      case PORT.post:
        return this.state.post;
      case PORT.text:
      case PORT.firmwareText:
        return IS_PRESENT;
      case PORT.trap:
        return this.state.trap;
      default:
        return 2 ** (8 * width) - 1;
    }
  }

  portWrite(port: number, _width: number, value: number): void {
    switch (port) {
      case PORT.post:
        this.state.post = value & 0xff;
        this.bus.trace('post', value & 0xff, 0, 0);
        return;
      case PORT.text:
      case PORT.firmwareText:
        this.bus.output('debug', value & 0xff);
        return;
      case PORT.exit:
        this.bus.exit('guest', value & 0xff);
        return;
      case PORT.trap:
        this.state.trap = value & 0xffff;
        this.bus.trace('debugger', value & 0xffff, 0, 0);
        return;
      default:
    }
  }
}
