// One counter of the 8254: six modes, binary and BCD. See pit.ts for how time is kept. Every method
// takes the present clock number and first settles what has become due; between events the state is
// (element, since): the value of the counting element at a clock. Section names are those of
// Intel's 8254 data sheet (231164), "Mode definitions".

import type { StateOf } from '../device.ts';

/** Index of each array: the channel. */
export const PIT_CHANNEL_FIELDS = {
  mode: { u32s: 3 },
  isBcd: { u32s: 3 },
  /** RW1 RW0: 1 = least significant byte only, 2 = most, 3 = least then most. */
  access: { u32s: 3 },
  gate: { u32s: 3 },
  /** The least significant byte, while the most significant one is awaited. */
  lowByte: { u32s: 3 },
  awaitsHigh: { u32s: 3 },
  readsHigh: { u32s: 3 },
  /** The count register, 1..65536; 0 before the first count after a control word. */
  count: { u32s: 3 },
  isNull: { u32s: 3 },
  latched: { u32s: 3 },
  hasLatched: { u32s: 3 },
  status: { u32s: 3 },
  hasStatus: { u32s: 3 },
  /** The counting element at clock `since`; 65536 (or 10000) where a full count begins. */
  element: { u32s: 3 },
  /** The count in force, modes 2 and 3. */
  period: { u32s: 3 },
  isCounting: { u32s: 3 },
  /**
   * The output where it does not follow from the count; in mode 3 the half that began at `since`.
   */
  output: { u32s: 3 },
  /** Modes 4 and 5: the strobe of this count has been given. */
  isSpent: { u32s: 3 },
  sinceLow: { u32s: 3 },
  sinceHigh: { u32s: 3 },
  /** What happens at clock `load`: LOAD below. */
  loadKind: { u32s: 3 },
  loadLow: { u32s: 3 },
  loadHigh: { u32s: 3 },
} as const;

export type PitChannelState = StateOf<typeof PIT_CHANNEL_FIELDS>;

const LOAD = { none: 0, full: 1, nextPeriod: 2 } as const;
const WORD = 0x1_0000_0000;

export class PitChannel {
  private readonly index: number;
  private readonly state: PitChannelState;

  constructor(index: number, state: PitChannelState) {
    this.index = index;
    this.state = state;
  }

  private get mode(): number {
    return this.state.mode[this.index];
  }

  private get since(): number {
    return this.state.sinceHigh[this.index] * WORD + this.state.sinceLow[this.index];
  }

  private set since(clock: number) {
    this.state.sinceLow[this.index] = clock % WORD;
    this.state.sinceHigh[this.index] = Math.floor(clock / WORD);
  }

  private get loadAt(): number {
    return this.state.loadHigh[this.index] * WORD + this.state.loadLow[this.index];
  }

  private planLoad(kind: number, clock: number): void {
    this.state.loadKind[this.index] = kind;
    this.state.loadLow[this.index] = clock % WORD;
    this.state.loadHigh[this.index] = Math.floor(clock / WORD);
  }

  private get isPeriodic(): boolean {
    return this.mode === 2 || this.mode === 3;
  }

  private get isStrobe(): boolean {
    return this.mode === 4 || this.mode === 5;
  }

  private get modulus(): number {
    return this.state.isBcd[this.index] !== 0 ? 10_000 : 65_536;
  }

  /** Control word: the mode takes effect at once, the output goes to the mode's idle level. */
  control(word: number, clock: number): void {
    const { state, index } = this;
    const access = (word >> 4) & 3;
    if (access === 0) {
      this.latchCount(clock);
      return;
    }
    this.freeze(clock);
    const mode = (word >> 1) & 7;
    state.mode[index] = mode > 5 ? mode - 4 : mode;
    state.isBcd[index] = word & 1;
    state.access[index] = access;
    state.awaitsHigh[index] = 0;
    state.readsHigh[index] = 0;
    state.hasLatched[index] = 0;
    state.hasStatus[index] = 0;
    state.count[index] = 0;
    state.isNull[index] = 1;
    state.isSpent[index] = 1;
    state.output[index] = state.mode[index] === 0 ? 0 : 1;
    this.planLoad(LOAD.none, 0);
  }

  latchCount(clock: number): void {
    const { state, index } = this;
    if (state.hasLatched[index] !== 0) return;
    state.latched[index] = this.shownElement(clock);
    state.hasLatched[index] = 1;
  }

