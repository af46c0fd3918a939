// Initialisers (C11 6.7.9), flattened to (offset, value) items: designators, brace elision,
// strings, GNU ranges and flexible arrays, compound literals.

import type { Span } from '@ring0/diagnostics';
import type { Expression, Initializer, InitializerItem, Lvalue } from '../tree.ts';
import { sizeOf } from '../types.ts';
import type { ArrayType, BitField, Type } from '../types.ts';
import { assignConvert } from './assignment.ts';
import { T } from './codes.ts';
import { constantExpression } from './constant.ts';
import { newLiteral, newVariable } from './entities.ts';
import { assignmentExpression } from './expressions.ts';
import { findMember } from './layout.ts';
import { stringLiteral } from './literals.ts';
import { addressConstant, errorNode, isError, isLvalue, rvalue } from './nodes.ts';
import type { Value } from './nodes.ts';
import { nearest } from './text.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import type { Unit } from './unit.ts';

/** A place to be initialised. */
interface Place {
  readonly type: Type;
  readonly offset: number;
  readonly bits?: BitField | undefined;
}

export interface InitializerResult {
  readonly initializer: Initializer;
  /** The type with the length of an array of unknown length filled in. */
  readonly type: Type;
}

const ITEMS_MAX = 1 << 22;

class Reader {
  readonly u: Unit;
  readonly isStatic: boolean;
  readonly items: InitializerItem[] = [];
  /** An expression that was read before it was known which element it is for. */
  private waiting: Value | undefined;
  /** Elements seen of the outermost array. */
  countMax = 0;

  constructor(u: Unit, isStatic: boolean) {
    this.u = u;
    this.isStatic = isStatic;
  }

  /** One initialiser for `place`, at its first token. */
  element(place: Place, isOutermost = false): void {
    const { u } = this;
    const { type } = place;
    u.enter();
    if (!this.waiting && u.code === T.leftBrace) this.braced(place, isOutermost);
    else if (!this.waiting && u.code === T.string && characterArray(type)) {
      this.string(place, type as ArrayType, isOutermost);
    } else if (type.kind === 'array' || types.isRecord(type)) this.aggregate(place, isOutermost);
    else this.scalar(place);
    u.leave();
  }

  private take(): Value {
    const value = this.waiting ?? assignmentExpression(this.u);
    this.waiting = undefined;
    return value;
  }

  private scalar(place: Place): void {
    const value = rvalue(this.u, this.take());
    const e = assignConvert(this.u, value, place.type, 'initialization');
    if (isError(e)) return;
    this.push(place, e);
  }

  private push(place: Place, value: Expression): void {
    const { u } = this;
    let e = value;
    if (this.isStatic) {
      const constant = staticValue(u, e);
      if (!constant) {
        u.error('C0270', 'initializer is not a constant', e.span);
        return;
      }
      e = constant;
    }
    const { offset, bits } = place;
    if (!this.hasRoom(1, e.span)) return;
    this.items.push({ offset, type: types.plain(place.type), bits, value: e });
  }

  private isFull = false;

  /** False where there would be too many items; a message says so once. */
  private hasRoom(count: number, span: Span): boolean {
    if (this.items.length + count <= ITEMS_MAX) return true;
    const message = `the initializer has more than ${ITEMS_MAX} elements`;
    if (!this.isFull) this.u.error('C0271', message, span);
    this.isFull = true;
    return false;
  }

  private aggregate(place: Place, isOutermost: boolean): void {
    const { u } = this;
    const { type } = place;
    if (!this.waiting) this.waiting = assignmentExpression(u);
    const { waiting } = this;
    if (isError(waiting)) {
      this.waiting = undefined;
      return;
    }
    if (
      types.isRecord(type) &&
      types.isRecord(waiting.type) &&
      waiting.type.record === type.record
    ) {
      this.waiting = undefined;
      this.record(place, waiting);
      return;
    }
    if (type.kind === 'array' && this.literalArray(place, waiting, isOutermost)) return;
    if (isOutermost) {
      this.waiting = undefined;
      const what = type.kind === 'array' ? 'array' : `'${typeText(type)}'`;
      u.error('C0272', `${what} needs an initializer in braces`, waiting.span);
      return;
    }
    this.walk(place, 0, false);
  }

