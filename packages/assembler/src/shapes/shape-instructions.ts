// Instructions of a known shape. An encoding depends on the values of operands only by their class
// (`valueClass`), so a shape has a few variants; each is a row of bytes with fields in it, of values
// and of registers that are no part of the shape. Small values that the encoding does not depend on
// need no variants of their own.

import { valueClassOfNumber } from '@ring0/isa';
import type { Encoding } from '@ring0/isa';
import { fixupShape, isKnownAlready, jumpForm } from '../instructions/instructions.ts';
import type { JumpForm } from '../object/items.ts';
import { markLine } from '../debug/lines.ts';
import { NamePool } from '../object/name-index.ts';
import { expressionOf } from './shape-actions.ts';
import type { ShapeScan } from './shape-scan.ts';
import type { RegisterUse } from './shape-template.ts';
import type { Action, ShapeContext } from './shape-actions.ts';
import type { FoundValue, ValuePlan } from './shape-values.ts';
import type { Assembly } from '../object/assembly.ts';

interface Field {
  readonly offset: number;
  readonly size: number;
  /** Which of the plans. */
  readonly value: number;
  readonly isTarget: boolean;
  /** An address or a target: its label becomes a symbol of the object. */
  readonly isPlace: boolean;
  readonly isReadTwice: boolean;
  readonly shape: number;
}

/** Where the number of a register that has a mark in the shape stands. */
interface RegisterPlace {
  readonly register: number;
  readonly offset: number;
  readonly shift: number;
  readonly flip: number;
}

interface Variant {
  /** The classes of the values. */
  readonly key: number;
  /** The bits of the key that need not be the same where both values are small. */
  readonly free: number;
  /** Where its bytes lie. */
  readonly pool: NamePool;
  readonly first: number;
  readonly length: number;
  readonly jump: JumpForm | undefined;
  readonly fields: readonly Field[];
  /** The numbers of the registers that it holds for; -1: for all, by `registers`. */
  readonly only: number;
  readonly registers: readonly RegisterPlace[];
  readonly next: Variant | undefined;
}

/** Where the values of an instruction come from; statements of one pattern share it. */
export interface InstructionPlan {
  /** The operands that have a value, and their plans. */
  readonly operands: readonly number[];
  readonly values: readonly ValuePlan[];
  /** Which of them are written with a name first. */
  readonly named: readonly boolean[];
}

/** The bytes of all variants, side by side: small arrays of their own would be far apart. */
let pool = new NamePool();
const poolMax = 1 << 20;

/** A class takes five bits of a key. */
const classBits = 5;
const classMask = 31;
/** Values from 0 to this are small. */
const smallMax = 127;

export class InstructionAction implements Action {
  private readonly plan: InstructionPlan;
  /** What the registers with a mark are. */
  private readonly uses: readonly RegisterUse[];
  private variants: Variant | undefined;
  private key = -1;
  /** The bits of `key` for small values. */
  private small = 0;

  constructor(plan: InstructionPlan, uses: readonly RegisterUse[]) {
    this.plan = plan;
    this.uses = uses;
  }

  run(context: ShapeContext, bytes: Uint8Array): boolean {
    this.key = -1;
    const { assembly } = context;
    if (!assembly.current.section.hasContents || !this.evaluate(context, bytes)) return false;
    const { key, small } = this;
    for (let variant = this.variants; variant; variant = variant.next) {
      if (((variant.key ^ key) & ~(variant.free & small)) !== 0) continue;
      if (variant.only >= 0 && variant.only !== numbersOf(context.scan)) continue;
      return this.emit(context, variant);
    }
    return false;
  }

  /** Finds the values of all operands and the key of the variant. */
  private evaluate({ value, scan, found }: ShapeContext, bytes: Uint8Array): boolean {
    const plans = this.plan.values;
    let key = 1;
    let small = 0;
    for (let i = 0; i < plans.length; i++) {
      const plan = plans[i];
      if (plan.onlyHole >= 0) {
        const number = plan.constant + plan.onlySign * scan.values[plan.onlyHole];
        const known = valueClassOfNumber(number);
        if (known < 0) return false;
        key = (key << classBits) | known;
        small <<= classBits;
        if (number >= 0 && number <= smallMax) small |= classMask;
        found[i].plus = undefined;
        found[i].minus = undefined;
        found[i].addend = number;
        continue;
      }
      if (!value.run(plan, bytes)) return false;
      const { plus, minus, addend } = value;
      const known = plus || minus ? 0 : valueClassOfNumber(addend);
      if (known < 0) return false;
      key = (key << classBits) | known;
      small <<= classBits;
      found[i].take(value);
    }
    this.key = key;
    this.small = small;
    return true;
  }

