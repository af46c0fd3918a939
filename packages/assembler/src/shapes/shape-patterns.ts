// Operands of a known pattern. Most statements that are no template's differ from one before them
// only by mnemonic and registers (SQLite by gcc -O2: 5,651 shapes, 170 patterns), so that the parser
// need not see them: its trees are made anew from a recipe, with the registers, names and numbers of
// the statement in their places. To parse them all took a tenth of the time of the whole process.

import { hashStep, NameIndex } from '../object/name-index.ts';
import { isRegisterMark } from './shape-registers.ts';
import { holeKind, isBlank } from './shape-scan.ts';
import type { ShapeScan } from './shape-scan.ts';
import { InstructionAction } from './shape-instructions.ts';
import type { InstructionPlan } from './shape-instructions.ts';
import { planInstruction } from './shape-plans.ts';
import { Template, holeAt, registerFields, textOf } from './shape-template.ts';
import type { Call, CallSource, RegisterUse } from './shape-template.ts';
import type { Node, Operand } from '../syntax/syntax-tree.ts';

const percent = 37;
const dot = 46;
/** The marks in a pattern are those of holes and this. */
const registerMark = 5;
const anchorsMax = 32;
const keyMax = 256;
/** Of a text with more the patterns begin anew. */
const patternsMax = 10_000;

/** What stands where in the statement: its holes and registers in order. */
class Anchors {
  readonly key = new Uint8Array(keyMax + 64);
  keyLength = 0;
  keyHash = 0;
  count = 0;
  readonly starts = new Int32Array(anchorsMax + 1);
  readonly ends = new Int32Array(anchorsMax + 1);
  readonly kinds = new Uint8Array(anchorsMax + 1);
  /** Which are registers with a mark in the shape. */
  readonly marked = new Uint8Array(anchorsMax + 1);
  /** The end of the mnemonic, from which what stands before all anchors counts. */
  origin = 0;

  /** False where the statement can have no pattern. */
  find(bytes: Uint8Array, statement: number, scan: ShapeScan): boolean {
    const { shape, length, starts, ends } = scan;
    const word = wordLength(bytes, statement);
    if (word === 0 || (word < length && !isBlank(shape[word])) || length > keyMax) return false;
    this.origin = statement + word;
    this.count = 0;
    this.keyLength = 0;
    this.keyHash = 0;
    let at = word;
    while (at < length && isBlank(shape[at])) at++;
    // In front of a word a mnemonic may be a prefix, and may not be another.
    if (at < length && mayBeginWord(shape[at])) for (let i = 0; i < word; i++) this.put(shape[i]);
    let source = statement + word;
    let hole = 0;
    for (at = word; at < length;) {
      const byte = shape[at];
      if (this.count === anchorsMax) return false;
      if (byte <= holeKind.oddNumber) {
        if (hole === scan.holes) return false;
        this.marked[this.count] = 0;
        this.add(byte, starts[hole], ends[hole]);
        source = ends[hole++];
        at++;
      } else if (byte === percent) {
        const end = registerEnd(bytes, source);
        if (end < 0) return false;
        const isMarked = isRegisterMark(shape[at + 1]);
        this.marked[this.count] = isMarked ? 1 : 0;
        this.add(registerMark, source, end);
        at += isMarked ? 2 : end - source;
        source = end;
      } else {
        this.put(byte);
        source++;
        at++;
      }
    }
    return hole === scan.holes;
  }

  private put(byte: number): void {
    this.key[this.keyLength++] = byte;
    this.keyHash = hashStep(this.keyHash, byte);
  }

  private add(kind: number, start: number, end: number): void {
    this.kinds[this.count] = kind;
    this.starts[this.count] = start;
    this.ends[this.count++] = end;
    this.put(kind);
  }
}

/** Letters and digits and what else a name has, without those that only other lexers take. */
function isWordByte(byte: number): boolean {
  const letter = byte | 32;
  return (letter >= 97 && letter <= 122) || (byte >= 48 && byte <= 57) || byte === 95;
}

/** 0 for a directive. */
function wordLength(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isWordByte(bytes[at]) || bytes[at] === dot) at++;
  return bytes[start] === dot ? 0 : at - start;
}

/** Behind `%eax`; -1 for `%st`, which may have a number behind it, and for what is no plain name. */
function registerEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (isWordByte(bytes[at]) || bytes[at] === dot) at++;
  const isStack =
    at - start === 3 && (bytes[start + 1] | 32) === 115 && (bytes[start + 2] | 32) === 116;
  const isName = at > start + 1 && (bytes[start + 1] | 32) >= 97;
  return isStack || !isName || bytes[at] >= 128 ? -1 : at;
}

