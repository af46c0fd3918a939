// Primary expressions (C11 6.5.1): names, constants, strings, parentheses, _Generic, statement
// expressions.

import type { Span } from '@ring0/diagnostics';
import type { Entity, Expression } from '../tree.ts';
import { CONST } from '../types.ts';
import type { FunctionType, Type } from '../types.ts';
import { builtinCall, isBuiltinName, specialForm } from './builtins.ts';
import { T } from './codes.ts';
import { atTypeName, typeName } from './declarators.ts';
import { newLiteral, newVariable } from './entities.ts';
import { assignmentExpression, expression } from './expressions.ts';
import { characterLiteral, numberLiteral, stringLiteral } from './literals.ts';
import type { StringLiteral } from './literals.ts';
import { errorNode, integerNode, rvalue } from './nodes.ts';
import type { Value } from './nodes.ts';
import { blockBody } from './statements.ts';
import { nearest } from './text.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import type { Declared, Unit } from './unit.ts';

export function primary(u: Unit): Value {
  switch (u.code) {
    case T.name:
      return name(u);
    case T.number:
      return numberLiteral(u);
    case T.character:
      return characterLiteral(u);
    case T.string: {
      const span = u.span();
      return literalObject(u, stringLiteral(u), span);
    }
    case T.leftParen:
      return parenthesised(u);
    case T.generic:
      return generic(u);
    case T.functionName:
      return functionName(u);
    case T.offsetof:
    case T.vaStart:
    case T.vaArg:
    case T.vaEnd:
    case T.vaCopy:
    case T.chooseExpression:
    case T.typesCompatible:
      return specialForm(u, u.code);
    default:
      return u.syntaxError('expected an expression');
  }
}

/** The object of a string literal; it is emitted only if its address is used. */
export function literalObject(u: Unit, literal: StringLiteral, span: Span): Value {
  const type = types.arrayOf(literal.element, literal.count);
  const entity = newLiteral(u, type, span);
  u.strings.set(entity, literal.bytes);
  u.pending.push({
    entity,
    initializer: { items: [{ offset: 0, type, value: { kind: 'string', bytes: literal.bytes } }] },
    isTentative: false,
    isStringLiteral: true,
  });
  return { kind: 'entity', entity, type, span };
}

function parenthesised(u: Unit): Value {
  const first = u.at;
  u.at++;
  u.enter();
  let result: Value;
  if (u.code === T.leftBrace) result = statementExpression(u, first);
  else result = expression(u);
  u.expect(T.rightParen, "')'");
  u.leave();
  return result;
}

function statementExpression(u: Unit, first: number): Expression {
  if (!u.function) {
    u.error('C0260', 'a statement expression stands outside a function', u.span());
    u.syntaxError('expected an expression');
  }
  const body = blockBody(u);
  const span = u.spanFrom(first);
  const last = body[body.length - 1];
  if (last?.kind === 'expression' && last.expression.type.kind !== 'void') {
    const { expression: result } = last;
    return {
      kind: 'statement-expression',
      body: body.slice(0, -1),
      result,
      type: result.type,
      span,
    };
  }
  return { kind: 'statement-expression', body, result: undefined, type: types.VOID, span };
}

/** Functions of the C library that are instructions here, once declared. */
const IN_LINE: ReadonlySet<string> = new Set(['alloca', 'fabs', 'fabsf', 'fabsl']);

function name(u: Unit): Value {
  const span = u.span();
  const { atom } = u;
  const declared = u.lookup(atom);
  if (!declared) {
    const text = u.atoms.text(atom);
    if (u.peek(1) === T.leftParen && isBuiltinName(u, text)) return builtinCall(u, text);
    u.at++;
    return undeclared(u, atom, span);
  }
  if (declared.kind === 'entity') {
    const { entity } = declared;
    const isInline =
      u.options.hasBuiltins && entity.kind === 'function' && IN_LINE.has(entity.name);
    if (isInline && u.peek(1) === T.leftParen) return builtinCall(u, `__builtin_${entity.name}`);
    u.at++;
    return use(u, declared, entity, span);
  }
  u.at++;
  if (declared.kind === 'constant') {
    declared.isUsed = true;
    return integerNode(declared.value, declared.type, span);
  }
  u.error('C0261', `'${u.atoms.text(atom)}' is a type, an expression is needed`, span, [
    { message: 'declared here', span: declared.span },
  ]);
  return errorNode(span);
}

/** Tokens before the name in `name = value;`, whose value is not used. */
const beginStatement: ReadonlySet<number> = new Set([
  T.semicolon,
  T.leftBrace,
  T.rightBrace,
  T.colon,
  T.else,
  T.do,
]);

/** A read or call of an entity; a plain assignment to it is no use (for the unused warnings). */
function use(u: Unit, declared: Declared & { kind: 'entity' }, entity: Entity, span: Span): Value {
  const isIdle = u.code === T.assign && beginStatement.has(u.peek(-2));
  if (isIdle && entity.storage === 'automatic') declared.isSet = true;
  else declared.isUsed = true;
  if (u.unevaluated === 0) entity.isReferenced = true;
  if (entity.type === types.ERROR) return errorNode(span);
  return { kind: 'entity', entity, type: entity.type, span };
}

