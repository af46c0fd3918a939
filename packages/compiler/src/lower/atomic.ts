// Atomic access to bytes, halves and words: the locked instructions, as asm of the intermediate representation, whose clobber
// of memory holds the compiler back. A load is one plain instruction on this processor, a weak store too.

import type { AsmInfo, AsmOperand } from '../ir/function.ts';
import { Condition, Op, VOLATILE_ACCESS } from '../ir/ops.ts';
import { type Type } from '../types.ts';
import type { BuiltinCall } from './builtin.ts';
import type { Lowering, Value } from './context.ts';
import { normalized, wordValue } from './convert.ts';
import { EAX } from './registers.ts';
import { accessOf, sizeOf } from './types.ts';

const suffixes: Readonly<Record<number, string>> = { 1: 'b', 2: 'w', 4: 'l' };

function register(size: number, given: Partial<AsmOperand>): AsmOperand {
  return {
    name: undefined,
    kind: size === 1 ? 'byte-register' : 'register',
    register: -1,
    size,
    input: -1,
    output: -1,
    isEarlyClobber: false,
    matches: -1,
    isPair: false,
    accepts: '',
    ...given,
  };
}

class AtomicLowering {
  private readonly b: Lowering;
  private readonly e: BuiltinCall;
  private readonly type: Type;
  private readonly size: number;

  constructor(b: Lowering, e: BuiltinCall) {
    this.b = b;
    this.e = e;
    const place = e.arguments[0]?.type;
    this.type = place?.kind === 'pointer' ? place.to : e.type;
    this.size = sizeOf(this.type);
  }

  private asm(template: string, values: number[], operands: readonly AsmOperand[]): number {
    const info: AsmInfo = {
      template,
      isVolatile: true,
      isBasic: false,
      operands,
      clobbers: 0,
      clobbersMemory: true,
      popped: 0,
      blocks: [],
      labelNames: [],
      span: this.e.span,
    };
    return this.b.make.emitList(Op.asm, values, 0, this.b.f.asms.push(info) - 1);
  }
  private result(asm: number): number {
    return normalized(this.b, this.b.make.emit(Op.result, asm, 0), this.type);
  }
  private barrier(): void {
    this.asm('', [], []);
  }

  /** An instruction that changes a register and a place: xchg, xadd. */
  private changed(template: string, place: number, x: number): number {
    const { size } = this;
    const operands = [
      register(size, { output: 0, isEarlyClobber: true }),
      register(4, { input: 1 }),
      register(size, { input: 0, matches: 0 }),
    ];
    return this.result(this.asm(template, [x, place], operands));
  }
  private exchange(place: number, x: number): number {
    return this.changed(`xchg${suffixes[this.size]} %0, (%1)`, place, x);
  }
  /** What was found where `expected` should have been. */
  private swapIf(place: number, expected: number, desired: number): number {
    const { size } = this;
    const operands = [
      register(size, { kind: 'fixed', register: EAX, output: 0 }),
      register(4, { input: 1 }),
      register(size, { input: 2 }),
      register(size, { kind: 'fixed', register: EAX, input: 0, matches: 0 }),
    ];
    const template = `lock cmpxchg${suffixes[size]} %2, (%1)`;
    return this.result(this.asm(template, [expected, place, desired], operands));
  }
  private load(place: number): number {
    return this.b.loadWord(place, 0, accessOf(this.type) | VOLATILE_ACCESS);
  }

  private operated(operation: string, old: number, x: number): number {
    const { b } = this;
    const ops: Readonly<Record<string, number>> = {
      add: Op.add,
      sub: Op.sub,
      and: Op.and,
      or: Op.or,
      xor: Op.xor,
      nand: Op.and,
    };
    const plain = b.binary(ops[operation], old, x);
    return normalized(b, operation === 'nand' ? b.make.unary(Op.not, plain) : plain, this.type);
  }
  /** The old value. */
  private fetched(operation: string, place: number, x: number): number {
    const { b } = this;
    if (operation === 'add' || operation === 'sub') {
      const addend = operation === 'add' ? x : b.make.unary(Op.neg, x);
      return this.changed(`lock xadd${suffixes[this.size]} %0, (%1)`, place, addend);
    }
    const old = b.f.slotAddress(b.f.newSlot('', 4, 4));
    b.storeWord(old, 0, this.load(place), 4);
    const [loop, done] = [b.newBlock(), b.newBlock()];
    b.jump(loop);
    b.start(loop);
    const expected = b.loadWord(old, 0, 4);
    const found = this.swapIf(place, expected, this.operated(operation, expected, x));
    b.storeWord(old, 0, found, 4);
    b.branch(b.make.compare(Condition.eq, found, expected), done, loop);
    b.start(done);
    return b.loadWord(old, 0, 4);
  }

  lower(values: readonly number[]): Value {
    const { b, e } = this;
    const [place, x, y] = values;
    const fetch = /^atomic-fetch-(\w+)$/.exec(e.name)?.[1];
    if (fetch !== undefined) return this.fetched(fetch, place, x);
    const applied = /^atomic-(\w+)-fetch$/.exec(e.name)?.[1];
    if (applied !== undefined) return this.operated(applied, this.fetched(applied, place, x), x);
    switch (e.name) {
      case 'atomic-load': {
        const found = this.load(place);
        this.barrier();
        return found;
      }
      case 'atomic-store':
        this.barrier();
        b.storeWord(place, 0, x, accessOf(this.type) | VOLATILE_ACCESS);
        return 0;
      case 'atomic-exchange':
        return this.exchange(place, x);
      case 'atomic-swap-if':
        return this.swapIf(place, x, y);
      case 'atomic-is-swapped':
        return b.make.compare(Condition.eq, this.swapIf(place, x, y), x);
      case 'atomic-compare-exchange': {
        const expected = b.loadWord(x, 0, accessOf(this.type));
        const found = this.swapIf(place, expected, y);
        b.storeWord(x, 0, found, accessOf(this.type));
        return b.make.compare(Condition.eq, found, expected);
      }
      case 'atomic-fence':
        this.asm('lock orl $0, (%%esp)', [], []);
        return 0;
      default:
        this.barrier();
        return 0;
    }
  }
}

/** The value of an atomic builtin whose arguments are `values`. */
export function atomicValue(b: Lowering, e: BuiltinCall, values: readonly Value[]): Value {
  return new AtomicLowering(b, e).lower(values.map(wordValue));
}