function mayBeginWord(byte: number): boolean {
  if (byte === holeKind.number || byte === holeKind.oddNumber) return false;
  const isSign = byte === percent || byte === 36 || (byte >= 40 && byte <= 45);
  return !isSign && !(byte >= 48 && byte <= 57);
}

/** A place: `delta` behind the end of an anchor; -1 is the mnemonic. */
interface Offset {
  readonly anchor: number;
  readonly delta: number;
}

interface NodeRecipe {
  readonly kind: Node['kind'];
  readonly operator: string;
  /** Undefined: the text between the two places. */
  readonly text: string | undefined;
  readonly start: Offset;
  readonly end: Offset;
  readonly first: NodeRecipe | undefined;
  readonly second: NodeRecipe | undefined;
}

interface OperandRecipe {
  readonly like: Operand;
  readonly node: NodeRecipe | undefined;
  readonly scale: NodeRecipe | undefined;
  /** By `registerFields`: the anchor, or -1. */
  readonly registers: readonly number[];
  readonly start: Offset;
  readonly end: Offset;
}

/** What statements that differ in mnemonic, registers, names and numbers have in common. */
export class Pattern implements CallSource {
  readonly operands: readonly OperandRecipe[];
  readonly end: Offset;
  /** Undefined: their statements go through their calls. */
  readonly plan: InstructionPlan | undefined;
  /** By anchor: what a register is. */
  readonly uses: readonly (RegisterUse | undefined)[];
  private readonly owner: Patterns;

  constructor(owner: Patterns, parts: Pick<Pattern, 'operands' | 'end' | 'plan' | 'uses'>) {
    this.owner = owner;
    this.operands = parts.operands;
    this.end = parts.end;
    this.plan = parts.plan;
    this.uses = parts.uses;
  }

  calls(bytes: Uint8Array, statement: number, scan: ShapeScan): readonly Call[] {
    return [this.owner.callAgain(this, bytes, statement, scan)];
  }
}

/** Makes the recipe of a call. */
class Writer {
  private readonly anchors: Anchors;
  private readonly claimed = new Set<number>();
  private readonly uses: (RegisterUse | undefined)[];
  private isFine = true;

  constructor(anchors: Anchors) {
    this.anchors = anchors;
    this.uses = Array.from({ length: anchors.count }, () => undefined);
  }

  pattern(owner: Patterns, call: Call, bytes: Uint8Array, scan: ShapeScan): Pattern | undefined {
    const operands = call.operands.map((operand, at) => this.operand(operand, at, bytes));
    const end = this.offset(call.end);
    if (!this.isFine || this.claimed.size !== this.anchors.count) return undefined;
    const plan = planInstruction(call.operands, (node) => holeAt(scan, node.start), scan.kinds);
    return new Pattern(owner, { operands, end, plan, uses: this.uses });
  }

  private offset(place: number): Offset {
    const { count, starts, ends, origin } = this.anchors;
    let anchor = -1;
    for (let i = 0; i < count && starts[i] < place; i++) {
      anchor = i;
      if (place < ends[i]) this.isFine = false;
    }
    return { anchor, delta: place - (anchor < 0 ? origin : ends[anchor]) };
  }

  private operand(operand: Operand, index: number, bytes: Uint8Array): OperandRecipe {
    const { node, scale, start, end } = operand;
    return {
      like: { ...operand, node: undefined, scale: undefined },
      registers: registerFields.map((part) =>
        this.register(operand, { operand: index, part }, bytes),
      ),
      node: node && this.node(node),
      scale: scale && this.node(scale),
      start: this.offset(start),
      end: this.offset(end),
    };
  }

  /** The first register of that name in the operand that no other field is. */
  private register(operand: Operand, use: RegisterUse, bytes: Uint8Array): number {
    const { start, end } = operand;
    const image = operand[use.part];
    if (image === '') return -1;
    const { count, kinds, starts, ends } = this.anchors;
    for (let i = 0; i < count; i++) {
      const isInside = kinds[i] === registerMark && starts[i] >= start && ends[i] <= end;
      if (!isInside || this.claimed.has(i)) continue;
      if (textOf(bytes, starts[i], ends[i]) !== image) continue;
      this.claimed.add(i);
      this.uses[i] = use;
      return i;
    }
    this.isFine = false;
    return -1;
  }

