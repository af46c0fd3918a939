// Declarators and type names (C11 6.7.6, 6.7.7). A declarator is read outside in and applied inside
// out: first its layers are collected, then they are laid around the type of the specifiers.

import type { Span } from '@ring0/diagnostics';
import { CONST, RESTRICT, VOLATILE, sizeOf } from '../types.ts';
import type { FunctionType, Type } from '../types.ts';
import { attributes } from './attributes.ts';
import type { AttributeSet } from './attributes.ts';
import { T } from './codes.ts';
import { assignmentExpression } from './expressions.ts';
import { isError, rvalue } from './nodes.ts';
import { atSpecifier, specifiers, withMode } from './specifiers.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import type { Unit } from './unit.ts';

export interface Parameter {
  /** 0: none. */
  readonly name: number;
  readonly type: Type;
  readonly span: Span;
  readonly attributes: AttributeSet;
  readonly isRegister: boolean;
}

export interface ParameterList {
  readonly parameters: Parameter[];
  readonly isVariadic: boolean;
  readonly isPrototyped: boolean;
  /** K&R: the names, whose declarations follow. */
  readonly isNameList: boolean;
}

type Layer =
  | { readonly kind: 'pointer'; readonly qualifiers: number }
  | { readonly kind: 'array'; readonly count: number | undefined; readonly span: Span }
  | { readonly kind: 'function'; readonly list: ParameterList; readonly span: Span };

export interface Declarator {
  /** 0: abstract. */
  readonly name: number;
  readonly span: Span;
  readonly type: Type;
  /** Of the function that the declarator declares, if it does. */
  readonly parameters: ParameterList | undefined;
}

/** True where a type name begins (typedef names included). */
export function atTypeName(u: Unit): boolean {
  const { code } = u;
  if (code === T.name) return u.isTypedef(u.atom);
  if (code >= T.const && code <= T.float32Type) return true;
  if (code === T.float64Type || code === T.float64xType) return true;
  if (code === T.attribute) return true;
  if (code !== T.extension) return false;
  let ahead = 1;
  while (u.peek(ahead) === T.extension) ahead++;
  const next = u.peek(ahead);
  if (next === T.name) return u.isTypedef(u.tokens.atom[u.at + ahead]);
  return next >= T.typedef && next <= T.float64xType && next !== T.asm && next !== T.staticAssert;
}

function qualifiers(u: Unit, set: AttributeSet): number {
  let result = 0;
  for (;;) {
    if (u.code === T.const) result |= CONST;
    else if (u.code === T.volatile) result |= VOLATILE;
    else if (u.code === T.restrict) result |= RESTRICT;
    else if (u.code === T.attribute) {
      attributes(u, set);
      continue;
    } else if (u.code !== T.extension) return result;
    u.at++;
  }
}

interface Reading {
  name: number;
  span: Span;
  readonly attributes: AttributeSet;
  /** Innermost last: the order in which they are laid around the type. */
  readonly layers: Layer[];
}

/** At `(`: does it open a nested declarator rather than parameters? */
function isNested(u: Unit): boolean {
  const next = u.peek(1);
  if (next === T.star || next === T.leftParen || next === T.attribute) return true;
  if (next === T.leftBracket) return true;
  if (next !== T.name) return false;
  return !u.isTypedef(u.tokens.atom[u.at + 1]);
}

/**
 * `allowsName`: a concrete declarator, whose name may also be a typedef's (it is being redeclared).
 */
function read(u: Unit, reading: Reading, allowsName: boolean, isAbstract: boolean): void {
  u.enter();
  attributes(u, reading.attributes);
  while (u.accept(T.star)) {
    reading.layers.push({ kind: 'pointer', qualifiers: qualifiers(u, reading.attributes) });
  }
  let inner: Reading | undefined;
  if (u.code === T.name && allowsName) {
    reading.name = u.atom;
    reading.span = u.span();
    u.at++;
  } else if (u.code === T.leftParen && (allowsName && !isAbstract ? true : isNested(u))) {
    u.at++;
    inner = { name: 0, span: u.span(), attributes: reading.attributes, layers: [] };
    read(u, inner, allowsName, isAbstract);
    u.expect(T.rightParen, "')'");
    reading.name = inner.name;
    reading.span = inner.span;
  } else if (!isAbstract) u.syntaxError('expected a name');
  const suffixes: Layer[] = [];
  for (;;) {
    if (u.code === T.leftBracket) suffixes.push(arraySuffix(u));
    else if (u.code === T.leftParen) suffixes.push(functionSuffix(u));
    else break;
  }
  reading.layers.push(...suffixes.reverse(), ...(inner?.layers ?? []));
  u.leave();
}

