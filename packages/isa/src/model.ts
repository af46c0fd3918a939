// What the instruction table's users exchange with it: operands, instructions, encodings. The
// assembler's parser and the compiler's back end make `Instruction`s, `encode` turns one into bytes
// and fixups; `decode` goes the other way.

import type { Row } from './row.ts';

/** Default operand and address size of the code: `.code16`, `.code32`, `.code64`. */
export type Mode = 16 | 32 | 64;

/**
 * A register by its AT&T name without %, such as eax, st(1), cr0. `class`, `number` and `bits` come
 * from the register table.
 */
export interface Register {
  readonly name: string;
  readonly class: RegisterClass;
  /** The number that encodings use, 0..15. */
  readonly number: number;
  /** Width in bits. */
  readonly bits: number;
}

export type RegisterClass =
  | 'general'
  | 'segment'
  | 'control'
  | 'debug'
  | 'test'
  | 'x87'
  | 'mmx'
  | 'xmm'
  | 'ymm'
  | 'zmm'
  | 'mask' // %k0 .. %k7
  | 'bound' // %bnd0 .. %bnd3
  | 'flat'; // %eip, %eiz, %riz

export interface RegisterOperand {
  readonly kind: 'register';
  readonly register: Register;
}

/**
 * A value that may not be known when the instruction is encoded. `value` is undefined for anything
 * that needs a relocation, or a symbol that is not yet defined: the widest form is then chosen, as
 * GNU as does.
 */
export interface ImmediateOperand {
  readonly kind: 'immediate';
  readonly value: bigint | undefined;
}

export interface MemoryOperand {
  readonly kind: 'memory';
  readonly segment?: Register | undefined;
  readonly base?: Register | undefined;
  readonly index?: Register | undefined;
  /** 1, 2, 4 or 8. */
  readonly scale: number;
  /**
   * `isDisplacementPresent` tells `0(%eax)` from `(%eax)`; the value is undefined where a symbol is
   * involved.
   */
  readonly displacement: bigint | undefined;
  readonly isDisplacementPresent: boolean;
  /**
   * Not in a form without a ModRM byte: a load from the GOT, which the linker may change, or an
   * address written with parentheses but no register, `table(,1)`.
   */
  readonly isGot?: boolean | undefined;
  /**
   * Intel syntax: the bytes that `DWORD PTR` and the like say: 1, 2, 4, 6, 8, 10, 16, 32; absent
   * where nothing is said.
   */
  readonly size?: number | undefined;
  /** Intel syntax: `FAR PTR`, or NEAR PTR and SHORT where they stand before memory. */
  readonly distance?: 'far' | 'near' | 'short' | undefined;
}

/** A direct branch target (jmp, call, loop): always a fixup. */
export interface TargetOperand {
  readonly kind: 'target';
  /** Intel syntax: `SHORT label`, `NEAR PTR label`, `FAR PTR label`. */
  readonly distance?: 'far' | 'near' | 'short' | undefined;
}

/**
 * `*%eax`, `*table(,%eax,4)`: an indirect branch operand; the flag stands on the operand itself in
 * `Instruction`.
 */
export type Operand = RegisterOperand | ImmediateOperand | MemoryOperand | TargetOperand;

export interface Instruction {
  /** The mnemonic as written, in AT&T syntax with or without size suffix, in lower case. */
  readonly mnemonic: string;
  /**
   * In AT&T order, source first, destination last, also for Intel syntax. A direct far target is
   * two immediates in both: selector, offset.
   */
  readonly operands: readonly Operand[];
  /**
   * Written before the mnemonic: lock, rep, repne, data16, addr32, cs, ds, notrack, .. and the
   * pseudo prefixes with their braces: {vex3}, {vex}, {vex2}, {load}, {store}, {disp8}, {disp16},
   * {disp32}, {nooptimize}, {evex}, {rex}; in 64-bit code also rex, rex.w and the like.
   */
  readonly prefixes?: readonly string[] | undefined;
  /** How mnemonic and operands are meant; AT&T by default. */
  readonly syntax?: 'att' | 'intel' | undefined;
  /** The last operand was written with `*`. */
  readonly isIndirect?: boolean | undefined;
}

/** A hole in an encoding, for the value of one operand. */
export interface Fixup {
  /** From the first byte of the instruction. */
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  /** Index into `Instruction.operands`. */
  readonly operand: number;
  readonly kind: 'immediate' | 'displacement' | 'target';
  /** Relative to the end of the instruction. */
  readonly isRelative: boolean;
  /**
   * Sign-extended by the processor: an overflow check accepts -2^(n-1)..2^(n-1)-1 only; else
   * -2^(n-1)..2^n-1.
   */
  readonly isSigned: boolean;
}

