// A 16550A UART. Register names are those of National's PC16550D data sheet. Time is independent of
// the divisor: a byte leaves the transmitter TRANSMIT_NS after it reached the shift register, so
// that polled output does not hold the guest up, and received bytes keep the distance of 115,200
// baud, so that a guest which is slow to read sees the flow a line has. The byte is out, for
// whoever listens, at the guest's write. A received byte that finds no room waits in the machine,
// so there are no overruns but in loopback. The line is always connected: CTS, DSR and DCD are on.
// Nothing is sent to a guest that has not yet looked for it: its set-up would throw it away.

import { createState } from '../device.ts';
import type { Bus, Device, EventAnswer, PortRange, StateOf } from '../device.ts';
import { ticksOfNs } from './cycles.ts';

const FIFO = 16;

const FIELDS = {
  interruptEnable: 'u8',
  lineControl: 'u8',
  modemControl: 'u8',
  scratch: 'u8',
  divisor: 'u16',
  /** Bits 0 (FIFOs on), 6 and 7 (trigger level) of the FIFO control register. */
  fifoControl: 'u8',
  receive: { bytes: FIFO },
  receiveFirst: 'u8',
  receiveCount: 'u8',
  /** Bytes in the transmitter's FIFO or holding register, without the one being shifted out. */
  transmitCount: 'u8',
  isShifting: 'u8',
  /** Overrun, the one error bit of the line status register that can occur. */
  overrun: 'u8',
  modemChanges: 'u8',
  /** The transmitter became empty and its interrupt was not yet seen. */
  emptyPending: 'u8',
  /** The FIFO's character time-out interrupt is pending. */
  timedOut: 'u8',
  isOwed: 'u8',
  /** The guest has looked for received bytes, or enabled their interrupt, since power-on. */
  isWatched: 'u8',
  /** The tick from which the line may bring the next byte. */
  lineFree: 'u64',
} as const;

/** The id of host input: its argument is the byte received. */
export const SERIAL_INPUT = 16;

const REGISTER = {
  data: 0,
  interruptEnable: 1,
  identification: 2,
  lineControl: 3,
  modemControl: 4,
  lineStatus: 5,
  modemStatus: 6,
} as const;
const IER = { received: 0x01, empty: 0x02, line: 0x04, modem: 0x08, all: 0x0f } as const;
const IIR = {
  none: 0x01,
  modem: 0x00,
  empty: 0x02,
  received: 0x04,
  line: 0x06,
  timeout: 0x0c,
  fifos: 0xc0,
} as const;
const FCR = { enable: 0x01, clearReceive: 0x02, clearTransmit: 0x04, trigger: 0xc0 } as const;
const TRIGGER = [1, 4, 8, 14] as const;
const LCR_DIVISOR = 0x80;
const MCR = { dtr: 0x01, rts: 0x02, out1: 0x04, out2: 0x08, loopback: 0x10, all: 0x1f } as const;
const LSR = { ready: 0x01, overrun: 0x02, holdingEmpty: 0x20, empty: 0x40 } as const;
const MSR = { cts: 0x10, dsr: 0x20, ri: 0x40, dcd: 0x80, ringEnd: 0x04 } as const;
const EVENT = { shifted: 0, lineFree: 1, timeout: 2 } as const;

const TRANSMIT_NS = 1_000;
/** Start bit, eight data bits and stop bit at 115,200 baud. */
const RECEIVE_NS = 86_806;
/** "FIFO interrupt mode operation": four character times without a read or a byte. */
const TIMEOUT_NS = 4 * RECEIVE_NS;

export interface SerialOptions {
  readonly name: string;
  readonly firstPort: number;
  readonly irq: number;
  /** Where the bytes go; nowhere when undefined. */
  readonly channel: 'com1' | undefined;
}

export class Serial implements Device {
  readonly name: string;
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports: readonly PortRange[];
  private readonly bus: Bus;
  private readonly options: SerialOptions;

  constructor(bus: Bus, options: SerialOptions) {
    this.bus = bus;
    this.options = options;
    this.name = options.name;
    this.ports = [{ first: options.firstPort, count: 8 }];
  }

  reset(): void {
    const { state } = this;
    for (const name of Object.keys(FIELDS)) {
      const field = name as keyof typeof FIELDS;
      if (field === 'receive') state.receive.fill(0);
      else state[field] = 0;
    }
    // Power-on: 9600 baud, as DOS expects to find it.
    state.divisor = 12;
    for (const id of Object.values(EVENT)) this.bus.cancel(id);
    this.bus.setIrq(this.options.irq, 0);
    this.bus.inputReady?.();
  }

