// The local APIC's timer (SDM vol. 3, 10.5.4) as arithmetic: nothing runs per clock. It remembers the bus clock at which
// its count began and computes everything else from the present one. Bus clocks come from ticks by a fraction in lowest
// terms, whole and without an error that could grow.

import type { StateOf } from '../device.ts';

export const APIC_TIMER_FIELDS = {
  initialCount: 'u32',
  /** The divide configuration register. */
  divide: 'u8',
  /** The bus clock at which the count began. */
  started: 'u64',
} as const;

type State = StateOf<typeof APIC_TIMER_FIELDS>;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** An oscillator of `hz` against the machine's clock. Clock 0 begins at tick 0. */
export class BusClock {
  /** `clocks` of the bus pass in `ticks` of the machine. */
  private readonly clocks: number;
  private readonly ticks: number;

  constructor(hz: number, ticksPerSecond: number) {
    const isPossible = Number.isInteger(hz) && hz >= 1 && hz <= 1e9;
    const perSecond = Math.round(ticksPerSecond);
    const divisor = isPossible ? greatestCommonDivisor(hz, perSecond) : 1;
    this.clocks = hz / divisor;
    this.ticks = perSecond / divisor;
    if (!isPossible || this.clocks * this.ticks > Number.MAX_SAFE_INTEGER) {
      throw new Error(`a bus of ${hz} Hz: whole MHz from 1 to 1,000 are possible`);
    }
  }

  /** Whole clocks that have passed at `tick`. */
  at(tick: number): number {
    const rounds = Math.floor(tick / this.ticks);
    const rest = tick - rounds * this.ticks;
    return rounds * this.clocks + Math.floor((rest * this.clocks) / this.ticks);
  }

  /** The first tick at which `at` answers `clock` or more. */
  tickOf(clock: number): number {
    const rounds = Math.floor(clock / this.clocks);
    const rest = clock - rounds * this.clocks;
    return rounds * this.ticks + Math.ceil((rest * this.ticks) / this.clocks);
  }
}

export class ApicTimer {
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
  }

  /** Bus clocks for one count: bits 3, 1 and 0 of the register are 2, 4, .. 128, and 7 stands for 1. */
  private divisor(): number {
    const { divide } = this.state;
    const code = ((divide >> 1) & 4) | (divide & 3);
    return code === 7 ? 1 : 2 << code;
  }

  /** Begins to count down from `count`; 0 stops the timer. */
  start(count: number, clock: number): void {
    this.state.initialCount = count;
    this.state.started = clock;
  }

  /** The count stays; what it counts changes. */
  setDivide(value: number, clock: number, isPeriodic: boolean): void {
    const { state } = this;
    const passed = state.initialCount - this.count(clock, isPeriodic);
    state.divide = value & 0x0b;
    state.started = Math.max(0, clock - passed * this.divisor());
  }

  /** The current count register. */
  count(clock: number, isPeriodic: boolean): number {
    const { initialCount, started } = this.state;
    if (initialCount === 0) return 0;
    const passed = Math.floor((clock - started) / this.divisor());
    if (isPeriodic) return initialCount - (passed % initialCount);
    return Math.max(0, initialCount - passed);
  }

  /** The first bus clock after `clock` at which the count reaches zero; undefined: never again. */
  nextExpiry(clock: number, isPeriodic: boolean): number | undefined {
    const { initialCount, started } = this.state;
    if (initialCount === 0) return undefined;
    const period = initialCount * this.divisor();
    if (!isPeriodic) return started + period > clock ? started + period : undefined;
    return started + (Math.floor((clock - started) / period) + 1) * period;
  }
}
