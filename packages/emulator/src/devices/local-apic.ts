// The local APIC of one processor (SDM vol. 3, chapter 10, as of the P6 family): priorities and acceptance of interrupts,
// the local vector table, the timer, and the command register that sends interrupts to other processors. Registers lie
// 16 bytes apart and are read and written as aligned double words. A command takes effect as an event at its own tick:
// at the end of the instruction while one processor runs, at the end of the round while several do; until then its
// delivery status reads "send pending".
//
// It wakes as QEMU's does: the first processor's LINT0 pin passes the PICs' request through although every other entry
// of the table is masked, so that firmware that knows nothing of APICs has its interrupts. The register page cannot be
// moved. Left out: SMI, remote reads, arbitration over the APIC bus, TSC deadlines.

import { createState } from '../device.ts';
import type { Bus, Device, Processors, StateOf } from '../device.ts';
import { type ApicBus, type ApicMessage, DELIVERY } from './apic-bus.ts';
import { APIC_TIMER_FIELDS, ApicTimer, BusClock } from './apic-timer.ts';

const FIELDS = {
  /** IA32_APIC_BASE, low word. */
  base: 'u32',
  id: 'u8',
  taskPriority: 'u8',
  /** Bits 31..24 of the logical destination and of the destination format register. */
  logical: 'u8',
  format: 'u8',
  spurious: 'u16',
  /** 256 bits each, one for a vector. */
  inService: { u32s: 8 },
  levelMode: { u32s: 8 },
  requests: { u32s: 8 },
  /** Errors since the last write to the error status register, and what it shows. */
  errors: 'u8',
  shownErrors: 'u8',
  commandLow: 'u32',
  commandHigh: 'u32',
  /** Commands whose events have not come. */
  sending: 'u32',
  /** Numbers the events of commands. */
  sent: 'u16',
  /** The local vector table, in the order of ENTRY. */
  entries: { u32s: 5 },
  /** Level of the PICs' request at LINT0. */
  lint0: 'u8',
  /** An ExtINT message has come: the next acknowledge goes to the PICs. */
  external: 'u8',
  /** The tick of the timer's next interrupt; 0: none is awaited. */
  due: 'u64',
  ...APIC_TIMER_FIELDS,
} as const;

const ENTRY = { timer: 0, performance: 1, lint0: 2, lint1: 3, error: 4 } as const;
const ENTRY_REGISTERS = [0x320, 0x340, 0x350, 0x360, 0x370];
/** The bits of each entry that software writes. */
const ENTRY_MASKS = [0x300ff, 0x107ff, 0x1a7ff, 0x1a7ff, 0x100ff];
const MASKED = 0x10000;
const PERIODIC = 0x20000;

const REGISTER = {
  id: 0x20,
  version: 0x30,
  taskPriority: 0x80,
  arbitrationPriority: 0x90,
  processorPriority: 0xa0,
  end: 0xb0,
  logical: 0xd0,
  format: 0xe0,
  spurious: 0xf0,
  inService: 0x100,
  levelMode: 0x180,
  requests: 0x200,
  errors: 0x280,
  commandLow: 0x300,
  commandHigh: 0x310,
  initialCount: 0x380,
  currentCount: 0x390,
  divide: 0x3e0,
} as const;

/** Version 11h, five entries in the local vector table. */
const VERSION = 0x40011;
const SOFTWARE_ENABLE = 0x100;
const ERROR = { sendVector: 0x20, receiveVector: 0x40, register: 0x80 } as const;
const COMMAND = { assert: 0x4000, level: 0x8000, pending: 0x1000, writable: 0xccfff } as const;
const BASE = { address: 0xfee00000, isFirst: 0x100, isOn: 0x800 } as const;
const EVENT_TIMER = 0;
/** Events of commands are numbered from here on. */
const EVENT_COMMAND = 0x100;
const FIRST_VECTOR = 16;

/** The page where every processor finds its own local APIC. */
export const LOCAL_APIC_PAGE = { first: BASE.address, length: 0x1000 } as const;

