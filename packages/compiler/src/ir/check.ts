// Classes of values: a word, a floating value, a pair of words, the results of an asm. The passes keep them by
// construction; a function that was read from text is checked.

import { reversePostorder } from './dominance.ts';
import type { IRFunction } from './function.ts';
import { Op, opHasList, opHasResult, opIsFloat, opIsPair, opValues } from './ops.ts';
import { instructionText } from './print.ts';

type ValueClass = 'word' | 'float' | 'pair' | 'asm' | 'nothing';

/** A function that uses a value as what it is not. */
export class IllTyped extends Error {
  readonly instruction: number;
  constructor(message: string, instruction: number) {
    super(message);
    this.instruction = instruction;
  }
}

function resultClass(f: IRFunction, id: number): ValueClass {
  const op = f.op[id];
  if (!opHasResult[op]) return 'nothing';
  if (opIsFloat[op]) return 'float';
  if (opIsPair[op]) return 'pair';
  if (op === Op.asm) return 'asm';
  if (op === Op.call) {
    const { returns } = f.calls[f.b[id]];
    return returns === 'none' ? 'nothing' : returns;
  }
  if (op === Op.result) {
    const number = f.b[id];
    const source = f.op[f.a[id]] === Op.asm ? f.asms[f.b[f.a[id]]] : undefined;
    return source?.operands.some((o) => o.kind === 'x87' && o.output === number) ? 'float' : 'word';
  }
  return 'word';
}

const floatOperands = new Set<number>([
  ...[Op.fadd, Op.fsub, Op.fmul, Op.fdiv, Op.fneg, Op.fabs, Op.fsqrt, Op.fround],
  ...[Op.fcmp, Op.f2i, Op.f2l],
]);
/** What the list of a pair operation holds: how many words. */
const listLengths = new Map<number, number>([
  ...[Op.add64, Op.sub64, Op.mul64, Op.cmp64].map((op) => [op, 4] as const),
  ...[Op.shl64, Op.shr64, Op.sar64].map((op) => [op, 3] as const),
  ...[Op.neg64, Op.umul, Op.smul, Op.l2f].map((op) => [op, 2] as const),
]);

class Checker {
  private readonly f: IRFunction;
  private id = 0;

  constructor(f: IRFunction) {
    this.f = f;
  }

  private fail(message: string): never {
    throw new IllTyped(`${instructionText(this.f, this.id)}: ${message}`, this.id);
  }
  private need(value: number, wanted: ValueClass): void {
    const found = resultClass(this.f, value);
    if (found !== wanted) this.fail(`an operand is a ${found}, expected a ${wanted}`);
  }

  instruction(id: number): void {
    const { f } = this;
    this.id = id;
    const op = f.op[id];
    const [a, b] = [f.a[id], f.b[id]];
    switch (op) {
      case Op.lo:
      case Op.hi:
        this.need(a, 'pair');
        break;
      case Op.result:
        this.result(a, b);
        break;
      case Op.fstore:
        this.need(a, 'word');
        this.need(b, 'float');
        break;
      case Op.call:
        this.call(id);
        break;
      case Op.asm:
      case Op.asmGoto:
        this.asm(id);
        break;
      case Op.return:
        if (f.c[id]) this.need(a, f.c[id] === 3 ? 'float' : 'word');
        if (f.c[id] === 2) this.need(b, 'word');
        break;
      default:
        this.plain(id, op);
    }
  }
  private plain(id: number, op: number): void {
    const { f } = this;
    const wanted = floatOperands.has(op) ? 'float' : 'word';
    if (opValues[op] > 0) this.need(f.a[id], wanted);
    if (opValues[op] > 1) this.need(f.b[id], wanted);
    if (!opHasList[op]) return;
    for (const value of f.list(id)) this.need(value, 'word');
    const length = listLengths.get(op);
    if (length !== undefined && f.list(id).length !== length)
      this.fail(`it has ${length} operands`);
  }
  private result(asm: number, number: number): void {
    this.need(asm, 'asm');
    const { operands } = this.f.asms[this.f.b[asm]];
    const isThere = operands.some(
      ({ output, isPair }) => output === number || (isPair && output >= 0 && output + 1 === number),
    );
    if (!isThere) this.fail(`the asm has no result ${number}`);
  }
  private call(id: number): void {
    const { f } = this;
    const info = f.calls[f.b[id]];
    if (info.symbol === undefined) this.need(f.a[id], 'word');
    f.list(id).forEach((value, i) => {
      this.need(value, info.arguments[i]?.kind === 'float' ? 'float' : 'word');
    });
    const registers = info.arguments.flatMap(({ register }) => register ?? []);
    if (new Set(registers).size < registers.length) this.fail('a register has two arguments');
  }
  private asm(id: number): void {
    const { f } = this;
    const { operands } = f.asms[f.b[id]];
    const values = f.list(id);
    for (const { kind, input } of operands) {
      if (input >= 0) this.need(values[input], kind === 'x87' ? 'float' : 'word');
    }
  }
}

/** Throws `IllTyped` at the first value that is used as what it is not. */
export function checkClasses(f: IRFunction): void {
  const checker = new Checker(f);
  for (const block of reversePostorder(f)) {
    for (const id of f.blocks[block].code) checker.instruction(id);
  }
}
