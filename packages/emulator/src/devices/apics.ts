// The interrupt controllers of a PC with APICs, wired together: PICs, I/O APIC, and a local APIC for each processor. An
// ISA line goes to the PICs and to the I/O APIC; software masks it in one of them. The PICs' request reaches the first
// processor's LINT0 and the I/O APIC's pin 0.

import type { Bus, Device, InterruptController, Processors } from '../device.ts';
import { ApicBus } from './apic-bus.ts';
import { IoApic } from './io-apic.ts';
import { LOCAL_APIC_PAGE, LocalApic } from './local-apic.ts';
import { Pic } from './pic.ts';

export interface ApicsOptions {
  readonly processors: Processors;
  readonly busHz: number;
}

/** The page of local APIC registers: each processor sees its own. It has no state. */
class LocalApicPage implements Device {
  readonly name = 'lapics';
  readonly fields = {};
  readonly state = {};
  readonly ports: readonly never[] = [];
  readonly memory: readonly (typeof LOCAL_APIC_PAGE)[] = [LOCAL_APIC_PAGE];
  private readonly locals: readonly LocalApic[];
  private readonly processors: Processors;

  constructor(_bus: Bus, locals: readonly LocalApic[], processors: Processors) {
    this.locals = locals;
    this.processors = processors;
  }

  reset(): void {}

  portRead(): number {
    return 0xffffffff;
  }

  portWrite(): void {}

  memoryRead(address: number, width: number): number {
    return this.locals[this.processors.current()].memoryRead(address, width);
  }

  memoryWrite(address: number, width: number, value: number): void {
    this.locals[this.processors.current()].memoryWrite(address, width, value);
  }
}

export class Apics implements InterruptController {
  readonly pic: Pic;
  readonly locals: readonly LocalApic[];
  readonly io: IoApic;
  readonly page: Device;

  constructor(busFor: (name: string) => Bus, options: ApicsOptions) {
    const { processors, busHz } = options;
    const apics = new ApicBus();
    this.pic = new Pic(busFor('pic'), (level) => this.setPicRequest(level));
    this.locals = Array.from(
      { length: processors.count },
      (_, index) =>
        new LocalApic(busFor(`lapic${index}`), {
          index,
          busHz,
          processors,
          apics,
          acknowledgeExternal: () => this.pic.acknowledge(),
        }),
    );
    this.io = new IoApic(busFor('ioapic'), apics);
    this.page = new LocalApicPage(busFor('lapics'), this.locals, processors);
  }

  /** All of them but the PICs. */
  get devices(): readonly Device[] {
    return [...this.locals, this.io, this.page];
  }

  private setPicRequest(level: number): void {
    this.locals[0].setLint0(level);
    this.io.setPicRequest(level);
  }

  setLine(line: number, level: number): void {
    this.pic.setLine(line, level);
    this.io.setLine(line, level);
  }

  acknowledge(cpu: number): number {
    return this.locals[cpu].acknowledge();
  }

  apicBase(cpu: number): number {
    return this.locals[cpu].state.base;
  }

  setApicBase(cpu: number, value: number): boolean {
    return this.locals[cpu].setBase(value);
  }
}
