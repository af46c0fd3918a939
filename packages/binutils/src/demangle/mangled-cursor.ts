// Where the parser of mangled names is in its text, and what it has seen so far.

import type { MangledNode } from './mangled-node.ts';

/** The text is no mangled name, or one beyond the limits. Never leaves this folder. */
export class NotMangled extends Error {}

/** Rules within rules: more are taken for hostile, and would overflow the stack. */
const depthMax = 600;

export class MangledCursor {
  readonly text: string;
  at = 0;
  readonly seen: MangledNode[] = [];
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  fail(): never {
    throw new NotMangled();
  }

  peek(ahead = 0): string {
    return this.text[this.at + ahead] ?? '';
  }

  pair(): string {
    return this.text.slice(this.at, this.at + 2);
  }

  /** Whether that text is next, which is then behind. */
  eat(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.eat(text)) this.fail();
  }

  /** Runs a rule of the grammar, one deeper. */
  rule(parse: () => MangledNode): MangledNode {
    if (++this.depth > depthMax) this.fail();
    const node = parse();
    this.depth--;
    return node;
  }

  /** Parses something that may fail: then all is as before. */
  attempt(parse: () => MangledNode): MangledNode | undefined {
    const { at, depth } = this;
    const count = this.seen.length;
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof NotMangled)) throw error;
      this.at = at;
      this.depth = depth;
      this.seen.length = count;
      return undefined;
    }
  }

  remember(node: MangledNode): MangledNode {
    this.seen.push(node);
    return node;
  }

  isDigit(): boolean {
    const c = this.peek();
    return c >= '0' && c <= '9';
  }

  digits(): string {
    const from = this.at;
    while (this.isDigit()) this.at++;
    return this.text.slice(from, this.at);
  }

  /** A number, with n for minus. */
  number(): string {
    const sign = this.eat('n') ? '-' : '';
    const digits = this.digits();
    return digits === '' ? this.fail() : sign + digits;
  }

  /** `_` is 0, `0_` is 1 and so on, in decimal digits. */
  ordinal(): number {
    const digits = this.digits();
    this.expect('_');
    return digits === '' ? 0 : Number(digits) + 1;
  }

  /** <source-name>: a length and so many letters. */
  sourceName(): string {
    const length = Number(this.digits());
    const name = this.text.slice(this.at, this.at + length);
    if (length === 0 || name.length !== length) this.fail();
    this.at += length;
    return /^_GLOBAL_[._$]N/.test(name) ? '(anonymous namespace)' : name;
  }

  /** Behind S: `_`, or digits and capital letters to the base of 36 before it. */
  seenBefore(): MangledNode {
    const from = this.at;
    while (/[0-9A-Z]/.test(this.peek())) this.at++;
    const digits = this.text.slice(from, this.at);
    this.expect('_');
    const index = digits === '' ? 0 : Number.parseInt(digits, 36) + 1;
    return this.seen[index] ?? this.fail();
  }
}
