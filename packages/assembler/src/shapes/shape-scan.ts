// The shape of a statement: its bytes with numbers, names and strings replaced by marks, and
// registers that may take each other's place by a mark each. Compilers repeat shapes (SQLite by gcc
// -O2: 248,000 instructions, 1,907 shapes), so that a statement whose shape is known need not be
// parsed again. Scanning makes no objects: the shape's bytes, their hash and the holes are left in
// arrays that the next scan fills anew. What is not written plainly (block comments, strings over
// lines, assignments, ..) is left to the parser.

import { hashFactor, hashStep } from '../object/name-index.ts';
import { registerMarks, registerNumbers, registerSlot, registerWords } from './shape-registers.ts';

/** What a hole holds; the numbers are the marks in the shape. */
export const holeKind = {
  /** A number that `values` has. */
  number: 1,
  /** A name, without an @ and what follows it. */
  name: 2,
  text: 3,
  /** A number that is written otherwise, or is large. */
  oddNumber: 4,
} as const;

export const scanned = { none: 0, label: 1, numberLabel: 2, statement: 3 } as const;

const shapeMax = 1024;
const holesMax = 128;
/** Of registers with a mark; their numbers together fit into 31 bits. */
const registersMax = 10;
const hexDigitsMax = 13;
const decimalDigitsMax = 15;

const classOf = { bad: 0, plain: 1, blank: 2, end: 3, letter: 4, digit: 5, percent: 6 } as const;
const special = { quote: 7, apostrophe: 8, hash: 9, slash: 10 } as const;

const newline = 10;
const doubleQuote = 34;
const apostrophe = 39;
const percent = 37;
const openParenthesis = 40;
const closeParenthesis = 41;
const comma = 44;
const slash = 47;
const star = 42;
const zero = 48;
const nine = 57;
const colon = 58;
const equal = 61;
const at = 64;
const dot = 46;
const backslash = 92;

const classes = new Uint8Array(256);
/** Of names: 1, and 2 for @. Behind the end of a text is `undefined`, which is not above 0. */
const inName = new Uint8Array(256);
for (let code = 0; code < 256; code++) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_.@]/.test(character) || code >= 128) classes[code] = classOf.letter;
  else if (/\d/.test(character)) classes[code] = classOf.digit;
  else if (/[$,()[\]+\-*~!<>|&^={}:]/.test(character)) classes[code] = classOf.plain;
  else if (/[ \t\r\f]/.test(character)) classes[code] = classOf.blank;
  if (/[\w.$]/.test(character) || code >= 128) inName[code] = 1;
}
inName[at] = 2;
classes[newline] = classOf.end;
classes[59] = classOf.end;
classes[percent] = classOf.percent;
classes[doubleQuote] = special.quote;
classes[apostrophe] = special.apostrophe;
classes[35] = special.hash;
classes[slash] = special.slash;

export const isBlank = (byte: number): boolean => classes[byte] === classOf.blank;

const hashOf = (word: string) => [...word].reduce((hash, c) => hashStep(hash, c.charCodeAt(0)), 0);

/** Words behind which another mnemonic may stand. */
const prefixHashes = new Set(
  (
    'rep repe repz repne repnz lock addr16 addr32 data16 data32 notrack bnd cs ds es fs gs ss ' +
    'xacquire xrelease rex rex64 rex.w rex.r rex.x rex.b rex.wr rex.wx rex.wb rex.wrb'
  )
    .split(' ')
    .map(hashOf),
);
/** By the low bits of a hash: 0 where no prefix has them, which is so for nearly every word. */
const prefixBits = new Uint8Array(1024);
for (const hash of prefixHashes) prefixBits[hash & 1023] = 1;
const isPrefix = (hash: number) => prefixBits[hash & 1023] === 1 && prefixHashes.has(hash);
/** Has words among its arguments, which tell from names by having no dot in front. */
const locationHash = hashOf('.loc');

export class ShapeScan {
  readonly shape: Uint8Array = new Uint8Array(shapeMax + 64);
  length = 0;
  hash = 0;
  holes = 0;
  readonly kinds: Uint8Array = new Uint8Array(holesMax + 1);
  readonly starts: Int32Array = new Int32Array(holesMax + 1);
  readonly ends: Int32Array = new Int32Array(holesMax + 1);
  readonly hashes: Int32Array = new Int32Array(holesMax + 1);
  readonly values: Float64Array = new Float64Array(holesMax + 1);
  /** The registers with a mark: what their numbers in an encoding are, and where they stand. */
  registers = 0;
  readonly registerNumbers: Uint8Array = new Uint8Array(registersMax + 1);
  readonly registerStarts: Int32Array = new Int32Array(registersMax + 1);
  readonly registerEnds: Int32Array = new Int32Array(registersMax + 1);
  /** Behind the last letter of the statement. */
  end = 0;
  /** Where the next statement begins. */
  next = 0;
  /** The first word; of a label its name. */
  wordEnd = 0;
  wordHash = 0;
  private isPlain = true;
  /** The next name belongs to the shape. */
  private takesWord = false;
  /** Registers may have marks: not in directives, nor where names may be registers. */
  private marksRegisters = false;

