// A position in a debugging section: little-endian numbers of DWARF's widths. Reading past the end
// yields zero and sets `isOverrun`, so that damaged input ends loops and never throws.

import { ByteReader, latin1Text, utf8Text } from '@ring0/bytes';

const safeShift = 49;

/** A reader with DWARF's numbers besides; its `slice` gives what there is where the input ends. */
export class DwarfCursor extends ByteReader {
  override u8(): number {
    const at = this.at;
    if (at >= this.end) {
      this.isOverrun = true;
      return 0;
    }
    this.at = at + 1;
    return this.bytes[at];
  }

  s8(): number {
    return (this.u8() << 24) >> 24;
  }

  s16(): number {
    return (this.u16() << 16) >> 16;
  }

  u24(): number {
    return this.u8() | (this.u8() << 8) | (this.u8() << 16);
  }

  s32(): number {
    return this.u32() | 0;
  }

  /** An unsigned number of 1, 2, 3, 4 or 8 bytes; exact below 2**53. */
  unsigned(size: number): number {
    switch (size) {
      case 1:
        return this.u8();
      case 2:
        return this.u16();
      case 3:
        return this.u24();
      case 8:
        return Number(this.u64());
      default:
        return this.u32();
    }
  }

  /** An offset of the 32- or 64-bit format. */
  offset(is64: boolean): number {
    return is64 ? Number(this.u64()) : this.u32();
  }

  /** Unsigned LEB128; a bigint where a number is not exact. */
  ulebExact(): number | bigint {
    const start = this.at;
    let value = 0;
    let scale = 1;
    for (let shift = 0; shift < safeShift; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    this.at = start;
    return this.big(false);
  }

  private big(isSigned: boolean): bigint {
    let value = 0n;
    let shift = 0n;
    for (;;) {
      const byte = this.u8();
      if (shift < 64n) value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte >= 0x80 && !this.isOverrun) continue;
      if (!isSigned) return BigInt.asUintN(64, value);
      return BigInt.asIntN(shift < 64n ? Number(shift) : 64, value);
    }
  }

  uleb(): number {
    return Number(this.ulebExact());
  }

  slebExact(): number | bigint {
    const start = this.at;
    let value = 0;
    let scale = 1;
    for (let shift = 0; shift < safeShift; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return byte & 0x40 ? value - scale : value;
    }
    this.at = start;
    return this.big(true);
  }

  sleb(): number {
    return Number(this.slebExact());
  }

  override slice(count: number): Uint8Array {
    const at = this.at;
    const end = Math.min(at + count, this.end);
    if (count < 0 || at + count > this.end) this.isOverrun = true;
    this.at = Math.max(at, end);
    return this.bytes.subarray(at, Math.max(at, end));
  }

  skip(count: number): void {
    this.slice(count);
  }

  /** A zero-terminated string. */
  text(): string {
    const start = this.at;
    let at = this.bytes.indexOf(0, start);
    if (at < 0 || at >= this.end) {
      this.isOverrun = true;
      at = this.end;
    }
    this.at = Math.min(at + 1, this.end);
    return textOf(this.bytes, start, at);
  }
}

/** The bytes as text: UTF-8 where they are. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  for (let i = start; i < end; i++) if (bytes[i] >= 0x80) return utf8Text(bytes, start, end);
  return latin1Text(bytes, start, end);
}

/** The length that begins a unit: its value, the format, and how many bytes it took. */
export function unitLength(cursor: DwarfCursor): { length: number; is64: boolean } {
  const length = cursor.u32();
  if (length !== 0xffffffff) return { length, is64: false };
  return { length: Number(cursor.u64()), is64: true };
}
