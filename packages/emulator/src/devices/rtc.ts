// The MC146818 real-time clock with its 128 bytes of CMOS memory, behind index 70h and data 71h. It
// starts from an injected date and follows the machine's clock. The battery keeps time and memory
// over a reset; RESET only clears the interrupt enables and flags (data sheet, "RESET"). The date
// is held as one count of seconds and turned into registers when they are read; while register B's
// SET bit is on, the registers stand and may be written one by one. Interrupt flags are computed
// when looked at, and events exist only for interrupts that are enabled and not yet pending. Where
// a PC's firmware keeps its settings the memory holds the sizes of RAM, which is how our BIOS
// learns them.

import { createState } from '../device.ts';
import type { Bus, Device, StateOf } from '../device.ts';
import { dateOf, secondsOf } from './calendar.ts';
import type { CalendarDate } from './calendar.ts';
import { FREQUENCY, cyclesAt, ticksOfNs, tickOfCycle } from './cycles.ts';

const FIELDS = {
  registers: { bytes: 128 },
  index: 'u8',
  /** Seconds since 1970 in the second that began at tick `since`. */
  seconds: 'u64',
  since: 'u64',
  /** What the guest has set the day of the week apart from the calendar's. */
  weekdayShift: 'u8',
  /** Up to here the interrupt flags of register C are computed. */
  checked: 'u64',
} as const;

const REGISTER = {
  seconds: 0x00,
  secondsAlarm: 0x01,
  minutes: 0x02,
  minutesAlarm: 0x03,
  hours: 0x04,
  hoursAlarm: 0x05,
  weekday: 0x06,
  day: 0x07,
  month: 0x08,
  year: 0x09,
  a: 0x0a,
  b: 0x0b,
  c: 0x0c,
  d: 0x0d,
  century: 0x32,
} as const;

/** Where PC firmware looks for the sizes of memory, in KiB; `above16M` in units of 64 KiB. */
export const CMOS = {
  equipment: 0x14,
  baseMemory: 0x15,
  extendedMemory: 0x17,
  checksum: 0x2e,
  extendedMemoryFound: 0x30,
  above16M: 0x34,
  /** How many processors there are besides the first: what QEMU and Bochs tell their BIOSes. */
  moreProcessors: 0x5f,
} as const;

const A = { updateInProgress: 0x80, dividerShift: 4, dividerRuns: 2, rate: 0x0f } as const;
const B = { set: 0x80, interrupts: 0x70, squareWave: 0x08, binary: 0x04, hours24: 0x02 } as const;
const FLAG = { any: 0x80, periodic: 0x40, alarm: 0x20, update: 0x10 } as const;
const D_VALID = 0x80;
const PM = 0x80;
const ALARM_ANY = 0xc0;
/** "Update cycle": the flag rises 244 us before an update of 1,984 us. */
const UPDATE_NS = 244_000 + 1_984_000;
const IRQ = 8;
const EVENT = 0;
const DAY = 86_400;

export interface RtcOptions {
  /** The date at tick 0 in ms since 1970; taken to the second. */
  readonly startMs: number;
  readonly memoryBytes: number;
  /** Default 1. */
  readonly cpus?: number | undefined;
}

const TIME_REGISTERS: ReadonlySet<number> = new Set([
  REGISTER.seconds,
  REGISTER.minutes,
  REGISTER.hours,
  REGISTER.weekday,
  REGISTER.day,
  REGISTER.month,
  REGISTER.year,
  REGISTER.century,
]);

export class Rtc implements Device {
  readonly name = 'rtc';
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports = [{ first: 0x70, count: 2 }];
  private readonly bus: Bus;

  constructor(bus: Bus, options: RtcOptions) {
    this.bus = bus;
    this.state.seconds = Math.max(0, Math.floor(options.startMs / 1000));
    const { registers } = this.state;
    registers[REGISTER.a] = (A.dividerRuns << A.dividerShift) | 6;
    registers[REGISTER.b] = B.hours24;
    registers[REGISTER.d] = D_VALID;
    describeMemory(registers, options.memoryBytes);
    registers[CMOS.moreProcessors] = (options.cpus ?? 1) - 1;
  }

  reset(): void {
    const { registers } = this.state;
    registers[REGISTER.b] &= ~(B.interrupts | B.squareWave);
    registers[REGISTER.c] = 0;
    this.state.index = 0;
    this.state.checked = this.bus.now();
    this.bus.cancel(EVENT);
    this.bus.setIrq(IRQ, 0);
  }

  portRead(port: number, width: number): number {
    if (width !== 1) return 0xffffffff;
    return (port & 1) === 0 ? 0xff : this.readRegister(this.state.index);
  }

  portWrite(port: number, width: number, value: number): void {
    if ((port & 1) === 0) this.state.index = value & 0x7f;
    else this.writeRegister(this.state.index, value & 0xff);
    if (width === 2) this.writeRegister(this.state.index, (value >> 8) & 0xff);
  }

