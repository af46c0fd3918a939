// Finds statements in bytes without understanding them: where one ends, and its first word. Enough
// to see macros, repetitions and conditionals, whose bodies are text, before anything is parsed.

const newline = 10;
const quote = 34;
const apostrophe = 39;
const hash = 35;
const slash = 47;
const star = 42;
const colon = 58;
const semicolon = 59;
const backslash = 92;

/** 1: may stand in a name; 2: blank. */
const classes = new Uint8Array(256);
for (let code = 0; code < 256; code++) {
  if (/[\w.$]/.test(String.fromCharCode(code)) || code >= 128) classes[code] = 1;
}
for (const code of [32, 9, 13, 12]) classes[code] = 2;

/** One statement, filled anew by each `scan`. */
export class Scan {
  /** The first byte that is not blank. */
  start = 0;
  /** The first word behind labels; empty where the statement has none. */
  wordStart = 0;
  wordEnd = 0;
  /** Where the statement's text ends: its terminator or a comment. */
  end = 0;
  /** Where the next statement begins. */
  next = 0;
  /** Where a string begins that goes over lines, or that nothing ends; -1 where there is none. */
  longString = -1;
  isStringOpen = false;

  /** Reads the statement at `at`; `limit` is the end of the text. */
  read(bytes: Uint8Array, at: number, limit: number): void {
    let p = skipBlanks(bytes, at, limit);
    this.longString = -1;
    this.isStringOpen = false;
    this.start = p;
    this.wordStart = p;
    this.wordEnd = p;
    // Labels: words before a colon.
    for (;;) {
      const from = p;
      while (p < limit && classes[bytes[p]] === 1) p++;
      if (p === from) break;
      const after = skipBlanks(bytes, p, limit);
      if (bytes[after] === colon && after < limit) {
        p = skipBlanks(bytes, after + 1, limit);
        this.wordStart = p;
        this.wordEnd = p;
        continue;
      }
      this.wordStart = from;
      this.wordEnd = p;
      break;
    }
    this.finish(bytes, p, limit);
  }

  private finish(bytes: Uint8Array, from: number, limit: number): void {
    let p = from;
    while (p < limit) {
      const byte = bytes[p];
      if (byte === newline || byte === semicolon) {
        this.end = p;
        this.next = p + 1;
        return;
      }
      if (byte === quote) p = this.skipString(bytes, p, limit);
      else if (byte === apostrophe) p = skipCharacter(bytes, p);
      else if (byte === hash) {
        this.end = p;
        const lineEnd = bytes.indexOf(newline, p);
        this.next = lineEnd < 0 || lineEnd >= limit ? limit : lineEnd + 1;
        return;
      } else if (byte === slash && bytes[p + 1] === star) p = skipComment(bytes, p, limit);
      else p++;
    }
    this.end = limit;
    this.next = limit;
  }

  /** Behind the string that opens at `at`; one that is not closed goes to the end of the text. */
  private skipString(bytes: Uint8Array, at: number, limit: number): number {
    for (let p = at + 1; p < limit; p++) {
      const byte = bytes[p];
      if (byte === backslash) p++;
      else if (byte === quote) return p + 1;
      else if (byte === newline && this.longString < 0) this.longString = at;
    }
    this.longString = at;
    this.isStringOpen = true;
    return limit;
  }
}

function skipBlanks(bytes: Uint8Array, at: number, limit: number): number {
  let p = at;
  for (;;) {
    while (p < limit && classes[bytes[p]] === 2) p++;
    if (bytes[p] !== slash || bytes[p + 1] !== star || p + 1 >= limit) return p;
    p = skipComment(bytes, p, limit);
  }
}

/** Behind a character, whose second apostrophe may be absent. */
function skipCharacter(bytes: Uint8Array, at: number): number {
  const p = at + (bytes[at + 1] === backslash ? 3 : 2);
  return bytes[p] === apostrophe ? p + 1 : p;
}

function skipComment(bytes: Uint8Array, at: number, limit: number): number {
  for (let p = at + 2; p + 1 < limit; p++) {
    if (bytes[p] === star && bytes[p + 1] === slash) return p + 2;
  }
  return limit;
}
