// The constants that an asm operand takes: the letters of its constraint that stand for constants, kept as they are.

const ANY = 'ingXes';
const ranges: Readonly<Record<string, (x: number) => boolean>> = {
  I: (x) => x >= 0 && x <= 31,
  J: (x) => x >= 0 && x <= 63,
  K: (x) => x >= -128 && x <= 127,
  L: (x) => x === 255 || x === 65535,
  M: (x) => x >= 0 && x <= 3,
  N: (x) => x >= 0 && x <= 255,
};

/** Those letters of a constraint that stand for constants. */
export function constantLetters(constraint: Iterable<string>): string {
  return [...constraint].filter((letter) => ANY.includes(letter) || letter in ranges).join('');
}

/** Whether the letters take a constant; `x` is undefined for an address. */
export function acceptsConstant(letters: string, x: number | undefined): boolean {
  return [...letters].some(
    (letter) => ANY.includes(letter) || (x !== undefined && ranges[letter]?.(x) === true),
  );
}
