// Macros: their definitions, and substitution. A body is text; each piece of an expansion remembers
// where in the definition it came from. macro-arguments.ts has the arguments.

import { latin1Bytes } from '@ring0/bytes';
import type { Expansion } from '@ring0/diagnostics';
import { readArgument } from './macro-arguments.ts';
import type { ArgumentMode } from './macro-arguments.ts';
import { Text } from './text.ts';

export interface Parameter {
  readonly name: string;
  readonly defaultValue: string | undefined;
  readonly isRequired: boolean;
  readonly isRest: boolean;
}

export interface Body {
  readonly text: Text;
  readonly start: number;
  readonly end: number;
}

export interface Macro {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
  /** How often it was used: `\+` from version 2.42 on. */
  uses: number;
}

export interface Definition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly problem: string | undefined;
  readonly warnings: readonly string[];
}

/** What follows `.macro`, scrubbed: a name and parameters with `:req`, `:vararg` and `=default`. */
export function parseDefinition(text: string, mode: ArgumentMode): Definition {
  const match = /^([A-Za-z_.$\x80-\xff][\w.$\x80-\xff]*)[ ,]?/.exec(text);
  if (!match) {
    return { name: '', parameters: [], problem: "'.macro' needs a name", warnings: [] };
  }
  return { name: match[1], ...parseParameters(match[1], text.slice(match[0].length), mode) };
}

/** The parameters of macro `name`. */
export function parseParameters(
  name: string,
  text: string,
  mode: ArgumentMode,
): Omit<Definition, 'name'> {
  const parameters: Parameter[] = [];
  const warnings: string[] = [];
  const failed = (problem: string) => ({ parameters, problem, warnings });
  for (let rest = text; rest !== '';) {
    const next = /^([A-Za-z_.$\x80-\xff][\w.$\x80-\xff]*)(?::([\w.$]*))?(=)?/.exec(rest);
    if (!next) {
      const hint = rest.startsWith('(') ? '; parameters need no parentheses' : '';
      return failed(`'${rest}' is no parameter of macro '${name}'${hint}`);
    }
    const [whole, parameter, qualifier, equals] = next;
    rest = rest.slice(whole.length);
    let defaultValue: string | undefined;
    if (equals) {
      const read = readArgument(rest, 0, mode);
      defaultValue = read.value;
      rest = rest.slice(read.next);
    }
    if (qualifier !== undefined && qualifier !== 'req' && qualifier !== 'vararg') {
      return failed(`':${qualifier}' is neither :req nor :vararg`);
    }
    if (parameters.some((other) => other.name === parameter)) {
      return failed(`the parameter '${parameter}' is there twice`);
    }
    const isRequired = qualifier === 'req';
    if (isRequired && defaultValue !== undefined) {
      warnings.push(`'${parameter}' is required, so that its default value is never used`);
      defaultValue = undefined;
    }
    parameters.push({ name: parameter, defaultValue, isRequired, isRest: qualifier === 'vararg' });
    const isCut = /^ ?,\s*$/.test(rest);
    if (isCut) return failed(`nothing follows the comma behind '${parameter}'`);
    rest = rest.replace(/^[ ,]/, '');
    if (qualifier === 'vararg' && rest !== '') {
      return failed(`'${parameter}:vararg' takes all the rest, but '${rest}' stands behind it`);
    }
  }
  return { parameters, problem: undefined, warnings };
}

/** What an expansion puts in place of the parameters. */
export interface Substitution {
  readonly values: ReadonlyMap<string, string>;
  /** `\@`. */
  readonly count: number;
  /** `\+`; undefined where it means nothing. */
  readonly uses?: number | undefined;
  /** Names without a backslash are parameters too. */
  readonly isAlternate: boolean;
  /** A fresh name for each LOCAL; undefined where LOCAL means nothing. */
  readonly freshName?: (() => string) | undefined;
  readonly report?: ((message: string, start: number) => void) | undefined;
}

