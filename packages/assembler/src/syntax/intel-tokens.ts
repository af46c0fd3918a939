// The words of Intel operands. Whether `and` is an operator, `dword` a size and `ebx` a register or
// each of them a symbol is a matter of where it stands, and of the statement; here names get the
// types that the grammar tells apart.

import { hasRegister, registerByName } from '@ring0/isa';
import type { IToken } from 'chevrotain';
import type { Syntax } from './syntax-tree.ts';
import * as T from './tokens.ts';

/** Binary operators that are words, as the signs that AT&T syntax has for them. */
export const binaryWords: ReadonlyMap<string, string> = new Map([
  ['and', '&'],
  ['or', '|'],
  ['xor', '^'],
  ['mod', '%'],
  ['shl', '<<'],
  ['shr', '>>'],
  ['eq', '=='],
  ['ne', '!='],
  ['lt', '<'],
  ['le', '<='],
  ['gt', '>'],
  ['ge', '>='],
]);

/** The bytes that a size stands for, before `ptr` and also alone, where it is a number. */
export const sizeWords: ReadonlyMap<string, number> = new Map([
  ['byte', 1],
  ['word', 2],
  ['dword', 4],
  ['fword', 6],
  ['qword', 8],
  ['mmword', 8],
  ['tbyte', 10],
  ['oword', 16],
  ['xmmword', 16],
  ['ymmword', 32],
  ['zmmword', 64],
  ['near', 0xff04],
  ['far', 0xff06],
]);

const unaryWords: ReadonlySet<string> = new Set(['offset', 'short']);

/** Directives whose arguments are values, where a register's name is not a symbol's. */
const valueDirectives = /^\.(cfi_\w+|[248]?byte|word|d?long|int|short|value|hword|quad|octa)$/i;

/** The name of a register as it is written: with a percent sign, in quotes, with blanks. */
export function plainRegisterName(image: string): string {
  return image.toLowerCase().replace(/[%" \t]/g, '');
}

/** Whether the name, without percent sign and in lower case, is a register's. */
export function isRegister(name: string, { isLong, features, hasIndexName }: Syntax): boolean {
  if (name.length > 6) return false;
  const found = registerByName(name, isLong ? 64 : 32);
  if (!found) return name === 'flat';
  if (found.class !== 'flat') return !features || hasRegister(found, features);
  return found.number === 5 ? isLong === true : hasIndexName === true;
}

/** Something stands before that an operator may follow. */
function isBehindValue(before: IToken): boolean {
  const { tokenType } = before;
  return (
    tokenType === T.Number ||
    tokenType === T.Identifier ||
    tokenType === T.Register ||
    tokenType === T.Text ||
    tokenType === T.Character ||
    tokenType === T.Dollar ||
    tokenType === T.SizeWord ||
    tokenType === T.RightParenthesis ||
    tokenType === T.RightBracket
  );
}

/** Something follows that an operator may stand before. */
function isBeforeValue(next: IToken | undefined): boolean {
  return next !== undefined && next.tokenType !== T.Comma && !T.endsStatement(next);
}

/** `st ( 1 )` becomes one token. */
function joinStack(tokens: IToken[], at: number): void {
  const [name, open, number, close] = tokens.slice(at, at + 4);
  if (name.image.toLowerCase() !== 'st' || open?.tokenType !== T.LeftParenthesis) return;
  if (!/^[0-7]$/.test(number?.image) || close?.tokenType !== T.RightParenthesis) return;
  const blanks = close.startOffset - number.startOffset - 1;
  name.image = `${name.image}${'('.padStart(open.startOffset - name.startOffset - 1)}`;
  name.image += number.image.padStart(number.startOffset - open.startOffset);
  name.image += `${''.padEnd(blanks)})`;
  tokens.splice(at + 1, 3);
}

function isPointer(next: IToken | undefined): boolean {
  return next?.tokenType === T.Identifier && next.image.toLowerCase() === 'ptr';
}

interface Statement {
  readonly syntax: Syntax;
  isInstruction: boolean;
  /** Its arguments are values, where words mean what they mean in an instruction. */
  isValue: boolean;
}

function classifyWord(tokens: IToken[], at: number, statement: Statement): void {
  const { syntax, isInstruction, isValue } = statement;
  const word = tokens[at];
  const before = tokens[at - 1];
  const name = word.image.toLowerCase();
  const isOperand = isInstruction || isBeforeValue(tokens[at + 1]);
  if (binaryWords.has(name) && (isBehindValue(before) ? isOperand : isValue)) {
    T.retype(word, T.BinaryWord);
  } else if (name === 'ptr' && before.tokenType === T.SizeWord) {
    T.retype(word, T.Pointer);
  } else if (isBehindValue(before)) {
    return;
  } else if (name === 'not' && isOperand) {
    T.retype(word, T.Sign);
  } else if (unaryWords.has(name) && isOperand) {
    T.retype(word, T.UnaryWord);
  } else if (sizeWords.has(name) && (isValue || isPointer(tokens[at + 1]))) {
    T.retype(word, T.SizeWord);
  } else if (syntax.isNaked && isValue && isRegister(name.replace(/@.*/s, ''), syntax)) {
    // With an operator of relocations it is no symbol either, and a mistake.
    T.retype(word, T.Register);
    joinStack(tokens, at);
  }
}

/** Gives the words in the operands of each statement their types; `T.classify` was there before. */
export function classifyIntel(tokens: IToken[], syntax: Syntax): void {
  const statement: Statement = { syntax, isInstruction: false, isValue: false };
  for (let at = 0; at < tokens.length; at++) {
    const { tokenType, image } = tokens[at];
    if (tokenType === T.Mnemonic) statement.isInstruction = statement.isValue = true;
    else if (tokenType === T.Directive) {
      statement.isInstruction = false;
      statement.isValue = valueDirectives.test(image);
    } else if (tokenType === T.Assigned) {
      statement.isInstruction = false;
      statement.isValue = true;
    } else if (tokenType === T.Identifier && at > 0) {
      classifyWord(tokens, at, statement);
    } else if (tokenType === T.Dollar) {
      T.joinDollar(tokens, at);
    } else if (tokenType === T.Text && statement.isInstruction && syntax.isNaked) {
      if (isRegister(plainRegisterName(image), syntax)) T.retype(tokens[at], T.Register);
    }
  }
}

/** Names in instructions that stand for registers become them. */
export function classifyEquated(tokens: IToken[], { registerOf, isIntel }: Syntax): void {
  let isInstruction = false;
  for (const token of tokens) {
    const { tokenType, image } = token;
    if (tokenType === T.Mnemonic) isInstruction = true;
    else if (tokenType === T.Directive || tokenType === T.Assigned) isInstruction = false;
    if (tokenType !== T.Identifier || !isInstruction) continue;
    const register = registerOf?.(image);
    if (register === undefined) continue;
    token.image = isIntel ? register : `%${register}`;
    T.retype(token, T.Register);
  }
}

/** Registers without their percent signs in AT&T operands (`.att_syntax noprefix`). */
export function classifyNaked(tokens: IToken[], syntax: Syntax): void {
  let isValue = false;
  for (let at = 0; at < tokens.length; at++) {
    const { tokenType, image } = tokens[at];
    if (tokenType === T.Mnemonic) isValue = true;
    else if (tokenType === T.Directive) isValue = valueDirectives.test(image);
    else if (tokenType === T.Identifier && isValue && isRegister(image.toLowerCase(), syntax)) {
      T.retype(tokens[at], T.Register);
      joinStack(tokens, at);
    }
  }
}
