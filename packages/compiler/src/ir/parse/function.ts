// The body of a function in its text form: `slot` lines, then blocks of instructions. Numbers are kept. A function that is
// read obeys the invariants of verify.ts and check.ts; else there are diagnostics, and no function.

import type { Span } from '@ring0/diagnostics';
import { checkClasses, IllTyped } from '../check.ts';
import { IRFunction } from '../function.ts';
import { Unverified, verify } from '../verify.ts';
import { InstructionReader } from './instruction.ts';
import { type Line, LineError, unquoted } from './line.ts';
import { Places } from './places.ts';

/** Values and blocks of all the functions of a unit: columns of such a length are made. */
export interface Budget {
  values: number;
  blocks: number;
}
const SLOT_LIMIT = 1 << 16;
const SLOT_BYTES = 0x3fffffff;

export interface FunctionHeading {
  readonly name: string;
  /** 0: as many as the text has. */
  readonly blocks: number;
  readonly span: Span;
}
export interface FunctionText {
  readonly heading: FunctionHeading;
  readonly lines: readonly Line[];
  readonly budget: Budget;
  readonly spanOf: (line: Line, start?: number, end?: number) => Span;
  readonly report: (message: string, span: Span) => void;
}

class FunctionReader {
  private readonly text: FunctionText;
  private readonly f: IRFunction;
  private readonly places: Places;
  private readonly listed = new Map<number, readonly number[]>();
  private readonly lineOf = new Map<number, Line>();
  private readonly defined = new Set<number>();
  private reader: InstructionReader | undefined;
  private block = -1;
  private isRight = true;

  constructor(text: FunctionText, places: Places) {
    this.text = text;
    this.places = places;
    this.f = new IRFunction(text.heading.name);
  }

