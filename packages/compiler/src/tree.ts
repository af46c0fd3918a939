// The typed tree: what the front end hands to the back end, one function at a time. Every implicit
// conversion is a node; a name used as a value is a `load` of its lvalue; arrays and functions have
// decayed; constant expressions are folded; initialisers are flattened to (offset, value) lists.
// The back end needs no C rule beyond this page and the i386 ABI.

import type { Span } from '@ring0/diagnostics';
import type { BitField, Type } from './types.ts';

/**
 * An object or function: a variable, a parameter, a string literal or compound literal, a function.
 */
export interface Entity {
  readonly kind: 'variable' | 'function';
  /** In C; empty for string and compound literals. */
  readonly name: string;
  type: Type;
  readonly storage: 'static' | 'automatic';
  /**
   * The symbol's name in the object: the C name, its asm label, `name.N` for local statics, `.LCN`
   * for literals. Empty when automatic.
   */
  readonly symbol: string;
  readonly linkage: 'none' | 'internal' | 'external';
  /** `register int x asm("ebx")`. */
  readonly register?: string | undefined;
  /**
   * `&x` was taken, or it is of a type that lives in memory (record, array). Automatic variables
   * only.
   */
  isAddressTaken: boolean;
  /** Defined in this unit (a tentative definition counts from the end of the unit). */
  isDefined: boolean;
  /** Referenced: an internal function or variable that is not, and not `used`, is not emitted. */
  isReferenced: boolean;
  readonly attributes: Attributes;
  readonly span: Span;
}

/** Only what was written; declarations of one entity are merged. */
/** Where a function takes a format string and what it formats; `first` is -1 for a va_list. */
export interface FormatUse {
  readonly style: 'printf' | 'scanf';
  readonly format: number;
  readonly first: number;
}

export interface Attributes {
  format?: FormatUse;
  section?: string;
  /** In bytes. */
  aligned?: number;
  isWeak?: boolean;
  isUsed?: boolean;
  isUnused?: boolean;
  isNoReturn?: boolean;
  isNoInline?: boolean;
  isAlwaysInline?: boolean;
  isNaked?: boolean;
  isConstructor?: boolean;
  isDestructor?: boolean;
  isThreadLocal?: boolean;
  /** `inline` without `extern`: no external definition (C11 6.7.4). */
  isInlineOnly?: boolean;
  alias?: string;
  visibility?: 'default' | 'hidden' | 'protected' | 'internal';
}

// --- expressions

interface Node {
  readonly type: Type;
  readonly span: Span;
}

/** Where an object lies. `bits` makes it a bit-field; its address cannot be taken. */
export type Lvalue = (
  | { readonly kind: 'entity'; readonly entity: Entity }
  | { readonly kind: 'deref'; readonly pointer: Expression }
  /** A member of an lvalue, or of a struct value such as a call's result (`record`). */
  | {
      readonly kind: 'member';
      readonly base: Lvalue;
      readonly offset: number;
      readonly bits?: BitField | undefined;
    }
  | { readonly kind: 'temporary'; readonly value: Expression }
  /**
   * A compound literal of automatic storage: initialised each time it is evaluated, then the
   * entity.
   */
  | {
      readonly kind: 'compound-literal';
      readonly entity: Entity;
      readonly initializer: Initializer;
    }
) &
  Node;

export type BinaryOperator =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'remainder'
  | 'shift-left'
  | 'shift-right'
  | 'and'
  | 'or'
  | 'xor';
export type Comparison =
  | 'equal'
  | 'not-equal'
  | 'less'
  | 'less-equal'
  | 'greater'
  | 'greater-equal';

