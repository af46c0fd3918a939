// Where the members of a struct or union lie: the i386 ABI as gcc applies it, with bit-fields,
// packed, aligned and `#pragma pack`. Everything is counted in bits until the end.

import { alignUp } from '@ring0/bytes';
import { alignOf, sizeOf } from '../types.ts';
import type { Member, RecordDefinition, Type } from '../types.ts';

export interface Field {
  readonly name: string | undefined;
  readonly type: Type;
  /** Of a bit-field. */
  readonly width: number | undefined;
  /** `__attribute__((aligned))` or _Alignas on the member, in bytes. */
  readonly aligned: number | undefined;
  readonly isPacked: boolean;
}

export interface LayoutOptions {
  readonly isUnion: boolean;
  readonly isPacked: boolean;
  /** Of the record itself, in bytes. */
  readonly aligned: number | undefined;
  /** `#pragma pack`, in bytes; 0: none. */
  readonly pack: number;
}

/** The unit of `sizeOf(type)` bytes that holds the bits, aligned as far as it can be. */
function unitOffset(type: Type, position: number, width: number): number {
  const size = sizeOf(type);
  for (const step of [size, alignOf(type), 1]) {
    const offset = Math.floor(position / (8 * step)) * step;
    if (position + width <= (offset + size) * 8) return offset;
  }
  return Math.floor(position / 8);
}

interface Placed {
  readonly position: number;
  readonly size: number;
  /** What the field asks of the record, in bits. */
  readonly alignment: number;
}

function placeBits(field: Field, width: number, from: number, options: LayoutOptions): Placed {
  const { pack } = options;
  const isPacked = options.isPacked || field.isPacked;
  const typeAlign = alignOf(field.type) * 8;
  if (width === 0) {
    return { position: alignUp(from, Math.max(typeAlign, 1)), size: 0, alignment: 8 };
  }
  let desired = field.aligned === undefined ? 1 : field.aligned * 8;
  if (pack > 0) desired = Math.min(desired, pack * 8);
  let position = alignUp(from, desired);
  if (!isPacked && pack === 0) {
    const units = Math.ceil(((position % typeAlign) + width) / typeAlign);
    if (units > (sizeOf(field.type) * 8) / typeAlign) position = alignUp(position, typeAlign);
  }
  let alignment = 8;
  if (field.name !== undefined) {
    const own = pack > 0 ? Math.min(typeAlign, pack * 8) : isPacked ? 8 : typeAlign;
    alignment = Math.max(own, desired);
  }
  return { position, size: width, alignment };
}

function placeField(field: Field, from: number, options: LayoutOptions): Placed {
  if (field.width !== undefined) return placeBits(field, field.width, from, options);
  const isPacked = options.isPacked || field.isPacked;
  let alignment = isPacked ? 8 : alignOf(field.type) * 8;
  if (field.aligned !== undefined) alignment = Math.max(alignment, field.aligned * 8);
  if (options.pack > 0) alignment = Math.min(alignment, options.pack * 8);
  return { position: alignUp(from, alignment), size: sizeOf(field.type) * 8, alignment };
}

/** Lays out `fields` into `record`, which becomes complete. */
export function layOut(
  record: RecordDefinition,
  fields: readonly Field[],
  options: LayoutOptions,
): void {
  const members: Member[] = [];
  let alignment = 8;
  let end = 0;
  let next = 0;
  for (const field of fields) {
    const placed = placeField(field, options.isUnion ? 0 : next, options);
    alignment = Math.max(alignment, placed.alignment);
    next = placed.position + placed.size;
    end = Math.max(end, next);
    const { name, type, width } = field;
    if (width === undefined) members.push({ name, type, offset: placed.position / 8 });
    else if (width > 0) {
      const offset = unitOffset(type, placed.position, width);
      const bits = { offset: placed.position - offset * 8, width };
      members.push({ name, type, offset, bits });
    }
  }
  if (options.aligned !== undefined) alignment = Math.max(alignment, options.aligned * 8);
  record.members = members;
  record.alignment = alignment / 8;
  record.size = alignUp(Math.ceil(end / 8), record.alignment);
  record.isComplete = true;
}

/** What a name finds in a record: the members to pass through, anonymous ones included. */
export interface MemberPath {
  readonly path: readonly Member[];
}

export function findMember(record: RecordDefinition, name: string): MemberPath | undefined {
  for (const member of record.members) {
    if (member.name === name) return { path: [member] };
    const { type } = member;
    if (member.name !== undefined || (type.kind !== 'struct' && type.kind !== 'union')) continue;
    const inner = findMember(type.record, name);
    if (inner) return { path: [member, ...inner.path] };
  }
  return undefined;
}
