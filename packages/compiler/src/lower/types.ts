// What the back end asks of a C type: its size and alignment by the i386 psABI, and the class of machine value it is.

import { alignUp } from '@ring0/bytes';
import { Access } from '../ir/ops.ts';
import type { Type } from '../types.ts';
import { VOLATILE, sizeOf } from '../types.ts';

export { sizeOf };

const accesses: Readonly<Record<string, number>> = {
  bool: Access.u8,
  char: Access.s8,
  schar: Access.s8,
  uchar: Access.u8,
  short: Access.s16,
  ushort: Access.u16,
};

/** The alignment a variable gets; 64-bit members are aligned to 4 in records only. */
export function alignmentOf(type: Type): number {
  let inner = type;
  while (inner.kind === 'array' && inner.aligned === undefined) inner = inner.element;
  if (inner.aligned !== undefined) return inner.aligned;
  if (inner.kind === 'struct' || inner.kind === 'union') return Math.max(inner.record.alignment, 1);
  if (inner.kind === 'ldouble') return 4;
  return Math.min(sizeOf(inner), 8);
}

export type ValueClass = 'void' | 'word' | 'pair' | 'float' | 'record';
/** How values of the type are held. */
export function classOf(type: Type): ValueClass {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'llong':
    case 'ullong':
      return 'pair';
    case 'float':
    case 'double':
    case 'ldouble':
      return 'float';
    case 'struct':
    case 'union':
    case 'array':
      return 'record';
    case 'enum':
      return classOf(type.definition.underlying);
    default:
      return 'word';
  }
}

export function isVolatile(type: Type): boolean {
  return (type.qualifiers & VOLATILE) !== 0;
}
/** The integer access kind of a word type. */
export function accessOf(type: Type): number {
  if (type.kind === 'enum') return accessOf(type.definition.underlying);
  return accesses[type.kind] ?? Access.i32;
}
/** 0 float, 1 double, 2 long double. */
export function precisionOf(type: Type): number {
  return type.kind === 'float' ? 0 : type.kind === 'double' ? 1 : 2;
}
export const precisionSizes: readonly number[] = [4, 8, 12];

export function isUnsigned(type: Type): boolean {
  switch (type.kind) {
    case 'bool':
    case 'uchar':
    case 'ushort':
    case 'uint':
    case 'ulong':
    case 'ullong':
    case 'pointer':
      return true;
    case 'enum':
      return isUnsigned(type.definition.underlying);
    default:
      return false;
  }
}
export function isBool(type: Type): boolean {
  return type.kind === 'bool';
}
/** Bytes of an argument of the type on the stack. */
export function stackSize(type: Type): number {
  return alignUp(sizeOf(type), 4);
}
