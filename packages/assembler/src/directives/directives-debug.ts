// `.file`, `.loc`, `.ident` and their kin.

import { latin1Bytes } from '@ring0/bytes';
import type { Assembly } from '../object/assembly.ts';
import {
  argumentPlace,
  noMoreThan,
  numberArgument,
  plainText,
  rawText,
  stringArgument,
} from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { debugFile, setLocation } from '../debug/lines.ts';
import type { LocFlags } from '../debug/lines.ts';
import { parseInteger } from '../values/numbers.ts';

/** What stands between the first two arguments. */
const between = ({ text, operands }: Directive) => text.slice(operands[0].end, operands[1].start);

function file(directive: Directive): void {
  const { assembly, operands } = directive;
  if (operands[0]?.kind === 'string') {
    const name = stringArgument(directive, 0);
    noMoreThan(directive, 1);
    if (name === undefined) return;
    assembly.sourceFile(name);
    renameLines(directive, name);
    return;
  }
  const number = numberArgument(directive, 0);
  if (operands.length > 1 && between(directive).includes(',')) {
    return assembly.error('A0505', "'.file' has no comma behind the number");
  }
  const first = stringArgument(directive, 1);
  if (number === undefined || first === undefined) return;
  if (number < 0) return assembly.error('A0502', `file number ${number} is negative`);
  let at = 2;
  let directory: string | undefined;
  let name = first;
  if (operands[2]?.kind === 'string') {
    if (number > 0 && assembly.lines.version < 5) {
      const message = `a directory and a name need DWARF 5, which '.file 0' or --gdwarf-5 asks for`;
      return assembly.error('A0502', message, argumentPlace(directive, 2));
    }
    directory = first;
    name = stringArgument(directive, 2) ?? first;
    at = 3;
  }
  const isRecent = number === 0 || assembly.lines.version >= 5;
  const hasSum = isRecent && plainText(directive, at) === 'md5';
  if (!hasSum) noMoreThan(directive, at);
  let md5: Uint8Array | undefined;
  if (plainText(directive, at) === 'md5' && operands[at + 1]) {
    const digits = rawText(directive, operands[at + 1])
      .replace(/^0x/, '')
      .padStart(32, '0');
    if (/^0{16}/.test(digits)) {
      const message = 'an MD5 sum has 128 bits, found fewer than 65';
      return assembly.error('A0502', message, argumentPlace(directive, at + 1));
    }
    // A number like any other: its lowest byte comes first.
    md5 = Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16)).reverse();
  }
  debugFile(assembly, number, directory, name, md5);
}

