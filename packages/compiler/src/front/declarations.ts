// Declarations (C11 6.7): binds names, merges redeclarations of what has linkage, reads
// initialisers.

import type { Span } from '@ring0/diagnostics';
import type { Entity, Initializer, Statement } from '../tree.ts';
import { CONST, VOLATILE } from '../types.ts';
import type { Type } from '../types.ts';
import { asmLabel, attributes } from './attributes.ts';
import type { AttributeSet } from './attributes.ts';
import { assignConvert } from './assignment.ts';
import { T } from './codes.ts';
import { declarator, withTypeAttributes } from './declarators.ts';
import type { Declarator } from './declarators.ts';
import { newVariable } from './entities.ts';
import { assignmentExpression } from './expressions.ts';
import { functionDefinition } from './functions.ts';
import { initializer } from './initializers.ts';
import { isError, rvalue } from './nodes.ts';
import { atSpecifier, specifiers, withMode } from './specifiers.ts';
import type { Specifiers } from './specifiers.ts';
import * as types from './type-operations.ts';
import { qualifiersOf, typeText } from './type-operations.ts';
import type { Declared, Unit } from './unit.ts';

export type DeclaredEntity = Declared & { kind: 'entity' };

/** One declarator with everything that was said about it. */
export interface Declaration {
  readonly specified: Specifiers;
  readonly found: Declarator;
  readonly type: Type;
  readonly label: string | undefined;
  readonly attributes: AttributeSet;
}

/** Reads a declaration; `body` takes what it does at run time, and is absent outside functions. */
export function declaration(u: Unit, body?: Statement[]): void {
  const specified = specifiers(u);
  if (u.accept(T.semicolon)) {
    if (!specified.hasTag) {
      u.warn('attributes', 'C0340', 'declaration declares nothing', specified.span);
    }
    return;
  }
  for (let isFirst = true; ; isFirst = false) {
    const set: AttributeSet = { ...specified.attributes };
    attributes(u, set);
    const found = declarator(u, specified.type, false, set);
    const label = asmLabel(u);
    attributes(u, set);
    const type = withTypeAttributes(withMode(u, found.type, set.mode, found.span), set);
    const one: Declaration = { specified, found, type, label, attributes: set };
    const isBody =
      u.code === T.leftBrace || (found.parameters?.isNameList === true && atSpecifier(u));
    if (isFirst && type.kind === 'function' && specified.storage !== 'typedef' && isBody) {
      if (body) {
        u.error('C0341', 'nested functions are not supported', found.span);
        u.syntaxError("expected ';'");
      }
      functionDefinition(u, one);
      return;
    }
    declare(u, one, body);
    if (!u.accept(T.comma)) break;
  }
  u.expect(T.semicolon, "';'");
}

function declare(u: Unit, one: Declaration, body: Statement[] | undefined): void {
  const { specified, found, type } = one;
  if (specified.storage === 'typedef') declareTypedef(u, one);
  else if (specified.isAuto) declareAuto(u, one, body);
  else if (type.kind === 'function') {
    declareFunction(u, one);
    if (u.code === T.assign) {
      u.error(
        'C0342',
        `function '${u.atoms.text(found.name)}' is initialized like a variable`,
        found.span,
      );
      u.at++;
      assignmentExpression(u);
    }
  } else declareVariable(u, one, body);
}

function declareTypedef(u: Unit, one: Declaration): void {
  const { found, attributes: set } = one;
  let { type } = one;
  if (set.aligned !== undefined && type !== types.ERROR) type = { ...type, aligned: set.aligned };
  const known = u.lookup(found.name);
  if (known && known.depth === u.depth) {
    const isSame = known.kind === 'typedef' && types.compatible(known.type, type);
    if (!isSame) redeclared(u, found.name, known, found.span);
    return;
  }
  u.bind(found.name, { kind: 'typedef', type, span: found.span, depth: u.depth, isUsed: true });
}

export function redeclared(u: Unit, atom: number, known: Declared, span: Span): void {
  if (known.kind === 'entity' && known.entity.type === types.ERROR) return;
  u.error('C0343', `redeclaration of '${u.atoms.text(atom)}'`, span, [
    { message: 'declared here', span: known.span },
  ]);
}

// --- what has linkage

function mergeAttributes(entity: Entity, set: AttributeSet): void {
  const { aligned } = entity.attributes;
  for (const [key, value] of Object.entries(set)) {
    if (value !== undefined) Object.assign(entity.attributes, { [key]: value });
  }
  if (aligned !== undefined && set.aligned !== undefined) {
    entity.attributes.aligned = Math.max(aligned, set.aligned);
  }
}

