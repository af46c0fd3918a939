// Data: each variable as an image of bytes with holes for addresses, then as directives in its section.

import type { Emitter, SectionOptions, Value } from '@ring0/assembler';
import type { Image } from '../ir/unit.ts';
import { alignmentOf, precisionOf, sizeOf } from '../lower/types.ts';
import type { Entity, Expression, Initializer, InitializerItem, Label } from '../tree.ts';
import { CONST, type Type } from '../types.ts';

interface Address {
  readonly plus: string | undefined;
  readonly minus: string | undefined;
  readonly addend: bigint;
}

class ImageBuilder {
  readonly bytes: Uint8Array;
  readonly values = new Map<number, Value>();
  private readonly labelSymbol: (label: Label) => string;
  private readonly view: DataView;

  constructor(size: number, labelSymbol: (label: Label) => string) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.labelSymbol = labelSymbol;
  }

  item(item: InitializerItem, base = 0): void {
    const source = item.value;
    const at = base + item.offset;
    if (source.kind === 'string') {
      const room = Math.min(sizeOf(item.type) || source.bytes.length, this.bytes.length - at);
      this.bytes.fill(0, at, at + room);
      this.bytes.set(source.bytes.subarray(0, room), at);
      return;
    }
    const inner = withoutConversion(source);
    const isLiteral = inner.kind === 'load' && inner.lvalue.kind === 'compound-literal';
    if (isLiteral && inner.lvalue.kind === 'compound-literal') {
      for (const each of inner.lvalue.initializer.items) this.item(each, at);
      return;
    }
    if (source.kind === 'float') {
      this.float(at, source.image, precisionOf(item.type));
      return;
    }
    const address = this.address(source, 0);
    if (address.plus !== undefined || address.minus !== undefined) {
      this.values.set(at, address);
      this.view.setInt32(at, 0, true);
    } else this.integer(at, address.addend, item);
  }

  private integer(at: number, value: bigint, item: InitializerItem): void {
    const size = sizeOf(item.type);
    if (!item.bits) {
      for (let i = 0; i < size; i++) this.bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n);
      for (let i = 0; i < size; i++) this.values.delete(at + i);
      return;
    }
    const { offset, width } = item.bits;
    const mask = ((1n << BigInt(width)) - 1n) << BigInt(offset);
    const field = (value << BigInt(offset)) & mask;
    for (let i = 0; i < (offset + width + 7) >> 3; i++) {
      const shift = BigInt(8 * i);
      const keep = Number((~mask >> shift) & 255n);
      this.bytes[at + i] = (this.bytes[at + i] & keep) | Number((field >> shift) & 255n);
    }
  }
  private float(at: number, image: bigint, precision: number): void {
    const bytes = floatBytes(image, precision);
    this.bytes.set(bytes, at);
  }

  /** An integer or address constant. */
  private address(e: Expression, depth: number): Address {
    const none = { plus: undefined, minus: undefined };
    switch (e.kind) {
      case 'integer':
        return { ...none, addend: e.value };
      case 'float':
        return { ...none, addend: 0n };
      case 'convert':
        return this.address(e.operand, depth + 1);
      case 'label-address':
        return { plus: this.labelSymbol(e.label), minus: undefined, addend: 0n };
      case 'address':
        return this.lvalueAddress(e.lvalue);
      case 'pointer-add': {
        const base = this.address(e.pointer, depth + 1);
        const index = BigInt.asIntN(32, this.address(e.index, depth + 1).addend);
        return { ...base, addend: base.addend + index * BigInt(e.scale) };
      }
      case 'pointer-difference':
      case 'binary': {
        const left = this.address(e.left, depth + 1);
        const right = this.address(e.right, depth + 1);
        const isSum = e.kind === 'binary' && e.operator === 'add';
        if (isSum) {
          return {
            plus: left.plus ?? right.plus,
            minus: left.minus ?? right.minus,
            addend: left.addend + right.addend,
          };
        }
        return { plus: left.plus, minus: right.plus, addend: left.addend - right.addend };
      }
      case 'load':
        if (e.lvalue.kind === 'compound-literal' || e.lvalue.kind === 'entity') {
          return this.lvalueAddress(e.lvalue);
        }
        throw new Error('a static initialiser reads memory');
      default:
        throw new Error(`a static initialiser has a ${e.kind} node`);
    }
  }
  private lvalueAddress(outer: Extract<Expression, { kind: 'address' }>['lvalue']): Address {
    let offset = 0;
    let lvalue = outer;
    while (lvalue.kind === 'member') {
      offset += lvalue.offset;
      lvalue = lvalue.base;
    }
    if (lvalue.kind === 'entity' || lvalue.kind === 'compound-literal') {
      return { plus: lvalue.entity.symbol, minus: undefined, addend: BigInt(offset) };
    }
    if (lvalue.kind === 'deref') {
      const base = this.address(lvalue.pointer, 0);
      return { ...base, addend: base.addend + BigInt(offset) };
    }
    throw new Error('a static initialiser has the address of a temporary');
  }
}
function withoutConversion(e: Expression): Expression {
  let inner = e;
  while (inner.kind === 'convert') inner = inner.operand;
  return inner;
}

