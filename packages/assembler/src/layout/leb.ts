// LEB128 numbers (DWARF 5, 7.6): how many bytes they take, and the bytes.

/** Bytes of a number of 64 bits. */
export function lebSize(value: bigint, isSigned: boolean): number {
  let rest = isSigned ? value : BigInt.asUintN(64, value);
  for (let size = 1; ; size++) {
    const low = rest & 0x7fn;
    rest >>= 7n;
    if (!isSigned && rest === 0n) return size;
    if (isSigned && ((rest === 0n && low < 64n) || (rest === -1n && low >= 64n))) return size;
  }
}

/** The same for a number below 2^53 that is not negative where it is unsigned. */
export function smallLebSize(value: number, isSigned: boolean): number {
  let size = 1;
  if (isSigned) {
    let limit = 64;
    for (; value >= limit || value < -limit; limit *= 128) size++;
    return size;
  }
  for (let limit = 128; value >= limit; limit *= 128) size++;
  return size;
}

/** Writes the number in exactly `size` bytes. */
export function writeLeb(
  data: Uint8Array,
  at: number,
  size: number,
  value: bigint,
  isSigned: boolean,
): void {
  let rest = isSigned ? value : BigInt.asUintN(64, value);
  for (let i = 0; i < size; i++) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    data[at + i] = i + 1 < size ? low | 0x80 : low;
  }
}

/** The same for a number below 2^53 that is not negative where it is unsigned. */
export function writeSmallLeb(data: Uint8Array, at: number, size: number, value: number): void {
  let rest = value;
  for (let i = 0; i < size; i++) {
    const low = rest & 0x7f;
    rest = (rest - low) / 128;
    data[at + i] = i + 1 < size ? low | 0x80 : low;
  }
}