  event(): void {
    this.updateInterrupt();
  }

  private get isSetting(): boolean {
    return (this.state.registers[REGISTER.b] & B.set) !== 0;
  }

  private get isRunning(): boolean {
    const divider = (this.state.registers[REGISTER.a] >> A.dividerShift) & 7;
    return !this.isSetting && divider === A.dividerRuns;
  }

  private readRegister(index: number): number {
    const { registers } = this.state;
    if (index === REGISTER.a)
      return registers[index] | (this.isUpdating() ? A.updateInProgress : 0);
    if (index === REGISTER.c) return this.takeFlags();
    if (TIME_REGISTERS.has(index) && !this.isSetting) this.storeDate();
    return registers[index];
  }

  private writeRegister(index: number, value: number): void {
    const { state } = this;
    const { registers } = state;
    switch (index) {
      case REGISTER.a:
        this.keepTime(() => (registers[REGISTER.a] = value & ~A.updateInProgress));
        break;
      case REGISTER.b:
        this.keepTime(() => (registers[REGISTER.b] = value));
        break;
      case REGISTER.c:
      case REGISTER.d:
        return;
      default:
        if (TIME_REGISTERS.has(index) && !this.isSetting) {
          this.collectFlags();
          this.storeDate();
          registers[index] = value;
          this.loadDate();
        } else registers[index] = value;
    }
    this.updateInterrupt();
  }

  /** Changes what the time depends on; the registers keep the date while SET is on. */
  private keepTime(change: () => void): void {
    this.collectFlags();
    const wasSetting = this.isSetting;
    this.advance();
    if (!wasSetting) this.storeDate();
    change();
    if (wasSetting && !this.isSetting) this.loadDate();
  }

  /** Moves (seconds, since) to the present second; with the clock stopped, only `since` moves. */
  private advance(): void {
    const { state } = this;
    const passed = Math.floor((this.bus.now() - state.since) / this.bus.ticksPerSecond);
    if (this.isRunning) state.seconds += passed;
    state.since += passed * this.bus.ticksPerSecond;
  }

  private secondsAt(tick: number): number {
    const { state } = this;
    if (!this.isRunning) return state.seconds;
    return state.seconds + Math.floor((tick - state.since) / this.bus.ticksPerSecond);
  }

  private isUpdating(): boolean {
    if (!this.isRunning) return false;
    const { ticksPerSecond } = this.bus;
    const into = (this.bus.now() - this.state.since) % ticksPerSecond;
    return into >= ticksPerSecond - ticksOfNs(UPDATE_NS, ticksPerSecond);
  }

  private encode(value: number): number {
    if ((this.state.registers[REGISTER.b] & B.binary) !== 0) return value;
    return (Math.floor(value / 10) << 4) | (value % 10);
  }

  private decode(value: number): number {
    if ((this.state.registers[REGISTER.b] & B.binary) !== 0) return value;
    return (value >> 4) * 10 + (value & 15);
  }

  private encodeHours(hours: number): number {
    if ((this.state.registers[REGISTER.b] & B.hours24) !== 0) return this.encode(hours);
    return this.encode(hours % 12 === 0 ? 12 : hours % 12) | (hours >= 12 ? PM : 0);
  }

  private decodeHours(value: number): number {
    if ((this.state.registers[REGISTER.b] & B.hours24) !== 0) return this.decode(value);
    return (this.decode(value & ~PM) % 12) + ((value & PM) !== 0 ? 12 : 0);
  }

  /** The present date into the registers. */
  private storeDate(): void {
    const { registers, weekdayShift } = this.state;
    const date = dateOf(this.secondsAt(this.bus.now()));
    registers[REGISTER.seconds] = this.encode(date.second);
    registers[REGISTER.minutes] = this.encode(date.minute);
    registers[REGISTER.hours] = this.encodeHours(date.hour);
    registers[REGISTER.weekday] = ((date.weekday + weekdayShift) % 7) + 1;
    registers[REGISTER.day] = this.encode(date.day);
    registers[REGISTER.month] = this.encode(date.month);
    registers[REGISTER.year] = this.encode(date.year % 100);
    registers[REGISTER.century] = this.encode(Math.floor(date.year / 100));
  }

  /** The registers as the present date. */
  private loadDate(): void {
    const { state } = this;
    const { registers } = state;
    const century = this.decode(registers[REGISTER.century]);
    const date: CalendarDate = {
      second: this.decode(registers[REGISTER.seconds]),
      minute: this.decode(registers[REGISTER.minutes]),
      hour: this.decodeHours(registers[REGISTER.hours]),
      day: Math.max(1, this.decode(registers[REGISTER.day])),
      month: Math.min(12, Math.max(1, this.decode(registers[REGISTER.month]))),
      year: century * 100 + this.decode(registers[REGISTER.year]),
      weekday: 0,
    };
    this.advance();
    state.seconds = Math.max(0, secondsOf(date));
    const weekday = dateOf(state.seconds).weekday;
    state.weekdayShift = (registers[REGISTER.weekday] + 6 - weekday + 7) % 7;
  }

