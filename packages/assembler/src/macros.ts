// Macros: their parameters, the splitting of arguments, and substitution. A body is text; each
// piece of an expansion remembers where in the definition it came from.

import type { Expansion } from '@ring0/diagnostics';
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
}

/** Bytes beside which GNU as keeps a blank between words; beside all others it drops it. */
const joins = /[\w.$\x80-\xff*%([{}\\"'@-]/;

/** Comments away, blanks as GNU as sees them; strings stay as they are. */
export function tidyBlanks(text: string): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    const letter = text[at];
    if (letter === '"') {
      const end = stringEnd(text, at);
      result += text.slice(at, end);
      at = end;
    } else if (/\s/.test(letter) || text.startsWith('/*', at)) {
      at = blankEnd(text, at);
      const before = result.at(-1);
      if (before === undefined || at >= text.length) continue;
      if (joins.test(before) && joins.test(text[at])) result += ' ';
    } else {
      result += letter;
      at++;
    }
  }
  return result;
}

function blankEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    if (at < text.length && /\s/.test(text[at])) at++;
    else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2);
      at = close < 0 ? text.length : close + 2;
    } else return at;
  }
}

function stringEnd(text: string, at: number): number {
  for (let p = at + 1; p < text.length; p++) {
    if (text[p] === '\\') p++;
    else if (text[p] === '"') return p + 1;
  }
  return text.length;
}

/** One argument from `at`: a string without its quotes, or text up to a blank or comma. */
function readArgument(
  text: string,
  at: number,
): { value: string; next: number; isString: boolean } {
  if (text[at] === '"') {
    const next = stringEnd(text, at);
    const value = text.slice(at + 1, next - 1).replace(/""/g, '"');
    return { value, next, isString: true };
  }
  const open: string[] = [];
  let p = at;
  while (p < text.length && text[p] !== ',' && (open.length > 0 || text[p] !== ' ')) {
    const letter = text[p];
    if (letter === '"') {
      p = stringEnd(text, p);
      continue;
    }
    if (letter === '(' || letter === '[') open.push(letter);
    else if (letter === ')' || letter === ']') open.pop();
    p++;
  }
  return { value: text.slice(at, p), next: p, isString: false };
}

/** Values separated by commas or blanks. */
export function splitValues(text: string): string[] {
  const clean = tidyBlanks(text);
  const values: string[] = [];
  for (let at = 0; at < clean.length;) {
    const { value, next } = readArgument(clean, at);
    values.push(value);
    at = next;
    if (clean[at] === ',') {
      at++;
      if (at === clean.length) values.push('');
    } else if (clean[at] === ' ') at++;
  }
  return values;
}

export interface Definition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly problem: string | undefined;
}

/** What follows `.macro`: a name and parameters with `:req`, `:vararg` and `=default`. */
export function parseDefinition(text: string): Definition {
  const clean = tidyBlanks(text);
  const match = /^([\w.$\x80-\xff]+)\s*[,(]?\s*/.exec(clean);
  if (!match) return { name: '', parameters: [], problem: "'.macro' needs a name" };
  const parameters: Parameter[] = [];
  let rest = clean.slice(match[0].length);
  if (match[0].includes('(')) rest = rest.replace(/\)\s*$/, '');
  while (rest !== '') {
    const next = /^([\w.$\x80-\xff]+)(?::(\w+))?(=)?/.exec(rest);
    if (!next) {
      return { name: match[1], parameters, problem: `'${rest}' is no parameter` };
    }
    const [whole, name, qualifier, equals] = next;
    rest = rest.slice(whole.length);
    let defaultValue: string | undefined;
    if (equals) {
      const read = readArgument(rest, 0);
      defaultValue = read.value;
      rest = rest.slice(read.next);
    }
    if (qualifier !== undefined && qualifier !== 'req' && qualifier !== 'vararg') {
      return { name: match[1], parameters, problem: `':${qualifier}' is neither :req nor :vararg` };
    }
    if (parameters.some((parameter) => parameter.name === name)) {
      return { name: match[1], parameters, problem: `the parameter '${name}' is there twice` };
    }
    const isRest = qualifier === 'vararg';
    parameters.push({ name, defaultValue, isRequired: qualifier === 'req', isRest });
    rest = rest.replace(/^[ ,]+/, '');
  }
  return { name: match[1], parameters, problem: undefined };
}

/** The value of each parameter of a use; problems go to `report`. */
export function bindArguments(
  macro: Macro,
  text: string,
  report: (message: string, extra: string) => void,
): Map<string, string> {
  const clean = tidyBlanks(text);
  const values = new Map<string, string>();
  let position = 0;
  for (let at = 0; at < clean.length;) {
    const named = /^([\w.$]+)=(?!=)/.exec(clean.slice(at));
    const target = named && macro.parameters.find((parameter) => parameter.name === named[1]);
    if (named && target) at += named[0].length;
    const parameter = target ?? macro.parameters[position++];
    if (!parameter) {
      const extra = clean.slice(at);
      const { length } = macro.parameters;
      const taken = length === 1 ? '1 argument' : `${length} arguments`;
      report(`macro '${macro.name}' takes ${taken}, found '${extra}' as well`, extra);
      break;
    }
    if (parameter.isRest) {
      values.set(parameter.name, clean.slice(at));
      break;
    }
    const { value, next } = readArgument(clean, at);
    if (value !== '' || next > at) values.set(parameter.name, value);
    at = next;
    if (clean[at] === ',' || clean[at] === ' ') at++;
  }
  for (const { name, defaultValue, isRequired } of macro.parameters) {
    if ((values.get(name) ?? '') !== '') continue;
    if (isRequired) report(`macro '${macro.name}' needs a value for '${name}'`, '');
    values.set(name, defaultValue ?? '');
  }
  return values;
}

/** The body with `\name`, `\@` and `\()` replaced. */
export function substitute(
  body: Body,
  values: ReadonlyMap<string, string>,
  count: number,
  expansion: Expansion,
): Text {
  const source = body.text.slice(body.start, body.end);
  const pieces: number[] = [0, body.start];
  let text = '';
  let at = 0;
  for (;;) {
    const slash = source.indexOf('\\', at);
    if (slash < 0) break;
    text += source.slice(at, slash);
    const name = /^[A-Za-z_.$\x80-\xff][\w.$\x80-\xff]*/.exec(source.slice(slash + 1, slash + 129));
    let value: string | undefined;
    let length = 1;
    if (source[slash + 1] === '@') [value, length] = [String(count), 2];
    else if (source.startsWith('()', slash + 1)) [value, length] = ['', 3];
    else if (name) {
      value = values.get(name[0]);
      length = 1 + name[0].length;
      // `\a.b` may mean the parameter a and the text `.b`.
      if (value === undefined) {
        const short = /^[A-Za-z_]\w*/.exec(name[0]);
        if (short && values.has(short[0])) {
          value = values.get(short[0]);
          length = 1 + short[0].length;
        }
      }
    } else if (source[slash + 1] === '\\') length = 2;
    pieces.push(text.length, body.start + slash);
    text += value ?? source.slice(slash, slash + length);
    at = slash + length;
    pieces.push(text.length, body.start + at);
  }
  text += source.slice(at);
  return Text.expanded(body.text, text, pieces, expansion);
}
