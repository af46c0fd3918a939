// Macro expansion (C11 6.10.3). A replacement is pushed as a context and read like text; its macro
// is busy until the context has been read to its end, and a name that is met while its macro is
// busy is marked never to expand. Tokens of the replacement keep the place of their definition,
// with the use as expansion; those of arguments their own.

import type { Span } from '@ring0/diagnostics';
import { directive, isDirectiveAt } from './directives.ts';
import { Stop } from './state.ts';
import type { Macro, State } from './state.ts';
import { specialTokens } from './special.ts';
import { substitute } from './substitute.ts';
import { AFTER_SPACE, AT_LINE_START, NO_EXPAND, TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';

/** Nested macro calls in arguments: each is a frame of the host's stack. */
const ARGUMENT_DEPTH_MAX = 300;

/** A token taken from its list: where it is to be found. */
export interface Cursor {
  list: TokenList;
  at: number;
}

/**
 * Takes the next token of the innermost source: a context, else the file at work. False at the end:
 * of the argument
 * being expanded, of the directive's line, or of the file.
 */
export function take(state: State, cursor: Cursor): boolean {
  const { contexts } = state;
  while (contexts.length > 0) {
    const top = contexts[contexts.length - 1];
    if (top.at < top.list.length) {
      cursor.list = top.list;
      cursor.at = top.at++;
      return true;
    }
    if (top.isBarrier) return false;
    if (top.macro) top.macro.isBusy = false;
    contexts.pop();
  }
  const { file } = state;
  const { tokens } = file;
  if (tokens.kind[file.at] === TokenKind.end) return false;
  if (state.isInDirective && (tokens.flags[file.at] & AT_LINE_START) !== 0) return false;
  cursor.list = tokens;
  cursor.at = file.at++;
  return true;
}

/** Leaves contexts that are read to their end: their macros may be expanded again. */
export function settle(state: State): void {
  const { contexts } = state;
  while (contexts.length > 0) {
    const top = contexts[contexts.length - 1];
    if (top.isBarrier || top.at < top.list.length) return;
    if (top.macro) top.macro.isBusy = false;
    contexts.pop();
  }
}

/** True if the next token is `(`, also on a later line. */
function opensCall(state: State): boolean {
  const { contexts } = state;
  settle(state);
  const top = contexts[contexts.length - 1];
  if (top) return top.at < top.list.length && isPunctuator(state, top.list, top.at, '(');
  const { file } = state;
  if (file.tokens.kind[file.at] === TokenKind.end) return false;
  const isLineStart = (file.tokens.flags[file.at] & AT_LINE_START) !== 0;
  if (state.isInDirective && isLineStart) return false;
  // A directive between a name and its parenthesis ends the search: the name stands for itself.
  if (isLineStart && isDirectiveAt(state, file, file.at)) return false;
  return isPunctuator(state, file.tokens, file.at, '(');
}

export function isPunctuator(state: State, list: TokenList, at: number, text: string): boolean {
  return list.kind[at] === TokenKind.punctuator && state.atoms.text(list.atom[at]) === text;
}

/** What a call gives a macro. */
export interface Arguments {
  readonly list: readonly TokenList[];
  /** Nothing stands for `...`, not even a comma: then `, ## __VA_ARGS__` is nothing (GNU C). */
  readonly isVariableOmitted: boolean;
}
const NO_ARGUMENTS: Arguments = { list: [], isVariableOmitted: false };

/** The arguments of a call whose `(` is next; undefined after a report. */
function callArguments(state: State, macro: Macro, name: Span): Arguments | undefined {
  const cursor: Cursor = { list: state.out, at: 0 };
  take(state, cursor);
  const { parameters, isVariadic } = macro;
  const list: TokenList[] = [state.newList()];
  let depth = 0;
  for (;;) {
    settle(state);
    const { file } = state;
    if (
      state.contexts.length === 0 &&
      !state.isInDirective &&
      isDirectiveAt(state, file, file.at)
    ) {
      directive(state);
      continue;
    }
    if (!take(state, cursor)) {
      const text = state.atoms.text(macro.name);
      state.error('P0003', `the argument list of macro '${text}' is not closed`, name);
      return undefined;
    }
    const { list: from, at } = cursor;
    const current = list[list.length - 1];
    if (from.kind[at] === TokenKind.punctuator) {
      const text = state.atoms.text(from.atom[at]);
      if (text === '(') depth++;
      else if (text === ')' && depth-- === 0) break;
      else if (text === ',' && depth === 0) {
        if (!isVariadic || list.length < parameters.length) {
          list.push(state.newList());
          continue;
        }
      }
    }
    current.copy(from, at);
    const last = current.length - 1;
    const flags = current.flags[last];
    if ((flags & AT_LINE_START) !== 0) current.flags[last] = (flags & ~AT_LINE_START) | AFTER_SPACE;
    markBusy(state, current, last);
  }
  // Calls inside each other's arguments copy them at each level.
  state.charge(
    list.reduce((sum, each) => sum + each.length, 0),
    name,
  );
  return matched(state, macro, list, name);
}

/** A busy macro's name never expands again, also where it goes as an argument. */
function markBusy(state: State, list: TokenList, at: number): void {
  if (list.kind[at] !== TokenKind.identifier) return;
  const macro = state.macros[list.atom[at]];
  if (macro?.isBusy) list.flags[at] |= NO_EXPAND;
}

function matched(state: State, macro: Macro, list: TokenList[], name: Span): Arguments | undefined {
  const { parameters, isVariadic } = macro;
  const wanted = parameters.length;
  if (wanted === 0 && list.length === 1 && list[0].length === 0) return NO_ARGUMENTS;
  if (list.length === wanted) {
    return { list, isVariableOmitted: isVariadic && wanted === 1 && list[0].length === 0 };
  }
  if (isVariadic && list.length === wanted - 1) {
    list.push(state.newList());
    return { list, isVariableOmitted: true };
  }
  const text = state.atoms.text(macro.name);
  const few = list.length < wanted;
  const message = few
    ? `macro '${text}' needs ${wanted} arguments, ${list.length} given`
    : `macro '${text}' takes ${wanted} arguments, ${list.length} given`;
  const notes = macro.span ? [{ message: 'defined here', span: macro.span }] : [];
  state.error('P0004', message, name, notes);
  return undefined;
}

/** An argument, fully expanded on its own (C11 6.10.3.1). */
export function expanded(state: State, argument: TokenList): TokenList {
  const result = state.newList(argument.length + 8);
  if (++state.argumentDepth > ARGUMENT_DEPTH_MAX) {
    const span = argument.length > 0 ? argument.span(0) : undefined;
    state.error('P0005', `macro calls nested deeper than ${ARGUMENT_DEPTH_MAX}`, span);
    throw new Stop();
  }
  state.contexts.push({ list: argument, at: 0, macro: undefined, isBarrier: true });
  expandAll(state, result);
  state.contexts.pop();
  state.argumentDepth--;
  return result;
}

/** Expands up to the end of the innermost source into `result`. */
export function expandAll(state: State, result: TokenList): void {
  const cursor: Cursor = { list: state.out, at: 0 };
  while (take(state, cursor)) step(state, cursor, result);
}

/** One token taken: its macro's expansion is pushed, or the token goes to `result`. */
export function step(state: State, cursor: Cursor, result: TokenList): void {
  const { list, at } = cursor;
  if (list.kind[at] === TokenKind.identifier && (list.flags[at] & NO_EXPAND) === 0) {
    const macro = state.macros[list.atom[at]];
    if (macro) {
      if (macro.isBusy) {
        result.copy(list, at);
        result.flags[result.length - 1] |= NO_EXPAND;
        return;
      }
      if (enterMacro(state, macro, list, at, result)) return;
    }
  }
  if (list.kind[at] !== TokenKind.placemarker) result.copy(list, at);
}

function textLength({ atoms }: State, { atom, length }: TokenList): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += atoms.text(atom[i]).length;
  return sum;
}

