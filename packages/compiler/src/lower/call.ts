// Calls by the i386 System V ABI: arguments on the stack in words, the first of them in eax, edx, ecx with regparm;
// records are returned in memory whose address is a hidden first argument.

import type { CallArgument, CallInfo } from '../ir/function.ts';
import { Access, Op } from '../ir/ops.ts';
import type { Expression } from '../tree.ts';
import type { FunctionType, Member, Type } from '../types.ts';
import type { Lowering, Value } from './context.ts';
import { normalized, pairValue, wordValue } from './convert.ts';
import { value } from './expression.ts';
import { fastcallOrder, regparmOrder } from './registers.ts';
import { classOf, precisionOf, precisionSizes, sizeOf, stackSize } from './types.ts';

/** Hands out argument registers as gcc does: what does not fit closes the registers for all that follow. */
export class ArgumentRegisters {
  private left: number;
  private next = 0;
  private readonly order: readonly number[];
  private readonly isFastcall: boolean;

  constructor(type: FunctionType) {
    this.isFastcall = type.convention === 'fastcall';
    this.order = this.isFastcall ? fastcallOrder : regparmOrder;
    const wanted = this.isFastcall ? fastcallOrder.length : type.regparm;
    this.left = type.isVariadic ? 0 : Math.min(wanted, this.order.length);
  }
  /** The registers for `words` words, or undefined: on the stack. */
  take(words: number, isRecord = false): readonly number[] | undefined {
    if (words > this.left) {
      this.left = 0;
      return undefined;
    }
    const taken = this.order.slice(this.next, this.next + words);
    this.next += words;
    this.left -= words;
    // What is no single word closes its registers, but does not go there.
    return this.isFastcall && (isRecord || words > 1) ? undefined : taken;
  }
}

/** Whether the callee takes its arguments off the stack. */
export function popsArguments(type: FunctionType): boolean {
  return type.convention !== undefined && !type.isVariadic;
}

/**
 * Whether a struct holds nothing but one float or double, or an array of one, which gcc passes as that; a union is not.
 */
export function isFloatRecord(type: Type): boolean {
  let inner = type;
  while (inner.kind === 'struct' || (inner.kind === 'array' && inner.count === 1)) {
    if (inner.kind === 'array') inner = inner.element;
    else {
      const members: readonly Member[] = inner.record.members;
      if (members.length !== 1 || sizeOf(members[0].type) !== sizeOf(inner)) return false;
      inner = members[0].type;
    }
  }
  return classOf(inner) === 'float';
}

const word = (register: number | undefined): CallArgument => ({
  kind: 'word',
  size: 4,
  bytes: 4,
  precision: 0,
  register,
});

class ArgumentList {
  readonly values: number[] = [];
  readonly arguments: CallArgument[] = [];
  private readonly b: Lowering;
  private readonly registers: ArgumentRegisters;

  constructor(b: Lowering, type: FunctionType) {
    this.b = b;
    this.registers = new ArgumentRegisters(type);
  }

  add(type: Type, x: Value): void {
    switch (classOf(type)) {
      case 'word':
        this.addWord(wordValue(x), this.registers.take(1)?.[0]);
        break;
      case 'pair': {
        const pair = pairValue(x);
        const taken = this.registers.take(2);
        this.addWord(pair.lo, taken?.[0]);
        this.addWord(pair.hi, taken?.[1]);
        break;
      }
      case 'float': {
        const precision = precisionOf(type);
        this.values.push(x as number);
        const size = precisionSizes[precision];
        this.arguments.push({ kind: 'float', size, bytes: size, precision, register: undefined });
        break;
      }
      case 'record':
        this.addRecord(type, wordValue(x));
        break;
      default:
    }
  }
  addWord(x: number, register: number | undefined): void {
    this.values.push(x);
    this.arguments.push(word(register));
  }
  addPointer(x: number): boolean {
    const taken = this.registers.take(1)?.[0];
    this.addWord(x, taken);
    return taken !== undefined;
  }
  private addRecord(type: Type, address: number): void {
    const size = stackSize(type);
    if (size === 0) return;
    const taken = isFloatRecord(type) ? undefined : this.registers.take(size / 4, true);
    if (!taken) {
      this.values.push(address);
      const bytes = sizeOf(type);
      this.arguments.push({ kind: 'record', size, bytes, precision: 0, register: undefined });
      return;
    }
    const b = this.b;
    let from = address;
    if (sizeOf(type) % 4 !== 0) {
      from = b.f.slotAddress(b.f.newSlot('', size, 4));
      b.copyRecord(from, address, sizeOf(type));
    }
    taken.forEach((register, i) => this.addWord(b.loadWord(from, i * 4, Access.i32), register));
  }
}

