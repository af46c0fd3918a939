// Guests may do anything to a port: no device may throw, hang or leave a field outside the range
// that its table declares, since a snapshot would then not bring it back.

import { expect, test } from 'vitest';
import type { Device, Disk, DiskError } from '../device.ts';
import { FakeBus } from './fake-bus.ts';
import { KEY_INPUT } from './keyboard.ts';
import { pcDevices } from './pc.ts';
import { SERIAL_INPUT } from './serial.ts';

const LIMITS = { u8: 2 ** 8, u16: 2 ** 16, u32: 2 ** 32, u64: 2 ** 53 } as const;
const STEPS = 40_000;

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Fields whose value does not fit what the table says. */
function misfits(device: Device): string[] {
  return Object.entries(device.fields).flatMap(([name, type]) => {
    const value = device.state[name];
    if (typeof type !== 'string' || typeof value !== 'number') return [];
    const fits = Number.isInteger(value) && value >= 0 && value < LIMITS[type];
    return fits ? [] : [`${device.name}.${name} = ${value}, a ${type}`];
  });
}

/** One read in ten answers late, one fails; so does one write in ten and one flush in four. */
function fuzzDisk(random: (below: number) => number): Disk {
  const kinds = ['unreadable', 'not-found', 'write-protected', 'fault'] as const;
  const error = (sector: number): DiskError => ({ error: kinds[random(4)], sector });
  return {
    sectors: 5000,
    read: (sector, count) => {
      const kind = random(10);
      if (kind === 0) return undefined;
      return kind === 1 ? error(sector + random(count)) : new Uint8Array(count * 512);
    },
    write: (sector, bytes) => {
      const kind = random(20);
      return kind === 0 ? error(sector + random(bytes.length / 512)) : kind !== 1;
    },
    flush: () => (random(4) === 0 ? error(random(2 ** 40)) : undefined),
  };
}

function fuzz(name: string, seed: number): void {
  const random = generator(seed);
  const buses = new Map<string, FakeBus>();
  const disk = fuzzDisk(random);
  const busFor = (device: string): FakeBus => {
    const bus = new FakeBus();
    buses.set(device, bus);
    return bus;
  };
  const options = { memoryBytes: 2 ** 26, startMs: 1e12, disks: [{ disk }, { disk }] };
  const { all } = pcDevices(busFor, options);
  for (const device of all) device.reset();
  const device = all.find((each) => each.name === name);
  const bus = buses.get(name);
  if (device === undefined || bus === undefined) throw new Error(name);
  bus.attach(device);
  for (let step = 0; step < STEPS; step++) {
    const { ports } = device;
    const range = ports[random(Math.max(1, ports.length))] ?? { first: 0x600, count: 8 };
    const port = range.first + random(range.count);
    const width = [1, 1, 1, 2, 4][random(5)];
    const value = random(3) === 0 ? random(2 ** (8 * width)) : random(256);
    if (random(2) === 0) {
      const read = device.portRead(port, width);
      if (!(Number.isInteger(read) && read >= 0 && read < 2 ** 32)) {
        throw new Error(`seed ${seed}: ${name} reads ${read} from port ${port.toString(16)}`);
      }
    } else device.portWrite(port, width, value);
    if (random(8) === 0) bus.run(random(2_000_000));
    if (random(50) === 0 && (name === 'keyboard' || name.startsWith('com'))) {
      device.event?.(name === 'keyboard' ? KEY_INPUT : SERIAL_INPUT, random(256));
    }
    if (step % 100 === 0) {
      const wrong = misfits(device);
      if (wrong.length > 0) throw new Error(`seed ${seed}, step ${step}: ${wrong.join('; ')}`);
    }
  }
  expect(misfits(device)).toEqual([]);
}

const NAMES = pcDevices(() => new FakeBus(), {
  memoryBytes: 2 ** 24,
  startMs: 0,
  disks: [],
}).all.map((device) => device.name);

test.for(NAMES)('%s survives random port accesses with its state in range', (name) => {
  for (const seed of [1, 2, 3]) fuzz(name, seed);
});

/** Writes that make a transfer likely: a table of short regions, a DMA command, the start bit. */
function startTransfer(random: (below: number) => number, board: IdeBoard): void {
  const { ata, ide, memory } = board;
  const view = new DataView(memory.buffer);
  for (let i = 0; i < 40; i++) {
    view.setUint32(0x1000 + i * 8, random(20) === 0 ? random(2 ** 32) : random(0x50000), true);
    const size = random(4) === 0 ? random(0x10000) : random(600);
    view.setUint32(0x1004 + i * 8, (size | (random(12) === 0 ? 0x80000000 : 0)) >>> 0, true);
  }
  ide.portWrite(0xc004, 4, 0x1000 + 8 * random(40));
  const lba = [random(256), random(32), 0, 0xe0];
  const code = [0xc8, 0xca, 0x25, 0x35, 0x20, 0x30, 0xc4][random(7)];
  for (const [i, value] of [random(64), ...lba, code].entries()) {
    ata.portWrite(0x1f2 + i, 1, value);
  }
  ide.portWrite(0xc000, 1, [0, 8, 1, 9, 9][random(5)]);
  if (random(3) !== 0) ide.portWrite(0xc000, 1, [1, 9][random(2)]);
}

interface IdeBoard {
  readonly ata: Device;
  readonly ide: Device;
  readonly pci: Device;
  readonly bus: FakeBus;
  readonly memory: Uint8Array;
}

function ideBoard(random: (below: number) => number): IdeBoard {
  const buses = new Map<string, FakeBus>();
  const busFor = (device: string): FakeBus => {
    const bus = new FakeBus();
    buses.set(device, bus);
    return bus;
  };
  const disk = fuzzDisk(random);
  const { all } = pcDevices(busFor, { memoryBytes: 0x40000, startMs: 0, disks: [{ disk }] });
  for (const device of all) device.reset();
  const find = (name: string): Device => {
    const device = all.find((each) => each.name === name);
    if (device === undefined) throw new Error(name);
    return device;
  };
  const bus = busFor('none');
  const [ata, ide, pci] = [find('ata0'), find('ide'), find('pci')];
  const ataBus = buses.get('ata0') ?? bus;
  ataBus.attach(ata);
  return { ata, ide, pci, bus: ataBus, memory: (buses.get('ide') ?? bus).memory };
}

test.for([1, 2, 3, 4])(
  'a drive, its bus master and memory survive them together, seed %i',
  (seed) => {
    const random = generator(seed);
    const board = ideBoard(random);
    const { ata, ide, pci, bus } = board;
    for (let step = 0; step < 6000; step++) {
      if (step % 500 === 0) {
        for (const [at, value] of [
          [0x20, 0xc000],
          [0x04, 5],
        ]) {
          pci.portWrite(0xcf8, 4, 0x80000900 + at);
          pci.portWrite(0xcfc, 4, value);
        }
      }
      const device = [ata, ide][random(2)];
      const range = device.ports[random(Math.max(1, device.ports.length))];
      if (range !== undefined && random(3) === 0) {
        const width = [1, 2, 4][random(3)];
        const port = range.first + random(range.count);
        if (random(2) === 0) device.portRead(port, width);
        else device.portWrite(port, width, random(2 ** (8 * width)));
      }
      if (random(8) === 0) startTransfer(random, board);
      if (random(200) === 0) pci.portWrite(0xcfc, 4, random(8));
      bus.run(random(40_000));
      if (step % 50 === 0) expect([...misfits(ata), ...misfits(ide)]).toEqual([]);
    }
    expect(bus.edges[14].length).toBeGreaterThan(100);
  },
);
