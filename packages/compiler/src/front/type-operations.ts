// Types made, classified, compared and printed (C11 6.2.5, 6.2.7, 6.3.1).

import { CONST, RESTRICT, VOLATILE, sizeOf, unqualified } from '../types.ts';
import type {
  ArrayType,
  FloatKind,
  FloatType,
  FunctionType,
  IntegerKind,
  IntegerType,
  PointerType,
  RecordType,
  Type,
  VoidType,
} from '../types.ts';

const basic = (kind: IntegerKind): IntegerType => ({ kind, qualifiers: 0 });
const floating = (kind: FloatKind): FloatType => ({ kind, qualifiers: 0 });

export const VOID: VoidType = { kind: 'void', qualifiers: 0 };
export const BOOL: IntegerType = basic('bool');
export const CHAR: IntegerType = basic('char');
export const SCHAR: IntegerType = basic('schar');
export const UCHAR: IntegerType = basic('uchar');
export const SHORT: IntegerType = basic('short');
export const USHORT: IntegerType = basic('ushort');
export const INT: IntegerType = basic('int');
export const UINT: IntegerType = basic('uint');
export const LONG: IntegerType = basic('long');
export const ULONG: IntegerType = basic('ulong');
export const LLONG: IntegerType = basic('llong');
export const ULLONG: IntegerType = basic('ullong');
export const FLOAT: FloatType = floating('float');
export const DOUBLE: FloatType = floating('double');
export const LDOUBLE: FloatType = floating('ldouble');
/** The type of what could not be typed: nothing more is said about it. Compared by identity. */
export const ERROR: IntegerType = { kind: 'int', qualifiers: 0 };

const pointers = new WeakMap<Type, PointerType>();

export function pointerTo(to: Type): PointerType {
  let pointer = pointers.get(to);
  if (!pointer) pointers.set(to, (pointer = { kind: 'pointer', qualifiers: 0, to }));
  return pointer;
}

export function arrayOf(element: Type, count: number | undefined): ArrayType {
  return { kind: 'array', qualifiers: 0, element, count };
}

export const CHAR_POINTER: PointerType = pointerTo(CHAR);
export const VOID_POINTER: PointerType = pointerTo(VOID);

/** Adds qualifiers; an array's go to its elements. */
export function qualify(type: Type, qualifiers: number): Type {
  if (qualifiers === 0 || type === ERROR) return type;
  if (type.kind === 'array') return { ...type, element: qualify(type.element, qualifiers) };
  if ((type.qualifiers & qualifiers) === qualifiers) return type;
  return { ...type, qualifiers: type.qualifiers | qualifiers };
}

/** The qualifiers of an array's elements, of anything else its own. */
export function qualifiersOf(type: Type): number {
  let inner = type;
  while (inner.kind === 'array') inner = inner.element;
  return inner.qualifiers;
}

const ranks: Readonly<Record<IntegerKind, number>> = {
  bool: 0,
  char: 1,
  schar: 1,
  uchar: 1,
  short: 2,
  ushort: 2,
  int: 3,
  uint: 3,
  long: 4,
  ulong: 4,
  llong: 5,
  ullong: 5,
};

/** The integer kind of an integer or enumerated type. */
export function integerKind(type: Type): IntegerKind | undefined {
  if (type.kind === 'enum') return type.definition.underlying.kind;
  return type.kind in ranks ? (type as IntegerType).kind : undefined;
}

export function isInteger(type: Type): boolean {
  return type.kind === 'enum' || type.kind in ranks;
}
export function isFloating(type: Type): type is FloatType {
  return type.kind === 'double' || type.kind === 'float' || type.kind === 'ldouble';
}
export function isArithmetic(type: Type): boolean {
  return isInteger(type) || isFloating(type);
}
export function isPointer(type: Type): type is PointerType {
  return type.kind === 'pointer';
}
export function isScalar(type: Type): boolean {
  return isPointer(type) || isArithmetic(type);
}
export function isRecord(type: Type): type is RecordType {
  return type.kind === 'struct' || type.kind === 'union';
}

const unsignedKinds: ReadonlySet<string> = new Set([
  'bool',
  'uchar',
  'ushort',
  'uint',
  'ulong',
  'ullong',
  'pointer',
]);

export function isUnsigned(type: Type): boolean {
  return unsignedKinds.has(type.kind === 'enum' ? type.definition.underlying.kind : type.kind);
}

/** False for void, functions' absence of size, unfinished records and arrays. */
export function isComplete(type: Type): boolean {
  switch (type.kind) {
    case 'void':
      return false;
    case 'array':
      return type.count !== undefined && isComplete(type.element);
    case 'struct':
    case 'union':
      return type.record.isComplete;
    case 'enum':
      return type.definition.isComplete;
    default:
      return true;
  }
}

/** C11 6.3.1.1; other types stay as they are, without qualifiers. */
export function promoted(type: Type): Type {
  const kind = integerKind(type);
  if (kind === undefined || type === ERROR) return type === ERROR ? type : plain(type);
  if (ranks[kind] < ranks.int) return INT;
  return type.kind === 'enum' ? type.definition.underlying : plain(type);
}

/** Without qualifiers and without a typedef's alignment. */
export function plain<T extends Type>(type: T): T {
  if (type === (ERROR as Type)) return type;
  return type.aligned === undefined
    ? unqualified(type)
    : { ...type, qualifiers: 0, aligned: undefined };
}

const unsignedOf: Partial<Record<IntegerKind, IntegerType>> = {
  int: UINT,
  long: ULONG,
  llong: ULLONG,
};

