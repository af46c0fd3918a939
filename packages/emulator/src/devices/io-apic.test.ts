import { expect, test } from 'vitest';
import { ApicRig } from './apic-rig.ts';

const MASKED = 0x10000;
const LEVEL = 0x8000;
const REMOTE = 0x4000;
const LOW = 0x2000;
const EOI = 0xb0;

function rig(count = 1): ApicRig {
  const made = new ApicRig(count);
  made.enable();
  return made;
}

test('identification, version, 24 masked entries', () => {
  const r = rig();
  expect([r.readIo(0), r.readIo(1), r.readIo(2)]).toEqual([0, 0x170011, 0]);
  for (let pin = 0; pin < 24; pin++) expect(r.readIo(0x10 + pin * 2)).toBe(MASKED);
  expect([r.readIo(0x40), r.readIo(0xff)]).toEqual([0, 0]);
});

test('IRQ 0 is pin 2, others are the pins of their numbers', () => {
  const r = rig();
  for (const [line, pin] of [
    [0, 2],
    [1, 1],
    [14, 14],
  ]) {
    r.route(pin, 0x30 + line, 0);
    r.apics.setLine(line, 1);
    expect([r.intr[0], r.apics.acknowledge(0)]).toEqual([1, 0x30 + line]);
    r.write(EOI, 0);
  }
});

test('an edge sends once; on a masked pin it is lost', () => {
  const r = rig();
  r.apics.setLine(4, 1);
  r.route(4, 0x44, 0);
  expect(r.intr[0]).toBe(0);
  r.apics.setLine(4, 0);
  r.apics.setLine(4, 1);
  expect(r.apics.acknowledge(0)).toBe(0x44);
  r.write(EOI, 0);
  r.apics.setLine(4, 1);
  expect(r.intr[0]).toBe(0);
});

test('a level-triggered pin sends until it is quiet, once for each end of interrupt', () => {
  const r = rig();
  r.route(5, LEVEL | 0x45, 0);
  r.apics.setLine(5, 1);
  expect(r.readIo(0x1a) & REMOTE).toBe(REMOTE);
  expect(r.apics.acknowledge(0)).toBe(0x45);
  expect([r.intr[0], r.read(0x1a0)]).toEqual([0, 0x20]);
  r.write(EOI, 0);
  expect(r.apics.acknowledge(0)).toBe(0x45);
  r.apics.setLine(5, 0);
  r.write(EOI, 0);
  expect([r.intr[0], r.readIo(0x1a) & REMOTE]).toEqual([0, 0]);
});

test('active low, and unmasking a level that is already active', () => {
  const r = rig();
  r.route(5, LEVEL | LOW | MASKED | 0x45, 0);
  expect(r.intr[0]).toBe(0);
  r.route(5, LEVEL | LOW | 0x45, 0);
  expect(r.intr[0]).toBe(1);
  r.apics.acknowledge(0);
  r.apics.setLine(5, 1);
  r.write(EOI, 0);
  expect(r.intr[0]).toBe(0);
});

test('destinations: one processor, all, logical, lowest priority, NMI', () => {
  const r = rig(3);
  const pulse = (): number[] => {
    r.apics.setLine(6, 0);
    r.apics.setLine(6, 1);
    const hit = [...r.intr];
    hit.forEach((level, cpu) => {
      if (level !== 0) r.apics.acknowledge(cpu);
      r.write(EOI, 0, cpu);
    });
    return hit;
  };
  r.route(6, 0x46, 2);
  expect(pulse()).toEqual([0, 0, 1]);
  r.route(6, 0x46, 0xff);
  expect(pulse()).toEqual([1, 1, 1]);
  [1, 2, 4].forEach((bit, cpu) => r.write(0xd0, bit * 0x1000000, cpu));
  r.route(6, 0x846, 0b011);
  expect(pulse()).toEqual([1, 1, 0]);
  r.write(0x80, 0x40, 0);
  r.route(6, 0x946, 0b011);
  expect(pulse()).toEqual([0, 1, 0]);
  r.route(6, 0x400, 1);
  expect(pulse()).toEqual([0, 0, 0]);
  expect(r.log).toEqual(['nmi 1']);
});

test('the PICs by pin 0 as ExtINT', () => {
  const r = rig(2);
  for (const [port, value] of [
    [0x20, 0x11],
    [0x21, 0x20],
    [0x21, 4],
    [0x21, 1],
    [0x21, 0],
  ]) {
    r.apics.pic.portWrite(port, 1, value);
  }
  r.write(0x350, MASKED, 0);
  r.route(0, 0x700, 1);
  r.apics.setLine(3, 1);
  expect(r.intr).toEqual([0, 1]);
  expect([r.apics.acknowledge(1), r.intr[1]]).toEqual([0x23, 0]);
});

test('random accesses of three processors leave every field within its table', () => {
  const limits: Record<string, number> = { u8: 2 ** 8, u16: 2 ** 16, u32: 2 ** 32, u64: 2 ** 53 };
  for (const seed of [1, 2, 3]) {
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const r = rig(3);
    for (let step = 0; step < 20_000; step++) {
      r.cpu = random(3);
      const value = random(2) === 0 ? random(2 ** 32) : random(0x400);
      const at = random(4) === 0 ? random(0x1000) : random(0x40) * 16;
      if (random(3) === 0) {
        r.apics.io.memoryWrite(0xfec00000, 1, random(0x50));
        r.apics.io.memoryWrite(0xfec00010, 4, value);
      } else if (random(2) === 0) r.apics.page.memoryWrite?.(0xfee00000 + at, 4, value);
      else {
        const read = r.apics.page.memoryRead?.(0xfee00000 + at, [1, 2, 4][random(3)]) ?? -1;
        expect(Number.isInteger(read) && read >= 0 && read < 2 ** 32).toBe(true);
      }
      if (random(4) === 0) r.apics.setLine(random(16), random(2));
      if (random(4) === 0) r.run(random(2000));
      r.intr.forEach((level, cpu) => {
        if (level !== 0 && random(2) === 0) expect(r.apics.acknowledge(cpu)).toBeGreaterThan(-1);
      });
    }
    for (const device of r.apics.devices) {
      for (const [name, type] of Object.entries(device.fields)) {
        const field = device.state[name];
        if (typeof type !== 'string' || typeof field !== 'number') continue;
        const isWithin = Number.isInteger(field) && field >= 0 && field < (limits[type] ?? 0);
        expect(isWithin, `seed ${seed}: ${device.name}.${name} = ${field}`).toBe(true);
      }
    }
  }
});