  /** GNU: an array from a compound literal of its type. */
  private literalArray(place: Place, value: Value, isOutermost: boolean): boolean {
    if (!isLvalue(value) || (value.kind !== 'compound-literal' && value.kind !== 'entity'))
      return false;
    const initializer =
      value.kind === 'compound-literal' ? value.initializer : literalInitializers.get(value.entity);
    if (!initializer || value.type.kind !== 'array') return false;
    this.waiting = undefined;
    this.splice(place, initializer);
    if (isOutermost) this.countMax = value.type.count ?? 0;
    return true;
  }

  private splice(place: Place, initializer: Initializer): void {
    if (!this.hasRoom(initializer.items.length, this.u.span())) return;
    for (const item of initializer.items) {
      this.items.push({ ...item, offset: item.offset + place.offset });
    }
  }

  private record(place: Place, value: Value): void {
    if (this.isStatic && isLvalue(value)) {
      const initializer =
        value.kind === 'compound-literal'
          ? value.initializer
          : value.kind === 'entity'
            ? literalInitializers.get(value.entity)
            : undefined;
      if (initializer) {
        this.splice(place, initializer);
        return;
      }
    }
    const e = rvalue(this.u, value);
    if (!isError(e)) this.push(place, e);
  }

  private string(place: Place, type: ArrayType, isOutermost: boolean): void {
    const { u } = this;
    const first = u.at;
    const literal = stringLiteral(u);
    const after = u.code;
    if (after !== T.comma && after !== T.rightBrace && after !== T.semicolon) {
      // The string begins an expression such as "abc"[1].
      u.at = first;
      this.aggregate(place, isOutermost);
      return;
    }
    if (sizeOf(literal.element) !== sizeOf(type.element)) {
      u.error(
        'C0273',
        `string of '${typeText(literal.element)}' for '${typeText(type)}'`,
        u.spanFrom(first),
      );
      return;
    }
    const room = type.count === undefined ? literal.count : type.count;
    if (isOutermost) this.countMax = literal.count;
    const width = sizeOf(literal.element);
    if (literal.count - 1 > room) {
      const length = literal.count - 1;
      const message = `string of ${length} characters is too long for '${typeText(type)}'`;
      u.warn('excess-initializers', 'C0274', message, u.spanFrom(first));
    }
    const bytes = literal.bytes.subarray(0, Math.min(literal.count, room) * width);
    const region = types.arrayOf(types.plain(type.element), Math.min(literal.count, room));
    // The bytes after the string are zero, whatever an earlier designator put there.
    this.items.push({
      offset: place.offset,
      type: { ...region, count: room },
      value: { kind: 'string', bytes },
    });
  }

  private braced(place: Place, isOutermost: boolean): void {
    const { u } = this;
    const { type } = place;
    u.at++;
    if (type.kind === 'array' || types.isRecord(type)) {
      if (u.code === T.string && characterArray(type)) {
        this.string(place, type as ArrayType, isOutermost);
        u.accept(T.comma);
        this.excess(true);
      } else if (u.code !== T.rightBrace) this.walk(place, 0, true, isOutermost);
    } else {
      if (u.code === T.rightBrace) this.push(place, zero(type, u.span()));
      else {
        this.element(place);
        u.accept(T.comma);
        this.excess(true);
      }
    }
    if (u.code !== T.rightBrace) u.syntaxError("expected '}' or ',' in the initializer");
    u.at++;
  }

  /** Reads and drops what has no place left, up to `}`. */
  private excess(isBraced: boolean): void {
    const { u } = this;
    if (!isBraced || u.code === T.rightBrace || u.code === T.end) return;
    u.warn('excess-initializers', 'C0275', 'more initializers than elements', u.span());
    do {
      if (u.code === T.rightBrace) break;
      if (u.code === T.leftBrace) skipBraces(u);
      else assignmentExpression(u);
    } while (u.accept(T.comma));
  }