export type Expression =
  /** An integer, bool, enum or pointer constant, sign- or zero-extended to its type's value. */
  (
    | { readonly kind: 'integer'; readonly value: bigint }
    /**
     * The 80-bit x87 image (sign and exponent in bits 64..79, explicit integer bit 63), rounded to
     * the type's precision.
     */
    | { readonly kind: 'float'; readonly image: bigint }
    /** Reads the lvalue; of record type too. Volatile if the lvalue's type says so. */
    | { readonly kind: 'load'; readonly lvalue: Lvalue }
    /** `&x`, and an array or function that decays (the type is then the pointer's). */
    | { readonly kind: 'address'; readonly lvalue: Lvalue }
    /** GNU `&&label`. */
    | { readonly kind: 'label-address'; readonly label: Label }
    | { readonly kind: 'negate' | 'complement'; readonly operand: Expression }
    /** Of type int; the operand is any scalar. */
    | { readonly kind: 'not'; readonly operand: Expression }
    /** Both operands have the node's type, except shifts: the count keeps its own promoted type. */
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    /**
     * pointer + index * scale; the index is int or uint; subtraction is a negated index. `scale` in
     * bytes (GNU: 1 for void and functions).
     */
    | {
        readonly kind: 'pointer-add';
        readonly pointer: Expression;
        readonly index: Expression;
        readonly scale: number;
      }
    /** (left - right) / scale, of type int. */
    | {
        readonly kind: 'pointer-difference';
        readonly left: Expression;
        readonly right: Expression;
        readonly scale: number;
      }
    /**
     * Of type int; the operands have one type, which says signed, unsigned, pointer or floating.
     */
    | {
        readonly kind: 'compare';
        readonly comparison: Comparison;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'logical-and' | 'logical-or';
        readonly left: Expression;
        readonly right: Expression;
      }
    /** Arms already converted to the node's type (which may be void or a record). */
    | {
        readonly kind: 'conditional';
        readonly condition: Expression;
        readonly then: Expression;
        readonly otherwise: Expression;
      }
    /**
     * GNU `a ?: b`: the condition's value, evaluated once, converted to the node's type; `convert`
     * nodes on it are implied.
     */
    | { readonly kind: 'elvis'; readonly condition: Expression; readonly otherwise: Expression }
    | { readonly kind: 'comma'; readonly left: Expression; readonly right: Expression }
    /**
     * The value is converted to the lvalue's type; the result is what was stored (of a bit-field:
     * as it reads back).
     */
    | { readonly kind: 'assign'; readonly lvalue: Lvalue; readonly value: Expression }
    /**
     * `lvalue op= value`: the lvalue is evaluated once, read, converted to `computation`, combined,
     * converted back.
     * For pointers the operator is add or subtract, `scale` the element size, and `computation` the
     * pointer's type.
     */
    | {
        readonly kind: 'compound-assign';
        readonly operator: BinaryOperator;
        readonly lvalue: Lvalue;
        readonly value: Expression;
        readonly computation: Type;
        readonly scale: number;
      }
    /**
     * ++ and --: adds `delta` (already scaled for pointers). `isPostfix`: the result is the old
     * value.
     */
    | {
        readonly kind: 'increment';
        readonly lvalue: Lvalue;
        readonly delta: number;
        readonly isPostfix: boolean;
      }
    /** `callee` is a pointer to function. Arguments are converted or promoted. */
    | {
        readonly kind: 'call';
        readonly callee: Expression;
        readonly arguments: readonly Expression[];
      }
    /**
     * Arithmetic and pointer conversions, to bool (`!= 0`), to void, between pointer types (no
     * code).
     */
    | { readonly kind: 'convert'; readonly operand: Expression }
    /**
     * GNU `({ .. })`: `body` runs in its scope, `result` is its last expression, undefined if void.
     */
    | {
        readonly kind: 'statement-expression';
        readonly body: readonly Statement[];
        readonly result: Expression | undefined;
      }
    | {
        readonly kind: 'builtin';
        readonly name: Builtin;
        readonly arguments: readonly Expression[];
      }
    /** va_start, va_end, va_copy: the va_list is a pointer (char *) in the lvalue. */
    | { readonly kind: 'va-start'; readonly list: Lvalue }
    | { readonly kind: 'va-arg'; readonly list: Lvalue }
  ) &
    Node;

/**
 * Builtins that reach the back end; offsetof, constant_p, types_compatible_p, choose_expr, va_end,
 * va_copy are resolved before.
 */
export type Builtin =
  | 'unreachable'
  | 'trap'
  | 'expect'
  | 'alloca'
  | 'frame_address'
  | 'return_address'
  | 'bswap16'
  | 'bswap32'
  | 'bswap64'
  | 'clz'
  | 'ctz'
  | 'ffs'
  | 'popcount'
  | 'parity'
  | 'parityll'
  | 'clzll'
  | 'ctzll'
  | 'memcpy'
  | 'memset'
  | 'huge_val'
  | 'fabs'
  | 'sqrt'
  /** a, b, place: stores what fits of the result; of type bool, whether it did not fit. */
  | 'add-overflow'
  | 'sub-overflow'
  | 'mul-overflow'
  | AtomicBuiltin;

