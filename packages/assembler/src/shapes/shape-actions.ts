// What templates do with a statement of their shape: the same calls of `Assembly` that the handlers
// of directives and the encoder of instructions end in, with the values of the holes. An action that
// cannot be sure says so, before anything has happened, and the handlers do the work.

import type { FrameInstruction } from '@ring0/dwarf';
import type { Assembly } from '../object/assembly.ts';
import { frameInstruction } from '../debug/cfi.ts';
import { emitLeb } from '../directives/directives-data.ts';
import { emitAlignment } from '../directives/directives-layout.ts';
import { constant } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import { dataBit } from '../object/fixups.ts';
import { itemKind } from '../object/items.ts';
import { smallLebSize, writeSmallLeb } from '../layout/leb.ts';
import { setLocation } from '../debug/lines.ts';
import type { LocFlags } from '../debug/lines.ts';
import type { SeenAlignment } from './shape-probe.ts';
import type { ShapeScan } from './shape-scan.ts';
import { FoundValue } from './shape-values.ts';
import type { ValueMachine, ValuePlan } from './shape-values.ts';
import type { AsmSymbol } from '../object/symbols.ts';

/** What an action works on. */
export interface ShapeContext {
  readonly assembly: Assembly;
  readonly scan: ShapeScan;
  readonly value: ValueMachine;
  /** The values of an instruction's operands, of which there are at most `operandsMax`. */
  readonly found: readonly FoundValue[];
}

export const operandsMax = 5;

/** Executes statements of a shape by their holes alone. */
export interface Action {
  /** False where the statement has to go through its calls. */
  run(context: ShapeContext, bytes: Uint8Array): boolean;
}

/** The value as an expression, for the general way. */
export function expressionOf(
  plus: AsmSymbol | undefined,
  minus: AsmSymbol | undefined,
  addend: number,
  reference: string | undefined,
): Expression {
  return { kind: 'linear', plus, minus, addend: BigInt(addend), reference };
}

/** `.long`, `.byte` and the like. */
export class DataAction implements Action {
  private readonly size: 1 | 2 | 4 | 8;
  private readonly plans: readonly ValuePlan[];
  private readonly found: readonly FoundValue[];
  /** Larger and smaller constants may be warned of. */
  private readonly most: number;

  constructor(size: 1 | 2 | 4 | 8, plans: readonly ValuePlan[]) {
    this.size = size;
    this.plans = plans;
    this.found = plans.map(() => new FoundValue());
    this.most = size === 8 ? Number.MAX_SAFE_INTEGER : 2 ** (8 * size) - 1;
  }

  run({ assembly, value }: ShapeContext, bytes: Uint8Array): boolean {
    if (!assembly.current.section.hasContents) return false;
    const { plans, found } = this;
    for (let i = 0; i < plans.length; i++) {
      if (!value.run(plans[i], bytes)) return false;
      found[i].take(value);
    }
    for (let i = 0; i < plans.length; i++) this.field(assembly, found[i], plans[i].reference);
    return true;
  }

  private field(assembly: Assembly, value: FoundValue, reference: string | undefined): void {
    const { size } = this;
    const { plus, minus, addend } = value;
    const sub = assembly.current;
    if (!plus) {
      if (addend > this.most || addend < -this.most / 2) {
        return assembly.field(size, constant(BigInt(addend)));
      }
      const at = sub.reserve(size);
      const data = sub.bytes;
      let rest = addend | 0;
      for (let i = 0; i < size; i++) {
        if (i === 4) rest = Math.floor(addend / 0x100000000) | 0;
        data[at + i] = rest;
        rest >>= 8;
      }
      return;
    }
    if (!plus.isNamed && assembly.machine.syntax.isIntel) assembly.symbols.name(plus);
    if (minus || reference !== undefined) {
      return assembly.field(size, expressionOf(plus, minus, addend, reference));
    }
    const at = sub.reserve(size);
    for (let i = 0; i < size; i++) sub.bytes[at + i] = 0;
    const place = assembly.placeNumber();
    sub.fixups.addSymbol(sub.items.length, at, size | dataBit, plus, addend, place);
  }
}

/** `.uleb128` and `.sleb128` of one value. */
export class LebAction implements Action {
  private readonly plan: ValuePlan;
  private readonly isSigned: boolean;

  constructor(plan: ValuePlan, isSigned: boolean) {
    this.plan = plan;
    this.isSigned = isSigned;
  }

  run({ assembly, value }: ShapeContext, bytes: Uint8Array): boolean {
    const sub = assembly.current;
    const { plan, isSigned } = this;
    if (!sub.section.hasContents || plan.reference !== undefined) return false;
    if (!value.run(plan, bytes)) return false;
    const { plus, minus, addend } = value;
    if (plus) {
      const place = assembly.placeNumber();
      if (addend === 0) sub.items.addLeb(sub.length, plus, minus, isSigned, place);
      else {
        const value = expressionOf(plus, minus, addend, undefined);
        sub.items.add(itemKind.leb, sub.length, value, isSigned ? 1 : 0, place);
      }
    } else if (addend < 0 && !isSigned) {
      emitLeb(assembly, constant(BigInt(addend)), false);
    } else {
      const size = smallLebSize(addend, isSigned);
      const at = sub.reserve(size);
      writeSmallLeb(sub.bytes, at, size, addend);
    }
    return true;
  }
}

