// The PIIX4's power management registers (82371AB data sheet, 7.2) at the base that its PCI
// function holds: writing SLP_EN with sleep type 0 turns the machine off, and PM_TMR counts
// 3.579545 MHz in 24 bits. Left out: the system control interrupt, general purpose events, other
// sleep states.

import { createState } from '../device.ts';
import type { Bus, Device, PortRange, StateOf } from '../device.ts';
import { FREQUENCY, cyclesAt } from './cycles.ts';
import type { Pci } from './pci.ts';

const FIELDS = {
  status: 'u16',
  enable: 'u16',
  control: 'u16',
} as const;

const REGISTER = { status: 0x00, enable: 0x02, control: 0x04, timer: 0x08 } as const;
const LENGTH = 0x40;
const CONTROL = { sleepTypeShift: 10, sleepTypeMask: 7, sleepEnable: 0x2000 } as const;
const SOFT_OFF = 0;
const TIMER_MASK = 0xffffff;

export class PowerManagement implements Device {
  readonly name = 'power';
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  private readonly bus: Bus;
  private readonly pci: Pci;

  constructor(bus: Bus, pci: Pci) {
    this.bus = bus;
    this.pci = pci;
    pci.watch('power management', () => bus.portsChanged?.());
  }

  get ports(): readonly PortRange[] {
    const base = this.pci.powerBase();
    return base === undefined ? [] : [{ first: base, count: LENGTH }];
  }

  reset(): void {
    this.state.status = 0;
    this.state.enable = 0;
    this.state.control = 0;
  }

  portRead(port: number, width: number): number {
    const offset = port - (this.pci.powerBase() ?? 0);
    const word = this.readDword(offset & ~3) >>> (8 * (offset & 3));
    return width === 4 ? word >>> 0 : word & (2 ** (8 * width) - 1);
  }

  private readDword(offset: number): number {
    const { state } = this;
    switch (offset) {
      case REGISTER.status:
        return (state.enable << 16) | state.status;
      case REGISTER.control:
        return state.control;
      case REGISTER.timer: {
        const { bus } = this;
        return cyclesAt(bus.now(), FREQUENCY.powerTimer, bus.ticksPerSecond) % (TIMER_MASK + 1);
      }
      default:
        return 0;
    }
  }

  portWrite(port: number, width: number, value: number): void {
    const offset = port - (this.pci.powerBase() ?? 0);
    const { state } = this;
    if (offset === REGISTER.status) {
      state.status &= ~value & 0xffff;
      if (width === 4) state.enable = value >>> 16;
    } else if (offset === REGISTER.enable) state.enable = value & 0xffff;
    else if (offset === REGISTER.control && width >= 2) this.writeControl(value & 0xffff);
  }

  private writeControl(value: number): void {
    this.state.control = value & ~CONTROL.sleepEnable;
    const sleepType = (value >> CONTROL.sleepTypeShift) & CONTROL.sleepTypeMask;
    if ((value & CONTROL.sleepEnable) !== 0 && sleepType === SOFT_OFF) {
      this.bus.exit('power-off', 0);
    }
  }
}
