// Fields of the fixed bytes that wait for a value, as records in typed arrays. Most stand for a
// symbol and a number; for these no object is made.

import { grownFloat64, grownInt32 } from './grown.ts';
import { symbolValue, zero } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import type { Places } from './places.ts';
import { References } from './references.ts';
import type { Where } from './sections.ts';
import type { AsmSymbol } from './symbols.ts';

/** A field of the fixed bytes that waits for its value. */
export interface FieldFixup {
  /** How many items of the subsection stand before it. */
  readonly item: number;
  /** Bytes of the subsection before it, without those of items. */
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly value: Expression;
  readonly isRelative: boolean;
  /** Signed fields take -2^(n-1)..2^(n-1)-1, the others up to 2^n-1. */
  readonly isSigned: boolean;
  /** For a relative field: bytes from its start to where the processor counts from. */
  readonly tail: number;
  /** From the start of the instruction, which R_386_GOTPC counts from. */
  readonly instructionOffset: number;
  /** `mov foo@GOT(%reg), %reg` and the like: R_386_GOT32X. */
  readonly isRelaxableGot: boolean;
  /** Such an instruction has a REX prefix. */
  readonly hasRex?: boolean;
  /** The displacement of a memory operand, for which GNU as makes R_386_GOTOFF against sections. */
  readonly isDisplacement: boolean;
  /** Data directives warn where an instruction is refused. */
  readonly isData: boolean;
  readonly where: Where;
}

/** What is known of a field but its place and value, in one number. */
export function fieldShape(
  fixup: Pick<
    FieldFixup,
    | 'size'
    | 'isRelative'
    | 'isSigned'
    | 'isRelaxableGot'
    | 'hasRex'
    | 'isDisplacement'
    | 'isData'
    | 'tail'
    | 'instructionOffset'
  >,
): number {
  return (
    fixup.size |
    (fixup.isRelative ? relativeBit : 0) |
    (fixup.isSigned ? signedBit : 0) |
    (fixup.isRelaxableGot ? relaxableGotBit : 0) |
    (fixup.isDisplacement ? displacementBit : 0) |
    (fixup.hasRex ? rexBit : 0) |
    (fixup.isData ? dataBit : 0) |
    (fixup.tail << tailShift) |
    (fixup.instructionOffset << instructionShift)
  );
}

export const sizeMask = 15;
export const relativeBit = 16;
export const signedBit = 32;
export const relaxableGotBit = 64;
export const dataBit = 128;
export const displacementBit = 1 << 24;
export const rexBit = 1 << 25;
export const tailShift = 8;
export const instructionShift = 16;

export class Fixups {
  length = 0;
  items: Int32Array<ArrayBuffer> = new Int32Array(16);
  offsets: Int32Array<ArrayBuffer> = new Int32Array(16);
  shapes: Int32Array<ArrayBuffer> = new Int32Array(16);
  addends: Float64Array<ArrayBuffer> = new Float64Array(16);
  places: Int32Array<ArrayBuffer> = new Int32Array(16);
  /** A symbol, to which the addend comes; or an expression that says all. */
  readonly values: References;
  private readonly log: Places;

  constructor(log: Places) {
    this.log = log;
    this.values = new References(log.referents);
  }

  /** Adds a field that holds a symbol and a number. */
  addSymbol(
    item: number,
    offset: number,
    shape: number,
    symbol: AsmSymbol,
    addend: number,
    place: number,
  ): void {
    this.values.pushSymbol(symbol);
    this.record(item, offset, shape, addend, place);
  }

  addExpression(
    item: number,
    offset: number,
    shape: number,
    value: Expression,
    place: number,
  ): void {
    this.values.push(value);
    this.record(item, offset, shape, 0, place);
  }

  private record(item: number, offset: number, shape: number, addend: number, place: number): void {
    const at = this.length++;
    if (at === this.items.length) this.grow();
    this.items[at] = item;
    this.offsets[at] = offset;
    this.shapes[at] = shape;
    this.addends[at] = addend;
    this.places[at] = place;
  }

  private grow(): void {
    this.items = grownInt32(this.items);
    this.offsets = grownInt32(this.offsets);
    this.shapes = grownInt32(this.shapes);
    this.addends = grownFloat64(this.addends);
    this.places = grownInt32(this.places);
  }

  /** Adds a field of a data directive, or of what the assembler writes itself. */
  addData(
    item: number,
    offset: number,
    size: 1 | 2 | 4 | 8,
    value: Expression,
    where: Where,
    isRelative = false,
  ): void {
    const shape = size | dataBit | (isRelative ? relativeBit : 0);
    this.addValue(offset, item, shape, value, where);
  }

  /** Adds a field whose value is an expression. */
  addValue(offset: number, item: number, shape: number, value: Expression, where: Where): void {
    const place = this.log.of(where);
    const isPlain =
      value.kind === 'linear' && value.plus && !value.minus && value.reference === undefined;
    const addend = isPlain ? Number(value.addend) : 0;
    if (isPlain && value.plus && Number.isSafeInteger(addend)) {
      this.addSymbol(item, offset, shape, value.plus, addend, place);
    } else this.addExpression(item, offset, shape, value, place);
  }

  /** The value of a field as an expression. */
  value(index: number): Expression {
    const symbol = this.values.symbol(index);
    if (symbol) return symbolValue(symbol, BigInt(this.addends[index]));
    const other = this.values.other(index);
    return other && 'kind' in other ? other : zero;
  }
}
