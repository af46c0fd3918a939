// Where the tools' text goes: lines are gathered and handed on in big pieces, so that a listing of
// any length needs little memory and few writes.

const pieceMin = 1 << 16;

/** Takes a piece of text, or of its bytes. */
export type TakeText = (text: string | Uint8Array) => void;

const digitCodes = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** The longest line that is written in place, with room to spare. */
const lineMax = 4096;

export class TextSink {
  private readonly take: TakeText;
  private pending = '';
  /** Lines that are written byte by byte: no strings are made of them (measured: half the time). */
  private readonly buffer = new Uint8Array(pieceMin + lineMax);
  private at = 0;

  constructor(take: TakeText) {
    this.take = take;
  }

  add(text: string): void {
    if (this.at > 0) this.flushBytes();
    this.pending += text;
    if (this.pending.length >= pieceMin) this.flush();
  }

  /** Hands on what is left. */
  flush(): void {
    if (this.pending !== '') this.take(this.pending);
    this.pending = '';
    this.flushBytes();
  }

  private flushBytes(): void {
    if (this.at > 0) this.take(this.buffer.slice(0, this.at));
    this.at = 0;
  }

  /** Begins a line that is written in place. */
  beginLine(): void {
    if (this.pending !== '') this.flush();
    if (this.at >= pieceMin) this.flushBytes();
  }

  byte(code: number): void {
    this.buffer[this.at++] = code;
  }

  /** Takes the last byte of a line back. */
  undo(): void {
    this.at--;
  }

  /** Text in a line that was begun; what is not ASCII or very long takes the slower way. */
  text(text: string): void {
    const { length } = text;
    if (this.at + length >= this.buffer.length) return this.slowText(text);
    const { buffer } = this;
    const start = this.at;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return this.slowText(text);
      buffer[start + i] = code;
    }
    this.at = start + length;
  }

  private slowText(text: string): void {
    this.flushBytes();
    this.take(text);
  }

  /** A number below 2**32 in hexadecimal, filled up to `width` on the left. */
  hex(value: number, width = 0, fill = 0x30): void {
    let count = 1;
    for (let rest = value >>> 4; rest !== 0; rest >>>= 4) count++;
    for (let i = count; i < width; i++) this.buffer[this.at++] = fill;
    for (let shift = (count - 1) * 4; shift >= 0; shift -= 4) {
      this.buffer[this.at++] = digitCodes[(value >>> shift) & 15];
    }
  }

  /** Two hexadecimal digits and a space. */
  hexByte(value: number): void {
    const { buffer, at } = this;
    buffer[at] = digitCodes[value >> 4];
    buffer[at + 1] = digitCodes[value & 15];
    buffer[at + 2] = 0x20;
    this.at = at + 3;
  }
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
