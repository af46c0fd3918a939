// The latch between the x87's FERR pin and IRQ 13, as on the PC/AT: while CR0.NE is clear an unmasked x87 exception
// raises the line, and a write to port 0xF0 lowers it.

import { type Bus, type Device, type StateOf, createState } from '../device.ts';

const FIELDS = { level: 'u8' } as const;
const FERR_PORT = 0xf0;
const FERR_IRQ = 13;

export class FerrLatch implements Device {
  readonly name = 'ferr';
  readonly fields: typeof FIELDS = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports: readonly { first: number; count: number }[] = [{ first: FERR_PORT, count: 2 }];
  private readonly bus: Bus;

  constructor(bus: Bus) {
    this.bus = bus;
  }

  reset(): void {
    this.state.level = 0;
  }

  portRead(): number {
    return 0xff;
  }

  portWrite(): void {
    this.set(0);
  }

  /** The pin. */
  set(level: number): void {
    if (this.state.level === level) return;
    this.state.level = level;
    this.bus.setIrq(FERR_IRQ, level);
  }
}
