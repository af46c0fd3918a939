// A template: what the parser made of the first statement of a shape, and how its texts and places
// are moved to another statement of that shape. Everything between holes is the same in both, so a
// place is a distance from the end of a hole (or from the start of the statement).

import type { Node, Operand, Sink } from '../syntax/syntax-tree.ts';
import type { Action } from './shape-actions.ts';
import type { ShapeScan } from './shape-scan.ts';

/** One call of the parser. */
export interface Call {
  readonly kind: 'prefix' | 'instruction' | 'directive';
  readonly name: string;
  start: number;
  end: number;
  readonly operands: Operand[];
}

/** A place in a statement: behind hole `hole` (-1: the statement's start) by `delta`. */
interface Offset {
  readonly hole: number;
  readonly delta: number;
}

interface Moved {
  start: number;
  end?: number;
}

interface Move {
  readonly target: Moved;
  readonly start: Offset;
  readonly end: Offset | undefined;
}

interface Refill {
  readonly node: { text: string };
  readonly start: Offset;
  readonly end: Offset;
}

/** Keeps what the parser says while it goes on to whom it is for. */
export class Recorder implements Sink {
  readonly calls: Call[] = [];
  /** Something that a template cannot repeat. */
  isOdd = false;
  private readonly sink: Sink;

  constructor(sink: Sink) {
    this.sink = sink;
  }

  label(name: string, start: number): void {
    this.sink.label(name, start);
  }

  assign(name: string, start: number, isFirstOnly: boolean, value: Node, end: number): void {
    this.isOdd = true;
    this.sink.assign(name, start, isFirstOnly, value, end);
  }

  directive(name: string, start: number, operands: Operand[], end: number): void {
    this.calls.push({ kind: 'directive', name, start, end, operands });
    this.sink.directive(name, start, operands, end);
  }

  prefix(name: string, start: number): void {
    this.calls.push({ kind: 'prefix', name, start, end: start, operands: [] });
    this.sink.prefix(name, start);
  }

  instruction(name: string, start: number, operands: Operand[], end: number): void {
    this.calls.push({ kind: 'instruction', name, start, end, operands });
    this.sink.instruction(name, start, operands, end);
  }
}

const nodeTexts: ReadonlySet<string> = new Set(['number', 'name', 'character', 'string']);

/** Finds the places and texts of a statement's calls. */
class Learner {
  readonly moves: Move[] = [];
  readonly refills: Refill[] = [];
  private readonly scan: ShapeScan;
  private readonly start: number;
  private readonly claimed = new Set<number>();
  isFine = true;

  constructor(scan: ShapeScan, start: number) {
    this.scan = scan;
    this.start = start;
  }

  /** Every hole is the text of a node. */
  get isComplete(): boolean {
    return this.isFine && this.claimed.size === this.scan.holes;
  }

  offset(place: number): Offset {
    const { holes, starts, ends } = this.scan;
    let hole = -1;
    for (let i = 0; i < holes && starts[i] < place; i++) {
      hole = i;
      if (place < ends[i]) this.isFine = false;
    }
    return { hole, delta: place - (hole < 0 ? this.start : ends[hole]) };
  }

  holeAt(place: number): number {
    const { holes, starts } = this.scan;
    for (let i = 0; i < holes; i++) if (starts[i] === place) return i;
    return -1;
  }

  operand(operand: Operand): void {
    this.move(operand);
    for (const value of Object.values(operand)) {
      if (typeof value === 'object' && value !== null) this.node(value);
    }
  }

  move(target: Moved): void {
    const end = target.end === undefined ? undefined : this.offset(target.end);
    this.moves.push({ target, start: this.offset(target.start), end });
  }

  private node(node: Node): void {
    this.move(node);
    if (node.kind === 'binary') {
      this.node(node.left);
      this.node(node.right);
    } else if (node.kind === 'unary') this.node(node.operand);
    else if (nodeTexts.has(node.kind)) this.text(node);
    else this.isFine = false;
  }

  private text(node: Extract<Node, { readonly text: string }>): void {
    const hole = this.holeAt(node.start);
    if (hole < 0) return;
    this.claimed.add(hole);
    const start = this.offset(node.start);
    const end = this.offset(node.start + node.text.length);
    this.refills.push({ node, start, end });
  }
}

/** What a shape stands for. */
export class Template {
  readonly calls: readonly Call[];
  /** The first word in lower case, which may be a macro's name by now. */
  readonly word: string;
  private readonly moves: readonly Move[];
  private readonly refills: readonly Refill[];
  /** Where the statement's last call begins and ends. */
  private readonly startDelta: number;
  private readonly lastEnd: Offset;
  /** How the statement is executed without the parser's trees, where it can be. */
  action: Action | undefined;

  constructor(calls: readonly Call[], learner: Learner, statementStart: number) {
    this.calls = calls;
    this.word = calls[0].name.toLowerCase();
    this.moves = learner.moves;
    this.refills = learner.refills;
    const last = calls[calls.length - 1];
    this.startDelta = last.start - statementStart;
    this.lastEnd = learner.offset(last.end);
  }

  startOf(statement: number): number {
    return statement + this.startDelta;
  }

  endOf(statement: number, scan: ShapeScan): number {
    return place(this.lastEnd, statement, scan);
  }

  /** Moves the calls to the statement that was scanned last; their texts are made anew. */
  adapt(bytes: Uint8Array, statement: number, scan: ShapeScan): void {
    for (const { target, start, end } of this.moves) {
      target.start = place(start, statement, scan);
      if (end) target.end = place(end, statement, scan);
    }
    for (const { node, start, end } of this.refills) {
      const to = place(end, statement, scan);
      let text = '';
      for (let p = place(start, statement, scan); p < to; p++) {
        text += String.fromCharCode(bytes[p]);
      }
      node.text = text;
    }
  }
}

function place({ hole, delta }: Offset, statement: number, scan: ShapeScan): number {
  return (hole < 0 ? statement : scan.ends[hole]) + delta;
}

/** Its value is evaluated later, from the tree that a template would change. */
const keepsTree = /^\.eqv$/i;

/** The template of the statement that was scanned last; undefined where it can have none. */
export function learn(
  recorder: Recorder,
  statement: number,
  scan: ShapeScan,
): { template: Template; holeOf: (node: Node) => number } | undefined {
  const { calls, isOdd } = recorder;
  const last = calls.at(-1);
  if (isOdd || !last || last.kind === 'prefix' || keepsTree.test(last.name)) return undefined;
  if (calls.some((call) => call !== last && call.kind !== 'prefix')) return undefined;
  const learner = new Learner(scan, statement);
  for (const call of calls) {
    learner.move(call);
    for (const operand of call.operands) learner.operand(operand);
  }
  if (!learner.isComplete) return undefined;
  const template = new Template(calls, learner, statement);
  return { template, holeOf: (node) => learner.holeAt(node.start) };
}
