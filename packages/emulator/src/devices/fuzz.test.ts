// Guests may do anything to a port: no device may throw, hang or leave a field outside the range
// that its table declares, since a snapshot would then not bring it back.

import { expect, test } from 'vitest';
import type { Device } from '../device.ts';
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

function fuzz(name: string, seed: number): void {
  const random = generator(seed);
  const buses = new Map<string, FakeBus>();
  const disk = {
    sectors: 5000,
    read: (_sector: number, count: number) =>
      random(10) === 0 ? undefined : new Uint8Array(count * 512),
    write: () => random(10) !== 0,
    flush: () => {},
  };
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
