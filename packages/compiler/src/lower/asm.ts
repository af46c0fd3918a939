// GNU extended asm: each operand's constraint is resolved here to one kind of operand (a register class, a register, memory
// or a constant); selection then needs no letters. Of alternatives divided by commas the first is taken.

import type { Span } from '@ring0/diagnostics';
import { acceptsConstant, constantLetters } from '../ir/asm-constant.ts';
import type { AsmInfo, AsmOperand } from '../ir/function.ts';
import { Op } from '../ir/ops.ts';
import type { AsmStatement, Expression, Lvalue } from '../tree.ts';
import type { Type } from '../types.ts';
import type { Lowering, Place, Value } from './context.ts';
import { normalized, rounded, wordValue } from './convert.ts';
import { value } from './expression.ts';
import { loadPlace, place, storePlace } from './lvalue.ts';
import { EAX, EBX, ECX, EDI, EDX, ESI, registerNumber } from './registers.ts';
import { labelBlock } from './statement.ts';
import { classOf, sizeOf } from './types.ts';

const fixedLetters: Readonly<Record<string, number>> = {
  a: EAX,
  b: EBX,
  c: ECX,
  d: EDX,
  S: ESI,
  D: EDI,
};

interface Constraint {
  readonly mayRegister: boolean;
  readonly mayByte: boolean;
  readonly mayMemory: boolean;
  /** Letters that stand for constants. */
  readonly constants: string;
  readonly fixed: number;
  readonly isPair: boolean;
  readonly x87: number;
  readonly matches: number;
  readonly matchName: string | undefined;
  readonly isEarlyClobber: boolean;
  readonly isReadWrite: boolean;
  /** Any letter of it was understood. */
  readonly isKnown: boolean;
}

function parseConstraint(text: string): Constraint {
  const first = text.split(',')[0];
  const symbolic = /\[([^\]]*)\]/.exec(first);
  const letters = new Set(first.replace(/\[[^\]]*\]/, ''));
  const has = (set: string): boolean => [...set].some((letter) => letters.has(letter));
  const digits = symbolic ? undefined : /[0-9]+/.exec(first);
  const fixed = [...letters].find((letter) => letter in fixedLetters);
  return {
    mayRegister: has('rqQRlgX'),
    mayByte: has('qQ') && !has('rRlg'),
    mayMemory: has('moVgpX<>'),
    constants: constantLetters(letters),
    fixed: fixed === undefined ? -1 : fixedLetters[fixed],
    isPair: letters.has('A'),
    x87: letters.has('t') ? 0 : letters.has('u') ? 1 : letters.has('f') ? 0 : -1,
    matches: digits ? Number(digits[0]) : -1,
    matchName: symbolic?.[1],
    isEarlyClobber: letters.has('&'),
    isReadWrite: letters.has('+'),
    isKnown: has('rqQRlgXmoVp<>inestufAIJKLMNabcdSD0123456789') || symbolic !== null,
  };
}

function namedRegister(lvalue: Lvalue | undefined): number {
  let inner = lvalue;
  if (inner?.kind !== 'entity') inner = undefined;
  const name = inner?.kind === 'entity' ? inner.entity.register : undefined;
  return name === undefined ? -1 : registerNumber(name);
}
function loadedLvalue(e: Expression): Lvalue | undefined {
  let inner = e;
  while (inner.kind === 'convert') inner = inner.operand;
  return inner.kind === 'load' ? inner.lvalue : undefined;
}

interface Output {
  readonly place: Place;
  readonly type: Type;
  readonly result: number;
  readonly isPair: boolean;
}

class AsmLowering {
  private readonly b: Lowering;
  private readonly s: AsmStatement;
  private readonly span: Span;
  private readonly operands: AsmOperand[] = [];
  private readonly values: number[] = [];
  private readonly outputs: Output[] = [];
  private readonly tail: (() => void)[] = [];
  private results = 0;

  constructor(b: Lowering, s: AsmStatement, span: Span) {
    this.b = b;
    this.s = s;
    this.span = span;
  }

  private push(operand: Partial<AsmOperand> & { kind: AsmOperand['kind'] }): void {
    this.operands.push({
      name: undefined,
      register: -1,
      size: 4,
      input: -1,
      output: -1,
      isEarlyClobber: false,
      matches: -1,
      isPair: false,
      accepts: '',
      ...operand,
    });
  }
  private addValue(x: Value): number {
    const index = this.values.length;
    if (typeof x === 'number') this.values.push(x);
    else this.values.push(x.lo, x.hi);
    return index;
  }

