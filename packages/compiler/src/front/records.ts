// struct, union and enum specifiers (C11 6.7.2.1 to 6.7.2.3).

import type { Span } from '@ring0/diagnostics';
import { sizeOf } from '../types.ts';
import type { EnumDefinition, EnumType, RecordDefinition, RecordType, Type } from '../types.ts';
import { attributes } from './attributes.ts';
import type { AttributeSet } from './attributes.ts';
import { T } from './codes.ts';
import { constantExpression, staticAssert } from './constant.ts';
import { declarator, withTypeAttributes } from './declarators.ts';
import { layOut } from './layout.ts';
import type { Field } from './layout.ts';
import { isError, wrap } from './nodes.ts';
import { specifiers, withMode } from './specifiers.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import { Resynchronise } from './unit.ts';
import type { Unit } from './unit.ts';

/**
 * Finds or makes the type that a tag names. `isNew`: at `{` or `;`, an outer scope's tag is hidden.
 */
function tagged<T extends RecordType | EnumType>(
  u: Unit,
  tag: number,
  kind: string,
  isNew: boolean,
  span: Span,
  make: () => T,
): T {
  const known = tag === 0 ? undefined : u.tags[tag];
  if (known && (!isNew || known.depth === u.depth)) {
    if (known.type.kind === kind) return known.type as T;
    u.error('C0430', `'${u.atoms.text(tag)}' is a ${known.type.kind}, not a ${kind}`, span, [
      { message: 'declared here', span: known.span },
    ]);
  }
  const type = make();
  if (tag !== 0) u.bindTag(tag, { type, depth: u.depth, span });
  return type;
}

/** At `struct` or `union`. */
export function recordSpecifier(u: Unit): Type {
  const kind = u.code === T.struct ? 'struct' : 'union';
  u.at++;
  const set: AttributeSet = {};
  attributes(u, set);
  const span = u.span();
  let tag = 0;
  if (u.code === T.name) {
    tag = u.atom;
    u.at++;
  } else if (u.code !== T.leftBrace) u.syntaxError(`expected a tag or '{' after '${kind}'`);
  const isNew = u.code === T.leftBrace || u.code === T.semicolon;
  const type = tagged(u, tag, kind, isNew, span, () => ({
    kind,
    qualifiers: 0,
    record: newRecord(tag === 0 ? undefined : u.atoms.text(tag)),
  }));
  if (u.code !== T.leftBrace) return type;
  if (type.record.isComplete) {
    u.error('C0431', `redefinition of '${kind} ${u.atoms.text(tag)}'`, span);
    type.record.isComplete = false;
  }
  u.at++;
  u.enter();
  const fields = members(u, kind);
  u.leave();
  const { pack } = u;
  u.expect(T.rightBrace, "'}'");
  attributes(u, set);
  checkNames(u, fields);
  layOut(type.record, fields, {
    isUnion: kind === 'union',
    isPacked: set.isPacked === true,
    aligned: set.aligned,
    pack,
  });
  return type;
}

function newRecord(tag: string | undefined): RecordDefinition {
  return { tag, isComplete: false, size: 0, alignment: 1, members: [] };
}

interface ReadField extends Field {
  readonly span: Span;
}

function checkNames(u: Unit, fields: readonly ReadField[]): void {
  const seen = new Map<string, Span>();
  const visit = (name: string | undefined, type: Type, span: Span): void => {
    if (name === undefined) {
      if (types.isRecord(type)) type.record.members.forEach((m) => visit(m.name, m.type, span));
      return;
    }
    const before = seen.get(name);
    if (before) {
      u.error('C0432', `duplicate member '${name}'`, span, [
        { message: 'first here', span: before },
      ]);
    } else seen.set(name, span);
  };
  for (const field of fields) visit(field.name, field.type, field.span);
}