  /**
   * Clocks of 32,768 Hz from one periodic interrupt to the next, 0 for none ("Periodic interrupt").
   */
  private periodicClocks(): number {
    const rate = this.state.registers[REGISTER.a] & A.rate;
    if (rate === 0) return 0;
    return rate < 3 ? 64 << rate : 1 << (rate - 1);
  }

  private periodsAt(tick: number): number {
    const clocks = this.periodicClocks();
    if (clocks === 0) return 0;
    return Math.floor(cyclesAt(tick, FREQUENCY.rtc, this.bus.ticksPerSecond) / clocks);
  }

  /** Sets the flags for what has happened since they were last looked at. */
  private collectFlags(): void {
    const { state } = this;
    const now = this.bus.now();
    let flags = 0;
    if (this.periodsAt(now) > this.periodsAt(state.checked)) flags |= FLAG.periodic;
    const last = this.secondsAt(now);
    let second = this.secondsAt(Math.max(state.checked, state.since));
    if (last > second) flags |= FLAG.update;
    if ((state.registers[REGISTER.c] & FLAG.alarm) === 0) {
      second = Math.max(second, last - DAY);
      while (second < last && (flags & FLAG.alarm) === 0) {
        second++;
        if (this.isAlarm(second)) flags |= FLAG.alarm;
      }
    }
    state.registers[REGISTER.c] |= flags;
    state.checked = now;
  }

  private isAlarm(seconds: number): boolean {
    const { registers } = this.state;
    const inDay = seconds % DAY;
    const matches = (register: number, encoded: number): boolean =>
      (registers[register] & ALARM_ANY) === ALARM_ANY || registers[register] === encoded;
    return (
      matches(REGISTER.secondsAlarm, this.encode(inDay % 60)) &&
      matches(REGISTER.minutesAlarm, this.encode(Math.floor(inDay / 60) % 60)) &&
      matches(REGISTER.hoursAlarm, this.encodeHours(Math.floor(inDay / 3600)))
    );
  }

  private takeFlags(): number {
    const { registers } = this.state;
    this.collectFlags();
    const pending = registers[REGISTER.c] & registers[REGISTER.b] & B.interrupts;
    const flags = registers[REGISTER.c] | (pending !== 0 ? FLAG.any : 0);
    registers[REGISTER.c] = 0;
    this.updateInterrupt();
    return flags;
  }

  /** Puts the interrupt line right and asks for the next event that can raise it. */
  private updateInterrupt(): void {
    const { registers } = this.state;
    this.collectFlags();
    const enabled = registers[REGISTER.b] & B.interrupts;
    const isPending = (registers[REGISTER.c] & enabled) !== 0;
    this.bus.setIrq(IRQ, isPending ? 1 : 0);
    const next = isPending ? Infinity : this.nextEvent(enabled);
    if (next === Infinity) this.bus.cancel(EVENT);
    else this.bus.schedule(EVENT, next);
  }

  private nextEvent(enabled: number): number {
    const now = this.bus.now();
    const { ticksPerSecond } = this.bus;
    let next = Infinity;
    const clocks = this.periodicClocks();
    if ((enabled & FLAG.periodic) !== 0 && clocks !== 0) {
      const period = this.periodsAt(now) + 1;
      next = tickOfCycle(period * clocks, FREQUENCY.rtc, ticksPerSecond);
    }
    if ((enabled & (FLAG.alarm | FLAG.update)) !== 0 && this.isRunning) {
      const { since } = this.state;
      const passed = Math.floor((now - since) / ticksPerSecond);
      next = Math.min(next, since + (passed + 1) * ticksPerSecond);
    }
    return next;
  }
}

function describeMemory(registers: Uint8Array, memoryBytes: number): void {
  const put = (at: number, value: number): void => {
    const word = Math.min(0xffff, Math.max(0, Math.floor(value)));
    registers[at] = word & 0xff;
    registers[at + 1] = word >> 8;
  };
  const kib = memoryBytes / 1024;
  put(CMOS.baseMemory, Math.min(640, kib));
  put(CMOS.extendedMemory, kib - 1024);
  put(CMOS.extendedMemoryFound, kib - 1024);
  put(CMOS.above16M, (kib - 16 * 1024) / 64);
  // Equipment: 80x25 colour display adapter of its own (EGA or later), FPU, keyboard and display
  // present.
  registers[CMOS.equipment] = 0x0e;
  let sum = 0;
  for (let at = 0x10; at < CMOS.checksum; at++) sum += registers[at];
  registers[CMOS.checksum] = (sum >> 8) & 0xff;
  registers[CMOS.checksum + 1] = sum & 0xff;
}
