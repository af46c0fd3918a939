// Statements of source text to calls of a `Sink`: the scanner, the parser of the syntax in force, and
// what is said of text that neither takes. The grammar itself is in statement-grammar.ts,
// att-grammar.ts and intel-grammar.ts.

import type { IToken } from 'chevrotain';
import { AttParser } from './att-grammar.ts';
import { foreignWords, semicolonNote } from './foreign-words.ts';
import { IntelParser } from './intel-grammar.ts';
import { classifyEquated, classifyIntel, classifyNaked } from './intel-tokens.ts';
import { syntaxRepair } from '../instructions/syntax-repairs.ts';
import type { StatementEdit } from '../instructions/syntax-repairs.ts';
import { scan } from './scanner.ts';
import { attSyntax } from './syntax-tree.ts';
import type { Operand, Sink, Syntax, SyntaxError } from './syntax-tree.ts';
import * as T from './tokens.ts';

export type { Node, Operand, Sink, Syntax, SyntaxError } from './syntax-tree.ts';

let attParser: AttParser | undefined;
let intelParser: IntelParser | undefined;

/** The parser of a syntax, made when it is first needed. */
function parserOf(syntax: Syntax): AttParser | IntelParser {
  if (syntax.isIntel) return (intelParser ??= new IntelParser());
  return (attParser ??= new AttParser());
}

let innerAtt: AttParser | undefined;
let innerIntel: IntelParser | undefined;

function innerParser(syntax: Syntax): AttParser | IntelParser {
  if (syntax.isIntel) return (innerIntel ??= new IntelParser());
  return (innerAtt ??= new AttParser());
}

function tokens(source: string, origin: number, syntax: Syntax, errors: SyntaxError[]): IToken[] {
  const result = scan(source);
  let list = withoutDeepNesting(result.tokens, origin, syntax, errors);
  let reportedTo = -1;
  for (const { offset, length } of result.errors) {
    if (offset < reportedTo) continue;
    const lineEnd = source.indexOf('\n', offset);
    reportedTo = lineEnd < 0 ? source.length : lineEnd;
    errors.push(lexicalError(source, origin, offset, length));
    list = withoutStatement(list, offset, reportedTo);
  }
  return list;
}

function lexicalError(source: string, origin: number, offset: number, length: number): SyntaxError {
  const start = origin + offset;
  const found = source.slice(offset, offset + Math.min(length, 20));
  if (!found.startsWith('"')) {
    const message = `found '${found}', expected a name, a number or a register`;
    return { message, start, end: start + length };
  }
  const lineEnd = source.indexOf('\n', offset);
  const end = lineEnd < 0 ? source.length : lineEnd;
  const message = `found the end of the text, expected the '"' that closes this string`;
  const last = origin + offset + source.slice(offset, end).trimEnd().length;
  const edit: StatementEdit = { start: last - 1, end: last, text: '"', side: 'behind' };
  return { message, start, end: origin + end, notes: [`write '"' where the string ends`], edit };
}

/** Without the tokens of the statement around `offset`, which is reported already. */
function withoutStatement(list: IToken[], offset: number, end: number): IToken[] {
  let first = list.findIndex((each) => each.startOffset > offset);
  if (first < 0) first = list.length;
  while (first > 0 && !T.endsStatement(list[first - 1]) && list[first - 1].tokenType !== T.Colon) {
    first--;
  }
  return list.filter((each, at) => at < first || each.startOffset >= end);
}

/** The parser and what reads its trees recurse as deep as an expression is nested. */
const nestingMax = 256;

/** Leaves out statements that are nested deeper than that, each with an error. */
function withoutDeepNesting(
  list: IToken[],
  origin: number,
  { isIntel }: Syntax,
  errors: SyntaxError[],
): IToken[] {
  let open = 0;
  let signs = 0;
  let kept: IToken[] | undefined;
  for (let at = 0; at < list.length; at++) {
    const found = list[at];
    if (T.endsStatement(found)) open = signs = 0;
    else if (T.opens(found)) open++;
    else if (T.isSign(found) || (isIntel && found.tokenType === T.Identifier)) signs++;
    else if (T.closes(found)) open--;
    else signs = 0;
    if (open + signs > nestingMax) {
      const start = origin + found.startOffset;
      const message = `an expression is nested more than ${nestingMax} deep`;
      errors.push({ message, start, end: start + 1 });
      kept ??= list.slice(0, at);
      while (kept.length > 0 && !T.endsStatement(kept[kept.length - 1])) kept.pop();
      while (at < list.length && !T.endsStatement(list[at])) at++;
      open = signs = 0;
    }
    if (kept && at < list.length) kept.push(list[at]);
  }
  return kept ?? list;
}