/** The entity that a declaration with linkage is about: the known one, merged, or a new one. */
export function linkedEntity(u: Unit, one: Declaration, isFunction: boolean): DeclaredEntity {
  const { specified, found, type, label, attributes: set } = one;
  const isStatic = specified.storage === 'static';
  const visible = u.lookup(found.name);
  const known = u.linkedByAtom.get(found.name);
  if (visible && visible.depth === u.depth && visible !== known) {
    const isLinked = visible.kind === 'entity' && visible.entity === known?.entity;
    if (!isLinked) redeclared(u, found.name, visible, found.span);
  }
  if (known && known.entity.kind === (isFunction ? 'function' : 'variable')) {
    merge(u, one, known, isStatic);
    if (u.depth > 0 && visible?.kind !== 'entity') bindInner(u, found.name, known);
    else if (
      visible &&
      visible.kind === 'entity' &&
      visible.entity !== known.entity &&
      u.depth > 0
    ) {
      bindInner(u, found.name, known);
    }
    return known;
  }
  const name = u.atoms.text(found.name);
  const entity: Entity = {
    kind: isFunction ? 'function' : 'variable',
    name,
    type,
    storage: 'static',
    symbol: label ?? name,
    linkage: isStatic ? 'internal' : 'external',
    isAddressTaken: false,
    isDefined: false,
    isReferenced: false,
    attributes: { ...set },
    span: found.span,
  };
  const declared: DeclaredEntity = {
    kind: 'entity',
    entity,
    span: found.span,
    depth: u.depth,
    isUsed: false,
    isInline: specified.isInline,
  };
  u.bind(found.name, declared);
  u.linkedByAtom.set(found.name, declared);
  u.linked.push(declared);
  return declared;
}

function bindInner(u: Unit, atom: number, known: DeclaredEntity): void {
  u.bind(atom, { ...known, depth: u.depth, isUsed: true });
  known.isUsed = true;
}

function merge(u: Unit, one: Declaration, known: DeclaredEntity, isStatic: boolean): void {
  const { specified, found, type, label, attributes: set } = one;
  const { entity } = known;
  const notes = [{ message: 'declared here', span: known.span }];
  if (entity.type === types.ERROR || type === types.ERROR) return;
  if (!types.compatible(entity.type, type)) {
    const texts = `'${typeText(type)}', before '${typeText(entity.type)}'`;
    const message = `conflicting types for '${entity.name}': ${texts}`;
    u.error('C0344', message, found.span, notes);
    return;
  }
  if (isStatic && entity.linkage === 'external') {
    u.error(
      'C0345',
      `static declaration of '${entity.name}' after a non-static one`,
      found.span,
      notes,
    );
  }
  entity.type = types.composite(entity.type, type);
  if (label !== undefined) Object.assign(entity, { symbol: label });
  mergeAttributes(entity, set);
  if (specified.isInline) known.isInline = true;
}

export function declareFunction(u: Unit, one: Declaration): DeclaredEntity {
  const { specified, attributes: set } = one;
  const declared = linkedEntity(u, one, true);
  const { entity } = declared;
  if (!specified.isInline || specified.storage === 'extern') {
    if (!set.isGnuInline) declared.needsExternal = true;
  }
  if (set.isGnuInline && specified.storage === 'extern') declared.isGnuInline = true;
  if (entity.linkage === 'external' && declared.isInline) {
    entity.attributes.isInlineOnly =
      declared.isGnuInline === true || declared.needsExternal !== true;
  }
  if (set.alias !== undefined) entity.isDefined = true;
  return declared;
}

// --- variables

function checkObjectType(u: Unit, one: Declaration, isDefinition: boolean): boolean {
  const { found, type } = one;
  const name = u.atoms.text(found.name);
  if (type === types.ERROR) return true;
  if (type.kind === 'void') {
    u.error('C0346', `variable '${name}' has type void`, found.span);
    return false;
  }
  const isOpen = type.kind === 'array' && type.count === undefined;
  if (isDefinition && !isOpen && !types.isComplete(type)) {
    u.error('C0347', `variable '${name}' has incomplete type '${typeText(type)}'`, found.span);
    return false;
  }
  return true;
}

function declareVariable(u: Unit, one: Declaration, body: Statement[] | undefined): void {
  const { storage } = one.specified;
  if (!body || storage === 'extern') {
    if (body || storage !== 'auto') fileVariable(u, one, body !== undefined);
    else u.error('C0348', "'auto' outside a function", one.found.span);
  } else if (storage === 'static') localStatic(u, one);
  else localVariable(u, one, body);
}

