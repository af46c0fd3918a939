// The set of devices of a PC, wired as on its board: ports, interrupt lines, drives. This is the
// one list of what the machine has; a device takes the bus that the machine made for it and nothing
// else of the host but its disks.

import type { Bus, Device, InterruptController, Processors } from '../device.ts';
import { Apics } from './apics.ts';
import { AtaChannel } from './ata.ts';
import type { DiskTiming } from './ata.ts';
import type { DiskSlot } from './ata-drive.ts';
import { BrokenDevice } from './broken.ts';
import { BusMaster } from './bus-master.ts';
import { DebugPorts } from './debug-ports.ts';
import { Keyboard } from './keyboard.ts';
import { Pci } from './pci.ts';
import { Pit } from './pit.ts';
import { PowerManagement } from './power.ts';
import { Rtc } from './rtc.ts';
import { Serial } from './serial.ts';
import { Vga } from './vga.ts';

export interface PcOptions {
  readonly memoryBytes: number;
  /** The RTC's date at tick 0, in ms since 1970. */
  readonly startMs: number;
  /** Primary master and slave, secondary master and slave. */
  readonly disks: readonly (DiskSlot | undefined)[];
  readonly diskTiming?: DiskTiming | undefined;
  /**
   * Names of devices that do not work: their ports answer all ones. For tests of the firmware's
   * POST.
   */
  readonly broken?: readonly string[] | undefined;
  /** What the timers of the local APICs count; default 100 MHz. */
  readonly busHz?: number | undefined;
  /** Default: one, that nothing reaches. */
  readonly processors?: Processors | undefined;
}

const BUS_HZ = 100_000_000;

const NO_PROCESSOR: Processors = {
  count: 1,
  current: () => 0,
  setIntr: () => {},
  raiseNmi: () => {},
  init: () => {},
  start: () => {},
};

export interface PcDevices {
  readonly all: readonly Device[];
  readonly interrupts: InterruptController;
  readonly vga: Vga;
}

/** Makes the devices, not yet reset. `busFor` is asked once for each name. */
export function pcDevices(busFor: (name: string) => Bus, options: PcOptions): PcDevices {
  const processors = options.processors ?? NO_PROCESSOR;
  const apics = new Apics(busFor, { processors, busHz: options.busHz ?? BUS_HZ });
  const pit = new Pit(busFor('pit'));
  const rtc = new Rtc(busFor('rtc'), { ...options, cpus: processors.count });
  const keyboard = new Keyboard(busFor('keyboard'));
  const vga = new Vga(busFor('vga'));
  const com1 = new Serial(busFor('com1'), {
    name: 'com1',
    firstPort: 0x3f8,
    irq: 4,
    channel: 'com1',
  });
  const com2 = new Serial(busFor('com2'), {
    name: 'com2',
    firstPort: 0x2f8,
    irq: 3,
    channel: undefined,
  });
  const pci = new Pci(busFor('pci'));
  const ide = new BusMaster(busFor('ide'), pci, options.memoryBytes);
  const [first, second, third, fourth] = options.disks;
  const ata0 = new AtaChannel(busFor('ata0'), {
    name: 'ata0',
    firstPort: 0x1f0,
    controlPort: 0x3f6,
    irq: 14,
    channel: 0,
    drives: [first, second],
    timing: options.diskTiming,
    dma: ide.channels[0],
  });
  const ata1 = new AtaChannel(busFor('ata1'), {
    name: 'ata1',
    firstPort: 0x170,
    controlPort: 0x376,
    irq: 15,
    channel: 1,
    drives: [third, fourth],
    timing: options.diskTiming,
    dma: ide.channels[1],
  });
  const power = new PowerManagement(busFor('power'), pci);
  const debug = new DebugPorts(busFor('debug'));
  const controllers = [apics.pic, ...apics.devices];
  const working = [
    ...controllers,
    pit,
    rtc,
    keyboard,
    vga,
    com1,
    com2,
    ata0,
    ata1,
    pci,
    ide,
    power,
    debug,
  ];
  const broken = options.broken ?? [];
  return {
    all: working.map((device) =>
      broken.includes(device.name) ? new BrokenDevice(device.name, device.ports) : device,
    ),
    interrupts: apics,
    vga,
  };
}