/** `end` is where the text ends; the token there has no place of its own. */
function syntaxError(
  error: { message: string; token: IToken },
  origin: number,
  end: number,
): SyntaxError {
  const { startOffset, image } = error.token;
  const start = startOffset >= 0 ? origin + startOffset : end;
  return { message: error.message, start, end: Math.min(start + Math.max(1, image.length), end) };
}

/**
 * Parses whole statements; each goes to `sink` as soon as it is complete. After a mistake, which
 * goes to `report`, it goes on with the next statement.
 */
export function parseStatements(
  source: string,
  origin: number,
  sink: Sink,
  report: (error: SyntaxError) => void,
  syntax: Syntax = attSyntax,
): void {
  const errors: SyntaxError[] = [];
  const list = tokens(source, origin, syntax, errors);
  errors.forEach(report);
  classify(list, syntax);
  const parser = parserOf(syntax);
  let rest = list;
  while (rest.length > 0) {
    parser.input = rest;
    parser.sink = sink;
    parser.origin = origin;
    parser.program();
    const error = parser.errors[0];
    if (!error) break;
    let at = rest.indexOf(error.token);
    const notes = strangeWords(rest, at < 0 ? rest.length : at, syntax);
    const edit = repair(source, origin, rest, at < 0 ? rest.length : at, syntax);
    report({ ...syntaxError(error, origin, origin + source.length), notes, edit });
    if (at < 0) break;
    while (at < rest.length && !T.endsStatement(rest[at])) at++;
    rest = rest.slice(at + 1);
  }
  parser.sink = undefined;
}

function classify(list: IToken[], syntax: Syntax): void {
  T.classify(list);
  if (syntax.isIntel) classifyIntel(list, syntax);
  else if (syntax.isNaked) classifyNaked(list, syntax);
  if (syntax.registerOf) classifyEquated(list, syntax);
}

function isReadable(text: string, syntax: Syntax): boolean {
  const errors: SyntaxError[] = [];
  const list = tokens(text, 0, syntax, errors);
  classify(list, syntax);
  const parser = innerParser(syntax);
  parser.input = list;
  parser.origin = 0;
  parser.program();
  return errors.length === 0 && parser.errors.length === 0;
}

/** What mends the statement around the token `at` of `list`, in the offsets of the text. */
function repair(
  source: string,
  origin: number,
  list: readonly IToken[],
  at: number,
  syntax: Syntax,
): StatementEdit | undefined {
  let first = Math.min(at, list.length - 1);
  while (first > 0 && !T.endsStatement(list[first - 1])) first--;
  let last = at;
  while (last < list.length && !T.endsStatement(list[last])) last++;
  const start = list[first].startOffset;
  const text = source.slice(start, list[last]?.startOffset);
  const before = at > first ? list[at - 1] : undefined;
  const from = before ? before.startOffset - start : 0;
  const broken = {
    text,
    at: at < last ? list[at].startOffset - start : text.length,
    found: at < last ? list[at].image : '',
    before: { start: from, end: before ? from + before.image.length : 0 },
    isIntel: syntax.isIntel,
  };
  const edit = syntaxRepair(broken, (changed) => isReadable(changed, syntax));
  if (!edit) return undefined;
  const offset = origin + start;
  return { ...edit, start: edit.start + offset, end: edit.end + offset };
}

/** What the words around a mistake are in other assemblers' syntax. */
function strangeWords(list: readonly IToken[], at: number, { isIntel }: Syntax): string[] {
  if (isIntel && list[at]?.tokenType === T.LeftParenthesis) {
    return ['in Intel syntax an address is written [ebx+4]'];
  }
  const words = [list[at], list[at - 1]].flatMap((found) => (found ? [found.image] : []));
  let first = Math.min(at, list.length - 1);
  while (first > 0 && !T.endsStatement(list[first - 1])) first--;
  const notes = foreignWords([...words, list[first]?.image ?? ''], isIntel);
  const isBehind = list[first - 1]?.tokenType === T.Semicolon;
  return notes.length === 0 && isBehind ? [semicolonNote] : notes;
}

/** Parses the arguments of a directive alone. */
export function parseArguments(
  source: string,
  origin: number,
  syntax: Syntax = attSyntax,
): { operands: Operand[]; errors: SyntaxError[] } {
  const errors: SyntaxError[] = [];
  const usual = parserOf(syntax);
  // A directive that is being executed inside the parser needs another one for its arguments.
  const parser = usual.sink ? innerParser(syntax) : usual;
  const list = tokens(source, origin, syntax, errors);
  if (syntax.isIntel) classifyIntel(list, { ...syntax, isNaked: false });
  parser.input = list;
  parser.origin = origin;
  const operands = parser.arguments();
  for (const error of parser.errors.slice(0, 1)) {
    errors.push(syntaxError(error, origin, origin + source.length));
  }
  return { operands: errors.length > 0 ? [] : operands.slice(), errors };
}
