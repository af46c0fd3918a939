// Statements to blocks.

import { Op } from '../ir/ops.ts';
import type { Label, Statement } from '../tree.ts';
import { asmStatement } from './asm.ts';
import { condition } from './condition.ts';
import type { Lowering } from './context.ts';
import { pairValue, wordValue } from './convert.ts';
import { value } from './expression.ts';
import { initializeObject } from './initializer.ts';
import { switchStatement } from './switch.ts';
import { classOf, sizeOf } from './types.ts';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** Lowers statements in order. */
export function statements(b: Lowering, body: readonly Statement[]): void {
  for (const each of body) statement(b, each);
}

/** Lowers one statement. */
export function statement(b: Lowering, s: Statement): void {
  b.f.at(s.span);
  switch (s.kind) {
    case 'expression':
      value(b, s.expression);
      break;
    case 'block':
      statements(b, s.body);
      break;
    case 'declare':
      declare(b, s);
      break;
    case 'if':
      ifStatement(b, s);
      break;
    case 'while':
    case 'do':
    case 'for':
      loop(b, s);
      break;
    case 'switch':
      switchStatement(b, s);
      break;
    case 'label':
      label(b, s);
      break;
    case 'return':
      returnStatement(b, s);
      break;
    case 'asm':
      asmStatement(b, s);
      break;
    case 'empty':
      break;
    default:
      jumpStatement(b, s);
  }
}

function jumpStatement(
  b: Lowering,
  s:
    | Of<'goto'>
    | Of<'computed-goto'>
    | Extract<Statement, { kind: 'break' | 'continue' | 'empty' }>,
): void {
  switch (s.kind) {
    case 'goto':
      b.jump(labelBlock(b, s.label));
      break;
    case 'computed-goto':
      computedGoto(b, s);
      break;
    case 'break':
      b.jump(b.breaks[b.breaks.length - 1]);
      break;
    case 'continue':
      b.jump(b.continues[b.continues.length - 1]);
      break;
    default:
  }
}

function declare(b: Lowering, s: Of<'declare'>): void {
  if (s.entity.storage === 'static') return;
  const address = b.addressOfVariable(s.entity);
  const { entity, initializer } = s;
  if (initializer) initializeObject(b, b.placeAt(address, entity.type), initializer, entity);
}

/** `else if` chains are walked in a loop. */
function ifStatement(b: Lowering, outer: Of<'if'>): void {
  const join = b.newBlock();
  let s: Statement | undefined = outer;
  while (s && s.kind === 'if') {
    b.f.at(s.span);
    const yes = b.newBlock();
    const no: number = s.otherwise ? b.newBlock() : join;
    condition(b, s.condition, yes, no);
    b.start(yes);
    statement(b, s.then);
    b.jump(join);
    if (s.otherwise) b.start(no);
    s = s.otherwise;
  }
  if (s) {
    statement(b, s);
    b.jump(join);
  }
  b.start(join);
}

function loop(b: Lowering, s: Of<'while'> | Of<'do'> | Of<'for'>): void {
  const [body, test, done] = [b.newBlock(), b.newBlock(), b.newBlock()];
  const step = s.kind === 'for' && s.step ? b.newBlock() : test;
  if (s.kind === 'for') statements(b, s.initial);
  b.jump(s.kind === 'do' ? body : test);
  b.breaks.push(done);
  b.continues.push(step);
  b.start(body);
  statement(b, s.body);
  b.breaks.pop();
  b.continues.pop();
  b.jump(step);
  if (s.kind === 'for' && s.step) {
    b.start(step);
    b.f.at(s.step.span);
    value(b, s.step);
    b.jump(test);
  }
  b.start(test);
  if (s.condition) {
    b.f.at(s.condition.span);
    condition(b, s.condition, body, done);
  } else b.jump(body);
  b.start(done);
}

/** The block of a label. */
export function labelBlock(b: Lowering, target: Label): number {
  const found = b.labels.get(target);
  if (found !== undefined) return found;
  const block = b.newBlock();
  b.labels.set(target, block);
  return block;
}
/** The block that a computed goto enters for a label: the label's only such predecessor. */
export function labelEntry(b: Lowering, target: Label): number {
  const found = b.takenLabels.get(target);
  if (found !== undefined) return found;
  const entry = b.newBlock();
  b.f.blocks[entry].code.push(b.f.make(Op.jump, labelBlock(b, target)));
  b.takenLabels.set(target, entry);
  return entry;
}
function label(b: Lowering, outer: Of<'label'>): void {
  let s: Statement = outer;
  while (s.kind === 'label') {
    const block = labelBlock(b, s.label);
    if (s.label.isAddressTaken) labelEntry(b, s.label);
    b.jump(block);
    b.start(block);
    s = s.body;
  }
  statement(b, s);
}

/** All computed gotos of a function meet in one block, so that a label has one such predecessor. */
function computedGoto(b: Lowering, s: Of<'computed-goto'>): void {
  if (b.dispatchBlock < 0) {
    b.dispatchBlock = b.newBlock();
    b.dispatchSlot = b.f.newSlot('', 4, 4);
  }
  const target = wordValue(value(b, s.target));
  b.storeWord(b.f.slotAddress(b.dispatchSlot), 0, target, 4);
  b.jump(b.dispatchBlock);
}

function returnStatement(b: Lowering, s: Of<'return'>): void {
  const e = s.value;
  const type = b.definition.entity.type;
  const returned = type.kind === 'function' ? type.returns : type;
  if (!e || classOf(returned) === 'void') {
    if (e) value(b, e);
    if (b.resultPointer >= 0) b.end(Op.return, b.loadWord(b.resultPointer, 0, 4), 0, 1);
    else b.end(Op.return);
    return;
  }
  const x = value(b, e);
  b.f.at(s.span);
  switch (classOf(returned)) {
    case 'pair': {
      const pair = pairValue(x);
      b.end(Op.return, pair.lo, pair.hi, 2);
      break;
    }
    case 'float':
      b.end(Op.return, x as number, 0, 3);
      break;
    case 'record': {
      const to = b.loadWord(b.resultPointer, 0, 4);
      b.copyRecord(to, wordValue(x), sizeOf(returned));
      b.end(Op.return, to, 0, 1);
      break;
    }
    default:
      b.end(Op.return, wordValue(x), 0, 1);
  }
}
