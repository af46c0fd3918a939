// #define (C11 6.10.3), and macros from the command line.

import type { Span } from '@ring0/diagnostics';
import { isPunctuator } from './expand.ts';
import type { Macro, SpecialMacro, State } from './state.ts';
import { AFTER_SPACE, AT_LINE_START, TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';

interface Parameters {
  readonly names: number[];
  readonly isVariadic: boolean;
  /** Index of the token behind `)`. */
  readonly end: number;
}

/** The parameter list whose `(` is at `open`; undefined after a report. */
function parameters(
  state: State,
  list: TokenList,
  open: number,
  end: number,
  span: Span,
): Parameters | undefined {
  const names: number[] = [];
  const fail = (message: string): undefined => {
    state.error('P0030', message, span);
    return undefined;
  };
  let at = open + 1;
  if (at < end && isPunctuator(state, list, at, ')'))
    return { names, isVariadic: false, end: at + 1 };
  for (;;) {
    if (at >= end) return fail("')' is missing in the macro's parameter list");
    let isVariadic = false;
    if (isPunctuator(state, list, at, '...')) {
      names.push(state.atoms.intern('__VA_ARGS__'));
      isVariadic = true;
      at++;
    } else if (list.kind[at] === TokenKind.identifier) {
      const atom = list.atom[at];
      if (names.includes(atom))
        return fail(`duplicate macro parameter '${state.atoms.text(atom)}'`);
      names.push(atom);
      at++;
      if (at < end && isPunctuator(state, list, at, '...')) {
        isVariadic = true;
        at++;
      }
    } else return fail(`'${state.atoms.text(list.atom[at])}' is no macro parameter`);
    if (at < end && isPunctuator(state, list, at, ')')) return { names, isVariadic, end: at + 1 };
    if (isVariadic || at >= end || !isPunctuator(state, list, at, ',')) {
      return fail("',' or ')' is missing in the macro's parameter list");
    }
    at++;
  }
}

/** Reports a body that C forbids. */
function isBodyFine(state: State, macro: Macro, span: Span): boolean {
  const { body, isFunction, parameters: names } = macro;
  const last = body.length - 1;
  const isPaste = (at: number): boolean =>
    isPunctuator(state, body, at, '##') || isPunctuator(state, body, at, '%:%:');
  if (last >= 0 && (isPaste(0) || isPaste(last))) {
    state.error('P0031', "'##' stands at an end of the macro's body", span);
    return false;
  }
  if (macro.isVariadic && hasNestedVaOpt(state, body)) {
    state.error('P0035', "'__VA_OPT__' stands within '__VA_OPT__'", span);
    return false;
  }
  if (!isFunction || state.settings.isAssembly) return true;
  for (let at = 0; at <= last; at++) {
    if (!isPunctuator(state, body, at, '#')) continue;
    const isVaOpt = at < last && state.atoms.text(body.atom[at + 1]) === '__VA_OPT__';
    if (isVaOpt || (at < last && names.includes(body.atom[at + 1]))) continue;
    state.error('P0032', "'#' is not followed by a macro parameter", body.span(at));
    return false;
  }
  return true;
}

function hasNestedVaOpt(state: State, body: TokenList): boolean {
  let depth = 0;
  let opened = -1;
  for (let at = 0; at < body.length; at++) {
    const text = state.atoms.text(body.atom[at]);
    if (text === '__VA_OPT__') {
      if (opened >= 0) return true;
      opened = depth;
    } else if (text === '(') depth++;
    else if (text === ')' && --depth === opened) opened = -1;
  }
  return false;
}

function isSame(a: Macro, b: Macro): boolean {
  if (a.isFunction !== b.isFunction || a.isVariadic !== b.isVariadic) return false;
  if (a.parameters.length !== b.parameters.length || a.body.length !== b.body.length) return false;
  if (a.parameters.some((name, i) => name !== b.parameters[i])) return false;
  for (let at = 0; at < a.body.length; at++) {
    if (a.body.atom[at] !== b.body.atom[at] || a.body.kind[at] !== b.body.kind[at]) return false;
    if (at > 0 && (a.body.flags[at] & AFTER_SPACE) !== (b.body.flags[at] & AFTER_SPACE))
      return false;
  }
  return true;
}

/** At the token behind `define`; the line ends before `end`. */
export function defineMacro(state: State, end: number, directive: Span): void {
  const { file } = state;
  const list = file.tokens;
  const at = file.at;
  if (at >= end || list.kind[at] !== TokenKind.identifier) {
    state.error('P0013', '#define needs a name', directive);
    return;
  }
  const name = list.atom[at];
  const text = state.atoms.text(name);
  const span = list.span(at);
  if (text === 'defined' || text === '__VA_ARGS__') {
    state.error('P0033', `'${text}' cannot be a macro`, span);
    return;
  }
  let from = at + 1;
  const hasParameters =
    from < end && isPunctuator(state, list, from, '(') && (list.flags[from] & AFTER_SPACE) === 0;
  let head: Parameters | undefined;
  if (hasParameters) {
    head = parameters(state, list, from, end, span);
    if (!head) return;
    from = head.end;
  }
  const body = state.newList(Math.max(1, end - from));
  for (let i = from; i < end; i++) body.copy(list, i);
  if (body.length > 0) body.flags[0] &= ~(AFTER_SPACE | AT_LINE_START);
  const macro: Macro = {
    name,
    isFunction: hasParameters,
    parameters: head?.names ?? [],
    isVariadic: head?.isVariadic ?? false,
    body,
    special: undefined,
    span,
    isBusy: false,
    isUsed: false,
  };
  if (!isBodyFine(state, macro, span)) return;
  const before = state.macros[name];
  if (before && !isSame(before, macro)) {
    const notes = before.span ? [{ message: 'defined before here', span: before.span }] : [];
    state.warn('macro-redefined', 'P0034', `'${text}' is redefined`, span, notes);
  }
  state.macros[name] = macro;
}

const specials: Readonly<Record<string, SpecialMacro>> = {
  __FILE__: 'file',
  __LINE__: 'line',
  __COUNTER__: 'counter',
  __INCLUDE_LEVEL__: 'level',
  __DATE__: 'date',
  __TIME__: 'time',
  __BASE_FILE__: 'base-file',
  __TIMESTAMP__: 'timestamp',
  _Pragma: 'pragma',
};

/** Defines the macros whose value depends on where they stand. */
export function defineSpecials(state: State): void {
  for (const [text, special] of Object.entries(specials)) {
    const name = state.atoms.intern(text);
    state.macros[name] = {
      name,
      isFunction: false,
      parameters: [],
      isVariadic: false,
      body: state.newList(0),
      special,
      span: undefined,
      isBusy: false,
      isUsed: false,
    };
  }
}

/** `#define` lines of all macros, in order of definition: what -dM prints. */
export function macroText(state: State): string {
  const lines: string[] = [];
  for (const macro of state.macros) {
    if (!macro || macro.special) continue;
    const names = macro.parameters.map((name) => state.atoms.text(name));
    if (macro.isVariadic) {
      const last = names.pop() ?? '';
      names.push(last === '__VA_ARGS__' ? '...' : `${last}...`);
    }
    let body = '';
    for (let at = 0; at < macro.body.length; at++) {
      if (at > 0 && (macro.body.flags[at] & AFTER_SPACE) !== 0) body += ' ';
      body += state.atoms.text(macro.body.atom[at]);
    }
    const head = macro.isFunction ? `(${names.join(',')})` : '';
    lines.push(`#define ${state.atoms.text(macro.name)}${head} ${body}\n`);
  }
  return lines.join('');
}
