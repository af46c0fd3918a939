// Where the tools' text goes: it is written as bytes into one buffer, which is handed on when it is
// full, so that a listing of any length needs little memory, few writes and no long strings.

import { utf8Bytes, utf8Text } from '@ring0/bytes';

const pieceMin = 1 << 16;

/** Takes a piece of the text, in UTF-8. The bytes are good during the call only. */
export type TakeText = (text: Uint8Array) => void;

const digitCodes = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Two digits and a space for each byte, as a word. */
const pairCodes = Int32Array.from({ length: 256 }, (_, byte) => {
  return digitCodes[byte >> 4] | (digitCodes[byte & 15] << 8) | 0x200000;
});

/** Text that is written often: its bytes in words of four, since those are copied in half the time. */
export interface Piece {
  readonly words: Int32Array;
  readonly length: number;
}

/** The text as a piece. */
export function pieceOf(text: string): Piece {
  const bytes = utf8Bytes(text);
  const padded = new Uint8Array((bytes.length + 3) & ~3);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words = Int32Array.from({ length: padded.length / 4 }, (_, i) =>
    view.getInt32(4 * i, true),
  );
  return { words, length: bytes.length };
}

/** The longest text that is copied byte by byte, and room for a line of short ones. */
const textMax = 4096;
const lineMax = 4 * textMax;

export class TextSink {
  private readonly take: TakeText;
  private readonly buffer = new Uint8Array(pieceMin + lineMax);
  private readonly view = new DataView(this.buffer.buffer);
  private at = 0;

  constructor(take: TakeText) {
    this.take = take;
  }

  add(text: string): void {
    this.text(text);
    if (this.at >= pieceMin) this.flush();
  }

  /** Hands on what is left. */
  flush(): void {
    if (this.at > 0) this.take(this.buffer.subarray(0, this.at));
    this.at = 0;
  }

  /** Begins a line that is written in place; it ends without a flush. */
  beginLine(): void {
    if (this.at >= pieceMin) this.flush();
  }

  byte(code: number): void {
    this.buffer[this.at++] = code;
  }

  /** Takes the last byte of a line back. */
  undo(): void {
    this.at--;
  }

  /** A piece in a line that was begun. */
  piece({ words, length }: Piece): void {
    if (this.at + length > this.buffer.length - textMax) {
      this.flush();
      if (length > textMax) {
        const whole = new DataView(new ArrayBuffer(4 * words.length));
        words.forEach((word, i) => whole.setInt32(4 * i, word, true));
        this.take(new Uint8Array(whole.buffer, 0, length));
        return;
      }
    }
    const { view, at } = this;
    for (let i = 0; i < words.length; i++) view.setInt32(at + 4 * i, words[i], true);
    this.at = at + length;
  }

  /** `count` bytes from `start` on. */
  bytesOf(bytes: Uint8Array, start: number, count: number): void {
    if (this.at + count > this.buffer.length - textMax) {
      this.flush();
      if (count > textMax) {
        this.take(bytes.subarray(start, start + count));
        return;
      }
    }
    const { buffer, at } = this;
    for (let i = 0; i < count; i++) buffer[at + i] = bytes[start + i];
    this.at = at + count;
  }