  private registerKind(
    c: Constraint,
    size: number,
    named: number,
  ): Partial<AsmOperand> & {
    kind: AsmOperand['kind'];
  } {
    if (named >= 0) return { kind: 'fixed', register: named };
    if (c.isPair) return { kind: 'fixed', register: EAX };
    if (c.mayRegister) {
      return { kind: c.mayByte || size === 1 ? 'byte-register' : 'register' };
    }
    return c.fixed < 0 ? { kind: 'register' } : { kind: 'fixed', register: c.fixed };
  }

  private constraint(text: string): Constraint {
    const c = parseConstraint(text);
    if (!c.isKnown) {
      this.b.unit.report('C9006', this.span, `asm constraint "${text}" is not known`);
    }
    return c;
  }
  private output(o: AsmStatement['outputs'][number]): void {
    const b = this.b;
    const c = this.constraint(o.constraint);
    const at = place(b, o.lvalue);
    const type = o.lvalue.type;
    const size = sizeOf(type);
    if (c.x87 >= 0 && classOf(type) === 'float') {
      this.x87Output(o.name, c, at, type);
      return;
    }
    const isRegister = c.mayRegister || c.fixed >= 0 || c.isPair;
    if (!isRegister || classOf(type) === 'record' || classOf(type) === 'float') {
      this.push({ kind: 'memory', name: o.name, size, input: this.addValue(b.addressOf(at)) });
      return;
    }
    const isPair = size === 8;
    const number = this.operands.length;
    const kind = this.registerKind(c, size, namedRegister(o.lvalue));
    const result = this.results;
    this.results += isPair ? 2 : 1;
    const isEarlyClobber = c.isEarlyClobber;
    this.push({ ...kind, name: o.name, size, output: result, isPair, isEarlyClobber });
    this.outputs.push({ place: at, type, result, isPair });
    if (c.isReadWrite) {
      this.tail.push(() => {
        const input = this.addValue(loadPlace(b, at));
        this.push({ ...kind, size, input, matches: number, isPair });
      });
    }
  }
  private x87Output(name: string | undefined, c: Constraint, at: Place, type: Type): void {
    const number = this.operands.length;
    this.push({ kind: 'x87', register: c.x87, name, output: this.results });
    this.outputs.push({ place: at, type, result: this.results++, isPair: false });
    if (!c.isReadWrite) return;
    this.tail.push(() => {
      const input = this.addValue(loadPlace(this.b, at));
      this.push({ kind: 'x87', register: c.x87, input, matches: number });
    });
  }

  private isConstantNode(x: number): boolean {
    const op = this.b.f.op[x];
    return op === Op.const || op === Op.symbol;
  }

