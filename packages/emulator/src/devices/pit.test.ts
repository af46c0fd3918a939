import { expect, test } from 'vitest';
import { FREQUENCY, tickOfCycle } from './cycles.ts';
import { FakeBus } from './fake-bus.ts';
import { Pit } from './pit.ts';

const CONTROL = 0x43;

function timer(): {
  bus: FakeBus;
  pit: Pit;
  out: (port: number, value: number) => void;
  at: (clock: number) => void;
} {
  const bus = new FakeBus();
  const pit = bus.attach(new Pit(bus));
  const out = (port: number, value: number): void => pit.portWrite(port, 1, value);
  /** To the middle of a clock of the timer, counted from the first. */
  const at = (clock: number): void =>
    bus.runTo(
      Math.floor(
        (tickOfCycle(clock, FREQUENCY.pit, 1e9) + tickOfCycle(clock + 1, FREQUENCY.pit, 1e9)) / 2,
      ),
    );
  return { bus, pit, out, at };
}

function read16(pit: Pit, port: number): number {
  return pit.portRead(port, 1) | (pit.portRead(port, 1) << 8);
}

/** Latched count of channel 2. */
function count2(pit: Pit): number {
  pit.portWrite(CONTROL, 1, 0x80);
  return read16(pit, 0x42);
}

const out2 = (pit: Pit): number => (pit.portRead(0x61, 1) >> 5) & 1;

/**
 * Channel 2 with the gate up, mode and count set at clock 10; the count is in the element from
 * clock 11 on.
 */
function channel2(mode: number, count: number, gate = 1): ReturnType<typeof timer> {
  const all = timer();
  all.at(10);
  all.out(0x61, gate);
  all.out(CONTROL, 0xb0 | (mode << 1));
  all.out(0x42, count & 0xff);
  all.out(0x42, count >> 8);
  return all;
}

test('mode 0: low for n + 1 clocks, then high; the element runs on', () => {
  const { pit, at } = channel2(0, 5);
  expect(out2(pit)).toBe(0);
  at(11);
  expect([count2(pit), out2(pit)]).toEqual([5, 0]);
  at(15);
  expect([count2(pit), out2(pit)]).toEqual([1, 0]);
  at(16);
  expect([count2(pit), out2(pit)]).toEqual([0, 1]);
  at(18);
  expect([count2(pit), out2(pit)]).toEqual([0xfffe, 1]);
  at(16 + 65536 * 3 + 1);
  expect([count2(pit), out2(pit)]).toEqual([0xffff, 1]);
});

test('mode 0: the gate holds the count', () => {
  const { pit, at, out } = channel2(0, 10);
  at(14);
  expect(count2(pit)).toBe(7);
  out(0x61, 0);
  at(40);
  expect([count2(pit), out2(pit)]).toEqual([7, 0]);
  out(0x61, 1);
  at(46);
  expect([count2(pit), out2(pit)]).toEqual([1, 0]);
  at(47);
  expect(out2(pit)).toBe(1);
});

test('mode 1: a one-shot of n clocks from the trigger, retriggerable', () => {
  const { pit, at, out } = channel2(1, 4, 0);
  at(20);
  expect(out2(pit)).toBe(1);
  out(0x61, 1);
  expect(out2(pit)).toBe(1);
  at(21);
  expect(out2(pit)).toBe(0);
  at(23);
  out(0x61, 0);
  out(0x61, 1);
  at(27);
  expect(out2(pit)).toBe(0);
  at(28);
  expect(out2(pit)).toBe(1);
});

test('mode 2: low for the last clock of a period; a new count waits for its end', () => {
  const { pit, at, out } = channel2(2, 4);
  const outputs: number[] = [];
  const counts: number[] = [];
  for (let clock = 11; clock < 19; clock++) {
    at(clock);
    outputs.push(out2(pit));
    counts.push(count2(pit));
  }
  expect(outputs).toEqual([1, 1, 1, 0, 1, 1, 1, 0]);
  expect(counts).toEqual([4, 3, 2, 1, 4, 3, 2, 1]);
  at(20);
  out(0x42, 6);
  out(0x42, 0);
  const later: number[] = [];
  for (let clock = 21; clock < 30; clock++) {
    at(clock);
    later.push(count2(pit));
  }
  expect(later).toEqual([2, 1, 6, 5, 4, 3, 2, 1, 6]);
});

test('mode 2: the gate restarts the period', () => {
  const { pit, at, out } = channel2(2, 100);
  at(50);
  out(0x61, 0);
  expect(out2(pit)).toBe(1);
  at(70);
  out(0x61, 1);
  at(71);
  expect(count2(pit)).toBe(100);
});

test('mode 3: even and odd square waves, the element goes down by two', () => {
  const even = channel2(3, 6);
  const odd = channel2(3, 5);
  const outputs = [[], []] as number[][];
  const counts: number[] = [];
  for (let clock = 11; clock < 23; clock++) {
    even.at(clock);
    odd.at(clock);
    outputs[0].push(out2(even.pit));
    outputs[1].push(out2(odd.pit));
    counts.push(count2(even.pit));
  }
  expect(outputs[0]).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0]);
  expect(outputs[1]).toEqual([1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1]);
  expect(counts).toEqual([6, 4, 2, 6, 4, 2, 6, 4, 2, 6, 4, 2]);
});

