// Oscillators against the machine's clock. A device counts cycles of its own crystal; the machine
// counts ticks. Both ways of converting are exact: the product is split at whole seconds, so that
// it stays below 2^53, and nothing is ever accumulated. For any cycle number c, tickOfCycle(c) is
// the first tick at which cyclesAt answers c.

/** The crystals of a PC, in Hz. Each times 1e9 ticks a second is exact in a double. */
export const FREQUENCY = {
  pit: 1_193_182,
  rtc: 32_768,
  powerTimer: 3_579_545,
  /** 25.175 MHz dots, eight to a character. */
  vgaCharacter: 3_146_875,
} as const;

function check(hz: number, ticksPerSecond: number): void {
  if (hz * ticksPerSecond > Number.MAX_SAFE_INTEGER) {
    throw new Error(`${hz} Hz against ${ticksPerSecond} ticks a second is not exact`);
  }
}

/** Whole cycles of an oscillator of `hz` that have passed at `tick`; cycle 0 begins at tick 0. */
export function cyclesAt(tick: number, hz: number, ticksPerSecond: number): number {
  check(hz, ticksPerSecond);
  const seconds = Math.floor(tick / ticksPerSecond);
  const rest = tick - seconds * ticksPerSecond;
  return seconds * hz + Math.floor((rest * hz) / ticksPerSecond);
}

/** The first tick at which `cyclesAt` answers `cycle`. */
export function tickOfCycle(cycle: number, hz: number, ticksPerSecond: number): number {
  check(hz, ticksPerSecond);
  const seconds = Math.floor(cycle / hz);
  const rest = cycle - seconds * hz;
  return seconds * ticksPerSecond + Math.ceil((rest * ticksPerSecond) / hz);
}

/** `ns` nanoseconds in ticks, at least one. */
export function ticksOfNs(ns: number, ticksPerSecond: number): number {
  return Math.max(1, Math.round((ns * ticksPerSecond) / 1e9));
}
