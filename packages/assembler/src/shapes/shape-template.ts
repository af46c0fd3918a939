// A template: what the parser made of the first statement of a shape, and how its texts and places
// are moved to another statement of that shape. Everything between holes is the same in both, so a
// place is a distance from the end of a hole (or from the start of the statement).

import type { Node, Operand, Sink } from '../syntax/syntax-tree.ts';
import type { Action } from './shape-actions.ts';
import type { ShapeScan } from './shape-scan.ts';
import type { HoleOf } from './shape-values.ts';

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

export const registerFields = ['register', 'segment', 'base', 'index'] as const;

/** What a register that has a mark in the shape is in the last call. */
export interface RegisterUse {
  /** Index into the call's operands. */
  readonly operand: number;
  readonly part: (typeof registerFields)[number];
}

interface Renaming {
  readonly target: Operand;
  readonly part: RegisterUse['part'];
  /** Which of the marked registers. */
  readonly register: number;
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
  readonly renamings: Renaming[] = [];
  /** By register: what it is in the call that was looked at last. */
  readonly uses: RegisterUse[] = [];
  private readonly scan: ShapeScan;
  private readonly start: number;
  private readonly bytes: Uint8Array;
  private readonly claimed = new Set<number>();
  isFine = true;

  constructor(scan: ShapeScan, start: number, bytes: Uint8Array) {
    this.scan = scan;
    this.start = start;
    this.bytes = bytes;
  }

  /** Every hole is the text of a node, every marked register one of an operand. */
  get isComplete(): boolean {
    const { holes, registers } = this.scan;
    return this.isFine && this.claimed.size === holes && this.renamings.length === registers;
  }

  offset(place: number): Offset {
    const { ends } = this.scan;
    const hole = holeBefore(this.scan, place);
    if (hole >= 0 && place < ends[hole]) this.isFine = false;
    return { hole, delta: place - (hole < 0 ? this.start : ends[hole]) };
  }

  operand(operand: Operand, index: number): void {
    this.move(operand);
    for (const part of registerFields) this.register(operand, index, part);
    for (const value of Object.values(operand)) {
      if (typeof value === 'object' && value !== null) this.node(value);
    }
  }

  /** The first register of that name in the operand that no other part is, if it has a mark. */
  private register(target: Operand, operand: number, part: RegisterUse['part']): void {
    const image = target[part];
    if (image === '') return;
    const { registers, registerStarts, registerEnds } = this.scan;
    for (let register = 0; register < registers; register++) {
      const [start, end] = [registerStarts[register], registerEnds[register]];
      if (start < target.start || end > target.end || this.uses[register]) continue;
      if (textOf(this.bytes, start, end) !== image) continue;
      this.renamings.push({ target, part, register });
      this.uses[register] = { operand, part };
      return;
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
    const hole = holeAt(this.scan, node.start);
    if (hole < 0) return;
    this.claimed.add(hole);
    const start = this.offset(node.start);
    const end = this.offset(node.start + node.text.length);
    this.refills.push({ node, start, end });
  }
}

/** Makes the calls for another statement of a shape. */
export interface CallSource {
  /** Those of the statement that was scanned last. */
  calls(bytes: Uint8Array, statement: number, scan: ShapeScan): readonly Call[];
}

/** What a shape stands for. */
export class Template {
  /** The first word in lower case, which may be a macro's name by now. */
  readonly word: string;
  readonly source: CallSource;
  /** Where the statement's last call begins, and where it ends: behind a hole or the start. */
  private readonly startDelta: number;
  private readonly endHole: number;
  private readonly endDelta: number;
  /** How the statement is executed without the parser's trees, where it can be. */
  readonly action: Action | undefined;

  /** `calls` are those of the statement that the shape was scanned of. */
  constructor(
    calls: readonly Call[],
    source: CallSource,
    action: Action | undefined,
    { scan, start }: { readonly scan: ShapeScan; readonly start: number },
  ) {
    this.word = calls[0].name.toLowerCase();
    this.source = source;
    this.action = action;
    const last = calls[calls.length - 1];
    this.startDelta = last.start - start;
    this.endHole = holeBefore(scan, last.end);
    this.endDelta = last.end - (this.endHole < 0 ? start : scan.ends[this.endHole]);
  }

  startOf(statement: number): number {
    return statement + this.startDelta;
  }

  endOf(statement: number, scan: ShapeScan): number {
    const { endHole } = this;
    return (endHole < 0 ? statement : scan.ends[endHole]) + this.endDelta;
  }
}

/** The calls that the parser made, moved to where they are wanted. */
class LearnedCalls implements CallSource {
  private readonly list: readonly Call[];
  private readonly moves: readonly Move[];
  private readonly refills: readonly Refill[];
  private readonly renamings: readonly Renaming[];

  constructor(list: readonly Call[], { moves, refills, renamings }: Learner) {
    this.list = list;
    this.moves = moves;
    this.refills = refills;
    this.renamings = renamings;
  }

  calls(bytes: Uint8Array, statement: number, scan: ShapeScan): readonly Call[] {
    for (const { target, start, end } of this.moves) {
      target.start = place(start, statement, scan);
      if (end) target.end = place(end, statement, scan);
    }
    for (const { node, start, end } of this.refills) {
      node.text = textOf(bytes, place(start, statement, scan), place(end, statement, scan));
    }
    for (const { target, part, register } of this.renamings) {
      target[part] = textOf(bytes, scan.registerStarts[register], scan.registerEnds[register]);
    }
    return this.list;
  }
}

/** The last hole that begins before a place, or -1. */
function holeBefore({ holes, starts }: ShapeScan, place: number): number {
  let hole = -1;
  for (let i = 0; i < holes && starts[i] < place; i++) hole = i;
  return hole;
}

/** The hole that begins at a place, or -1. */
export function holeAt({ holes, starts }: ShapeScan, place: number): number {
  for (let i = 0; i < holes; i++) if (starts[i] === place) return i;
  return -1;
}

export function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]);
  return text;
}

function place({ hole, delta }: Offset, statement: number, scan: ShapeScan): number {
  return (hole < 0 ? statement : scan.ends[hole]) + delta;
}

/** What a template is made of. */
export interface Learned {
  readonly calls: readonly Call[];
  readonly source: CallSource;
  readonly uses: readonly RegisterUse[];
  readonly holeOf: HoleOf;
}

/** Its value is evaluated later, from the tree that a template would change. */
const keepsTree = /^\.eqv$/i;

/** Of the statement that was scanned last; undefined where it can have no template. */
export function learn(
  recorder: Recorder,
  statement: number,
  scan: ShapeScan,
  bytes: Uint8Array,
): Learned | undefined {
  const { calls, isOdd } = recorder;
  const last = calls.at(-1);
  if (isOdd || !last || last.kind === 'prefix' || keepsTree.test(last.name)) return undefined;
  if (calls.some((call) => call !== last && call.kind !== 'prefix')) return undefined;
  const learner = new Learner(scan, statement, bytes);
  for (const call of calls) {
    learner.move(call);
    for (const [index, operand] of call.operands.entries()) learner.operand(operand, index);
  }
  learner.offset(last.end);
  if (!learner.isComplete) return undefined;
  const source = new LearnedCalls(calls, learner);
  return { calls, source, uses: learner.uses, holeOf: (node) => holeAt(scan, node.start) };
}
