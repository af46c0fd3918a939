// Interned spellings. A token's text is a number, equal texts have equal numbers, and comparing
// names is comparing integers. Spellings are Latin-1 strings: one character for each source byte.
// Punctuators have fixed numbers, so that parsers can switch on them.

import { latin1Text } from '@ring0/bytes';

/**
 * Atom number of a punctuator = its index here + 1. Digraphs come last, in the order of
 * `DIGRAPH_MEANINGS`.
 */
export const PUNCTUATORS: readonly string[] =
  `[ ] ( ) { } . -> ++ -- & * + - ~ ! / % << >> < > <= >= == != ^ | && || ? : ; ... = *= /=
  %= += -= <<= >>= &= ^= |= , # ## <: :> <% %> %: %:%:`.split(/\s+/);

const DIGRAPH_MEANINGS = '[ ] { } # ##'.split(' ');
const DIGRAPH_FIRST = PUNCTUATORS.indexOf('<:') + 1;

/** The atom that a digraph stands for; other atoms stand for themselves. */
export function punctuatorMeaning(atom: number): number {
  const index = atom - DIGRAPH_FIRST;
  if (index < 0 || index >= DIGRAPH_MEANINGS.length) return atom;
  return PUNCTUATORS.indexOf(DIGRAPH_MEANINGS[index]) + 1;
}

const HASH_SEED = 0x811c9dc5;

/** The table of spellings of one compilation. Atom 0 is the empty text. */
export class Atoms {
  private texts: string[] = [''];
  private hashes: Int32Array = new Int32Array(4096);
  private slots: Int32Array = new Int32Array(8192);

  constructor() {
    for (const text of PUNCTUATORS) this.intern(text);
  }

  get count(): number {
    return this.texts.length;
  }

  /** The spelling of an atom. */
  text(atom: number): string {
    return this.texts[atom];
  }

  /** The atom of a spelling, made if need be. */
  intern(text: string): number {
    let hash = HASH_SEED;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    const mask = this.slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const atom = this.slots[slot];
      if (atom === 0) return this.add(text, hash, slot);
      if (this.hashes[atom] === hash && this.texts[atom] === text) return atom;
    }
  }

  /** The atom of `bytes[start..end)`. */
  internBytes(bytes: Uint8Array, start: number, end: number): number {
    let hash = HASH_SEED;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    const mask = this.slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const atom = this.slots[slot];
      if (atom === 0) return this.add(latin1Text(bytes, start, end), hash, slot);
      if (this.hashes[atom] !== hash) continue;
      const text = this.texts[atom];
      if (text.length !== end - start) continue;
      let at = 0;
      while (at < text.length && text.charCodeAt(at) === bytes[start + at]) at++;
      if (at === text.length) return atom;
    }
  }

  private add(text: string, hash: number, slot: number): number {
    if (text === '') return 0;
    const atom = this.texts.length;
    this.texts.push(text);
    if (atom >= this.hashes.length) {
      const grown = new Int32Array(this.hashes.length * 2);
      grown.set(this.hashes);
      this.hashes = grown;
    }
    this.hashes[atom] = hash;
    this.slots[slot] = atom;
    if (atom * 2 > this.slots.length) this.rehash();
    return atom;
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let atom = 1; atom < this.texts.length; atom++) {
      const hash = this.hashes[atom];
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = atom;
    }
  }
}