const identifier = /[A-Za-z_.$\x80-\xff][\w.$\x80-\xff]*/y;
/** What the walk over a body stops at; in the alternate mode bare names too. */
const stopsPlain = /\\|'\\|&/g;
const stopsAlternate = /\\|'\\|&|[A-Za-z_.$\x80-\xff]|\n|;/g;
const localLine = /[ \t]*local[ \t]+([^\n#;]*)[^\n;]*/iy;

/** The body with its parameters replaced. */
export function substitute(body: Body, how: Substitution, expansion: Expansion): Text {
  return new Substituter(body, how).run(expansion);
}

class Substituter {
  private readonly body: Body;
  private readonly how: Substitution;
  private readonly source: string;
  private readonly values: Map<string, string>;
  private readonly pieces: number[];
  private text = '';
  private at = 0;

  constructor(body: Body, how: Substitution) {
    this.body = body;
    this.how = how;
    this.source = body.text.slice(body.start, body.end);
    this.values = new Map(how.values);
    this.pieces = [0, body.start];
  }

  run(expansion: Expansion): Text {
    const { source, how } = this;
    const stops = how.isAlternate ? stopsAlternate : stopsPlain;
    if (how.isAlternate) this.locals();
    for (;;) {
      stops.lastIndex = this.at;
      const stop = stops.exec(source);
      if (!stop) break;
      this.text += source.slice(this.at, stop.index);
      this.at = stop.index;
      this.stop(stop[0]);
    }
    this.text += source.slice(this.at);
    return Text.expanded(this.body.text, latin1Bytes(this.text), this.pieces, expansion);
  }

  private stop(found: string): void {
    if (found === '\\') this.backslash();
    else if (found === "'\\") {
      // The character of an escape is a number already, and no parameter's name.
      this.copy(this.isInString() ? 1 : 3);
    } else if (found === '&') this.ampersand();
    else if (found === '\n' || found === ';') {
      this.copy(1);
      this.locals();
    } else {
      const name = this.nameAt(this.at) ?? found;
      this.name(name, name.length);
    }
  }

  private isInString(): boolean {
    const lineStart = this.source.lastIndexOf('\n', this.at) + 1;
    const quotes = this.source.slice(lineStart, this.at).match(/\\.|"/g) ?? [];
    return quotes.filter((quote) => quote === '"').length % 2 === 1;
  }

  private copy(count: number): void {
    this.text += this.source.slice(this.at, this.at + count);
    this.at += count;
  }

  /** `count` letters of the body become `value`. */
  private replace(count: number, value: string): void {
    const { start } = this.body;
    this.pieces.push(this.text.length, start + this.at);
    this.text += value;
    this.at += count;
    this.pieces.push(this.text.length, start + this.at);
  }

  private nameAt(at: number): string | undefined {
    identifier.lastIndex = at;
    return identifier.exec(this.source)?.[0];
  }

  private backslash(): void {
    const { source, how, at } = this;
    const next = source[at + 1];
    if (next === '@') return this.replace(2, String(how.count));
    if (next === '+' && how.uses !== undefined) return this.replace(2, String(how.uses));
    if (next === '(') {
      const close = source.indexOf(')', at);
      if (close >= 0) return this.replace(close + 1 - at, source.slice(at + 2, close));
      how.report?.("'\\(' without a ')'", this.body.start + at);
      return this.replace(2, '');
    }
    if (next === '&') return this.copy(2);
    const name = this.nameAt(at + 1);
    if (name === undefined || !this.values.has(name)) return this.copy(1 + (name?.length ?? 0));
    const isEaten = how.isAlternate && source[at + 1 + name.length] === '&';
    this.replace(1 + name.length + (isEaten ? 1 : 0), this.values.get(name) ?? '');
  }

  /** A bare name of the alternate mode, with the & that may follow it. */
  private name(name: string, length: number): void {
    const isEaten = this.source[this.at + length] === '&';
    const value = this.values.get(name);
    if (value === undefined && !isEaten) this.copy(length);
    else this.replace(length + (isEaten ? 1 : 0), value ?? name);
  }

  /** `&name`, `&name&`: a parameter in both modes. */
  private ampersand(): void {
    const name = this.nameAt(this.at + 1);
    if (name === undefined || !this.values.has(name)) return this.copy(1 + (name?.length ?? 0));
    this.name(name, 1 + name.length);
  }

  /** LOCAL at the start of a statement: names for the rest of the body. */
  private locals(): void {
    const { source, how } = this;
    for (;;) {
      localLine.lastIndex = this.at;
      const found = how.freshName ? localLine.exec(source) : null;
      if (!found || !how.freshName) return;
      for (const name of found[1].split(/[ \t,]+/).filter((word) => word !== '')) {
        if (this.values.has(name)) {
          how.report?.(`'${name}' is a parameter or local already`, this.body.start + this.at);
        } else this.values.set(name, how.freshName());
      }
      const isAtLineEnd = source[this.at + found[0].length] === '\n';
      // The blank before it stays, which a listing shows.
      this.replace(found[0].length, /^[ \t]/.test(found[0]) ? ' ' : '');
      if (!isAtLineEnd) return;
      this.copy(1);
    }
  }
}