  /** Text in a line that was begun. */
  text(text: string): void {
    const { length } = text;
    if (length > textMax || this.at + length > this.buffer.length - textMax) {
      this.slowText(text);
      return;
    }
    const { buffer, at } = this;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        this.slowText(text);
        return;
      }
      buffer[at + i] = code;
    }
    this.at = at + length;
  }

  private slowText(text: string): void {
    this.flush();
    for (let at = 0; at < text.length;) {
      let end = Math.min(text.length, at + pieceMin);
      // No piece ends between the halves of a surrogate pair.
      if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
      this.take(utf8Bytes(text.slice(at, end)));
      at = end;
    }
  }

  /** A number below 2**32 in hexadecimal, filled up to `width` on the left. */
  hex(value: number, width = 0, fill = 0x30): void {
    let count = 1;
    for (let rest = value >>> 4; rest !== 0; rest >>>= 4) count++;
    const { buffer } = this;
    let { at } = this;
    for (let i = count; i < width; i++) buffer[at++] = fill;
    for (let shift = (count - 1) * 4; shift >= 0; shift -= 4) {
      buffer[at++] = digitCodes[(value >>> shift) & 15];
    }
    this.at = at;
  }

  /** Eight hexadecimal digits of a number below 2**32. */
  hex8(value: number): void {
    const { view, at } = this;
    // Each pair's space is overwritten by the next.
    view.setInt32(at, pairCodes[value >>> 24], true);
    view.setInt32(at + 2, pairCodes[(value >>> 16) & 0xff], true);
    view.setInt32(at + 4, pairCodes[(value >>> 8) & 0xff], true);
    view.setInt32(at + 6, pairCodes[value & 0xff], true);
    this.at = at + 8;
  }

  /** A number below 2**31 in decimal, filled with spaces up to `width` on the left. */
  decimal(value: number, width = 0): void {
    let count = 1;
    for (let rest = value; rest >= 10; rest = (rest / 10) | 0) count++;
    const { buffer } = this;
    const end = this.at + Math.max(count, width);
    let at = end;
    let rest = value;
    for (let i = 0; i < count; i++) {
      const tenth = (rest / 10) | 0;
      buffer[--at] = 0x30 + rest - tenth * 10;
      rest = tenth;
    }
    while (at > this.at) buffer[--at] = 0x20;
    this.at = end;
  }

  /** A number below 2**32 in hexadecimal, spaces before it up to `width`; a colon and a tab. */
  place(value: number, width: number): void {
    this.hex(value, width, 0x20);
    const { buffer, at } = this;
    buffer[at] = 0x3a;
    buffer[at + 1] = 0x09;
    this.at = at + 2;
  }

  spaces(count: number): void {
    const { buffer } = this;
    const end = this.at + count;
    for (let { at } = this; at < end; at++) buffer[at] = 0x20;
    if (count > 0) this.at = end;
  }

  /**
   * Up to sixteen bytes in words of four, then as characters from `column` on, to the last one or
   * the whole of `width`; ends the line.
   */
  words(data: Uint8Array, start: number, end: number, column: number, width = end - start): void {
    const { buffer, at } = this;
    buffer.fill(0x20, at, at + column + 16);
    for (let i = 0; i < end - start; i++) {
      const value = data[start + i];
      const place = at + 2 * i + (i >> 2);
      buffer[place] = digitCodes[value >> 4];
      buffer[place + 1] = digitCodes[value & 15];
      buffer[at + column + i] = value >= 0x20 && value < 0x7f ? value : 0x2e;
    }
    buffer[at + column + width] = 0x0a;
    this.at = at + column + width + 1;
  }

  /** Two hexadecimal digits and a space for each of `count` bytes from `start` on. */
  hexBytes(data: Uint8Array, start: number, count: number): void {
    const { view } = this;
    let { at } = this;
    for (let i = start; i < start + count; i++) {
      view.setInt32(at, pairCodes[data[i]], true);
      at += 3;
    }
    this.at = at;
  }
}

/** A taker, and what it has taken as one text. */
export function gatherText(): { readonly take: TakeText; text(): string } {
  const pieces: string[] = [];
  return { take: (piece) => pieces.push(utf8Text(piece)), text: () => pieces.join('') };
}

/** Hexadecimal digits, filled with zeros to `width`. */
export function hex(value: number | bigint, width = 0): string {
  return value.toString(16).padStart(width, '0');
}

const zeros = '00000000';

/** Eight hexadecimal digits of a number below 2**32. */
export function hex8(value: number): string {
  const digits = (value >>> 0).toString(16);
  return digits.length === 8 ? digits : zeros.slice(digits.length) + digits;
}

/** Sixteen hexadecimal digits, or eight: an address of a file of `bits`. */
export function hexAddress(value: number | bigint, bits: 32 | 64): string {
  if (bits === 32 && typeof value === 'number') return hex8(value);
  return BigInt.asUintN(64, BigInt(value))
    .toString(16)
    .padStart(bits / 4, '0');
}
