// C types of the i386 ABI (System V i386 psABI, table 2.1). Types are compared by structure, except
// struct, union and enum, which are compared by identity. Qualifiers lie on the type object;
// `unqualified(type)` strips them.

export const CONST = 1;
export const VOLATILE = 2;
export const RESTRICT = 4;

export type IntegerKind =
  | 'bool'
  | 'char'
  | 'schar'
  | 'uchar'
  | 'short'
  | 'ushort'
  | 'int'
  | 'uint'
  | 'long'
  | 'ulong'
  | 'llong'
  | 'ullong';
export type FloatKind = 'float' | 'double' | 'ldouble';

export type Type =
  | VoidType
  | IntegerType
  | FloatType
  | PointerType
  | ArrayType
  | FunctionType
  | RecordType
  | EnumType;

interface TypeBase {
  readonly qualifiers: number;
  /** From `__attribute__((aligned))` on a typedef, in bytes; absent: the ABI's alignment. */
  readonly aligned?: number | undefined;
}
export interface VoidType extends TypeBase {
  readonly kind: 'void';
}
export interface IntegerType extends TypeBase {
  readonly kind: IntegerKind;
}
export interface FloatType extends TypeBase {
  readonly kind: FloatKind;
}
export interface PointerType extends TypeBase {
  readonly kind: 'pointer';
  readonly to: Type;
}
export interface ArrayType extends TypeBase {
  readonly kind: 'array';
  readonly element: Type;
  /** Undefined: incomplete (or a flexible array member). Zero-length arrays (GNU) have 0. */
  count: number | undefined;
}
export interface FunctionType extends TypeBase {
  readonly kind: 'function';
  readonly returns: Type;
  readonly parameters: readonly Type[];
  readonly isVariadic: boolean;
  /** False for `f()`: the arguments get the default promotions. */
  readonly isPrototyped: boolean;
  /** Number of arguments in eax, edx, ecx: __attribute__((regparm(n))). */
  readonly regparm: number;
  /** The callee pops its arguments; fastcall: the first two words are in ecx and edx. */
  readonly convention?: 'stdcall' | 'fastcall' | undefined;
  readonly isNoReturn: boolean;
}
export interface RecordType extends TypeBase {
  readonly kind: 'struct' | 'union';
  /** Shared by all qualified versions; compared by identity. */
  readonly record: RecordDefinition;
}
export interface RecordDefinition {
  readonly tag: string | undefined;
  isComplete: boolean;
  size: number;
  alignment: number;
  members: readonly Member[];
}
export interface Member {
  /** Undefined: an anonymous struct or union, or an unnamed bit-field. */
  readonly name: string | undefined;
  readonly type: Type;
  /** In bytes from the start of the record; of a bit-field: of its storage unit. */
  readonly offset: number;
  /**
   * Of a bit-field: counted from the least significant bit of the unit of `sizeOf(type)` bytes at
   * `offset`. A packed
   * field may reach beyond that unit (bits.offset + bits.width > 8 * sizeOf(type)), and a unit may
   * reach beyond the
   * record: the back end touches only bytes that hold bits of the field.
   */
  readonly bits?: BitField | undefined;
}
export interface BitField {
  readonly offset: number;
  readonly width: number;
}
export interface EnumType extends TypeBase {
  readonly kind: 'enum';
  readonly definition: EnumDefinition;
}
export interface EnumDefinition {
  readonly tag: string | undefined;
  isComplete: boolean;
  /** int or uint (or char, short.. when packed). */
  underlying: IntegerType;
  constants: readonly { readonly name: string; readonly value: bigint }[];
}

const BASIC_SIZES: Readonly<Record<IntegerKind | FloatKind, number>> = {
  bool: 1,
  char: 1,
  schar: 1,
  uchar: 1,
  short: 2,
  ushort: 2,
  int: 4,
  uint: 4,
  long: 4,
  ulong: 4,
  llong: 8,
  ullong: 8,
  float: 4,
  double: 8,
  ldouble: 12,
};

/**
 * `sizeof`, in bytes; 1 for void and functions (GNU), 0 for incomplete types and flexible arrays.
 */
export function sizeOf(type: Type): number {
  switch (type.kind) {
    case 'void':
    case 'function':
      return 1;
    case 'pointer':
      return 4;
    case 'array':
      return sizeOf(type.element) * (type.count ?? 0);
    case 'struct':
    case 'union':
      return type.record.size;
    case 'enum':
      return BASIC_SIZES[type.definition.underlying.kind];
    default:
      return BASIC_SIZES[type.kind];
  }
}

/** Alignment as a struct member, in bytes (psABI table 2.1: 4 for long long and double). */
export function alignOf(type: Type): number {
  if (type.aligned !== undefined) return type.aligned;
  switch (type.kind) {
    case 'array':
      return alignOf(type.element);
    case 'struct':
    case 'union':
      return type.record.alignment;
    case 'enum':
      return BASIC_SIZES[type.definition.underlying.kind];
    default:
      return Math.min(4, sizeOf(type));
  }
}

/** The same type without qualifiers; an array keeps those of its elements. */
export function unqualified<T extends Type>(type: T): T {
  return type.qualifiers === 0 ? type : { ...type, qualifiers: 0 };
}
