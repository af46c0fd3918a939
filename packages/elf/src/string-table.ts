// A string table whose strings share tails (".rel.text" holds ".text"), laid out in the order of
// first use, as BFD does it. Strings are added first and have an offset once `finish` has run.

import { utf8Bytes } from '@ring0/bytes';

export class StringTable {
  private readonly offsets = new Map<string, number>([['', 0]]);

  add(text: string): void {
    if (!this.offsets.has(text)) this.offsets.set(text, -1);
  }

  /** Lays the strings out; `offset` answers from here on. */
  finish(): Uint8Array {
    const encoded = new Map<string, Uint8Array>();
    for (const text of this.offsets.keys()) if (text !== '') encoded.set(text, utf8Bytes(text));
    const byTail = [...encoded].sort((a, b) => compareReversed(a[1], b[1]));
    const holders = new Map<string, readonly [string, Uint8Array]>();
    let holder = byTail.at(-1);
    for (let i = byTail.length - 2; i >= 0; i--) {
      const entry = byTail[i];
      if (holder && isTail(entry[1], holder[1])) holders.set(entry[0], holder);
      else holder = entry;
    }
    let size = 1;
    for (const [text, bytes] of encoded) {
      if (holders.has(text)) continue;
      this.offsets.set(text, size);
      size += bytes.length + 1;
    }
    const table = new Uint8Array(size);
    for (const [text, bytes] of encoded) {
      const held = holders.get(text);
      if (held) {
        const start = this.offset(held[0]);
        this.offsets.set(text, start + held[1].length - bytes.length);
      } else table.set(bytes, this.offset(text));
    }
    return table;
  }

  /** The offset of an added string. */
  offset(text: string): number {
    const offset = this.offsets.get(text);
    if (offset === undefined || offset < 0)
      throw new Error(`'${text}' has no place in the string table`);
    return offset;
  }
}

/** Orders by the last byte first; a tail precedes what it ends. */
function compareReversed(a: Uint8Array, b: Uint8Array): number {
  let i = a.length;
  let j = b.length;
  while (i > 0 && j > 0) {
    const difference = a[--i] - b[--j];
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function isTail(tail: Uint8Array, whole: Uint8Array): boolean {
  const shift = whole.length - tail.length;
  if (shift < 0) return false;
  for (let i = tail.length - 1; i >= 0; i--) if (tail[i] !== whole[i + shift]) return false;
  return true;
}
