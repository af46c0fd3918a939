// The builtins of tree.ts and the variable argument lists.

import { Condition, Op } from '../ir/ops.ts';
import type { Expression, Lvalue } from '../tree.ts';
import type { Type } from '../types.ts';
import { atomicValue } from './atomic.ts';
import { libraryCall } from './call.ts';
import type { Lowering, Value } from './context.ts';
import { pairValue, rounded, wordValue } from './convert.ts';
import { value } from './expression.ts';
import { place } from './lvalue.ts';
import { overflowValue } from './overflow.ts';
import { classOf, stackSize } from './types.ts';

export type BuiltinCall = Extract<Expression, { kind: 'builtin' }>;

/** A builtin's value. */
export function builtinValue(b: Lowering, e: BuiltinCall): Value {
  if (e.name === 'unreachable' || e.name === 'trap') {
    if (e.name === 'trap') b.make.emit(Op.trap);
    b.end(Op.unreachable);
    return 0;
  }
  if (e.name === 'frame_address' || e.name === 'return_address') return frameValue(b, e);
  if (e.name === 'memcpy' || e.name === 'memset') return memoryValue(b, e);
  if (e.name === 'huge_val') return b.f.fconst((0x7fffn << 64n) | (1n << 63n));
  const values = e.arguments.map((argument) => value(b, argument));
  if (e.name.startsWith('atomic-')) return atomicValue(b, e, values);
  if (e.name.endsWith('-overflow')) return overflowValue(b, e, values);
  return simpleBuiltin(b, e, values);
}

function simpleBuiltin(b: Lowering, e: BuiltinCall, values: Value[]): Value {
  const x = values[0];
  switch (e.name) {
    case 'expect':
      return x;
    case 'alloca':
      b.f.usesAlloca = true;
      return b.make.emit(Op.alloca, wordValue(x));
    case 'bswap16':
      return b.binary(Op.shr, b.make.unary(Op.bswap, wordValue(x)), b.const(16));
    case 'bswap32':
      return b.make.unary(Op.bswap, wordValue(x));
    case 'bswap64': {
      const pair = pairValue(x);
      return { lo: b.make.unary(Op.bswap, pair.hi), hi: b.make.unary(Op.bswap, pair.lo) };
    }
    case 'clz':
      return b.binary(Op.xor, b.make.unary(Op.bsr, wordValue(x)), b.const(31));
    case 'ctz':
      return b.make.unary(Op.bsf, wordValue(x));
    case 'ffs':
      return findFirst(b, wordValue(x));
    case 'popcount':
      return ones(b, wordValue(x));
    case 'parity':
      return b.binary(Op.and, ones(b, wordValue(x)), b.const(1));
    case 'parityll': {
      const pair = pairValue(x);
      return b.binary(Op.and, ones(b, b.binary(Op.xor, pair.lo, pair.hi)), b.const(1));
    }
    case 'clzll':
    case 'ctzll': {
      const pair = pairValue(x);
      const symbol = e.name === 'clzll' ? '__clzdi2' : '__ctzdi2';
      return libraryCall(b, symbol, [pair.lo, pair.hi], 'word');
    }
    case 'fabs':
      return b.make.emit(Op.fabs, x as number);
    case 'sqrt':
      return rounded(b, b.make.emit(Op.fsqrt, x as number), e.type);
    default:
      throw new Error(`builtin ${e.name} has no lowering`);
  }
}

/** How many bits are set. */
function ones(b: Lowering, x: number): number {
  return libraryCall(b, '__popcountsi2', [x], 'word') as number;
}

function findFirst(b: Lowering, x: number): number {
  const slot = b.f.slotAddress(b.f.newSlot('', 4, 4));
  const [some, join] = [b.newBlock(), b.newBlock()];
  b.storeWord(slot, 0, b.const(0), 4);
  b.branch(b.make.compare(Condition.ne, x, b.const(0)), some, join);
  b.start(some);
  b.storeWord(slot, 0, b.binary(Op.add, b.make.unary(Op.bsf, x), b.const(1)), 4);
  b.jump(join);
  b.start(join);
  return b.loadWord(slot, 0, 4);
}

function frameValue(b: Lowering, e: BuiltinCall): number {
  b.f.usesFrameAddress = true;
  const level = wordValue(value(b, e.arguments[0]));
  let frame = b.make.emit(Op.frameAddress);
  const count = b.f.isConst(level) ? Math.min(b.f.a[level], 64) : 0;
  for (let i = 0; i < count; i++) frame = b.loadWord(frame, 0, 4);
  return e.name === 'frame_address' ? frame : b.loadWord(frame, 4, 4);
}

const INLINE_LIMIT = 64;
function memoryValue(b: Lowering, e: BuiltinCall): number {
  const [to, from, size] = e.arguments.map((argument) => wordValue(value(b, argument)));
  const f = b.f;
  if (f.isConst(size) && f.a[size] >= 0 && f.a[size] <= INLINE_LIMIT) {
    if (e.name === 'memcpy') {
      b.copyRecord(to, from, f.a[size]);
      return to;
    }
    if (f.isConst(from) && (f.a[from] & 255) === 0) {
      if (f.a[size] > 0) b.make.emit(Op.zero, to, 0, f.a[size]);
      return to;
    }
  }
  return libraryCall(b, e.name, [to, from, size], 'word') as number;
}

/** `va_start`: the list points behind the last named argument. */
export function vaStart(b: Lowering, list: Lvalue): void {
  b.storePlain(place(b, list), b.f.slotAddress(b.variadicSlot));
}
/** `va_arg`: reads the next argument and steps over it. */
export function vaArgument(b: Lowering, list: Lvalue, type: Type): Value {
  const at = place(b, list);
  const pointer = wordValue(b.loadPlain(at));
  b.storePlain(at, b.binary(Op.add, pointer, b.const(stackSize(type))));
  if (classOf(type) === 'void') return 0;
  return b.loadPlain(b.placeAt(pointer, type));
}
