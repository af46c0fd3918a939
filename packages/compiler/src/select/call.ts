// Calls: arguments are pushed from the last to the first, after everything else has been computed; the stack is kept
// aligned at the call. The caller takes its arguments off again.

import { alignUp } from '@ring0/bytes';
import type { CallArgument, CallInfo } from '../ir/function.ts';
import { CALL_CLOBBERS, EAX, EDI, EDX, ESI, ESP } from '../lower/registers.ts';
import { floatSlot, pushRounded } from './float.ts';
import { imm, Inst, moved, type Operand, reg, slotMemory, USE } from './machine.ts';
import { copyThroughRegister, repeatMove } from './memory.ts';
import type { Selector } from './selector.ts';

/** Lowers (positive) or raises the stack pointer. */
function adjust(s: Selector, bytes: number): void {
  if (bytes === 0) return;
  const inst = s.emit('.adjust', [], []);
  inst.stack = bytes;
}

/** A call with its arguments and result. */
export function coverCall(s: Selector, id: number): void {
  const f = s.f;
  const info = f.calls[f.b[id]];
  const values = f.list(id);
  s.m.hasCalls = true;
  const target = info.symbol === undefined ? callee(s, f.a[id], info) : undefined;
  const pushed = info.arguments.reduce(
    (sum, x) => sum + (x.register === undefined ? x.size : 0),
    0,
  );
  const boundary = s.services.stackBoundary;
  const padding = boundary > 4 ? alignUp(pushed, boundary) - pushed : 0;
  const sources = argumentSources(s, info.arguments, values);
  adjust(s, padding);
  let position = 0;
  for (let i = info.arguments.length - 1; i >= 0; i--) {
    position += push(s, info.arguments[i], values[i], sources[i]);
  }
  let uses = 0;
  info.arguments.forEach((argument, i) => {
    if (argument.register === undefined) return;
    s.move(sources[i], argument.register);
    uses |= 1 << argument.register;
  });
  const operand: Operand = target ?? imm(0, info.symbol);
  const inst = s.emit('call', [operand], [USE]);
  inst.isIndirect = target !== undefined;
  inst.uses = uses;
  inst.clobbers = CALL_CLOBBERS;
  inst.stack = -info.popped;
  if (position !== pushed) throw new Error(`pushed ${position} of ${pushed} bytes`);
  if (!info.isNoReturn) adjust(s, info.popped - pushed - padding);
  else settle(s, padding + pushed - info.popped);
  result(s, id, info);
}
/** Nothing comes back: only the books are balanced. */
function settle(s: Selector, bytes: number): void {
  const inst = s.emit('.settle', [], []);
  inst.stack = -bytes;
}

function callee(s: Selector, id: number, info: CallInfo): Operand {
  const isStackFree = info.arguments.every((argument) => argument.register === undefined);
  return isStackFree ? s.registerOrMemory(id) : s.use(id);
}

/** What each argument is taken from; all register work is done before the first push. */
function argumentSources(
  s: Selector,
  list: readonly CallArgument[],
  values: readonly number[],
): Operand[] {
  return list.map((argument, i) => {
    const value = values[i];
    switch (argument.kind) {
      case 'word':
        return argument.register === undefined
          ? s.source(value)
          : (s.immediate(value) ?? s.use(value));
      case 'record':
        return s.address(value);
      default:
        return imm(0);
    }
  });
}

const MAXIMAL_PUSHED_RECORD = 32;

function push(s: Selector, argument: CallArgument, value: number, source: Operand): number {
  if (argument.register !== undefined) return 0;
  if (argument.kind === 'word') {
    pushWord(s, source);
    return 4;
  }
  if (argument.kind === 'float') {
    adjust(s, argument.size);
    pushRounded(s, value, argument.precision);
    s.emit(['fstps', 'fstpl', 'fstpt'][argument.precision], [s.stackTop()], [USE]);
    return argument.size;
  }
  if (source.kind !== 'memory') throw new Error('a record argument without address');
  if (argument.bytes % 4 === 0 && argument.bytes <= MAXIMAL_PUSHED_RECORD) {
    for (let offset = argument.bytes - 4; offset >= 0; offset -= 4) {
      pushWord(s, moved(source, offset));
    }
    return argument.size;
  }
  const isShort = argument.bytes <= 16;
  if (!isShort) s.emit('leal', [source, reg(ESI)], [USE, 2]);
  adjust(s, argument.size);
  if (isShort) copyThroughRegister(s, source, s.stackTop(), argument.bytes);
  else {
    s.move(reg(ESP), EDI);
    repeatMove(s, argument.bytes);
  }
  return argument.size;
}
function pushWord(s: Selector, source: Operand): void {
  const inst: Inst = s.emit('pushl', [source], [USE]);
  inst.stack = 4;
}

function result(s: Selector, id: number, info: CallInfo): void {
  if (info.returns === 'word' || info.returns === 'pair') {
    if (s.registers[id]) s.move(reg(EAX), s.registers[id]);
    if (s.highRegisters[id]) s.move(reg(EDX), s.highRegisters[id]);
  } else if (info.returns === 'float') {
    if (s.floatSlots[id] >= 0) s.emit('fstpt', [slotMemory(floatSlot(s, id))], [USE]);
    else s.emit('fstp', [{ kind: 'x87', register: 0 }], [0]);
  }
}
