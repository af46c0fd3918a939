// The tokens of linker scripts, and the words that mean something in one place or another. The
// scanner makes them, script-parser.ts and its bases read them.

import { EOF, createToken } from 'chevrotain';
import type { TokenType } from 'chevrotain';

const simple = (name: string): TokenType => createToken({ name, pattern: /(?:)/ });

export const token = {
  name: simple('a name'),
  text: simple('a string'),
  number: simple('a number'),
  open: simple('('),
  close: simple(')'),
  openBrace: simple('{'),
  closeBrace: simple('}'),
  semicolon: simple(';'),
  comma: simple(','),
  colon: simple(':'),
  question: simple('?'),
  greater: simple('>'),
  assign: simple('='),
  fill: simple('= (fill)'),
  binary: simple('binary operator'),
  /** `+`, `-`: binary or unary. */
  sign: simple('+ or -'),
  prefix: simple('! or ~'),
  sections: simple('SECTIONS'),
  memory: simple('MEMORY'),
  phdrs: simple('PHDRS'),
  provide: simple('PROVIDE'),
  assert: simple('ASSERT'),
  command: simple('a command'),
  data: simple('BYTE, SHORT, LONG, QUAD'),
  fillCommand: simple('FILL'),
  keep: simple('KEEP'),
  exclude: simple('EXCLUDE_FILE'),
  sort: simple('SORT'),
  constructors: simple('CONSTRUCTORS'),
  loadRegion: simple('AT>'),
  output: simple('output section'),
  headerWord: simple('section attribute'),
  at: simple('AT'),
  overlay: simple('OVERLAY'),
  noCrossReferences: simple('NOCROSSREFS'),
  insert: simple('INSERT'),
  flags: simple('INPUT_SECTION_FLAGS'),
  objectSymbols: simple('CREATE_OBJECT_SYMBOLS'),
  version: simple('VERSION'),
  extern: simple('extern'),
  visibility: simple('global: or local:'),
  /** `(NOLOAD)`, `(READONLY (TYPE = 7))` */
  sectionType: simple('NOLOAD, READONLY, TYPE, ..'),
  typeIs: simple('='),
  end: EOF,
} as const;

export const allTokens: readonly TokenType[] = Object.values(token);

export const commands = new Set(
  `ENTRY OUTPUT_FORMAT OUTPUT_ARCH OUTPUT SEARCH_DIR STARTUP INPUT GROUP EXTERN TARGET
  FORCE_COMMON_ALLOCATION FORCE_GROUP_ALLOCATION INHIBIT_COMMON_ALLOCATION NOCROSSREFS NOCROSSREFS_TO
  REGION_ALIAS LD_FEATURE FLOAT NOFLOAT`.split(/\s+/),
);
export const provides = new Set(['PROVIDE', 'PROVIDE_HIDDEN', 'HIDDEN']);
export const dataCommands = new Set(['BYTE', 'SHORT', 'LONG', 'QUAD', 'SQUAD']);
export const sorts = new Set([
  'SORT',
  'SORT_BY_NAME',
  'SORT_BY_ALIGNMENT',
  'SORT_BY_INIT_PRIORITY',
  'SORT_NONE',
]);
export const headerWords = new Set([
  'ALIGN',
  'SUBALIGN',
  'ALIGN_WITH_INPUT',
  'ONLY_IF_RO',
  'ONLY_IF_RW',
]);
export const sectionTypes = new Set([
  'NOLOAD',
  'DSECT',
  'COPY',
  'INFO',
  'OVERLAY',
  'READONLY',
  'TYPE',
]);
export const sectionFunctions = new Set(['ADDR', 'SIZEOF', 'LOADADDR', 'ALIGNOF']);

const places = ['SECTIONS', 'MEMORY', 'PHDRS', 'VERSION', 'INSERT', 'INCLUDE', 'ASSERT'];

/** The command that differs from `name` in case or by a letter. */
export function nearCommand(name: string): string | undefined {
  const upper = name.toUpperCase();
  const all = [...places, ...commands, ...provides];
  return all.find((each) => each === upper || isNear(each, upper));
}

/** Equal but for one letter more, less or other. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a.length < 4) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const rests = [
    [a.slice(at + 1), b.slice(at + 1)],
    [a.slice(at + 1), b.slice(at)],
    [a.slice(at), b.slice(at + 1)],
  ];
  return rests.some(([left, right]) => left === right);
}

/** The token of an operator in an expression. */
export function operatorToken(operator: string): TokenType {
  if (operator === '+' || operator === '-') return token.sign;
  if (operator === '!' || operator === '~') return token.prefix;
  if (operator === '?') return token.question;
  if (operator === ':') return token.colon;
  return token.binary;
}