  /** "Read-back command", the status byte. */
  latchStatus(clock: number): void {
    const { state, index } = this;
    if (state.hasStatus[index] !== 0) return;
    this.settle(clock);
    state.status[index] =
      (this.outputAt(clock) << 7) |
      (state.isNull[index] << 6) |
      (state.access[index] << 4) |
      (state.mode[index] << 1) |
      state.isBcd[index];
    state.hasStatus[index] = 1;
  }

  read(clock: number): number {
    const { state, index } = this;
    if (state.hasStatus[index] !== 0) {
      state.hasStatus[index] = 0;
      return state.status[index];
    }
    const value = state.hasLatched[index] !== 0 ? state.latched[index] : this.shownElement(clock);
    const access = state.access[index];
    const isHigh = access === 2 || (access === 3 && state.readsHigh[index] !== 0);
    if (access === 3) state.readsHigh[index] ^= 1;
    if (access !== 3 || isHigh) state.hasLatched[index] = 0;
    return isHigh ? value >> 8 : value & 0xff;
  }

  write(byte: number, clock: number): void {
    const { state, index } = this;
    switch (state.access[index]) {
      case 1:
        this.writeCount(byte, clock);
        return;
      case 2:
        this.writeCount(byte << 8, clock);
        return;
      default:
        if (state.awaitsHigh[index] !== 0) {
          state.awaitsHigh[index] = 0;
          this.writeCount((byte << 8) | state.lowByte[index], clock);
          return;
        }
        state.awaitsHigh[index] = 1;
        state.lowByte[index] = byte;
        if (this.mode === 0) {
          // Mode 0: "writing the first byte disables counting; OUT is set low immediately".
          this.freeze(clock);
          this.planLoad(LOAD.none, 0);
          state.output[index] = 0;
        }
    }
  }

  private writeCount(raw: number, clock: number): void {
    const { state, index } = this;
    this.settle(clock);
    const count = state.isBcd[index] !== 0 ? fromBcd(raw) : raw;
    const isFirst = state.count[index] === 0;
    state.count[index] = count === 0 ? this.modulus : count;
    state.isNull[index] = 1;
    switch (this.mode) {
      case 0:
        this.freeze(clock);
        state.output[index] = 0;
        this.planLoad(LOAD.full, clock + 1);
        return;
      case 4:
        this.planLoad(LOAD.full, clock + 1);
        return;
      case 2:
      case 3:
        if (isFirst || state.isCounting[index] === 0) this.planLoad(LOAD.full, clock + 1);
        else if (state.loadKind[index] !== LOAD.full) {
          this.planLoad(LOAD.nextPeriod, this.boundaryAfter(clock));
        }
        return;
      default:
      // Modes 1 and 5 load at their next trigger.
    }
  }

  get gate(): number {
    return this.state.gate[this.index];
  }

  /** "Gate pin operations summary". */
  setGate(level: number, clock: number): void {
    const { state, index } = this;
    if (state.gate[index] === level) return;
    this.settle(clock);
    if (this.mode === 1 || this.mode === 5) {
      state.gate[index] = level;
      if (level !== 0 && state.count[index] !== 0) this.planLoad(LOAD.full, clock + 1);
      return;
    }
    if (level === 0) {
      this.freeze(clock);
      if (this.isPeriodic) state.output[index] = 1;
      if (this.isPeriodic && state.loadKind[index] === LOAD.nextPeriod) {
        this.planLoad(LOAD.none, 0);
      }
    }
    state.gate[index] = level;
    if (level === 0 || state.count[index] === 0) return;
    if (this.isPeriodic) this.planLoad(LOAD.full, clock + 1);
    else if (state.loadKind[index] === LOAD.none) {
      this.since = clock;
      state.isCounting[index] = 1;
    }
  }

  /** The OUT pin. */
  output(clock: number): number {
    this.settle(clock);
    return this.outputAt(clock);
  }

  /** The first clock after `clock` at which the output may change, or -1. */
  nextEdge(clock: number): number {
    const { state, index } = this;
    this.settle(clock);
    const load = state.loadKind[index] === LOAD.none ? Infinity : this.loadAt;
    let edge = Infinity;
    if (state.isCounting[index] !== 0) {
      const zero = this.since + state.element[index];
      if (this.mode === 2) {
        const boundary = this.boundaryAfter(clock);
        edge = clock < boundary - 1 ? boundary - 1 : boundary;
      } else if (this.mode === 3) edge = this.boundaryAfter(clock);
      else if (this.isStrobe) {
        if (state.isSpent[index] === 0) edge = clock < zero ? zero : zero + 1;
      } else if (state.output[index] === 0) edge = zero;
    }
    const next = Math.min(edge, load);
    if (next === Infinity) return -1;
    return Math.max(next, clock + 1);
  }

