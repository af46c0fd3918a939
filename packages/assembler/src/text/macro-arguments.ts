// The arguments of macros and repetitions: how a text splits into them, and which parameter gets
// which. All texts here are scrubbed. In `.altmacro` mode <..> and "..." are strings, and %x stands
// for the value of x.

import type { Macro, Parameter } from './macros.ts';
import { stringEnd } from './scrub.ts';

/** How arguments are read. */
export interface ArgumentMode {
  readonly isAlternate: boolean;
  /** The value of an expression in decimal; reports by itself where there is none. */
  readonly evaluate: (expression: string) => string;
}

interface Argument {
  readonly value: string;
  readonly next: number;
}

/** Strings with nothing between them, without their quotes. */
function strings(text: string, at: number, isAlternate: boolean): Argument {
  let value = '';
  let p = at;
  for (;;) {
    if (text[p] === '<' && isAlternate) {
      const part = angles(text, p);
      value += part.value;
      p = part.next;
    } else if (text[p] === '"') {
      const end = stringEnd(text, p);
      const isClosed = end - p > 1 && text[end - 1] === '"';
      const inner = text.slice(p + 1, isClosed ? end - 1 : end);
      value += isAlternate ? inner.replaceAll(/!(.)/g, '$1') : inner;
      p = end;
      // A quote that is there twice stands for one.
      if (text[p] === '"') value += '"';
    } else return { value, next: p };
  }
}

/** `<..>`, where ! takes the next letter as it is, and inner pairs stay. */
function angles(text: string, at: number): Argument {
  let value = '';
  let depth = 1;
  let p = at + 1;
  for (; p < text.length; p++) {
    const letter = text[p];
    if (letter === '!' && p + 1 < text.length) {
      value += text[++p];
      continue;
    }
    if (letter === '<') depth++;
    else if (letter === '>' && --depth === 0) return { value, next: p + 1 };
    value += letter;
  }
  return { value, next: p };
}

/** Where the expression behind a % ends: at a comma, or a blank outside of parentheses. */
function expressionEnd(text: string, at: number): number {
  let depth = 0;
  let hasOperand = false;
  for (let p = at; p < text.length; p++) {
    const letter = text[p];
    if (letter === ',') return p;
    if (letter === ' ') {
      if (depth === 0 && hasOperand && !/[-+*/%|&^!<>]/.test(text[p + 1] ?? '')) return p;
    } else if (letter === '(') {
      if (depth === 0 && hasOperand) return p;
      depth++;
    } else if (letter === ')') {
      depth--;
      hasOperand = true;
    } else hasOperand = /[\w.$)]/.test(letter);
  }
  return text.length;
}

/** One argument from `at`. */
export function readArgument(text: string, at: number, mode: ArgumentMode): Argument {
  const { isAlternate } = mode;
  if (text[at] === '%' && isAlternate) {
    const next = expressionEnd(text, at + 1);
    return { value: mode.evaluate(text.slice(at + 1, next)), next };
  }
  if (text[at] === '"') {
    const found = strings(text, at, isAlternate);
    return isAlternate ? { ...found, value: `"${found.value}"` } : found;
  }
  if (text[at] === '<' && isAlternate) return strings(text, at, true);
  const open: string[] = [];
  let p = at;
  while (p < text.length && text[p] !== ',' && (open.length > 0 || text[p] !== ' ')) {
    const letter = text[p];
    if (letter === '<' && isAlternate) break;
    if (letter === '"') {
      p = stringEnd(text, p);
      continue;
    }
    if (letter === '(' || letter === '[') open.push(letter);
    else if (letter === ')' || letter === ']') open.pop();
    p++;
  }
  return { value: text.slice(at, p), next: p };
}

/** Behind the blank or comma that follows an argument. */
function separatorEnd(text: string, at: number): number {
  return text[at] === ',' || text[at] === ' ' ? at + 1 : at;
}

/** The values of `.irp`; at least one, which may be empty. */
export function splitValues(text: string, mode: ArgumentMode): string[] {
  const values: string[] = [];
  for (let at = 0; at < text.length;) {
    const { value, next } = readArgument(text, at, mode);
    values.push(value);
    const after = separatorEnd(text, next);
    at = Math.max(after, at + 1);
  }
  return values.length === 0 ? [''] : values;
}

/** The letters of `.irpc`: all but blanks, and in quotes those too. */
export function splitLetters(text: string): string[] {
  const isQuoted = text.startsWith('"');
  const inner = isQuoted ? text.slice(1).replace(/"$/, '') : text.replaceAll(' ', '');
  return inner === '' ? [''] : [...inner];
}

/** A problem with arguments; `extra` is the text it is about, where there is one. */
export type ReportArgument = (
  severity: 'error' | 'warning',
  message: string,
  extra: string,
) => void;

/** The value of each parameter of a use; undefined where there was an error. */
export function bindArguments(
  macro: Macro,
  text: string,
  mode: ArgumentMode,
  report: ReportArgument,
): Map<string, string> | undefined {
  const values = new Map<string, string>();
  const { name: macroName, parameters } = macro;
  let position = 0;
  let hasKeywords = false;
  const fail = (message: string, extra: string): undefined => {
    report('error', message, extra);
  };
  for (let at = 0; at < text.length;) {
    const keyword = /^[^"(, =]*=/.exec(text.slice(at, at + 4096))?.[0].slice(0, -1);
    let parameter: Parameter | undefined = parameters[position];
    if (keyword !== undefined) {
      parameter = parameters.find(({ name }) => name === keyword);
      if (!parameter) return fail(`macro '${macroName}' has no parameter '${keyword}'`, keyword);
      if (values.has(keyword)) {
        report('warning', `'${keyword}' of macro '${macroName}' has a value already`, keyword);
      }
      hasKeywords = true;
      at += keyword.length + 1;
    } else {
      const extra = text.slice(at);
      if (hasKeywords) {
        return fail(`'${extra}' has no name, but stands behind an argument with one`, extra);
      }
      if (!parameter) {
        const taken = parameters.length === 1 ? '1 argument' : `${parameters.length} arguments`;
        return fail(`macro '${macroName}' takes ${taken}, found '${extra}' as well`, extra);
      }
      position++;
    }
    if (parameter.isRest) {
      values.set(parameter.name, text.slice(at));
      break;
    }
    const { value, next } = readArgument(text, at, mode);
    if (value !== '' || next > at || keyword !== undefined) values.set(parameter.name, value);
    at = separatorEnd(text, next);
  }
  return withDefaults(macro, values, report);
}

function withDefaults(
  macro: Macro,
  values: Map<string, string>,
  report: ReportArgument,
): Map<string, string> | undefined {
  let isFine = true;
  for (const { name, defaultValue, isRequired } of macro.parameters) {
    if ((values.get(name) ?? '') !== '') continue;
    if (isRequired) {
      report('error', `macro '${macro.name}' needs a value for '${name}'`, '');
      isFine = false;
    }
    values.set(name, defaultValue ?? '');
  }
  return isFine ? values : undefined;
}
