// C types of the i386 ABI (System V i386 psABI, table 2.1). Types are compared by structure, except struct, union and enum,
// which are compared by identity. Qualifiers lie on the type object; `unqualified(type)` strips them.

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

export interface VoidType {
  readonly kind: 'void';
  readonly qualifiers: number;
}
export interface IntegerType {
  readonly kind: IntegerKind;
  readonly qualifiers: number;
}
export interface FloatType {
  readonly kind: FloatKind;
  readonly qualifiers: number;
}
export interface PointerType {
  readonly kind: 'pointer';
  readonly qualifiers: number;
  readonly to: Type;
}
export interface ArrayType {
  readonly kind: 'array';
  readonly qualifiers: number;
  readonly element: Type;
  /** Undefined: incomplete (or a flexible array member). Zero-length arrays (GNU) have 0. */
  count: number | undefined;
}
export interface FunctionType {
  readonly kind: 'function';
  readonly qualifiers: number;
  readonly returns: Type;
  readonly parameters: readonly Type[];
  readonly isVariadic: boolean;
  /** False for `f()`: the arguments get the default promotions. */
  readonly isPrototyped: boolean;
  /** Number of arguments in eax, edx, ecx: __attribute__((regparm(n))). */
  readonly regparm: number;
  readonly isNoReturn: boolean;
}
export interface RecordType {
  readonly kind: 'struct' | 'union';
  readonly qualifiers: number;
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
  /** Of a bit-field: counted from the least significant bit of the unit of `sizeOf(type)` bytes at `offset`. */
  readonly bits?: BitField | undefined;
}
export interface BitField {
  readonly offset: number;
  readonly width: number;
}
export interface EnumType {
  readonly kind: 'enum';
  readonly qualifiers: number;
  readonly definition: EnumDefinition;
}
export interface EnumDefinition {
  readonly tag: string | undefined;
  isComplete: boolean;
  /** int or uint (or char, short.. when packed). */
  underlying: IntegerType;
  constants: readonly { readonly name: string; readonly value: bigint }[];
}