function arraySuffix(u: Unit): Layer {
  const first = u.at;
  u.at++;
  const set: AttributeSet = {};
  u.accept(T.static);
  qualifiers(u, set);
  u.accept(T.static);
  let count: number | undefined;
  if (u.code === T.star && u.peek(1) === T.rightBracket) u.at++;
  else if (u.code !== T.rightBracket) count = arrayCount(u);
  u.expect(T.rightBracket, "']'");
  return { kind: 'array', count, span: u.spanFrom(first) };
}

/** -1: not constant. */
function arrayCount(u: Unit): number {
  const e = rvalue(u, assignmentExpression(u));
  if (isError(e)) return 1;
  if (!types.isInteger(e.type)) {
    u.error('C0420', `array size of type '${typeText(e.type)}'`, e.span);
    return 1;
  }
  if (e.kind !== 'integer') return -1;
  if (e.value < 0n) {
    u.error('C0421', 'array size is negative', e.span);
    return 1;
  }
  if (e.value > 0x7fffffffn) {
    u.error('C0422', 'array is too large', e.span);
    return 1;
  }
  return Number(e.value);
}

function functionSuffix(u: Unit): Layer {
  const first = u.at;
  u.at++;
  const list = parameterList(u);
  u.expect(T.rightParen, "')'");
  return { kind: 'function', list, span: u.spanFrom(first) };
}

function parameterList(u: Unit): ParameterList {
  const parameters: Parameter[] = [];
  if (u.code === T.rightParen) {
    return { parameters, isVariadic: false, isPrototyped: false, isNameList: false };
  }
  if (u.code === T.name && !u.isTypedef(u.atom)) return nameList(u);
  const isVoid = u.code === T.void && u.peek(1) === T.rightParen;
  if (isVoid) {
    u.at++;
    return { parameters, isVariadic: false, isPrototyped: true, isNameList: false };
  }
  let isVariadic = false;
  u.openScope();
  do {
    if (u.accept(T.ellipsis)) {
      isVariadic = true;
      break;
    }
    parameters.push(parameter(u));
  } while (u.accept(T.comma));
  u.closeScope();
  const [only] = parameters;
  if (parameters.length === 1 && only.type.kind === 'void' && only.name === 0) parameters.pop();
  return { parameters, isVariadic, isPrototyped: true, isNameList: false };
}

function nameList(u: Unit): ParameterList {
  const parameters: Parameter[] = [];
  do {
    const span = u.span();
    const name = u.expectName('a parameter name');
    parameters.push({ name, type: types.INT, span, attributes: {}, isRegister: false });
  } while (u.accept(T.comma));
  return { parameters, isVariadic: false, isPrototyped: false, isNameList: true };
}

function parameter(u: Unit): Parameter {
  const first = u.at;
  if (!atSpecifier(u)) {
    const name = u.code === T.name ? `unknown type '${u.text()}'` : 'expected a parameter type';
    if (u.code === T.name) {
      u.error('C0423', name, u.span());
      u.at++;
      const rest = declarator(u, types.ERROR, true);
      return {
        name: rest.name,
        type: types.ERROR,
        span: rest.span,
        attributes: {},
        isRegister: false,
      };
    }
    u.syntaxError(name);
  }
  const specified = specifiers(u);
  const set: AttributeSet = { ...specified.attributes };
  const found = declarator(u, specified.type, true, set);
  attributes(u, set);
  const type = adjustParameter(withMode(u, found.type, set.mode, found.span));
  const span = found.name === 0 ? u.spanFrom(first) : found.span;
  if (found.name !== 0) {
    // Visible to the parameters after it, as in `int n, int a[n]`.
    u.bind(found.name, {
      kind: 'entity',
      entity: {
        kind: 'variable',
        name: u.atoms.text(found.name),
        type,
        storage: 'automatic',
        symbol: '',
        linkage: 'none',
        isAddressTaken: false,
        isDefined: true,
        isReferenced: true,
        attributes: {},
        span,
      },
      span,
      depth: u.depth,
      isUsed: true,
    });
  }
  return {
    name: found.name,
    type,
    span,
    attributes: set,
    isRegister: specified.storage === 'register',
  };
}

