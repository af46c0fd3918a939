// Larger typed arrays with the same beginning.

/** Half a mebibyte of 32-bit numbers: what nobody writes to takes no memory. */
const quickMax = 1 << 17;

/** Entries of the next size: the arrays that grow far are copied seldom. */
const nextLength = (length: number): number => length * (length < quickMax ? 4 : 2);

export function grownInt32(
  array: Int32Array,
  length = nextLength(array.length),
): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(length);
  grown.set(array);
  return grown;
}

export function grownFloat64(array: Float64Array): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(nextLength(array.length));
  grown.set(array);
  return grown;
}

export function grownUint8(
  array: Uint8Array,
  length = nextLength(array.length),
): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(length);
  grown.set(array);
  return grown;
}
