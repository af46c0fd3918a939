// Directives (C11 6.10), a line each.

import type { Span } from '@ring0/diagnostics';
import { conditionHolds, isConditionOperator } from './condition.ts';
import { defineMacro } from './define.ts';
import { closeFile, includeDirective } from './include.ts';
import { stringValue } from './spelling.ts';
import { Stop } from './state.ts';
import type { OpenFile, State } from './state.ts';
import { AFTER_SPACE, AT_LINE_START, TokenKind, TokenList } from './tokens.ts';
import { expandAll } from './expand.ts';
import { pragmaText } from './pragma.ts';

const conditionals = new Set(['if', 'ifdef', 'ifndef', 'elif', 'else', 'endif']);
const known = new Set(
  `if ifdef ifndef elif else endif define undef include include_next import line error
  warning pragma ident sccs assert unassert`.split(/\s+/),
);

/** Index of the first token of the line after the one that holds token `at`. */
export function lineEnd(file: OpenFile, at: number): number {
  const { tokens } = file;
  let end = at;
  while (
    tokens.kind[end] !== TokenKind.end &&
    (end === at || (tokens.flags[end] & AT_LINE_START) === 0)
  ) {
    end++;
  }
  return end;
}

/**
 * True if a directive begins at token `at`. In assembly a `#` line with an unknown word is a
 * comment.
 */
export function isDirectiveAt(state: State, file: OpenFile, at: number): boolean {
  const { tokens } = file;
  if ((tokens.flags[at] & AT_LINE_START) === 0 || tokens.kind[at] !== TokenKind.punctuator) {
    return false;
  }
  const text = state.atoms.text(tokens.atom[at]);
  if (text !== '#' && text !== '%:') return false;
  const { isAssembly, isPreprocessed } = state.settings;
  if (!isAssembly && !isPreprocessed) return true;
  const next = at + 1;
  if ((tokens.flags[next] & AT_LINE_START) !== 0) return true;
  const word = state.atoms.text(tokens.atom[next]);
  if (isPreprocessed)
    return (
      tokens.kind[next] === TokenKind.number ||
      word === 'pragma' ||
      word === 'line' ||
      word === 'ident'
    );
  return (
    known.has(word) ||
    (tokens.kind[next] === TokenKind.number && tokens.kind[next + 1] === TokenKind.string)
  );
}

/** Carries out the directive at the cursor of the file at work. */
export function directive(state: State): void {
  const { file } = state;
  const hash = file.at;
  const end = lineEnd(file, hash);
  const { tokens } = file;
  file.at = hash + 1;
  const wasIn = state.isInDirective;
  state.isInDirective = true;
  if (file.at < end) {
    const name = state.atoms.text(tokens.atom[file.at]);
    const span = tokens.span(file.at);
    if (tokens.kind[file.at] === TokenKind.number) lineMarker(state, end, span);
    else {
      file.at++;
      carryOut(state, name, end, span);
    }
  }
  state.isInDirective = wasIn;
  // An included file is read first; this one goes on behind the line.
  file.at = Math.max(file.at, end);
  const { conditionals: open } = file;
  const last = open[open.length - 1];
  if (last && !last.isActive && state.file === file) skipGroup(state, file);
}

function carryOut(state: State, name: string, end: number, span: Span): void {
  const { file } = state;
  if (conditionals.has(name)) {
    conditional(state, name, end, span);
    return;
  }
  switch (name) {
    case 'define':
      defineMacro(state, end, span);
      break;
    case 'undef':
      undefine(state, end, span);
      break;
    case 'include':
    case 'include_next':
    case 'import':
      includeDirective(state, name, end, span);
      break;
    case 'line':
      lineDirective(state, end, span);
      break;
    case 'error':
      state.error('P0010', `#error ${lineText(state, file.at, end)}`, span);
      break;
    case 'warning':
      state.warn('cpp', 'P0011', `#warning ${lineText(state, file.at, end)}`, span);
      break;
    case 'pragma':
      pragmaDirective(state, end, span);
      break;
    case 'ident':
    case 'sccs':
    case 'assert':
    case 'unassert':
      break;
    default:
      state.error('P0012', `unknown directive #${name}`, span);
  }
}

/** The spelling of tokens `from` to `end`, spaced as in the source. */
export function lineText(state: State, from: number, end: number): string {
  const { tokens } = state.file;
  let text = '';
  for (let at = from; at < end; at++) {
    if (at > from && (tokens.flags[at] & AFTER_SPACE) !== 0) text += ' ';
    text += state.atoms.text(tokens.atom[at]);
  }
  return text;
}

function undefine(state: State, end: number, span: Span): void {
  const { file } = state;
  if (file.at >= end || file.tokens.kind[file.at] !== TokenKind.identifier) {
    state.error('P0013', '#undef needs a name', span);
    return;
  }
  const atom = file.tokens.atom[file.at];
  if (state.macros[atom]?.special) {
    state.warn('builtin-macro-redefined', 'P0014', `undefining '${state.atoms.text(atom)}'`, span);
  }
  state.macros[atom] = undefined;
  extraTokens(state, 'undef', file.at + 1, end);
}

function extraTokens(state: State, name: string, at: number, end: number): void {
  if (at >= end || state.settings.isAssembly) return;
  const span = state.file.tokens.span(at);
  state.warn('endif-labels', 'P0015', `extra tokens at the end of #${name}`, span);
}

// --- conditionals