export interface LocalApicOptions {
  readonly index: number;
  readonly busHz: number;
  readonly processors: Processors;
  readonly apics: ApicBus;
  /** The acknowledge cycle of the PICs. */
  readonly acknowledgeExternal: () => number;
}

export class LocalApic implements Device {
  readonly name: string;
  readonly fields: typeof FIELDS = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports: readonly never[] = [];
  private readonly bus: Bus;
  private readonly options: LocalApicOptions;
  private readonly clock: BusClock;
  private readonly timer: ApicTimer;

  constructor(bus: Bus, options: LocalApicOptions) {
    this.name = `lapic${options.index}`;
    this.bus = bus;
    this.options = options;
    this.clock = new BusClock(options.busHz, bus.ticksPerSecond);
    this.timer = new ApicTimer(this.state);
    options.apics.locals.push(this);
  }

  reset(): void {
    const { index } = this.options;
    this.initialize();
    this.state.sending = 0;
    this.state.id = index;
    this.state.base = BASE.address + BASE.isOn + (index === 0 ? BASE.isFirst : 0);
    this.update();
  }

  /** What RESET and INIT share (10.4.7.1, 10.4.7.3). The ID, the base and commands on their way stay. */
  private initialize(): void {
    const { state } = this;
    const { base, id, lint0, sending, sent } = state;
    Object.assign(state, createState(FIELDS), { base, id, lint0, sending, sent });
    state.format = 0xff;
    state.spurious = 0xff;
    state.entries.fill(MASKED);
    if (this.options.index === 0) state.entries[ENTRY.lint0] = DELIVERY.extInt << 8;
    this.bus.cancel(EVENT_TIMER);
  }

  /** IA32_APIC_BASE bit 11. */
  get isOn(): boolean {
    return (this.state.base & BASE.isOn) !== 0;
  }

  /** On, and enabled by the spurious-vector register. */
  get isEnabled(): boolean {
    return this.isOn && (this.state.spurious & SOFTWARE_ENABLE) !== 0;
  }

  /** Writes IA32_APIC_BASE. Switched off, the APIC forgets its state. False: no such value is possible. */
  setBase(value: number): boolean {
    const flags = BASE.isFirst + BASE.isOn;
    const address = value - (value % 0x1000);
    if (address !== BASE.address || ((value % 0x1000) & ~flags) !== 0) return false;
    this.state.base = value;
    if (!this.isOn) this.initialize();
    this.update();
    return true;
  }

  portRead(): number {
    return 0xffffffff;
  }

  portWrite(): void {}

  /** A read of the page by this processor. Registers are double words; of others the bytes that are asked for. */
  memoryRead(address: number, width: number): number {
    if (!this.isOn) return 0xffffffff;
    const offset = address & 0xfff;
    if ((offset & 0xf) >= 4) return 0;
    const word = this.read(offset & 0xff0) >>> ((offset & 3) * 8);
    return width === 4 ? word >>> 0 : word & (2 ** (8 * width) - 1);
  }

  /** A write to the page; only aligned double words reach a register. */
  memoryWrite(address: number, width: number, value: number): void {
    const offset = address & 0xfff;
    if (!this.isOn || width !== 4 || (offset & 0xf) !== 0) return;
    this.write(offset, value >>> 0);
    this.update();
  }

