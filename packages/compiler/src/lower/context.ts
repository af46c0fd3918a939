// The state of lowering one function: the current block, where variables lie, what `break` means. Values are node numbers;
// a 64-bit value is a pair of them; a record's value is the address of memory that holds it.

import { alignUp } from '@ring0/bytes';
import type { Span } from '@ring0/diagnostics';
import { IRFunction } from '../ir/function.ts';
import { Maker } from '../ir/maker.ts';
import { ACCESS_MASK, Op, opEffect, TERMINATOR, VOLATILE_ACCESS } from '../ir/ops.ts';
import type { Entity, FunctionDefinition, Initializer, Label } from '../tree.ts';
import { alignOf, type BitField, type Type } from '../types.ts';
import { accessOf, alignmentOf, classOf, isVolatile, precisionOf, sizeOf } from './types.ts';

export interface Pair {
  readonly lo: number;
  readonly hi: number;
}
export type Value = number | Pair;

/** A resolved lvalue. */
export interface Place {
  readonly base: number;
  readonly offset: number;
  readonly isVolatile: boolean;
  readonly bits: BitField | undefined;
  readonly type: Type;
}

/** What lowering needs of the unit. */
export interface UnitServices {
  /** A read-only object with the initialiser's value; answers its symbol. `span`: who wants it. */
  constantObject(initializer: Initializer, size: number, alignment: number, span: Span): string;
  /** Whether functions may be merged, values promoted: every level but 0. */
  readonly isOptimizing: boolean;
  readonly isForSize: boolean;
  /** Alignment of the stack at calls, in bytes. */
  readonly stackBoundary: number;
  report(code: string, span: Span, message: string): void;
}

export class Lowering {
  readonly f: IRFunction;
  readonly make: Maker;
  readonly unit: UnitServices;
  readonly definition: FunctionDefinition;
  readonly slots = new Map<Entity, number>();
  readonly labels = new Map<Label, number>();
  readonly breaks: number[] = [];
  readonly continues: number[] = [];
  block = 0;
  /** Incoming hidden pointer, for functions that return records. */
  resultPointer = -1;
  /** The first byte after the named arguments, for va_start. */
  variadicSlot = -1;
  /** The entry blocks of labels whose address is taken; one block dispatches to them. */
  readonly takenLabels = new Map<Label, number>();
  dispatchBlock = -1;
  dispatchSlot = -1;

  constructor(definition: FunctionDefinition, unit: UnitServices) {
    this.definition = definition;
    this.unit = unit;
    this.f = new IRFunction(definition.entity.symbol);
    this.make = new Maker(this.f);
  }

  const(value: number): number {
    return this.f.const(value);
  }
  binary(op: number, a: number, b: number): number {
    return this.make.binary(op, a, b);
  }

  // --- blocks

  newBlock(): number {
    return this.f.newBlock();
  }
  start(block: number): void {
    this.block = block;
    this.make.code = this.f.blocks[block].code;
  }
  private isEnded(): boolean {
    const code = this.make.code;
    return code.length > 0 && (opEffect[this.f.op[code[code.length - 1]]] & TERMINATOR) !== 0;
  }
  /** Ends the block; what follows until `start` is unreachable. */
  end(op: number, a = 0, b = 0, c = 0): void {
    this.endWith(this.f.make(op, a, b, c));
  }
  endWith(id: number): void {
    if (!this.isEnded()) this.make.code.push(id);
    this.start(this.newBlock());
  }
  jump(block: number): void {
    this.end(Op.jump, block);
  }
  branch(value: number, then: number, otherwise: number): void {
    const f = this.f;
    if (f.isConst(value)) this.jump(f.a[value] ? then : otherwise);
    else this.end(Op.branch, value, then, otherwise);
  }

  // --- memory