/** Arrays and functions are passed as pointers (C11 6.7.6.3p7). */
export function adjustParameter(type: Type): Type {
  if (type.kind === 'array') return types.pointerTo(type.element);
  if (type.kind === 'function') return types.pointerTo(type);
  return type;
}

function lay(u: Unit, layer: Layer, type: Type, isLast: boolean, isParameter: boolean): Type {
  if (type === types.ERROR) return type;
  switch (layer.kind) {
    case 'pointer':
      return types.qualify(types.pointerTo(type), layer.qualifiers);
    case 'array': {
      if (type.kind === 'function' || type.kind === 'void') {
        u.error('C0424', `array of '${typeText(type)}'`, layer.span);
        return types.ERROR;
      }
      if (!types.isComplete(type)) {
        u.error('C0425', `array of incomplete type '${typeText(type)}'`, layer.span);
        return types.ERROR;
      }
      let { count } = layer;
      if (count === -1) {
        if (!(isParameter && isLast)) {
          u.error(
            'C0426',
            'array size is not a constant; variable length arrays are not supported',
            layer.span,
          );
          return types.ERROR;
        }
        count = undefined;
      }
      if (count !== undefined && count * sizeOf(type) > 0x7fffffff) {
        u.error('C0422', 'array is too large', layer.span);
        return types.ERROR;
      }
      return types.arrayOf(type, count);
    }
    case 'function':
      return functionType(u, layer.list, type, layer.span);
  }
}

function functionType(u: Unit, list: ParameterList, returns: Type, span: Span): Type {
  if (returns.kind === 'function' || returns.kind === 'array') {
    u.error('C0427', `function returning '${typeText(returns)}'`, span);
    return types.ERROR;
  }
  const type: FunctionType = {
    kind: 'function',
    qualifiers: 0,
    returns: types.plain(returns),
    parameters: list.isNameList ? [] : list.parameters.map((parameter) => parameter.type),
    isVariadic: list.isVariadic,
    isPrototyped: list.isPrototyped,
    regparm: 0,
    isNoReturn: false,
  };
  return type;
}

/** Pointers to arrays of functions ..: other passes walk types recursively. */
const LAYERS_MAX = 100;

/**
 * Reads a declarator around `base`. `mayBeAbstract`: of parameters and type names, whose name may
 * be missing.
 */
export function declarator(
  u: Unit,
  base: Type,
  mayBeAbstract = false,
  set: AttributeSet = {},
  mayHaveName = true,
): Declarator {
  const reading: Reading = { name: 0, span: u.span(), attributes: set, layers: [] };
  read(u, reading, mayHaveName, mayBeAbstract);
  let type = base;
  const { layers } = reading;
  if (layers.length > LAYERS_MAX) {
    u.error('C0428', `type of more than ${LAYERS_MAX} levels`, reading.span);
    layers.length = 0;
    type = types.ERROR;
  }
  layers.forEach((layer, i) => {
    type = lay(u, layer, type, i === layers.length - 1, mayBeAbstract);
  });
  const last = layers[layers.length - 1];
  const parameters = last?.kind === 'function' ? last.list : undefined;
  return { name: reading.name, span: reading.span, type, parameters };
}

/**
 * Function attributes that are part of the type, laid on a function or on what a pointer points to.
 */
export function withTypeAttributes(type: Type, set: AttributeSet): Type {
  if (set.regparm === undefined && !set.isNoReturn && !set.convention) return type;
  if (type.kind === 'function') {
    return {
      ...type,
      regparm: set.regparm ?? type.regparm,
      convention: set.convention ?? type.convention,
      isNoReturn: type.isNoReturn || set.isNoReturn === true,
    };
  }
  if (type.kind !== 'pointer') return type;
  const to = withTypeAttributes(type.to, set);
  return to === type.to ? type : { ...type, to };
}

/** A type name: specifiers and an abstract declarator. */
export function typeName(u: Unit): Type {
  const specified = specifiers(u);
  const set: AttributeSet = { ...specified.attributes };
  const found = declarator(u, specified.type, true, set, false);
  attributes(u, set);
  return withTypeAttributes(found.type, set);
}