/** C11 6.3.1.8, of two promoted arithmetic types. */
export function commonType(left: Type, right: Type): Type {
  for (const wide of [LDOUBLE, DOUBLE, FLOAT]) {
    if (left.kind === wide.kind || right.kind === wide.kind) return wide;
  }
  const a = promoted(left) as IntegerType;
  const b = promoted(right) as IntegerType;
  if (a.kind === b.kind) return a;
  const [low, high] = ranks[a.kind] < ranks[b.kind] ? [a, b] : [b, a];
  if (isUnsigned(high) || !isUnsigned(low)) return high;
  if (ranks[low.kind] === ranks[high.kind]) return low;
  return sizeOf(high) > sizeOf(low) ? high : (unsignedOf[high.kind] ?? high);
}

/** `_Bool f()` and `f(char)` cannot meet: an unprototyped call passes promoted arguments. */
function agreesWithPromotions(parameters: readonly Type[]): boolean {
  return parameters.every((type) => {
    if (type.kind === 'float') return false;
    return !isInteger(type) || compatible(promoted(type), plain(type));
  });
}

function compatibleFunctions(a: FunctionType, b: FunctionType): boolean {
  if (!compatible(a.returns, b.returns)) return false;
  if (a.regparm !== b.regparm || a.convention !== b.convention) return false;
  if (!a.isPrototyped || !b.isPrototyped) {
    const known = a.isPrototyped ? a : b;
    if (!known.isPrototyped) return true;
    return !known.isVariadic && agreesWithPromotions(known.parameters);
  }
  if (a.isVariadic !== b.isVariadic || a.parameters.length !== b.parameters.length) return false;
  return a.parameters.every((type, i) => compatible(plain(type), plain(b.parameters[i])));
}

/** C11 6.2.7, qualifiers included. */
export function compatible(a: Type, b: Type): boolean {
  if (a === b || a === ERROR || b === ERROR) return true;
  if (a.qualifiers !== b.qualifiers) return false;
  if (a.kind === 'enum' || b.kind === 'enum') {
    if (a.kind === 'enum' && b.kind === 'enum') return a.definition === b.definition;
    return integerKind(a) === integerKind(b);
  }
  if (a.kind === 'pointer' && b.kind === 'pointer') return compatible(a.to, b.to);
  if (a.kind === 'array' && b.kind === 'array') {
    if (a.count !== undefined && b.count !== undefined && a.count !== b.count) return false;
    return compatible(a.element, b.element);
  }
  if (a.kind === 'function' && b.kind === 'function') return compatibleFunctions(a, b);
  if (isRecord(a) && isRecord(b)) return a.record === b.record;
  return a.kind === b.kind;
}

/** The composite of two compatible types (C11 6.2.7p3). */
export function composite(a: Type, b: Type): Type {
  if (a === b || a.kind !== b.kind) return a;
  if (a.kind === 'array' && b.kind === 'array') {
    return { ...a, count: a.count ?? b.count, element: composite(a.element, b.element) };
  }
  if (a.kind === 'pointer' && b.kind === 'pointer') return { ...a, to: composite(a.to, b.to) };
  if (a.kind === 'function' && b.kind === 'function') {
    const isNoReturn = a.isNoReturn || b.isNoReturn;
    if (!a.isPrototyped || !b.isPrototyped) {
      return { ...(a.isPrototyped ? a : b), isNoReturn };
    }
    const parameters = a.parameters.map((type, i) => composite(type, b.parameters[i]));
    return { ...a, parameters, isNoReturn, returns: composite(a.returns, b.returns) };
  }
  return a;
}

const names: Readonly<Record<IntegerKind | FloatKind | 'void', string>> = {
  void: 'void',
  bool: '_Bool',
  char: 'char',
  schar: 'signed char',
  uchar: 'unsigned char',
  short: 'short int',
  ushort: 'short unsigned int',
  int: 'int',
  uint: 'unsigned int',
  long: 'long int',
  ulong: 'long unsigned int',
  llong: 'long long int',
  ullong: 'long long unsigned int',
  float: 'float',
  double: 'double',
  ldouble: 'long double',
};

function qualifierText(qualifiers: number): string {
  let text = '';
  if (qualifiers & CONST) text += 'const ';
  if (qualifiers & VOLATILE) text += 'volatile ';
  if (qualifiers & RESTRICT) text += 'restrict ';
  return text;
}

function declarator(type: Type, inner: string): string {
  switch (type.kind) {
    case 'pointer': {
      const text = `*${qualifierText(type.qualifiers)}${inner}`.trimEnd();
      const needsParens = type.to.kind === 'array' || type.to.kind === 'function';
      return declarator(type.to, needsParens ? `(${text})` : text);
    }
    case 'array':
      return declarator(type.element, `${inner}[${type.count ?? ''}]`);
    case 'function': {
      const parameters = type.parameters.map((parameter) => typeText(parameter));
      if (type.isVariadic) parameters.push('...');
      if (type.isPrototyped && parameters.length === 0) parameters.push('void');
      return declarator(type.returns, `${inner}(${parameters.join(', ')})`);
    }
    default:
      return `${qualifierText(type.qualifiers)}${baseText(type)}${inner === '' ? '' : ` ${inner}`}`;
  }
}

function baseText(type: Type): string {
  if (isRecord(type)) return `${type.kind} ${type.record.tag ?? '<anonymous>'}`;
  if (type.kind === 'enum') return `enum ${type.definition.tag ?? '<anonymous>'}`;
  if (type.kind === 'pointer' || type.kind === 'array' || type.kind === 'function') return '';
  return names[type.kind];
}

/** The type as C writes it, in gcc's words. */
export function typeText(type: Type): string {
  return declarator(type, '');
}
