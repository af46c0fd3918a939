// GNU asm statements: template, operands, clobbers, labels. What the constraints mean is the back
// end's matter; here is checked that outputs are objects and that names are known.

import type { AsmStatement, Expression, Label, Lvalue, Statement } from '../tree.ts';
import { T } from './codes.ts';
import { expression } from './expressions.ts';
import { stringLiteral } from './literals.ts';
import { addressNode, isError, isLvalue, rvalue } from './nodes.ts';
import { modifiable } from './assignment.ts';
import { labelNamed } from './statements.ts';
import { characterText } from './text.ts';
import * as types from './type-operations.ts';
import type { Unit } from './unit.ts';

function text(u: Unit): string {
  if (u.code !== T.string) u.syntaxError('expected a string');
  return characterText(stringLiteral(u).bytes);
}

interface OperandHead {
  readonly name: string | undefined;
  readonly constraint: string;
}

function operandHead(u: Unit): OperandHead {
  let name: string | undefined;
  if (u.accept(T.leftBracket)) {
    name = u.text();
    u.at++;
    u.expect(T.rightBracket, "']'");
  }
  const constraint = text(u);
  u.expect(T.leftParen, "'('");
  return { name, constraint };
}

function outputs(u: Unit): AsmStatement['outputs'] {
  const list: { name: string | undefined; constraint: string; lvalue: Lvalue }[] = [];
  if (u.code !== T.string && u.code !== T.leftBracket) return list;
  do {
    const { name, constraint } = operandHead(u);
    const value = expression(u);
    u.expect(T.rightParen, "')'");
    if (!/^[=+]/.test(constraint)) {
      u.error('C0330', `output constraint "${constraint}" does not begin with = or +`, value.span);
    }
    const lvalue = modifiable(u, value, 'asm output');
    if (!lvalue) continue;
    if (constraint.includes('m')) touch(u, lvalue);
    list.push({ name, constraint, lvalue });
  } while (u.accept(T.comma));
  return list;
}

/** The operand may be used in memory: it must have an address. */
function touch(u: Unit, lvalue: Lvalue): void {
  const isBits = lvalue.kind === 'member' && lvalue.bits;
  if (!isBits) addressNode(u, lvalue, types.pointerTo(lvalue.type), lvalue.span);
}

function inputs(u: Unit): AsmStatement['inputs'] {
  const list: {
    name: string | undefined;
    constraint: string;
    value: Expression;
    lvalue: Lvalue | undefined;
  }[] = [];
  if (u.code !== T.string && u.code !== T.leftBracket) return list;
  do {
    const { name, constraint } = operandHead(u);
    const operand = expression(u);
    u.expect(T.rightParen, "')'");
    const onlyMemory = /^[^a-ln-zA-Z0-9]*m[^a-zA-Z0-9]*$/.test(constraint);
    const lvalue = isLvalue(operand) && operand.type.kind !== 'function' ? operand : undefined;
    if (onlyMemory && !lvalue) {
      u.error('C0331', `constraint "${constraint}" needs an object in memory`, operand.span);
      continue;
    }
    if (lvalue && constraint.includes('m')) touch(u, lvalue);
    const isWhole = lvalue && onlyMemory && !types.isScalar(lvalue.type);
    const value: Expression = isWhole
      ? { kind: 'load', lvalue, type: types.plain(lvalue.type), span: lvalue.span }
      : rvalue(u, operand);
    if (!isError(value)) list.push({ name, constraint, value, lvalue });
  } while (u.accept(T.comma));
  return list;
}

function clobbers(u: Unit): string[] {
  const list: string[] = [];
  if (u.code !== T.string) return list;
  do list.push(text(u).replace(/^%/, ''));
  while (u.accept(T.comma));
  return list;
}

function labels(u: Unit): Label[] {
  const list: Label[] = [];
  if (u.code !== T.name) return list;
  do {
    const span = u.span();
    list.push(labelNamed(u, u.expectName('a label'), span));
  } while (u.accept(T.comma));
  return list;
}

/** `::` is one empty section and the start of the next; the tokens are single colons here. */
function section(u: Unit): boolean {
  return u.accept(T.colon);
}

/** At `asm`, inside a function. */
export function asmStatement(u: Unit): Statement {
  const first = u.at;
  u.at++;
  let isVolatile = false;
  let isGoto = false;
  for (;;) {
    if (u.accept(T.volatile)) isVolatile = true;
    else if (u.accept(T.goto)) isGoto = true;
    else if (!u.accept(T.inline)) break;
  }
  u.expect(T.leftParen, "'('");
  const template = text(u);
  const isBasic = u.code === T.rightParen;
  const out = section(u) ? outputs(u) : [];
  const into = section(u) ? inputs(u) : [];
  const lost = section(u) ? clobbers(u) : [];
  const targets = section(u) ? labels(u) : [];
  u.expect(T.rightParen, "')' or ':'");
  const span = u.spanFrom(first);
  u.expect(T.semicolon, "';'");
  return {
    kind: 'asm',
    template,
    isVolatile: isVolatile || out.length === 0 || isGoto,
    isBasic,
    outputs: out,
    inputs: into,
    clobbers: lost,
    labels: targets,
    span,
  };
}

/** `asm("..");` outside functions, at the keyword. */
export function topLevelAsm(u: Unit): void {
  const first = u.at;
  u.at++;
  while (u.accept(T.volatile) || u.accept(T.inline));
  u.expect(T.leftParen, "'('");
  const template = text(u);
  u.expect(T.rightParen, "')'");
  const span = u.spanFrom(first);
  u.expect(T.semicolon, "';'");
  u.flushPending();
  if (!u.diagnostics.hasErrors) u.sink.topLevelAsm(template, span);
}
