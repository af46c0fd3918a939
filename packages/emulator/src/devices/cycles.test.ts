import { expect, test } from 'vitest';
import { FREQUENCY, cyclesAt, tickOfCycle } from './cycles.ts';

test('a cycle begins at the tick that tickOfCycle names, late in a long run too', () => {
  for (const hz of Object.values(FREQUENCY)) {
    for (const cycle of [0, 1, 2, 17, hz - 1, hz, hz + 1, 3 * hz + 12345, 1e6 * hz + 7]) {
      const tick = tickOfCycle(cycle, hz, 1e9);
      expect(cyclesAt(tick, hz, 1e9)).toBe(cycle);
      if (cycle > 0) expect(cyclesAt(tick - 1, hz, 1e9)).toBe(cycle - 1);
    }
  }
});

test('no drift: a million seconds are a million times the frequency', () => {
  expect(cyclesAt(1e15, FREQUENCY.pit, 1e9)).toBe(1e6 * 1_193_182);
  // Against exact arithmetic at an odd moment.
  const tick = 987_654_321_123_457;
  const exact = Number((BigInt(tick) * 1_193_182n) / 1_000_000_000n);
  expect(cyclesAt(tick, FREQUENCY.pit, 1e9)).toBe(exact);
});

test('a frequency that would not be exact is refused', () => {
  expect(() => cyclesAt(1, 25_175_000, 1e9)).toThrow('not exact');
});
