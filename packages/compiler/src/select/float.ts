// Floating values on the x87 stack. A tree of operations whose inner values have one user each is computed on the stack;
// every other value lies in a frame slot between its root and its users. All registers of the x87 stack are empty between
// roots. AT&T mnemonics: fsubp computes st - st(1) into st(1), fsubrp st(1) - st, as GNU as has it.

import { ACCESS_MASK, Op, opIsFloat } from '../ir/ops.ts';
import { DEF, imm, type MemoryOperand, type Operand, reg, slotMemory, USE } from './machine.ts';
import type { Test } from './compare.ts';
import type { Selector } from './selector.ts';

const loads: readonly string[] = ['flds', 'fldl', 'fldt'];
const stores: readonly string[] = ['fstps', 'fstpl', 'fstpt'];
const st = (register: number): Operand => ({ kind: 'x87', register });

/** The precision a value is surely held in: what its slot needs. */
function slotPrecision(s: Selector, id: number): number {
  const f = s.f;
  switch (f.op[id]) {
    case Op.fload:
      return f.c[id] & ACCESS_MASK;
    case Op.fround:
      return f.c[id];
    case Op.i2f:
      return 1;
    case Op.fneg:
    case Op.fabs:
      return slotPrecision(s, f.a[id]);
    default:
      return 2;
  }
}
/** The slot in which a floating value waits for its users. */
export function floatSlot(s: Selector, id: number): number {
  if (s.floatSlots[id] < 0) {
    const size = [4, 8, 12][slotPrecision(s, id)];
    s.floatSlots[id] = s.m.newSlot(size, size === 8 ? 8 : 4);
  }
  return s.floatSlots[id];
}
function mayFoldFloat(s: Selector, id: number): boolean {
  const f = s.f;
  if (s.useCount[id] !== 1 || s.home[id] !== s.block) return false;
  if (s.isForced[id] || s.floatSlots[id] >= 0) return false;
  const op = f.op[id];
  if (op === Op.fload) return s.mayFoldLoad(id);
  return opIsFloat[op] === 1;
}

/** Pushes a value. */
export function pushFloat(s: Selector, id: number): void {
  const f = s.f;
  if (f.op[id] === Op.fconst) pushConstant(s, f.floats[f.a[id]]);
  else if (mayFoldFloat(s, id)) compute(s, id);
  else s.emit(loads[slotPrecision(s, id)], [slotMemory(floatSlot(s, id))], [USE]);
}

const ONE = (16383n << 64n) | (1n << 63n);
const SIGN = 1n << 79n;
function pushConstant(s: Selector, image: bigint): void {
  const magnitude = image & ~SIGN;
  if (magnitude === 0n || magnitude === ONE) {
    s.emit(magnitude === 0n ? 'fldz' : 'fld1', [], []);
    if (image & SIGN) s.emit('fchs', [], []);
    return;
  }
  const { symbol, precision } = s.services.floatConstant(image);
  const memory: MemoryOperand = { ...slotMemory(-1), symbol };
  s.emit(loads[precision], [memory], [USE]);
}

/** Computes a node on the stack; its floating operands are trees of their own. */
function compute(s: Selector, id: number): void {
  const f = s.f;
  switch (f.op[id]) {
    case Op.fload:
      s.emit(loads[f.c[id] & ACCESS_MASK], [s.address(f.a[id])], [USE]);
      break;
    case Op.fadd:
    case Op.fsub:
    case Op.fmul:
    case Op.fdiv:
      computeBinary(s, id);
      break;
    case Op.fneg:
      pushFloat(s, f.a[id]);
      s.emit('fchs', [], []);
      break;
    case Op.fabs:
      pushFloat(s, f.a[id]);
      s.emit('fabs', [], []);
      break;
    case Op.fsqrt:
      pushFloat(s, f.a[id]);
      s.emit('fsqrt', [], []);
      break;
    case Op.fround: {
      const precision = f.c[id];
      const slot = s.m.newSlot([4, 8][precision], 4);
      pushFloat(s, f.a[id]);
      s.emit(stores[precision], [slotMemory(slot)], [USE]);
      s.emit(loads[precision], [slotMemory(slot)], [USE]);
      break;
    }
    default:
      pushInteger(s, id);
  }
}

function pushInteger(s: Selector, id: number): void {
  const f = s.f;
  if (f.op[id] === Op.i2f) {
    const source = s.registerOrMemory(f.a[id]);
    if (source.kind === 'memory') {
      s.emit('fildl', [source], [USE]);
      return;
    }
    const slot = s.m.newSlot(4, 4);
    s.emit('movl', [source, slotMemory(slot)], [USE, USE]);
    s.emit('fildl', [slotMemory(slot)], [USE]);
    return;
  }
  const [lo, hi] = f.list(id);
  const slot = s.m.newSlot(8, 8);
  const store = (value: number, offset: number): void => {
    const from = s.immediate(value) ?? s.use(value);
    s.emit('movl', [from, slotMemory(slot, offset)], [USE, USE]);
  };
  store(lo, 0);
  store(hi, 4);
  s.emit('fildll', [slotMemory(slot)], [USE]);
}

const binaryNames: Readonly<
  Record<number, readonly [memory: string, popped: string, swapped: string]>
> = {
  [Op.fadd]: ['fadd', 'faddp', 'faddp'],
  [Op.fmul]: ['fmul', 'fmulp', 'fmulp'],
  [Op.fsub]: ['fsub', 'fsubrp', 'fsubp'],
  [Op.fdiv]: ['fdiv', 'fdivrp', 'fdivp'],
};