  private node(node: Node): NodeRecipe {
    const start = this.offset(node.start);
    const blank = { operator: '', text: undefined, first: undefined, second: undefined };
    const { kind } = node;
    if (kind === 'binary') {
      const first = this.node(node.left);
      return {
        ...blank,
        kind,
        operator: node.operator,
        start,
        end: start,
        first,
        second: this.node(node.right),
      };
    }
    if (kind === 'unary') {
      return {
        ...blank,
        kind,
        operator: node.operator,
        start,
        end: start,
        first: this.node(node.operand),
      };
    }
    const hole = this.anchors.starts.subarray(0, this.anchors.count).indexOf(node.start);
    if (hole < 0) return { ...blank, kind, text: node.text, start, end: start };
    if (this.anchors.kinds[hole] === registerMark) this.isFine = false;
    this.claimed.add(hole);
    return { ...blank, kind, start, end: this.offset(node.start + node.text.length) };
  }
}

/** A pattern is learned from what the parser made, and makes the same of other statements. */
export class Patterns {
  private index = new NameIndex();
  private list: Pattern[] = [];
  private readonly anchors = new Anchors();

  /** `call` is all of the statement. */
  learn(call: Call, bytes: Uint8Array, statement: number, scan: ShapeScan): void {
    const { anchors } = this;
    if (call.kind !== 'instruction' || call.start !== statement) return;
    if (call.name.length !== wordLength(bytes, statement)) return;
    if (!anchors.find(bytes, statement, scan)) return;
    const { key, keyLength, keyHash } = anchors;
    if (this.index.find(key, 0, keyLength, keyHash) >= 0) return;
    const pattern = new Writer(anchors).pattern(this, call, bytes, scan);
    if (!pattern) return;
    if (this.list.length >= patternsMax) {
      this.list = [];
      this.index = new NameIndex();
    }
    this.index.add(key, 0, keyLength, keyHash, this.list.push(pattern) - 1);
  }

  /** The pattern of the statement that was scanned; undefined where it has to be parsed. */
  find(bytes: Uint8Array, statement: number, scan: ShapeScan): Pattern | undefined {
    const { anchors, index } = this;
    if (!anchors.find(bytes, statement, scan)) return undefined;
    const number = index.find(anchors.key, 0, anchors.keyLength, anchors.keyHash);
    return number < 0 ? undefined : this.list[number];
  }

  /** What the parser would call for a statement whose shape has the pattern. */
  callAgain(pattern: Pattern, bytes: Uint8Array, statement: number, scan: ShapeScan): Call {
    if (!this.anchors.find(bytes, statement, scan)) throw new Error(`no pattern at ${statement}`);
    return this.call(pattern, bytes, statement);
  }

  /** What the parser would call for the statement that was found last. */
  call(pattern: Pattern, bytes: Uint8Array, statement: number): Call {
    const operands: Operand[] = [];
    for (const recipe of pattern.operands) operands.push(this.operand(recipe, bytes));
    const name = textOf(bytes, statement, statement + wordLength(bytes, statement));
    return { kind: 'instruction', name, start: statement, end: this.place(pattern.end), operands };
  }

  /** A template of the statement that was found last, whose call is `call`. */
  template(pattern: Pattern, call: Call, scan: ShapeScan): Template {
    const { marked, count } = this.anchors;
    const uses: RegisterUse[] = [];
    for (let i = 0; i < count; i++) {
      const use = pattern.uses[i];
      if (marked[i] === 1 && use) uses.push(use);
    }
    const action = pattern.plan && new InstructionAction(pattern.plan, uses);
    return new Template([call], pattern, action, { scan, start: call.start });
  }

  private place({ anchor, delta }: Offset): number {
    const { origin, ends } = this.anchors;
    return (anchor < 0 ? origin : ends[anchor]) + delta;
  }

  private operand({ like, node, scale, registers, start, end }: OperandRecipe, bytes: Uint8Array) {
    const made: Operand = { ...like };
    const { starts, ends } = this.anchors;
    for (let i = 0; i < registers.length; i++) {
      const anchor = registers[i];
      if (anchor >= 0) made[registerFields[i]] = textOf(bytes, starts[anchor], ends[anchor]);
    }
    made.node = node && this.node(node, bytes);
    made.scale = scale && this.node(scale, bytes);
    made.start = this.place(start);
    made.end = this.place(end);
    return made;
  }

  private node(recipe: NodeRecipe, bytes: Uint8Array): Node {
    const { kind, operator, first, second } = recipe;
    const start = this.place(recipe.start);
    if (kind === 'binary') {
      if (!first || !second) throw new Error(`the recipe of '${operator}' lacks an operand`);
      const left = this.node(first, bytes);
      return { kind, operator, left, right: this.node(second, bytes), start };
    }
    if (kind === 'unary') {
      if (!first) throw new Error(`the recipe of '${operator}' lacks its operand`);
      return { kind, operator, operand: this.node(first, bytes), start };
    }
    return { kind, text: recipe.text ?? textOf(bytes, start, this.place(recipe.end)), start };
  }
}
