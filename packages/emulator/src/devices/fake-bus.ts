// A bus for testing one device by itself: a clock that the test moves, the device's events in order
// of their ticks, and a record of what the device did to its lines and outputs. Used by the tests
// of this folder only.

import type { Bus, Device } from '../device.ts';

const MEMORY_BYTES = 0x40000;

export class FakeBus implements Bus {
  tick = 0;
  readonly ticksPerSecond: number;
  readonly events = new Map<number, { tick: number; argument: number }>();
  readonly irqs = Array.from({ length: 16 }, () => 0);
  /** Rising edges of each interrupt line, as ticks. */
  readonly edges: number[][] = Array.from({ length: 16 }, () => []);
  intr = 0;
  isA20 = false;
  resets = 0;
  exits: string[] = [];
  outputs = { com1: '', debug: '' };
  traces: (string | number)[][] = [];
  readyCalls = 0;
  portMoves = 0;
  /** Physical memory from 0 on; beyond it nothing answers. */
  readonly memory: Uint8Array = new Uint8Array(MEMORY_BYTES);
  private device: Device | undefined;

  constructor(ticksPerSecond = 1e9) {
    this.ticksPerSecond = ticksPerSecond;
  }

  /** Makes `device` the one whose events run, and resets it. */
  attach<T extends Device>(device: T): T {
    this.device = device;
    device.reset();
    return device;
  }

  /** Moves the clock to `tick`, with the events on the way. */
  runTo(tick: number): void {
    for (;;) {
      let first = -1;
      let firstTick = Infinity;
      for (const [id, event] of this.events) {
        if (event.tick < firstTick) [first, firstTick] = [id, event.tick];
      }
      if (firstTick > tick) break;
      this.tick = Math.max(this.tick, firstTick);
      const event = this.events.get(first);
      this.events.delete(first);
      const answer = this.device?.event?.(first, event?.argument ?? 0);
      if (answer === 'host') {
        this.events.set(first, { tick: firstTick, argument: event?.argument ?? 0 });
        return;
      }
    }
    this.tick = Math.max(this.tick, tick);
  }

  run(ticks: number): void {
    this.runTo(this.tick + ticks);
  }

  now(): number {
    return this.tick;
  }

  schedule(id: number, tick: number, argument = 0): void {
    this.events.set(id, { tick, argument });
  }

  cancel(id: number): void {
    this.events.delete(id);
  }

  setIrq(line: number, level: number): void {
    if (level !== 0 && this.irqs[line] === 0) this.edges[line].push(this.tick);
    this.irqs[line] = level;
  }

  setIntr(_cpu: number, level: number): void {
    this.intr = level;
  }

  setA20(isEnabled: boolean): void {
    this.isA20 = isEnabled;
  }

  readMemory(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length).fill(0xff);
    bytes.set(this.memory.subarray(address, address + length));
    return bytes;
  }

  writeMemory(address: number, bytes: Uint8Array): void {
    if (address >= MEMORY_BYTES) return;
    this.memory.set(bytes.subarray(0, MEMORY_BYTES - address), address);
  }

  resetMachine(): void {
    this.resets++;
  }

  exit(reason: 'guest' | 'power-off', status: number): void {
    this.exits.push(`${reason} ${status}`);
  }

  output(channel: 'com1' | 'debug', byte: number): void {
    this.outputs[channel] += String.fromCharCode(byte);
  }

  inputReady(): void {
    this.readyCalls++;
  }

  portsChanged(): void {
    this.portMoves++;
  }

  trace(kind: string, a: number, b: number, c: number): void {
    this.traces.push([kind, a, b, c]);
  }
}
