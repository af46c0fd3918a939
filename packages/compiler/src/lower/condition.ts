// Conditions as control flow: `&&`, `||`, `!` and constants need no value.

import type { Expression } from '../tree.ts';
import type { Lowering } from './context.ts';
import { truth } from './convert.ts';
import { value } from './expression.ts';
import { classOf, isBool } from './types.ts';

/** Ends the block with a branch: to `yes` if the expression is not zero, else to `no`. */
export function condition(b: Lowering, outer: Expression, yes: number, no: number): void {
  let e = outer;
  let [then, otherwise] = [yes, no];
  for (;;) {
    if (e.kind === 'not') {
      [then, otherwise] = [otherwise, then];
      e = e.operand;
    } else if (e.kind === 'convert' && isTruthPreserving(e)) e = e.operand;
    else if (e.kind === 'builtin' && e.name === 'expect') e = e.arguments[0];
    else break;
  }
  if (e.kind === 'logical-and' || e.kind === 'logical-or') {
    logical(b, e, then, otherwise);
    return;
  }
  if (e.kind === 'comma') {
    value(b, e.left);
    condition(b, e.right, then, otherwise);
    return;
  }
  const tested = value(b, e);
  b.branch(truth(b, tested, e.type), then, otherwise);
}

function isTruthPreserving(e: Extract<Expression, { kind: 'convert' }>): boolean {
  const from = classOf(e.operand.type);
  if (isBool(e.type)) return from === 'word' || from === 'pair' || from === 'float';
  const widths = { word: 1, pair: 2, float: 0, record: 0, void: 0 };
  const isComparison = e.operand.kind === 'compare' || e.operand.kind === 'not';
  const isLogical = e.operand.kind === 'logical-and' || e.operand.kind === 'logical-or';
  return (isComparison || isLogical) && widths[classOf(e.type)] > 0;
}

function logical(b: Lowering, outer: Expression, yes: number, no: number): void {
  const kind = outer.kind;
  const terms: Expression[] = [];
  let e = outer;
  while (e.kind === kind && (e.kind === 'logical-and' || e.kind === 'logical-or')) {
    terms.push(e.right);
    e = e.left;
  }
  terms.push(e);
  for (let i = terms.length - 1; i > 0; i--) {
    const next = b.newBlock();
    if (kind === 'logical-and') condition(b, terms[i], next, no);
    else condition(b, terms[i], yes, next);
    b.start(next);
  }
  condition(b, terms[0], yes, no);
}
