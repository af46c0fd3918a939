import { expect, test } from 'vitest';
import { ApicRig } from './apic-rig.ts';
import { BusClock } from './apic-timer.ts';

const R = {
  id: 0x20,
  version: 0x30,
  tpr: 0x80,
  apr: 0x90,
  ppr: 0xa0,
  eoi: 0xb0,
  ldr: 0xd0,
  dfr: 0xe0,
  svr: 0xf0,
  isr: 0x100,
  tmr: 0x180,
  irr: 0x200,
  esr: 0x280,
  icrLow: 0x300,
  timer: 0x320,
  lint0: 0x350,
  error: 0x370,
  initial: 0x380,
  current: 0x390,
  divide: 0x3e0,
} as const;
const MASKED = 0x10000;
const PERIODIC = 0x20000;

test('registers after reset (SDM vol. 3, 10.4.7.1)', () => {
  const rig = new ApicRig(2);
  expect([0, 1].map((cpu) => rig.read(R.id, cpu))).toEqual([0, 0x1000000]);
  expect(rig.read(R.version)).toBe(0x40011);
  expect(rig.read(R.dfr)).toBe(0xffffffff);
  expect(rig.read(R.svr)).toBe(0xff);
  expect([R.timer, 0x340, R.lint0, 0x360, R.error].map((at) => rig.read(at, 1))).toEqual(
    Array.from({ length: 5 }, () => MASKED),
  );
  expect(rig.apics.apicBase(0)).toBe(0xfee00900);
  expect(rig.apics.apicBase(1)).toBe(0xfee00800);
});

test('a fixed interrupt: request, acknowledge, in service, end', () => {
  const rig = new ApicRig(1);
  rig.enable();
  rig.command(0x40000 | 0x61);
  expect([rig.intr[0], rig.read(R.irr + 0x30), rig.read(R.isr + 0x30)]).toEqual([1, 2, 0]);
  expect(rig.apics.acknowledge(0)).toBe(0x61);
  expect([rig.intr[0], rig.read(R.irr + 0x30), rig.read(R.isr + 0x30)]).toEqual([0, 0, 2]);
  expect(rig.read(R.ppr)).toBe(0x60);
  rig.write(R.eoi, 0);
  expect([rig.read(R.isr + 0x30), rig.read(R.ppr)]).toEqual([0, 0]);
});

test('of several requests the highest comes first; a higher class interrupts, its own does not', () => {
  const rig = new ApicRig(1);
  rig.enable();
  for (const vector of [0x41, 0x83, 0x52]) rig.command(0x40000 | vector);
  expect(rig.apics.acknowledge(0)).toBe(0x83);
  rig.command(0x40000 | 0x8f);
  expect(rig.intr[0]).toBe(0);
  rig.command(0x40000 | 0x90);
  expect(rig.intr[0]).toBe(1);
  expect(rig.apics.acknowledge(0)).toBe(0x90);
  rig.write(R.eoi, 0);
  expect(rig.intr[0]).toBe(0);
  rig.write(R.eoi, 0);
  expect(rig.apics.acknowledge(0)).toBe(0x8f);
  rig.write(R.eoi, 0);
  expect([rig.apics.acknowledge(0), rig.intr[0]]).toEqual([0x52, 0]);
});

test('the task priority holds classes back, and a late rise makes the acknowledge spurious', () => {
  const rig = new ApicRig(1);
  rig.enable();
  rig.write(R.tpr, 0x55);
  rig.command(0x40000 | 0x5f);
  expect([rig.intr[0], rig.read(R.ppr), rig.read(R.apr)]).toEqual([0, 0x55, 0x55]);
  rig.write(R.tpr, 0x4f);
  expect([rig.intr[0], rig.read(R.apr)]).toEqual([1, 0x50]);
  rig.write(R.tpr, 0x60);
  expect(rig.apics.acknowledge(0)).toBe(0xff);
  expect(rig.read(R.isr + 0x70)).toBe(0);
});

test('commands: physical, everyone, self, all, others, logical flat and cluster', () => {
  const rig = new ApicRig(4);
  rig.enable();
  const reached = (low: number, destination = 0): number[] => {
    rig.command(low, destination, 1);
    const hit = rig.intr.map((level, cpu) => (level !== 0 ? cpu : -1)).filter((cpu) => cpu >= 0);
    for (const cpu of hit) {
      expect(rig.apics.acknowledge(cpu)).toBe(0x77);
      rig.write(R.eoi, 0, cpu);
    }
    return hit;
  };
  expect(reached(0x77, 2)).toEqual([2]);
  expect(reached(0x77, 9)).toEqual([]);
  expect(reached(0x77, 0xff)).toEqual([0, 1, 2, 3]);
  expect(reached(0x40077)).toEqual([1]);
  expect(reached(0x80077)).toEqual([0, 1, 2, 3]);
  expect(reached(0xc0077)).toEqual([0, 2, 3]);
  for (let cpu = 0; cpu < 4; cpu++) rig.write(R.ldr, 0x1000000 << cpu, cpu);
  expect(reached(0x877, 0b1010)).toEqual([1, 3]);
  for (let cpu = 0; cpu < 4; cpu++) {
    rig.write(R.dfr, 0x0fffffff, cpu);
    rig.write(R.ldr, ((cpu >> 1) << 28) | (0x1000000 << (cpu & 1)), cpu);
  }
  expect(reached(0x877, 0x13)).toEqual([2, 3]);
  expect(reached(0x877, 0xf1)).toEqual([0, 2]);
});

