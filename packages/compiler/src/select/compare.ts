// Compares: as flags for a branch next to them, or as a 0-or-1 value through setcc.

import { Access, ACCESS_MASK, Condition, Op } from '../ir/ops.ts';
import { floatCompare } from './float.ts';
import type { Operand } from './machine.ts';
import { DEF, imm, reg, USE } from './machine.ts';
import type { Selector } from './selector.ts';

/** Condition code suffixes in the order of `Condition`. */
const codes: readonly string[] = ['e', 'ne', 'l', 'ge', 'g', 'le', 'b', 'ae', 'a', 'be'];

/** Flags to be tested: each code in turn; `eq` of floating values needs two. */
export interface Test {
  /** A code that holds, or codes of which all must hold (`and`) or any (`or`). */
  readonly codes: readonly string[];
  readonly isAll: boolean;
}
const single = (condition: number): Test => ({ codes: [codes[condition]], isAll: true });

/** Emits the compare of two words; answers what to test. */
function compareWords(s: Selector, a: number, b: number, condition: number): Test {
  const f = s.f;
  if (f.isConst(b)) {
    const value = f.a[b];
    if (value === 0) {
      const isEquality = condition === Condition.eq || condition === Condition.ne;
      if (isEquality && f.op[a] === Op.and && s.mayFold(a)) {
        testBits(s, f.a[a], f.b[a]);
        return single(condition);
      }
    }
    const narrow = compareNarrow(s, a, value, condition);
    if (narrow) return narrow;
    if (value === 0) {
      if (f.op[a] === Op.load && s.mayFoldLoad(a)) {
        s.emit('cmpl', [imm(0), s.registerOrMemory(a)], [USE, USE]);
      } else {
        const register = s.use(a);
        s.emit('testl', [register, register], [USE, USE]);
      }
      return single(condition);
    }
  }
  const right = s.source(b);
  const left = right.kind === 'memory' ? s.use(a) : s.registerOrMemory(a);
  s.emit('cmpl', [right, left], [USE, USE]);
  return single(condition);
}

function testBits(s: Selector, a: number, b: number): void {
  const f = s.f;
  if (f.isConst(b)) {
    const mask = f.a[b];
    if (f.op[a] === Op.load && s.mayFoldLoad(a)) {
      const access = f.c[a] & ACCESS_MASK;
      if (mask > 0 && mask < 256) {
        s.emit('testb', [imm(mask), s.address(f.a[a])], [USE, USE]);
        return;
      }
      if (access === Access.i32) {
        s.emit('testl', [imm(mask), s.address(f.a[a])], [USE, USE]);
        return;
      }
    }
    if (mask > 0 && mask < 256 && s.services.isForSize) {
      const byte = s.byteRegister(s.use(a).register);
      s.emit('testb', [imm(mask), reg(byte, 1)], [USE, USE]);
      return;
    }
    s.emit('testl', [imm(mask), s.use(a)], [USE, USE]);
    return;
  }
  const left = s.registerOrMemory(a);
  s.emit('testl', [s.use(b), left], [USE, USE]);
}

const isEqualityOf = (condition: number): boolean =>
  condition === Condition.eq || condition === Condition.ne;
/** For operands that are not negative, signed order is unsigned order. */
const unsignedOf = (condition: number): number =>
  condition >= Condition.lt && condition < Condition.ult ? condition + 4 : condition;

/** A byte or 16-bit load, or an extension, against a constant that fits. */
function compareNarrow(s: Selector, a: number, value: number, condition: number): Test | undefined {
  const f = s.f;
  const op = f.op[a];
  if (op === Op.load && s.mayFoldLoad(a)) {
    const access = f.c[a] & ACCESS_MASK;
    const memory = (): Operand => s.address(f.a[a]);
    if (access === Access.u8 && value >= 0 && value <= 255) {
      s.emit('cmpb', [imm((value << 24) >> 24), memory()], [USE, USE]);
      return single(unsignedOf(condition));
    }
    const isSigned = condition < Condition.ult;
    if (access === Access.s8 && value >= -128 && value <= 127 && isSigned) {
      s.emit('cmpb', [imm(value), memory()], [USE, USE]);
      return single(condition);
    }
    if (access === Access.u16 && value >= 0 && value <= 65535) {
      s.emit('cmpw', [imm((value << 16) >> 16), memory()], [USE, USE]);
      return single(unsignedOf(condition));
    }
    if (access === Access.s16 && value >= -32768 && value <= 32767 && isSigned) {
      s.emit('cmpw', [imm(value), memory()], [USE, USE]);
      return single(condition);
    }
    return undefined;
  }
  if (
    (op === Op.zext8 || op === Op.sext8) &&
    s.mayFold(a) &&
    value === 0 &&
    isEqualityOf(condition)
  ) {
    const byte = s.byteRegister(s.use(f.a[a]).register);
    s.emit('testb', [reg(byte, 1), reg(byte, 1)], [USE, USE]);
    return single(condition);
  }
  return undefined;
}

