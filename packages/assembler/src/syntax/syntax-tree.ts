// What the parsers make of statements: small trees with byte offsets, and the calls that receive
// them. Symbols and instructions are not known here.

import type { Features } from '@ring0/isa';
import type { StatementEdit } from '../instructions/syntax-repairs.ts';

/** How operands are written; `.intel_syntax`, `.att_syntax` and -msyntax choose. */
export interface Syntax {
  readonly isIntel: boolean;
  /** Registers need no percent sign. */
  readonly isNaked: boolean;
  /** 64-bit code, which has more registers. */
  readonly isLong?: boolean;
  /** A name without percent sign is a register only where the processor has it. */
  readonly features?: Features | undefined;
  /** `eiz` is one too. */
  readonly hasIndexName?: boolean;
  /** The register that a symbol was equated with; absent where none was. */
  readonly registerOf?: ((name: string) => string | undefined) | undefined;
}

export const attSyntax: Syntax = { isIntel: false, isNaked: false };

export type Node =
  | {
      /** `register` is Intel syntax's, where registers are parts of expressions. */
      readonly kind: 'number' | 'name' | 'character' | 'register';
      readonly text: string;
      readonly start: number;
    }
  | { readonly kind: 'string'; readonly text: string; readonly start: number }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Node;
      readonly right: Node;
      readonly start: number;
    }
  | {
      readonly kind: 'unary';
      readonly operator: string;
      readonly operand: Node;
      readonly start: number;
    };

/** A copy that may be kept: the statement's own tree may be filled in anew for the next one. */
export function keptNode(node: Node): Node {
  if (node.kind === 'unary') return { ...node, operand: keptNode(node.operand) };
  if (node.kind !== 'binary') return { ...node };
  // A sum of many terms leans to the left, and is walked without recursion.
  const spine: (typeof node)[] = [];
  let first: Node = node;
  for (; first.kind === 'binary'; first = first.left) spine.push(first);
  let copy = keptNode(first);
  for (const each of spine.toReversed())
    copy = { ...each, left: copy, right: keptNode(each.right) };
  return copy;
}

/** One operand of an instruction or argument of a directive; offsets are those of the text. */
export interface Operand {
  /** `intel`: `node` is the whole operand, which intel-operands.ts takes apart. */
  kind: 'register' | 'immediate' | 'memory' | 'string' | 'empty' | 'intel';
  /** The immediate, the displacement, or a directive's plain expression. */
  node: Node | undefined;
  /** `register`: its image, with the percent sign where it was written. */
  register: string;
  segment: string;
  base: string;
  index: string;
  scale: Node | undefined;
  /** Parentheses with registers were written. */
  hasRegisters: boolean;
  isIndirect: boolean;
  /** Its last letter is a closing bracket, which decides in Intel syntax. */
  isBracketed: boolean;
  start: number;
  end: number;
}

export interface Sink {
  label(name: string, start: number): void;
  /** `name = value` and `name == value`. */
  assign(name: string, start: number, isFirstOnly: boolean, value: Node, end: number): void;
  directive(name: string, start: number, operands: Operand[], end: number): void;
  prefix(name: string, start: number): void;
  instruction(name: string, start: number, operands: Operand[], end: number): void;
}

export interface SyntaxError {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly notes?: readonly string[];
  /** What would mend it. */
  readonly edit?: StatementEdit | undefined;
}

/** An operand with nothing in it, to be filled in. */
export function blankOperand(start: number): Operand {
  return {
    kind: 'empty',
    node: undefined,
    register: '',
    segment: '',
    base: '',
    index: '',
    scale: undefined,
    hasRegisters: false,
    isIndirect: false,
    isBracketed: false,
    start,
    end: start,
  };
}
