// Instructions of a known shape. An encoding depends on the values of operands only by their class
// (`valueClass`), so a shape has a few variants; each is a row of bytes with fields in it.

import { valueClassOfNumber } from '@ring0/isa';
import type { Encoding } from '@ring0/isa';
import { fixupShape, isKnownAlready, jumpForm } from '../instructions/instructions.ts';
import type { JumpForm } from '../object/items.ts';
import { markLine } from '../debug/lines.ts';
import { NamePool } from '../object/name-index.ts';
import { expressionOf } from './shape-actions.ts';
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

interface Variant {
  readonly key: number;
  /** Where its bytes lie. */
  readonly pool: NamePool;
  readonly first: number;
  readonly length: number;
  readonly jump: JumpForm | undefined;
  readonly fields: readonly Field[];
  readonly next: Variant | undefined;
}

/** The bytes of all variants, side by side: small arrays of their own would be far apart. */
let pool = new NamePool();
const poolMax = 1 << 20;

const classesMax = 32;

export class InstructionAction implements Action {
  /** The operands that have a value, and their plans. */
  private readonly operands: readonly number[];
  private readonly plans: readonly ValuePlan[];
  /** Which of them are written with a name first. */
  private readonly named: readonly boolean[];
  private variants: Variant | undefined;
  private key = -1;

  constructor(operands: readonly number[], plans: readonly ValuePlan[], named: readonly boolean[]) {
    this.named = named;
    this.operands = operands;
    this.plans = plans;
  }

  run(context: ShapeContext, bytes: Uint8Array): boolean {
    this.key = -1;
    const { assembly } = context;
    if (!assembly.current.section.hasContents || !this.evaluate(context, bytes)) return false;
    const { key } = this;
    for (let variant = this.variants; variant; variant = variant.next) {
      if (variant.key === key) return this.emit(assembly, context.found, variant);
    }
    return false;
  }

  /** Finds the values of all operands and the key of the variant. */
  private evaluate({ value, scan, found }: ShapeContext, bytes: Uint8Array): boolean {
    const { plans } = this;
    let key = 1;
    for (let i = 0; i < plans.length; i++) {
      const plan = plans[i];
      if (plan.onlyHole >= 0) {
        const number = plan.constant + plan.onlySign * scan.values[plan.onlyHole];
        const known = valueClassOfNumber(number);
        if (known < 0) return false;
        key = key * classesMax + known;
        found[i].plus = undefined;
        found[i].minus = undefined;
        found[i].addend = number;
        continue;
      }
      if (!value.run(plan, bytes)) return false;
      const { plus, minus, addend } = value;
      const known = plus || minus ? 0 : valueClassOfNumber(addend);
      if (known < 0) return false;
      key = key * classesMax + known;
      found[i].take(value);
    }
    this.key = key;
    return true;
  }

  private emit(assembly: Assembly, found: readonly FoundValue[], variant: Variant): boolean {
    const sub = assembly.current;
    const { first, length, fields, jump } = variant;
    if (jump) {
      const { plus, minus, addend } = found[0];
      if (!plus || minus || this.plans[0].reference !== undefined) return false;
      if (this.named[0] && isKnownAlready(assembly, plus)) assembly.symbols.name(plus);
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
    for (let i = 0; i < fields.length; i++) {
      this.field(assembly, found[fields[i].value], fields[i], start);
    }
    return true;
  }

  private field(assembly: Assembly, found: FoundValue, field: Field, start: number): void {
    const sub = assembly.current;
    const { plus, minus, addend } = found;
    const { reference } = this.plans[field.value];
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
      sub.fixups.add(item, at, field.shape, plus, addend, place);
    } else {
      const value = expressionOf(plus, minus, addend, reference);
      sub.fixups.add(item, at, field.shape, value, 0, place);
    }
  }

  /** Finds values and key of a statement that was executed otherwise; false where it has none. */
  prepare(context: ShapeContext, bytes: Uint8Array): boolean {
    this.key = -1;
    return this.evaluate(context, bytes);
  }

  /** Keeps what the last statement, which `run` could not do, was encoded as. */
  keep(encoding: Encoding): void {
    if (this.key < 0 || encoding.warnings !== undefined || encoding.isOfValues) return;
    const { bytes } = encoding;
    const fields: Field[] = [];
    for (const fixup of encoding.fixups) {
      const value = this.operands.indexOf(fixup.operand);
      // The encoder's own field, or one wider than a number holds.
      if (value < 0 || fixup.size > 4) return;
      const { offset, size } = fixup;
      const isTarget = fixup.kind === 'target';
      const shape = fixupShape(encoding, fixup);
      const isPlace = fixup.kind !== 'immediate' && this.named[value];
      const isReadTwice = encoding.isReadTwice === true;
      fields.push({ offset, size, value, isTarget, isPlace, isReadTwice, shape });
    }
    const jump = jumpForm(encoding);
    if (jump && this.plans.length !== 1) return;
    if (pool.length > poolMax) pool = new NamePool();
    const first = pool.add(bytes, 0, bytes.length);
    const { key, variants: next } = this;
    this.variants = { key, pool, first, length: bytes.length, jump, fields, next };
  }
}
