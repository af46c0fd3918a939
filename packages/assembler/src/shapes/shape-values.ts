// Values of a template: sums of at most one symbol, less one symbol, and numbers, of which names and
// numbers are holes. They are computed into fields, so that nothing is allocated.

import type { Assembly } from '../object/assembly.ts';
import { needGot, referenceOf } from '../values/evaluate.ts';
import { integerValue } from '../values/numbers.ts';
import type { Node } from '../syntax/syntax-tree.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import { holeKind } from './shape-scan.ts';
import type { ShapeScan } from './shape-scan.ts';

/** A symbol: the name in a hole, or a numbered label. */
interface SymbolPlan {
  readonly hole: number;
  readonly number: string;
  readonly direction: 'f' | 'b';
}

export interface ValuePlan {
  readonly plus: SymbolPlan | undefined;
  readonly minus: SymbolPlan | undefined;
  readonly reference: string | undefined;
  readonly constant: number;
  readonly holes: readonly number[];
  /** 1 or -1 for each hole. */
  readonly signs: readonly number[];
  /** The value is `constant` plus or minus this hole; -1: it is something else. */
  readonly onlyHole: number;
  readonly onlySign: number;
}

/** The hole that a node's text begins with; -1: none, the text is the same in every statement. */
export type HoleOf = (node: Node) => number;

class Compiler {
  plus: SymbolPlan | undefined;
  minus: SymbolPlan | undefined;
  reference: string | undefined;
  constant = 0;
  readonly holes: number[] = [];
  readonly signs: number[] = [];
  private readonly holeOf: HoleOf;
  private readonly kinds: Uint8Array;

  constructor(holeOf: HoleOf, kinds: Uint8Array) {
    this.holeOf = holeOf;
    this.kinds = kinds;
  }

  /** False where the node is more than this file can say. */
  take(node: Node, sign: 1 | -1): boolean {
    switch (node.kind) {
      case 'number':
        return this.number(node.text, this.holeOf(node), sign);
      case 'name':
        return this.name(node.text, this.holeOf(node), sign);
      case 'unary':
        if (node.operator !== '-' && node.operator !== '+') return false;
        return this.take(node.operand, node.operator === '-' ? flipped(sign) : sign);
      case 'binary':
        if (node.operator !== '-' && node.operator !== '+') return false;
        if (!this.take(node.left, sign)) return false;
        return this.take(node.right, node.operator === '-' ? flipped(sign) : sign);
      default:
        return false;
    }
  }

  private number(text: string, hole: number, sign: 1 | -1): boolean {
    if (hole >= 0) {
      if (this.kinds[hole] !== holeKind.number) return false;
      this.holes.push(hole);
      this.signs.push(sign);
      return true;
    }
    const local = /^(\d+)([fb])$/.exec(text);
    if (local) {
      const direction = local[2] === 'f' ? 'f' : 'b';
      return this.symbol({ hole: -1, number: local[1], direction }, sign);
    }
    const value = Number(integerValue(text) ?? NaN);
    if (!Number.isSafeInteger(value)) return false;
    this.constant += sign * value;
    return true;
  }

  private name(text: string, hole: number, sign: 1 | -1): boolean {
    if (hole < 0 || this.kinds[hole] !== holeKind.name) return false;
    const at = text.indexOf('@');
    if (at >= 0) {
      const reference = referenceOf(text.slice(at + 1));
      if (reference === undefined || sign < 0) return false;
      this.reference = reference;
    }
    return this.symbol({ hole, number: '', direction: 'f' }, sign);
  }

  private symbol(plan: SymbolPlan, sign: 1 | -1): boolean {
    if (sign > 0) {
      if (this.plus || this.minus) return false;
      this.plus = plan;
      return true;
    }
    if (!this.plus || this.minus || this.reference !== undefined) return false;
    this.minus = plan;
    return true;
  }
}

