// Declaration specifiers (C11 6.7.1 to 6.7.5): storage class, type, qualifiers, attributes, in any
// order.

import type { Span } from '@ring0/diagnostics';
import { CONST, RESTRICT, VOLATILE } from '../types.ts';
import type { Type } from '../types.ts';
import { alignas, attributes } from './attributes.ts';
import type { AttributeSet } from './attributes.ts';
import { T } from './codes.ts';
import { atTypeName, typeName } from './declarators.ts';
import { expression } from './expressions.ts';
import { hint } from './primary.ts';
import { enumSpecifier, recordSpecifier } from './records.ts';
import * as types from './type-operations.ts';
import type { Unit } from './unit.ts';

export type Storage = 'typedef' | 'extern' | 'static' | 'auto' | 'register';

export interface Specifiers {
  readonly storage: Storage | undefined;
  readonly isInline: boolean;
  /** `__auto_type`: the initialiser says. */
  readonly isAuto: boolean;
  readonly type: Type;
  readonly attributes: AttributeSet;
  /** A struct, union or enum specifier: a declaration of it alone is fine. */
  readonly hasTag: boolean;
  readonly span: Span;
}

/** True where declaration specifiers begin. */
export function atSpecifier(u: Unit): boolean {
  const code = u.code;
  if (code >= T.typedef && code <= T.noreturn) return true;
  if (code === T.alignas) return true;
  return atTypeName(u);
}

const storages: Readonly<Record<number, Storage>> = {
  [T.typedef]: 'typedef',
  [T.extern]: 'extern',
  [T.static]: 'static',
  [T.auto]: 'auto',
  [T.register]: 'register',
};

/** Counts the words of an arithmetic type; anything else is `whole`. */
interface Words {
  base: number;
  longs: number;
  isShort: boolean;
  sign: number;
  count: number;
  whole: Type | undefined;
}

function arithmeticType(words: Words, isCharUnsigned: boolean): Type | undefined {
  const { base, longs, isShort, sign } = words;
  const isUnsigned = sign === T.unsigned;
  const isBare = longs === 0 && !isShort;
  switch (base) {
    case T.void:
      return isBare && sign === 0 ? types.VOID : undefined;
    case T.bool:
      return isBare && sign === 0 ? types.BOOL : undefined;
    case T.float:
      return isBare && sign === 0 ? types.FLOAT : undefined;
    case T.double:
      if (sign !== 0 || isShort || longs > 1) return undefined;
      return longs === 1 ? types.LDOUBLE : types.DOUBLE;
    case T.char:
      if (!isBare) return undefined;
      if (isUnsigned) return types.UCHAR;
      if (sign === T.signed) return types.SCHAR;
      return isCharUnsigned ? types.UCHAR : types.CHAR;
    default:
      if (isShort) return longs > 0 ? undefined : isUnsigned ? types.USHORT : types.SHORT;
      if (longs > 2) return undefined;
      return [
        isUnsigned ? types.UINT : types.INT,
        isUnsigned ? types.ULONG : types.LONG,
        isUnsigned ? types.ULLONG : types.LLONG,
      ][longs];
  }
}

/** One word of an arithmetic type; false if it cannot join the others. */
function addWord(words: Words, code: number): boolean {
  words.count++;
  if (words.whole) return false;
  switch (code) {
    case T.long:
      return ++words.longs <= 2;
    case T.short:
      if (words.isShort) return false;
      words.isShort = true;
      return true;
    case T.signed:
    case T.unsigned:
      if (words.sign !== 0) return false;
      words.sign = code;
      return true;
    default:
      if (words.base !== 0) return false;
      words.base = code;
      return true;
  }
}

function typeofSpecifier(u: Unit): Type {
  u.at++;
  u.expect(T.leftParen, "'('");
  u.unevaluated++;
  u.enter();
  const type = atTypeName(u) ? typeName(u) : expression(u).type;
  u.leave();
  u.unevaluated--;
  u.expect(T.rightParen, "')'");
  return type;
}

/** Headers declare functions of this type; objects can be passed and copied, not computed with. */
const FLOAT128: Type = {
  kind: 'struct',
  qualifiers: 0,
  record: { tag: '_Float128', isComplete: true, size: 16, alignment: 16, members: [] },
};

class SpecifierReader {
  private readonly u: Unit;
  storage: Storage | undefined;
  isInline = false;
  isAuto = false;
  hasTag = false;
  qualifiers = 0;
  readonly attributes: AttributeSet = {};
  readonly words: Words = {
    base: 0,
    longs: 0,
    isShort: false,
    sign: 0,
    count: 0,
    whole: undefined,
  };

  constructor(u: Unit) {
    this.u = u;
  }

  private whole(type: Type): boolean {
    const { u, words } = this;
    if (words.count > 0) u.error('C0410', 'two types in one declaration', u.span(u.at - 1));
    words.whole = type;
    words.count++;
    return true;
  }

  private setStorage(storage: Storage): void {
    const { u } = this;
    if (this.storage && this.storage !== storage) {
      u.error('C0411', `'${storage}' after '${this.storage}' in one declaration`, u.span());
    }
    this.storage = storage;
  }

