// The rows of a section's line table while they are collected, as records in typed arrays: a
// compiler's output with views has a row for every few bytes of code.

import { grownFloat64, grownInt32, grownUint8 } from '../object/grown.ts';
import type { Places } from '../object/places.ts';
import { References } from '../object/references.ts';
import type { Spot, Subsection } from '../object/sections.ts';
import type { AsmSymbol } from '../object/symbols.ts';

/** A label that gets the row's view number; 0 asks for number zero, -0 forces it. */
export type RowView = AsmSymbol | 'zero' | 'reset' | undefined;

/** What `.loc` said, until an instruction makes it a row. */
export interface RowValues {
  file: number;
  line: number;
  column: number;
  isStatement: boolean;
  isBasicBlock: boolean;
  isPrologueEnd: boolean;
  isEpilogueBegin: boolean;
  discriminator: number;
  isa: number;
  view: RowView;
}

const statementBit = 1;
const basicBlockBit = 2;
const prologueEndBit = 4;
const epilogueBeginBit = 8;
const zeroViewBit = 16;
const resetViewBit = 32;

export class LineRows {
  length = 0;
  private files = new Int32Array(16);
  private lines = new Float64Array(16);
  private columns = new Float64Array(16);
  private flags = new Uint8Array(16);
  private discriminators = new Float64Array(16);
  private isas = new Float64Array(16);
  private items = new Int32Array(16);
  private offsets = new Float64Array(16);
  /** By row, a place in `homes`. */
  private homeNumbers = new Int32Array(16);
  private readonly homes: Subsection[] = [];
  /** Where rows were written that ask for view number zero, by their numbers. */
  readonly zeroPlaces = new Map<number, number>();
  /** The labels that get view numbers. */
  readonly views: References;

  constructor(log: Places) {
    this.views = new References(log.referents);
  }

  /** A row for the end of `subsection` as it is now. */
  add(values: RowValues, subsection: Subsection): void {
    const at = this.length++;
    if (at === this.files.length) this.grow();
    this.files[at] = values.file;
    this.lines[at] = values.line;
    this.columns[at] = values.column;
    // Comparing a label with a text takes as long as all else here.
    const { view } = values;
    const isText = typeof view === 'string';
    this.flags[at] =
      (values.isStatement ? statementBit : 0) |
      (values.isBasicBlock ? basicBlockBit : 0) |
      (values.isPrologueEnd ? prologueEndBit : 0) |
      (values.isEpilogueBegin ? epilogueBeginBit : 0) |
      (isText && view === 'zero' ? zeroViewBit : 0) |
      (isText && view === 'reset' ? resetViewBit : 0);
    this.discriminators[at] = values.discriminator;
    this.isas[at] = values.isa;
    this.items[at] = subsection.items.length;
    this.offsets[at] = subsection.length;
    this.homeNumbers[at] = this.homeNumber(subsection);
    this.views.pushSymbol(isText ? undefined : view);
  }

  /** Nearly always the last one. */
  private homeNumber(home: Subsection): number {
    const { homes } = this;
    const last = homes.length - 1;
    if (homes[last] === home) return last;
    const known = homes.indexOf(home);
    return known < 0 ? homes.push(home) - 1 : known;
  }

  /** The row's view number is zero, whatever comes before it. */
  isReset(index: number): boolean {
    return (this.flags[index] & resetViewBit) !== 0;
  }

  private grow(): void {
    this.files = grownInt32(this.files);
    this.lines = grownFloat64(this.lines);
    this.columns = grownFloat64(this.columns);
    this.flags = grownUint8(this.flags);
    this.discriminators = grownFloat64(this.discriminators);
    this.isas = grownFloat64(this.isas);
    this.items = grownInt32(this.items);
    this.offsets = grownFloat64(this.offsets);
    this.homeNumbers = grownInt32(this.homeNumbers);
  }

  /** The row's address in its section, once that is laid out. */
  address(index: number): number {
    const home = this.homes[this.homeNumbers[index]];
    const sizes = home.section.sizesBefore[home.startItem + this.items[index]] ?? 0;
    return home.startOffset + this.offsets[index] + sizes;
  }

  spot(index: number): Spot {
    const subsection = this.homes[this.homeNumbers[index]];
    return { subsection, item: this.items[index], offset: this.offsets[index] };
  }

  /** Copies what `.loc` said. */
  read(index: number, into: RowValues): void {
    const flags = this.flags[index];
    into.file = this.files[index];
    into.line = this.lines[index];
    into.column = this.columns[index];
    into.isStatement = (flags & statementBit) !== 0;
    into.isBasicBlock = (flags & basicBlockBit) !== 0;
    into.isPrologueEnd = (flags & prologueEndBit) !== 0;
    into.isEpilogueBegin = (flags & epilogueBeginBit) !== 0;
    into.discriminator = this.discriminators[index];
    into.isa = this.isas[index];
    into.view =
      (flags & zeroViewBit) !== 0
        ? 'zero'
        : this.isReset(index)
          ? 'reset'
          : this.views.symbol(index);
  }
}

export function blankRow(): RowValues {
  return {
    file: 0,
    line: 0,
    column: 0,
    isStatement: true,
    isBasicBlock: false,
    isPrologueEnd: false,
    isEpilogueBegin: false,
    discriminator: 0,
    isa: 0,
    view: undefined,
  };
}
