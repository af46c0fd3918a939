// A string table whose strings share tails (".rel.text" holds ".text"), laid out in the order of
// first use, as BFD does it. Strings are added first and have an offset once `finish` has run.

import { utf8Bytes } from '@ring0/bytes';
import { tailHolders } from './tails.ts';

export class StringTable {
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [];
  private places: Int32Array | undefined;

  /** The string's number, for `place`; the empty string has -1. */
  add(text: string): number {
    if (text === '') return -1;
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  /** Lays the strings out; `offset` and `place` answer from here on. */
  finish(): Uint8Array {
    const { texts } = this;
    const count = texts.length;
    const starts = new Int32Array(count);
    const lengths = new Int32Array(count);
    const bytes = encode(texts, starts, lengths);
    const holders = tailHolders({ bytes, starts, lengths, count });
    const places = new Int32Array(count);
    let size = 1;
    for (let i = 0; i < count; i++) {
      if (holders[i] >= 0) continue;
      places[i] = size;
      size += lengths[i] + 1;
    }
    const table = new Uint8Array(size);
    for (let i = 0; i < count; i++) {
      const holder = holders[i];
      if (holder >= 0) {
        places[i] = places[holder] + lengths[holder] - lengths[i];
        continue;
      }
      const end = starts[i] + lengths[i];
      for (let from = starts[i], to = places[i]; from < end; from++, to++) table[to] = bytes[from];
    }
    this.places = places;
    return table;
  }

  /** The offset of an added string. */
  offset(text: string): number {
    return text === '' ? 0 : this.place(this.numbers.get(text) ?? -2, text);
  }

  /** The offset of the string with that number. */
  place(number: number, text = `string ${number}`): number {
    if (number === -1) return 0;
    const place = this.places?.[number];
    if (place === undefined) throw new Error(`'${text}' has no place in the string table`);
    return place;
  }
}

/** The strings one after another in UTF-8. */
function encode(texts: readonly string[], starts: Int32Array, lengths: Int32Array): Uint8Array {
  let room = 0;
  for (const text of texts) room += text.length * 3;
  const bytes = new Uint8Array(room);
  let at = 0;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    starts[i] = at;
    let isAscii = true;
    for (let j = 0; j < text.length && isAscii; j++) {
      const code = text.charCodeAt(j);
      isAscii = code < 0x80;
      bytes[at + j] = code;
    }
    if (isAscii) at += text.length;
    else {
      const encoded = utf8Bytes(text);
      bytes.set(encoded, at);
      at += encoded.length;
    }
    lengths[i] = at - starts[i];
  }
  return bytes;
}
