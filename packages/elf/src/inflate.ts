// Decompression of debugging sections: the deflate format (RFC 1951) in a zlib wrapper (RFC 1950),
// behind an ELF compression header (gABI 4.1, "Compression Header") or the older `ZLIB` mark.
// Compression itself is the caller's: a host has one, a browser too.

import { ByteReader } from '@ring0/bytes';
import { sectionFlag } from './constants.ts';
import type { RawSection } from './read.ts';

/** A code of Huffman: how many codes have each length, the symbols in the order of their codes. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

const lengthMax = 15;
const lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const lengthBits = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const distanceBits = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const orderOfLengths = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function codeOf(lengths: readonly number[]): Code {
  const counts = new Uint16Array(lengthMax + 1);
  for (const length of lengths) counts[length]++;
  const offsets = new Uint16Array(lengthMax + 2);
  for (let i = 1; i <= lengthMax; i++) offsets[i + 1] = offsets[i] + counts[i];
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length !== 0) symbols[offsets[length]++] = symbol;
  });
  return { counts, symbols };
}

class Inflater {
  private readonly input: Uint8Array;
  private readonly output: Uint8Array;
  private at: number;
  private written = 0;
  private hold = 0;
  private held = 0;
  isBroken = false;

  constructor(input: Uint8Array, at: number, output: Uint8Array) {
    this.input = input;
    this.at = at;
    this.output = output;
  }

  private bits(count: number): number {
    while (this.held < count) {
      if (this.at >= this.input.length) {
        this.isBroken = true;
        return 0;
      }
      this.hold |= this.input[this.at++] << this.held;
      this.held += 8;
    }
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.held -= count;
    return value;
  }

  private symbol({ counts, symbols }: Code): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= lengthMax; length++) {
      code |= this.bits(1);
      const count = counts[length];
      if (code - count < first) return symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
      if (this.isBroken) break;
    }
    this.isBroken = true;
    return 256;
  }

  private stored(): void {
    this.hold = 0;
    this.held = 0;
    const { input, output } = this;
    const length = input[this.at] | (input[this.at + 1] << 8);
    this.at += 4;
    if (this.at + length > input.length || this.written + length > output.length) {
      this.isBroken = true;
      return;
    }
    output.set(input.subarray(this.at, this.at + length), this.written);
    this.at += length;
    this.written += length;
  }

  private coded(literals: Code, distances: Code): void {
    const { output } = this;
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol === 256 || this.isBroken) return;
      if (symbol < 256) {
        if (this.written >= output.length) break;
        output[this.written++] = symbol;
        continue;
      }
      const row = symbol - 257;
      if (row >= lengthBases.length) break;
      const length = lengthBases[row] + this.bits(lengthBits[row]);
      const column = this.symbol(distances);
      if (column >= distanceBases.length) break;
      const distance = distanceBases[column] + this.bits(distanceBits[column]);
      if (distance > this.written || this.written + length > output.length) break;
      for (let i = 0; i < length; i++, this.written++) {
        output[this.written] = output[this.written - distance];
      }
    }
    this.isBroken = true;
  }

  private fixed(): void {
    const lengths = Array.from({ length: 288 }, (_, i) =>
      i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8,
    );
    this.coded(codeOf(lengths), codeOf(Array.from({ length: 30 }, () => 5)));
  }

  private dynamic(): void {
    const literalCount = this.bits(5) + 257;
    const distanceCount = this.bits(5) + 1;
    const count = this.bits(4) + 4;
    const own = Array.from({ length: 19 }, () => 0);
    for (let i = 0; i < count; i++) own[orderOfLengths[i]] = this.bits(3);
    const code = codeOf(own);
    const lengths: number[] = [];
    while (lengths.length < literalCount + distanceCount && !this.isBroken) {
      const symbol = this.symbol(code);
      if (symbol < 16) {
        lengths.push(symbol);
        continue;
      }
      const value = symbol === 16 ? (lengths.at(-1) ?? 0) : 0;
      const times =
        symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      for (let i = 0; i < times; i++) lengths.push(value);
    }
    const literals = codeOf(lengths.slice(0, literalCount));
    this.coded(literals, codeOf(lengths.slice(literalCount, literalCount + distanceCount)));
  }

  /** Whether all blocks were read and filled the output. */
  run(): boolean {
    for (let isLast = false; !isLast && !this.isBroken;) {
      isLast = this.bits(1) === 1;
      const kind = this.bits(2);
      if (kind === 0) this.stored();
      else if (kind === 1) this.fixed();
      else if (kind === 2) this.dynamic();
      else this.isBroken = true;
    }
    return !this.isBroken && this.written === this.output.length;
  }
}

/** Deflate makes a byte out of at least a thousandth of one: more than that is a lie. */
const ratioMax = 1100;

/** The `size` bytes that a zlib stream holds; undefined where it is damaged. Never throws. */
export function inflate(input: Uint8Array, size: number): Uint8Array | undefined {
  if (input.length < 6 || (input[0] & 15) !== 8 || ((input[0] << 8) | input[1]) % 31 !== 0) {
    return undefined;
  }
  if (size > input.length * ratioMax) return undefined;
  const output = new Uint8Array(size);
  return new Inflater(input, 2, output).run() ? output : undefined;
}

/** What the header of a compressed section says. */
export interface CompressionHeader {
  /** ELFCOMPRESS_ZLIB is 1. */
  readonly type: number;
  readonly size: number;
  readonly alignment: number;
  /** Bytes before the stream. */
  readonly headerSize: number;
}

/** The header of a compressed section; undefined where it is not compressed. */
export function compressionHeader(
  section: Pick<RawSection, 'data' | 'flags' | 'name' | 'alignment'>,
  bits: 32 | 64,
): CompressionHeader | undefined {
  const reader = new ByteReader(section.data);
  if (section.flags & sectionFlag.compressed) {
    const headerSize = bits === 32 ? 12 : 24;
    if (section.data.length < headerSize) return undefined;
    const type = reader.u32();
    if (bits === 64) reader.u32();
    const size = bits === 32 ? reader.u32() : Number(reader.u64());
    const alignment = bits === 32 ? reader.u32() : Number(reader.u64());
    return { type, size, alignment, headerSize };
  }
  const isMarked = section.name.startsWith('.zdebug') && reader.u32() === 0x42494c5a;
  if (!isMarked || section.data.length < 12) return undefined;
  let size = 0;
  for (let i = 0; i < 8; i++) size = size * 256 + reader.u8();
  return { type: 1, size, alignment: section.alignment, headerSize: 12 };
}

/** What of a section says how it is compressed. */
type Packed = Pick<RawSection, 'name' | 'flags' | 'data' | 'alignment'>;

/** The contents of a section, decompressed where they are compressed; as they stand where not. */
export function inflateSection(
  section: Packed,
  bits: 32 | 64,
): { readonly bytes: Uint8Array; readonly problem: string | undefined } {
  const header = compressionHeader(section, bits);
  if (!header) return { bytes: section.data, problem: undefined };
  if (header.type !== 1) {
    const problem = `section '${section.name}' has unsupported compress type: ${header.type}`;
    return { bytes: section.data, problem };
  }
  const bytes = inflate(section.data.subarray(header.headerSize), header.size);
  const problem = bytes ? undefined : `Unable to decompress section ${section.name}`;
  return { bytes: bytes ?? section.data, problem };
}
