// Applies relocations (i386 psABI 1.1, 4.4). Fields hold their addend; all arithmetic is modulo
// 2^32.

import { i386, relocationTable, machine, sectionFlag, symbolType } from '@ring0/elf';
import type { RelocationKind } from '@ring0/elf';
import { indirectTable, relocationsOf } from '../dynamic/allocate.ts';
import type { Dynamic } from '../dynamic/dynamic.ts';
import type { RelocationSink } from '../dynamic/dynamic-relocations.ts';
import { isIndirect } from '../input/binding.ts';
import { rewriteOf } from '../dynamic/got-rewrite.ts';
import { isDebuggingName } from '../layout/output-flags.ts';
import { sectionAddress, symbolAddress } from '../model.ts';
import type { InputSection, LinkSymbol } from '../model.ts';
import { fillerOf, rewriteGotReference } from './rewrite.ts';
import {
  callAddress,
  fieldFilling,
  gotBase,
  slotAddress,
  targetAddress,
} from '../dynamic/run-time.ts';
import { applyTls } from '../dynamic/tls.ts';

/** Debugging information: it may describe the kept copy of what was dropped. */
export const isDebugging = ({ name, flags }: InputSection): boolean =>
  (flags & sectionFlag.alloc) === 0 && isDebuggingName(name);

/** What it says of a function that was dropped does not matter. */
export const mayNameLost = (section: InputSection): boolean =>
  /^\.(eh_frame|gcc_except_table)/.test(section.name) || isDebugging(section);

/** A relocation that could not be applied. */
export interface RelocationProblem {
  readonly kind: 'overflow' | 'unknown' | 'outside' | 'discarded';
  readonly section: InputSection;
  readonly offset: number;
  readonly symbol: LinkSymbol | undefined;
  readonly type: number;
  readonly value: number;
}

export interface RelocationContext {
  readonly dynamic: Dynamic;
  /** Takes what is left to the dynamic linker. */
  readonly sink: RelocationSink;
  /** Start of the TLS segment, and its size rounded to its alignment. */
  readonly tls: { readonly start: number; readonly size: number };
  readonly report: (problem: RelocationProblem) => void;
}

/** Reports the relocation of that number. */
type Report = (kind: RelocationProblem['kind'], index: number, value?: number) => void;

/** By type. */
const kinds: (RelocationKind | undefined)[] = [];
for (const [type, kind] of relocationTable(machine.i386)?.byType ?? []) kinds[type] = kind;

/** Writes the bytes of a section as they go out to `bytes`, which has room for just them. */
export function writeRelocated(
  section: InputSection,
  bytes: Uint8Array,
  context: RelocationContext,
): void {
  putBytes(section, bytes);
  if (section.relocations.length === 0) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { relocations } = section;
  const { dynamic } = context;
  const problem: Report = (kind, i, value = 0) =>
    context.report({ ...relocations.at(i), kind, section, value });
  const isFixed = !dynamic.binding.hasTables;
  const start = sectionAddress(section);
  const table = gotBase(dynamic);
  let skipped = -1;
  for (let i = 0; i < relocations.length; i++) {
    const offset = relocations.offset(i);
    if (offset === skipped) continue;
    let place = offset;
    if (section.edit) {
      const moved = section.edit.locate(place);
      if (!moved || moved.section !== section) continue;
      place = moved.offset;
    }
    const type = relocations.type(i);
    const kind = kinds[type];
    const symbol = relocations.symbol(i);
    if (isFixed && symbol && place + 4 <= bytes.length) {
      // Nine of ten relocations, without a call for each question (12 of 470 ms of busybox).
      const base = distanceBase(type, symbol, start + place, table);
      const target = base < 0 ? undefined : plainTarget(symbol, view.getInt32(place, true));
      if (target !== undefined) {
        view.setInt32(place, (target - base) | 0, true);
        continue;
      }
    }
    if (!kind) {
      problem('unknown', i);
      continue;
    }
    if (type === i386.TLS_DESC_CALL) {
      // It has no field, but the two bytes of the call become others.
      if (place + 2 > bytes.length) problem('outside', i);
      else applyTls({ section, bytes, view, place, type, symbol }, context);
      continue;
    }
    if (kind.size === 0) continue;
    if (place + kind.size > bytes.length) {
      problem('outside', i);
      continue;
    }
    if (kind.formula === 'tls') {
      const next = i + 1 < relocations.length ? relocations.offset(i + 1) : -1;
      const at = { section, bytes, view, place, type, symbol };
      const done = applyTls(at, context);
      if (!done) problem('unknown', i);
      else if (done.skipsNext) {
        skipped = next;
        if (relocations.symbol(i + 1)?.name !== '___tls_get_addr') problem('unknown', i);
      }
      continue;
    }
    applyOne(section, i, kind, place, view, context, problem);
  }
}