  /** Reads one specifier; false where none stands. */
  step(): boolean {
    const { u } = this;
    const { code } = u;
    const storage = storages[code];
    if (storage) this.setStorage(storage);
    else if (code === T.threadLocal) this.attributes.isThreadLocal = true;
    else if (code === T.inline) this.isInline = true;
    else if (code === T.noreturn) this.attributes.isNoReturn = true;
    else if (code === T.const) this.qualifiers |= CONST;
    else if (code === T.volatile) this.qualifiers |= VOLATILE;
    else if (code === T.restrict) this.qualifiers |= RESTRICT;
    else if (code === T.extension) void 0;
    else return this.compound(code);
    u.at++;
    return true;
  }

  private compound(code: number): boolean {
    const { u } = this;
    switch (code) {
      case T.attribute:
        attributes(u, this.attributes);
        return true;
      case T.alignas:
        alignas(u, this.attributes);
        return true;
      case T.atomic:
      case T.complex:
      case T.int128:
        u.error('C0412', `'${u.text()}' is not supported`, u.span());
        u.at++;
        return true;
      case T.struct:
      case T.union:
        this.hasTag = true;
        return this.whole(recordSpecifier(u));
      case T.enum:
        this.hasTag = true;
        return this.whole(enumSpecifier(u));
      case T.typeof:
        return this.whole(typeofSpecifier(u));
      case T.vaListType:
        u.at++;
        return this.whole(types.CHAR_POINTER);
      case T.float128:
        u.at++;
        return this.whole(FLOAT128);
      case T.float32Type:
        u.at++;
        return this.whole(types.FLOAT);
      case T.float64Type:
        u.at++;
        return this.whole(types.DOUBLE);
      case T.float64xType:
        u.at++;
        return this.whole(types.LDOUBLE);
      case T.autoType:
        u.at++;
        this.isAuto = true;
        return this.whole(types.INT);
      case T.name:
        return this.typedefName();
      default:
        return code >= T.void && code <= T.bool && this.word(code);
    }
  }

  private typedefName(): boolean {
    const { u } = this;
    if (this.words.count > 0) return false;
    const declared = u.lookup(u.atom);
    if (declared?.kind !== 'typedef') return false;
    declared.isUsed = true;
    u.at++;
    return this.whole(declared.type);
  }

  private word(code: number): boolean {
    const { u } = this;
    if (!addWord(this.words, code)) {
      u.error('C0413', `'${u.text()}' does not fit the type before it`, u.span());
    }
    u.at++;
    return true;
  }
}

const modes: Readonly<Record<string, [Type, Type]>> = {
  QI: [types.SCHAR, types.UCHAR],
  byte: [types.SCHAR, types.UCHAR],
  HI: [types.SHORT, types.USHORT],
  SI: [types.INT, types.UINT],
  word: [types.INT, types.UINT],
  pointer: [types.INT, types.UINT],
  DI: [types.LLONG, types.ULLONG],
};

/** The type that `__attribute__((mode(M)))` makes of `type`. */
export function withMode(u: Unit, type: Type, mode: string | undefined, span: Span): Type {
  if (mode === undefined) return type;
  const floats: Record<string, Type> = { SF: types.FLOAT, DF: types.DOUBLE, XF: types.LDOUBLE };
  if (floats[mode]) return floats[mode];
  const pair = modes[mode];
  if (pair) return pair[types.isUnsigned(type) ? 1 : 0];
  u.error('C0414', `unknown machine mode '${mode}'`, span);
  return type;
}

/** `foo x` or `foo *x` where foo is not declared: a type that is missing. */
export function atUnknownType(u: Unit): boolean {
  if (u.code !== T.name || u.lookup(u.atom)) return false;
  return u.peek(1) === T.name || (u.peek(1) === T.star && u.peek(2) === T.name && u.depth === 0);
}

function unknownType(u: Unit): Type {
  const text = u.text();
  u.error('C0423', `unknown type '${text}'`, u.span(), hint(u, text));
  u.at++;
  return types.ERROR;
}

/** Reads declaration specifiers; without a type the type is int, with a warning. */
export function specifiers(u: Unit): Specifiers {
  const first = u.at;
  const reader = new SpecifierReader(u);
  while (reader.step());
  const span = u.at > first ? u.spanFrom(first) : u.span();
  const { words } = reader;
  let type: Type | undefined = words.whole;
  if (!type && words.count > 0) {
    type = arithmeticType(words, u.options.isCharUnsigned);
    if (!type) {
      u.error('C0415', 'these words make no type', span);
      type = types.ERROR;
    }
  }
  if (!type && atUnknownType(u)) type = unknownType(u);
  if (!type) {
    if (u.code !== T.name && u.code !== T.star && u.at === first) u.syntaxError('expected a type');
    u.warn('implicit-int', 'C0416', 'a type is missing here; int is assumed', u.span());
    type = types.INT;
  }
  type = withMode(u, type, reader.attributes.mode, span);
  return {
    storage: reader.storage,
    isInline: reader.isInline,
    isAuto: reader.isAuto,
    type: types.qualify(type, reader.qualifiers),
    attributes: reader.attributes,
    hasTag: reader.hasTag,
    span,
  };
}
