// Constant expressions: where C wants a number at compile time (C11 6.6), and _Static_assert.

import type { Expression } from '../tree.ts';
import { T } from './codes.ts';
import { conditionalExpression } from './expressions.ts';
import { stringLiteral } from './literals.ts';
import { errorNode, isError, rvalue } from './nodes.ts';
import { characterText } from './text.ts';
import * as types from './type-operations.ts';
import type { Unit } from './unit.ts';

/**
 * An integer constant expression as an `integer` node; reports and returns an error node otherwise.
 */
export function constantExpression(u: Unit, what: string): Expression {
  const first = u.at;
  const e = rvalue(u, conditionalExpression(u));
  if (isError(e)) return e;
  if (e.kind === 'integer' && types.isInteger(e.type)) return e;
  const message = types.isInteger(e.type)
    ? `${what} needs an integer constant`
    : `${what} needs an integer constant, not '${types.typeText(e.type)}'`;
  u.error('C0250', message, u.spanFrom(first));
  return errorNode(e.span);
}

/** `_Static_assert(condition, "text");`, at the keyword. */
export function staticAssert(u: Unit): void {
  const span = u.span();
  u.at++;
  u.expect(T.leftParen, "'('");
  const e = constantExpression(u, '_Static_assert');
  let text = '';
  if (u.accept(T.comma)) {
    if (u.code !== T.string) u.syntaxError('expected a string');
    text = `: ${characterText(stringLiteral(u).bytes)}`;
  }
  u.expect(T.rightParen, "')'");
  u.expect(T.semicolon, "';'");
  if (e.kind === 'integer' && e.value === 0n && !isError(e)) {
    u.error('C0251', `static assertion failed${text}`, span);
  }
}
