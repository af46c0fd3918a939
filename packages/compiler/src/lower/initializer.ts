// Initialisers of automatic objects. A small one is a run of stores; a large constant one is copied from a read-only
// object; gaps are zeroed first.

import { Access, Op } from '../ir/ops.ts';
import type { Entity, Expression, Initializer, InitializerItem } from '../tree.ts';
import type { Lowering, Place } from './context.ts';
import { wordValue } from './convert.ts';
import { assignable, value } from './expression.ts';
import { storePlace } from './lvalue.ts';
import { alignmentOf, classOf, sizeOf } from './types.ts';

const COPY_LIMIT = 48;

/** Gives the object at a place its initial value. */
export function initializeObject(
  b: Lowering,
  at: Place,
  initializer: Initializer,
  { span }: Entity,
): void {
  const size = sizeOf(at.type);
  const items = initializer.items;
  if (size > COPY_LIMIT && items.length > 4 && items.every(isConstantItem)) {
    const symbol = b.unit.constantObject(initializer, size, alignmentOf(at.type), span);
    b.copyRecord(b.addressOf(at), b.f.symbol(symbol), size);
    return;
  }
  let first = 0;
  if (classOf(at.type) === 'record' && !isCovered(items, size)) {
    zeroObject(b, at, size);
    while (first < items.length && isZeroItem(items[first])) first++;
  }
  for (let i = first; i < items.length; i++) initializeItem(b, at, items[i]);
}

function isZeroItem(item: InitializerItem): boolean {
  return item.value.kind === 'integer' && item.value.value === 0n;
}
/** Whether the items in order leave no byte out. */
function isCovered(items: readonly InitializerItem[], size: number): boolean {
  let end = 0;
  for (const item of items) {
    if (item.offset > end || item.bits || item.value.kind === 'string') return false;
    end = Math.max(end, item.offset + sizeOf(item.type));
  }
  return end >= size;
}
function zeroObject(b: Lowering, at: Place, size: number): void {
  const address = b.addressOf(at);
  if (size > 16) {
    b.make.emit(Op.zero, address, 0, size);
    return;
  }
  const zero = b.const(0);
  let offset = 0;
  for (; offset + 4 <= size; offset += 4) b.storeWord(address, offset, zero, Access.i32);
  if (offset + 2 <= size) {
    b.storeWord(address, offset, zero, Access.u16);
    offset += 2;
  }
  if (offset < size) b.storeWord(address, offset, zero, Access.u8);
}

function initializeItem(b: Lowering, at: Place, item: InitializerItem): void {
  const offset = at.offset + item.offset;
  const source = item.value;
  if (source.kind === 'string') {
    initializeString(b, at.base, offset, source.bytes, sizeOf(item.type));
    return;
  }
  const target: Place = { ...at, offset, bits: item.bits, type: item.type };
  const x = value(b, source);
  if (classOf(item.type) === 'record') {
    b.copyRecord(b.addressOf(target), wordValue(x), sizeOf(item.type));
  } else storePlace(b, target, assignable(b, x, item.type));
}

function initializeString(
  b: Lowering,
  base: number,
  from: number,
  bytes: Uint8Array,
  size: number,
): void {
  const count = Math.min(bytes.length, size);
  let offset = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (; offset + 4 <= count; offset += 4) {
    b.storeWord(base, from + offset, b.const(view.getInt32(offset, true)), Access.i32);
  }
  for (; offset < count; offset++) {
    b.storeWord(base, from + offset, b.const(bytes[offset]), Access.u8);
  }
}

function isConstantItem(item: InitializerItem): boolean {
  if (item.value.kind === 'string') return true;
  return isStaticExpression(item.value) && classOf(item.type) !== 'record';
}
/** Whether a static initialiser may hold the expression. */
function isStaticExpression(outer: Expression): boolean {
  let e = outer;
  for (;;) {
    if (e.kind === 'integer' || e.kind === 'float') return true;
    if (e.kind === 'convert') e = e.operand;
    else if (e.kind === 'address') {
      const lvalue = e.lvalue;
      return lvalue.kind === 'entity' && lvalue.entity.storage === 'static';
    } else return false;
  }
}
