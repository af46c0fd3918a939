// A little-endian reader over untrusted bytes: reading past the end yields zeros and sets `isOverrun`, so that a
// format's reader checks once, at a place where it can say what was being read.

import { latin1Text } from './text.ts';

export class ByteReader {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  at: number;
  readonly end: number;
  isOverrun = false;

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = Math.min(end, bytes.length);
  }

  private take(count: number): number {
    const at = this.at;
    if (at < 0 || at + count > this.end) {
      this.isOverrun = true;
      this.at = this.end;
      return -1;
    }
    this.at = at + count;
    return at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    const at = this.take(1);
    return at < 0 ? 0 : this.view.getUint8(at);
  }

  u16(): number {
    const at = this.take(2);
    return at < 0 ? 0 : this.view.getUint16(at, true);
  }

  u32(): number {
    const at = this.take(4);
    return at < 0 ? 0 : this.view.getUint32(at, true);
  }

  i32(): number {
    const at = this.take(4);
    return at < 0 ? 0 : this.view.getInt32(at, true);
  }

  u64(): bigint {
    const at = this.take(8);
    return at < 0 ? 0n : this.view.getBigUint64(at, true);
  }

  /** `count` bytes as a view; shorter when the input ends. */
  slice(count: number): Uint8Array {
    const at = this.take(count);
    return at < 0 ? new Uint8Array(0) : this.bytes.subarray(at, at + count);
  }

  /** A zero-terminated Latin-1 string. */
  cstring(): string {
    const start = this.at;
    let at = start;
    while (at < this.end && this.bytes[at] !== 0) at++;
    if (at >= this.end) this.isOverrun = true;
    this.at = Math.min(at + 1, this.end);
    return latin1Text(this.bytes, start, at);
  }

  /** Unsigned LEB128, cut at 64 bits. */
  uleb128(): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift < 64n) value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) === 0 || this.isOverrun) return Number(BigInt.asUintN(64, value));
    }
  }

  /** Signed LEB128, cut at 64 bits. */
  sleb128(): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      if (shift < 64n) value |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) !== 0 && !this.isOverrun) continue;
      const bits = Number(shift) + 7;
      return Number(BigInt.asIntN(Math.min(bits, 64), value));
    }
  }
}
