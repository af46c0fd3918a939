// -Wformat: whether the arguments of printf, scanf and their like are what the format string asks
// for (C11 7.21.6). Only string literals are looked at; positions such as %1$d are left alone.

import type { Span } from '@ring0/diagnostics';
import type { Entity, Expression, FormatUse } from '../tree.ts';
import { characterText } from './text.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import type { Type } from '../types.ts';
import type { Unit } from './unit.ts';

/** The library's functions; others say so by `__attribute__((format(..)))`. Positions from 0. */
const known: Readonly<Record<string, FormatUse>> = {
  printf: { style: 'printf', format: 0, first: 1 },
  fprintf: { style: 'printf', format: 1, first: 2 },
  dprintf: { style: 'printf', format: 1, first: 2 },
  sprintf: { style: 'printf', format: 1, first: 2 },
  snprintf: { style: 'printf', format: 2, first: 3 },
  scanf: { style: 'scanf', format: 0, first: 1 },
  fscanf: { style: 'scanf', format: 1, first: 2 },
  sscanf: { style: 'scanf', format: 1, first: 2 },
};

const conversionPattern =
  /%(?:%|([-+ #0'*]*)(\*|\d+)?(?:\.(\*|-?\d*))?(hh|h|ll|l|j|z|t|L)?(\[\^?\]?[^\]]*\]|[a-zA-Z]))/g;

/** The integer type of each length modifier, by rank: signedness does not matter. */
const integers: Readonly<Record<string, Type>> = {
  '': types.INT,
  hh: types.INT,
  h: types.INT,
  l: types.LONG,
  ll: types.LLONG,
  j: types.LLONG,
  z: types.UINT,
  t: types.INT,
};
const storedIntegers: Readonly<Record<string, Type>> = {
  ...integers,
  hh: types.SCHAR,
  h: types.SHORT,
};

/** What a conversion takes: a type, or any pointer; undefined where nothing is checked. */
type Wanted = { readonly type: Type } | 'pointer' | undefined;

function printed(letter: string, length: string): Wanted {
  if (/[diouxX]/.test(letter)) return { type: integers[length] ?? types.INT };
  if (letter === 'c' && length === '') return { type: types.INT };
  if (/[aAeEfFgG]/.test(letter)) return { type: length === 'L' ? types.LDOUBLE : types.DOUBLE };
  if (letter === 's' && length === '') return { type: types.CHAR_POINTER };
  return letter === 'p' ? 'pointer' : undefined;
}

function scanned(letter: string, length: string): Wanted {
  if (/[diouxX]/.test(letter)) {
    return { type: types.pointerTo(storedIntegers[length] ?? types.INT) };
  }
  if (/[aAeEfFgG]/.test(letter)) {
    const type = { '': types.FLOAT, l: types.DOUBLE, L: types.LDOUBLE }[length];
    return type && { type: types.pointerTo(type) };
  }
  if (/^[sc[]/.test(letter) && length === '') return { type: types.CHAR_POINTER };
  return undefined;
}

const ranks: Readonly<Record<string, string>> = {
  bool: 'int',
  char: 'char',
  schar: 'char',
  uchar: 'char',
  short: 'short',
  ushort: 'short',
  int: 'int',
  uint: 'int',
  long: 'long',
  ulong: 'long',
  llong: 'llong',
  ullong: 'llong',
};

function rank(type: Type): string {
  return ranks[types.integerKind(type) ?? ''] ?? type.kind;
}

function suits(given: Type, wanted: Exclude<Wanted, undefined>): boolean {
  if (wanted === 'pointer') return types.isPointer(given);
  const { type } = wanted;
  if (!types.isPointer(type)) return rank(types.promoted(given)) === rank(type);
  if (!types.isPointer(given)) return false;
  // void * converts to any pointer; gcc lets it pass for %s alone, which is where it is met.
  return given.to.kind === 'void' || rank(given.to) === rank(type.to);
}

/** The conversion that prints a value of that type. */
function conversionFor(type: Type): string | undefined {
  if (types.isPointer(type)) return rank(type.to) === 'char' ? '%s' : '%p';
  if (types.isFloating(type)) return type.kind === 'ldouble' ? '%Lf' : '%f';
  if (!types.isInteger(type)) return undefined;
  const length = { long: 'l', llong: 'll' }[rank(type)] ?? '';
  return `%${length}${types.isUnsigned(types.promoted(type)) ? 'u' : 'd'}`;
}

function useOf(entity: Entity): FormatUse | undefined {
  if (entity.attributes.format) return entity.attributes.format;
  const isLibrary = entity.linkage === 'external' && Object.hasOwn(known, entity.name);
  return isLibrary ? known[entity.name] : undefined;
}

/** Warns where the arguments of a call of `entity` are not what its format asks for. */
export function checkFormat(
  u: Unit,
  entity: Entity,
  args: readonly Expression[],
  span: Span,
): void {
  const use = useOf(entity);
  const literal = use && args[use.format];
  if (!use || literal?.kind !== 'address' || literal.lvalue.kind !== 'entity') return;
  const bytes = u.strings.get(literal.lvalue.entity);
  if (!bytes) return;
  const text = characterText(bytes);
  // Positions, and what no pattern here knows, are left alone.
  if (/%\d+\$/.test(text)) return;
  let next = use.first;
  const take = (shown: string, wanted: Wanted): boolean => {
    if (use.first < 0) return true;
    const index = next++;
    const argument = args[index];
    if (!argument) {
      const message = `'${shown}' in the format has no argument`;
      u.warn('format', 'C0280', message, literal.span, [
        { message: 'add the argument, or write %% for a percent sign' },
      ]);
      return false;
    }
    if (wanted && !suits(argument.type, wanted)) mismatch(u, argument, index, shown, wanted, use);
    return true;
  };
  for (const [shown, flags, width, precision, length = '', letter] of text.matchAll(
    conversionPattern,
  )) {
    if (letter === undefined || letter === 'm') continue;
    const isPrintf = use.style === 'printf';
    if (!isPrintf && (flags.includes('*') || width === '*')) continue;
    if (isPrintf && (width === '*' || flags.includes('*')) && !take('*', { type: types.INT })) {
      return;
    }
    if (precision === '*' && !take('.*', { type: types.INT })) return;
    if (!take(shown, isPrintf ? printed(letter, length) : scanned(letter, length))) return;
  }
  if (use.first < 0 || next >= args.length) return;
  const message = `the format uses ${next - use.first} of ${args.length - use.first} arguments`;
  u.warn('format', 'C0281', message, args[next].span ?? span, [
    { message: 'add a conversion such as %d for it, or delete it' },
  ]);
}

function mismatch(
  u: Unit,
  argument: Expression,
  index: number,
  shown: string,
  wanted: Exclude<Wanted, undefined>,
  use: FormatUse,
): void {
  const expected = wanted === 'pointer' ? 'a pointer' : `'${typeText(wanted.type)}'`;
  const given = `argument ${index + 1} is '${typeText(argument.type)}'`;
  const better = use.style === 'printf' ? conversionFor(argument.type) : undefined;
  const isValue = use.style === 'scanf' && !types.isPointer(argument.type);
  const advice = isValue
    ? "it stores through a pointer; is '&' missing?"
    : better && better !== shown
      ? `did you mean '${better}'?`
      : 'change the conversion or the argument';
  u.warn('format', 'C0282', `'${shown}' expects ${expected}, ${given}`, argument.span, [
    { message: advice },
  ]);
}
