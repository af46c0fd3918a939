import { expect, test } from 'vitest';
import { FakeBus } from './fake-bus.ts';
import { Pic } from './pic.ts';

const MASTER = 0x20;
const SLAVE = 0xa0;

/** Vectors 20h and 28h, everything unmasked. */
function pair(icw4 = 0x01): { bus: FakeBus; pic: Pic; out: (port: number, value: number) => void } {
  const bus = new FakeBus();
  const pic = bus.attach(new Pic(bus));
  const out = (port: number, value: number): void => pic.portWrite(port, 1, value);
  for (const [port, base, cascade] of [
    [MASTER, 0x20, 0x04],
    [SLAVE, 0x28, 0x02],
  ]) {
    out(port, 0x11);
    out(port + 1, base);
    out(port + 1, cascade);
    out(port + 1, icw4);
    out(port + 1, 0);
  }
  return { bus, pic, out };
}

function isr(pic: Pic, port: number): number {
  pic.portWrite(port, 1, 0x0b);
  return pic.portRead(port, 1);
}

function irr(pic: Pic, port: number): number {
  pic.portWrite(port, 1, 0x0a);
  return pic.portRead(port, 1);
}

test('a request raises INTR, its acknowledge gives the vector, EOI ends it', () => {
  const { bus, pic, out } = pair();
  pic.setLine(1, 1);
  expect(bus.intr).toBe(1);
  expect(irr(pic, MASTER)).toBe(0x02);
  expect(pic.acknowledge()).toBe(0x21);
  expect(bus.intr).toBe(0);
  expect([irr(pic, MASTER), isr(pic, MASTER)]).toEqual([0, 0x02]);
  out(MASTER, 0x20);
  expect(isr(pic, MASTER)).toBe(0);
  // Edge mode: the input is still high, but only a new edge asks again.
  expect(bus.intr).toBe(0);
  pic.setLine(1, 0);
  pic.setLine(1, 1);
  expect(bus.intr).toBe(1);
});

test('higher levels interrupt lower ones, lower ones wait (fully nested)', () => {
  const { bus, pic, out } = pair();
  pic.setLine(4, 1);
  expect(pic.acknowledge()).toBe(0x24);
  pic.setLine(6, 1);
  expect(bus.intr).toBe(0);
  pic.setLine(0, 1);
  expect(bus.intr).toBe(1);
  expect(pic.acknowledge()).toBe(0x20);
  expect(isr(pic, MASTER)).toBe(0x11);
  out(MASTER, 0x20);
  expect(isr(pic, MASTER)).toBe(0x10);
  expect(bus.intr).toBe(0);
  out(MASTER, 0x20);
  expect(pic.acknowledge()).toBe(0x26);
});

test('the slave: vector from the slave, in service at both, two EOIs', () => {
  const { bus, pic, out } = pair();
  pic.setLine(14, 1);
  expect(pic.acknowledge()).toBe(0x2e);
  expect([isr(pic, MASTER), isr(pic, SLAVE)]).toEqual([0x04, 0x40]);
  // IRQ 8 is higher within the slave, but the master still serves input 2.
  pic.setLine(8, 1);
  expect(bus.intr).toBe(0);
  out(SLAVE, 0x20);
  expect(bus.intr).toBe(0);
  out(MASTER, 0x20);
  expect(bus.intr).toBe(1);
  expect(pic.acknowledge()).toBe(0x28);
});

test('special fully nested mode lets a higher slave level through', () => {
  const { bus, pic } = pair(0x11);
  pic.setLine(14, 1);
  expect(pic.acknowledge()).toBe(0x2e);
  pic.setLine(8, 1);
  expect(bus.intr).toBe(1);
  expect(pic.acknowledge()).toBe(0x28);
  expect(isr(pic, SLAVE)).toBe(0x41);
});

test('a request that goes before its acknowledge is spurious: level 7, nothing in service', () => {
  const { bus, pic } = pair();
  pic.setLine(3, 1);
  pic.setLine(3, 0);
  expect(bus.intr).toBe(0);
  expect(pic.acknowledge()).toBe(0x27);
  expect(isr(pic, MASTER)).toBe(0);
});

