// The parts of a subsection whose size is settled later: jumps, alignments, `.org`, spaces, LEB128.
// Their records lie in typed arrays, one entry each, since a compiler's output has a hundred
// thousand of them; the objects of `Item` are how the less frequent callers write one.

import { grownFloat64, grownInt32, grownUint8 } from './grown.ts';
import { symbolValue, zero } from '../values/expression.ts';
import type { Expression, Linear } from '../values/expression.ts';
import type { Places } from './places.ts';
import { References } from './references.ts';
import type { Referent } from './references.ts';
import type { Where } from './sections.ts';
import type { AsmSymbol } from './symbols.ts';

export const itemKind = { align: 0, jump: 1, org: 2, space: 3, leb: 4, flexible: 5 } as const;

interface ItemBase {
  /** Bytes of the subsection before it. */
  readonly position: number;
  readonly where: Where;
}

export interface AlignItem extends ItemBase {
  readonly kind: 'align';
  readonly alignment: number;
  /** 0: no limit. */
  readonly max: number;
  /** Undefined: nops. */
  readonly fill: Uint8Array | undefined;
}

/** The two forms of a jump that may be short. */
export interface JumpForm {
  readonly short: Uint8Array;
  readonly long: Uint8Array;
  readonly longSize: 2 | 4;
}

export interface JumpItem extends ItemBase {
  readonly kind: 'jump';
  readonly form: JumpForm;
  readonly target: Linear;
}

export interface OrgItem extends ItemBase {
  readonly kind: 'org';
  readonly target: Expression;
  readonly fill: number;
}

export interface SpaceItem extends ItemBase {
  readonly kind: 'space';
  readonly count: Expression;
  /** A byte, or the low four of the `width` bytes of each unit; -n: no-operations of up to n. */
  readonly fill: number;
  readonly width?: number | undefined;
}

export interface LebItem extends ItemBase {
  readonly kind: 'leb';
  readonly value: Expression;
  readonly isSigned: boolean;
}

export type Item = AlignItem | JumpItem | OrgItem | SpaceItem | LebItem;

export class Items {
  length = 0;
  kinds: Uint8Array<ArrayBuffer> = new Uint8Array(16);
  /** Bytes of the subsection, from layout on of the section, before each. */
  positions: Float64Array<ArrayBuffer> = new Float64Array(16);
  /** In bytes; during relaxation the present estimate. */
  sizes: Float64Array<ArrayBuffer> = new Float64Array(16);
  /** A jump's addend, an alignment, the byte of a space, 1 for a signed LEB128. */
  numbers: Float64Array<ArrayBuffer> = new Float64Array(16);
  /**
   * An alignment's limit, the width of a space's units; a jump's place in `forms`; of a LEB128 number
   * that is the distance of two labels the symbol that is subtracted, else -1.
   */
  details: Int32Array<ArrayBuffer> = new Int32Array(16);
  places: Int32Array<ArrayBuffer> = new Int32Array(16);
  /** From layout on: the value of a LEB128 item where a number holds it, else NaN. */
  values: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** A symbol plus `numbers`, or an expression; the bytes of a fill. */
  readonly references: References;
  private readonly forms: JumpForm[] = [];
  private readonly log: Places;

  constructor(log: Places) {
    this.log = log;
    this.references = new References(log.referents);
  }

  /** Adds a record and returns its index. */
  add(kind: number, position: number, reference: Referent, number: number, place: number): number {
    this.references.push(reference);
    return this.record(kind, position, number, place);
  }

  /** All of a record but its reference. */
  private record(kind: number, position: number, number: number, place: number): number {
    const at = this.length++;
    if (at === this.kinds.length) this.grow();
    this.kinds[at] = kind;
    this.positions[at] = position;
    this.numbers[at] = number;
    this.places[at] = place;
    this.details[at] = kind === itemKind.leb ? -1 : 0;
    return at;
  }

  /** A jump to `target` plus `addend`. */
  addJump(
    position: number,
    form: JumpForm,
    target: AsmSymbol,
    addend: number,
    place: number,
  ): void {
    this.references.pushSymbol(target);
    const at = this.record(itemKind.jump, position, addend, place);
    this.details[at] = this.forms.push(form) - 1;
  }

  /** The two forms of a jump. */
  form(index: number): JumpForm {
    return this.forms[this.details[index]];
  }

  /** A LEB128 number: a symbol's value, less that of `minus` where it is given. */
  addLeb(
    position: number,
    plus: AsmSymbol,
    minus: AsmSymbol | undefined,
    isSigned: boolean,
    place: number,
  ): void {
    this.references.pushSymbol(plus);
    const at = this.record(itemKind.leb, position, isSigned ? 1 : 0, place);
    if (minus) this.details[at] = minus.number;
  }

  /** The symbol that is subtracted in a LEB128 number. */
  minus(index: number): AsmSymbol | undefined {
    const number = this.details[index];
    return number < 0 ? undefined : this.log.referents.symbols[number];
  }

  private grow(): void {
    this.kinds = grownUint8(this.kinds);
    this.positions = grownFloat64(this.positions);
    this.sizes = grownFloat64(this.sizes);
    this.numbers = grownFloat64(this.numbers);
    this.details = grownInt32(this.details);
    this.places = grownInt32(this.places);
  }

  push(item: Item): void {
    const place = this.log.of(item.where);
    const { position } = item;
    switch (item.kind) {
      case 'align': {
        const at = this.add(itemKind.align, position, item.fill, item.alignment, place);
        this.details[at] = item.max;
        return;
      }
      case 'jump': {
        const { plus, minus, addend, reference } = item.target;
        const isPlain = plus !== undefined && !minus && reference === undefined;
        const number = Number(addend);
        if (isPlain && Number.isSafeInteger(number)) {
          return this.addJump(position, item.form, plus, number, place);
        }
        const at = this.add(itemKind.jump, position, item.target, 0, place);
        this.details[at] = this.forms.push(item.form) - 1;
        return;
      }
      case 'org':
        this.add(itemKind.org, position, item.target, item.fill, place);
        return;
      case 'space': {
        // First the number: the arrays may have to grow.
        const at = this.add(itemKind.space, position, item.count, item.fill, place);
        this.details[at] = item.width ?? 1;
        return;
      }
      case 'leb':
        this.add(itemKind.leb, position, item.value, item.isSigned ? 1 : 0, place);
    }
  }

  /** What an item that is no alignment refers to. */
  expression(index: number): Expression {
    const symbol = this.references.symbol(index);
    if (symbol) {
      const value = symbolValue(symbol, BigInt(this.addend(index)));
      const minus = this.kinds[index] === itemKind.leb ? this.minus(index) : undefined;
      return minus ? { ...value, minus } : value;
    }
    const other = this.references.other(index);
    return other && 'kind' in other ? other : zero;
  }

  private addend(index: number): number {
    return this.kinds[index] === itemKind.jump ? this.numbers[index] : 0;
  }

  where(index: number): Where {
    return this.log.where(this.places[index]);
  }

  /** Appends all of `other`, whose positions move by `shift`. */
  append(other: Items, shift: number): void {
    for (let i = 0; i < other.length; i++) {
      this.references.copy(other.references, i);
      const kind = other.kinds[i];
      const position = other.positions[i] + shift;
      const at = this.record(kind, position, other.numbers[i], other.places[i]);
      const isJump = kind === itemKind.jump;
      this.details[at] = isJump ? this.forms.push(other.form(i)) - 1 : other.details[i];
    }
  }
}
