// Where the tools' text goes: lines are gathered and handed on in big pieces, so that a listing of
// any length needs little memory and few writes.

const pieceMin = 1 << 16;

/** Takes a piece of text. */
export type TakeText = (text: string) => void;

export class TextSink {
  private readonly take: TakeText;
  private pending = '';

  constructor(take: TakeText) {
    this.take = take;
  }

  add(text: string): void {
    this.pending += text;
    if (this.pending.length >= pieceMin) this.flush();
  }

  /** Hands on what is left. */
  flush(): void {
    if (this.pending !== '') this.take(this.pending);
    this.pending = '';
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
