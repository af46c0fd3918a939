// A 128-bit hash of 32-bit words, for telling states apart: not cryptographic. Four lanes take four words a step; each
// step is a bijection of the lanes for given words, so no single changed word can cancel out.

const MULTIPLIERS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function finish(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Hashes words `start` to `end` (multiples of four apart) into the four words at `out[at]`. */
export function hashWords(
  words: Int32Array,
  start: number,
  end: number,
  out: Uint32Array,
  at: number,
): void {
  const [p0, p1, p2, p3] = MULTIPLIERS;
  let a = 0x243f6a88;
  let b = 0x85a308d3;
  let c = 0x13198a2e;
  let d = 0x03707344;
  for (let i = start; i < end; i += 4) {
    a = (rotate(a ^ Math.imul(words[i], p0), 19) + b) | 0;
    b = (rotate(b ^ Math.imul(words[i + 1], p1), 17) + c) | 0;
    c = (rotate(c ^ Math.imul(words[i + 2], p2), 15) + d) | 0;
    d = (rotate(d ^ Math.imul(words[i + 3], p3), 13) + a) | 0;
    a = Math.imul(a, 5) + 0x561ccd1b;
    c = Math.imul(c, 5) + 0x38b34ae5;
  }
  a ^= end - start;
  for (let round = 0; round < 2; round++) {
    a = finish((a + b + c + d) | 0);
    b = finish((b + a) | 0);
    c = finish((c + b) | 0);
    d = finish((d + c) | 0);
  }
  out[at] = a;
  out[at + 1] = b;
  out[at + 2] = c;
  out[at + 3] = d;
}

/** The hash of bytes, padded with zeros and their count. */
export function hashBytes(bytes: Uint8Array): Uint32Array {
  const words = new Int32Array((Math.ceil((bytes.length + 4) / 16) * 16) / 4);
  new Uint8Array(words.buffer).set(bytes);
  words[words.length - 1] = bytes.length;
  const out = new Uint32Array(4);
  hashWords(words, 0, words.length, out, 0);
  return out;
}

export function hashText(hash: Uint32Array): string {
  return [...hash].map((word) => word.toString(16).padStart(8, '0')).join('');
}