test('lowest priority goes to the least busy of those that are enabled', () => {
  const rig = new ApicRig(3);
  rig.enable();
  rig.write(R.tpr, 0x30, 0);
  rig.write(R.tpr, 0x20, 1);
  rig.write(R.svr, 0xff, 2);
  rig.command(0x177, 0xff);
  expect(rig.intr).toEqual([0, 1, 0]);
  rig.apics.acknowledge(1);
  rig.command(0x177, 0xff);
  expect(rig.intr).toEqual([1, 0, 0]);
});

test('NMI, INIT, start-up and INIT level de-assert', () => {
  const rig = new ApicRig(3);
  rig.command(0xc4500);
  rig.command(0xc8500);
  rig.command(0x4608, 2);
  rig.command(0x400, 1);
  expect(rig.log).toEqual(['init 1', 'init 2', 'start 2 8', 'nmi 1']);
});

test('INIT puts the registers back but for the ID', () => {
  const rig = new ApicRig(2);
  rig.enable();
  rig.write(R.id, 0x5000000, 1);
  rig.write(R.tpr, 0x40, 1);
  rig.write(R.timer, 0x55, 1);
  rig.command(0x55, 5);
  expect(rig.intr[1]).toBe(1);
  rig.command(0x4500, 5);
  expect(rig.intr[1]).toBe(0);
  expect([R.id, R.tpr, R.svr, R.timer].map((at) => rig.read(at, 1))).toEqual([
    0x5000000,
    0,
    0xff,
    MASKED,
  ]);
});

test('a command is on its way until its event', () => {
  const rig = new ApicRig(2);
  rig.enable();
  rig.write(0x310, 0x1000000, 0);
  rig.write(R.icrLow, 0x61, 0);
  expect([rig.read(R.icrLow), rig.intr[1]]).toEqual([0x1061, 0]);
  rig.write(R.icrLow, 0x62, 0);
  rig.run(1);
  expect([rig.read(R.icrLow, 0), rig.intr[1]]).toEqual([0x62, 1]);
  expect(rig.read(R.irr + 0x30, 1)).toBe(0b110);
});

test('errors: illegal vectors sent and received, illegal registers; the entry reports them', () => {
  const rig = new ApicRig(2);
  rig.enable();
  rig.write(R.error, 0xfe, 0);
  rig.command(0x0f, 1);
  rig.run(1);
  expect(rig.apics.acknowledge(0)).toBe(0xfe);
  expect(rig.read(R.esr)).toBe(0);
  rig.write(R.esr, 0);
  expect(rig.read(R.esr)).toBe(0x20);
  rig.write(0x40, 0);
  rig.write(R.esr, 0);
  expect(rig.read(R.esr)).toBe(0x80);
  rig.write(R.initial, 1, 1);
  rig.write(R.timer, 0x05, 1);
  rig.write(R.initial, 1, 1);
  rig.run(100);
  rig.write(R.esr, 0, 1);
  expect(rig.read(R.esr, 1)).toBe(0x40);
});

test('virtual wire: the PICs through LINT0, until it is masked; and without an APIC', () => {
  const rig = new ApicRig(1);
  const { pic } = rig.apics;
  for (const [port, value] of [
    [0x20, 0x11],
    [0x21, 0x20],
    [0x21, 4],
    [0x21, 1],
    [0x21, 0],
  ]) {
    pic.portWrite(port, 1, value);
  }
  rig.apics.setLine(1, 1);
  expect(rig.intr[0]).toBe(1);
  rig.enable();
  expect(rig.intr[0]).toBe(1);
  rig.write(R.lint0, MASKED);
  expect(rig.intr[0]).toBe(0);
  rig.write(R.lint0, 0x8700);
  expect(rig.apics.acknowledge(0)).toBe(0x21);
  expect(rig.intr[0]).toBe(0);
  pic.portWrite(0x20, 1, 0x20);
  rig.apics.setLine(3, 1);
  rig.write(R.lint0, MASKED);
  expect(rig.apics.setApicBase(0, 0xfee00100)).toBe(true);
  expect(rig.intr[0]).toBe(1);
  expect([rig.apics.acknowledge(0), rig.read(R.id)]).toEqual([0x23, 0xffffffff]);
  expect(rig.apics.setApicBase(0, 0xfee00900)).toBe(true);
  expect([0xfed00900, 0xfee00d00].map((base) => rig.apics.setApicBase(0, base))).toEqual([
    false,
    false,
  ]);
});

