// Numbers of more than 64 bits, which `.octa`, `.uleb128` and `.sleb128` take where they stand
// alone, and the sign that LEB128 numbers keep beside their 64 bits: as in GNU as, a number as
// written is not negative, sums and differences of such are exact, and all else is 64 bits without
// a sign.

import type { Assembly } from '../object/assembly.ts';
import { evaluate } from './evaluate.ts';
import { constantOf } from './expression.ts';
import type { Node } from '../syntax/syntax-tree.ts';
import { parseInteger } from './numbers.ts';

const bitsMax = 64n;

function literal(node: Node): bigint | undefined {
  const value = node.kind === 'number' ? parseInteger(node.text) : undefined;
  return value !== undefined && value >> bitsMax !== 0n ? value : undefined;
}

/** The value of a number of more than 64 bits, alone or behind one sign; undefined elsewhere. */
export function wideLiteral(node: Node): bigint | undefined {
  if (node.kind !== 'unary') return literal(node);
  const value = literal(node.operand);
  if (value === undefined) return undefined;
  switch (node.operator) {
    case '-':
      return -value;
    case '~':
      return ~value;
    default:
      return node.operator === '+' ? value : undefined;
  }
}

const stepsMax = 200;

/** The exact value of a sum of numbers; undefined where it depends on places. */
export function signedValue(assembly: Assembly, node: Node): bigint | undefined {
  return exact(assembly, node, 0);
}

function exact(assembly: Assembly, node: Node, depth: number): bigint | undefined {
  if (depth < stepsMax) {
    if (node.kind === 'unary' && (node.operator === '-' || node.operator === '+')) {
      const value = exact(assembly, node.operand, depth + 1);
      return value === undefined || node.operator === '+' ? value : BigInt.asIntN(65, -value);
    }
    if (node.kind === 'unary' && node.operator === '~') {
      const value = exact(assembly, node.operand, depth + 1);
      return value === undefined ? undefined : ~value;
    }
    if (node.kind === 'binary' && (node.operator === '+' || node.operator === '-')) {
      const left = exact(assembly, node.left, depth + 1);
      const right = left === undefined ? undefined : exact(assembly, node.right, depth + 1);
      if (left === undefined || right === undefined) return undefined;
      return BigInt.asIntN(65, node.operator === '+' ? left + right : left - right);
    }
  }
  const value = constantOf(evaluate(assembly, node));
  return value === undefined ? undefined : BigInt.asUintN(64, value);
}

/** Whether the first number of an expression stands behind a sign: then `.octa` extends it. */
export function beginsWithSign(node: Node): boolean {
  let first = node;
  while (first.kind === 'binary') first = first.left;
  return first.kind === 'unary';
}
