import { expect, test } from 'vitest';
import { dateOf, secondsOf } from './calendar.ts';
import { FakeBus } from './fake-bus.ts';
import { Rtc } from './rtc.ts';

const SECOND = 1e9;

function clock(startMs: number, memoryBytes = 64 * 2 ** 20): { bus: FakeBus; rtc: Rtc } {
  const bus = new FakeBus();
  return { bus, rtc: bus.attach(new Rtc(bus, { startMs, memoryBytes })) };
}

function get(rtc: Rtc, index: number): number {
  rtc.portWrite(0x70, 1, index);
  return rtc.portRead(0x71, 1);
}

function set(rtc: Rtc, index: number, value: number): void {
  rtc.portWrite(0x70, 1, index);
  rtc.portWrite(0x71, 1, value);
}

/** Century, year, month, day, hours, minutes, seconds as they stand in the registers. */
function shown(rtc: Rtc): string {
  return [0x32, 9, 8, 7, 4, 2, 0].map((i) => get(rtc, i).toString(16).padStart(2, '0')).join(' ');
}

test('the calendar agrees with the host over four centuries', () => {
  for (let day = -20_000; day < 130_000; day += 37) {
    const seconds = day * 86_400 + 45_296;
    const host = new Date(seconds * 1000);
    const date = dateOf(seconds);
    expect([date.year, date.month, date.day, date.weekday]).toEqual([
      host.getUTCFullYear(),
      host.getUTCMonth() + 1,
      host.getUTCDate(),
      host.getUTCDay(),
    ]);
    expect(secondsOf(date)).toBe(seconds);
  }
});

test('time starts at the injected date and follows virtual time into the next year', () => {
  const { bus, rtc } = clock(Date.UTC(1999, 11, 31, 23, 59, 58));
  expect(shown(rtc)).toBe('19 99 12 31 23 59 58');
  expect(get(rtc, 6)).toBe(6); // Friday, Sunday being 1
  bus.runTo(2 * SECOND - 1);
  expect(shown(rtc)).toBe('19 99 12 31 23 59 59');
  bus.runTo(2 * SECOND);
  expect(shown(rtc)).toBe('20 00 01 01 00 00 00');
});

test('binary and twelve hour formats', () => {
  const { rtc } = clock(Date.UTC(2026, 1, 3, 14, 45, 30));
  set(rtc, 0x0b, 0x00);
  expect(get(rtc, 4)).toBe(0x82);
  set(rtc, 0x0b, 0x06);
  expect([get(rtc, 4), get(rtc, 2), get(rtc, 9)]).toEqual([14, 45, 26]);
});

test('SET stops the clock while a date is written', () => {
  const { bus, rtc } = clock(0);
  bus.runTo(5 * SECOND);
  set(rtc, 0x0b, 0x82);
  for (const [index, value] of [
    [7, 0x29],
    [8, 0x02],
    [9, 0x24],
    [0x32, 0x20],
    [4, 0x23],
    [2, 0x59],
    [0, 0x59],
  ]) {
    set(rtc, index, value);
  }
  bus.run(10 * SECOND);
  expect(shown(rtc)).toBe('20 24 02 29 23 59 59');
  set(rtc, 0x0b, 0x02);
  bus.run(SECOND);
  expect(shown(rtc)).toBe('20 24 03 01 00 00 00');
});

test('update in progress for the 2,228 us before the second changes', () => {
  const { bus, rtc } = clock(0);
  const isUpdating = (): boolean => (get(rtc, 0x0a) & 0x80) !== 0;
  bus.runTo(SECOND - 2_228_001);
  expect(isUpdating()).toBe(false);
  bus.runTo(SECOND - 2_228_000);
  expect(isUpdating()).toBe(true);
  bus.runTo(SECOND);
  expect(isUpdating()).toBe(false);
});

test('the periodic interrupt at 1,024 Hz, once for each reading of register C', () => {
  const { bus, rtc } = clock(0);
  set(rtc, 0x0a, 0x26);
  set(rtc, 0x0b, 0x42);
  let interrupts = 0;
  for (let i = 0; i < 20_000; i++) {
    bus.run(100_000);
    if (bus.irqs[8] === 0) continue;
    expect(get(rtc, 0x0c) & 0xe0).toBe(0xc0);
    interrupts++;
    expect(bus.irqs[8]).toBe(0);
  }
  expect(interrupts).toBe(2 * 1024);
});

test('an interrupt not acknowledged stays one interrupt', () => {
  const { bus, rtc } = clock(0);
  set(rtc, 0x0a, 0x26);
  set(rtc, 0x0b, 0x42);
  bus.run(SECOND / 2);
  expect(bus.edges[8].length).toBe(1);
});

test('update-ended and alarm interrupts', () => {
  const { bus, rtc } = clock(Date.UTC(2026, 0, 1, 7, 29, 58));
  set(rtc, 0x0b, 0x12);
  bus.run(SECOND);
  expect(bus.irqs[8]).toBe(1);
  expect(get(rtc, 0x0c) & 0x90).toBe(0x90);
  set(rtc, 1, 0x00);
  set(rtc, 3, 0x30);
  set(rtc, 5, 0xff); // any hour
  set(rtc, 0x0b, 0x22);
  bus.run(SECOND - 1);
  expect(bus.irqs[8]).toBe(0);
  bus.run(1);
  expect(bus.irqs[8]).toBe(1);
  expect(get(rtc, 0x0c) & 0xa0).toBe(0xa0);
  // The next hour again.
  bus.run(3600 * SECOND - 1);
  expect(bus.irqs[8]).toBe(0);
  bus.run(1);
  expect(bus.irqs[8]).toBe(1);
});

test('memory sizes where firmware looks, with a checksum', () => {
  const { rtc } = clock(0, 256 * 2 ** 20);
  const word = (at: number): number => get(rtc, at) | (get(rtc, at + 1) << 8);
  expect([word(0x15), word(0x17), word(0x30), word(0x34)]).toEqual([640, 0xffff, 0xffff, 3840]);
  const small = clock(0, 8 * 2 ** 20).rtc;
  expect(get(small, 0x30) | (get(small, 0x31) << 8)).toBe(7 * 1024);
  expect(get(small, 0x34) | (get(small, 0x35) << 8)).toBe(0);
  let sum = 0;
  for (let at = 0x10; at < 0x2e; at++) sum += get(rtc, at);
  expect((get(rtc, 0x2e) << 8) | get(rtc, 0x2f)).toBe(sum);
});

test('reset keeps time and memory and drops interrupts', () => {
  const { bus, rtc } = clock(Date.UTC(2026, 0, 1));
  set(rtc, 0x40, 0x5a);
  set(rtc, 0x0b, 0x42);
  bus.run(3 * SECOND);
  rtc.reset();
  expect(bus.irqs[8]).toBe(0);
  expect([get(rtc, 0x40), get(rtc, 0x0b), shown(rtc)]).toEqual([
    0x5a,
    0x02,
    '20 26 01 01 00 00 03',
  ]);
});
