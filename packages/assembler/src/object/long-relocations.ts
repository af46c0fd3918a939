// Which relocation an ELF64 file has for a field (x86-64 psABI, table 4.9), and which of them are
// made against a section instead of its symbol.

import type { FieldFixup } from './fixups.ts';
import type { AsmSymbol } from './symbols.ts';

/** By what they put into a field: sizes are in bits, p relative to the field, s sign-extended. */
const type = {
  a64: 1,
  p32: 2,
  plt32: 4,
  gotpcrel: 9,
  a32: 10,
  s32: 11,
  a16: 12,
  p16: 13,
  a8: 14,
  p8: 15,
  p64: 24,
  gotpc32: 26,
  gotpc64: 29,
  gotpcrelx: 41,
  rexGotpcrelx: 42,
} as const;

/** What an @ operator asks for in four bytes, and in eight; 0: nothing. */
const references: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['GOT', [3, 27]],
  ['GOTOFF', [0, 25]],
  ['GOTPCREL', [type.gotpcrel, 28]],
  ['GOTPLT', [0, 30]],
  ['PLT', [type.plt32, 0]],
  ['PLTOFF', [0, 31]],
  ['SIZE', [32, 33]],
  ['TLSGD', [19, 0]],
  ['TLSLD', [20, 0]],
  ['TLSLDM', [20, 0]],
  ['DTPOFF', [21, 17]],
  ['TPOFF', [23, 18]],
  ['GOTTPOFF', [22, 0]],
  ['TLSDESC', [34, 0]],
  ['TLSCALL', [35, 0]],
]);

/** The operators that may follow @ in ELF64 files. */
export const longReferenceNames: ReadonlySet<string> = new Set(references.keys());

/** R_X86_64_TLSDESC_CALL */
export const tlsDescCall64 = 35;
const threadLocal: ReadonlySet<number> = new Set([16, 17, 18, 19, 20, 21, 22, 23, 34, 35]);

export const isThreadLocal64 = (kind: number): boolean => threadLocal.has(kind);

type Field = Pick<
  FieldFixup,
  'size' | 'isSigned' | 'isRelative' | 'isData' | 'isDisplacement' | 'isRelaxableGot' | 'hasRex'
>;

/** What is to be put into a field. */
interface Wanted {
  readonly reference: string | undefined;
  /** Relative to the field, by itself or by its expression. */
  readonly isRelative: boolean;
  readonly symbol: AsmSymbol | undefined;
  /** The symbol is defined here, and no other file can replace it. */
  readonly isLocal: boolean;
  /** It is the symbol's own address, without a number. */
  readonly isPlain: boolean;
  readonly isOffsetTable: boolean;
  readonly keepsGot: boolean;
}

/** The relocation's number; undefined where there is none. */
export function longRelocation(field: Field, wanted: Wanted): number | undefined {
  const { reference, isRelative, symbol, isLocal, isPlain } = wanted;
  const isBranch = field.isRelative && !field.isData && !field.isDisplacement;
  if (reference === 'PLT' && isRelative && isLocal) return type.p32;
  if (reference === 'GOTPCREL' && field.isRelaxableGot && !wanted.keepsGot) {
    return field.hasRex ? type.rexGotpcrelx : type.gotpcrelx;
  }
  if (reference !== undefined) {
    if (field.size < 4) return undefined;
    return references.get(reference)?.[field.size === 8 ? 1 : 0] || undefined;
  }
  switch (field.size) {
    case 8:
      if (wanted.isOffsetTable) return isRelative ? type.gotpc64 : type.a64;
      return isRelative ? type.p64 : type.a64;
    case 4:
      if (!isRelative) return field.isSigned ? type.s32 : type.a32;
      if (wanted.isOffsetTable) return type.gotpc32;
      return isBranch && symbol && !isLocal && isPlain ? type.plt32 : type.p32;
    case 2:
      return isRelative ? type.p16 : type.a16;
    default:
      return isRelative ? type.p8 : type.a8;
  }
}

const reducible: ReadonlySet<number> = new Set([
  ...[type.a64, type.p32, type.a32, type.s32, type.a16, type.p16, type.a8, type.p8, type.p64],
]);
const relative: ReadonlySet<number> = new Set([type.p32, type.p16, type.p8, type.p64]);

/** Whether the section may stand for a symbol in it; `isMerged`: the linker merges the section. */
export function isReducible64(kind: number, isMerged: boolean, isEntry: boolean): boolean {
  return reducible.has(kind) && (!isMerged || (isEntry && !relative.has(kind)));
}