/** What a field of that type is counted from; -1: it is not just a symbol's distance. */
function distanceBase(type: number, { needs }: LinkSymbol, field: number, table: number): number {
  if (type === i386[32]) return 0;
  if (type === i386.PC32 || (type === i386.PLT32 && !needs?.plt)) return field;
  return type === i386.GOTOFF ? table : -1;
}

/** S + A of a symbol in a section that goes out; undefined: there is more to ask. */
function plainTarget({ section, type, value }: LinkSymbol, addend: number): number | undefined {
  if (section === undefined || section === 'absolute' || section.kind !== 'input') return undefined;
  const { output, edit } = section;
  if (!output || section.isDiscarded || type === symbolType.gnuIfunc) return undefined;
  if (!edit) return ((output.address + section.outputOffset + value) >>> 0) + addend;
  const moved = type === symbolType.section ? edit.locate(value + addend) : undefined;
  return moved && sectionAddress(moved.section) + moved.offset;
}

/** The bytes of a section, not relocated. */
export function putBytes({ data, size, edit }: InputSection, out: Uint8Array): void {
  const bytes = edit ? edit.bytes() : data;
  out.set(bytes.length > size ? bytes.subarray(0, size) : bytes);
}

function applyOne(
  section: InputSection,
  index: number,
  kind: RelocationKind,
  place: number,
  view: DataView,
  context: RelocationContext,
  problem: Report,
): void {
  const { dynamic } = context;
  const type = section.relocations.type(index);
  const symbol = section.relocations.symbol(index);
  const addend = readField(view, place, kind.size);
  const address = sectionAddress(section) + place;
  const target = resolveTarget(section, symbol, addend, dynamic);
  if (target === undefined) {
    if (!mayNameLost(section)) problem('discarded', index);
    const isList = section.name === '.debug_ranges' || section.name === '.debug_loc';
    writeField(view, place, kind.size, isList && isDebugging(section) ? 1 : 0);
    return;
  }
  let value = target;
  const filling = symbol ? runTimeFilling(section, type, symbol, context) : 'none';
  if (symbol && filling !== 'none') {
    addRunTime(section, type, symbol, filling, address, context);
    if (filling === 'symbol') return;
    if (filling === 'indirect') value = symbolAddress(symbol) + addend;
  }
  switch (kind.formula) {
    case 'S+A':
      break;
    case 'S+A-P':
      value -= address;
      break;
    case 'L+A-P':
      if (symbol) value += callAddress(dynamic, symbol) - targetAddress(dynamic, symbol);
      value -= address;
      break;
    case 'S+A-GOT':
      value -= gotBase(dynamic);
      break;
    case 'GOT+A-P':
      value = gotBase(dynamic) + addend - address;
      break;
    case 'Z+A':
      value = (symbol?.size ?? 0) + addend;
      break;
    case 'G+A': {
      const slot = symbol && bySlot(section, index, symbol, place, view, target, address, dynamic);
      if (slot === 'rewritten') return;
      if (slot === undefined) return problem('unknown', index);
      value = slot + addend;
      break;
    }
    default:
      return problem('unknown', index);
  }
  if (!fits(value, kind)) problem('overflow', index, value);
  writeField(view, place, kind.size, value);
}

/** A reference by way of the global offset table: what the field holds, or it is direct now. */
function bySlot(
  section: InputSection,
  index: number,
  symbol: LinkSymbol,
  place: number,
  view: DataView,
  target: number,
  address: number,
  dynamic: Dynamic,
): number | 'rewritten' {
  const { relocations } = section;
  const base = gotBase(dynamic);
  const offset = relocations.offset(index);
  const type = relocations.type(index);
  const rewrite = rewriteOf(dynamic.binding, section, offset, type, symbol);
  if (rewrite) {
    const filler = fillerOf(symbol.name, dynamic.callFiller);
    rewriteGotReference(view, place, rewrite, target, address, base, filler);
    return 'rewritten';
  }
  const isBaseless = place > 0 && (view.getUint8(place - 1) & 0xc7) === 5;
  return slotAddress(dynamic, symbol) - (isBaseless ? 0 : base);
}