function members(u: Unit, kind: string): ReadField[] {
  const fields: ReadField[] = [];
  while (u.code !== T.rightBrace && u.code !== T.end) {
    if (u.code === T.staticAssert) {
      staticAssert(u);
      continue;
    }
    if (u.accept(T.semicolon)) continue;
    const start = u.at;
    const nesting = u.nestingDepth;
    try {
      memberDeclaration(u, kind, fields);
      if (u.code === T.rightBrace) u.error('C0001', "expected ';' before '}'", u.span(u.at - 1));
      else u.expect(T.semicolon, "';'");
    } catch (thrown) {
      if (!(thrown instanceof Resynchronise)) throw thrown;
      u.nestingDepth = nesting;
      skipMember(u, start);
    }
  }
  for (const field of fields.slice(0, -1)) checkFlexible(u, field, kind);
  return fields;
}

/**
 * After a syntax error in the member that begins at `start`: behind its `;`, or to the closing
 * brace.
 */
function skipMember(u: Unit, start: number): void {
  if (u.at === start) u.at++;
  for (let depth = 0; u.code !== T.end; u.at++) {
    if (u.code === T.leftBrace) depth++;
    else if (u.code === T.rightBrace && depth-- === 0) return;
    else if (u.code === T.semicolon && depth === 0) {
      u.at++;
      return;
    }
  }
}

function checkFlexible(u: Unit, field: ReadField, kind: string): void {
  if (kind === 'union' || field.type.kind !== 'array' || field.type.count !== undefined) return;
  u.error('C0433', 'a flexible array member must be the last member', field.span);
}

function memberDeclaration(u: Unit, kind: string, fields: ReadField[]): void {
  const specified = specifiers(u);
  if (specified.storage) {
    u.error('C0434', `'${specified.storage}' in a ${kind} member`, specified.span);
  }
  if (u.code === T.semicolon) {
    const { type } = specified;
    if (types.isRecord(type) && type.record.tag === undefined) {
      const own = specified.attributes;
      fields.push(newField(undefined, type, undefined, own, specified.span));
    } else if (!specified.hasTag) {
      u.warn('attributes', 'C0435', 'declaration declares no member', specified.span);
    }
    return;
  }
  do {
    const own: AttributeSet = { ...specified.attributes };
    let name = 0;
    let { type, span } = specified;
    if (u.code !== T.colon) {
      const found = declarator(u, type, false, own);
      ({ name, type, span } = found);
      type = withTypeAttributes(withMode(u, type, own.mode, span), own);
    }
    const text = name === 0 ? undefined : u.atoms.text(name);
    let width: number | undefined;
    if (u.accept(T.colon)) width = bitWidth(u, type, text, span);
    attributes(u, own);
    if (!isFieldType(u, type, text, span)) continue;
    fields.push(newField(text, type, width, own, span));
  } while (u.accept(T.comma));
}

function newField(
  name: string | undefined,
  type: Type,
  width: number | undefined,
  set: AttributeSet,
  span: Span,
): ReadField {
  return { name, type, width, aligned: set.aligned, isPacked: set.isPacked === true, span };
}

function isFieldType(u: Unit, type: Type, name: string | undefined, span: Span): boolean {
  if (type === types.ERROR) return false;
  const isFlexible =
    type.kind === 'array' && type.count === undefined && types.isComplete(type.element);
  if (type.kind === 'function' || (!types.isComplete(type) && !isFlexible)) {
    const what = type.kind === 'function' ? 'function' : 'incomplete';
    u.error('C0436', `member '${name ?? ''}' has ${what} type '${typeText(type)}'`, span);
    return false;
  }
  return true;
}

function bitWidth(u: Unit, type: Type, name: string | undefined, span: Span): number {
  const e = constantExpression(u, 'the width of a bit-field');
  if (isError(e) || e.kind !== 'integer') return 1;
  const what = name === undefined ? 'bit-field' : `bit-field '${name}'`;
  if (!types.isInteger(type)) {
    if (type !== types.ERROR) u.error('C0437', `${what} has type '${typeText(type)}'`, span);
    return 1;
  }
  const max = type.kind === 'bool' ? 1 : sizeOf(type) * 8;
  if (e.value < 0n || e.value > BigInt(max)) {
    u.error('C0438', `width ${e.value} of ${what} is not in 0..${max}`, e.span);
    return 1;
  }
  if (e.value === 0n && name !== undefined) {
    u.error('C0439', `named ${what} has no width`, span);
    return 1;
  }
  return Number(e.value);
}

