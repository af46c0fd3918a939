// A function definition to its SSA form, in which every variable still lies in memory (see passes/promote.ts).

import type { IRFunction } from '../ir/function.ts';
import { Access, Op } from '../ir/ops.ts';
import type { Entity, FunctionDefinition, Label } from '../tree.ts';
import type { FunctionType } from '../types.ts';
import { ArgumentRegisters, isFloatRecord, popsArguments } from './call.ts';
import type { UnitServices } from './context.ts';
import { Lowering } from './context.ts';
import { statement } from './statement.ts';
import { alignmentOf, classOf, sizeOf, stackSize } from './types.ts';

export interface Lowered {
  readonly f: IRFunction;
  /** The blocks that stand for labels whose address is taken. */
  readonly labels: ReadonlyMap<Label, number>;
}

/** Lowers a function; the result passes `verify` and has no unreachable code removed yet. */
export function lowerFunction(definition: FunctionDefinition, unit: UnitServices): Lowered {
  const b = new Lowering(definition, unit);
  const type = definition.entity.type;
  if (type.kind !== 'function') throw new Error(`function of type ${type.kind}`);
  b.f.keepsMemory = definition.isSetjmpCaller;
  b.f.at(definition.span);
  b.start(b.newBlock());
  parameters(b, type);
  statement(b, definition.body);
  b.f.at(definition.end);
  finish(b, type);
  closeDispatch(b);
  for (const entry of b.takenLabels.values()) b.f.blocks[entry].isAddressTaken = true;
  return { f: b.f, labels: b.takenLabels };
}

function parameters(b: Lowering, type: FunctionType): void {
  const registers = new ArgumentRegisters(type);
  let offset = 0;
  if (classOf(type.returns) === 'record') {
    const taken = registers.take(1)?.[0];
    if (taken === undefined) {
      b.resultPointer = b.f.slotAddress(b.f.newSlot('result', 4, 4, 0));
      offset = 4;
      b.f.pops = 4;
    } else b.resultPointer = fromRegister(b, taken, 'result');
  }
  for (const entity of b.definition.parameters)
    offset = parameter(b, entity, registers, offset, type);
  if (popsArguments(type)) b.f.pops = offset;
  b.variadicSlot = b.f.newSlot('...', 0, 4, offset);
}
function fromRegister(b: Lowering, register: number, name: string): number {
  const slot = b.f.slotAddress(b.f.newSlot(name, 4, 4));
  b.storeWord(slot, 0, b.make.emit(Op.regparam, register), Access.i32);
  return slot;
}

function parameter(
  b: Lowering,
  entity: Entity,
  registers: ArgumentRegisters,
  offset: number,
  type: FunctionType,
): number {
  const cls = classOf(entity.type);
  const isFloat = cls === 'float' || (cls === 'record' && isFloatRecord(entity.type));
  const words = stackSize(entity.type) / 4;
  const taken = isFloat || words === 0 ? undefined : registers.take(words, cls === 'record');
  if (taken) {
    const slot = b.f.newSlot(entity.name, words * 4, Math.max(alignmentOf(entity.type), 4));
    b.slots.set(entity, slot);
    const address = b.f.slotAddress(slot);
    const values = taken.map((register) => b.make.emit(Op.regparam, register));
    values.forEach((x, i) => b.storeWord(address, i * 4, x, Access.i32));
    return offset;
  }
  // Without a prototype a float was passed as a double (C11 6.5.2.2p6).
  if (entity.type.kind === 'float' && !type.isPrototyped) {
    const incoming = b.f.slotAddress(b.f.newSlot(entity.name, 8, 4, offset));
    const slot = b.slotOf(entity);
    const passed = b.make.emit(Op.fload, incoming, 0, 1);
    b.make.emit(Op.fstore, b.f.slotAddress(slot), b.make.emit(Op.fround, passed, 0, 0), 0);
    return offset + 8;
  }
  b.slots.set(entity, b.f.newSlot(entity.name, sizeOf(entity.type), 4, offset));
  return offset + stackSize(entity.type);
}

function finish(b: Lowering, type: FunctionType): void {
  const isMain = b.definition.entity.symbol === 'main';
  if (b.resultPointer >= 0) b.end(Op.return, b.loadWord(b.resultPointer, 0, 4), 0, 1);
  else if (isMain && classOf(type.returns) === 'word') b.end(Op.return, b.const(0), 0, 1);
  else b.end(Op.return);
}

function closeDispatch(b: Lowering): void {
  if (b.dispatchBlock < 0) return;
  b.start(b.dispatchBlock);
  const target = b.loadWord(b.f.slotAddress(b.dispatchSlot), 0, 4);
  b.end(Op.indirect, target, b.f.tables.push([...b.takenLabels.values()]) - 1);
}