  private read(offset: number): number {
    const { state } = this;
    const entry = ENTRY_REGISTERS.indexOf(offset);
    if (entry >= 0) return state.entries[entry];
    for (const [start, bits] of this.bitRegisters()) {
      if (offset >= start && offset < start + 0x80) {
        this.catchUp();
        return bits[(offset - start) >> 4];
      }
    }
    switch (offset) {
      case REGISTER.id:
        return state.id << 24;
      case REGISTER.version:
        return VERSION;
      case REGISTER.taskPriority:
        return state.taskPriority;
      case REGISTER.arbitrationPriority:
        return this.arbitrationPriority();
      case REGISTER.processorPriority:
        return this.processorPriority();
      case REGISTER.logical:
        return state.logical << 24;
      case REGISTER.format:
        return (state.format << 24) | 0xffffff;
      case REGISTER.spurious:
        return state.spurious;
      case REGISTER.errors:
        return state.shownErrors;
      case REGISTER.commandLow:
        return state.commandLow | (state.sending > 0 ? COMMAND.pending : 0);
      case REGISTER.commandHigh:
        return state.commandHigh;
      case REGISTER.initialCount:
        return state.initialCount;
      case REGISTER.currentCount:
        this.catchUp();
        return this.timer.count(this.now(), this.isPeriodic);
      case REGISTER.divide:
        return state.divide;
      case REGISTER.end:
        return 0;
      default:
        this.fail(ERROR.register);
        return 0;
    }
  }

  private bitRegisters(): readonly (readonly [number, Uint32Array])[] {
    const { inService, levelMode, requests } = this.state;
    return [
      [REGISTER.inService, inService],
      [REGISTER.levelMode, levelMode],
      [REGISTER.requests, requests],
    ];
  }

  private write(offset: number, value: number): void {
    const { state } = this;
    const entry = ENTRY_REGISTERS.indexOf(offset);
    if (entry >= 0) {
      this.writeEntry(entry, value);
      return;
    }
    switch (offset) {
      case REGISTER.id:
        state.id = value >>> 24;
        return;
      case REGISTER.taskPriority:
        state.taskPriority = value & 0xff;
        return;
      case REGISTER.end:
        this.end();
        return;
      case REGISTER.logical:
        state.logical = value >>> 24;
        return;
      case REGISTER.format:
        state.format = ((value >>> 24) & 0xf0) | 0x0f;
        return;
      case REGISTER.spurious:
        this.writeSpurious(value);
        return;
      case REGISTER.errors:
        state.shownErrors = state.errors;
        state.errors = 0;
        this.catchUp();
        this.arm();
        return;
      case REGISTER.commandLow:
        state.commandLow = value & COMMAND.writable;
        this.command();
        return;
      case REGISTER.commandHigh:
        state.commandHigh = value & 0xff000000;
        state.commandHigh >>>= 0;
        return;
      case REGISTER.initialCount:
        this.catchUp();
        this.timer.start(value, this.now());
        this.arm();
        return;
      case REGISTER.divide:
        this.catchUp();
        this.timer.setDivide(value, this.now(), this.isPeriodic);
        this.arm();
        return;
      default:
        if (!READ_ONLY.has(offset)) this.fail(ERROR.register);
    }
  }

  /** While the APIC is disabled every entry stays masked (10.4.7.2). */
  private writeEntry(entry: number, value: number): void {
    this.catchUp();
    const mask = (this.state.spurious & SOFTWARE_ENABLE) === 0 ? MASKED : 0;
    this.state.entries[entry] = (value & ENTRY_MASKS[entry]) | mask;
    if (entry === ENTRY.timer) this.arm();
  }

  private writeSpurious(value: number): void {
    const { state } = this;
    this.catchUp();
    state.spurious = (value & 0x3f0) | 0x0f;
    if ((value & SOFTWARE_ENABLE) !== 0) return;
    for (let i = 0; i < state.entries.length; i++) state.entries[i] |= MASKED;
    this.arm();
  }

  private fail(error: number): void {
    this.state.errors |= error;
    this.acceptEntry(ENTRY.error);
  }

  private now(): number {
    return this.clock.at(this.bus.now());
  }

  private get isPeriodic(): boolean {
    return (this.state.entries[ENTRY.timer] & PERIODIC) !== 0;
  }

  /** With several processors an event comes late: what the timer has done by now happens first. */
  private catchUp(): void {
    const { state } = this;
    if (state.due === 0 || state.due > this.bus.now()) return;
    state.due = 0;
    this.acceptEntry(ENTRY.timer);
    this.arm();
  }