const flipped = (sign: 1 | -1): 1 | -1 => (sign === 1 ? -1 : 1);

/** Undefined where the value is of another kind. */
export function planValue(node: Node, holeOf: HoleOf, kinds: Uint8Array): ValuePlan | undefined {
  const compiler = new Compiler(holeOf, kinds);
  if (!compiler.take(node, 1)) return undefined;
  const { plus, minus, reference, constant, holes, signs } = compiler;
  if (reference !== undefined && minus) return undefined;
  const isNumber = !plus && holes.length === 1;
  const onlyHole = isNumber ? holes[0] : -1;
  const onlySign = isNumber ? signs[0] : 0;
  return { plus, minus, reference, constant, holes, signs, onlyHole, onlySign };
}

/** A value that was found: the next one overwrites what the machine has. */
export class FoundValue {
  plus: AsmSymbol | undefined;
  minus: AsmSymbol | undefined;
  addend = 0;

  take(value: ValueMachine): void {
    this.plus = value.plus;
    this.minus = value.minus;
    this.addend = value.addend;
  }
}

/** The value that `run` found. */
export class ValueMachine {
  plus: AsmSymbol | undefined;
  minus: AsmSymbol | undefined;
  addend = 0;
  private readonly assembly: Assembly;
  private readonly scan: ShapeScan;

  constructor(assembly: Assembly, scan: ShapeScan) {
    this.assembly = assembly;
    this.scan = scan;
  }

  /** False where the general way has to be taken; it may be taken after this one. */
  run(plan: ValuePlan, bytes: Uint8Array): boolean {
    const { values } = this.scan;
    let addend = plan.constant;
    const { holes, signs } = plan;
    for (let i = 0; i < holes.length; i++) addend += signs[i] * values[holes[i]];
    this.addend = addend;
    this.plus = undefined;
    this.minus = undefined;
    if (plan.plus) {
      const { reference } = plan;
      const { assembly } = this;
      const isFirst = reference !== undefined && !assembly.machine.syntax.isIntel;
      if (isFirst) needGot(assembly, reference);
      if (!this.takePlus(plan.plus, bytes)) return false;
      if (reference !== undefined) {
        if (!this.plus) return false;
        needGot(assembly, reference);
      }
      if (plan.minus && !this.takeMinus(plan.minus, bytes)) return false;
    }
    return Number.isSafeInteger(this.addend);
  }

  private symbol(plan: SymbolPlan, bytes: Uint8Array): AsmSymbol | undefined {
    const { symbols } = this.assembly;
    const { hole } = plan;
    if (hole < 0) return symbols.reference(plan.number, plan.direction);
    const { starts, ends, hashes } = this.scan;
    return symbols.ofBytes(bytes, starts[hole], ends[hole], hashes[hole]);
  }

  private takePlus(plan: SymbolPlan, bytes: Uint8Array): boolean {
    const symbol = this.symbol(plan, bytes);
    if (!symbol || symbol.formula !== undefined) return false;
    if (symbol.state === 'absolute') {
      const value = Number(symbol.value);
      this.addend += value;
      return Number.isSafeInteger(value);
    }
    if (plan.hole >= 0) this.assembly.use(symbol);
    this.plus = symbol;
    return true;
  }

  private takeMinus(plan: SymbolPlan, bytes: Uint8Array): boolean {
    const symbol = this.symbol(plan, bytes);
    if (!symbol || symbol.formula !== undefined) return false;
    if (symbol.state === 'absolute') {
      const value = Number(symbol.value);
      this.addend -= value;
      return Number.isSafeInteger(value);
    }
    if (plan.hole >= 0) this.assembly.use(symbol);
    if (!this.plus) return false;
    const distance = this.assembly.folding.distance(this.plus, symbol);
    if (distance === undefined) this.minus = symbol;
    else {
      this.plus = undefined;
      this.addend += Number(distance);
    }
    return true;
  }
}
