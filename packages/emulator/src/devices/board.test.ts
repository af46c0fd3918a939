import { expect, test } from 'vitest';
import { DebugPorts } from './debug-ports.ts';
import { FakeBus } from './fake-bus.ts';
import { pcDevices } from './pc.ts';
import { Pci } from './pci.ts';
import { PowerManagement } from './power.ts';
import { textScreen } from './text-screen.ts';
import { TEXT_MEMORY, Vga } from './vga.ts';

function board(): {
  bus: FakeBus;
  pci: Pci;
  power: PowerManagement;
  config: (device: number, fn: number, at: number) => number;
  setConfig: (device: number, fn: number, at: number, width: number, value: number) => void;
} {
  const bus = new FakeBus();
  const pci = new Pci(bus);
  const power = new PowerManagement(bus, pci);
  pci.reset();
  power.reset();
  const select = (device: number, fn: number, at: number): void =>
    pci.portWrite(0xcf8, 4, 0x80000000 + (device << 11) + (fn << 8) + (at & 0xfc));
  return {
    bus,
    pci,
    power,
    config: (device, fn, at) => {
      select(device, fn, at);
      return pci.portRead(0xcfc, 4);
    },
    setConfig: (device, fn, at, width, value) => {
      select(device, fn, at);
      pci.portWrite(0xcfc + (at & 3), width, value);
    },
  };
}

test('PCI: the functions of a 440FX board, all ones elsewhere', () => {
  const { pci, config } = board();
  expect(config(0, 0, 0)).toBe(0x12378086);
  expect(config(1, 0, 0)).toBe(0x70008086);
  expect(config(1, 1, 0)).toBe(0x70108086);
  expect(config(1, 3, 0)).toBe(0x71138086);
  expect(config(1, 0, 8)).toBe(0x06010000);
  expect((config(1, 0, 0x0c) >>> 16) & 0xff).toBe(0x80);
  expect(config(2, 0, 0)).toBe(0xffffffff);
  expect(config(1, 2, 0)).toBe(0xffffffff);
  pci.portWrite(0xcf8, 4, 0);
  expect(pci.portRead(0xcfc, 4)).toBe(0xffffffff);
});

test('PCI: only writable bits change, bytes and words reach their place', () => {
  const { pci, config, setConfig } = board();
  setConfig(0, 0, 0, 4, 0);
  expect(config(0, 0, 0)).toBe(0x12378086);
  setConfig(1, 1, 0x3c, 1, 14);
  expect(config(1, 1, 0x3c) & 0xff).toBe(14);
  setConfig(1, 0, 0x62, 1, 0xff);
  expect(config(1, 0, 0x60)).toBe(0x808f8080);
  expect(pci.portRead(0xcfe, 1)).toBe(0x8f);
  expect(pci.portRead(0xcfe, 2)).toBe(0x808f);
});

test('PCI: an access that runs past its register stays within it', () => {
  const { pci, config } = board();
  expect(config(1, 1, 0x3c)).toBe(0);
  pci.portWrite(0xcfe, 4, 0x00ff0000);
  pci.portWrite(0xcfe, 4, 0xffffffff);
  expect(config(1, 1, 0x40)).toBe(0x80008000);
});

test('CF9h resets on the rise of its reset bit', () => {
  const { bus, pci } = board();
  pci.portWrite(0xcf9, 1, 0x02);
  expect(bus.resets).toBe(0);
  pci.portWrite(0xcf9, 1, 0x06);
  expect(bus.resets).toBe(1);
});

test('power management appears at the base that is programmed', () => {
  const { bus, power, setConfig } = board();
  expect(power.ports).toEqual([]);
  setConfig(1, 3, 0x40, 4, 0x0601);
  expect(power.ports).toEqual([]);
  const moves = bus.portMoves;
  setConfig(1, 3, 0x80, 1, 0x01);
  expect(bus.portMoves).toBe(moves + 1);
  expect(power.ports).toEqual([{ first: 0x600, count: 0x40 }]);
  setConfig(1, 3, 0x40, 4, 0xb001);
  expect(power.ports).toEqual([{ first: 0xb000, count: 0x40 }]);
});

test('SLP_EN with sleep type 0 turns the machine off, nothing else does', () => {
  const { bus, power, setConfig } = board();
  setConfig(1, 3, 0x40, 4, 0x0600);
  setConfig(1, 3, 0x80, 1, 0x01);
  power.portWrite(0x604, 2, 0x0001);
  power.portWrite(0x604, 2, 0x2400);
  expect(bus.exits).toEqual([]);
  power.portWrite(0x604, 2, 0x2000);
  expect(bus.exits).toEqual(['power-off 0']);
});

test('the power management timer counts 3.579545 MHz in 24 bits', () => {
  const { bus, power, setConfig } = board();
  setConfig(1, 3, 0x40, 4, 0x0600);
  setConfig(1, 3, 0x80, 1, 0x01);
  bus.runTo(1e9);
  expect(power.portRead(0x608, 4)).toBe(3_579_545);
  bus.runTo(5e9);
  expect(power.portRead(0x608, 4)).toBe((5 * 3_579_545) % 2 ** 24);
  expect(power.portRead(0x609, 1)).toBe((((5 * 3_579_545) % 2 ** 24) >> 8) & 0xff);
});