  /** Applies what became due up to and including `clock`. */
  private settle(clock: number): void {
    const { state, index } = this;
    if (state.loadKind[index] !== LOAD.none && clock >= this.loadAt) {
      const kind = state.loadKind[index];
      const at = this.loadAt;
      if (kind === LOAD.nextPeriod && this.mode === 3) {
        // The output at the boundary, computed with the old period, begins the new one's half.
        state.output[index] = this.outputAt(at);
      } else if (this.mode !== 0) state.output[index] = this.mode === 1 ? 0 : 1;
      state.loadKind[index] = LOAD.none;
      state.element[index] = state.count[index];
      state.period[index] = state.count[index];
      state.isSpent[index] = 0;
      state.isNull[index] = 0;
      state.isCounting[index] =
        state.gate[index] !== 0 || this.mode === 1 || this.mode === 5 ? 1 : 0;
      this.since = at;
    }
    if (this.isPeriodic || state.isCounting[index] === 0) return;
    const passed = clock - this.since;
    const zero = state.element[index];
    if (!this.isStrobe && passed >= zero) state.output[index] = 1;
    if (this.isStrobe && passed > zero) state.isSpent[index] = 1;
    // Keeps (element, since) near the present, so that the element stays a plain number.
    if (passed > zero + this.modulus) {
      const laps = Math.floor((passed - zero) / this.modulus);
      this.since = this.since + zero + (laps - 1) * this.modulus;
      state.element[index] = this.modulus;
    }
  }

  /** Stops counting and keeps the element's present value. */
  private freeze(clock: number): void {
    const { state, index } = this;
    this.settle(clock);
    if (state.isCounting[index] === 0) return;
    const output = this.outputAt(clock);
    state.element[index] = this.elementAt(clock);
    if (!this.isStrobe) state.output[index] = output;
    state.isCounting[index] = 0;
    this.since = clock;
  }

  /** Clocks into the current period and how long the half that began it lasts (mode 3). */
  private halfLengths(): { first: number; second: number } {
    const { state, index } = this;
    const period = state.period[index];
    const high = (period + 1) >> 1;
    const low = Math.max(1, period >> 1);
    return state.output[index] !== 0 ? { first: high, second: low } : { first: low, second: high };
  }

  /** The end of the period (mode 2) or half period (mode 3) that contains `clock`. */
  private boundaryAfter(clock: number): number {
    const { state, index } = this;
    const passed = clock - this.since;
    if (this.mode === 2) {
      const period = state.period[index];
      return clock + period - (passed % period);
    }
    const { first, second } = this.halfLengths();
    const position = passed % (first + second);
    return clock + (position < first ? first : first + second) - position;
  }

  private outputAt(clock: number): number {
    const { state, index } = this;
    const idle = state.output[index];
    if (state.isCounting[index] === 0) return idle;
    const passed = clock - this.since;
    switch (this.mode) {
      case 2: {
        const period = state.period[index];
        return passed % period === period - 1 ? 0 : 1;
      }
      case 3: {
        const { first, second } = this.halfLengths();
        return passed % (first + second) < first ? idle : idle ^ 1;
      }
      case 4:
      case 5:
        return state.isSpent[index] === 0 && passed === state.element[index] ? 0 : 1;
      default:
        return idle !== 0 || passed >= state.element[index] ? 1 : 0;
    }
  }

  /** The counting element as a number, 0..modulus. */
  private elementAt(clock: number): number {
    const { state, index } = this;
    const element = state.element[index];
    if (state.isCounting[index] === 0) return element;
    const passed = clock - this.since;
    const period = state.period[index];
    if (this.mode === 2) return period - (passed % period);
    if (this.mode === 3) {
      const { first, second } = this.halfLengths();
      const position = passed % (first + second);
      return (period & ~1) - 2 * (position < first ? position : position - first);
    }
    const left = (element - passed) % this.modulus;
    return left < 0 ? left + this.modulus : left;
  }

  private shownElement(clock: number): number {
    this.settle(clock);
    const value = this.elementAt(clock) % this.modulus;
    return this.state.isBcd[this.index] !== 0 ? toBcd(value) : value;
  }
}

function fromBcd(value: number): number {
  const digit = (shift: number): number => (value >> shift) & 15;
  return digit(12) * 1000 + digit(8) * 100 + digit(4) * 10 + digit(0);
}

function toBcd(value: number): number {
  const digit = (unit: number): number => Math.floor(value / unit) % 10;
  return (digit(1000) << 12) | (digit(100) << 8) | (digit(10) << 4) | digit(1);
}