/** A float or double operand that an instruction can take from memory. */
function memoryOperand(
  s: Selector,
  id: number,
): { memory: MemoryOperand; suffix: string } | undefined {
  const f = s.f;
  if (f.op[id] === Op.fload && mayFoldFloat(s, id)) {
    const precision = f.c[id] & ACCESS_MASK;
    if (precision < 2) return { memory: s.address(f.a[id]), suffix: 'sl'[precision] };
    return undefined;
  }
  if (f.op[id] === Op.fconst || mayFoldFloat(s, id)) return undefined;
  const precision = slotPrecision(s, id);
  if (precision === 2) return undefined;
  return { memory: slotMemory(floatSlot(s, id)), suffix: 'sl'[precision] };
}

function computeBinary(s: Selector, id: number): void {
  const f = s.f;
  const [a, b] = [f.a[id], f.b[id]];
  const [memoryName, popped, swapped] = binaryNames[f.op[id]];
  if (treeHeight(s, b, 0) > treeHeight(s, a, 0)) {
    pushFloat(s, b);
    const left = memoryOperand(s, a);
    if (left) {
      const isOrdered = f.op[id] === Op.fsub || f.op[id] === Op.fdiv;
      s.emit(`${memoryName}${isOrdered ? 'r' : ''}${left.suffix}`, [left.memory], [USE]);
      return;
    }
    pushFloat(s, a);
    s.emit(swapped, [st(0), st(1)], [0, 0]);
    return;
  }
  pushFloat(s, a);
  const right = memoryOperand(s, b);
  if (right) {
    s.emit(`${memoryName}${right.suffix}`, [right.memory], [USE]);
    return;
  }
  pushFloat(s, b);
  s.emit(popped, [st(0), st(1)], [0, 0]);
}
/** How many x87 registers a tree needs, nearly; bounded by the limit on folded trees. */
function treeHeight(s: Selector, id: number, depth: number): number {
  const f = s.f;
  if (depth > 6 || f.op[id] === Op.fconst || !mayFoldFloat(s, id)) return 1;
  const op = f.op[id];
  if (op === Op.fload || op === Op.i2f || op === Op.l2f) return 1;
  const left = treeHeight(s, f.a[id], depth + 1);
  if (op !== Op.fadd && op !== Op.fsub && op !== Op.fmul && op !== Op.fdiv) return left;
  const right = treeHeight(s, f.b[id], depth + 1);
  return left === right ? left + 1 : Math.max(left, right);
}

/** A floating value that goes to its slot. */
export function coverFloatRoot(s: Selector, id: number): void {
  const slot = s.floatSlots[id];
  if (slot < 0) return;
  const precision = slotPrecision(s, id);
  s.floatSlots[id] = -1;
  if (s.f.op[id] === Op.fround) pushFloat(s, s.f.a[id]);
  else compute(s, id);
  s.floatSlots[id] = slot;
  s.emit(stores[precision], [slotMemory(slot)], [USE]);
}

/** A store; rounding to the stored precision comes with it. */
export function coverFloatStore(s: Selector, id: number): void {
  const f = s.f;
  const precision = f.c[id] & ACCESS_MASK;
  const memory = s.address(f.a[id]);
  pushRounded(s, f.b[id], precision);
  s.emit(stores[precision], [memory], [USE]);
}
/** Pushes a value that the caller rounds to `precision`. */
export function pushRounded(s: Selector, id: number, precision: number): void {
  const f = s.f;
  const isSame = f.op[id] === Op.fround && f.c[id] === precision;
  if (isSame && mayFoldFloat(s, id)) pushFloat(s, f.a[id]);
  else pushFloat(s, id);
}

/** Condition codes of floating compares as fucomip leaves them: st(0) against st(1). */
export function floatCompare(s: Selector, a: number, b: number, condition: number): Test {
  const isSwapped = condition === 2 || condition === 3 || condition === 6 || condition === 7;
  pushFloat(s, isSwapped ? a : b);
  pushFloat(s, isSwapped ? b : a);
  s.emit('fucomip', [st(1), st(0)], [0, 0]);
  s.emit('fstp', [st(0)], [0]);
  if (condition < 2) {
    return condition === 0
      ? { codes: ['e', 'np'], isAll: true }
      : { codes: ['ne', 'p'], isAll: false };
  }
  const isStrict = condition < 6;
  const isNegated = (condition & 1) === 1;
  const code = isStrict ? (isNegated ? 'be' : 'a') : isNegated ? 'b' : 'ae';
  return { codes: [code], isAll: true };
}

/** Truncating conversions: the control word's rounding field is set for the store alone. */
export function coverFloatToInteger(s: Selector, id: number): void {
  const f = s.f;
  const isPair = f.op[id] === Op.f2l;
  const [saved, control] = [s.m.newSlot(4, 4), s.m.newSlot(4, 4)];
  const result = s.m.newSlot(isPair ? 8 : 4, isPair ? 8 : 4);
  const work = s.m.newRegister();
  pushFloat(s, f.a[id]);
  s.emit('fnstcw', [slotMemory(saved)], [USE]);
  s.emit('movzwl', [slotMemory(saved), reg(work)], [USE, DEF]);
  s.combine('orl', imm(0xc00), work);
  s.emit('movw', [reg(work, 2), slotMemory(control)], [USE, USE]);
  s.emit('fldcw', [slotMemory(control)], [USE]);
  s.emit(isPair ? 'fistpll' : 'fistpl', [slotMemory(result)], [USE]);
  s.emit('fldcw', [slotMemory(saved)], [USE]);
  if (s.registers[id]) s.emit('movl', [slotMemory(result), reg(s.registers[id])], [USE, DEF]);
  if (isPair && s.highRegisters[id]) {
    s.emit('movl', [slotMemory(result, 4), reg(s.highRegisters[id])], [USE, DEF]);
  }
}
