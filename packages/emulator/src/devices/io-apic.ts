// The I/O APIC (82093AA data sheet, 290566): 24 pins, each with a redirection entry that says what message its interrupt
// becomes. ISA lines are wired to the pins of their numbers, but IRQ 0 to pin 2, and the PICs' request to pin 0. An edge
// on a masked pin is lost; a level-triggered pin sends once and waits for the end of interrupt, "remote IRR".

import { createState } from '../device.ts';
import type { Bus, Device, StateOf } from '../device.ts';
import { type ApicBus, DELIVERY } from './apic-bus.ts';

const PINS = 24;

const FIELDS = {
  id: 'u8',
  select: 'u8',
  /** Two words for each pin. */
  entries: { u32s: 2 * PINS },
  /** Bit n: pin n is at a high level. */
  lines: 'u32',
} as const;

const PAGE = { first: 0xfec00000, length: 0x1000 } as const;
const WINDOW = 0x10;
const REGISTER = { id: 0, version: 1, arbitration: 2, entries: 0x10 } as const;
/** Version 11h, 24 entries. */
const VERSION = 0x11 | ((PINS - 1) << 16);
const ENTRY = {
  logical: 0x800,
  activeLow: 0x2000,
  remote: 0x4000,
  level: 0x8000,
  masked: 0x10000,
  writable: 0x1afff,
} as const;
const PIC_PIN = 0;
const TIMER_LINE = 0;
const TIMER_PIN = 2;

export class IoApic implements Device {
  readonly name = 'ioapic';
  readonly fields: typeof FIELDS = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports: readonly never[] = [];
  readonly memory: readonly (typeof PAGE)[] = [PAGE];
  private readonly apics: ApicBus;

  constructor(_bus: Bus, apics: ApicBus) {
    this.apics = apics;
    apics.onEnd = (vector) => this.endOfInterrupt(vector);
  }

  reset(): void {
    const { state } = this;
    state.id = 0;
    state.select = 0;
    for (let pin = 0; pin < PINS; pin++) {
      state.entries[pin * 2] = ENTRY.masked;
      state.entries[pin * 2 + 1] = 0;
    }
  }

  portRead(): number {
    return 0xffffffff;
  }

  portWrite(): void {}

  memoryRead(address: number, width: number): number {
    const offset = address & 0xfff;
    const word = this.readRegister(offset & 0xffc) >>> ((offset & 3) * 8);
    return width === 4 ? word >>> 0 : word & (2 ** (8 * width) - 1);
  }

  private readRegister(offset: number): number {
    const { select, id, entries } = this.state;
    if (offset === 0) return select;
    if (offset !== WINDOW) return 0;
    if (select === REGISTER.version) return VERSION;
    if (select === REGISTER.id || select === REGISTER.arbitration) return id << 24;
    const word = select - REGISTER.entries;
    return word >= 0 && word < entries.length ? entries[word] : 0;
  }

  memoryWrite(address: number, width: number, value: number): void {
    const offset = address & 0xfff;
    if (offset === 0) this.state.select = value & 0xff;
    else if (offset === WINDOW && width === 4) this.writeRegister(value >>> 0);
  }

  private writeRegister(value: number): void {
    const { state } = this;
    if (state.select === REGISTER.id) {
      state.id = (value >>> 24) & 0xf;
      return;
    }
    const word = state.select - REGISTER.entries;
    if (word < 0 || word >= state.entries.length) return;
    if ((word & 1) === 1) {
      state.entries[word] = value & 0xff000000;
      return;
    }
    const remote = (value & ENTRY.level) !== 0 ? state.entries[word] & ENTRY.remote : 0;
    state.entries[word] = (value & ENTRY.writable) | remote;
    this.sendLevel(word >> 1);
  }

  /** An ISA line. */
  setLine(line: number, level: number): void {
    if (line === TIMER_LINE) this.setPin(TIMER_PIN, level);
    else if (line !== TIMER_PIN) this.setPin(line, level);
  }

  /** The PICs' request. */
  setPicRequest(level: number): void {
    this.setPin(PIC_PIN, level);
  }

  private setPin(pin: number, level: number): void {
    const { state } = this;
    const bit = 1 << pin;
    const wasActive = this.isActive(pin);
    state.lines = (level !== 0 ? state.lines | bit : state.lines & ~bit) >>> 0;
    const low = state.entries[pin * 2];
    if ((low & ENTRY.level) !== 0) this.sendLevel(pin);
    else if (!wasActive && this.isActive(pin) && (low & ENTRY.masked) === 0) this.send(pin);
  }

  private isActive(pin: number): boolean {
    const isHigh = ((this.state.lines >>> pin) & 1) !== 0;
    return isHigh !== ((this.state.entries[pin * 2] & ENTRY.activeLow) !== 0);
  }

  private sendLevel(pin: number): void {
    const { entries } = this.state;
    const low = entries[pin * 2];
    const isWaiting = (low & (ENTRY.level | ENTRY.masked | ENTRY.remote)) === ENTRY.level;
    if (!isWaiting || !this.isActive(pin)) return;
    const mode = (low >> 8) & 7;
    if (mode === DELIVERY.fixed || mode === DELIVERY.lowestPriority) {
      entries[pin * 2] |= ENTRY.remote;
    }
    this.send(pin);
  }

  private send(pin: number): void {
    const { entries } = this.state;
    const low = entries[pin * 2];
    this.apics.send({
      vector: low & 0xff,
      mode: (low >> 8) & 7,
      destination: entries[pin * 2 + 1] >>> 24,
      isLogical: (low & ENTRY.logical) !== 0,
      isLevel: (low & ENTRY.level) !== 0,
    });
  }

  /** A line that is still active sends anew. */
  private endOfInterrupt(vector: number): void {
    const { entries } = this.state;
    for (let pin = 0; pin < PINS; pin++) {
      const low = entries[pin * 2];
      if ((low & ENTRY.remote) === 0 || (low & 0xff) !== vector) continue;
      entries[pin * 2] = low & ~ENTRY.remote;
      this.sendLevel(pin);
    }
  }
}