  private fail(message: string, span: Span): void {
    this.isRight = false;
    this.text.report(message, span);
  }
  private guarded(line: Line, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.fail(error.message, this.text.spanOf(line, error.start, error.end));
    }
  }

  /** Values and blocks are numbered by the text: what is the greatest of each? */
  private survey(): boolean {
    let values = 0;
    let blocks = this.text.heading.blocks - 1;
    for (const line of this.text.lines) {
      values = Math.max(values, Number(/^\s*%(\d+) *=/.exec(line.text)?.[1] ?? 0));
      blocks = Math.max(blocks, Number(/^b(\d+):/.exec(line.text)?.[1] ?? 0));
    }
    const { budget, heading } = this.text;
    if (blocks < 0 || values > budget.values || blocks > budget.blocks) {
      const tooMany = `%${values} and b${blocks} are too large for what is left of the unit`;
      this.fail(blocks < 0 ? 'a function without blocks' : tooMany, heading.span);
      return false;
    }
    budget.values -= values;
    budget.blocks -= blocks;
    this.f.reserve(values + 1);
    while (this.f.blocks.length <= blocks) this.f.newBlock();
    this.reader = new InstructionReader(this.f, values, blocks);
    return true;
  }

  private slot(line: Line): void {
    const { f } = this;
    const start = line.at;
    const text = line.need(/&(?:\w+|"(?:[^"\\]|\\.)*")\.\d+/y, "a slot ('&name.0')");
    const dot = text.lastIndexOf('.');
    const number = Number(text.slice(dot + 1));
    if (number < f.slots.length) line.fail(`slot ${number} is there already`, start);
    if (number >= SLOT_LIMIT) line.fail(`the last slot is ${SLOT_LIMIT - 1}`, start);
    const name = text.slice(1, dot);
    const plain = name.startsWith('"') ? unquoted(name) : name;
    line.expect(':');
    const size = line.natural('a size', SLOT_BYTES);
    line.expect('align');
    const alignment = line.natural('an alignment', 1 << 20);
    if (alignment < 1 || alignment & (alignment - 1)) line.fail('expected a power of two', start);
    const incoming = line.acceptWord('incoming') ? line.natural('an offset') : undefined;
    const promoted = line.acceptWord('promoted');
    while (f.slots.length < number) f.newSlot('', 0, 1);
    f.newSlot(plain === 't' ? '' : plain, size, alignment, incoming);
    if (promoted) f.slots[number].promoted = true;
  }

  private heading(line: Line): void {
    const { f } = this;
    this.block = line.block(f.blocks.length - 1);
    if (f.blocks[this.block].code.length > 0) line.fail(`b${this.block} is there already`, 0);
    line.expect(':');
    if (line.acceptWord('taken')) f.blocks[this.block].isAddressTaken = true;
    if (!line.acceptWord('from')) return;
    const from: number[] = [];
    while (!line.isEnd) from.push(line.block(f.blocks.length - 1));
    this.listed.set(this.block, from);
  }

  private instruction(line: Line): void {
    const { f, reader } = this;
    if (!reader) return;
    if (this.block < 0) line.fail("an instruction before the first block ('b0:')");
    const own = this.text.spanOf(line);
    const place = /!(?:none|"(?:[^"\\]|\\.)*":\d+:\d+)\s*$/.exec(line.text);
    if (place) this.places.read(place[0]);
    f.at(this.places.current(own));
    const id = reader.read(line, own);
    if (this.defined.has(id)) line.fail(`%${id} is made twice`);
    this.defined.add(id);
    if (!(place && line.at === place.index)) line.end();
    this.lineOf.set(id, line);
    f.blocks[this.block].code.push(id);
  }

  private line(line: Line): void {
    if (line.isEnd) return;
    if (/^b\d/.test(line.text)) this.heading(line);
    else if (line.acceptWord('slot')) this.slot(line);
    else this.instruction(line);
    if (/^b\d/.test(line.text)) line.end();
  }

  /** Predecessors in the order that the text gives; phis get their operands in that order. */
  private connect(): void {
    const { f, text } = this;
    f.computePredecessors();
    if (f.blocks[0].predecessors.length > 0) this.fail('b0 is entered once', text.heading.span);
    for (const [number, from] of this.listed) {
      const found = f.blocks[number].predecessors;
      const isSame = from.length === found.length && found.every((b) => from.includes(b));
      if (isSame) f.blocks[number].predecessors = [...from];
      else {
        const really = found.map((b) => `b${b}`).join(' ') || 'nowhere';
        this.fail(`b${number} is reached from ${really}`, text.heading.span);
      }
    }
    for (const { id, line, operands } of this.reader?.phis ?? []) {
      const home = f.blocks.find((block) => block.code.includes(id));
      const list = f.list(id);
      for (const block of home?.predecessors ?? []) {
        const operand = operands.find((each) => each.block === block);
        if (operand) list.push(operand.value);
        else this.fail(`this phi has no operand for b${block}`, text.spanOf(line));
      }
      if (operands.length > list.length)
        this.fail('this phi has too many operands', text.spanOf(line));
    }
  }

  private check(): void {
    const { f, text } = this;
    try {
      if (f.blocks[0].code.length === 0) throw new Unverified('b0 is empty', 0);
      verify(f);
      checkClasses(f);
    } catch (error) {
      if (!(error instanceof Unverified || error instanceof IllTyped)) throw error;
      const line = this.lineOf.get(error.instruction);
      this.fail(error.message, line ? text.spanOf(line) : text.heading.span);
    }
  }

  read(): IRFunction | undefined {
    if (!this.survey()) return undefined;
    for (const line of this.text.lines) this.guarded(line, () => this.line(line));
    if (this.isRight) this.connect();
    if (this.isRight) this.check();
    return this.isRight ? this.f : undefined;
  }
}

/** Reads a function's body; undefined where it is wrong, which is reported. */
export function readFunction(text: FunctionText, places: Places): IRFunction | undefined {
  return new FunctionReader(text, places).read();
}
