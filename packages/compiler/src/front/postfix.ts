// Postfix operators (C11 6.5.2): subscripts, calls, members, ++ and --.

import type { Span } from '@ring0/diagnostics';
import type { Expression, Lvalue } from '../tree.ts';
import { alignOf } from '../types.ts';
import type { FunctionType, Member, Type } from '../types.ts';
import { binary } from './arithmetic.ts';
import { assignConvert, increment } from './assignment.ts';
import { T } from './codes.ts';
import { assignmentExpression, expression } from './expressions.ts';
import { checkFormat } from './format.ts';
import { findMember } from './layout.ts';
import { convertNode, errorNode, isError, isLvalue, promote, rvalue } from './nodes.ts';
import type { Value } from './nodes.ts';
import { nearest } from './text.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import type { Unit } from './unit.ts';

/** `*pointer` */
export function dereference(u: Unit, pointer: Expression, span: Span): Value {
  if (isError(pointer)) return errorNode(span);
  if (!types.isPointer(pointer.type)) {
    u.error('C0207', `'*' needs a pointer, this is '${typeText(pointer.type)}'`, span);
    return errorNode(span);
  }
  const { to } = pointer.type;
  if (pointer.kind === 'address' && isSameObject(pointer.lvalue.type, to)) {
    return { ...pointer.lvalue, span };
  }
  return { kind: 'deref', pointer, type: to, span };
}

/** `*&x` is x unless the pointer's type has changed on the way. */
function isSameObject(type: Type, to: Type): boolean {
  return (
    type === to ||
    (type.kind !== 'array' &&
      type.qualifiers === to.qualifiers &&
      types.compatible(type, to) &&
      !types.isRecord(type) &&
      type.kind !== 'function')
  );
}

/** `__alignof__` (8 for double and long long) or `_Alignof`, in bytes. */
export function preferredAlignment(type: Type, isPreferred: boolean): number {
  if (!isPreferred || type.aligned !== undefined) return alignOf(type);
  if (type.kind === 'array') return preferredAlignment(type.element, true);
  const kind = type.kind === 'enum' ? type.definition.underlying.kind : type.kind;
  return kind === 'double' || kind === 'llong' || kind === 'ullong' ? 8 : alignOf(type);
}

/** Reads the operators that follow `value`. */
export function postfix(u: Unit, start: Value, first: number): Value {
  let value = start;
  for (;;) {
    switch (u.code) {
      case T.leftBracket:
        value = subscript(u, value, first);
        break;
      case T.leftParen:
        value = call(u, value, first);
        break;
      case T.dot:
        value = memberOf(u, value, first);
        break;
      case T.arrow:
        value = memberThrough(u, value, first);
        break;
      case T.increment:
      case T.decrement: {
        const direction = u.code === T.increment ? 1 : -1;
        u.at++;
        value = increment(u, value, direction, true, u.spanFrom(first));
        break;
      }
      default:
        return value;
    }
  }
}

function subscript(u: Unit, value: Value, first: number): Value {
  u.at++;
  u.enter();
  const base = rvalue(u, value);
  const index = rvalue(u, expression(u));
  u.leave();
  u.expect(T.rightBracket, "']'");
  const span = u.spanFrom(first);
  if (isError(base) || isError(index)) return errorNode(span);
  const isFine =
    (types.isPointer(base.type) && types.isInteger(index.type)) ||
    (types.isInteger(base.type) && types.isPointer(index.type));
  if (!isFine) {
    const message = `subscript of '${typeText(base.type)}' by '${typeText(index.type)}'`;
    u.error('C0208', message, span);
    return errorNode(span);
  }
  return dereference(u, binary(u, 'add', base, index, span), span);
}

function memberOf(u: Unit, value: Value, first: number): Value {
  const { type } = value;
  u.at++;
  const nameSpan = u.span();
  const name = u.atoms.text(u.expectName('a member name'));
  const span = u.spanFrom(first);
  if (type === types.ERROR) return errorNode(span);
  if (types.isPointer(type) && types.isRecord(type.to)) {
    u.error('C0209', `'${typeText(type)}' is a pointer; use '->${name}'`, span);
    return errorNode(span);
  }
  if (!types.isRecord(type)) {
    u.error('C0224', `member '${name}' of '${typeText(type)}', which is no struct or union`, span);
    return errorNode(span);
  }
  const base: Lvalue = isLvalue(value)
    ? value
    : { kind: 'temporary', value, type, span: value.span };
  return member(u, base, name, nameSpan, span);
}

function memberThrough(u: Unit, value: Value, first: number): Value {
  const pointer = rvalue(u, value);
  u.at++;
  const nameSpan = u.span();
  const name = u.atoms.text(u.expectName('a member name'));
  const span = u.spanFrom(first);
  if (isError(pointer)) return errorNode(span);
  const { type } = pointer;
  if (types.isRecord(type)) {
    u.error('C0225', `'${typeText(type)}' is no pointer; use '.${name}'`, span);
    return errorNode(span);
  }
  if (!types.isPointer(type) || !types.isRecord(type.to)) {
    u.error(
      'C0224',
      `member '${name}' through '${typeText(type)}', which is no pointer to struct or union`,
      span,
    );
    return errorNode(span);
  }
  const base = dereference(u, pointer, pointer.span);
  return isLvalue(base) ? member(u, base, name, nameSpan, span) : errorNode(span);
}