  portRead(port: number, width: number): number {
    if (width !== 1) return 0xffffffff;
    const { state } = this;
    switch (port & 7) {
      case REGISTER.data:
        return this.isDivisor ? state.divisor & 0xff : this.takeReceived();
      case REGISTER.interruptEnable:
        return this.isDivisor ? state.divisor >> 8 : state.interruptEnable;
      case REGISTER.identification:
        return this.identify();
      case REGISTER.lineControl:
        return state.lineControl;
      case REGISTER.modemControl:
        return state.modemControl;
      case REGISTER.lineStatus:
        return this.lineStatus();
      case REGISTER.modemStatus: {
        const value = this.modemLines() | state.modemChanges;
        state.modemChanges = 0;
        this.updateInterrupt();
        return value;
      }
      default:
        return state.scratch;
    }
  }

  portWrite(port: number, _width: number, value: number): void {
    const { state } = this;
    const byte = value & 0xff;
    switch (port & 7) {
      case REGISTER.data:
        if (this.isDivisor) state.divisor = (state.divisor & 0xff00) | byte;
        else this.transmit(byte);
        break;
      case REGISTER.interruptEnable:
        if (this.isDivisor) state.divisor = (state.divisor & 0xff) | (byte << 8);
        else this.enableInterrupts(byte & IER.all);
        break;
      case REGISTER.identification:
        this.controlFifos(byte);
        break;
      case REGISTER.lineControl:
        state.lineControl = byte;
        break;
      case REGISTER.modemControl:
        this.controlModem(byte & MCR.all);
        break;
      case REGISTER.lineStatus:
      case REGISTER.modemStatus:
        break;
      default:
        state.scratch = byte;
    }
    this.updateInterrupt();
  }

  event(id: number, argument: number): EventAnswer {
    switch (id) {
      case SERIAL_INPUT:
        return this.receiveFromLine(argument);
      case EVENT.shifted:
        this.shifted();
        break;
      case EVENT.timeout:
        if (this.state.receiveCount !== 0) this.state.timedOut = 1;
        break;
      default:
        this.offerRoom();
    }
    this.updateInterrupt();
    return undefined;
  }

  private get isDivisor(): boolean {
    return (this.state.lineControl & LCR_DIVISOR) !== 0;
  }

  private get hasFifos(): boolean {
    return (this.state.fifoControl & FCR.enable) !== 0;
  }

  private get isLoopback(): boolean {
    return (this.state.modemControl & MCR.loopback) !== 0;
  }

  private after(ns: number): number {
    return this.bus.now() + ticksOfNs(ns, this.bus.ticksPerSecond);
  }

  /**
   * The guest's write to the transmitter: the byte is out at once; time passes until there is room
   * again.
   */
  private transmit(byte: number): void {
    const { state } = this;
    state.emptyPending = 0;
    if (this.isLoopback) this.store(byte);
    else if (this.options.channel !== undefined) this.bus.output(this.options.channel, byte);
    if (state.isShifting === 0) {
      state.isShifting = 1;
      this.bus.schedule(EVENT.shifted, this.after(TRANSMIT_NS));
      // The holding register passes its byte on at once; the line falls in between, which makes the
      // edge.
      this.updateInterrupt();
      state.emptyPending = 1;
    } else state.transmitCount = Math.min(this.hasFifos ? FIFO : 1, state.transmitCount + 1);
  }

  private shifted(): void {
    const { state } = this;
    if (state.transmitCount === 0) {
      state.isShifting = 0;
      return;
    }
    state.transmitCount--;
    if (state.transmitCount === 0) state.emptyPending = 1;
    this.bus.schedule(EVENT.shifted, this.after(TRANSMIT_NS));
  }

  private receiveFromLine(byte: number): EventAnswer {
    const { state } = this;
    const capacity = this.hasFifos ? FIFO : 1;
    const isFree = this.bus.now() >= state.lineFree;
    const hasRoom = state.isWatched !== 0 && state.receiveCount < capacity;
    if (this.isLoopback || !isFree || !hasRoom) {
      state.isOwed = 1;
      if (!isFree) this.bus.schedule(EVENT.lineFree, state.lineFree);
      return 'later';
    }
    state.lineFree = this.after(RECEIVE_NS);
    this.store(byte);
    this.updateInterrupt();
    return undefined;
  }

  /** From here on the guest takes what comes; its set-up, which clears the receiver, is behind it. */
  private watch(): void {
    if (this.state.isWatched !== 0) return;
    this.state.isWatched = 1;
    this.offerRoom();
  }

  private offerRoom(): void {
    if (this.state.isOwed === 0 || this.isLoopback) return;
    this.state.isOwed = 0;
    this.bus.inputReady?.();
  }

  private store(byte: number): void {
    const { state } = this;
    const capacity = this.hasFifos ? FIFO : 1;
    if (state.receiveCount >= capacity) {
      state.overrun = LSR.overrun;
      // Without FIFOs the new byte replaces the old one; with them the new one is lost.
      if (!this.hasFifos) state.receive[state.receiveFirst] = byte;
      return;
    }
    state.receive[(state.receiveFirst + state.receiveCount) % FIFO] = byte;
    state.receiveCount++;
    this.restartTimeout();
  }