  /** Awaits the timer's next interrupt, where it would be one: not masked, and its vector not requested already. */
  private arm(): void {
    const { state } = this;
    const entry = state.entries[ENTRY.timer];
    state.due = 0;
    this.bus.cancel(EVENT_TIMER);
    if ((entry & MASKED) !== 0 || hasBit(state.requests, entry & 0xff)) return;
    if ((entry & 0xff) < FIRST_VECTOR && (state.errors & ERROR.receiveVector) !== 0) return;
    const expiry = this.timer.nextExpiry(this.now(), this.isPeriodic);
    if (expiry === undefined) return;
    state.due = this.clock.tickOf(expiry);
    this.bus.schedule(EVENT_TIMER, state.due);
  }

  event(id: number, argument: number): void {
    if (id === EVENT_TIMER) this.catchUp();
    else {
      this.state.sending = Math.max(0, this.state.sending - 1);
      this.execute(argument % 0x100000, Math.floor(argument / 0x100000));
    }
    this.update();
  }

  /** A write to the command register: an event of this tick. */
  private command(): void {
    const { state, bus } = this;
    const { commandLow, commandHigh } = state;
    bus.trace('ipi', commandLow, commandHigh, state.id);
    const mode = (commandLow >> 8) & 7;
    const isPlain = mode === DELIVERY.fixed || mode === DELIVERY.lowestPriority;
    if (isPlain && (commandLow & 0xff) < FIRST_VECTOR) this.fail(ERROR.sendVector);
    else {
      state.sending++;
      state.sent = (state.sent + 1) & 0xffff;
      const argument = (commandHigh >>> 24) * 0x100000 + commandLow;
      bus.schedule(EVENT_COMMAND + state.sent, bus.now(), argument);
    }
  }

  private execute(low: number, destination: number): void {
    const { apics } = this.options;
    const mode = (low >> 8) & 7;
    const isLevel = (low & COMMAND.level) !== 0;
    // INIT level de-assert only sets arbitration IDs; no other command has a level of 0.
    if (mode === DELIVERY.init && isLevel && (low & COMMAND.assert) === 0) return;
    const message = {
      vector: low & 0xff,
      mode,
      destination,
      isLogical: (low & 0x800) !== 0,
      isLevel: false,
    };
    const others = apics.locals.filter((local) => local !== this && local.isOn);
    switch ((low >> 18) & 3) {
      case 0:
        apics.send(message);
        return;
      case 1:
        if (mode === DELIVERY.fixed) this.accept(message);
        return;
      case 2:
        apics.deliver(message, [this, ...others]);
        return;
      default:
        apics.deliver(message, others);
    }
  }

  /** A message for this APIC. */
  accept(message: ApicMessage): void {
    const { processors, index } = this.options;
    switch (message.mode) {
      case DELIVERY.fixed:
      case DELIVERY.lowestPriority:
        this.request(message.vector, message.isLevel);
        break;
      case DELIVERY.nmi:
        processors.raiseNmi(index);
        break;
      case DELIVERY.init:
        this.initialize();
        processors.init(index);
        break;
      case DELIVERY.startUp:
        processors.start(index, message.vector);
        break;
      case DELIVERY.extInt:
        this.state.external = 1;
        break;
      default:
    }
    this.update();
  }

  private request(vector: number, isLevel: boolean): void {
    if (!this.isEnabled) return;
    if (vector < FIRST_VECTOR) {
      if ((this.state.errors & ERROR.receiveVector) === 0) this.fail(ERROR.receiveVector);
      return;
    }
    setBit(this.state.requests, vector, true);
    setBit(this.state.levelMode, vector, isLevel);
  }

  /** Something of the processor's own: what the entry of the local vector table says. */
  private acceptEntry(entry: number): void {
    const value = this.state.entries[entry];
    if ((value & MASKED) !== 0) return;
    const mode = (value >> 8) & 7;
    if (entry === ENTRY.timer || entry === ENTRY.error || mode === DELIVERY.fixed) {
      this.request(value & 0xff, false);
    } else if (mode === DELIVERY.nmi) this.options.processors.raiseNmi(this.options.index);
  }