test('VGA: the attribute flip-flop, reset by reading the status', () => {
  const bus = new FakeBus();
  const vga = bus.attach(new Vga(bus));
  vga.portWrite(0x3c0, 1, 0x13);
  vga.portWrite(0x3c0, 1, 0x05);
  expect(vga.state.attribute[0x13]).toBe(5);
  vga.portWrite(0x3c0, 1, 0x10);
  vga.portRead(0x3da, 1);
  vga.portWrite(0x3c0, 1, 0x33);
  expect([vga.portRead(0x3c0, 1), vga.portRead(0x3c1, 1)]).toEqual([0x33, 5]);
});

test('VGA: DAC index steps after three parts; word writes set index and data', () => {
  const bus = new FakeBus();
  const vga = bus.attach(new Vga(bus));
  vga.portWrite(0x3c8, 1, 7);
  for (const part of [1, 2, 3, 0xff, 5, 6]) vga.portWrite(0x3c9, 1, part);
  vga.portWrite(0x3c7, 1, 7);
  const parts = [0, 0, 0, 0, 0, 0].map(() => vga.portRead(0x3c9, 1));
  expect(parts).toEqual([1, 2, 3, 0x3f, 5, 6]);
  vga.portWrite(0x3d4, 2, 0x120e);
  expect([vga.portRead(0x3d4, 1), vga.portRead(0x3d5, 1)]).toEqual([0x0e, 0x12]);
  expect(vga.portRead(0x3b5, 1)).toBe(0xff);
  vga.portWrite(0x3d4, 2, 0xff00); // protected timing
  expect(vga.state.crtc[0]).toBe(0x5f);
});

test('VGA: 70 retraces in a second, blanking toggles within a line', () => {
  const bus = new FakeBus();
  const vga = bus.attach(new Vga(bus));
  let retraces = 0;
  let blanks = 0;
  let last = 0;
  for (let tick = 0; tick < 1e9; tick += 10_000) {
    bus.runTo(tick);
    const status = vga.portRead(0x3da, 1);
    if ((status & ~last & 8) !== 0) retraces++;
    if ((status & 1) !== 0) blanks++;
    if ((status & 8) !== 0) expect(status & 1).toBe(1);
    last = status;
  }
  expect(retraces).toBe(70);
  expect(blanks / 100_000).toBeGreaterThan(0.25);
  expect(blanks / 100_000).toBeLessThan(0.35);
});

test('VGA: the screen as text, from the start address, with the cursor', () => {
  const bus = new FakeBus();
  const vga = bus.attach(new Vga(bus));
  const memory = new Uint8Array(TEXT_MEMORY.length);
  const put = (cell: number, text: string): void => {
    for (let i = 0; i < text.length; i++) memory[(cell + i) * 2] = text.charCodeAt(i);
  };
  put(0, 'top');
  put(80 * 25 + 3, 'below');
  const screen = { devices: [vga], readPhysical: () => memory };
  expect(textScreen(screen)[0]).toBe('top');
  vga.portWrite(0x3d4, 2, 0x000c);
  vga.portWrite(0x3d4, 2, 0x500d);
  expect(textScreen(screen)[24]).toBe('   below');
  vga.portWrite(0x3d4, 2, 0x010e);
  vga.portWrite(0x3d4, 2, 0x050f);
  expect(vga.cursor()).toEqual({ row: 2, column: 21 });
  vga.portWrite(0x3d4, 2, 0x200a);
  expect(vga.cursor()).toBeUndefined();
});

test('debug ports: text, POST codes, exit status, debugger trap', () => {
  const bus = new FakeBus();
  const debug = bus.attach(new DebugPorts(bus));
  debug.portWrite(0xe9, 1, 0x68);
  debug.portWrite(0x402, 1, 0x69);
  expect(bus.outputs.debug).toBe('hi');
  expect(debug.portRead(0xe9, 1)).toBe(0xe9);
  debug.portWrite(0x80, 1, 0x42);
  debug.portWrite(0x8a00, 2, 0x8a00);
  debug.portWrite(0x8a00, 2, 0x8ae0);
  expect(bus.traces).toEqual([
    ['post', 0x42, 0, 0],
    ['debugger', 0x8a00, 0, 0],
    ['debugger', 0x8ae0, 0, 0],
  ]);
  debug.portWrite(0xf4, 1, 0);
  expect(bus.exits).toEqual(['guest 0']);
});

test('the board: names are unique, no port has two owners, broken devices keep their ports', () => {
  const options = { memoryBytes: 2 ** 24, startMs: 0, disks: [], broken: ['pit'] };
  const { all } = pcDevices(() => new FakeBus(), options);
  expect(new Set(all.map((device) => device.name)).size).toBe(all.length);
  const owners = new Map<number, string>();
  for (const device of all) {
    device.reset();
    for (const { first, count } of device.ports) {
      for (let port = first; port < first + count; port++) {
        expect(owners.get(port)).toBeUndefined();
        owners.set(port, device.name);
      }
    }
  }
  expect(owners.get(0x40)).toBe('pit');
  expect(all.find((device) => device.name === 'pit')?.portRead(0x40, 1)).toBe(0xffffffff);
});

test('every state field is what its table declares, and reset changes nothing of its shape', () => {
  const options = { memoryBytes: 2 ** 24, startMs: 0, disks: [] };
  for (const device of pcDevices(() => new FakeBus(), options).all) {
    device.reset();
    expect(Object.keys(device.state).toSorted()).toEqual(Object.keys(device.fields).toSorted());
    for (const [name, type] of Object.entries(device.fields)) {
      const value = device.state[name];
      if (typeof type === 'string') expect(typeof value).toBe('number');
      else expect((value as Uint8Array).length).toBe('bytes' in type ? type.bytes : type.u32s);
    }
  }
});