  /** The elements of an aggregate from number `start` on; `isBraced`: up to the closing brace. */
  private walk(place: Place, start: number, isBraced: boolean, isOutermost = false): void {
    const { u } = this;
    const elements = elementsOf(place);
    let index = start;
    for (;;) {
      if (isBraced && u.code === T.rightBrace) return;
      const isDesignated = !this.waiting && atDesignator(u);
      if (isDesignated && isBraced) {
        const next = this.designated(place, elements, isOutermost);
        if (next === undefined) return;
        index = next;
      } else {
        const at = elements.at(index);
        if (!at) {
          this.excess(isBraced);
          return;
        }
        this.element(at);
        index++;
      }
      if (isOutermost) this.countMax = Math.max(this.countMax, index);
      if (u.code !== T.comma) return;
      if (isBraced) u.at++;
      else {
        const after = u.peek(1);
        if (after === T.rightBrace || isDesignatorAt(u, 1) || !elements.at(index)) return;
        u.at++;
      }
    }
  }

  /**
   * `.name = v`, `[i] = v`, `[a ... b] = v`, nested; returns the number of the element that
   * follows.
   */
  private designated(place: Place, elements: Elements, isOutermost: boolean): number | undefined {
    const { u } = this;
    const found = u.code === T.leftBracket ? this.index(place) : this.name(place);
    if (!found) {
      skipInitializer(u);
      return elements.count;
    }
    const { first, last } = found;
    const at = elements.at(first);
    if (!at) {
      u.error(
        'C0276',
        `designator [${first}] lies outside '${typeText(place.type)}'`,
        u.span(u.at - 1),
      );
      skipInitializer(u);
      return first;
    }
    const before = this.items.length;
    if (found.inner !== undefined) this.anonymous(at, found.inner);
    else if (atDesignator(u)) {
      const next = this.designated(at, elementsOf(at), false);
      this.goOn(at, next);
    } else {
      if (!u.accept(T.assign) && u.code === T.colon) u.at++;
      this.element(at);
    }
    const made = this.items.slice(before);
    const step = (elements.at(first + 1)?.offset ?? 0) - at.offset;
    if (!this.hasRoom(made.length * (last - first), this.u.span())) return last + 1;
    for (let copy = first + 1; copy <= last; copy++) {
      const shift = (copy - first) * step;
      for (const item of made) this.items.push({ ...item, offset: item.offset + shift });
    }
    if (isOutermost) this.countMax = Math.max(this.countMax, last + 1);
    return last + 1;
  }

  /** After a nested designator the elements that follow it continue inside (6.7.9p17). */
  private goOn(at: Place, next: number | undefined): void {
    const { u } = this;
    if (next === undefined || u.code !== T.comma) return;
    if (u.peek(1) === T.rightBrace || isDesignatorAt(u, 1)) return;
    if (!elementsOf(at).at(next)) return;
    u.at++;
    this.walk(at, next, false);
  }

  /** A member found inside the anonymous member `at`. */
  private anonymous(at: Place, name: string): void {
    const { u } = this;
    if (!types.isRecord(at.type)) throw new Error('anonymous member is no record');
    const position = designatorOf(at, name);
    if (!position) throw new Error(`member ${name} is lost`);
    const inner = elementsOf(at).at(position.first);
    if (!inner) return;
    if (position.inner !== undefined) this.anonymous(inner, position.inner);
    else if (atDesignator(u)) this.goOn(inner, this.designated(inner, elementsOf(inner), false));
    else {
      if (!u.accept(T.assign) && u.code === T.colon) u.at++;
      this.element(inner);
    }
    this.goOn(at, position.first + 1);
  }

  private index(place: Place): Position | undefined {
    const { u } = this;
    const span = u.span();
    u.at++;
    const low = constantExpression(u, 'a designator');
    const high = u.accept(T.ellipsis) ? constantExpression(u, 'a designator') : low;
    u.expect(T.rightBracket, "']'");
    if (low.kind !== 'integer' || high.kind !== 'integer' || isError(low) || isError(high)) {
      return undefined;
    }
    if (place.type.kind !== 'array') {
      u.error('C0277', `index designator for '${typeText(place.type)}'`, span);
      return undefined;
    }
    const count = place.type.count ?? 0x7fffffff;
    if (low.value < 0n || high.value < low.value || high.value >= BigInt(count)) {
      u.error('C0276', `designator lies outside '${typeText(place.type)}'`, span);
      return undefined;
    }
    return { first: Number(low.value), last: Number(high.value), inner: undefined };
  }

