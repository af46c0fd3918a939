// Lvalues: where an object lies, and reading and writing it, bit-fields included.

import { Op } from '../ir/ops.ts';
import type { Entity, Lvalue } from '../tree.ts';
import { loadField, storeField } from './bit-field.ts';
import type { Lowering, Place, Value } from './context.ts';
import { wordValue } from './convert.ts';
import { value } from './expression.ts';
import { initializeObject } from './initializer.ts';
import { registerNumber } from './registers.ts';
import { isVolatile } from './types.ts';

/** The address of a variable or function. */
export function entityAddress(b: Lowering, entity: Entity): number {
  if (entity.attributes.isThreadLocal) {
    return b.binary(Op.add, b.make.emit(Op.threadBase), b.f.symbol(`${entity.symbol}@NTPOFF`));
  }
  if (entity.kind === 'function' || entity.storage === 'static') return b.f.symbol(entity.symbol);
  return b.addressOfVariable(entity);
}

/** Evaluates what the lvalue needs, and says where it lies. */
export function place(b: Lowering, lvalue: Lvalue): Place {
  switch (lvalue.kind) {
    case 'entity':
      return b.placeAt(entityAddress(b, lvalue.entity), lvalue.type);
    case 'deref':
      return b.placeAt(wordValue(value(b, lvalue.pointer)), lvalue.type);
    case 'member': {
      const base = place(b, lvalue.base);
      return {
        base: base.base,
        offset: base.offset + lvalue.offset,
        isVolatile: base.isVolatile || isVolatile(lvalue.type),
        bits: lvalue.bits,
        type: lvalue.type,
      };
    }
    case 'temporary':
      return b.placeAt(wordValue(value(b, lvalue.value)), lvalue.type);
    default: {
      const at = b.placeAt(entityAddress(b, lvalue.entity), lvalue.entity.type);
      initializeObject(b, at, lvalue.initializer, lvalue.entity);
      return { ...at, type: lvalue.type };
    }
  }
}

/** A variable that lives in a named register all the time: only the stack and frame pointers. */
export function pinnedRegister(lvalue: Lvalue): number {
  if (lvalue.kind !== 'entity' || lvalue.entity.register === undefined) return -1;
  const number = registerNumber(lvalue.entity.register);
  const isGlobal = lvalue.entity.storage === 'static';
  return number === 4 || number === 5 || (isGlobal && number >= 0) ? number : -1;
}

export function loadPlace(b: Lowering, at: Place): Value {
  return at.bits ? loadField(b, at) : b.loadPlain(at);
}
export function loadLvalue(b: Lowering, lvalue: Lvalue): Value {
  const register = pinnedRegister(lvalue);
  if (register >= 0) return b.make.emit(Op.readreg, register);
  return loadPlace(b, place(b, lvalue));
}
/** Stores a value of the place's type; answers it as it reads back. */
export function storePlace(b: Lowering, at: Place, stored: Value): Value {
  if (at.bits) return storeField(b, at, stored);
  b.storePlain(at, stored);
  return stored;
}