  /**
   * Scans the label or statement at `start`, which is no blank; `seed` begins the hash. Where names
   * may be registers they belong to the shape, unless a dot stands in front.
   */
  scan(bytes: Uint8Array, start: number, limit: number, seed: number, isNaked: boolean): number {
    const first = classes[bytes[start]];
    if (first === classOf.digit) return this.numberLabel(bytes, start, limit);
    if (first !== classOf.letter) return scanned.none;
    let p = start;
    let hash = 0;
    while (inName[bytes[p]] === 1) hash = (Math.imul(hash, hashFactor) + bytes[p++]) | 0;
    this.wordEnd = p;
    this.wordHash = hash;
    if (bytes[p] === colon && p < limit) {
      this.next = p + 1;
      return scanned.label;
    }
    if (p === start || p - start > 64) return scanned.none;
    this.length = 0;
    this.hash = seed;
    this.holes = 0;
    this.registers = 0;
    this.isPlain = true;
    this.marksRegisters = !isNaked && bytes[start] !== dot;
    this.literal(bytes, start, p);
    this.takesWord = isPrefix(hash);
    const isWordy = isNaked || hash === locationHash;
    return this.rest(bytes, p, limit, isWordy) ? scanned.statement : scanned.none;
  }

  private numberLabel(bytes: Uint8Array, start: number, limit: number): number {
    let p = start;
    while (p < limit && bytes[p] >= zero && bytes[p] <= nine) p++;
    if (p >= limit || bytes[p] !== colon || p - start > 8) return scanned.none;
    if (bytes[start] === zero && p - start > 1) return scanned.none;
    this.wordEnd = p;
    this.next = p + 1;
    return scanned.numberLabel;
  }

  /** From the first word's end on; false where the parser has to see the statement. */
  private rest(bytes: Uint8Array, from: number, limit: number, isWordy: boolean): boolean {
    let p = from;
    let isFirst = true;
    while (p < limit) {
      const byte = bytes[p];
      switch (classes[byte]) {
        case classOf.letter:
          p = this.name(bytes, p, isWordy);
          break;
        case classOf.digit:
          p = this.number(bytes, p);
          break;
        case classOf.blank: {
          const blanks = p;
          do p++;
          while (p < limit && classes[bytes[p]] === classOf.blank);
          const next = p < limit ? classes[bytes[p]] : classOf.end;
          if (next === classOf.end || next === special.hash) {
            this.end = blanks;
            return this.finish(bytes, p, limit);
          }
          if (isFirst && (bytes[p] === equal || bytes[p] === colon)) return false;
          this.literal(bytes, blanks, p);
          break;
        }
        case classOf.percent:
          p = this.register(bytes, p);
          break;
        case special.quote:
          p = this.text(bytes, p, limit);
          break;
        case special.apostrophe:
          p = this.character(bytes, p);
          break;
        case classOf.end:
        case special.hash:
          this.end = p;
          return this.finish(bytes, p, limit);
        case classOf.bad:
          return false;
        default:
          if (byte === equal && isFirst) return false;
          if (byte === slash && bytes[p + 1] === star) return false;
          this.shape[this.length++] = byte;
          this.hash = hashStep(this.hash, byte);
          p++;
      }
      isFirst = false;
      if (!this.isPlain || this.length > shapeMax || this.holes >= holesMax) return false;
    }
    this.end = p;
    return p === limit && this.finish(bytes, p, limit);
  }

  private finish(bytes: Uint8Array, p: number, limit: number): boolean {
    if (p >= limit) this.next = limit;
    else if (classes[bytes[p]] === classOf.end) this.next = p + 1;
    else {
      const lineEnd = bytes.indexOf(newline, p);
      this.next = lineEnd < 0 || lineEnd >= limit ? limit : lineEnd + 1;
    }
    return true;
  }

  private literal(bytes: Uint8Array, from: number, to: number): void {
    const { shape } = this;
    let { length, hash } = this;
    if (length + to - from > shape.length) {
      this.isPlain = false;
      return;
    }
    for (let p = from; p < to; p++) {
      const byte = bytes[p];
      shape[length++] = byte;
      hash = (Math.imul(hash, hashFactor) + byte) | 0;
    }
    this.length = length;
    this.hash = hash;
  }

  private hole(kind: number, start: number, end: number): void {
    const index = this.holes++;
    this.kinds[index] = kind;
    this.starts[index] = start;
    this.ends[index] = end;
    this.shape[this.length++] = kind;
    this.hash = hashStep(this.hash, kind);
  }

