// Expressions of scripts as GNU ld's map shows them: constants folded, everything in parentheses,
// functions as words.

import { arithmetic } from '../script/evaluate.ts';
import type { Expression } from '../script/script-syntax.ts';

const mask = (1n << 64n) - 1n;

/** Calls of constants that are computed as they are read. */
function foldedCall(name: string, values: readonly bigint[]): bigint | undefined {
  const [a = 0n, b = 0n] = values;
  if (name === 'MAX') return a > b ? a : b;
  if (name === 'MIN') return a < b ? a : b;
  if (name === 'LOG2CEIL') return a <= 1n ? 0n : BigInt((a - 1n).toString(2).length);
  return undefined;
}

/** The value, where the expression is made of numbers only. */
function constant(tree: Expression): bigint | undefined {
  if (tree.kind === 'number') return tree.value & mask;
  if (tree.kind === 'unary') {
    const value = constant(tree.operand);
    if (value === undefined) return undefined;
    if (tree.operator === '!') return value === 0n ? 1n : 0n;
    if (tree.operator === '~') return ~value & mask;
    return (tree.operator === '-' ? -value : value) & mask;
  }
  if (tree.kind === 'binary') {
    const [left, right] = [constant(tree.left), constant(tree.right)];
    if (left === undefined || right === undefined) return undefined;
    const value = arithmetic(tree.operator, left, right);
    return value === undefined ? undefined : value & mask;
  }
  if (tree.kind === 'conditional') {
    const condition = constant(tree.condition);
    if (condition === undefined) return undefined;
    return constant(condition === 0n ? tree.no : tree.yes);
  }
  if (tree.kind !== 'call') return undefined;
  const values = tree.arguments.map(constant);
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? foldedCall(tree.name, known) : undefined;
}

/** The expression as text. */
export function expressionText(tree: Expression): string {
  const value = constant(tree);
  if (value !== undefined) return `0x${value.toString(16)}`;
  switch (tree.kind) {
    case 'number':
      return `0x${tree.value.toString(16)}`;
    case 'name':
      return tree.name;
    case 'unary':
      return tree.operator === '+'
        ? expressionText(tree.operand)
        : `${tree.operator} (${expressionText(tree.operand)})`;
    case 'binary':
      return `(${expressionText(tree.left)} ${tree.operator} ${expressionText(tree.right)})`;
    case 'conditional': {
      const [condition, yes, no] = [tree.condition, tree.yes, tree.no].map(expressionText);
      return `${condition}?${yes}:${no}`;
    }
    case 'call':
      return callText(tree.name, tree.arguments);
  }
}

function callText(name: string, list: readonly Expression[]): string {
  if (name === 'SEGMENT_START' && list[0]?.kind === 'name') {
    return `SEGMENT_START ("${list[0].name}", ${list.slice(1).map(expressionText).join(', ')})`;
  }
  const shown = name === 'BLOCK' ? 'ALIGN' : name;
  const texts = list.map(expressionText);
  if (name === 'DATA_SEGMENT_RELRO_END') texts.reverse();
  return `${shown} (${texts.join(', ')})`;
}