/** Low words are subtracted for the borrow, which the high words' subtraction takes along. */
function comparePairs(s: Selector, id: number): Test {
  const f = s.f;
  let condition = f.a[id];
  let [al, ah, bl, bh] = f.list(id);
  const isGreater = [Condition.gt, Condition.le, Condition.ugt, Condition.ule].includes(
    condition as 4,
  );
  if (isGreater) {
    [al, ah, bl, bh] = [bl, bh, al, ah];
    const swapped: Readonly<Record<number, number>> = {
      [Condition.gt]: Condition.lt,
      [Condition.le]: Condition.ge,
      [Condition.ugt]: Condition.ult,
      [Condition.ule]: Condition.uge,
    };
    condition = swapped[condition];
  }
  const low = s.source(bl);
  const lowLeft = s.use(al);
  const high = s.source(bh);
  const work = s.m.newRegister();
  s.useInto(ah, work);
  s.emit('cmpl', [low, lowLeft], [USE, USE]);
  s.combine('sbbl', high, work);
  return single(condition);
}

/** Emits the compare that a 0-or-1 node stands for. */
function compareNode(s: Selector, id: number): Test {
  const f = s.f;
  if (f.op[id] === Op.cmp) return compareWords(s, f.a[id], f.b[id], f.c[id]);
  if (f.op[id] === Op.cmp64) return comparePairs(s, id);
  return floatCompare(s, f.a[id], f.b[id], f.c[id]);
}

/** A compare whose value is needed. */
export function coverCompareValue(s: Selector, id: number): void {
  const to = s.registers[id];
  const test = compareNode(s, id);
  const byte = s.m.newRegister();
  s.m.isByte.add(byte);
  s.emit(`set${test.codes[0]}`, [reg(byte, 1)], [DEF]);
  if (test.codes.length > 1) {
    const other = s.m.newRegister();
    s.m.isByte.add(other);
    s.emit(`set${test.codes[1]}`, [reg(other, 1)], [DEF]);
    s.emit(test.isAll ? 'andb' : 'orb', [reg(other, 1), reg(byte, 1)], [USE, 3]);
  }
  s.emit('movzbl', [reg(byte, 1), reg(to)], [USE, DEF]);
}

/** A branch, with its compare where that is nowhere else needed. */
export function coverBranch(s: Selector, id: number): void {
  const f = s.f;
  const condition = f.a[id];
  const op = f.op[condition];
  const isCompare = op === Op.cmp || op === Op.cmp64 || op === Op.fcmp;
  let test: Test;
  if (isCompare && s.mayFold(condition)) test = foldedTest(s, condition);
  else test = compareWords(s, condition, f.const(0), Condition.ne);
  jumpOn(s, test, f.b[id], f.c[id]);
}
/** A folded float compare reads its operands here; the node stays the root for memory order. */
function foldedTest(s: Selector, condition: number): Test {
  return compareNode(s, condition);
}

function jumpOn(s: Selector, test: Test, yes: number, no: number): void {
  const go = (mnemonic: string, block: number): void => {
    s.emit(mnemonic, [{ kind: 'block', block }], [0]);
  };
  if (test.codes.length === 1) go(`j${test.codes[0]}`, yes);
  else if (test.isAll) {
    for (const code of test.codes) go(`j${negatedCode(code)}`, no);
    go('jmp', yes);
    return;
  } else for (const code of test.codes) go(`j${code}`, yes);
  go('jmp', no);
}

const opposites: readonly (readonly [string, string])[] = [
  ['e', 'ne'],
  ['l', 'ge'],
  ['g', 'le'],
  ['b', 'ae'],
  ['a', 'be'],
  ['p', 'np'],
  ['s', 'ns'],
  ['o', 'no'],
];
const negations = new Map<string, string>();
for (const [a, b] of opposites) {
  negations.set(a, b);
  negations.set(b, a);
}
/** The condition code that holds exactly when `code` does not. */
export function negatedCode(code: string): string {
  return negations.get(code) ?? code;
}