  private name(bytes: Uint8Array, start: number, isWordy: boolean): number {
    let p = start;
    let hash = 0;
    while (inName[bytes[p]] === 1) hash = (Math.imul(hash, hashFactor) + bytes[p++]) | 0;
    const end = p;
    while (inName[bytes[p]] > 0) p++;
    const isDot = end === start + 1 && bytes[start] === dot;
    if (this.takesWord || end === start || isDot || (isWordy && bytes[start] !== dot)) {
      this.takesWord = this.takesWord && isPrefix(hash);
      this.literal(bytes, start, p);
      return p;
    }
    this.hashes[this.holes] = hash;
    this.hole(holeKind.name, start, end);
    if (p > end) this.literal(bytes, end, p);
    return p;
  }

  private number(bytes: Uint8Array, start: number): number {
    if (bytes[start] === zero && (bytes[start + 1] | 32) === 120) {
      return this.hexadecimal(bytes, start);
    }
    let p = start;
    let value = 0;
    for (let digit = bytes[p]; digit >= zero && digit <= nine; digit = bytes[++p]) {
      value = value * 10 + digit - zero;
    }
    const count = p - start;
    if (inName[bytes[p]] > 0) {
      const isShort = count <= 4 && !(inName[bytes[p + 1]] > 0);
      if (isShort && (bytes[p] === 102 || bytes[p] === 98)) {
        this.literal(bytes, start, p + 1);
        return p + 1;
      }
      return this.oddNumber(bytes, start);
    }
    if (count === 1 && bytes[p] === closeParenthesis && bytes[start - 1] === comma) {
      // The scale of an index decides about the encoding.
      this.literal(bytes, start, p);
      return p;
    }
    if (count > decimalDigitsMax || (count > 1 && bytes[start] === zero)) {
      return this.oddNumber(bytes, start);
    }
    this.values[this.holes] = value;
    this.hole(holeKind.number, start, p);
    return p;
  }

  private hexadecimal(bytes: Uint8Array, start: number): number {
    let p = start + 2;
    let value = 0;
    for (; ; p++) {
      const byte = bytes[p];
      if (byte >= zero && byte <= nine) value = value * 16 + byte - zero;
      else {
        const letter = byte | 32;
        if (letter < 97 || letter > 102) break;
        value = value * 16 + letter - 87;
      }
    }
    const count = p - start - 2;
    if (count === 0 || count > hexDigitsMax || inName[bytes[p]] > 0) {
      return this.oddNumber(bytes, start);
    }
    this.values[this.holes] = value;
    this.hole(holeKind.number, start, p);
    return p;
  }

  private oddNumber(bytes: Uint8Array, start: number): number {
    let p = start;
    while (inName[bytes[p]] > 0) {
      if (bytes[p++] >= 128) this.isPlain = false;
    }
    this.hole(holeKind.oddNumber, start, p);
    return p;
  }

  /** `%eax`, and `%st(1)` as a whole; or the operator. */
  private register(bytes: Uint8Array, start: number): number {
    let p = start + 1;
    while (inName[bytes[p]] === 1 && bytes[p] !== 36) p++;
    if (this.marksRegisters && p - start >= 3 && p - start <= 5) {
      let word = bytes[start + 1] | (bytes[start + 2] << 8);
      if (p - start > 3) word |= bytes[start + 3] << 16;
      if (p - start > 4) word |= bytes[start + 4] << 24;
      const slot = registerSlot(word);
      if (registerWords[slot] === word) {
        this.mark(slot, start, p);
        return p;
      }
    }
    const isStack = p - start === 3 && (bytes[p - 2] | 32) === 115 && (bytes[p - 1] | 32) === 116;
    if (isStack) {
      let open = p;
      while (classes[bytes[open]] === classOf.blank) open++;
      if (bytes[open] === openParenthesis) {
        let close = open + 1;
        while (classes[bytes[close]] === classOf.blank) close++;
        close++;
        while (classes[bytes[close]] === classOf.blank) close++;
        if (bytes[close] !== closeParenthesis) this.isPlain = false;
        else p = close + 1;
      }
    }
    this.literal(bytes, start, p);
    return p;
  }

  private mark(slot: number, start: number, end: number): void {
    const index = this.registers++;
    if (index >= registersMax) this.isPlain = false;
    else {
      this.registerNumbers[index] = registerNumbers[slot];
      this.registerStarts[index] = start;
      this.registerEnds[index] = end;
    }
    const mark = registerMarks[slot];
    this.shape[this.length++] = percent;
    this.shape[this.length++] = mark;
    this.hash = hashStep(hashStep(this.hash, percent), mark);
  }

  private text(bytes: Uint8Array, start: number, limit: number): number {
    let p = start + 1;
    while (p < limit && bytes[p] !== doubleQuote) {
      if (bytes[p] === backslash) p++;
      if (bytes[p] === newline) break;
      p++;
    }
    if (p >= limit || bytes[p] !== doubleQuote) this.isPlain = false;
    this.hole(holeKind.text, start, p + 1);
    return p + 1;
  }

  private character(bytes: Uint8Array, start: number): number {
    let p = start + 1;
    if (bytes[p] === backslash) p++;
    if (bytes[p] === newline || p + 1 >= bytes.length) this.isPlain = false;
    p++;
    if (bytes[p] === apostrophe) p++;
    this.literal(bytes, start, p);
    return p;
  }
}
