// Division by constants as multiplication by a reciprocal (Granlund and Montgomery 1994): the quotient is the high word of
// a product, shifted. The functions find the smallest multiplier that is exact for every dividend.

export interface UnsignedReciprocal {
  readonly multiplier: number;
  readonly shift: number;
  /** The multiplier has 33 bits: its top one is added apart. */
  readonly isWide: boolean;
}

/** For a divisor of at least 3 that is no power of two, as an unsigned number. */
export function unsignedReciprocal(divisor: number): UnsignedReciprocal {
  const d = BigInt(divisor >>> 0);
  const bits = BigInt((divisor >>> 0).toString(2).length);
  for (let shift = 0n; shift <= bits; shift++) {
    const power = 1n << (32n + shift);
    const multiplier = power / d + 1n;
    const isExact = multiplier * d - power <= 1n << shift;
    if (!isExact) continue;
    if (multiplier < 1n << 32n) {
      return {
        multiplier: Number(BigInt.asIntN(32, multiplier)),
        shift: Number(shift),
        isWide: false,
      };
    }
    return {
      multiplier: Number(BigInt.asIntN(32, multiplier)),
      shift: Number(shift),
      isWide: true,
    };
  }
  throw new Error(`no reciprocal of ${divisor}`);
}

export interface SignedReciprocal {
  readonly multiplier: number;
  readonly shift: number;
}

/** For a divisor of at least 3. A multiplier that is negative as a word stands for itself plus 2^32. */
export function signedReciprocal(divisor: number): SignedReciprocal {
  const d = BigInt(divisor);
  // The largest dividend whose remainder is d - 1 decides.
  const worst = (1n << 31n) - 1n - ((1n << 31n) % d);
  for (let shift = 0n; shift < 32n; shift++) {
    const power = 1n << (32n + shift);
    const rest = d - (power % d);
    if (power > worst * rest) {
      const multiplier = (power + rest) / d;
      return { multiplier: Number(BigInt.asIntN(32, multiplier)), shift: Number(shift) };
    }
  }
  throw new Error(`no reciprocal of ${divisor}`);
}