function fileVariable(u: Unit, one: Declaration, isLocalExtern: boolean): void {
  const { specified, found } = one;
  const hasInitializer = u.code === T.assign;
  const isDefinition = hasInitializer || (specified.storage !== 'extern' && !isLocalExtern);
  if (specified.storage === 'register') {
    u.error('C0349', 'global register variables are not supported', found.span);
  }
  if (isDefinition && hasInitializer) checkObjectType(u, one, true);
  const declared = linkedEntity(u, one, false);
  const { entity } = declared;
  if (one.attributes.alias !== undefined) {
    entity.isDefined = true;
    return;
  }
  if (!hasInitializer) {
    if (isDefinition && checkObjectType(u, one, false)) declared.isTentative = true;
    return;
  }
  if (entity.isDefined) {
    u.error('C0350', `redefinition of '${entity.name}'`, found.span, [
      { message: 'first here', span: entity.span },
    ]);
  }
  u.at++;
  entity.isDefined = true;
  const read = initializer(u, entity.type, true);
  entity.type = read.type;
  rememberConstant(u, entity, read.initializer);
  u.flushPending();
  if (u.diagnostics.hasErrors) return;
  const isTentative = false;
  u.sink.variable({ entity, initializer: read.initializer, isTentative, isStringLiteral: false });
}

/** `static const int n = 3`: other static initialisers may use n. */
function rememberConstant(u: Unit, entity: Entity, from: Initializer): void {
  const { type } = entity;
  if (!types.isScalar(type) || (type.qualifiers & (CONST | VOLATILE)) !== CONST) return;
  const [item] = from.items;
  if (from.items.length === 1 && item.value.kind !== 'string') u.constants.set(entity, item.value);
}

function bindLocal(u: Unit, one: Declaration, entity: Entity): DeclaredEntity {
  const { name, span } = one.found;
  const known = u.lookup(name);
  if (known && known.depth === u.depth) redeclared(u, name, known, span);
  const declared: DeclaredEntity = { kind: 'entity', entity, span, depth: u.depth, isUsed: false };
  u.bind(name, declared);
  return declared;
}

function localStatic(u: Unit, one: Declaration): void {
  const { found, label, attributes: set } = one;
  checkObjectType(u, one, u.code !== T.assign);
  const name = u.atoms.text(found.name);
  const symbol = label ?? `${name}.${u.staticCount++}`;
  const entity = newVariable(name, one.type, 'static', 'internal', symbol, { ...set }, found.span);
  entity.isDefined = true;
  bindLocal(u, one, entity);
  let from: Initializer | undefined;
  if (u.accept(T.assign)) {
    const read = initializer(u, one.type, true);
    entity.type = read.type;
    from = read.initializer;
    rememberConstant(u, entity, from);
  } else openArray(u, one);
  u.pending.push({ entity, initializer: from, isTentative: false, isStringLiteral: false });
}

function openArray(u: Unit, one: Declaration): void {
  if (one.type.kind !== 'array' || one.type.count !== undefined) return;
  u.error('C0351', `array '${u.atoms.text(one.found.name)}' has no size`, one.found.span);
}

function localVariable(u: Unit, one: Declaration, body: Statement[]): void {
  const { specified, found, label, attributes: set } = one;
  checkObjectType(u, one, true);
  const name = u.atoms.text(found.name);
  const register = specified.storage === 'register' ? label?.replace(/^%/, '') : undefined;
  const isFine = types.isComplete(one.type) || one.type.kind === 'array';
  const type = isFine ? one.type : types.ERROR;
  const entity = newVariable(name, type, 'automatic', 'none', '', { ...set }, found.span, register);
  bindLocal(u, one, entity);
  u.function?.locals.push(entity);
  let from: Initializer | undefined;
  if (u.accept(T.assign)) {
    const read = initializer(u, type, false);
    entity.type = read.type;
    from = read.initializer;
  } else openArray(u, one);
  body.push({ kind: 'declare', entity, initializer: from, span: found.span });
}

/** `__auto_type x = e;` */
function declareAuto(u: Unit, one: Declaration, body: Statement[] | undefined): void {
  const { found } = one;
  u.expect(T.assign, "'='");
  const e = rvalue(u, assignmentExpression(u));
  const type = types.qualify(
    isError(e) ? types.ERROR : types.plain(e.type),
    qualifiersOf(one.type),
  );
  const name = u.atoms.text(found.name);
  if (!body) {
    u.error('C0352', "'__auto_type' outside a function", found.span);
    return;
  }
  const entity = newVariable(name, type, 'automatic', 'none', '', {}, found.span);
  bindLocal(u, one, entity);
  u.function?.locals.push(entity);
  if (isError(e)) return;
  const value = assignConvert(u, e, type, 'initialization');
  const from = { items: [{ offset: 0, type: types.plain(type), value }] };
  body.push({ kind: 'declare', entity, initializer: from, span: found.span });
}
