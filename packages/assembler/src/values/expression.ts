// Values that are not known yet: `plus - minus + addend`, or an operator that waits for them. The
// same folding runs when a statement is read (with the distances that are fixed by then) and after
// relaxation (with all of them). Arithmetic is 64-bit, as in GNU as.

import type { AsmSymbol } from '../object/symbols.ts';

export interface Linear {
  readonly kind: 'linear';
  readonly plus: AsmSymbol | undefined;
  readonly minus: AsmSymbol | undefined;
  readonly addend: bigint;
  /** GOTOFF, PLT, .. as written after @. */
  readonly reference: string | undefined;
}

export interface Deferred {
  readonly kind: 'deferred';
  readonly operator: string;
  /** Undefined for a unary operator. */
  readonly left: Expression | undefined;
  readonly right: Expression;
}

export type Expression = Linear | Deferred;

/** Address of `left` minus address of `right`, where it is known; undefined elsewhere. */
export type Distance = (left: AsmSymbol, right: AsmSymbol) => bigint | undefined;

export interface Folding {
  readonly distance: Distance;
  /** Whether two values that are not known yet are taken to differ; where it lacks, they wait. */
  readonly differ?: (left: Linear, right: Linear) => boolean;
  /** Called for a division by zero. */
  readonly divisionByZero: () => void;
  /** Called for a shift by fewer than 0 or more than 63 bits. */
  readonly farShift: (count: bigint) => void;
  /** Called for a symbol whose value depends on itself. */
  readonly loop: (symbol: AsmSymbol) => void;
  /** Called for a value that takes more than `stepsMax` steps or `depthMax` levels to find. */
  readonly tooComplex: () => void;
}

export function constant(addend: bigint): Linear {
  return { kind: 'linear', plus: undefined, minus: undefined, addend, reference: undefined };
}

export function symbolValue(plus: AsmSymbol, addend = 0n, reference?: string): Linear {
  return { kind: 'linear', plus, minus: undefined, addend, reference };
}

export const zero: Linear = constant(0n);

/** The value where no symbol is involved; undefined elsewhere. */
export function constantOf(expression: Expression): bigint | undefined {
  if (expression.kind !== 'linear' || expression.plus || expression.minus) return undefined;
  return expression.reference === undefined ? expression.addend : undefined;
}

const wrap = (value: bigint) => BigInt.asIntN(64, value);

export function fold(
  operator: string,
  left: Expression | undefined,
  right: Expression,
  folding: Folding,
): Expression {
  if (left === undefined) return foldUnary(operator, right);
  if (left.kind === 'linear' && right.kind === 'linear') {
    if (operator === '+') {
      const sum = add(left, right, folding.distance);
      if (sum) return sum;
    } else if (operator === '-') {
      const difference = add(left, negate(right), folding.distance);
      if (difference) return difference;
    } else if (comparisons.has(operator)) {
      const difference = add(left, negate(right), folding.distance);
      const value = difference && constantOf(difference);
      // Two constants compare by value, not by their difference, which could overflow.
      const a = constantOf(left);
      const b = constantOf(right);
      if (a !== undefined && b !== undefined) return constant(compute(operator, a, b, folding));
      if (value !== undefined) return constant(compute(operator, value, 0n, folding));
      const isEquality = operator === '==' || operator === '!=' || operator === '<>';
      if (isEquality && folding.differ?.(left, right))
        return constant(operator === '==' ? 0n : -1n);
    } else {
      const a = constantOf(left);
      const b = constantOf(right);
      if (a !== undefined && b !== undefined) return constant(compute(operator, a, b, folding));
    }
  }
  return { kind: 'deferred', operator, left, right };
}

function foldUnary(operator: string, right: Expression): Expression {
  if (operator === '+') return right;
  if (right.kind === 'linear') {
    if (operator === '-') return negate(right);
    const value = constantOf(right);
    if (value !== undefined) return constant(operator === '~' ? ~value : value === 0n ? 1n : 0n);
  }
  return { kind: 'deferred', operator, left: undefined, right };
}

function negate(value: Linear): Linear {
  const { plus, minus, addend, reference } = value;
  return { kind: 'linear', plus: minus, minus: plus, addend: wrap(-addend), reference };
}

/** The sum in the form of one Linear; undefined where more than two symbols would remain. */
function add(left: Linear, right: Linear, distance: Distance): Linear | undefined {
  const reference = left.reference ?? right.reference;
  let addend = left.addend + right.addend;
  if (!right.plus && !right.minus) {
    return { kind: 'linear', plus: left.plus, minus: left.minus, addend: wrap(addend), reference };
  }
  const plus = [left.plus, right.plus].filter((symbol) => symbol !== undefined);
  const minus = [left.minus, right.minus].filter((symbol) => symbol !== undefined);
  for (let i = 0; i < plus.length; i++) {
    for (let j = 0; j < minus.length; j++) {
      const known = distance(plus[i], minus[j]);
      if (known === undefined) continue;
      addend += known;
      plus.splice(i--, 1);
      minus.splice(j, 1);
      break;
    }
  }
  if (plus.length > 1 || minus.length > 1) return undefined;
  return { kind: 'linear', plus: plus[0], minus: minus[0], addend: wrap(addend), reference };
}

const comparisons = new Set(['==', '!=', '<>', '<', '<=', '>', '>=']);

/** GNU as shifts the 64 bits as an unsigned number. */
function shift(operator: '<<' | '>>', a: bigint, b: bigint, folding: Folding): bigint {
  if (b < 0n || b > 63n) {
    folding.farShift(b);
    return 0n;
  }
  return wrap(operator === '<<' ? a << b : BigInt.asUintN(64, a) >> b);
}

function compute(operator: string, a: bigint, b: bigint, folding: Folding): bigint {
  const truth = (isTrue: boolean) => (isTrue ? -1n : 0n);
  switch (operator) {
    case '*':
      return wrap(a * b);
    case '/':
    case '%':
      if (b === 0n) {
        folding.divisionByZero();
        return operator === '/' ? a : 0n;
      }
      return wrap(operator === '/' ? a / b : a % b);
    case '<<':
    case '>>':
      return shift(operator, a, b, folding);
    case '|':
      return a | b;
    case '&':
      return a & b;
    case '^':
      return a ^ b;
    case '!':
      return a | ~b;
    case '==':
      return truth(a === b);
    case '!=':
    case '<>':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '<=':
      return truth(a <= b);
    case '>':
      return truth(a > b);
    case '>=':
      return truth(a >= b);
    case '&&':
      return a !== 0n && b !== 0n ? 1n : 0n;
    case '||':
      return a !== 0n || b !== 0n ? 1n : 0n;
    default:
      throw new Error(`no operator '${operator}'`);
  }
}