/** A floating constant in memory: 4, 8 or 12 bytes. The image is exact in the precision. */
export function floatBytes(image: bigint, precision: number): Uint8Array {
  const bytes = new Uint8Array([4, 8, 12][precision]);
  if (precision === 2) {
    for (let i = 0; i < 10; i++) bytes[i] = Number((image >> BigInt(8 * i)) & 255n);
    return bytes;
  }
  const sign = (image >> 79n) & 1n;
  const exponent = Number((image >> 64n) & 0x7fffn);
  const mantissa = image & ((1n << 64n) - 1n);
  const [width, exponentBits] = precision === 0 ? [23n, 8n] : [52n, 11n];
  const bias = precision === 0 ? 127 : 1023;
  let encoded = sign << (width + exponentBits);
  const maximal = (1n << exponentBits) - 1n;
  if (exponent === 0x7fff) {
    encoded |= (maximal << width) | (((mantissa << 1n) & ((1n << 64n) - 1n)) >> (64n - width));
  } else if (mantissa !== 0n) {
    const biased = exponent - 16383 + bias;
    if (biased > 0) {
      encoded |= (BigInt(biased) << width) | ((mantissa & ~(1n << 63n)) >> (63n - width));
    } else encoded |= mantissa >> (63n - width + BigInt(1 - biased));
  }
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number((encoded >> BigInt(8 * i)) & 255n);
  return bytes;
}

/** The image, of `size` bytes, of an object of static storage. */
export function imageOf(
  initializer: Initializer,
  size: number,
  labelSymbol: (label: Label) => string,
): Image {
  const builder = new ImageBuilder(size, labelSymbol);
  for (const item of initializer.items) builder.item(item);
  return builder;
}
/** Whether every item is the integer 0. */
export function isZero(initializer: Initializer): boolean {
  return initializer.items.every(({ value }) => value.kind === 'integer' && value.value === 0n);
}
/** A flexible array member may make the object longer than its type. */
export function imageSize(initializer: Initializer, size: number): number {
  let end = size;
  for (const item of initializer.items) {
    const own = item.value.kind === 'string' ? item.value.bytes.length : sizeOf(item.type);
    const isFlexible = item.value.kind === 'string' && sizeOf(item.type) > 0;
    end = Math.max(end, item.offset + (isFlexible ? sizeOf(item.type) : item.bits ? 0 : own));
  }
  return end;
}

/** Writes an image as directives. */
export function writeImage(emitter: Emitter, image: Image): void {
  const { bytes, values } = image;
  const places = [...values.keys()].toSorted((a, b) => a - b);
  let at = 0;
  for (const place of places) {
    writeBytes(emitter, bytes.subarray(at, place));
    const value = values.get(place);
    if (value) {
      emitter.data(4, [value]);
    }
    at = place + 4;
  }
  writeBytes(emitter, bytes.subarray(at));
}
const ZERO_RUN = 8;
function writeBytes(emitter: Emitter, bytes: Uint8Array): void {
  let start = 0;
  let i = 0;
  while (i < bytes.length) {
    if (bytes[i] !== 0) {
      i++;
      continue;
    }
    let end = i;
    while (end < bytes.length && bytes[end] === 0) end++;
    const isWhole = end === bytes.length && i === 0;
    if (end - i >= ZERO_RUN || isWhole) {
      if (i > start) emitter.ascii(bytes.slice(start, i));
      emitter.zero(end - i);
      start = end;
    }
    i = end;
  }
  if (start < bytes.length) emitter.ascii(bytes.slice(start));
}

export interface Placement {
  readonly section: string;
  readonly options: SectionOptions | undefined;
}
function isConstant(type: Type): boolean {
  let inner = type;
  while (inner.kind === 'array') {
    if (inner.qualifiers & CONST) return true;
    inner = inner.element;
  }
  return (inner.qualifiers & CONST) !== 0;
}

/** The section of a variable, by its attributes, type and image (undefined: zero). */
export function placementOf(
  entity: Entity,
  image: Image | undefined,
  options: { isMergeable: boolean; ownSection: boolean },
): Placement {
  const isZero = !image || (image.values.size === 0 && image.bytes.every((b) => b === 0));
  const constant = isConstant(entity.type);
  const named = entity.attributes.section;
  if (named !== undefined) return namedPlacement(named, constant);
  const suffix = options.ownSection && entity.symbol !== '' ? `.${entity.symbol}` : '';
  if (entity.attributes.isThreadLocal) {
    const section = isZero ? '.tbss' : '.tdata';
    const type = isZero ? ('nobits' as const) : ('progbits' as const);
    return { section: section + suffix, options: { flags: 'awT', type } };
  }
  if (options.isMergeable) {
    const merged = { flags: 'aMS', type: 'progbits' as const, entrySize: 1 };
    return { section: '.rodata.str1.1', options: merged };
  }
  if (constant) return plain('.rodata', suffix, 'a', 'progbits');
  return isZero ? plain('.bss', suffix, 'aw', 'nobits') : plain('.data', suffix, 'aw', 'progbits');
}
function plain(
  name: string,
  suffix: string,
  flags: string,
  type: 'progbits' | 'nobits',
): Placement {
  const isStandard = suffix === '' && name !== '.rodata';
  if (isStandard || name + suffix === '.rodata')
    return { section: name + suffix, options: undefined };
  return { section: name + suffix, options: { flags, type } };
}
function namedPlacement(section: string, constant: boolean): Placement {
  const isNobits = section === '.bss' || section.startsWith('.bss.');
  const flags = constant ? 'a' : 'aw';
  return { section, options: { flags, type: isNobits ? 'nobits' : 'progbits' } };
}
/** The alignment of a variable: its type's or what an attribute asks; big arrays get no more than that. */
export function variableAlignment(entity: Entity): number {
  return Math.max(alignmentOf(entity.type), entity.attributes.aligned ?? 1);
}