/** `.loc file line [column] [flags]`; the numbers are plain, so the text is read as it stands. */
function loc(directive: Directive): void {
  const { assembly, operands, text, name, start, end } = directive;
  const words: string[] = [];
  for (const word of text
    .slice(start + name.length, end)
    .trim()
    .split(/\s+/)) {
    const before = words.at(-1);
    // A sign between blanks belongs to the number before it.
    const isRest = before !== undefined && before !== 'view' && /^-\d/.test(word);
    if (isRest) words[words.length - 1] = before + word;
    else words.push(word);
  }
  const comma = words.find((word) => word.includes(','));
  if (comma !== undefined) {
    return assembly.error('A0505', `found '${comma}', but '.loc' has no commas`);
  }
  const numbers: number[] = [];
  while (numbers.length < 3 && /^[-+~(]*\d/.test(words[0] ?? '')) {
    numbers.push(locNumber(directive, words.shift()));
  }
  if (numbers.length === 0 || operands.length === 0) {
    return assembly.error('A0504', "'.loc' needs a file number and a line number");
  }
  const flags: Partial<LocFlags> = {};
  for (let i = 0; i < words.length; i++) {
    if (words[i] === '') continue;
    if (!locFlag(assembly, flags, words[i], words[i + 1])) continue;
    i++;
  }
  setLocation(assembly, numbers[0], numbers[1] ?? 0, numbers[2], flags);
}

/** A number of `.loc`, of which 32 bits count, or a sum of numbers; 0 after a diagnostic. */
function locNumber({ assembly }: Pick<Directive, 'assembly'>, word = ''): number {
  if (/^\d{1,9}$/.test(word) && !/^0\d/.test(word)) return Number(word);
  let sum = 0n;
  for (const [, signs, digits] of word.matchAll(/([-+~]*)([^-+~]+)/g)) {
    const number = parseInteger(digits);
    if (number === undefined || number >> 64n !== 0n) {
      assembly.error('A0504', `'${word}' in '.loc' is no number of 64 bits`);
      return 0;
    }
    let value = number;
    for (const sign of signs) value = sign === '-' ? -value : sign === '~' ? ~value : value;
    sum += value;
  }
  return Number(BigInt.asUintN(32, sum));
}

/** The number behind a flag, of 32 bits; 0 where there is none. */
function flagNumber(assembly: Assembly, word: string | undefined): number {
  const isSum = /^\d+[-+]/.test(word ?? '');
  const value = isSum ? locNumber({ assembly }, word) : Number(word ?? 0);
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value;
  assembly.error('A0504', `'${word ?? ''}' in '.loc' is no number from 0 to 4294967295`);
  return 0;
}

/** Sets one flag; true where it took the next word too. */
export function locFlag(
  assembly: Assembly,
  flags: Partial<LocFlags>,
  word: string,
  next: string | undefined,
): boolean {
  switch (word) {
    case 'basic_block':
      flags.isBasicBlock = true;
      return false;
    case 'prologue_end':
      flags.isPrologueEnd = true;
      return false;
    case 'epilogue_begin':
      flags.isEpilogueBegin = true;
      return false;
    case 'is_stmt':
      if (next !== '0' && next !== '1') assembly.error('A0504', "'is_stmt' takes 0 or 1");
      flags.isStatement = next !== '0';
      return true;
    case 'discriminator':
      flags.discriminator = flagNumber(assembly, next);
      return true;
    case 'isa':
      flags.isa = flagNumber(assembly, next);
      return true;
    case 'view':
      if (next === '0') flags.view = 'zero';
      else if (next === '-0') flags.view = 'reset';
      else if (next !== undefined) flags.view = assembly.symbols.get(next);
      else assembly.error('A0504', "'view' of '.loc' needs a symbol, 0 or -0");
      return true;
    default:
      assembly.error('A0504', `'.loc' does not know '${word}'`);
      return false;
  }
}

/** `.ident`: strings in .comment, behind one zero byte. */
export function emitIdent(assembly: Assembly, text: string): void {
  const section = assembly.section('.comment', { type: 1, flags: 0x30, entrySize: 1 });
  const { current, previous } = assembly;
  assembly.current = section.subsection(0);
  if (assembly.current.length === 0) assembly.bytes(new Uint8Array(1));
  assembly.bytes(latin1Bytes(`${text}\0`));
  assembly.current = current;
  assembly.previous = previous;
}

function ident(directive: Directive): void {
  const text = stringArgument(directive, 0);
  if (text !== undefined) emitIdent(directive.assembly, text);
}

/** Lines that a marker gave to a file are from here on lines of the one that is named. */
function renameLines({ text, start, end }: Directive, name: string): void {
  if (!text.isMarked) return;
  const span = text.span(start, end);
  text.mark(end, name, span.file.position(span.start).line, true);
}

/** `.loc_mark_labels 0` or `1` */
function markLabels(directive: Directive): void {
  const value = numberArgument(directive, 0);
  if (value === undefined) return;
  const { assembly } = directive;
  if (value !== 0 && value !== 1) {
    return assembly.error('A0505', `'.loc_mark_labels' takes 0 or 1, found ${value}`);
  }
  assembly.lines.marksLabels = value === 1;
}

export const debugDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.file': file,
  '.loc': loc,
  '.ident': ident,
  '.loc_mark_labels': markLabels,
};
