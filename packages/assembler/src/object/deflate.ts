// Compression in the zlib format (RFC 1950, 1951): one block with the fixed Huffman codes, matches
// found by hashing three bytes. Larger than what zlib makes, and as readable.

import { ByteWriter } from '@ring0/bytes';

const [distanceMax, lengthMin, lengthMax] = [32768, 3, 258];
const hashBits = 15;
/** How many earlier places with the same hash are tried. */
const triesMax = 32;

class BitWriter {
  readonly bytes = new ByteWriter(1024);
  private held = 0;
  private count = 0;

  /** The lowest bit first. */
  put(value: number, bits: number): void {
    this.held |= value << this.count;
    this.count += bits;
    while (this.count >= 8) {
      this.bytes.u8(this.held & 0xff);
      this.held >>>= 8;
      this.count -= 8;
    }
  }

  /** Huffman codes go the other way round. */
  code(value: number, bits: number): void {
    let reversed = 0;
    for (let i = 0; i < bits; i++) if (value & (1 << i)) reversed |= 1 << (bits - 1 - i);
    this.put(reversed, bits);
  }

  flush(): void {
    if (this.count > 0) this.put(0, 8 - this.count);
  }
}

/** The codes of RFC 1951, 3.2.6. */
function putSymbol(out: BitWriter, symbol: number): void {
  if (symbol < 144) out.code(0x30 + symbol, 8);
  else if (symbol < 256) out.code(0x190 + symbol - 144, 9);
  else if (symbol < 280) out.code(symbol - 256, 7);
  else out.code(0xc0 + symbol - 280, 8);
}

/** First values and extra bits of a family of codes (RFC 1951, 3.2.5). */
function family(first: number, plain: number, perStep: number, count: number) {
  const rows: { first: number; extra: number }[] = [];
  let at = first;
  for (let i = 0; i < count; i++) {
    const extra = i < plain ? 0 : Math.floor((i - plain) / perStep) + 1;
    rows.push({ first: at, extra });
    at += 1 << extra;
  }
  return rows;
}

const lengths = [...family(lengthMin, 8, 4, 28), { first: lengthMax, extra: 0 }];
const distances = family(1, 4, 2, 30);

function putRanged(
  out: BitWriter,
  rows: readonly { readonly first: number; readonly extra: number }[],
  value: number,
  putCode: (index: number) => void,
): void {
  let index = rows.length - 1;
  while (rows[index].first > value) index--;
  putCode(index);
  out.put(value - rows[index].first, rows[index].extra);
}

function putMatch(out: BitWriter, length: number, distance: number): void {
  putRanged(out, lengths, length, (index) => putSymbol(out, 257 + index));
  putRanged(out, distances, distance, (index) => out.code(index, 5));
}

const hashAt = (data: Uint8Array, at: number) =>
  (((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]) * 0x9e3779b1) >>> (32 - hashBits);

function adler(data: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of data) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

/** The longest match for the bytes at `at` among earlier ones. */
function longest(data: Uint8Array, at: number, start: number, previous: Int32Array) {
  const end = Math.min(data.length, at + lengthMax);
  let [length, distance] = [0, 0];
  let candidate = start;
  for (let tries = 0; candidate >= 0 && at - candidate <= distanceMax; tries++) {
    if (tries === triesMax) break;
    let same = 0;
    while (at + same < end && data[candidate + same] === data[at + same]) same++;
    if (same > length) [length, distance] = [same, at - candidate];
    candidate = previous[candidate];
  }
  return { length, distance };
}

/** `data` in the zlib format. */
export function deflate(data: Uint8Array): Uint8Array {
  const out = new BitWriter();
  // Deflate with a window of 32 KiB, no dictionary; the last block, with fixed codes.
  out.put(0x78, 8);
  out.put(0x9c, 8);
  out.put(0b011, 3);
  const heads = new Int32Array(1 << hashBits).fill(-1);
  const previous = new Int32Array(data.length);
  const enter = (at: number) => {
    if (at + lengthMin > data.length) return;
    const hash = hashAt(data, at);
    previous[at] = heads[hash];
    heads[hash] = at;
  };
  for (let at = 0; at < data.length;) {
    const canMatch = at + lengthMin <= data.length;
    const start = canMatch ? heads[hashAt(data, at)] : -1;
    const { length, distance } = longest(data, at, start, previous);
    if (length < lengthMin) {
      putSymbol(out, data[at]);
      enter(at++);
      continue;
    }
    putMatch(out, length, distance);
    for (const end = at + length; at < end; at++) enter(at);
  }
  putSymbol(out, 256);
  out.flush();
  const sum = adler(data);
  for (let shift = 24; shift >= 0; shift -= 8) out.bytes.u8((sum >>> shift) & 0xff);
  return out.bytes.take();
}
