// The interrupt controllers of a board with several processors, for tests: each on a bus of its own with one clock, and a
// record of what reached the processors. Used by the tests of this folder only.

import type { Processors } from '../device.ts';
import { Apics } from './apics.ts';
import { FakeBus } from './fake-bus.ts';

export const LOCAL = 0xfee00000;
export const IO = 0xfec00000;

export class ApicRig {
  readonly apics: Apics;
  /** INTR of each processor. */
  readonly intr: number[];
  /** What else came: "nmi 1", "init 2", "start 2 8". */
  readonly log: string[] = [];
  /** Whose instruction accesses the local APIC's page. */
  cpu = 0;
  private readonly buses: FakeBus[] = [];

  constructor(count: number, busHz = 100_000_000) {
    this.intr = Array.from({ length: count }, () => 0);
    const processors: Processors = {
      count,
      current: () => this.cpu,
      setIntr: (cpu, level) => void (this.intr[cpu] = level),
      raiseNmi: (cpu) => void this.log.push(`nmi ${cpu}`),
      init: (cpu) => void this.log.push(`init ${cpu}`),
      start: (cpu, vector) => void this.log.push(`start ${cpu} ${vector}`),
    };
    const byName = new Map<string, FakeBus>();
    const busFor = (name: string): FakeBus => {
      const bus = new FakeBus();
      byName.set(name, bus);
      this.buses.push(bus);
      return bus;
    };
    this.apics = new Apics(busFor, { processors, busHz });
    for (const device of [this.apics.pic, ...this.apics.devices]) {
      byName.get(device.name)?.attach(device);
    }
  }

  /** Lets the clock go on, with the events on the way in order. */
  run(ticks: number): void {
    const end = this.tick + ticks;
    for (;;) {
      const next = Math.min(...this.buses.map((bus) => nextEvent(bus)));
      const to = Math.min(end, Math.max(next, this.tick));
      for (const bus of this.buses) bus.runTo(to);
      if (next > end) break;
    }
  }

  get tick(): number {
    return this.buses[0].tick;
  }

  read(register: number, cpu = this.cpu): number {
    this.cpu = cpu;
    return this.apics.page.memoryRead?.(LOCAL + register, 4) ?? 0;
  }

  write(register: number, value: number, cpu = this.cpu): void {
    this.cpu = cpu;
    this.apics.page.memoryWrite?.(LOCAL + register, 4, value);
  }

  /** Writes both halves of the command register, and lets the command arrive. */
  command(low: number, destination = 0, cpu = 0): void {
    this.write(0x310, destination * 0x1000000, cpu);
    this.write(0x300, low, cpu);
    this.run(1);
  }

  /** Enables the local APICs of all processors. */
  enable(): void {
    this.intr.forEach((_, cpu) => this.write(0xf0, 0x1ff, cpu));
  }

  readIo(index: number): number {
    this.apics.io.memoryWrite(IO, 1, index);
    return this.apics.io.memoryRead(IO + 0x10, 4);
  }

  /** A redirection entry. */
  route(pin: number, low: number, destination: number): void {
    this.apics.io.memoryWrite(IO, 1, 0x11 + pin * 2);
    this.apics.io.memoryWrite(IO + 0x10, 4, destination * 0x1000000);
    this.apics.io.memoryWrite(IO, 1, 0x10 + pin * 2);
    this.apics.io.memoryWrite(IO + 0x10, 4, low);
  }
}

function nextEvent(bus: FakeBus): number {
  return Math.min(...[...bus.events.values()].map((event) => event.tick), Infinity);
}
