// The calls that stand for assembly source. The parser makes them for what it reads, the compiler's
// back end makes them for what it generates; `Assembler` executes them into an object,
// `TextEmitter` prints them as AT&T source. So `cc -c` equals `cc -S` and `as` by construction:
// both go through one interface, and form choice, relaxation, line tables and symbol order live in
// one place, behind it.

import type { Span } from '@ring0/diagnostics';
import type { Register } from '@ring0/isa';

/** Reference operators of the i386 psABI, as written after @. */
export type ReferenceKind =
  | 'GOT'
  | 'GOTOFF'
  | 'PLT'
  | 'GOTPC'
  | 'TLSGD'
  | 'TLSLDM'
  | 'DTPOFF'
  | 'NTPOFF'
  | 'TPOFF'
  | 'INDNTPOFF'
  | 'GOTNTPOFF'
  | 'SIZE';

/**
 * A link-time value: `plus - minus + addend`, each part optional. What the parser's richer
 * expressions come down to.
 */
export interface Value {
  readonly plus?: string | undefined;
  readonly minus?: string | undefined;
  readonly addend: bigint;
  readonly reference?: ReferenceKind | undefined;
}

export type EmitterOperand =
  | { readonly kind: 'register'; readonly register: Register }
  | { readonly kind: 'immediate'; readonly value: Value }
  | {
      readonly kind: 'memory';
      readonly segment?: Register | undefined;
      readonly base?: Register | undefined;
      readonly index?: Register | undefined;
      readonly scale: number;
      /** Absent: no displacement is written. */
      readonly displacement?: Value | undefined;
    }
  | { readonly kind: 'target'; readonly value: Value };

export interface SectionOptions {
  /** The letters of `.section`: a w x M S G T o. Absent: the defaults of the section's name. */
  readonly flags?: string | undefined;
  readonly type?:
    | 'progbits'
    | 'nobits'
    | 'note'
    | 'init_array'
    | 'fini_array'
    | 'preinit_array'
    | undefined;
  readonly entrySize?: number | undefined;
  /** COMDAT group name. */
  readonly group?: string | undefined;
}

export interface Emitter {
  /**
   * From here on, what is emitted stands for `span`: diagnostics and the linker's messages point
   * there.
   */
  at(span: Span | undefined): void;

  section(name: string, options?: SectionOptions): void;
  label(name: string): void;
  /** `.globl` `.local` `.weak` `.hidden` `.protected` `.internal` */
  symbolAttribute(
    attribute: 'globl' | 'local' | 'weak' | 'hidden' | 'protected' | 'internal',
    name: string,
  ): void;
  symbolType(
    name: string,
    type: 'function' | 'object' | 'tls_object' | 'notype' | 'gnu_indirect_function',
  ): void;
  symbolSize(name: string, size: Value): void;
  /** `.set name, value` */
  set(name: string, value: Value): void;
  /** `.comm name, size, alignment` (bytes). */
  common(name: string, size: number, alignment: number): void;

  /** `.balign bytes [, fill [, max]]`; without fill: nops in code, zeros elsewhere. */
  align(bytes: number, fill?: number, max?: number): void;
  /** `.byte .value .long .quad` */
  data(width: 1 | 2 | 4 | 8, values: readonly Value[]): void;
  /** `.ascii` */
  ascii(bytes: Uint8Array): void;
  /** `.zero` */
  zero(count: number): void;
  uleb128(value: Value): void;
  sleb128(value: Value): void;

  /**
   * Operands in AT&T order; the mnemonic may carry its suffix; `isIndirect`: the operand is written
   * with `*`.
   */
  instruction(
    mnemonic: string,
    operands: readonly EmitterOperand[],
    options?: { readonly prefixes?: readonly string[]; readonly isIndirect?: boolean },
  ): void;

  /** `.file "name"` without a number: the STT_FILE symbol. */
  sourceFile(name: string): void;
  /** `.file number "directory" "name"`; `-g` always writes number 0. */
  debugFile(number: number, directory: string | undefined, name: string): void;
  /** `.loc file line column`, and the flags `is_stmt 0`, `prologue_end`, `view`. */
  location(file: number, line: number, column: number, flags?: readonly string[]): void;
  /**
   * `.cfi_NAME args`: startproc, endproc, def_cfa_offset, offset, register, restore, sections, ..
   * Registers by name.
   */
  cfi(name: string, args: readonly (string | number)[]): void;
  ident(text: string): void;

  /**
   * Assembly source to be parsed as it stands, such as an `asm` statement's; `span` is the
   * statement's.
   */
  source(text: string, span: Span | undefined): void;
}
