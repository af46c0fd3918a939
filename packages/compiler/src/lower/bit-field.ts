// Bit-fields: reading one is a load and two shifts or a mask, writing one merges it into its neighbours. The access is
// narrowed to a byte or a 16-bit word where the field lies in one; volatile fields keep their declared width.

import { Access, Op, VOLATILE_ACCESS } from '../ir/ops.ts';
import type { Lowering, Pair, Place, Value } from './context.ts';
import { classOf, isBool, isUnsigned, sizeOf } from './types.ts';

interface Container {
  readonly offset: number;
  readonly access: number;
  readonly shift: number;
  readonly width: number;
}

/** The memory access for a field of at most 32 bits in one naturally placed unit; undefined if none holds it. */
function containerOf(place: Place): Container | undefined {
  const bits = place.bits;
  if (!bits) return undefined;
  const flag = place.isVolatile ? VOLATILE_ACCESS : 0;
  const unit = sizeOf(place.type);
  for (const size of [1, 2, 4]) {
    if (place.isVolatile && size < Math.min(unit, 4)) continue;
    const start = Math.floor(bits.offset / (size * 8)) * size;
    if (bits.offset + bits.width <= (start + size) * 8) {
      const access = size === 1 ? Access.u8 : size === 2 ? Access.u16 : Access.i32;
      return {
        offset: place.offset + start,
        access: access | flag,
        shift: bits.offset - start * 8,
        width: bits.width,
      };
    }
  }
  return undefined;
}

/** The field's value, converted to its type. */
export function loadField(b: Lowering, place: Place): Value {
  const unsigned = isUnsigned(place.type);
  const container = containerOf(place);
  if (container) {
    const word = b.loadWord(place.base, container.offset, container.access);
    const value = extractWord(b, word, container.shift, container.width, unsigned);
    return classOf(place.type) === 'pair' ? widened(b, value, unsigned) : value;
  }
  const pair = extractPair(b, loadUnit(b, place), place, unsigned);
  return classOf(place.type) === 'pair' ? pair : pair.lo;
}

function extractWord(
  b: Lowering,
  word: number,
  shift: number,
  width: number,
  unsigned: boolean,
): number {
  if (width === 32) return word;
  if (unsigned) {
    const moved = b.binary(Op.shr, word, b.const(shift));
    return shift + width === 32 ? moved : b.binary(Op.and, moved, b.const((1 << width) - 1));
  }
  if (width === 8 && shift === 0) return b.make.unary(Op.sext8, word);
  if (width === 16 && shift === 0) return b.make.unary(Op.sext16, word);
  const high = b.binary(Op.shl, word, b.const(32 - shift - width));
  return b.binary(Op.sar, high, b.const(32 - width));
}
function widened(b: Lowering, value: number, unsigned: boolean): Pair {
  return { lo: value, hi: unsigned ? b.const(0) : b.binary(Op.sar, value, b.const(31)) };
}

/** The eight bytes from the unit on; only those the field touches are read. */
function loadUnit(b: Lowering, place: Place): Pair {
  const flag = place.isVolatile ? VOLATILE_ACCESS : 0;
  const bits = place.bits;
  const end = bits ? Math.ceil((bits.offset + bits.width) / 8) : 8;
  const lo = b.loadWord(place.base, place.offset, 4 | flag);
  return { lo, hi: loadBytes(b, place, 4, Math.max(end, 5), flag) };
}
function loadBytes(b: Lowering, place: Place, from: number, end: number, flag: number): number {
  if (sizeOf(place.type) === 8 || end - from >= 4) {
    return b.loadWord(place.base, place.offset + from, 4 | flag);
  }
  let value = b.loadWord(place.base, place.offset + from, Access.u8 | flag);
  for (let i = from + 1; i < end; i++) {
    const byte = b.loadWord(place.base, place.offset + i, Access.u8 | flag);
    value = b.binary(Op.or, value, b.binary(Op.shl, byte, b.const((i - from) * 8)));
  }
  return value;
}
function storeBytes(b: Lowering, place: Place, value: number, end: number, flag: number): void {
  if (sizeOf(place.type) === 8 || end >= 8) {
    b.storeWord(place.base, place.offset + 4, value, 4 | flag);
    return;
  }
  for (let i = 4; i < end; i++) {
    const byte = b.binary(Op.shr, value, b.const((i - 4) * 8));
    b.storeWord(place.base, place.offset + i, byte, Access.u8 | flag);
  }
}
function extractPair(b: Lowering, unit: Pair, place: Place, unsigned: boolean): Pair {
  const bits = place.bits ?? { offset: 0, width: 64 };
  const up = 64 - bits.offset - bits.width;
  const high = b.make.pair(Op.shl64, [unit.lo, unit.hi, b.const(up)]);
  const op = unsigned ? Op.shr64 : Op.sar64;
  return b.make.pair(op, [high.lo, high.hi, b.const(64 - bits.width)]);
}

/** Writes the field; answers its value as it reads back. */
export function storeField(b: Lowering, place: Place, value: Value): Value {
  const bits = place.bits ?? { offset: 0, width: 32 };
  const low = typeof value === 'number' ? value : value.lo;
  const unsigned = isUnsigned(place.type);
  const container = containerOf(place);
  if (container) {
    storeWordField(b, place, container, low);
    if (isBool(place.type)) return value;
    const back = bits.width === 32 ? low : extractWord(b, low, 0, bits.width, unsigned);
    return classOf(place.type) === 'pair' ? widened(b, back, unsigned) : back;
  }
  const pair = typeof value === 'number' ? { lo: value, hi: b.const(0) } : value;
  storePairField(b, place, pair);
  const whole = { ...place, bits: { offset: 0, width: bits.width } };
  const result = extractPair(b, pair, whole, unsigned);
  return classOf(place.type) === 'pair' ? result : result.lo;
}

function storeWordField(b: Lowering, place: Place, container: Container, value: number): void {
  const { access, offset, shift, width } = container;
  const size = (access & 15) === Access.u8 ? 8 : (access & 15) === Access.u16 ? 16 : 32;
  if (width === size) {
    b.storeWord(place.base, offset, value, access);
    return;
  }
  const mask = width === 32 ? -1 : (1 << width) - 1;
  const field = b.binary(Op.shl, b.binary(Op.and, value, b.const(mask)), b.const(shift));
  const old = b.loadWord(place.base, offset, access);
  const cleared = b.binary(Op.and, old, b.const(~(mask << shift)));
  b.storeWord(place.base, offset, b.binary(Op.or, cleared, field), access);
}

function storePairField(b: Lowering, place: Place, value: Pair): void {
  const bits = place.bits ?? { offset: 0, width: 64 };
  const flag = place.isVolatile ? VOLATILE_ACCESS : 0;
  const unit = loadUnit(b, place);
  const mask = ((1n << BigInt(bits.width)) - 1n) << BigInt(bits.offset);
  const maskLow = Number(BigInt.asIntN(32, mask));
  const maskHigh = Number(BigInt.asIntN(32, mask >> 32n));
  const moved = b.make.pair(Op.shl64, [value.lo, value.hi, b.const(bits.offset)]);
  const merge = (old: number, add: number, m: number): number =>
    b.binary(Op.or, b.binary(Op.and, old, b.const(~m)), b.binary(Op.and, add, b.const(m)));
  b.storeWord(place.base, place.offset, merge(unit.lo, moved.lo, maskLow), 4 | flag);
  const end = Math.max(Math.ceil((bits.offset + bits.width) / 8), 5);
  storeBytes(b, place, merge(unit.hi, moved.hi, maskHigh), end, flag);
}
