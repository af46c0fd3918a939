import { expect, test } from 'vitest';
import { FakeBus } from './fake-bus.ts';
import { SERIAL_INPUT, Serial } from './serial.ts';

const BASE = 0x3f8;

function port(): {
  bus: FakeBus;
  uart: Serial;
  out: (r: number, v: number) => void;
  in_: (r: number) => number;
} {
  const bus = new FakeBus();
  const uart = bus.attach(
    new Serial(bus, { name: 'com1', firstPort: BASE, irq: 4, channel: 'com1' }),
  );
  return {
    bus,
    uart,
    out: (register, value) => uart.portWrite(BASE + register, 1, value),
    in_: (register) => uart.portRead(BASE + register, 1),
  };
}

/** The machine's side of host input: offers what waits whenever the UART says so. */
class Line {
  private readonly waiting: number[] = [];
  private seen = 0;
  private readonly bus: FakeBus;
  private readonly uart: Serial;

  constructor(bus: FakeBus, uart: Serial) {
    this.bus = bus;
    this.uart = uart;
  }

  send(text: string): void {
    for (const character of text) this.waiting.push(character.charCodeAt(0));
    this.offer();
  }

  run(ticks: number): void {
    const end = this.bus.tick + ticks;
    while (this.bus.tick < end) {
      this.bus.run(Math.min(1000, end - this.bus.tick));
      if (this.bus.readyCalls !== this.seen) {
        this.seen = this.bus.readyCalls;
        this.offer();
      }
    }
  }

  private offer(): void {
    while (this.waiting.length > 0) {
      if (this.uart.event(SERIAL_INPUT, this.waiting[0]) === 'later') return;
      this.waiting.shift();
    }
  }
}

test('a byte is out at the write; the transmitter is empty after its time', () => {
  const { bus, out, in_ } = port();
  expect(in_(5)).toBe(0x60);
  out(0, 0x41);
  expect(bus.outputs.com1).toBe('A');
  expect(in_(5)).toBe(0x20);
  out(0, 0x42);
  expect(in_(5)).toBe(0x00);
  bus.run(1000);
  expect(in_(5)).toBe(0x20);
  bus.run(1000);
  expect(in_(5)).toBe(0x60);
  expect(bus.outputs.com1).toBe('AB');
});

test('divisor latch and scratch register', () => {
  const { bus, out, in_ } = port();
  out(3, 0x80);
  out(0, 0x0c);
  out(1, 0x01);
  expect([in_(0), in_(1)]).toEqual([0x0c, 0x01]);
  out(3, 0x03);
  expect([in_(3), in_(1)]).toEqual([0x03, 0]);
  out(7, 0xa5);
  expect(in_(7)).toBe(0xa5);
  expect(bus.outputs.com1).toBe('');
});

test('the empty interrupt: raised by enabling, cleared by reading its identification', () => {
  const { bus, out, in_ } = port();
  out(1, 0x02);
  expect(bus.irqs[4]).toBe(0); // OUT2 is off
  out(4, 0x0b);
  expect(bus.irqs[4]).toBe(1);
  expect(in_(2)).toBe(0x02);
  expect([bus.irqs[4], in_(2)]).toEqual([0, 0x01]);
  const before = bus.edges[4].length;
  for (const byte of [1, 2, 3]) {
    out(0, byte);
    bus.run(5000);
    expect(in_(2)).toBe(0x02);
  }
  expect(bus.edges[4].length).toBe(before + 3);
});

test('each byte written makes an edge, though the handler reads no identification', () => {
  const { bus, out } = port();
  out(4, 0x08);
  out(1, 0x02);
  for (let i = 0; i < 5; i++) {
    const before = bus.edges[4].length;
    out(0, 0x30 + i);
    bus.run(10_000);
    expect(bus.edges[4].length).toBeGreaterThan(before);
  }
});

test('received bytes come one at a time without FIFOs, at the pace of the line', () => {
  const { bus, uart, out, in_ } = port();
  const line = new Line(bus, uart);
  out(4, 0x08);
  out(1, 0x01);
  line.send('ok');
  expect([bus.irqs[4], in_(2), in_(5) & 1]).toEqual([1, 0x04, 1]);
  line.run(1e6);
  expect(in_(0)).toBe(0x6f);
  expect([bus.irqs[4], in_(5) & 3]).toEqual([0, 0]);
  line.run(2000);
  expect(in_(0)).toBe(0x6b);
  line.send('xy');
  expect(in_(5) & 1).toBe(0);
  line.run(90_000);
  expect(in_(0)).toBe(0x78);
  line.run(80_000);
  expect(in_(5) & 1).toBe(0);
  line.run(10_000);
  expect(in_(0)).toBe(0x79);
});

test('what is typed before the guest looks at the line survives its set-up', () => {
  const { bus, uart, out, in_ } = port();
  const line = new Line(bus, uart);
  line.send('early');
  line.run(1e6);
  out(2, 0x07);
  out(4, 0x0b);
  line.run(1e6);
  let got = '';
  for (let i = 0; i < 100; i++) {
    if ((in_(5) & 1) !== 0) got += String.fromCharCode(in_(0));
    line.run(10_000);
  }
  expect(got).toBe('early');
});

test('the FIFO: trigger level, character time-out, no byte lost beyond sixteen', () => {
  const { bus, uart, out, in_ } = port();
  const line = new Line(bus, uart);
  out(2, 0x87); // FIFOs on, trigger at 8
  out(4, 0x08);
  out(1, 0x01);
  const text = 'the quick brown fox jumps over the lazy dog';
  line.send(text);
  line.run(7 * 86_806 - 1000);
  expect(in_(2)).toBe(0xc1);
  line.run(3000);
  expect(in_(2)).toBe(0xc4);
  line.run(40 * 86_806);
  let got = '';
  for (let i = 0; i < 10_000 && got.length < text.length; i++) {
    line.run(10_000);
    if ((in_(5) & 1) !== 0) got += String.fromCharCode(in_(0));
  }
  expect(got).toBe(text);
  line.send('abc');
  line.run(8 * 86_806);
  expect(in_(2)).toBe(0xcc);
  expect(String.fromCharCode(in_(0), in_(0), in_(0))).toBe('abc');
  expect(in_(2)).toBe(0xc1);
});

test('loopback: data, modem lines, overrun, no output and no interrupt on the bus', () => {
  const { bus, out, in_ } = port();
  out(4, 0x1f);
  expect(in_(6) & 0xf0).toBe(0xf0);
  out(4, 0x1a);
  expect(in_(6)).toBe(0x90 | 0x02 | 0x04);
  expect(in_(6)).toBe(0x90);
  out(1, 0x05);
  out(0, 0x55);
  expect([in_(5) & 1, in_(2), bus.irqs[4]]).toEqual([1, 0x04, 0]);
  out(0, 0x66);
  expect(in_(2)).toBe(0x06);
  expect(in_(5) & 0x03).toBe(0x03);
  expect(in_(0)).toBe(0x66);
  expect(bus.outputs.com1).toBe('');
});

test('a connected line shows CTS, DSR and DCD', () => {
  const { in_ } = port();
  expect(in_(6)).toBe(0xb0);
});