  private input(i: AsmStatement['inputs'][number]): void {
    const b = this.b;
    const c = this.constraint(i.constraint);
    const matches = c.matchName === undefined ? c.matches : this.operandNamed(c.matchName);
    const type = i.value.type;
    const onlyMemory = c.mayMemory && !c.mayRegister && c.fixed < 0 && matches < 0;
    if (onlyMemory && i.lvalue) {
      const address = b.addressOf(place(b, i.lvalue));
      const size = sizeOf(i.lvalue.type);
      this.push({ kind: 'memory', name: i.name, size, input: this.addValue(address) });
      return;
    }
    const x = value(b, i.value);
    if (matches >= 0) this.matchingInput(i, matches, x);
    else if (classOf(type) === 'float') this.floatInput(i, c, x as number);
    else this.wordInput(i, c, x, onlyMemory);
  }
  private operandNamed(name: string): number {
    return this.operands.findIndex((operand) => operand.name === name);
  }
  private matchingInput(i: AsmStatement['inputs'][number], matches: number, x: Value): void {
    const target = this.operands[matches];
    if (!target) {
      this.b.unit.report('C9002', i.value.span, `operand ${matches} of this asm does not exist`);
      return;
    }
    const input = this.addValue(target.isPair && typeof x === 'number' ? { lo: x, hi: x } : x);
    this.push({ ...target, name: i.name, input, output: -1, matches, isEarlyClobber: false });
  }
  private floatInput(i: AsmStatement['inputs'][number], c: Constraint, x: number): void {
    const b = this.b;
    if (c.x87 >= 0) {
      this.push({ kind: 'x87', register: c.x87, name: i.name, input: this.addValue(x) });
      return;
    }
    const temporary = b.placeAt(b.f.slotAddress(b.newSlot('', i.value.type)), i.value.type);
    b.storePlain(temporary, x);
    const input = this.addValue(temporary.base);
    this.push({ kind: 'memory', name: i.name, size: sizeOf(i.value.type), input });
  }
  private wordInput(
    i: AsmStatement['inputs'][number],
    c: Constraint,
    x: Value,
    onlyMemory: boolean,
  ): void {
    const b = this.b;
    const size = sizeOf(i.value.type);
    const low = wordValue(x);
    const number = b.f.isConst(low) ? b.f.a[low] : undefined;
    if (this.isConstantNode(low) && typeof x === 'number' && acceptsConstant(c.constants, number)) {
      this.push({ kind: 'immediate', name: i.name, size, input: this.addValue(low) });
      return;
    }
    if (onlyMemory) {
      const temporary = b.placeAt(b.f.slotAddress(b.newSlot('', i.value.type)), i.value.type);
      b.storePlain(temporary, x);
      this.push({ kind: 'memory', name: i.name, size, input: this.addValue(temporary.base) });
      return;
    }
    if (!c.mayRegister && c.fixed < 0 && !c.isPair) {
      // It may become a constant yet, when this function is part of another.
      this.push({ kind: 'immediate', name: i.name, size, input: this.addValue(low) });
      return;
    }
    const kind = this.registerKind(c, size, namedRegister(i.lvalue ?? loadedLvalue(i.value)));
    const isPair = typeof x !== 'number';
    const safe =
      kind.kind === 'fixed' && kind.register === -1 ? { kind: 'register' as const } : kind;
    const accepts = c.constants;
    this.push({ ...safe, name: i.name, size, input: this.addValue(x), isPair, accepts });
  }

  lower(): void {
    const { b, s } = this;
    for (const o of s.outputs) this.output(o);
    for (const i of s.inputs) this.input(i);
    for (const later of this.tail) later();
    let clobbers = 0;
    for (const name of s.clobbers) {
      const number = registerNumber(name);
      if (number >= 0) clobbers |= 1 << number;
    }
    if (s.labels.length > 0 && this.outputs.length > 0) {
      b.unit.report('C9004', this.span, 'asm goto with outputs in registers is not supported');
    }
    const next = s.labels.length > 0 ? b.newBlock() : -1;
    const info: AsmInfo = {
      template: s.template,
      isVolatile: s.isVolatile || s.isBasic || s.outputs.length === 0,
      isBasic: s.isBasic,
      operands: this.operands,
      clobbers,
      clobbersMemory: s.isBasic || s.clobbers.includes('memory'),
      popped: s.clobbers.filter((name) => /^%?st(\(\d\))?$/.test(name)).length,
      blocks: next >= 0 ? [next, ...s.labels.map((l) => labelBlock(b, l))] : [],
      labelNames: s.labels.map((l) => l.name),
      span: this.span,
    };
    const index = b.f.asms.push(info) - 1;
    if (next >= 0) {
      b.endWith(b.f.makeList(Op.asmGoto, this.values, 0, index));
      b.start(next);
      return;
    }
    const id = b.make.emitList(Op.asm, this.values, 0, index);
    this.storeOutputs(id);
  }
  private storeOutputs(id: number): void {
    const b = this.b;
    const read = this.outputs.map((o): Value => {
      const low = b.make.emit(Op.result, id, o.result);
      return o.isPair ? { lo: low, hi: b.make.emit(Op.result, id, o.result + 1) } : low;
    });
    this.outputs.forEach((o, i) => {
      const x = read[i];
      if (typeof x !== 'number') storePlace(b, o.place, x);
      else if (classOf(o.type) === 'float') storePlace(b, o.place, rounded(b, x, o.type));
      else storePlace(b, o.place, normalized(b, x, o.type));
    });
  }
}

/** Lowers an asm statement. */
export function asmStatement(b: Lowering, s: AsmStatement & { readonly span: Span }): void {
  new AsmLowering(b, s, s.span).lower();
}
