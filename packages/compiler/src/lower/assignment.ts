// Assignments, compound assignments and increments.

import { Op } from '../ir/ops.ts';
import type { Expression } from '../tree.ts';
import type { Type } from '../types.ts';
import { binaryValue } from './arithmetic.ts';
import type { Lowering, Pair, Value } from './context.ts';
import { converted, wordValue } from './convert.ts';
import { assignable, value } from './expression.ts';
import { loadPlace, pinnedRegister, place, storePlace } from './lvalue.ts';
import { classOf, isBool } from './types.ts';

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** `lvalue = value`. */
export function assign(b: Lowering, e: Of<'assign'>): Value {
  if (pinnedRegister(e.lvalue) >= 0) {
    b.unit.report('C9001', e.span, 'a variable that is a stack register cannot be assigned');
    return value(b, e.value);
  }
  // A record's place first: its value may be an address that later effects would move.
  if (classOf(e.lvalue.type) === 'record') {
    const from = wordValue(value(b, e.value));
    const at = place(b, e.lvalue);
    b.storePlain(at, from);
    return b.addressOf(at);
  }
  const stored = assignable(b, value(b, e.value), e.lvalue.type);
  return storePlace(b, place(b, e.lvalue), stored);
}

/** `lvalue op= value`. */
export function compoundAssign(b: Lowering, e: Of<'compound-assign'>): Value {
  const right = value(b, e.value);
  const at = place(b, e.lvalue);
  const old = loadPlace(b, at);
  let result: Value;
  if (e.computation.kind === 'pointer') {
    const index = wordValue(right);
    const scaled = b.binary(Op.mul, index, b.const(e.scale));
    result = b.binary(e.operator === 'add' ? Op.add : Op.sub, wordValue(old), scaled);
  } else {
    const left = converted(b, old, e.lvalue.type, e.computation);
    const operand = shiftCount(e, right) ?? right;
    const computed = binaryValue(b, e.operator, e.computation, left, operand);
    result = converted(b, computed, e.computation, e.lvalue.type);
  }
  return storePlace(b, at, assignable(b, result, e.lvalue.type));
}
/** A shift's count keeps its own type; only its low word matters. */
function shiftCount(e: Of<'compound-assign'>, right: Value): Value | undefined {
  const isShift = e.operator === 'shift-left' || e.operator === 'shift-right';
  return isShift ? wordValue(right) : undefined;
}

/** `++` and `--`. */
export function increment(b: Lowering, e: Of<'increment'>): Value {
  const type = e.lvalue.type;
  const at = place(b, e.lvalue);
  const old = loadPlace(b, at);
  const result = storePlace(b, at, incremented(b, old, type, e.delta));
  return e.isPostfix ? old : result;
}
function incremented(b: Lowering, old: Value, type: Type, delta: number): Value {
  const cls = classOf(type);
  if (cls === 'float') {
    const one = b.make.emit(Op.i2f, b.const(delta));
    return assignable(b, b.make.emit(Op.fadd, old as number, one), type);
  }
  if (cls === 'pair') {
    const pair = old as Pair;
    const step = [b.const(delta), b.const(delta < 0 ? -1 : 0)];
    return b.make.pair(Op.add64, [pair.lo, pair.hi, ...step]);
  }
  if (isBool(type)) {
    return delta > 0 ? b.const(1) : b.binary(Op.xor, wordValue(old), b.const(1));
  }
  const sum = b.binary(Op.add, wordValue(old), b.const(delta));
  return converted(b, sum, type, type);
}
