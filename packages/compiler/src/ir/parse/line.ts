// A line of the text form under a cursor. What does not fit throws a `LineError`, which the readers of whole functions and
// units turn into a diagnostic before they go on with the next line.

/** A line that cannot be understood; columns count from 0. */
export class LineError extends Error {
  readonly start: number;
  readonly end: number;
  constructor(message: string, start: number, end: number) {
    super(message);
    this.start = start;
    this.end = end;
  }
}

const blanks = /[ \t\r]*/y;
const word = /[A-Za-z][\w-]*/y;
const natural = /\d+/y;
const integer = /-?\d+/y;
const string = /"(?:[^"\\]|\\.)*"/y;
const symbolName = /@(?:[\w.$][\w.$@]*|"(?:[^"\\]|\\.)*")/y;

/** The text that `quoted` of print.ts made this from. */
export function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-f]{2})|u\{([0-9a-f]{1,6})\}|(.))/gi,
      (_all, hex?: string, code?: string, plain?: string) => {
        if (plain !== undefined) return plain === 'n' ? '\n' : plain;
        const value = Number.parseInt(hex ?? code ?? '0', 16);
        return value <= 0x10ffff ? String.fromCodePoint(value) : '?';
      },
    );
}

export class Line {
  readonly text: string;
  /** Offset of the line in its file. */
  readonly start: number;
  at = 0;

  constructor(text: string, start: number) {
    this.text = text;
    this.start = start;
    this.skipBlanks();
  }

  /** Back to the first word. */
  restart(): void {
    this.at = 0;
    this.skipBlanks();
  }
  private skipBlanks(): void {
    blanks.lastIndex = this.at;
    blanks.test(this.text);
    this.at = blanks.lastIndex;
  }
  get isEnd(): boolean {
    return this.at >= this.text.length || this.text[this.at] === ';';
  }
  fail(message: string, start = this.at): never {
    throw new LineError(message, start, Math.max(this.at, start + 1));
  }
  private found(): string {
    if (this.isEnd) return 'the end of the line';
    return `'${/^(?:[\w.%@&$-]+|.)/.exec(this.text.slice(this.at))?.[0] ?? ''}'`;
  }

  /** What matches at the cursor, which goes behind it; blanks are skipped where `isLast`. */
  take(pattern: RegExp, isLast = true): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return undefined;
    this.at += match[0].length;
    if (isLast) this.skipBlanks();
    return match[0];
  }
  need(pattern: RegExp, what: string, isLast = true): string {
    return this.take(pattern, isLast) ?? this.fail(`found ${this.found()}, expected ${what}`);
  }
  accept(mark: string): boolean {
    if (!this.text.startsWith(mark, this.at)) return false;
    this.at += mark.length;
    this.skipBlanks();
    return true;
  }
  expect(mark: string): void {
    if (!this.accept(mark)) this.fail(`found ${this.found()}, expected '${mark}'`);
  }
  /** A whole word, if it stands here. */
  acceptWord(text: string): boolean {
    const before = this.at;
    if (this.take(word) === text) return true;
    this.at = before;
    return false;
  }
  word(what: string): string {
    return this.need(word, what);
  }
  string(): string {
    return unquoted(this.need(string, 'a string in quotes'));
  }
  /** A whole number of at most `most`. */
  natural(what: string, most = 0x7fffffff): number {
    const start = this.at;
    const value = Number(this.need(natural, what));
    return value <= most ? value : this.fail(`${value} is too large; the most is ${most}`, start);
  }
  /** A number that fits in 32 bits, signed or not. */
  integer(what: string): number {
    const start = this.at;
    const value = Number(this.need(integer, what));
    const fits = value >= -0x80000000 && value <= 0xffffffff;
    return fits ? value | 0 : this.fail(`${value} does not fit in 32 bits`, start);
  }
  /** `@name`; an offset behind it is left. */
  symbol(): string {
    const text = this.need(symbolName, "a symbol ('@name')", false).slice(1);
    return text.startsWith('"') ? unquoted(text) : text;
  }
  /** `+4`, `-4` right at the cursor, or 0. */
  offset(): number {
    const sign = this.text[this.at];
    if (sign !== '+' && sign !== '-') {
      this.skipBlanks();
      return 0;
    }
    this.at++;
    const value = this.natural('an offset', 0x80000000);
    return (sign === '-' ? -value : value) | 0;
  }
  /** `b7` */
  block(most: number): number {
    const start = this.at;
    const number = Number(this.need(/b\d+/y, "a block ('b1')").slice(1));
    return number <= most ? number : this.fail(`there is no block b${number}`, start);
  }
  end(): void {
    if (!this.isEnd) this.fail(`found ${this.found()}, expected the end of the line`);
  }
}