  private name(place: Place): Position | undefined {
    const { u } = this;
    u.accept(T.dot);
    const span = u.span();
    const name = u.atoms.text(u.expectName('a member name'));
    if (!types.isRecord(place.type)) {
      u.error('C0278', `member designator for '${typeText(place.type)}'`, span);
      return undefined;
    }
    const position = designatorOf(place, name);
    if (position) return position;
    const near = nearest(
      name,
      place.type.record.members.map((each) => each.name ?? ''),
    );
    const notes = near === undefined ? [] : [{ message: `did you mean '${near}'?` }];
    u.error('C0227', `'${typeText(place.type)}' has no member '${name}'`, span, notes);
    return undefined;
  }
}

interface Position {
  readonly first: number;
  readonly last: number;
  /** The name to be looked up in the anonymous member `first`. */
  readonly inner: string | undefined;
}

/** Initialisers of static compound literals, which may be copied into others. */
const literalInitializers = new WeakMap<object, Initializer>();

interface Elements {
  readonly count: number;
  at(index: number): Place | undefined;
}

/**
 * What brace-enclosed elements of a type initialise, in order: unnamed bit-fields are passed over.
 */
function elementsOf(place: Place): Elements {
  const { type, offset } = place;
  if (type.kind === 'array') {
    const size = sizeOf(type.element);
    const count = type.count ?? 0x7fffffff;
    return {
      count,
      at: (i) => (i < count ? { type: type.element, offset: offset + i * size } : undefined),
    };
  }
  if (!types.isRecord(type)) return { count: 1, at: (i) => (i === 0 ? place : undefined) };
  const members = type.record.members.filter((each) => each.name !== undefined || !each.bits);
  const count = type.kind === 'union' ? Math.min(1, members.length) : members.length;
  return {
    count,
    at: (i) => {
      const member = members[i];
      if (!member) return undefined;
      // The second member of a union is reached by designator only.
      return { type: member.type, offset: offset + member.offset, bits: member.bits };
    },
  };
}

function designatorOf(place: Place, name: string): Position | undefined {
  if (!types.isRecord(place.type)) return undefined;
  const { record } = place.type;
  const found = findMember(record, name);
  if (!found) return undefined;
  const members = record.members.filter((each) => each.name !== undefined || !each.bits);
  const first = members.indexOf(found.path[0]);
  return { first, last: first, inner: found.path.length > 1 ? name : undefined };
}

function characterArray(type: Type): boolean {
  if (type.kind !== 'array' || !types.isInteger(type.element)) return false;
  return type.element.kind !== 'bool';
}

function isDesignatorAt(u: Unit, ahead: number): boolean {
  const code = u.peek(ahead);
  if (code === T.leftBracket || code === T.dot) return true;
  return code === T.name && u.peek(ahead + 1) === T.colon;
}

function atDesignator(u: Unit): boolean {
  return isDesignatorAt(u, 0);
}

function zero(type: Type, span: Span): Expression {
  if (types.isFloating(type)) return { kind: 'float', image: 0n, type: types.plain(type), span };
  return { kind: 'integer', value: 0n, type: types.plain(type), span };
}

function skipBraces(u: Unit): void {
  let depth = 0;
  do {
    if (u.code === T.leftBrace) depth++;
    else if (u.code === T.rightBrace) depth--;
    else if (u.code === T.end) return;
    u.at++;
  } while (depth > 0);
}

function skipInitializer(u: Unit): void {
  let depth = 0;
  while (u.code !== T.end && u.code !== T.semicolon) {
    if (depth === 0 && (u.code === T.comma || u.code === T.rightBrace)) return;
    if (u.code === T.leftBrace || u.code === T.leftParen) depth++;
    else if (u.code === T.rightBrace || u.code === T.rightParen) depth--;
    u.at++;
  }
}