/** The first argument is the place, of 4 bytes or less; sequentially consistent, but for `store`. */
export type AtomicBuiltin =
  | 'atomic-load'
  | 'atomic-store'
  | 'atomic-exchange'
  | `atomic-fetch-${AtomicOperation}`
  | `atomic-${AtomicOperation}-fetch`
  /** place, place of what is expected, desired. */
  | 'atomic-compare-exchange'
  /** place, expected, desired: what was found, or whether that was expected. */
  | 'atomic-swap-if'
  | 'atomic-is-swapped'
  | 'atomic-fence'
  /** Holds the compiler back only. */
  | 'atomic-barrier';
export type AtomicOperation = 'add' | 'sub' | 'and' | 'or' | 'xor' | 'nand';

// --- initialisers

/** Later items override earlier ones at the same place. What no item covers is zero. */
export interface Initializer {
  readonly items: readonly InitializerItem[];
}
export interface InitializerItem {
  readonly offset: number;
  readonly type: Type;
  readonly bits?: BitField | undefined;
  /**
   * Static storage: an `integer` or `float` node, or an address constant: `address` of static
   * lvalues through `pointer-add`
   * and `convert`, or a difference of label addresses. A string that initialises an array is
   * `string`.
   */
  readonly value: Expression | { readonly kind: 'string'; readonly bytes: Uint8Array };
}

// --- statements

export interface Label {
  readonly name: string;
  /** GNU: `&&label` was used. */
  isAddressTaken: boolean;
}

export type Statement = (
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  /** An automatic variable comes into being here. */
  | {
      readonly kind: 'declare';
      readonly entity: Entity;
      readonly initializer: Initializer | undefined;
    }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: Statement;
      readonly otherwise: Statement | undefined;
    }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: Statement }
  | { readonly kind: 'do'; readonly body: Statement; readonly condition: Expression }
  | {
      readonly kind: 'for';
      readonly initial: readonly Statement[];
      readonly condition: Expression | undefined;
      readonly step: Expression | undefined;
      readonly body: Statement;
    }
  /**
   * `cases` point at `case` statements inside `body` by identity of their labels; ranges are GNU.
   */
  | {
      readonly kind: 'switch';
      readonly value: Expression;
      readonly cases: readonly {
        readonly low: bigint;
        readonly high: bigint;
        readonly label: Label;
      }[];
      readonly default: Label | undefined;
      readonly body: Statement;
    }
  /** Marks a place: a C label, `case` or `default`. */
  | { readonly kind: 'label'; readonly label: Label; readonly body: Statement }
  | { readonly kind: 'goto'; readonly label: Label }
  | { readonly kind: 'computed-goto'; readonly target: Expression }
  | { readonly kind: 'break' | 'continue' | 'empty' }
  | { readonly kind: 'return'; readonly value: Expression | undefined }
  | AsmStatement
) & { readonly span: Span };

/** GNU extended asm. A basic asm has `isBasic` and its text is not searched for %. */
export interface AsmStatement {
  readonly kind: 'asm';
  readonly template: string;
  readonly isVolatile: boolean;
  readonly isBasic: boolean;
  readonly outputs: readonly {
    readonly name: string | undefined;
    readonly constraint: string;
    readonly lvalue: Lvalue;
  }[];
  readonly inputs: readonly {
    readonly name: string | undefined;
    readonly constraint: string;
    readonly value: Expression;
    /** Where the operand is an lvalue, for "m" constraints. */
    readonly lvalue: Lvalue | undefined;
  }[];
  /** Register names without %, "memory", "cc". */
  readonly clobbers: readonly string[];
  readonly labels: readonly Label[];
}

// --- the unit

export interface FunctionDefinition {
  readonly entity: Entity;
  readonly parameters: readonly Entity[];
  /** All automatic variables, of every scope. */
  readonly locals: readonly Entity[];
  readonly body: Statement;
  readonly span: Span;
  /** Of the closing brace. */
  readonly end: Span;
  readonly isSetjmpCaller: boolean;
}

export interface VariableDefinition {
  readonly entity: Entity;
  /** Undefined: zero. */
  readonly initializer: Initializer | undefined;
  /** Tentative, `-fcommon` semantics are not used: it goes to .bss. */
  readonly isTentative: boolean;
  /** String literals may be merged with equal ones. */
  readonly isStringLiteral: boolean;
}

/** What the front end calls, in source order, as soon as each definition is complete. */
export interface UnitSink {
  function(definition: FunctionDefinition): void;
  /**
   * String literals and static compound literals come before the function or variable that names
   * them.
   */
  variable(definition: VariableDefinition): void;
  topLevelAsm(text: string, span: Span): void;
  /** All entities with linkage, for aliases, .weak and .hidden of undefined ones. */
  end(entities: readonly Entity[]): void;
}
