// The search of an archive for what is undefined (GNU ld's order: the symbol index is gone through
// in order, and again as long as a member that came brought a new name). The index of a libc has
// thousands of names and is searched several times, so it is hashed once, as bytes, and asked for
// the names that came up since; only what has the hash of one is looked at in each search.

import { utf8Bytes } from '@ring0/bytes';
import type { ArchiveIndex, ArchiveView } from '@ring0/elf';
import type { LinkSymbol } from '../model.ts';

/** Hashes of names, in the order in which they came up. */
export class NameHashes {
  readonly symbols: LinkSymbol[] = [];
  hashes = new Int32Array(1024);

  add(symbol: LinkSymbol): void {
    const { length } = this.symbols;
    if (length === this.hashes.length) {
      const grown = new Int32Array(length * 2);
      grown.set(this.hashes);
      this.hashes = grown;
    }
    this.hashes[length] = hashOf(symbol.name);
    this.symbols.push(symbol);
  }
}

const step = (hash: number, byte: number): number => (Math.imul(hash, 31) + byte) | 0;

function hashOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 0x80) return utf8Bytes(name).reduce(step, 0);
    hash = step(hash, code);
  }
  return hash;
}

export class ArchiveSearch {
  readonly path: string;
  readonly view: ArchiveView;
  /** Offsets of the members that were taken. */
  readonly taken = new Set<number>();
  private readonly index: ArchiveIndex | undefined;
  /** By entry of the index: where its name begins, its hash, the next entry in its chain. */
  private readonly starts: Int32Array;
  private readonly hashes: Int32Array;
  private readonly next: Int32Array;
  /** Chains of entries by hash; -1: none. */
  private readonly first: Int32Array;
  /** 1: the entry may be of a name that something refers to. */
  private readonly isWanted: Uint8Array;
  /** Names before this one have been asked for. */
  private seen = 0;

  constructor(path: string, view: ArchiveView) {
    this.path = path;
    this.view = view;
    this.index = view.index;
    const count = view.index?.count ?? 0;
    let room = 16;
    while (room < count) room *= 2;
    this.starts = new Int32Array(count);
    this.hashes = new Int32Array(count);
    this.next = new Int32Array(count);
    this.first = new Int32Array(room).fill(-1);
    this.isWanted = new Uint8Array(count);
    this.enter(view.index?.names ?? new Uint8Array(0));
  }

  private enter(names: Uint8Array): void {
    const { starts, hashes, next, first } = this;
    for (let i = 0, at = 0; i < starts.length; i++) {
      starts[i] = at;
      let hash = 0;
      for (; at < names.length && names[at] !== 0; at++) hash = step(hash, names[at]);
      at++;
      hashes[i] = hash;
      const slot = hash & (first.length - 1);
      next[i] = first[slot];
      first[slot] = i;
    }
  }

  /** Marks the entries that may be of names that came up since the last call. */
  private ask({ symbols, hashes: asked }: NameHashes): void {
    const { hashes, next, first, isWanted } = this;
    const mask = first.length - 1;
    for (; this.seen < symbols.length; this.seen++) {
      if (symbols[this.seen].state !== 'undefined') continue;
      const hash = asked[this.seen];
      for (let i = first[hash & mask]; i >= 0; i = next[i]) {
        if (hashes[i] === hash) isWanted[i] = 1;
      }
    }
  }

  /**
   * The first entry of the index, from number `from` on, that may define one of `names` that is
   * undefined; -1: none.
   */
  find(names: NameHashes, from: number): number {
    this.ask(names);
    return this.isWanted.indexOf(1, from);
  }

  /** Entry `i` is not to be found again, unless its name comes up anew. */
  forget(i: number): void {
    this.isWanted[i] = 0;
  }

  /** The index has the name. */
  has(name: string): boolean {
    const hash = hashOf(name);
    for (let i = this.first[hash & (this.first.length - 1)]; i >= 0; i = this.next[i]) {
      if (this.hashes[i] === hash && this.name(i) === name) return true;
    }
    return false;
  }

  name(i: number): string {
    return this.index?.nameAt(this.starts[i]) ?? '';
  }

  /** Where the header of the member is that defines it. */
  offset(i: number): number {
    return this.index?.offset(i) ?? 0;
  }
}
