// Two-address arithmetic on words. The result's register is loaded with one operand first; the allocator makes that move
// vanish where the operand dies.

import { isCommutative } from '../ir/fold.ts';
import { ACCESS_MASK, Op } from '../ir/ops.ts';
import { ECX } from '../lower/registers.ts';
import { BOTH, DEF, imm, mem, reg, USE } from './machine.ts';
import type { Selector } from './selector.ts';

const mnemonics: Readonly<Record<number, string>> = {
  [Op.add]: 'addl',
  [Op.sub]: 'subl',
  [Op.and]: 'andl',
  [Op.or]: 'orl',
  [Op.xor]: 'xorl',
  [Op.mul]: 'imull',
  [Op.shl]: 'shll',
  [Op.shr]: 'shrl',
  [Op.sar]: 'sarl',
  [Op.rol]: 'roll',
  [Op.neg]: 'negl',
  [Op.not]: 'notl',
  [Op.bswap]: 'bswapl',
};
/** The mnemonic of a two-address operation on words. */
export function mnemonicOf(op: number): string {
  return mnemonics[op];
}

/** Whether the node's register is free to be overwritten here: nothing later needs it. */
function dies(s: Selector, id: number): boolean {
  return !s.f.isFloatingNode(id) && !s.isNeeded(id);
}

/** add, sub, mul, and, or, xor. */
export function coverBinary(s: Selector, id: number): void {
  const f = s.f;
  const op = f.op[id];
  let [a, b] = [f.a[id], f.b[id]];
  const to = s.registers[id];
  if (op === Op.mul && f.isConst(b)) {
    multiplyByConstant(s, a, f.a[b], to);
    return;
  }
  if (op === Op.add && addByAddress(s, id, to)) return;
  if (isCommutative(op) && !f.isFloatingNode(b)) {
    const isLoad = s.mayFoldLoad(a) && f.op[a] === Op.load && (f.c[a] & ACCESS_MASK) === 4;
    const isOtherLoad = s.mayFoldLoad(b) && f.op[b] === Op.load && (f.c[b] & ACCESS_MASK) === 4;
    if ((isLoad && !isOtherLoad) || (!dies(s, a) && dies(s, b) && !isOtherLoad)) [a, b] = [b, a];
  }
  const source = s.source(b);
  s.useInto(a, to);
  s.combine(mnemonics[op], source, to);
}

/** An addition that should not overwrite an operand is an address computation. */
function addByAddress(s: Selector, id: number, to: number): boolean {
  const f = s.f;
  const [a, b] = [f.a[id], f.b[id]];
  const isShift = (node: number): boolean =>
    f.op[node] === Op.shl && f.isConst(f.b[node]) && f.a[f.b[node]] <= 3 && s.mayFold(node);
  const isSum = f.op[a] === Op.add && s.mayFold(a) && !s.mayFoldLoad(b);
  const foldsLoad = s.mayFoldLoad(a) || s.mayFoldLoad(b);
  const bothStay = !dies(s, a) && !dies(s, b);
  const isWorth = isShift(a) || isShift(b) || (isSum && !f.isConst(b)) || (bothStay && !foldsLoad);
  const isOffset = f.isFloatingNode(b) && (isSum || !dies(s, a));
  const isSlot = f.op[b] === Op.slot;
  if (!isWorth && !isOffset && !isSlot) return false;
  s.emit('leal', [s.sumAddress(id, true), reg(to)], [USE, DEF]);
  return true;
}

function multiplyByConstant(s: Selector, a: number, value: number, to: number): void {
  if (value === 3 || value === 5 || value === 9) {
    const register = s.use(a).register;
    s.emit(
      'leal',
      [mem({ base: register, index: register, scale: value - 1 }), reg(to)],
      [USE, DEF],
    );
    return;
  }
  const source = s.registerOrMemory(a);
  s.emit('imull', [imm(value), source, reg(to)], [USE, USE, DEF]);
}

/** Shifts by constants and by %cl. */
export function coverShift(s: Selector, id: number): void {
  const f = s.f;
  const [a, b] = [f.a[id], f.b[id]];
  const to = s.registers[id];
  const mnemonic = mnemonics[f.op[id]];
  if (f.isConst(b)) {
    const count = f.a[b] & 31;
    const isLea = f.op[id] === Op.shl && !f.isFloatingNode(a) && s.isNeeded(a);
    if (isLea && (count === 1 || (count <= 3 && !s.services.isForSize))) {
      const register = s.use(a).register;
      const memory =
        count === 1
          ? mem({ base: register, index: register })
          : mem({ index: register, scale: 1 << count });
      s.emit('leal', [memory, reg(to)], [USE, DEF]);
      return;
    }
    s.useInto(a, to);
    s.combine(mnemonic, imm(count), to);
    return;
  }
  const work = s.m.newRegister();
  s.useInto(a, work);
  s.useInto(b, ECX);
  s.emit(mnemonic, [reg(ECX, 1), reg(work)], [USE, BOTH]);
  s.move(reg(work), to);
}

const extensions: Readonly<Record<number, readonly [string, number]>> = {
  [Op.sext8]: ['movsbl', 1],
  [Op.zext8]: ['movzbl', 1],
  [Op.sext16]: ['movswl', 2],
  [Op.zext16]: ['movzwl', 2],
};

/** neg, not, bswap, extensions and bit scans. */
export function coverUnary(s: Selector, id: number): void {
  const f = s.f;
  const op = f.op[id];
  const a = f.a[id];
  const to = s.registers[id];
  const extension = extensions[op];
  if (extension) {
    coverExtension(s, a, extension, to);
    return;
  }
  if (op === Op.bsr || op === Op.bsf) {
    const source = s.registerOrMemory(a);
    s.emit(op === Op.bsr ? 'bsrl' : 'bsfl', [source, reg(to)], [USE, DEF]);
    return;
  }
  s.useInto(a, to);
  s.emit(mnemonics[op], [reg(to)], [BOTH]);
}

function coverExtension(
  s: Selector,
  a: number,
  [mnemonic, size]: readonly [string, number],
  to: number,
): void {
  const f = s.f;
  // A wider load whose low part alone is wanted reads just that.
  if (f.op[a] === Op.load && s.mayFoldLoad(a)) {
    const width = [1, 1, 2, 2, 4][f.c[a] & ACCESS_MASK];
    if (width >= size) {
      s.emit(mnemonic, [s.address(f.a[a]), reg(to)], [USE, DEF]);
      return;
    }
  }
  const from = s.use(a).register;
  if (size === 1) {
    const byte = s.byteRegister(from);
    s.emit(mnemonic, [reg(byte, 1), reg(to)], [USE, DEF]);
  } else s.emit(mnemonic, [reg(from, 2), reg(to)], [USE, DEF]);
}