/** The symbol of a function named directly. */
function directCallee(e: Expression): string | undefined {
  let callee = e;
  while (callee.kind === 'convert' && callee.type.kind === 'pointer') callee = callee.operand;
  if (callee.kind !== 'address' || callee.lvalue.kind !== 'entity') return undefined;
  const entity = callee.lvalue.entity;
  return entity.kind === 'function' ? entity.symbol : undefined;
}

/** A function call's value. */
export function callValue(b: Lowering, e: Extract<Expression, { kind: 'call' }>): Value {
  const pointer = e.callee.type;
  const type = pointer.kind === 'pointer' ? pointer.to : pointer;
  if (type.kind !== 'function') throw new Error(`call of a ${type.kind}`);
  const symbol = directCallee(e.callee);
  const callee = symbol === undefined ? wordValue(value(b, e.callee)) : 0;
  const returnsRecord = classOf(e.type) === 'record';
  const result = returnsRecord ? b.temporary(e.type) : undefined;
  const values: Value[] = [];
  for (let i = e.arguments.length - 1; i >= 0; i--) values[i] = value(b, e.arguments[i]);
  const list = new ArgumentList(b, type);
  let popped = 0;
  if (result && !list.addPointer(result.base)) popped = 4;
  e.arguments.forEach((argument, i) => list.add(argument.type, values[i]));
  if (popsArguments(type)) popped = stackBytes(list.arguments);
  b.f.at(e.span);
  const info: CallInfo = {
    symbol,
    arguments: list.arguments,
    returns: returnsOf(e.type),
    popped,
    isNoReturn: isNoReturn(e.callee, type),
  };
  const returned = emitCall(b, info, list.values, callee);
  if (info.isNoReturn) b.end(Op.unreachable);
  if (result) return result.base;
  // What lies above a narrow result is not defined.
  return info.returns === 'word' ? normalized(b, wordValue(returned), e.type) : returned;
}
function stackBytes(list: readonly CallArgument[]): number {
  return list.reduce((sum, { size, register }) => sum + (register === undefined ? size : 0), 0);
}
function isNoReturn(callee: Expression, type: FunctionType): boolean {
  if (type.isNoReturn) return true;
  if (callee.kind !== 'address' || callee.lvalue.kind !== 'entity') return false;
  return callee.lvalue.entity.attributes.isNoReturn === true;
}
function returnsOf(type: Type): CallInfo['returns'] {
  const cls = classOf(type);
  return cls === 'record' || cls === 'void' ? 'none' : cls;
}

function emitCall(b: Lowering, info: CallInfo, values: number[], callee: number): Value {
  const index = b.f.calls.push(info) - 1;
  const id = b.make.emitList(Op.call, values, callee, index);
  if (info.returns === 'pair') {
    return { lo: b.make.emit(Op.lo, id), hi: b.make.emit(Op.hi, id) };
  }
  return id;
}

/** A call of a function of the compiler's run-time library with word arguments. */
export function libraryCall(
  b: Lowering,
  symbol: string,
  words: number[],
  returns: CallInfo['returns'],
): Value {
  const info = {
    symbol,
    arguments: words.map(() => word(undefined)),
    returns,
    popped: 0,
    isNoReturn: false,
  };
  return emitCall(b, info, [...words], 0);
}