  /** The LINT0 pin, where the PICs' request arrives. */
  setLint0(level: number): void {
    const isRise = level !== 0 && this.state.lint0 === 0;
    this.state.lint0 = level;
    if (isRise && this.isOn) this.acceptEntry(ENTRY.lint0);
    this.update();
  }

  /** The PICs' request reaches the processor: passed through by LINT0, without an APIC at the pin itself, or by message. */
  private hasExternal(): boolean {
    const { state } = this;
    if (state.external !== 0) return true;
    if (state.lint0 === 0) return false;
    const entry = state.entries[ENTRY.lint0];
    return !this.isOn || ((entry & MASKED) === 0 && ((entry >> 8) & 7) === DELIVERY.extInt);
  }

  private update(): void {
    const vector = highestBit(this.state.requests);
    const isRequested = vector >= 0 && vector >> 4 > this.processorPriority() >> 4;
    const level = isRequested || this.hasExternal() ? 1 : 0;
    this.options.processors.setIntr(this.options.index, level);
  }

  /** The processor takes an interrupt: its vector, which is in service from now on. */
  acknowledge(): number {
    const { state } = this;
    const vector = highestBit(state.requests);
    if (vector >= 0 && vector >> 4 > this.processorPriority() >> 4) {
      setBit(state.requests, vector, false);
      setBit(state.inService, vector, true);
      if (vector === (state.entries[ENTRY.timer] & 0xff) && state.due === 0) this.arm();
      this.update();
      return vector;
    }
    if (!this.hasExternal()) return state.spurious & 0xff;
    state.external = 0;
    const external = this.options.acknowledgeExternal();
    this.update();
    return external;
  }

  private end(): void {
    const { inService, levelMode } = this.state;
    const vector = highestBit(inService);
    if (vector < 0) return;
    setBit(inService, vector, false);
    if (hasBit(levelMode, vector)) this.options.apics.onEnd(vector);
  }

  /** PPR (10.8.3.1). */
  processorPriority(): number {
    const { taskPriority, inService } = this.state;
    const busy = Math.max(0, highestBit(inService)) & 0xf0;
    return taskPriority >> 4 >= busy >> 4 ? taskPriority : busy;
  }

  /** APR: the processor's priority or that of the highest request. */
  private arbitrationPriority(): number {
    const requested = Math.max(0, highestBit(this.state.requests)) & 0xf0;
    return Math.max(this.processorPriority(), requested);
  }

  /** The flat or cluster model (10.6.2.2). */
  matchesLogical(destination: number): boolean {
    const { logical, format } = this.state;
    if (format >> 4 === 0xf) return (logical & destination) !== 0;
    const isCluster = destination >> 4 === logical >> 4 || destination >> 4 === 0xf;
    return isCluster && (logical & destination & 0xf) !== 0;
  }
}

const READ_ONLY: ReadonlySet<number> = new Set([
  REGISTER.version,
  REGISTER.arbitrationPriority,
  REGISTER.processorPriority,
  REGISTER.currentCount,
  ...[REGISTER.inService, REGISTER.levelMode, REGISTER.requests].flatMap((first) =>
    Array.from({ length: 8 }, (_, i) => first + i * 16),
  ),
]);

function hasBit(bits: Uint32Array, bit: number): boolean {
  return ((bits[bit >> 5] >>> (bit & 31)) & 1) !== 0;
}

function setBit(bits: Uint32Array, bit: number, isSet: boolean): void {
  if (isSet) bits[bit >> 5] |= 1 << (bit & 31);
  else bits[bit >> 5] &= ~(1 << (bit & 31));
}

/** The highest bit that is set; -1: none is. */
function highestBit(bits: Uint32Array): number {
  for (let i = bits.length - 1; i >= 0; i--) {
    if (bits[i] !== 0) return i * 32 + 31 - Math.clz32(bits[i]);
  }
  return -1;
}
