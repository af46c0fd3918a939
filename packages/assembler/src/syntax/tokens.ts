// The vocabulary of statements. Identifiers take `@` with them (`foo@GOT`), numbers take letters
// (`0x1f`, `1b`): what such a token means is decided where it is used. `classify` tells labels,
// directives, prefixes and mnemonics apart, so that the grammar needs one token of lookahead at the
// start of a statement; intel-tokens.ts does the same for the words of Intel operands.

import { createToken } from 'chevrotain';
import type { IToken, TokenType } from 'chevrotain';

function token(name: string, pattern: RegExp | string, label: string): TokenType {
  return createToken({ name, pattern, label });
}

/** One that the scanner does not make. */
function made(name: string, label: string): TokenType {
  return createToken({ name, label });
}

function operator(name: string, pattern: string, more: TokenType[] = []): TokenType {
  const categories = [BinaryOperator, ...more];
  return createToken({ name, pattern, label: `'${pattern}'`, categories });
}

export const BinaryOperator: TokenType = made('BinaryOperator', 'an operator');

/** Before an operand, any number of times; Intel syntax writes `not` for `~`. */
export const Sign: TokenType = made('Sign', 'a sign');

export const Blank: TokenType = token('Blank', /[ \t\r\f]+/, 'a blank');
export const LineComment: TokenType = token('LineComment', /#[^\n]*/, 'a comment');
export const BlockComment: TokenType = token('BlockComment', /\/\*[^]*?\*\//, 'a comment');

export const NewLine: TokenType = token('NewLine', '\n', 'end of line');
export const Semicolon: TokenType = token('Semicolon', ';', "';'");
/** Without a pattern, whose stack a long string would exceed: scanner.ts finds its end. */
export const Text: TokenType = made('Text', 'a string');
export const Register: TokenType = token(
  'Register',
  /%[ \t]*[sS][tT][ \t]*\([ \t]*[0-9][ \t]*\)|%[A-Za-z][\w.]*/,
  'a register',
);
export const Number: TokenType = token('Number', /0[a-zA-Z]:[\da-fA-F_]*|\d[\w.$@]*/, 'a number');
export const Identifier: TokenType = token(
  'Identifier',
  /[A-Za-z_.@\x80-\xff][\w.$@\x80-\xff]*/,
  'a name',
);
export const Character: TokenType = token(
  'Character',
  /'(?:\\[^\n]'?|[^\\\n]'?\d*)/,
  'a character',
);
export const Dollar: TokenType = token('Dollar', '$', "'$'");
export const Comma: TokenType = token('Comma', ',', "','");
export const LeftParenthesis: TokenType = token('LeftParenthesis', '(', "'('");
export const RightParenthesis: TokenType = token('RightParenthesis', ')', "')'");
export const LeftBracket: TokenType = token('LeftBracket', '[', "'['");
export const RightBracket: TokenType = token('RightBracket', ']', "']'");
export const Colon: TokenType = token('Colon', ':', "':'");
export const Tilde: TokenType = createToken({
  name: 'Tilde',
  pattern: '~',
  label: "'~'",
  categories: [Sign],
});
/** `{disp32}`, `{vex3}`, ... */
export const Brace: TokenType = token('Brace', /\{[ \t]*\w+[ \t]*\}/, 'a prefix');
export const Equal: TokenType = token('Equal', '=', "'='");

export const EqualEqual: TokenType = operator('EqualEqual', '==');
export const Star: TokenType = operator('Star', '*');
export const Minus: TokenType = operator('Minus', '-', [Sign]);
export const Plus: TokenType = operator('Plus', '+', [Sign]);
export const Exclamation: TokenType = operator('Exclamation', '!', [Sign]);

const Percent: TokenType = operator('Percent', '%');

/** Never made by the scanner: `classify` gives these types to the first words of a statement. */
export const Label: TokenType = made('Label', 'a label');
export const Assigned: TokenType = made('Assigned', 'a name');
export const Directive: TokenType = made('Directive', 'a directive');
export const Prefix: TokenType = made('Prefix', 'a prefix');
export const Mnemonic: TokenType = made('Mnemonic', 'an instruction');

/** Of Intel syntax: made of names by intel-tokens.ts. */
export const SizeWord: TokenType = made('SizeWord', 'a size');
export const Pointer: TokenType = made('Pointer', "'ptr'");
export const UnaryWord: TokenType = made('UnaryWord', "'offset'");
export const BinaryWord: TokenType = createToken({
  name: 'BinaryWord',
  label: 'an operator',
  categories: [BinaryOperator],
});

/** What the scanner makes, in the order in which it tries them. */
export const scannedTypes: readonly TokenType[] = [
  Blank,
  NewLine,
  Comma,
  Register,
  Dollar,
  LeftParenthesis,
  RightParenthesis,
  Number,
  Colon,
  Identifier,
  Minus,
  Plus,
  Star,
  Semicolon,
  LineComment,
  Text,
  Character,
  Tilde,
  BlockComment,
  operator('Slash', '/'),
  operator('AndAnd', '&&'),
  operator('And', '&'),
  operator('OrOr', '||'),
  operator('Or', '|'),
  operator('Caret', '^'),
  operator('ShiftLeft', '<<'),
  operator('LessGreater', '<>'),
  operator('LessEqual', '<='),
  operator('Less', '<'),
  operator('ShiftRight', '>>'),
  operator('GreaterEqual', '>='),
  operator('Greater', '>'),
  EqualEqual,
  operator('NotEqual', '!='),
  Exclamation,
  Equal,
  LeftBracket,
  RightBracket,
  Percent,
  Brace,
];

export const vocabulary: TokenType[] = [
  ...scannedTypes,
  BinaryOperator,
  Sign,
  Label,
  Assigned,
  Directive,
  Prefix,
  Mnemonic,
  SizeWord,
  Pointer,
  UnaryWord,
  BinaryWord,
];

/** Words before a mnemonic; `rep` alone on a line is one too. */
const prefixWords: ReadonlySet<string> = new Set([
  'rep',
  'repe',
  'repz',
  'repne',
  'repnz',
  'lock',
  'addr16',
  'addr32',
  'data16',
  'data32',
  'aword',
  'word',
  'dword',
  'wait',
  'notrack',
  'bnd',
  'xacquire',
  'xrelease',
  'cs',
  'ds',
  'es',
  'fs',
  'gs',
  'ss',
]);

function isWordPrefix(image: string): boolean {
  if (image.length > 9) return false;
  const word = image.toLowerCase();
  return prefixWords.has(word) || /^rex(64|\.w?r?x?b?|x?y?z?|64x?y?z?)$/.test(word);
}

function isBeforeMnemonic(next: IToken | undefined): boolean {
  return next?.tokenType === Identifier || next?.tokenType === Brace;
}

/** Changes what the parser takes a token for. */
export function retype(target: IToken, type: TokenType): void {
  target.tokenType = type;
  target.tokenTypeIdx = type.tokenTypeIdx ?? 0;
}

function endOf({ startOffset, image }: IToken): number {
  return startOffset + image.length;
}

/** `% eax` is a register where no value stands before it, and `%7` a section's type. */
function joinPercent(tokens: IToken[], at: number): void {
  const [before, percent, name] = tokens.slice(at - 1, at + 2);
  const tokenType = before?.tokenType;
  const isNumber = name?.tokenType === Number && name.startOffset === endOf(percent);
  const isName = name?.tokenType === Identifier && /^[a-z]+\d?$/i.test(name.image);
  if (!isName && !(isNumber && tokenType === Comma)) return;
  const isOpen = tokenType === Comma || tokenType === LeftParenthesis || tokenType === Mnemonic;
  if (!isOpen && tokenType !== Star && tokenType !== Colon) return;
  percent.image = `%${name.image.padStart(endOf(name) - endOf(percent))}`;
  retype(percent, Register);
  tokens.splice(at + 1, 1);
}

/** `xstore-rng` is one word. */
function joinHyphen(tokens: IToken[], at: number): void {
  const [first, hyphen, last] = tokens.slice(at, at + 3);
  if (hyphen?.tokenType !== Minus || last?.tokenType !== Identifier) return;
  if (endOf(first) !== hyphen.startOffset || endOf(hyphen) !== last.startOffset) return;
  first.image += `-${last.image}`;
  tokens.splice(at + 1, 2);
}

/** `jne,pn` and `jne,pt`: what stands behind the comma becomes a prefix. */
function takeHint(tokens: IToken[], at: number): boolean {
  const hint = tokens[at + 2];
  const comma = tokens[at + 1];
  if (comma?.tokenType !== Comma || hint?.tokenType !== Identifier) return false;
  const isJoined = endOf(tokens[at]) === comma.startOffset && endOf(comma) === hint.startOffset;
  if (!isJoined) return false;
  if ((tokens[at].image.charCodeAt(0) | 32) !== 106 || !/^p[nt]$/i.test(hint.image)) return false;
  retype(hint, Prefix);
  tokens.splice(at, 3, hint, tokens[at]);
  return true;
}

/** `$` is a sign of its own, but `$foo` and even `$4` are names where no immediate can be. */
export function joinDollar(tokens: IToken[], at: number): boolean {
  const [dollar, next] = tokens.slice(at, at + 2);
  if (next?.startOffset !== dollar.startOffset + 1) return false;
  if (next.tokenType !== Identifier && next.tokenType !== Number) return false;
  dollar.image += next.image;
  retype(dollar, Identifier);
  tokens.splice(at + 1, 1);
  return true;
}

/** The name of a section has all letters up to a blank or a comma. */
function joinName(tokens: IToken[], at: number): void {
  const first = tokens[at];
  if (!first || endsStatement(first) || first.tokenType === Text || first.tokenType === Comma)
    return;
  let end = at + 1;
  for (; end < tokens.length; end++) {
    const { tokenType, startOffset, image } = tokens[end];
    if (tokenType === Comma || endsStatement(tokens[end]) || image.includes('\n')) break;
    if (startOffset !== endOf(tokens[end - 1])) break;
  }
  if (end === at + 1 && first.tokenType === Identifier) return;
  first.image = tokens
    .slice(at, end)
    .map(({ image }) => image)
    .join('');
  retype(first, Identifier);
  tokens.splice(at + 1, end - at - 1);
}

/** Before a parenthesis: operators on a section's name, and registers of frame information. */
const calls = /^(\.startof\.|\.sizeof\.|st)$/i;

/** `.sizeof.(.text)` is a name of its own, and `st(1)` the name of a register. */
function joinCall(tokens: IToken[], at: number, isFrame: boolean): void {
  if (tokens[at + 1]?.tokenType !== LeftParenthesis || !calls.test(tokens[at].image)) return;
  const [first, , inner, close] = tokens.slice(at, at + 4);
  if (close?.tokenType !== RightParenthesis) return;
  if (inner.tokenType === Number) {
    if (!isFrame || first.image.length !== 2) return;
    first.image += `(${inner.image})`;
  } else if (
    first.image.length > 2 &&
    (inner.tokenType === Identifier || inner.tokenType === Text)
  ) {
    first.image += inner.tokenType === Text ? inner.image.slice(1, -1) : inner.image;
  } else return;
  tokens.splice(at + 1, 3);
}

/** Gives the first words of each statement their types. */
export function classify(tokens: IToken[]): void {
  for (let at = 0; at < tokens.length; at++) {
    // One round is one statement.
    let isFrame = false;
    for (; at < tokens.length; at++) {
      const first = tokens[at];
      const type = first.tokenType;
      if (type === Brace) {
        const next = tokens[at + 1];
        const isBefore = next?.tokenType === Identifier || next?.tokenType === Brace;
        if (!isBefore || next.startOffset === endOf(first)) break;
        retype(first, Prefix);
        continue;
      }
      if (type === Dollar && !joinDollar(tokens, at)) break;
      if (type !== Identifier && type !== Number && type !== Text && type !== Dollar) break;
      const next = tokens[at + 1];
      if (next?.tokenType === Colon) {
        retype(first, Label);
        at++;
        continue;
      }
      if (type === Number || type === Text) break;
      if (next?.tokenType === Equal || next?.tokenType === EqualEqual) retype(first, Assigned);
      else if (first.image.charCodeAt(0) === 46) {
        retype(first, Directive);
        if (/^\.(push)?section$/i.test(first.image)) joinName(tokens, at + 1);
        isFrame = first.image.startsWith('.cfi');
      } else if (isBeforeMnemonic(next) && isWordPrefix(first.image)) {
        retype(first, Prefix);
        continue;
      } else {
        retype(first, Mnemonic);
        joinHyphen(tokens, at);
        takeHint(tokens, at);
      }
      break;
    }
    while (at < tokens.length && !endsStatement(tokens[at])) {
      if (tokens[at].tokenType === Percent) joinPercent(tokens, at);
      else if (tokens[at].tokenType === Identifier) joinCall(tokens, at, isFrame);
      at++;
    }
  }
}

/** May stand before an operand, any number of times. */
export function isSign({ tokenType }: IToken): boolean {
  return (
    tokenType === Minus || tokenType === Plus || tokenType === Tilde || tokenType === Exclamation
  );
}

export function endsStatement(candidate: IToken): boolean {
  return candidate.tokenType === NewLine || candidate.tokenType === Semicolon;
}

export function opens({ tokenType }: IToken): boolean {
  return tokenType === LeftParenthesis || tokenType === LeftBracket;
}

export function closes({ tokenType }: IToken): boolean {
  return tokenType === RightParenthesis || tokenType === RightBracket;
}