  private emit({ assembly, found, scan }: ShapeContext, variant: Variant): boolean {
    const sub = assembly.current;
    const { first, length, fields, registers, jump } = variant;
    if (jump) {
      const { plus, minus, addend } = found[0];
      if (!plus || minus || this.plan.values[0].reference !== undefined) return false;
      if (this.plan.named[0] && isKnownAlready(assembly, plus)) assembly.symbols.name(plus);
      markLine(assembly);
      sub.items.addJump(sub.length, jump, plus, addend, assembly.placeNumber());
      return true;
    }
    for (let i = 0; i < fields.length; i++) {
      const { plus, minus } = found[fields[i].value];
      if (!plus && (minus || fields[i].isTarget)) return false;
    }
    markLine(assembly);
    const start = sub.reserve(length);
    const data = sub.bytes;
    const { bytes } = variant.pool;
    for (let i = 0; i < length; i++) data[start + i] = bytes[first + i];
    for (let i = 0; i < registers.length; i++) {
      const { register, offset, shift, flip } = registers[i];
      data[start + offset] |= (scan.registerNumbers[register] ^ flip) << shift;
    }
    for (let i = 0; i < fields.length; i++) {
      this.field(assembly, found[fields[i].value], fields[i], start);
    }
    return true;
  }

  private field(assembly: Assembly, found: FoundValue, field: Field, start: number): void {
    const sub = assembly.current;
    const { plus, minus, addend } = found;
    const { reference } = this.plan.values[field.value];
    const at = start + field.offset;
    if (!plus) {
      let rest = addend | 0;
      for (let i = 0; i < field.size; i++, rest >>= 8) sub.bytes[at + i] = rest;
      return;
    }
    if (field.isPlace && !plus.isNamed && (field.isReadTwice || isKnownAlready(assembly, plus))) {
      assembly.symbols.name(plus);
    }
    const place = assembly.placeNumber();
    const item = sub.items.length;
    if (!minus && reference === undefined) {
      sub.fixups.addSymbol(item, at, field.shape, plus, addend, place);
    } else {
      const value = expressionOf(plus, minus, addend, reference);
      sub.fixups.addExpression(item, at, field.shape, value, place);
    }
  }

  /** Finds values and key of a statement that was executed otherwise; false where it has none. */
  prepare(context: ShapeContext, bytes: Uint8Array): boolean {
    this.key = -1;
    return this.evaluate(context, bytes);
  }

  /** Keeps what the last statement, which `run` could not do, was encoded as. */
  keep(encoding: Encoding, scan: ShapeScan): void {
    if (this.key < 0 || encoding.warnings !== undefined || encoding.isOfValues) return;
    const { bytes } = encoding;
    const fields: Field[] = [];
    for (const fixup of encoding.fixups) {
      const value = this.plan.operands.indexOf(fixup.operand);
      // The encoder's own field, or one wider than a number holds.
      if (value < 0 || fixup.size > 4) return;
      const { offset, size } = fixup;
      const isTarget = fixup.kind === 'target';
      const shape = fixupShape(encoding, fixup);
      const isPlace = fixup.kind !== 'immediate' && this.plan.named[value];
      const isReadTwice = encoding.isReadTwice === true;
      fields.push({ offset, size, value, isTarget, isPlace, isReadTwice, shape });
    }
    const jump = jumpForm(encoding);
    if (jump && this.plan.values.length !== 1) return;
    if (pool.length > poolMax) pool = new NamePool();
    const first = pool.add(bytes, 0, bytes.length);
    const registers = this.registerPlaces(encoding);
    const only = registers ? -1 : numbersOf(scan);
    for (const { offset, shift } of registers ?? []) pool.bytes[first + offset] &= ~(7 << shift);
    const { key, variants: next } = this;
    const { length } = bytes;
    const places = registers ?? [];
    const free = this.freeBits(encoding);
    this.variants = { key, free, pool, first, length, jump, fields, only, registers: places, next };
  }

  /** The bits of the key for small values that the encoding does not depend on. */
  private freeBits({ valueOperands = -1 }: Encoding): number {
    let free = 0;
    for (const operand of this.plan.operands) {
      free = (free << classBits) | ((valueOperands & (1 << operand)) === 0 ? classMask : 0);
    }
    return free & this.small;
  }

  /** Undefined where one of the marked registers has no field: the encoding is that of it alone. */
  private registerPlaces({ registers = [] }: Encoding): RegisterPlace[] | undefined {
    const places: RegisterPlace[] = [];
    for (const [register, { operand, part }] of this.uses.entries()) {
      const fields = registers.filter((each) => each.operand === operand && each.part === part);
      if (fields.length === 0) return undefined;
      for (const { offset, shift, flip } of fields) places.push({ register, offset, shift, flip });
    }
    return places;
  }
}

/** The numbers of the registers that have a mark, together. */
function numbersOf({ registers, registerNumbers }: ShapeScan): number {
  let numbers = 0;
  for (let i = 0; i < registers; i++) numbers = (numbers << 3) | registerNumbers[i];
  return numbers;
}