/** Pushes the expansion of the macro named by token `at`; false if the name stands for itself. */
function enterMacro(
  state: State,
  macro: Macro,
  list: TokenList,
  at: number,
  result: TokenList,
): boolean {
  const flags = list.flags[at];
  const span = list.span(at);
  if (macro.special) {
    const tokens = specialTokens(state, macro.special, span, flags, result);
    if (!tokens) return macro.special === 'pragma';
    state.contexts.push({ list: tokens, at: 0, macro: undefined, isBarrier: false });
    return true;
  }
  macro.isUsed = true;
  let args: Arguments | undefined = NO_ARGUMENTS;
  if (macro.isFunction) {
    if (!opensCall(state)) return false;
    args = callArguments(state, macro, span);
    if (!args) return true;
  }
  const replacement = substitute(state, macro, args, span);
  state.charge(replacement.length + 1, span);
  state.chargeText(textLength(state, replacement), span);
  if (replacement.length > 0) {
    const kept = flags & (AFTER_SPACE | AT_LINE_START);
    replacement.flags[0] = (replacement.flags[0] & ~(AFTER_SPACE | AT_LINE_START)) | kept;
  }
  macro.isBusy = true;
  state.contexts.push({ list: replacement, at: 0, macro, isBarrier: false });
  return true;
}