test('a spurious interrupt of the slave is 15 and leaves input 2 in service', () => {
  const { bus, pic, out } = pair();
  pic.setLine(10, 1);
  expect(bus.intr).toBe(1);
  // Between the master's INTR and INTA: the slave's latch has fallen, its INT has not yet.
  pic.state.requests[1] = 0;
  expect(pic.acknowledge()).toBe(0x2f);
  expect([isr(pic, MASTER), isr(pic, SLAVE)]).toEqual([0x04, 0]);
  out(MASTER, 0x20);
  expect(isr(pic, MASTER)).toBe(0);
});

test('the mask holds requests back and lets them go later', () => {
  const { bus, pic, out } = pair();
  out(MASTER + 1, 0x02);
  pic.setLine(1, 1);
  expect(bus.intr).toBe(0);
  expect(pic.portRead(MASTER + 1, 1)).toBe(0x02);
  out(MASTER + 1, 0);
  expect(bus.intr).toBe(1);
});

test('level-triggered inputs ask again while they are high', () => {
  const { bus, pic, out } = pair();
  out(0x4d1, 0xff);
  expect(pic.portRead(0x4d1, 1)).toBe(0xde);
  out(0x4d0, 0xff);
  expect(pic.portRead(0x4d0, 1)).toBe(0xf8);
  pic.setLine(11, 1);
  expect(pic.acknowledge()).toBe(0x2b);
  out(SLAVE, 0x20);
  out(MASTER, 0x20);
  expect(bus.intr).toBe(1);
  pic.setLine(11, 0);
  expect(bus.intr).toBe(0);
});

test('specific EOI and rotation', () => {
  const { pic, out } = pair();
  pic.setLine(4, 1);
  pic.acknowledge();
  pic.setLine(2, 1); // the cascade input is no line of the board
  pic.setLine(3, 1);
  pic.acknowledge();
  out(MASTER, 0x64);
  expect(isr(pic, MASTER)).toBe(0x08);
  // Rotate on non-specific EOI: level 3 becomes the lowest, so 4 is the highest.
  out(MASTER, 0xa0);
  for (const line of [3, 4]) {
    pic.setLine(line, 0);
    pic.setLine(line, 1);
  }
  expect(pic.acknowledge()).toBe(0x24);
  expect(pic.state.lowest[0]).toBe(3);
  out(MASTER, 0xc6); // set priority: 6 is the lowest, 7 the highest
  pic.setLine(7, 1);
  expect(pic.acknowledge()).toBe(0x27);
  expect(isr(pic, MASTER)).toBe(0x90);
});

test('automatic EOI leaves nothing in service, and may rotate', () => {
  const { pic, out } = pair(0x03);
  out(MASTER, 0x80);
  pic.setLine(5, 1);
  expect(pic.acknowledge()).toBe(0x25);
  expect(isr(pic, MASTER)).toBe(0);
  expect(pic.state.lowest[0]).toBe(5);
});

test('special mask mode opens lower levels under a masked one in service', () => {
  const { bus, pic, out } = pair();
  pic.setLine(1, 1);
  pic.acknowledge();
  pic.setLine(6, 1);
  expect(bus.intr).toBe(0);
  out(MASTER + 1, 0x02);
  expect(bus.intr).toBe(0);
  out(MASTER, 0x68);
  expect(bus.intr).toBe(1);
  expect(pic.acknowledge()).toBe(0x26);
});

test('a poll is an acknowledge by reading', () => {
  const { bus, pic, out } = pair();
  pic.setLine(6, 1);
  out(MASTER, 0x0c);
  expect(pic.portRead(MASTER, 1)).toBe(0x86);
  expect(isr(pic, MASTER)).toBe(0x40);
  expect(bus.intr).toBe(0);
  out(MASTER, 0x0c);
  expect(pic.portRead(MASTER, 1)).toBe(0);
});

test('initialization forgets edges, masks and what was in service', () => {
  const { bus, pic, out } = pair();
  pic.setLine(1, 1);
  pic.acknowledge();
  pic.setLine(3, 1);
  out(MASTER, 0x11);
  expect(bus.intr).toBe(0);
  for (const value of [0x40, 0x04, 0x01]) out(MASTER + 1, value);
  expect([irr(pic, MASTER), isr(pic, MASTER), pic.portRead(MASTER + 1, 1)]).toEqual([0, 0, 0]);
  pic.setLine(3, 0);
  pic.setLine(3, 1);
  expect(pic.acknowledge()).toBe(0x43);
});