const backslash = 92;

/** `.string` and `.ascii` of one string without escapes. */
export class TextAction implements Action {
  private readonly hasZero: boolean;

  constructor(hasZero: boolean) {
    this.hasZero = hasZero;
  }

  run({ assembly, scan }: ShapeContext, bytes: Uint8Array): boolean {
    const sub = assembly.current;
    if (!sub.section.hasContents) return false;
    const start = scan.starts[0] + 1;
    const end = scan.ends[0] - 1;
    for (let p = start; p < end; p++) if (bytes[p] === backslash) return false;
    let at = sub.reserve(end - start + (this.hasZero ? 1 : 0));
    const data = sub.bytes;
    for (let p = start; p < end; p++) data[at++] = bytes[p];
    if (this.hasZero) data[at] = 0;
    return true;
  }
}

const nine = 57;
/** Of the numbers here; they are written in decimal, and fit into 32 bits with a sign. */
const lineMax = 0x7fffffff;

export interface LocationPlan {
  /** Holes: file, line and, where it is not -1, column. */
  readonly file: number;
  readonly line: number;
  readonly column: number;
  /** Holes, or -1. */
  readonly isStatement: number;
  readonly discriminator: number;
  readonly view: number;
  readonly viewKind: 'none' | 'symbol' | 'zero' | 'reset';
  readonly isBasicBlock: boolean;
  readonly isPrologueEnd: boolean;
  readonly isEpilogueBegin: boolean;
}

/** `.loc`. */
export class LocationAction implements Action {
  private readonly plan: LocationPlan;
  private readonly flags: Partial<LocFlags>;

  constructor(plan: LocationPlan) {
    this.plan = plan;
    this.flags = {
      isStatement: undefined,
      isBasicBlock: plan.isBasicBlock ? true : undefined,
      isPrologueEnd: plan.isPrologueEnd ? true : undefined,
      isEpilogueBegin: plan.isEpilogueBegin ? true : undefined,
      discriminator: undefined,
      isa: undefined,
      view: undefined,
    };
  }

  run({ assembly, scan }: ShapeContext, bytes: Uint8Array): boolean {
    const { plan, flags } = this;
    const { values, starts, ends, hashes } = scan;
    for (let i = 0; i < scan.holes; i++) {
      if (i === plan.view) continue;
      const isHexadecimal = ends[i] - starts[i] > 2 && bytes[starts[i] + 1] > nine;
      if (values[i] > lineMax || isHexadecimal) return false;
    }
    if (plan.isStatement >= 0) {
      const state = values[plan.isStatement];
      if (state > 1 || ends[plan.isStatement] - starts[plan.isStatement] !== 1) return false;
      flags.isStatement = state !== 0;
    }
    if (plan.discriminator >= 0) flags.discriminator = values[plan.discriminator] | 0;
    const { view } = plan;
    if (plan.viewKind === 'symbol') {
      flags.view = assembly.symbols.ofBytes(bytes, starts[view], ends[view], hashes[view]);
    } else if (plan.viewKind !== 'none') {
      if (values[view] !== 0 || ends[view] - starts[view] !== 1) return false;
      flags.view = plan.viewKind;
    }
    // Whole numbers: fractions, as V8 takes them to be, would each be an object in the row.
    const column = plan.column < 0 ? undefined : values[plan.column] | 0;
    setLocation(assembly, values[plan.file] | 0, values[plan.line] | 0, column, flags);
    return true;
  }
}

const keyMax = 2 ** 15;

/**
 * Directives of numbers only that come down to one call, which is kept by the numbers: `.cfi_*` that
 * do not depend on the state of the frame, and alignments.
 */
export class ReplayAction implements Action {
  private readonly frames = new Map<number, FrameInstruction>();
  private readonly alignments = new Map<number, SeenAlignment>();

  /** Of up to three numbers that are not large; -1 for others. */
  private key(scan: ShapeScan): number {
    let key = 1;
    for (let i = 0; i < scan.holes; i++) {
      if (scan.values[i] >= keyMax) return -1;
      key = key * keyMax + scan.values[i];
    }
    return scan.holes > 3 ? -1 : key;
  }

  keepFrame(scan: ShapeScan, instruction: FrameInstruction): void {
    const key = this.key(scan);
    if (key >= 0) this.frames.set(key, instruction);
  }

  keepAlignment(scan: ShapeScan, alignment: SeenAlignment): void {
    const key = this.key(scan);
    if (key >= 0) this.alignments.set(key, alignment);
  }

  run({ assembly, scan }: ShapeContext): boolean {
    const key = this.key(scan);
    if (key < 0) return false;
    const frame = this.frames.get(key);
    if (frame) {
      if (!assembly.cfi.entry) return false;
      frameInstruction(assembly, frame);
      return true;
    }
    const alignment = this.alignments.get(key);
    if (!alignment) return false;
    const { bytes, fill, max, width } = alignment;
    emitAlignment(assembly, bytes, fill, max, width);
    return true;
  }
}