function isDefined(state: State, name: string, end: number, span: Span): boolean | undefined {
  const { file } = state;
  if (file.at >= end || file.tokens.kind[file.at] !== TokenKind.identifier) {
    state.error('P0013', `#${name} needs a name`, span);
    return undefined;
  }
  const macro = state.macros[file.tokens.atom[file.at]];
  if (macro) macro.isUsed = true;
  extraTokens(state, name, file.at + 1, end);
  return macro !== undefined || isConditionOperator(state.atoms.text(file.tokens.atom[file.at]));
}

function conditional(state: State, name: string, end: number, span: Span): void {
  const { conditionals: open } = state.file;
  if (name === 'if' || name === 'ifdef' || name === 'ifndef') {
    let holds: boolean;
    if (name === 'if') holds = conditionHolds(state, span);
    else {
      const defined = isDefined(state, name, end, span);
      holds = defined !== undefined && defined === (name === 'ifdef');
    }
    open.push({ span, isTaken: holds, isActive: holds, isOuterActive: true, hasElse: false });
    return;
  }
  const last = open[open.length - 1];
  if (!last) {
    state.error('P0016', `#${name} without #if`, span);
    return;
  }
  if (name === 'endif') {
    open.pop();
    extraTokens(state, name, state.file.at, end);
    return;
  }
  if (last.hasElse) {
    state.error('P0017', `#${name} after #else`, span, [
      { message: 'the #if is here', span: last.span },
    ]);
  }
  if (name === 'else') {
    last.hasElse = true;
    last.isActive = !last.isTaken;
    last.isTaken = true;
    extraTokens(state, name, state.file.at, end);
  } else {
    last.isActive = !last.isTaken && conditionHolds(state, span);
    if (last.isActive) last.isTaken = true;
  }
}

/** Passes the lines of a group that is not taken, up to the directive that ends it. */
function skipGroup(state: State, file: OpenFile): void {
  const { tokens } = file;
  let depth = 0;
  for (;;) {
    if (tokens.kind[file.at] === TokenKind.end) return;
    const at = file.at;
    const end = lineEnd(file, at);
    const isHash =
      tokens.kind[at] === TokenKind.punctuator && state.atoms.text(tokens.atom[at]) === '#';
    const name = isHash && at + 1 < end ? state.atoms.text(tokens.atom[at + 1]) : '';
    if (conditionals.has(name)) {
      if (name.startsWith('if')) depth++;
      else if (depth > 0) {
        if (name === 'endif') depth--;
      } else {
        const last = file.conditionals[file.conditionals.length - 1];
        file.at = at + 2;
        const wasIn = state.isInDirective;
        state.isInDirective = true;
        conditional(state, name, end, tokens.span(at + 1));
        state.isInDirective = wasIn;
        file.at = end;
        if (name === 'endif' || last.isActive) return;
        continue;
      }
    }
    file.at = end;
  }
}

// --- lines

function setLine(state: State, line: number, name: string | undefined, end: number): void {
  const { file } = state;
  const { tokens } = file;
  // The directive's line ends before token `end`; the next line is called `line`.
  const source = file.scanned.file;
  const physical = source.position(tokens.start[end - 1]).line + 1;
  file.lineShift = line - physical;
  if (name !== undefined) file.name = name;
  const { isSystem } = file.scanned;
  state.events.push({
    at: state.out.length,
    kind: 'line',
    name: file.name,
    line,
    isSystem,
    shift: file.lineShift,
  });
}

/** `# 12 "file" 3`, as the preprocessor itself writes. */
function lineMarker(state: State, end: number, span: Span): void {
  const { file } = state;
  const line = Number(state.atoms.text(file.tokens.atom[file.at]));
  const next = file.at + 1;
  const isString = next < end && file.tokens.kind[next] === TokenKind.string;
  if (!Number.isInteger(line) || (next < end && !isString)) {
    state.error('P0018', 'malformed line marker', span);
    return;
  }
  const name = isString ? stringValue(state.atoms.text(file.tokens.atom[next])) : undefined;
  setLine(state, line, name, end);
}

function lineDirective(state: State, end: number, span: Span): void {
  const list = new TokenList(state.places, 4);
  expandAll(state, list);
  const text = list.length > 0 ? state.atoms.text(list.atom[0]) : '';
  const isString = list.length > 1 && list.kind[1] === TokenKind.string;
  if (!/^\d+$/.test(text) || (list.length > 1 && !isString)) {
    state.error('P0019', '#line needs a number and may name a file', span);
    return;
  }
  setLine(
    state,
    Number(text),
    isString ? stringValue(state.atoms.text(list.atom[1])) : undefined,
    end,
  );
}

function pragmaDirective(state: State, end: number, span: Span): void {
  const { file } = state;
  const word = file.at < end ? state.atoms.text(file.tokens.atom[file.at]) : '';
  if (word === 'pack' || word === 'omp') {
    const list = new TokenList(state.places, 8);
    expandAll(state, list);
    let text = '';
    for (let at = 0; at < list.length; at++) {
      if (at > 0 && (list.flags[at] & AFTER_SPACE) !== 0) text += ' ';
      text += state.atoms.text(list.atom[at]);
    }
    pragmaText(state, text, span, state.out);
    return;
  }
  pragmaText(state, lineText(state, file.at, end), span, state.out);
}

/** At the end of a file: reports what is open and goes back to the file that included it. */
export function endFile(state: State): void {
  const { file } = state;
  for (const { span } of file.conditionals)
    state.error('P0020', 'this #if has no #endif', span, [
      { message: "write '#endif' where the part ends that depends on it" },
    ]);
  if (state.files.length === 0) throw new Stop();
  closeFile(state);
}