const headers: Readonly<Record<string, string>> = {
  NULL: 'stddef.h',
  size_t: 'stddef.h',
  bool: 'stdbool.h',
  true: 'stdbool.h',
  false: 'stdbool.h',
  uint8_t: 'stdint.h',
  uint16_t: 'stdint.h',
  uint32_t: 'stdint.h',
  uint64_t: 'stdint.h',
  int8_t: 'stdint.h',
  int16_t: 'stdint.h',
  int32_t: 'stdint.h',
  int64_t: 'stdint.h',
  uintptr_t: 'stdint.h',
  INT_MAX: 'limits.h',
  UINT_MAX: 'limits.h',
  EOF: 'stdio.h',
  stdout: 'stdio.h',
  stderr: 'stdio.h',
  stdin: 'stdio.h',
  printf: 'stdio.h',
  puts: 'stdio.h',
  malloc: 'stdlib.h',
  free: 'stdlib.h',
  exit: 'stdlib.h',
  strlen: 'string.h',
  strcmp: 'string.h',
  memcpy: 'string.h',
  memset: 'string.h',
  errno: 'errno.h',
  va_list: 'stdarg.h',
};

/** The note for a name that is not declared: a header, or a name like it. */
export function hint(u: Unit, text: string): { message: string; span?: Span }[] {
  const header = Object.hasOwn(headers, text) ? headers[text] : undefined;
  if (header)
    return [
      { message: `'${text}' is declared in <${header}>; is '#include <${header}>' missing?` },
    ];
  const typeName = Object.hasOwn(headers, `${text}_t`) ? `${text}_t` : undefined;
  if (typeName) {
    const message = `did you mean '${typeName}'? it is declared in <${headers[typeName]}>`;
    return [{ message: `${message}; is '#include <${headers[typeName]}>' missing?` }];
  }
  const candidates: string[] = [];
  u.names.forEach((declared, atom) => {
    if (declared && !u.isSystem(declared.span)) candidates.push(u.atoms.text(atom));
  });
  const near = nearest(text, candidates);
  if (near === undefined) return [];
  const declared = u.lookup(u.atoms.intern(near));
  return [{ message: `did you mean '${near}'?`, ...(declared ? { span: declared.span } : {}) }];
}

function undeclared(u: Unit, atom: number, span: Span): Value {
  const text = u.atoms.text(atom);
  // No library has these: a call that were let through would fail at the link, or later.
  const isOfCompiler = /^__(?:builtin|sync|atomic)_/.test(text);
  if (isOfCompiler) u.error('C0266', `'${text}' is not supported`, span);
  else if (u.code === T.leftParen) return implicitFunction(u, atom, text, span);
  else u.error('C0262', `'${text}' is not declared`, span, hint(u, text));
  // From here on the name is known to be wrong.
  const entity = newVariable(text, types.ERROR, 'automatic', 'none', '', {}, span);
  u.bind(atom, { kind: 'entity', entity, span, depth: u.depth, isUsed: true });
  return errorNode(span);
}

function implicitFunction(u: Unit, atom: number, text: string, span: Span): Value {
  const message = `implicit declaration of function '${text}'`;
  u.warn('implicit-function-declaration', 'C0263', message, span, hint(u, text));
  const type: FunctionType = {
    kind: 'function',
    qualifiers: 0,
    returns: types.INT,
    parameters: [],
    isVariadic: false,
    isPrototyped: false,
    regparm: 0,
    isNoReturn: false,
  };
  const entity: Entity = {
    kind: 'function',
    name: text,
    type,
    storage: 'static',
    symbol: text,
    linkage: 'external',
    isAddressTaken: false,
    isDefined: false,
    isReferenced: u.unevaluated === 0,
    attributes: {},
    span,
  };
  const declared = { kind: 'entity' as const, entity, span, depth: 0, isUsed: true };
  u.names[atom] = declared;
  u.linkedByAtom.set(atom, declared);
  u.linked.push(declared);
  return { kind: 'entity', entity, type, span };
}

function functionName(u: Unit): Value {
  const span = u.span();
  u.at++;
  const text = u.function?.entity.name ?? '';
  if (!u.function) u.warn('pragmas', 'C0264', "'__func__' outside a function", span);
  const bytes = new Uint8Array(text.length + 1);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const element = types.qualify(types.CHAR, CONST);
  return literalObject(u, { bytes, element, count: bytes.length }, span);
}

/** `_Generic (e, type: a, default: b)` */
function generic(u: Unit): Value {
  const first = u.at;
  u.at++;
  u.expect(T.leftParen, "'('");
  u.unevaluated++;
  const control = rvalue(u, assignmentExpression(u));
  u.unevaluated--;
  let chosen: Value | undefined;
  let fallback: Value | undefined;
  while (u.accept(T.comma)) {
    let type: Type | undefined;
    if (u.code === T.default) u.at++;
    else if (atTypeName(u)) type = typeName(u);
    else u.syntaxError('expected a type');
    u.expect(T.colon, "':'");
    const isMatch = type !== undefined && !chosen && types.compatible(type, control.type);
    if (!isMatch) u.unevaluated++;
    const start = u.at;
    const value = assignmentExpression(u);
    if (!isMatch) u.unevaluated--;
    if (isMatch) chosen = value;
    else if (!type) {
      fallback = value;
      if (!chosen) markReferenced(u, start);
    }
  }
  u.expect(T.rightParen, "')'");
  const result = chosen ?? fallback;
  if (result) return result;
  const span = u.spanFrom(first);
  u.error('C0265', `no association of _Generic has type '${typeText(control.type)}'`, span);
  return errorNode(span);
}

/**
 * The default of a _Generic was read before it was known to be chosen: its names count as
 * referenced.
 */
function markReferenced(u: Unit, start: number): void {
  if (u.unevaluated > 0) return;
  for (let at = start; at < u.at; at++) {
    const declared = u.codes[at] === T.name ? u.lookup(u.tokens.atom[at]) : undefined;
    if (declared?.kind === 'entity') declared.entity.isReferenced = true;
  }
}