test('a local APIC that is disabled takes no fixed interrupt and keeps its entries masked', () => {
  const rig = new ApicRig(1);
  rig.write(R.timer, 0x40);
  expect(rig.read(R.timer)).toBe(0x40 | MASKED);
  rig.command(0x40000 | 0x61);
  expect(rig.read(R.irr + 0x30)).toBe(0);
  rig.enable();
  rig.write(R.timer, 0x40);
  rig.write(R.svr, 0xff);
  expect(rig.read(R.timer)).toBe(0x40 | MASKED);
});

test('the timer counts down once, by each divisor', () => {
  for (const [code, divisor] of [0, 1, 2, 3, 8, 9, 10, 11].map((c, i) => [
    c,
    [2, 4, 8, 16, 32, 64, 128, 1][i],
  ])) {
    const rig = new ApicRig(1);
    rig.enable();
    rig.write(R.divide, code);
    rig.write(R.timer, 0x40);
    rig.write(R.initial, 1000);
    const ticks = 10 * divisor;
    rig.run(ticks * 999);
    expect([rig.read(R.current), rig.intr[0]], `divisor ${divisor}`).toEqual([1, 0]);
    rig.run(ticks);
    expect([rig.read(R.current), rig.intr[0]]).toEqual([0, 1]);
    expect(rig.apics.acknowledge(0)).toBe(0x40);
    rig.run(ticks * 5000);
    expect([rig.read(R.current), rig.read(R.irr + 0x20)]).toEqual([0, 0]);
  }
});

test.for([50e6, 66_600_000, 100e6, 133_000_000, 1e9])(
  'a periodic timer at %i Hz does not drift',
  (hz) => {
    const rig = new ApicRig(1, hz);
    rig.enable();
    rig.write(R.divide, 3);
    rig.write(R.timer, PERIODIC | 0x40);
    const count = 1237;
    rig.write(R.initial, count);
    let interrupts = 0;
    for (let step = 0; step < 500; step++) {
      rig.run(997_331);
      const elapsed = Math.floor(new BusClock(hz, 1e9).at(rig.tick) / 16);
      expect(rig.read(R.current)).toBe(count - (elapsed % count));
      while (rig.intr[0] !== 0) {
        rig.apics.acknowledge(0);
        rig.write(R.eoi, 0);
        interrupts++;
      }
    }
    expect(interrupts).toBe(500);
  },
);

test('a periodic timer interrupts at each period when each is served', () => {
  const rig = new ApicRig(1);
  rig.enable();
  rig.write(R.divide, 0xb);
  rig.write(R.timer, PERIODIC | 0x40);
  rig.write(R.initial, 300);
  let interrupts = 0;
  for (let tick = 0; tick < 100_000; tick += 500) {
    rig.run(500);
    if (rig.intr[0] === 0) continue;
    expect(rig.apics.acknowledge(0)).toBe(0x40);
    rig.write(R.eoi, 0);
    interrupts++;
  }
  expect(interrupts).toBe(33);
});

test('masked or with its request unserved the timer asks for no events, and counts on', () => {
  const rig = new ApicRig(1);
  rig.enable();
  rig.write(R.timer, PERIODIC | 0x40);
  rig.write(R.initial, 5);
  rig.run(1000);
  expect(rig.apics.locals[0].state.due).toBe(0);
  rig.apics.acknowledge(0);
  expect(rig.apics.locals[0].state.due).toBe(1100);
  rig.write(R.timer, PERIODIC | MASKED | 0x40);
  expect(rig.apics.locals[0].state.due).toBe(0);
  rig.run(30);
  expect(rig.read(R.current)).toBe(5 - (Math.floor(1030 / 20) % 5));
});

test('the bus clock is exact: whole clocks, first ticks, frequencies that cannot be', () => {
  for (const hz of [1e6, 50e6, 66_600_000, 133_000_000, 200e6, 1e9]) {
    const clock = new BusClock(hz, 1e9);
    for (const cycle of [0, 1, 7, 12_345, 987_654_321]) {
      const tick = clock.tickOf(cycle);
      expect(clock.at(tick)).toBe(cycle);
      if (tick > 0) expect(clock.at(tick - 1)).toBe(cycle - 1);
    }
    expect(clock.at(3600e9)).toBe(3600 * hz);
  }
  for (const hz of [0, -1, 0.5, 2e9, 133_333_333, Number.NaN]) {
    expect(() => new BusClock(hz, 1e9), String(hz)).toThrow(/bus of/);
  }
});

test('narrow and unaligned accesses: bytes are read, nothing is written', () => {
  const rig = new ApicRig(1);
  const { page } = rig.apics;
  expect(page.memoryRead?.(0xfee00032, 1)).toBe(4);
  expect(page.memoryRead?.(0xfee00032, 2)).toBe(4);
  expect(page.memoryRead?.(0xfee00034, 4)).toBe(0);
  page.memoryWrite?.(0xfee00080, 1, 0x55);
  page.memoryWrite?.(0xfee00084, 4, 0x55);
  expect(rig.read(R.tpr)).toBe(0);
});
