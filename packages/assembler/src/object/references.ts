// What records refer to, as numbers: a column of 32-bit numbers takes half of what pointers take,
// and the collector of garbage need not look at it (SQLite by gcc -g has two million references).

import { grownInt32 } from './grown.ts';
import { NamePool } from './name-index.ts';
import type { Expression } from '../values/expression.ts';
import type { AsmSymbol } from './symbols.ts';
import type { FlexiblePart } from '../watchers/watcher.ts';

/** A symbol, or what few records refer to. */
export type Referent = AsmSymbol | OtherReferent | undefined;
export type OtherReferent = Expression | Uint8Array | FlexiblePart;

const nothing = -1;

/** The number of a place that is not known. */
export const nowhere = -1;

/** Places of what `facts` has of a symbol. */
export const fact = { nameStart: 0, nameEnd: 1, defined: 2, used: 3 } as const;
const factsEach = 4;
export const factsOf = (symbol: number): number => symbol * factsEach;

/** All that records of an assembly refer to. */
export class Referents {
  /** Every symbol, by its number. */
  readonly symbols: AsmSymbol[] = [];
  readonly others: OtherReferent[] = [];
  /**
   * By symbol: where its name lies in `names`, and the places of its definition and first use. Were
   * they fields of half a million objects, the collector of garbage would copy them twice.
   */
  facts: Int32Array<ArrayBuffer> = new Int32Array(16 * factsEach);
  readonly names: NamePool = new NamePool();

  /** Makes room for about that many symbols. */
  expect(count: number): void {
    if (factsOf(count) > this.facts.length) this.facts = grownInt32(this.facts, factsOf(count));
    this.names.expect(count * 16);
  }

  /** Gives a symbol its number. */
  enter(symbol: AsmSymbol, nameStart: number, nameEnd: number): number {
    const number = this.symbols.push(symbol) - 1;
    const at = factsOf(number);
    if (at === this.facts.length) this.facts = grownInt32(this.facts);
    const { facts } = this;
    facts[at + fact.nameStart] = nameStart;
    facts[at + fact.nameEnd] = nameEnd;
    facts[at + fact.defined] = nowhere;
    facts[at + fact.used] = nowhere;
    return number;
  }
}

/** One reference per record. */
export class References {
  /** A symbol's number; below -1 what stands in `others` at -2 less the number. */
  numbers: Int32Array<ArrayBuffer> = new Int32Array(16);
  length = 0;
  private readonly all: Referents;

  constructor(all: Referents) {
    this.all = all;
  }

  pushSymbol(symbol: AsmSymbol | undefined): void {
    this.pushNumber(symbol ? symbol.number : nothing);
  }

  push(value: Referent): void {
    this.pushNumber(this.numberOf(value));
  }

  private pushNumber(number: number): void {
    const at = this.length++;
    if (at === this.numbers.length) this.numbers = grownInt32(this.numbers);
    this.numbers[at] = number;
  }

  private numberOf(value: Referent): number {
    if (!value) return nothing;
    // Of these kinds of objects only a symbol has a number.
    if ('number' in value) return value.number;
    return -1 - this.all.others.push(value);
  }

  set(index: number, value: Referent): void {
    this.numbers[index] = this.numberOf(value);
  }

  /** The symbol of a record; undefined where it refers to nothing or to something else. */
  symbol(index: number): AsmSymbol | undefined {
    const number = this.numbers[index];
    return number < 0 ? undefined : this.all.symbols[number];
  }

  at(index: number): Referent {
    const number = this.numbers[index];
    if (number >= 0) return this.all.symbols[number];
    return number === nothing ? undefined : this.all.others[-2 - number];
  }

  /** What is no symbol. */
  other(index: number): OtherReferent | undefined {
    const number = this.numbers[index];
    return number < nothing ? this.all.others[-2 - number] : undefined;
  }

  /** Appends the reference of a record of the same assembly. */
  copy(from: References, index: number): void {
    this.pushNumber(from.numbers[index]);
  }
}
