// The relocations of a section as they stand in its file: two words for each, no objects. A program
// has tens of thousands of them, which four passes read: they ask by number. Who reads few, or
// once, takes them as a sequence of objects.

import type { InputRelocation, LinkSymbol } from '../model.ts';

/** Words of an entry: its place, and the symbol's index above the type. */
export const entryWords = 2;

export class RelocationList implements Iterable<InputRelocation> {
  readonly length: number;
  private readonly words: Uint32Array;
  private readonly first: number;
  private readonly symbols: readonly (LinkSymbol | undefined)[];

  /** `length` entries of `words`, from word `first` on; `symbols` are the file's, by index. */
  constructor(
    words: Uint32Array,
    first: number,
    length: number,
    symbols: readonly (LinkSymbol | undefined)[],
  ) {
    this.words = words;
    this.first = first;
    this.length = length;
    this.symbols = symbols;
  }

  /** Where entry `i` applies, from the start of the section. */
  offset(i: number): number {
    return this.words[this.first + i * entryWords];
  }

  type(i: number): number {
    return this.words[this.first + i * entryWords + 1] & 0xff;
  }

  /** Of its symbol in the file's table. */
  index(i: number): number {
    return this.words[this.first + i * entryWords + 1] >>> 8;
  }

  /** Undefined where none is named. */
  symbol(i: number): LinkSymbol | undefined {
    return this.symbols[this.words[this.first + i * entryWords + 1] >>> 8];
  }

  at(i: number): InputRelocation {
    return {
      offset: this.offset(i),
      type: this.type(i),
      symbol: this.symbol(i),
      index: this.index(i),
    };
  }

  *[Symbol.iterator](): IterableIterator<InputRelocation> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }
}

export const noRelocations = new RelocationList(new Uint32Array(0), 0, 0, []);
