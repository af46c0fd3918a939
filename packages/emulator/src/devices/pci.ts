// PCI configuration space by mechanism 1 (PCI 2.1, 3.7.4.1): CF8h selects, CFCh..CFFh move. Bus 0
// has what a 440FX PC has: the host bridge, and in device 1 the PIIX3's ISA bridge and IDE
// controller and the PIIX4's power management. The bytes a guest may change are columns of the
// table; the rest is read-only. The IDE controller stays at its legacy ports and does no bus
// mastering. CF9h is the PIIX3's reset control register.

import { createState } from '../device.ts';
import type { Bus, Device, StateOf } from '../device.ts';

interface PciRegister {
  readonly at: number;
  readonly width: 1 | 2 | 4;
  readonly value: number;
  /** The bits a guest may write. */
  readonly mask?: number;
}

interface PciFunction {
  readonly name: string;
  readonly device: number;
  readonly function: number;
  readonly registers: readonly PciRegister[];
}

const identity = (device: number, classCode: number): readonly PciRegister[] => [
  { at: 0x00, width: 2, value: 0x8086 },
  { at: 0x02, width: 2, value: device },
  { at: 0x08, width: 4, value: classCode << 8 },
  { at: 0x3c, width: 1, value: 0, mask: 0xff },
];

/** 82441FX (PMC), 82371SB (PIIX3) and 82371AB (PIIX4) data sheets. */
const FUNCTIONS: readonly PciFunction[] = [
  {
    name: 'host bridge',
    device: 0,
    function: 0,
    registers: [
      ...identity(0x1237, 0x060000),
      { at: 0x04, width: 2, value: 0x0006, mask: 0x0100 },
      { at: 0x06, width: 2, value: 0x0280 },
      { at: 0x59, width: 1, value: 0, mask: 0x30 },
      ...[0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f].map((at): PciRegister => ({
        at,
        width: 1,
        value: 0,
        mask: 0x33,
      })),
      { at: 0x72, width: 1, value: 0x02, mask: 0x78 },
    ],
  },
  {
    name: 'ISA bridge',
    device: 1,
    function: 0,
    registers: [
      ...identity(0x7000, 0x060100),
      { at: 0x04, width: 2, value: 0x0007, mask: 0x0008 },
      { at: 0x06, width: 2, value: 0x0200 },
      { at: 0x0e, width: 1, value: 0x80 },
      ...[0x60, 0x61, 0x62, 0x63].map((at): PciRegister => ({
        at,
        width: 1,
        value: 0x80,
        mask: 0x8f,
      })),
    ],
  },
  {
    name: 'IDE',
    device: 1,
    function: 1,
    registers: [
      ...identity(0x7010, 0x010100),
      { at: 0x04, width: 2, value: 0x0000, mask: 0x0005 },
      { at: 0x06, width: 2, value: 0x0280 },
      { at: 0x40, width: 2, value: 0x8000, mask: 0xf3ff },
      { at: 0x42, width: 2, value: 0x8000, mask: 0xf3ff },
    ],
  },
  {
    name: 'power management',
    device: 1,
    function: 3,
    registers: [
      ...identity(0x7113, 0x068000),
      { at: 0x04, width: 2, value: 0x0000, mask: 0x0001 },
      { at: 0x06, width: 2, value: 0x0280 },
      { at: 0x3d, width: 1, value: 0x01 },
      { at: 0x40, width: 4, value: 0x00000001, mask: 0x0000ffc0 },
      { at: 0x80, width: 1, value: 0, mask: 0x01 },
    ],
  },
];

const SPACE = 256;
const POWER_INDEX = 3;
const POWER = { base: 0x40, baseMask: 0xffc0, misc: 0x80, isDecoded: 0x01 } as const;

const FIELDS = {
  address: 'u32',
  resetControl: 'u8',
  /** The configuration spaces in FUNCTIONS' order. */
  spaces: { bytes: 4 * SPACE },
} as const;

const PORT = { address: 0xcf8, resetControl: 0xcf9, data: 0xcfc } as const;
const ADDRESS_ENABLE = 0x80000000;
const RESET_CPU = 0x04;
const RESET_WRITABLE = 0x06;

const MASKS = new Uint8Array(FUNCTIONS.length * SPACE);
const POWER_ON = new Uint8Array(FUNCTIONS.length * SPACE);
for (const [index, { registers }] of FUNCTIONS.entries()) {
  for (const { at, width, value, mask } of registers) {
    for (let i = 0; i < width; i++) {
      POWER_ON[index * SPACE + at + i] = (value >>> (8 * i)) & 0xff;
      MASKS[index * SPACE + at + i] = ((mask ?? 0) >>> (8 * i)) & 0xff;
    }
  }
}

export class Pci implements Device {
  readonly name = 'pci';
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports = [{ first: PORT.address, count: 8 }];
  /** Called when the power management function's base or decoding changes. */
  onPowerMove: () => void = () => {};
  private readonly bus: Bus;

  constructor(bus: Bus) {
    this.bus = bus;
  }

  reset(): void {
    this.state.address = 0;
    this.state.resetControl = 0;
    this.state.spaces.set(POWER_ON);
    this.onPowerMove();
  }

  /** Where the power management registers are decoded; undefined while they are not. */
  powerBase(): number | undefined {
    const { spaces } = this.state;
    const at = POWER_INDEX * SPACE;
    if ((spaces[at + POWER.misc] & POWER.isDecoded) === 0) return undefined;
    const base = spaces[at + POWER.base] | (spaces[at + POWER.base + 1] << 8);
    return base & POWER.baseMask;
  }

  portRead(port: number, width: number): number {
    if (port === PORT.resetControl && width === 1) return this.state.resetControl;
    if (port < PORT.data)
      return port === PORT.address && width === 4 ? this.state.address : 0xffffffff;
    const at = this.selected(port);
    if (at < 0) return 0xffffffff;
    let value = 0;
    for (let i = 0; i < width; i++) value |= this.state.spaces[at + i] << (8 * i);
    return value >>> 0;
  }

  portWrite(port: number, width: number, value: number): void {
    if (port === PORT.resetControl && width === 1) this.writeResetControl(value);
    else if (port < PORT.data) {
      if (port === PORT.address && width === 4) this.state.address = value & ~3 & 0x80fffffc;
      this.state.address >>>= 0;
    } else this.writeData(port, width, value);
  }

  private writeResetControl(value: number): void {
    const isReset = (value & ~this.state.resetControl & RESET_CPU) !== 0;
    this.state.resetControl = value & RESET_WRITABLE;
    if (isReset) this.bus.resetMachine();
  }

  /** The index in `spaces` that a data port names, -1 where no function answers. */
  private selected(port: number): number {
    const { address } = this.state;
    if ((address & ADDRESS_ENABLE) === 0 || ((address >> 16) & 0xff) !== 0) return -1;
    const device = (address >> 11) & 31;
    const index = FUNCTIONS.findIndex(
      (each) => each.device === device && each.function === ((address >> 8) & 7),
    );
    return index < 0 ? -1 : index * SPACE + (address & 0xfc) + (port & 3);
  }

  private writeData(port: number, width: number, value: number): void {
    const at = this.selected(port);
    if (at < 0) return;
    const { spaces } = this.state;
    for (let i = 0; i < width && (port & 3) + i < 4; i++) {
      const byte = (value >>> (8 * i)) & 0xff;
      const mask = MASKS[at + i];
      spaces[at + i] = (spaces[at + i] & ~mask) | (byte & mask);
    }
    if (Math.floor(at / SPACE) === POWER_INDEX) this.onPowerMove();
  }
}