/** At `enum`. */
export function enumSpecifier(u: Unit): Type {
  u.at++;
  const set: AttributeSet = {};
  attributes(u, set);
  const span = u.span();
  let tag = 0;
  if (u.code === T.name) {
    tag = u.atom;
    u.at++;
  } else if (u.code !== T.leftBrace) u.syntaxError("expected a tag or '{' after 'enum'");
  const isNew = u.code === T.leftBrace || u.code === T.semicolon;
  const type = tagged<EnumType>(u, tag, 'enum', isNew, span, () => ({
    kind: 'enum',
    qualifiers: 0,
    definition: {
      tag: tag === 0 ? undefined : u.atoms.text(tag),
      isComplete: false,
      underlying: types.UINT,
      constants: [],
    },
  }));
  if (u.code !== T.leftBrace) return type;
  const { definition } = type;
  if (definition.isComplete) {
    u.error('C0431', `redefinition of 'enum ${u.atoms.text(tag)}'`, span);
  }
  u.at++;
  enumerators(u, definition, set);
  return type;
}

/** The smallest type of the list that holds both values. */
function enumUnderlying(low: bigint, high: bigint, isPacked: boolean): typeof types.INT {
  const unsigned = [types.UCHAR, types.USHORT, types.UINT, types.ULLONG];
  const signed = [types.SCHAR, types.SHORT, types.INT, types.LLONG];
  const candidates = (low < 0n ? signed : unsigned).slice(isPacked ? 0 : 2);
  const fit = candidates.find((type) => wrap(low, type) === low && wrap(high, type) === high);
  return fit ?? candidates[candidates.length - 1];
}

function enumerators(u: Unit, definition: EnumDefinition, set: AttributeSet): void {
  const constants: { name: string; value: bigint; atom: number; span: Span }[] = [];
  let next = 0n;
  let type: Type = types.INT;
  while (u.code !== T.rightBrace && u.code !== T.end) {
    const span = u.span();
    const atom = u.expectName('an enumeration constant');
    attributes(u, {});
    if (u.accept(T.assign)) {
      const e = constantExpression(u, 'an enumeration constant');
      if (e.kind === 'integer') next = e.value;
      type = types.INT;
      if (e.kind === 'integer' && wrap(next, types.INT) !== next) type = e.type;
    } else if (wrap(next, type) !== next) {
      type = wrap(next, types.UINT) === next ? types.UINT : types.LLONG;
    }
    const name = u.atoms.text(atom);
    const known = u.lookup(atom);
    if (known && known.depth === u.depth) {
      u.error('C0440', `redeclaration of '${name}'`, span, [
        { message: 'declared here', span: known.span },
      ]);
    }
    u.bind(atom, { kind: 'constant', value: next, type, span, depth: u.depth, isUsed: false });
    constants.push({ name, value: next, atom, span });
    next += 1n;
    if (!u.accept(T.comma)) break;
  }
  u.expect(T.rightBrace, "'}' or ','");
  attributes(u, set);
  let low = 0n;
  let high = 0n;
  for (const { value } of constants) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  definition.underlying = enumUnderlying(low, high, set.isPacked === true);
  definition.constants = constants.map(({ name, value }) => ({ name, value }));
  definition.isComplete = true;
  if (wrap(low, types.INT) === low && wrap(high, types.INT) === high) return;
  // A constant beyond int gives all of them the type of the enumeration (GNU C).
  const wide = enumUnderlying(low, high, false);
  for (const { value, atom, span } of constants) {
    if (wrap(value, types.INT) === value) continue;
    u.names[atom] = { kind: 'constant', value, type: wide, span, depth: u.depth, isUsed: false };
  }
}