/** `base.name`, through anonymous members. */
export function member(u: Unit, base: Lvalue, name: string, nameSpan: Span, span: Span): Value {
  const { type } = base;
  if (!types.isRecord(type)) throw new Error(`member of ${type.kind}`);
  if (!type.record.isComplete) {
    u.error('C0226', `member '${name}' of incomplete type '${typeText(type)}'`, span);
    return errorNode(span);
  }
  const found = findMember(type.record, name);
  if (!found) {
    const names = type.record.members.map((each) => each.name ?? '');
    const near = nearest(name, names);
    const list = names
      .filter((each) => each !== '')
      .slice(0, 8)
      .join(', ');
    const notes = [{ message: near === undefined ? `it has ${list}` : `did you mean '${near}'?` }];
    u.error('C0227', `'${typeText(type)}' has no member '${name}'`, nameSpan, notes);
    return errorNode(span);
  }
  let lvalue = base;
  for (const step of found.path) lvalue = memberNode(lvalue, step, span);
  return lvalue;
}

export function memberNode(base: Lvalue, step: Member, span: Span): Lvalue {
  const type = types.qualify(step.type, base.type.qualifiers);
  return { kind: 'member', base, offset: step.offset, bits: step.bits, type, span };
}

// --- calls

/** Functions that return twice: locals live across the call must lie in memory. */
const SETJMP = /^_?_?(sig)?setjmp$|^vfork$|^getcontext$/;

function call(u: Unit, value: Value, first: number): Value {
  const callee = rvalue(u, value);
  const name = value.kind === 'entity' ? value.entity.name : '';
  const list = callArguments(u);
  const span = u.spanFrom(first);
  if (isError(callee)) return errorNode(span);
  if (!types.isPointer(callee.type) || callee.type.to.kind !== 'function') {
    const what = name === '' ? 'what is called' : `'${name}'`;
    const message = `${what} is of type '${typeText(value.type)}', expected a function`;
    u.error('C0228', message, callee.span);
    return errorNode(span);
  }
  if (u.function && (SETJMP.test(name) || (value.kind === 'entity' && isReturnsTwice(value)))) {
    u.function.isSetjmpCaller = true;
  }
  return callNode(u, callee, callee.type.to, list, name, span);
}

function isReturnsTwice(value: Lvalue & { kind: 'entity' }): boolean {
  return 'isReturnsTwice' in value.entity.attributes;
}

/** At `(`: the arguments, unconverted. */
export function callArguments(u: Unit): Expression[] {
  const list: Expression[] = [];
  u.at++;
  u.enter();
  if (u.code !== T.rightParen) {
    do list.push(rvalue(u, assignmentExpression(u)));
    while (u.accept(T.comma));
  }
  u.leave();
  u.expect(T.rightParen, "')' or ','");
  return list;
}

/** The call of a pointer to function of type `type`. */
export function callNode(
  u: Unit,
  callee: Expression,
  type: FunctionType,
  list: readonly Expression[],
  name: string,
  span: Span,
): Expression {
  const { parameters, isVariadic, isPrototyped } = type;
  const what = name === '' ? 'the call' : `'${name}'`;
  if (
    isPrototyped &&
    (list.length < parameters.length || (list.length > parameters.length && !isVariadic))
  ) {
    const few = list.length < parameters.length ? 'few' : 'many';
    const at = few === 'many' ? list[parameters.length].span : span;
    const note =
      callee.kind === 'address' && callee.lvalue.kind === 'entity'
        ? callee.lvalue.entity
        : undefined;
    const notes = note ? [{ message: 'declared here', span: note.span }] : [];
    const takes = `it takes ${isVariadic ? 'at least ' : ''}${parameters.length}`;
    u.error('C0229', `too ${few} arguments to ${what}: ${list.length} given, ${takes}`, at, notes);
    return errorNode(span);
  }
  let isBad = false;
  const args = list.map((argument, i) => {
    if (isError(argument)) {
      isBad = true;
      return argument;
    }
    if (isPrototyped && i < parameters.length) {
      const converted = assignConvert(u, argument, parameters[i], `argument ${i + 1} of ${what}`);
      if (isError(converted)) isBad = true;
      return converted;
    }
    if (argument.type.kind === 'void') {
      u.error(
        'C0232',
        `argument ${i + 1} of ${what} uses the value of a void expression`,
        argument.span,
      );
      isBad = true;
    }
    return defaultPromotion(argument);
  });
  const { returns } = type;
  if (returns.kind !== 'void' && !types.isComplete(returns)) {
    u.error(
      'C0201',
      `call of a function that returns incomplete type '${typeText(returns)}'`,
      span,
    );
    return errorNode(span);
  }
  if (!isBad && callee.kind === 'address' && callee.lvalue.kind === 'entity') {
    checkFormat(u, callee.lvalue.entity, list, span);
  }
  if (isBad) return isRecordOrVoid(returns) ? errorNode(span) : { ...errorNode(span) };
  return { kind: 'call', callee, arguments: args, type: types.plain(returns), span };
}

function isRecordOrVoid(type: Type): boolean {
  return types.isRecord(type) || type.kind === 'void';
}

/** C11 6.5.2.2p6 */
export function defaultPromotion(e: Expression): Expression {
  return e.type.kind === 'float' ? convertNode(e, types.DOUBLE) : promote(e);
}
