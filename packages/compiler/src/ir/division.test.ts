import { expect, test } from 'vitest';
import { signedReciprocal, unsignedReciprocal } from './division.ts';

const divisors = [3, 5, 6, 7, 9, 10, 11, 25, 60, 125, 641, 1000, 3600, 65535, 1000003, 0x7fffffff];
const edges = [0, 1, 2, 3, 9, 10, 99, 0x7ffffffe, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

function dividends(divisor: number): number[] {
  const near = [1, 2, 1000, Math.floor(0x7fffffff / divisor), Math.floor(0xffffffff / divisor)];
  return [...edges, ...near.flatMap((n) => [n * divisor - 1, n * divisor, n * divisor + 1])].filter(
    (n) => n >= 0 && n <= 0xffffffff,
  );
}

test.each([...divisors, 0x80000001, 0xfffffffb, 0xffffffff])(
  'unsigned division by %i',
  (divisor) => {
    const { multiplier, shift, isWide } = unsignedReciprocal(divisor);
    const full = BigInt(multiplier >>> 0) + (isWide ? 1n << 32n : 0n);
    for (const n of dividends(divisor)) {
      const quotient = (BigInt(n) * full) >> (32n + BigInt(shift));
      expect(Number(quotient), `${n}`).toBe(Math.floor(n / divisor));
    }
  },
);

test.each(divisors)('signed division by %i', (divisor) => {
  const { multiplier, shift } = signedReciprocal(divisor);
  const full = BigInt(multiplier >>> 0);
  for (const unsigned of dividends(divisor)) {
    const n = unsigned | 0;
    const product = (BigInt(n) * full) >> (32n + BigInt(shift));
    expect(Number(product) + (n < 0 ? 1 : 0), `${n}`).toBe(Math.trunc(n / divisor) | 0);
  }
});
