// The classes of values between which the choice of an encoding can change.

/** Upper bounds, exclusive, of classes 1, 2, ..; the first class begins at -2^31. */
const bounds: readonly bigint[] = [
  -0x10000n,
  -0xffffn,
  -0x8000n,
  -0x100n,
  -0xffn,
  -0x80n,
  0n,
  1n,
  2n,
  3n,
  4n,
  0x80n,
  0x100n,
  0x8000n,
  0xff01n,
  0xff80n,
  0x10000n,
  0x80000000n,
  0xffff0000n,
  0xffff0001n,
  0xffff0001n,
  0xffff8000n,
  0xffffff00n,
  0xffffff01n,
  0xffffff01n,
  0xffffff80n,
  0x100000000n,
];

/**
 * A small number that is equal for two values only if every instruction is encoded alike with both,
 * but for the value. 0: not known (symbolic). -1: so large that nothing is promised.
 */
export function valueClass(value: bigint | undefined): number {
  if (value === undefined) return 0;
  if (value < -0x80000000n) return -1;
  for (let i = 0; i < bounds.length; i++) if (value < bounds[i]) return i + 1;
  return -1;
}

const numbers = bounds.map(Number);

const smallest = -512;
const largest = 511;
const smallClasses = new Uint8Array(largest - smallest + 1);
numbers.forEach((bound, index) => {
  const from = index === 0 ? 0 : numbers[index - 1] - smallest;
  smallClasses.fill(index + 1, Math.max(from, 0), Math.max(bound - smallest, 0));
});

/** `valueClass` of a safe integer. */
export function valueClassOfNumber(value: number): number {
  if (value >= smallest && value <= largest) return smallClasses[value - smallest];
  if (value < -0x80000000) return -1;
  for (let i = 0; i < numbers.length; i++) if (value < numbers[i]) return i + 1;
  return -1;
}
