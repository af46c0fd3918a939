// A growing little-endian byte buffer.

import { alignUp } from './arithmetic.ts';

export class ByteWriter {
  private buffer: Uint8Array;
  private view: DataView;
  /** Bytes written so far. */
  length = 0;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
    this.view = new DataView(this.buffer.buffer);
  }

  private reserve(count: number): number {
    const at = this.length;
    const needed = at + count;
    if (needed > this.buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
      grown.set(this.buffer.subarray(0, at));
      this.buffer = grown;
      this.view = new DataView(grown.buffer);
    }
    this.length = needed;
    return at;
  }

  u8(value: number): void {
    const at = this.reserve(1);
    this.buffer[at] = value;
  }

  u16(value: number): void {
    const at = this.reserve(2);
    this.view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
  }

  u64(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigUint64(at, BigInt.asUintN(64, value), true);
  }

  bytes(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
  }

  fill(count: number, value = 0): void {
    const at = this.reserve(count);
    this.buffer.fill(value, at, at + count);
  }

  align(alignment: number, value = 0): void {
    this.fill(alignUp(this.length, alignment) - this.length, value);
  }

  /** The bytes of `text` as Latin-1 and a zero byte. */
  cstring(text: string): void {
    for (let i = 0; i < text.length; i++) this.u8(text.charCodeAt(i));
    this.u8(0);
  }

  /** Unsigned LEB128 (DWARF 5, 7.6). */
  uleb128(value: number | bigint): void {
    if (typeof value === 'number' && (value | 0) === value && value >= 0) {
      let small = value;
      for (; small > 0x7f; small >>= 7) this.u8((small & 0x7f) | 0x80);
      return this.u8(small);
    }
    let rest = BigInt(value);
    if (rest < 0n) throw new RangeError(`${rest} is not unsigned`);
    do {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      this.u8(rest === 0n ? low : low | 0x80);
    } while (rest !== 0n);
  }

  /** Signed LEB128 (DWARF 5, 7.6). */
  sleb128(value: number | bigint): void {
    if (typeof value === 'number' && (value | 0) === value) {
      let small = value;
      for (; small > 0x3f || small < -0x40; small >>= 7) this.u8((small & 0x7f) | 0x80);
      return this.u8(small & 0x7f);
    }
    let rest = BigInt(value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      const isLast = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
      this.u8(isLast ? low : low | 0x80);
      if (isLast) return;
    }
  }

  patchU8(at: number, value: number): void {
    this.view.setUint8(at, value);
  }

  patchU16(at: number, value: number): void {
    this.view.setUint16(at, value, true);
  }

  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  /** The written bytes, as a view that later writes may detach or overwrite. */
  peek(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** A copy of the written bytes. */
  take(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}
