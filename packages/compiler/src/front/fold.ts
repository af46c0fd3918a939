// Arithmetic on constants: what the machine would compute, or undefined where it must be left to
// run time.

import type { BinaryOperator, Comparison } from '../tree.ts';
import type { FloatKind } from '../types.ts';
import { floatAdd, floatCompare, floatDivide, floatMultiply, floatNegate } from './float.ts';

/** The exact result, not yet wrapped to the type; undefined for a division by zero. */
export function foldInteger(
  operator: BinaryOperator,
  a: bigint,
  b: bigint,
  bits: number,
): bigint | undefined {
  switch (operator) {
    case 'add':
      return a + b;
    case 'subtract':
      return a - b;
    case 'multiply':
      return a * b;
    case 'divide':
      return b === 0n ? undefined : a / b;
    case 'remainder':
      return b === 0n ? undefined : a % b;
    case 'shift-left':
    case 'shift-right':
      return shifted(a, operator === 'shift-left' ? b : -b, bits);
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
  }
}

/** As gcc folds: a negative count shifts the other way, an oversized one shifts everything out. */
function shifted(a: bigint, count: bigint, bits: number): bigint {
  const size = BigInt(bits);
  if (count >= 0n) return count >= size ? 0n : a << count;
  return a >> (-count >= size ? size : -count);
}

export function foldFloat(
  operator: BinaryOperator,
  a: bigint,
  b: bigint,
  kind: FloatKind,
): bigint | undefined {
  switch (operator) {
    case 'add':
      return floatAdd(a, b, kind);
    case 'subtract':
      return floatAdd(a, floatNegate(b), kind);
    case 'multiply':
      return floatMultiply(a, b, kind);
    case 'divide':
      return floatDivide(a, b, kind);
    default:
      return undefined;
  }
}

export function foldComparison(comparison: Comparison, order: number | undefined): boolean {
  switch (comparison) {
    case 'equal':
      return order === 0;
    case 'not-equal':
      return order !== 0;
    case 'less':
      return order === -1;
    case 'less-equal':
      return order === -1 || order === 0;
    case 'greater':
      return order === 1;
    case 'greater-equal':
      return order === 1 || order === 0;
  }
}

export function compareIntegers(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareFloats(a: bigint, b: bigint): number | undefined {
  return floatCompare(a, b);
}