  newSlot(name: string, type: Type, aligned = 0): number {
    return this.f.newSlot(name, Math.max(sizeOf(type), 1), Math.max(alignmentOf(type), aligned));
  }
  slotOf(entity: Entity): number {
    const found = this.slots.get(entity);
    if (found !== undefined) return found;
    const wanted = this.wantedAlignment(entity);
    const { aligned } = entity.attributes;
    const slot =
      wanted > this.unit.stackBoundary
        ? this.f.newSlot(entity.name, sizeOf(entity.type) + wanted - 4, 4)
        : this.newSlot(entity.name, entity.type, aligned);
    this.slots.set(entity, slot);
    return slot;
  }
  /** What the program asks for, not what is merely good. */
  private wantedAlignment({ attributes, type }: Entity): number {
    return Math.max(attributes.aligned ?? 0, alignOf(type));
  }
  /** The address of an automatic variable; within a larger slot where the frame is aligned to less. */
  addressOfVariable(entity: Entity): number {
    const slot = this.slotOf(entity);
    const address = this.f.slotAddress(slot);
    const wanted = this.wantedAlignment(entity);
    // Parameters lie where they were passed.
    const isRoomy = this.f.slots[slot].size >= sizeOf(entity.type) + wanted - 4;
    if (wanted <= this.unit.stackBoundary || !isRoomy) return address;
    const beyond = this.binary(Op.add, address, this.const(wanted - 1));
    return this.binary(Op.and, beyond, this.const(-wanted));
  }
  temporary(type: Type): Place {
    const cls = classOf(type);
    const size = cls === 'float' ? 12 : Math.max(alignUp(sizeOf(type), 4), 4);
    const slot = this.f.newSlot('', size, Math.max(alignmentOf(type), 4));
    return this.placeAt(this.f.slotAddress(slot), type);
  }
  placeAt(base: number, type: Type, offset = 0): Place {
    return { base, offset, isVolatile: isVolatile(type), bits: undefined, type };
  }
  addressOf(place: Place): number {
    return this.binary(Op.add, place.base, this.const(place.offset));
  }

  loadWord(base: number, offset: number, access: number): number {
    return this.make.emit(Op.load, this.binary(Op.add, base, this.const(offset)), 0, access);
  }
  storeWord(base: number, offset: number, value: number, access: number): void {
    const address = this.binary(Op.add, base, this.const(offset));
    this.make.emit(Op.store, address, this.withoutExtension(value, access & ACCESS_MASK), access);
  }
  /** What a narrow store would cut off anyway need not be made. */
  private withoutExtension(value: number, access: number): number {
    const f = this.f;
    const op = f.op[value];
    const is8 = op === Op.sext8 || op === Op.zext8;
    const is16 = op === Op.sext16 || op === Op.zext16;
    if (access <= 1 && (is8 || is16)) return this.withoutExtension(f.a[value], access);
    if (access <= 3 && access > 1 && is16) return this.withoutExtension(f.a[value], access);
    return value;
  }

  /** The value at a place that is no bit-field. */
  loadPlain(place: Place): Value {
    const flag = place.isVolatile ? VOLATILE_ACCESS : 0;
    switch (classOf(place.type)) {
      case 'word':
        return this.loadWord(place.base, place.offset, accessOf(place.type) | flag);
      case 'pair':
        return {
          lo: this.loadWord(place.base, place.offset, 4 | flag),
          hi: this.loadWord(place.base, place.offset + 4, 4 | flag),
        };
      case 'float':
        return this.make.emit(Op.fload, this.addressOf(place), 0, precisionOf(place.type) | flag);
      default:
        return this.addressOf(place);
    }
  }
  storePlain(place: Place, value: Value): void {
    const flag = place.isVolatile ? VOLATILE_ACCESS : 0;
    if (typeof value !== 'number') {
      this.storeWord(place.base, place.offset, value.lo, 4 | flag);
      this.storeWord(place.base, place.offset + 4, value.hi, 4 | flag);
      return;
    }
    switch (classOf(place.type)) {
      case 'word':
        this.storeWord(place.base, place.offset, value, accessOf(place.type) | flag);
        break;
      case 'float':
        this.make.emit(Op.fstore, this.addressOf(place), value, precisionOf(place.type) | flag);
        break;
      case 'record':
        this.copyRecord(this.addressOf(place), value, sizeOf(place.type));
        break;
      default:
    }
  }
  copyRecord(to: number, from: number, size: number): void {
    if (size > 0 && to !== from) this.make.emit(Op.copy, to, from, size);
  }
  /** A floating temporary keeps all 80 bits. */
  storeTemporary(place: Place, value: Value): void {
    if (classOf(place.type) === 'float') {
      this.make.emit(Op.fstore, place.base, value as number, 2);
    } else if (classOf(place.type) === 'record') this.storeWord(place.base, 0, value as number, 4);
    else this.storePlain(place, value);
  }
  loadTemporary(place: Place): Value {
    if (classOf(place.type) === 'float') return this.make.emit(Op.fload, place.base, 0, 2);
    if (classOf(place.type) === 'record') return this.loadWord(place.base, 0, 4);
    return this.loadPlain(place);
  }
}