/** The three bits of an encoding that are the low ones of a register's number. */
export interface RegisterField {
  /** From the first byte of the instruction. */
  readonly offset: number;
  readonly shift: 0 | 3 | 4;
  /** 7: the bits are inverted (vvvv of VEX). */
  readonly flip: 0 | 7;
  /** Index into `Instruction.operands`. */
  readonly operand: number;
  readonly part: 'register' | 'base' | 'index';
}

export interface Encoding {
  readonly bytes: Uint8Array;
  readonly fixups: readonly Fixup[];
  /**
   * Where the numbers of registers stand; those that the form implies and of 16-bit addresses are
   * absent, and all where a warning depends on them.
   */
  readonly registers?: readonly RegisterField[] | undefined;
  /**
   * A direct jump that has a short and a near form; `bytes` is then the short one. `longBytes` has
   * its fixup at its end.
   */
  readonly relaxation?: { readonly longBytes: Uint8Array; readonly longSize: 2 | 4 } | undefined;
  /**
   * Bit n: the encoding depends on the value of operand n. For another value of the same
   * `valueClass` (and the same other operands) bytes and fixups are the same but for the value
   * itself.
   */
  readonly valueOperands?: number | undefined;
  /** The bytes hold for these values alone: one of them has no field of its own. */
  readonly isOfValues?: boolean | undefined;
  /** The row of the table that it follows; absent for prefixes that stand alone. */
  readonly row?: Row | undefined;
  /** GNU as reads the statement twice, so that labels in it are known the second time. */
  readonly isReadTwice?: boolean | undefined;
  /** Things GNU as accepts with a warning. */
  readonly warnings?: readonly EncodeProblem[] | undefined;
}

/** What the assembler's options and directives say to `encode`. */
export interface EncodeOptions {
  /** The enabled features (see features.ts); all of them by default. */
  readonly features?: ReadonlySet<string> | undefined;
  /** What is enabled, as `.arch` and -march named it: `i486`, `i686.avx`; for messages. */
  readonly architecture?: string | undefined;
  /** The W bit of VEX instructions that ignore it (-mvexwig). */
  readonly vexW?: 0 | 1 | undefined;
  /** The L bit of scalar VEX instructions, which ignore it (-mavxscalar=256). */
  readonly scalarBits?: 128 | 256 | undefined;
  /** Intel's mnemonics in AT&T syntax: fsub and fsubr not swapped (.intel_mnemonic). */
  readonly hasIntelMnemonics?: boolean | undefined;
}

/** What to write instead of a part of the instruction. */
export interface Replacement {
  readonly part: 'mnemonic' | 'operand' | 'statement';
  readonly text: string;
}

/** Why an instruction cannot be encoded, in the words of a diagnostic. */
export interface EncodeProblem {
  readonly code: string;
  readonly message: string;
  /** The operand at fault, where one is. */
  readonly operand?: number | undefined;
  /** Further lines: the forms that exist, near mnemonics. */
  readonly notes?: readonly string[] | undefined;
  /** Most likely what was meant; of an operand, the one at fault. */
  readonly replacement?: Replacement | undefined;
}

export type EncodeResult =
  | { readonly ok: true; readonly encoding: Encoding }
  | { readonly ok: false; readonly problem: EncodeProblem };

/** One decoded instruction; `Row` is the table's row, see table.ts. */
export interface Decoded<Row = unknown> {
  readonly row: Row | undefined; // undefined: no instruction ("(bad)")
  readonly length: number;
  readonly mode: Mode;
  readonly prefixes: readonly number[];
  readonly operandSize: 16 | 32 | 64;
  readonly addressSize: 16 | 32 | 64;
  /** The bytes ended within the instruction; `length` is what there was. */
  readonly isTruncated?: boolean | undefined;
  /** In Intel order (destination first), as the row lists them. */
  readonly operands: readonly DecodedOperand[];
}

export type DecodedOperand =
  | { readonly kind: 'register'; readonly register: Register }
  | { readonly kind: 'immediate'; readonly value: bigint; readonly size: number }
  | { readonly kind: 'target'; readonly address: bigint }
  | { readonly kind: 'far'; readonly selector: number; readonly offset: bigint }
  | {
      readonly kind: 'memory';
      readonly segment: Register | undefined; // an explicit override only
      readonly base: Register | undefined;
      readonly index: Register | undefined;
      readonly scale: number;
      readonly displacement: bigint; // signed
      readonly displacementSize: number; // bytes in the encoding
      readonly size: number; // bytes accessed, 0 where none (lea)
    };
