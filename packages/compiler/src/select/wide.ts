// 64-bit operations on register pairs. Where only the low half is wanted, the operation is one of words.

import { Op } from '../ir/ops.ts';
import { EAX, ECX, EDX } from '../lower/registers.ts';
import { BOTH, imm, reg, USE } from './machine.ts';
import type { Selector } from './selector.ts';

/** A pair operation; at least one half is wanted. */
export function coverPair(s: Selector, id: number): void {
  const f = s.f;
  const op = f.op[id];
  const list = f.list(id);
  if (op === Op.add64 || op === Op.sub64) sum(s, id, list, op === Op.add64);
  else if (op === Op.mul64) product(s, id, list);
  else if (op === Op.neg64) negation(s, id, list);
  else if (op === Op.umul || op === Op.smul) wideProduct(s, id, list);
  else shift(s, id, list);
}

function sum(s: Selector, id: number, [al, ah, bl, bh]: number[], isAdd: boolean): void {
  const [first, second] = isAdd ? ['addl', 'adcl'] : ['subl', 'sbbl'];
  const low = s.registers[id] || s.m.newRegister();
  if (!s.highRegisters[id]) {
    const right = s.source(bl);
    s.useInto(al, low);
    s.combine(first, right, low);
    return;
  }
  const high = s.highRegisters[id];
  const [lowRight, highRight] = [s.source(bl), s.source(bh)];
  s.useInto(al, low);
  s.useInto(ah, high);
  s.combine(first, lowRight, low);
  s.combine(second, highRight, high);
}

function negation(s: Selector, id: number, [lo, hi]: number[]): void {
  const low = s.registers[id] || s.m.newRegister();
  s.useInto(lo, low);
  if (!s.highRegisters[id]) {
    s.emit('negl', [reg(low)], [BOTH]);
    return;
  }
  const high = s.highRegisters[id];
  s.useInto(hi, high);
  s.emit('negl', [reg(low)], [BOTH]);
  s.combine('adcl', imm(0), high);
  s.emit('negl', [reg(high)], [BOTH]);
}

/** al*bl as 64 bits, and the cross products into the high word. */
function product(s: Selector, id: number, [al, ah, bl, bh]: number[]): void {
  const f = s.f;
  if (!s.highRegisters[id]) {
    const right = s.source(bl);
    const low = s.registers[id];
    s.useInto(al, low);
    s.combine('imull', right, low);
    return;
  }
  const [x, y] = [s.use(al), s.use(bl)];
  const isZero = (v: number): boolean => f.isConst(v) && f.a[v] === 0;
  const cross: number[] = [];
  for (const [word, other] of [
    [bh, x],
    [ah, y],
  ] as const) {
    if (isZero(word)) continue;
    const part = s.m.newRegister();
    s.useInto(word, part);
    s.combine('imull', other, part);
    cross.push(part);
  }
  s.move(x, EAX);
  const inst = s.emit('mull', [y], [USE]);
  inst.uses = 1 << EAX;
  inst.clobbers = (1 << EAX) | (1 << EDX);
  s.move(reg(EDX), s.highRegisters[id]);
  if (s.registers[id]) s.move(reg(EAX), s.registers[id]);
  for (const part of cross) s.combine('addl', reg(part), s.highRegisters[id]);
}

function wideProduct(s: Selector, id: number, [a, b]: number[]): void {
  const source = s.registerOrMemory(b);
  s.useInto(a, EAX);
  const inst = s.emit(s.f.op[id] === Op.umul ? 'mull' : 'imull', [source], [USE]);
  inst.uses = 1 << EAX;
  inst.clobbers = (1 << EAX) | (1 << EDX);
  const [low, high] = [s.m.newRegister(), s.m.newRegister()];
  if (s.registers[id]) s.move(reg(EAX), low);
  if (s.highRegisters[id]) s.move(reg(EDX), high);
  if (s.registers[id]) s.move(reg(low), s.registers[id]);
  if (s.highRegisters[id]) s.move(reg(high), s.highRegisters[id]);
}

/** Variable shifts: by the count modulo 32, then by a whole word if bit 5 of the count is set. */
function shift(s: Selector, id: number, [lo, hi, count]: number[]): void {
  const op = s.f.op[id];
  const [low, high] = [s.m.newRegister(), s.m.newRegister()];
  const fill = s.m.newRegister();
  s.useInto(lo, low);
  s.useInto(hi, high);
  s.useInto(count, ECX);
  const cl = reg(ECX, 1);
  const isLeft = op === Op.shl64;
  const [near, far] = isLeft ? [high, low] : [low, high];
  const short = isLeft ? 'shll' : op === Op.shr64 ? 'shrl' : 'sarl';
  s.emit(isLeft ? 'shldl' : 'shrdl', [cl, reg(far), reg(near)], [USE, USE, BOTH]);
  s.emit(short, [cl, reg(far)], [USE, BOTH]);
  if (op === Op.sar64) {
    s.move(reg(far), fill);
    s.emit('sarl', [imm(31), reg(fill)], [USE, BOTH]);
  } else s.move(imm(0), fill);
  s.emit('testb', [imm(32), cl], [USE, USE]);
  s.emit('cmovnel', [reg(far), reg(near)], [USE, BOTH]);
  s.emit('cmovnel', [reg(fill), reg(far)], [USE, BOTH]);
  if (s.registers[id]) s.move(reg(low), s.registers[id]);
  if (s.highRegisters[id]) s.move(reg(high), s.highRegisters[id]);
}