type Filling = ReturnType<typeof fieldFilling>;

/** What the dynamic linker does about a field that holds an address or a distance. */
function runTimeFilling(
  section: InputSection,
  type: number,
  symbol: LinkSymbol,
  { dynamic }: RelocationContext,
): Filling {
  if (type !== i386[32] && type !== i386.PC32 && type !== i386.SIZE32) return 'none';
  if ((section.flags & sectionFlag.alloc) === 0) return 'none';
  if (!dynamic.binding.hasTables && !isIndirect(symbol)) return 'none';
  return fieldFilling(dynamic, symbol, type, (section.flags & sectionFlag.execute) === 0);
}

/** Adds the dynamic relocation; where a symbol is looked up, the field keeps its addend. */
function addRunTime(
  section: InputSection,
  type: number,
  symbol: LinkSymbol,
  filling: Filling,
  address: number,
  { dynamic, sink }: RelocationContext,
): void {
  const table = isIndirect(symbol) ? indirectTable(dynamic) : relocationsOf(dynamic, section);
  if (filling === 'symbol') sink.add(table, address, type, symbol.dynamicIndex, section);
  else {
    const added = filling === 'indirect' ? i386.IRELATIVE : i386.RELATIVE;
    sink.add(table, address, added, 0, section);
  }
}

/** S + A; undefined where what is referred to was dropped. */
function resolveTarget(
  section: InputSection,
  symbol: LinkSymbol | undefined,
  addend: number,
  dynamic: Dynamic,
): number | undefined {
  if (!symbol) return addend;
  const plain = plainTarget(symbol, addend);
  if (plain !== undefined) return plain;
  const place = symbol.section;
  if (place !== undefined && place !== 'absolute' && place.kind !== 'output') {
    if (place.isDiscarded) return keptCopy(section, place, symbol, addend);
    if (symbol.type === symbolType.section && place.edit) {
      const moved = place.edit.locate(symbol.value + addend);
      return moved && sectionAddress(moved.section) + moved.offset;
    }
  }
  return targetAddress(dynamic, symbol) + addend;
}

/** Debugging information of a dropped copy describes the kept one where that has the same size. */
function keptCopy(
  section: InputSection,
  place: InputSection,
  symbol: LinkSymbol,
  addend: number,
): number | undefined {
  const kept = place.keptInstead;
  if (!isDebugging(section) || !kept || kept.isDiscarded || kept.size !== place.size)
    return undefined;
  return sectionAddress(kept) + symbol.value + addend;
}

/** Fields hold signed numbers: one below a name is all ones. */
function readField(view: DataView, place: number, size: number): number {
  if (size === 4) return view.getInt32(place, true);
  return size === 2 ? view.getInt16(place, true) : view.getInt8(place);
}

function writeField(view: DataView, place: number, size: number, value: number): void {
  if (size === 4) view.setUint32(place, value, true);
  else if (size === 2) view.setUint16(place, value, true);
  else view.setUint8(place, value);
}

/**
 * Whether the value fits its field; addresses wrap at 4 GiB first. A field that takes signed and unsigned values takes what
 * an address of its size may wrap to as well, as in GNU ld: 16-bit code jumps so.
 */
function fits(value: number, { size, overflow }: RelocationKind): boolean {
  if (overflow === 'none' || size === 4) return true;
  const wrapped = value | 0;
  const limit = overflow === 'signed' ? 2 ** (size * 8 - 1) : 2 ** (size * 8);
  return wrapped >= -limit && wrapped < limit;
}

/** The range of values that a field takes, for messages. */
export function fieldRange(type: number): string {
  const kind = kinds[type];
  if (!kind) return 'unknown';
  const limit = 2 ** (kind.size * 8 - (kind.overflow === 'signed' ? 1 : 0));
  return `-${limit}..${limit - 1}`;
}

/** The psABI's name of a relocation type. */
export function relocationName(type: number): string {
  return kinds[type]?.name ?? `relocation type ${type}`;
}