  private restartTimeout(): void {
    this.state.timedOut = 0;
    if (this.hasFifos && this.state.receiveCount !== 0) {
      this.bus.schedule(EVENT.timeout, this.after(TIMEOUT_NS));
    } else this.bus.cancel(EVENT.timeout);
  }

  private takeReceived(): number {
    const { state } = this;
    const byte = state.receive[state.receiveFirst];
    if (state.receiveCount !== 0) {
      state.receiveCount--;
      if (state.receiveCount !== 0) state.receiveFirst = (state.receiveFirst + 1) % FIFO;
    }
    this.restartTimeout();
    this.offerRoom();
    this.updateInterrupt();
    return byte;
  }

  private lineStatus(): number {
    const { state } = this;
    this.watch();
    const value =
      (state.receiveCount !== 0 ? LSR.ready : 0) |
      state.overrun |
      (state.transmitCount === 0 ? LSR.holdingEmpty : 0) |
      (state.transmitCount === 0 && state.isShifting === 0 ? LSR.empty : 0);
    state.overrun = 0;
    this.updateInterrupt();
    return value;
  }

  /** In loopback the four outputs are the four inputs ("Modem control register"). */
  private modemLines(): number {
    if (!this.isLoopback) return MSR.cts | MSR.dsr | MSR.dcd;
    const { modemControl } = this.state;
    return (
      ((modemControl & MCR.rts) !== 0 ? MSR.cts : 0) |
      ((modemControl & MCR.dtr) !== 0 ? MSR.dsr : 0) |
      ((modemControl & MCR.out1) !== 0 ? MSR.ri : 0) |
      ((modemControl & MCR.out2) !== 0 ? MSR.dcd : 0)
    );
  }

  private controlModem(value: number): void {
    const { state } = this;
    const before = this.modemLines();
    state.modemControl = value;
    const after = this.modemLines();
    const changed = (before ^ after) >> 4;
    // The ring indicator counts only where it ends.
    const isRingEnd = (before & MSR.ri) !== 0 && (after & MSR.ri) === 0;
    state.modemChanges |= (changed & ~MSR.ringEnd) | (isRingEnd ? MSR.ringEnd : 0);
    this.offerRoom();
  }

  private enableInterrupts(value: number): void {
    const { state } = this;
    const isNewlyEmpty = (value & ~state.interruptEnable & IER.empty) !== 0;
    state.interruptEnable = value;
    if ((value & IER.received) !== 0) this.watch();
    // Enabling the interrupt while the transmitter is empty raises it.
    if (isNewlyEmpty && state.transmitCount === 0) state.emptyPending = 1;
  }

  private controlFifos(value: number): void {
    const { state } = this;
    const isSwitched = ((value ^ state.fifoControl) & FCR.enable) !== 0;
    state.fifoControl = (value & FCR.enable) === 0 ? 0 : value & (FCR.enable | FCR.trigger);
    if (isSwitched || (value & FCR.clearReceive) !== 0) {
      state.receiveCount = 0;
      this.restartTimeout();
      this.offerRoom();
    }
    if (isSwitched || (value & FCR.clearTransmit) !== 0) {
      if (state.transmitCount !== 0) state.emptyPending = 1;
      state.transmitCount = 0;
    }
  }

  /** The highest pending interrupt ("Interrupt identification register"). */
  private pending(): number {
    const { state } = this;
    const enabled = state.interruptEnable;
    if ((enabled & IER.line) !== 0 && state.overrun !== 0) return IIR.line;
    if ((enabled & IER.received) !== 0) {
      const level = this.hasFifos ? TRIGGER[state.fifoControl >> 6] : 1;
      if (state.receiveCount >= level) return IIR.received;
      if (state.timedOut !== 0) return IIR.timeout;
    }
    if ((enabled & IER.empty) !== 0 && state.emptyPending !== 0) return IIR.empty;
    if ((enabled & IER.modem) !== 0 && state.modemChanges !== 0) return IIR.modem;
    return IIR.none;
  }

  private identify(): number {
    const pending = this.pending();
    if (pending === IIR.empty) {
      this.state.emptyPending = 0;
      this.updateInterrupt();
    }
    return pending | (this.hasFifos ? IIR.fifos : 0);
  }

  /** In a PC OUT2 connects the interrupt to the bus; in loopback it is cut off. */
  private updateInterrupt(): void {
    const isConnected = (this.state.modemControl & (MCR.out2 | MCR.loopback)) === MCR.out2;
    const isHigh = isConnected && this.pending() !== IIR.none;
    this.bus.setIrq(this.options.irq, isHigh ? 1 : 0);
  }
}
