// PCI configuration space by mechanism 1 (PCI 2.1, 3.7.4.1): CF8h selects, CFCh..CFFh move. Bus 0
// has what a 440FX PC has: the host bridge, and in device 1 the PIIX3's ISA bridge and IDE
// controller and the PIIX4's power management. The bytes a guest may change are columns of the
// table; the rest is read-only. The IDE controller's drives stay at their legacy ports; only its bus
// master registers move. CF9h is the PIIX3's reset control register.

import { createState } from '../device.ts';
import type { Bus, Device, StateOf } from '../device.ts';

interface PciRegister {
  readonly at: number;
  readonly width: 1 | 2 | 4;
  readonly value: number;
  /** The bits a guest may write. */
  readonly mask?: number;
  /** The bits that writing a 1 clears. */
  readonly cleared?: number;
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
      ...identity(0x7010, 0x010180),
      { at: 0x04, width: 2, value: 0x0000, mask: 0x0005 },
      { at: 0x06, width: 2, value: 0x0280, cleared: 0x3800 },
      { at: 0x20, width: 4, value: 0x00000001, mask: 0x0000fff0 },
      { at: 0x40, width: 2, value: 0x8000, mask: 0xf3ff },
      { at: 0x42, width: 2, value: 0x8000, mask: 0xf3ff },
      { at: 0x44, width: 1, value: 0, mask: 0xff },
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
const indexOf = (name: string): number => FUNCTIONS.findIndex((each) => each.name === name);
const IDE_AT = indexOf('IDE') * SPACE;
const IDE = {
  command: 0x04,
  isDecoded: 0x01,
  isMaster: 0x04,
  status: 0x06,
  masterAbort: 0x2000,
  base: 0x20,
  baseMask: 0xfff0,
} as const;
const POWER_AT = indexOf('power management') * SPACE;
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
const CLEARED = new Uint8Array(FUNCTIONS.length * SPACE);
const POWER_ON = new Uint8Array(FUNCTIONS.length * SPACE);
for (const [index, { registers }] of FUNCTIONS.entries()) {
  for (const { at, width, value, mask, cleared } of registers) {
    for (let i = 0; i < width; i++) {
      POWER_ON[index * SPACE + at + i] = (value >>> (8 * i)) & 0xff;
      MASKS[index * SPACE + at + i] = ((mask ?? 0) >>> (8 * i)) & 0xff;
      CLEARED[index * SPACE + at + i] = ((cleared ?? 0) >>> (8 * i)) & 0xff;
    }
  }
}

export class Pci implements Device {
  readonly name = 'pci';
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports = [{ first: PORT.address, count: 8 }];
  private readonly bus: Bus;
  private readonly watchers: { readonly index: number; readonly changed: () => void }[] = [];

  constructor(bus: Bus) {
    this.bus = bus;
  }

  reset(): void {
    this.state.address = 0;
    this.state.resetControl = 0;
    this.state.spaces.set(POWER_ON);
    for (const { changed } of this.watchers) changed();
  }

  /** Calls `changed` when the configuration space of the function of this name was written. */
  watch(name: string, changed: () => void): void {
    this.watchers.push({ index: indexOf(name), changed });
  }

  /** Where the IDE function's bus master registers are decoded; undefined while they are not. */
  busMasterBase(): number | undefined {
    const { spaces } = this.state;
    if ((spaces[IDE_AT + IDE.command] & IDE.isDecoded) === 0) return undefined;
    const base = spaces[IDE_AT + IDE.base] | (spaces[IDE_AT + IDE.base + 1] << 8);
    return (base & IDE.baseMask) === 0 ? undefined : base & IDE.baseMask;
  }

  /** The IDE function may use the bus. */
  isBusMaster(): boolean {
    return (this.state.spaces[IDE_AT + IDE.command] & IDE.isMaster) !== 0;
  }

  /** A cycle of the IDE function's met nothing: "received master abort". */
  noteMasterAbort(): void {
    this.state.spaces[IDE_AT + IDE.status + 1] |= IDE.masterAbort >> 8;
  }

  /** Where the power management registers are decoded; undefined while they are not. */
  powerBase(): number | undefined {
    const { spaces } = this.state;
    if ((spaces[POWER_AT + POWER.misc] & POWER.isDecoded) === 0) return undefined;
    const base = spaces[POWER_AT + POWER.base] | (spaces[POWER_AT + POWER.base + 1] << 8);
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
      spaces[at + i] = (spaces[at + i] & ~mask & ~(byte & CLEARED[at + i])) | (byte & mask);
    }
    const index = Math.floor(at / SPACE);
    for (const watcher of this.watchers) if (watcher.index === index) watcher.changed();
  }
}