test('mode 3: a new count takes over at the end of the half period', () => {
  const { pit, at, out } = channel2(3, 8);
  at(12);
  out(0x42, 4);
  out(0x42, 0);
  const outputs: number[] = [];
  for (let clock = 13; clock < 21; clock++) {
    at(clock);
    outputs.push(out2(pit));
  }
  // The first high half lasts until clock 15, then halves of two.
  expect(outputs).toEqual([1, 1, 0, 0, 1, 1, 0, 0]);
});

test('mode 4: one low clock after n + 1; mode 5: n + 1 after the trigger', () => {
  const software = channel2(4, 3);
  const seen: number[] = [];
  for (let clock = 11; clock < 17; clock++) {
    software.at(clock);
    seen.push(out2(software.pit));
  }
  expect(seen).toEqual([1, 1, 1, 0, 1, 1]);
  const hardware = channel2(5, 3, 0);
  hardware.at(20);
  hardware.out(0x61, 1);
  const strobe: number[] = [];
  for (let clock = 21; clock < 27; clock++) {
    hardware.at(clock);
    strobe.push(out2(hardware.pit));
  }
  expect(strobe).toEqual([1, 1, 1, 0, 1, 1]);
});

test('BCD counts in decimal and wraps at 10,000', () => {
  const { pit, at, out } = timer();
  out(0x61, 1);
  at(5);
  out(CONTROL, 0xb1);
  out(0x42, 0x01);
  out(0x42, 0x10);
  at(6);
  expect(count2(pit)).toBe(0x1001);
  at(8);
  expect(count2(pit)).toBe(0x0999);
  at(6 + 1001 + 1);
  expect(count2(pit)).toBe(0x9999);
});

test('counter latch holds until it is read; read-back latches status first', () => {
  const { pit, at, out } = channel2(2, 1000);
  at(100);
  out(CONTROL, 0x80);
  at(200);
  out(CONTROL, 0x80); // ignored: one is latched already
  expect(read16(pit, 0x42)).toBe(1000 - (100 - 11));
  expect(read16(pit, 0x42)).toBe(1000 - (200 - 11));
  out(CONTROL, 0xc8); // status and count of channel 2
  at(300);
  expect(pit.portRead(0x42, 1)).toBe(0x80 | 0x30 | (2 << 1));
  expect(read16(pit, 0x42)).toBe(1000 - (200 - 11));
  out(0x42, 0x34);
  out(0x42, 0x12);
  out(CONTROL, 0xe8); // status alone: the count is not in the element yet
  expect(pit.portRead(0x42, 1) & 0x40).toBe(0x40);
});

test('one-byte access: least or most significant byte only', () => {
  const { pit, at, out } = timer();
  out(0x61, 1);
  at(3);
  out(CONTROL, 0x94);
  out(0x42, 0x20);
  at(4);
  expect(pit.portRead(0x42, 1)).toBe(0x20);
  at(5);
  out(CONTROL, 0xa4);
  out(0x42, 0x20);
  at(7);
  expect(pit.portRead(0x42, 1)).toBe(0x1f);
});

test('channel 0 interrupts 100 times a second without drift', () => {
  const { bus, pit, out } = timer();
  out(CONTROL, 0x34);
  out(0x40, 11932 & 0xff);
  out(0x40, 11932 >> 8);
  bus.runTo(10e9);
  // Edges where the counter reloads: clock 1 + k * 11932.
  const expected = (k: number): number => tickOfCycle(1 + k * 11932, FREQUENCY.pit, 1e9);
  const edges = bus.edges[0].filter((tick) => tick > 1000);
  expect(edges.length).toBe(Math.floor((10 * FREQUENCY.pit - 1) / 11932));
  expect(edges[0]).toBe(expected(1));
  expect(edges[998]).toBe(expected(999));
  expect(pit.portRead(0x43, 1)).toBe(0xff);
});

test('an event that comes late, after the low clock of mode 2, still makes its edge', () => {
  const { bus, pit, out, at } = timer();
  out(CONTROL, 0x34);
  out(0x40, 100);
  out(0x40, 0);
  at(98);
  const before = bus.edges[0].length;
  bus.tick = tickOfCycle(150, FREQUENCY.pit, 1e9);
  pit.event();
  expect([bus.irqs[0], bus.edges[0].length]).toEqual([1, before + 1]);
  at(202);
  expect(bus.edges[0].length).toBe(before + 2);
});

test('port 61h: what is written reads back, refresh toggles every 18 clocks', () => {
  const { pit, out, at } = timer();
  out(0x61, 0xff);
  expect(pit.portRead(0x61, 1) & 0x0f).toBe(0x0f);
  const bits: number[] = [];
  for (const clock of [0, 17, 18, 35, 36]) {
    at(clock);
    bits.push((pit.portRead(0x61, 1) >> 4) & 1);
  }
  expect(bits).toEqual([0, 0, 1, 1, 0]);
});