/**
 * Constants of static storage: `e` itself if it is one, the known value of a constant object, or
 * undefined.
 */
export function staticValue(u: Unit, e: Expression): Expression | undefined {
  if (e.kind === 'integer' || e.kind === 'float') return e;
  if (e.kind === 'label-address') return e;
  if (e.kind === 'load' && e.lvalue.kind === 'entity') return u.constants.get(e.lvalue.entity);
  if (e.kind === 'convert' && e.operand.kind === 'label-address') return e;
  if (e.kind === 'pointer-difference' || (e.kind === 'binary' && e.operator === 'subtract')) {
    const isLabel = (side: Expression): boolean =>
      side.kind === 'label-address' || (side.kind === 'convert' && isLabel(side.operand));
    if (isLabel(e.left) && isLabel(e.right)) return e;
  }
  if (e.kind === 'convert' && (types.isPointer(e.type) || sizeOf(e.type) === 4)) {
    const inner = staticValue(u, e.operand);
    if (!inner) return undefined;
    return inner === e.operand ? (addressConstant(e) ? e : undefined) : { ...e, operand: inner };
  }
  if (e.kind === 'binary' && (e.operator === 'add' || e.operator === 'subtract')) {
    return addressSum(e);
  }
  return addressConstant(e) ? e : undefined;
}

/** `(int)&x + 4`: an integer sum with an address in it, as a pointer sum. */
function addressSum(e: Expression & { kind: 'binary' }): Expression | undefined {
  if (sizeOf(e.type) !== 4) return undefined;
  const isSubtract = e.operator === 'subtract';
  const [address, count] = e.right.kind === 'integer' ? [e.left, e.right] : [e.right, e.left];
  if (count.kind !== 'integer' || !addressConstant(address)) return undefined;
  if (isSubtract && count !== e.right) return undefined;
  const pointer: Expression = {
    kind: 'convert',
    operand: address,
    type: types.CHAR_POINTER,
    span: e.span,
  };
  const value = BigInt.asIntN(32, isSubtract ? -count.value : count.value);
  const index: Expression = { kind: 'integer', value, type: types.INT, span: e.span };
  const sum: Expression = {
    kind: 'pointer-add',
    pointer,
    index,
    scale: 1,
    type: types.CHAR_POINTER,
    span: e.span,
  };
  return { kind: 'convert', operand: sum, type: e.type, span: e.span };
}

/** Reads an initialiser for an object of type `type`. */
export function initializer(u: Unit, type: Type, isStatic: boolean): InitializerResult {
  const reader = new Reader(u, isStatic);
  reader.element({ type, offset: 0 }, true);
  const isOpen = type.kind === 'array' && type.count === undefined;
  const full = isOpen ? { ...type, count: reader.countMax } : type;
  return { initializer: { items: reader.items }, type: full };
}

/** `(type){..}`, at the brace; `first` is the token `(`. */
export function compoundLiteral(u: Unit, type: Type, first: number): Value {
  if (type === types.ERROR || (type.kind !== 'array' && !types.isComplete(type))) {
    if (type !== types.ERROR) {
      u.error(
        'C0279',
        `compound literal of incomplete type '${typeText(type)}'`,
        u.spanFrom(first),
      );
    }
    skipBraces(u);
    return errorNode(u.spanFrom(first));
  }
  const isStatic = u.function === undefined;
  const read = initializer(u, type, isStatic);
  const span = u.spanFrom(first);
  if (isStatic) {
    const entity = newLiteral(u, read.type, span);
    entity.isReferenced = true;
    literalInitializers.set(entity, read.initializer);
    if (u.unevaluated === 0) {
      u.pending.push({
        entity,
        initializer: read.initializer,
        isTentative: false,
        isStringLiteral: false,
      });
    }
    return { kind: 'entity', entity, type: read.type, span };
  }
  const entity = newVariable('', read.type, 'automatic', 'none', '', {}, span);
  entity.isReferenced = true;
  if (u.unevaluated === 0) u.function?.locals.push(entity);
  const lvalue: Lvalue = {
    kind: 'compound-literal',
    entity,
    initializer: read.initializer,
    type: read.type,
    span,
  };
  return lvalue;
}
