// Stores, with the operation where memory is read, changed and written back; copies and fills of records.

import { ACCESS_MASK, Op, VOLATILE_ACCESS } from '../ir/ops.ts';
import { EAX, ECX, EDI, ESI } from '../lower/registers.ts';
import { mnemonicOf } from './arithmetic.ts';
import { BOTH, DEF, imm, type MemoryOperand, moved, type Operand, reg, USE } from './machine.ts';
import type { Selector } from './selector.ts';

const suffixes: readonly string[] = ['b', 'b', 'w', 'w', 'l'];
const sizes: readonly number[] = [1, 1, 2, 2, 4];

/** A store of a word. */
export function coverStore(s: Selector, id: number): void {
  const f = s.f;
  const [address, stored] = [f.a[id], f.b[id]];
  const access = f.c[id] & ACCESS_MASK;
  if (!(f.c[id] & VOLATILE_ACCESS) && readModifyWrite(s, id)) return;
  const size = sizes[access];
  const constant = s.immediate(stored);
  let from: Operand;
  if (constant) from = constant.kind === 'immediate' ? cut(constant, size) : constant;
  else if (size === 1) from = reg(s.byteRegister(s.use(stored).register), 1);
  else from = reg(s.use(stored).register, size);
  s.emit(`mov${suffixes[access]}`, [from, s.address(address)], [USE, USE]);
}
/** A constant as the instruction's width sees it. */
function cut(constant: Extract<Operand, { kind: 'immediate' }>, size: number): Operand {
  if (size === 4 || constant.symbol !== undefined) return constant;
  const shift = 32 - size * 8;
  return imm((constant.value << shift) >> shift);
}

const binaryOps = new Set<number>([Op.add, Op.sub, Op.and, Op.or, Op.xor]);
const shiftOps = new Set<number>([Op.shl, Op.shr, Op.sar]);

/** `*p = *p op x` in one instruction. */
function readModifyWrite(s: Selector, id: number): boolean {
  const f = s.f;
  const access = f.c[id] & ACCESS_MASK;
  let node = f.b[id];
  const op = f.op[node];
  const isBinary = binaryOps.has(op);
  const isUnary = op === Op.neg || op === Op.not;
  const isShift = shiftOps.has(op) && sizes[access] === 4 && f.isConst(f.b[node]);
  if (!(isBinary || isUnary || isShift) || !s.mayFold(node)) return false;
  const isLoad = (x: number): boolean =>
    f.op[x] === Op.load &&
    f.a[x] === f.a[id] &&
    sizes[f.c[x] & ACCESS_MASK] === sizes[access] &&
    s.mayFoldLoad(x);
  let other = f.b[node];
  if (!isLoad(f.a[node])) {
    const mayswap = isBinary && op !== Op.sub && isLoad(f.b[node]);
    if (!mayswap) return false;
    other = f.a[node];
  }
  const mnemonic = mnemonicOf(op).slice(0, -1) + suffixes[access];
  if (isUnary) {
    s.emit(mnemonic, [s.address(f.a[id])], [BOTH]);
    return true;
  }
  node = other;
  const size = sizes[access];
  const constant = s.immediate(node);
  let from: Operand;
  if (constant?.kind === 'immediate')
    from = isShift ? imm(constant.value & 31) : cut(constant, size);
  else if (size === 1) from = reg(s.byteRegister(s.use(node).register), 1);
  else from = reg(s.use(node).register, size);
  s.emit(mnemonic, [from, s.address(f.a[id])], [USE, BOTH]);
  return true;
}

const INLINE_COPY = 24;
const INLINE_COPY_SMALL = 12;

/** A record copy: moves through a register, or rep movs. */
export function coverCopy(s: Selector, id: number): void {
  const f = s.f;
  const size = f.c[id];
  const limit = s.services.isForSize ? INLINE_COPY_SMALL : INLINE_COPY;
  if (size <= limit) {
    copyThroughRegister(s, s.address(f.b[id]), s.address(f.a[id]), size);
    return;
  }
  const [to, from] = [s.m.newRegister(), s.m.newRegister()];
  s.useInto(f.a[id], to);
  s.useInto(f.b[id], from);
  s.move(reg(to), EDI);
  s.move(reg(from), ESI);
  repeatMove(s, size);
}

/** Copies `size` bytes from (%esi) to (%edi). */
export function repeatMove(s: Selector, size: number): void {
  const count = size >> 2;
  s.move(imm(count), ECX);
  const inst = s.emit('movsl', [], []);
  inst.prefix = 'rep';
  inst.uses = (1 << EDI) | (1 << ESI) | (1 << ECX);
  inst.clobbers = inst.uses;
  for (const [mnemonic, bit] of [
    ['movsw', 2],
    ['movsb', 1],
  ] as const) {
    if (!(size & bit)) continue;
    const tail = s.emit(mnemonic, [], []);
    tail.uses = (1 << EDI) | (1 << ESI);
    tail.clobbers = tail.uses;
  }
}

/** All of the source is read before what it may overlap is written only where both are the same. */
export function copyThroughRegister(
  s: Selector,
  from: MemoryOperand,
  to: MemoryOperand,
  size: number,
): void {
  let offset = 0;
  for (const [step, suffix] of [
    [4, 'l'],
    [2, 'w'],
    [1, 'b'],
  ] as const) {
    while (size - offset >= step) {
      const work = s.m.newRegister();
      if (step === 1) s.m.isByte.add(work);
      s.emit(`mov${suffix}`, [moved(from, offset), reg(work, step)], [USE, DEF]);
      s.emit(`mov${suffix}`, [reg(work, step), moved(to, offset)], [USE, USE]);
      offset += step;
    }
  }
}

const INLINE_ZERO = 16;
/** Fills with zeros. */
export function coverZero(s: Selector, id: number): void {
  const f = s.f;
  const size = f.c[id];
  if (size <= INLINE_ZERO) {
    const to = s.address(f.a[id]);
    let offset = 0;
    for (const [step, suffix] of [
      [4, 'l'],
      [2, 'w'],
      [1, 'b'],
    ] as const) {
      while (size - offset >= step) {
        s.emit(`mov${suffix}`, [imm(0), moved(to, offset)], [USE, USE]);
        offset += step;
      }
    }
    return;
  }
  s.useInto(f.a[id], EDI);
  s.move(imm(0), EAX);
  s.move(imm(size >> 2), ECX);
  const inst = s.emit('stosl', [], []);
  inst.prefix = 'rep';
  inst.uses = (1 << EDI) | (1 << EAX) | (1 << ECX);
  inst.clobbers = (1 << EDI) | (1 << ECX);
  for (const [mnemonic, bit] of [
    ['stosw', 2],
    ['stosb', 1],
  ] as const) {
    if (!(size & bit)) continue;
    const tail = s.emit(mnemonic, [], []);
    tail.uses = (1 << EDI) | (1 << EAX);
    tail.clobbers = 1 << EDI;
  }
}
