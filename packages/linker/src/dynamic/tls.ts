// Applies thread-local relocations: by the models that the code was compiled for, or, where the
// output is a program, by simpler ones that the linker changes the code to ("ELF Handling For
// Thread-Local Storage", 4 and 5). The local-exec forms are in rewrite.ts.

import { i386, sectionFlag } from '@ring0/elf';
import { isDynamic } from '../input/binding.ts';
import type { Dynamic } from './dynamic.ts';
import type { RelocationSink } from './dynamic-relocations.ts';
import { writeDescriptor } from './finish-tables.ts';
import { addressOf } from '../layout/linker-sections.ts';
import { relocationsOf } from './allocate.ts';
import { sectionAddress } from '../model.ts';
import type { InputSection, LinkSymbol } from '../model.ts';
import { slotKind } from './needs.ts';
import { generalStart, rewriteTls } from '../output/rewrite.ts';
import { gotBase, targetAddress, threadIndex } from './run-time.ts';

export interface TlsPlace {
  readonly section: InputSection;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Of the field, in `bytes`. */
  readonly place: number;
  readonly type: number;
  readonly symbol: LinkSymbol | undefined;
}

export interface TlsContext {
  readonly dynamic: Dynamic;
  readonly sink: RelocationSink;
  readonly tls: { readonly start: number; readonly size: number };
}

const done = { skipsNext: false };

/** Undefined where the instruction is none that the ABI allows. */
export function applyTls(at: TlsPlace, context: TlsContext): { skipsNext: boolean } | undefined {
  const { dynamic, tls } = context;
  const { section, bytes, view, place, type, symbol } = at;
  const isDebug = (section.flags & sectionFlag.alloc) === 0;
  const value = symbol ? targetAddress(dynamic, symbol) : 0;
  const isProgram = dynamic.binding.kind !== 'shared';
  const isData = (section.flags & sectionFlag.execute) === 0;
  if (type === i386.TLS_DTPOFF32 || (type === i386.TLS_LDO_32 && (!isProgram || isData))) {
    view.setUint32(place, view.getInt32(place, true) + value - tls.start, true);
    return done;
  }
  const isSettled = isProgram && !(symbol && isDynamic(symbol));
  const isLocalExec = type === i386.TLS_LE || type === i386.TLS_LE_32;
  if (isSettled || (isProgram && (type === i386.TLS_LDM || type === i386.TLS_LDO_32))) {
    if (type === i386.TLS_GOTDESC || type === i386.TLS_DESC_CALL) {
      return descriptorToLocal(at, value - tls.start - tls.size) ? done : undefined;
    }
    return rewriteTls(bytes, view, place, type, value, tls, isDebug);
  }
  if (isLocalExec) return localExec(at, context, value, isProgram);
  if (type === i386.TLS_LDM) {
    const slot = addressOf(dynamic.sections.got) + dynamic.moduleSlot;
    view.setUint32(place, view.getInt32(place, true) + slot - gotBase(dynamic), true);
    return done;
  }
  return symbol ? bySlot(at, symbol, context) : undefined;
}

/** In a shared object the dynamic linker finishes what needs static TLS. */
function localExec(
  { section, view, place, type, symbol, bytes }: TlsPlace,
  { dynamic, sink, tls }: TlsContext,
  value: number,
  isProgram: boolean,
): { skipsNext: boolean } | undefined {
  if (isProgram) return rewriteTls(bytes, view, place, type, value, tls, false);
  const index = symbol ? threadIndex(symbol) : 0;
  const dynamicType = type === i386.TLS_LE_32 ? i386.TLS_TPOFF32 : i386.TLS_TPOFF;
  const table = relocationsOf(dynamic, section);
  sink.add(table, sectionAddress(section) + place, dynamicType, index, section);
  const offset = index === 0 ? value - tls.start : 0;
  const addend = view.getInt32(place, true);
  view.setUint32(place, addend + (type === i386.TLS_LE_32 ? -offset : offset), true);
  return done;
}

/** Through a slot of .got, perhaps by a simpler model than the code asks for. */
function bySlot(
  at: TlsPlace,
  symbol: LinkSymbol,
  { dynamic, sink, tls }: TlsContext,
): { skipsNext: boolean } | undefined {
  const { view, place, type, section } = at;
  const needs = dynamic.needs.get(symbol);
  if (!needs) return undefined;
  const slots = needs.slots;
  const base = gotBase(dynamic);
  const usesIe = (slots & slotKind.ie) !== 0;
  const slot = addressOf(dynamic.sections.got) + needs.gotAt;
  const isBoth = slots === slotKind.ieBoth;
  const put = (value: number): typeof done => {
    view.setUint32(place, view.getInt32(place, true) + value, true);
    return done;
  };
  switch (type) {
    case i386.TLS_IE_32:
      return put(slot - base);
    case i386.TLS_GOTIE:
      return put(slot - base + (isBoth ? 4 : 0));
    case i386.TLS_IE:
      if (dynamic.binding.kind !== 'executable') {
        const table = relocationsOf(dynamic, section);
        sink.add(table, sectionAddress(section) + place, i386.RELATIVE, 0, section);
      }
      return put(slot + (isBoth ? 4 : 0));
    case i386.TLS_GD:
      if (!usesIe) return put(slot - base);
      return generalToInitial(at, slot - base, slots) ? { skipsNext: true } : undefined;
    case i386.TLS_GOTDESC:
      if (usesIe) {
        return descriptorToInitial(at, slot - base + (isBoth ? 4 : 0)) ? done : undefined;
      }
      writeDescriptor(dynamic, symbol, needs, tls.start);
      return put(addressOf(dynamic.sections.gotPlt) + needs.descriptorAt - base);
    case i386.TLS_DESC_CALL:
      if (usesIe) callToInitial(at, slots);
      return done;
    default:
      return undefined;
  }
}

/** `lea x@tlsgd.., %eax; call ___tls_get_addr` becomes `mov %gs:0, %eax; sub x@gottpoff.., %eax`. */
function generalToInitial({ bytes, view, place }: TlsPlace, slot: number, slots: number): boolean {
  const start = generalStart(bytes, place);
  if (start === undefined) return false;
  const register = start === place - 3 ? (bytes[place - 1] >> 3) & 7 : bytes[place - 1] & 7;
  const usesAdd = slots === slotKind.iePositive;
  bytes.set([0x65, 0xa1, 0, 0, 0, 0, usesAdd ? 0x03 : 0x2b, 0x80 | register], start);
  view.setUint32(start + 8, slot, true);
  return true;
}

/** `lea x@tlsdesc(%reg), %eax` becomes `mov x@gotntpoff(%reg), %eax`. */
function descriptorToInitial({ bytes, view, place }: TlsPlace, slot: number): boolean {
  if (bytes[place - 2] !== 0x8d) return false;
  bytes[place - 2] = 0x8b;
  view.setUint32(place, slot, true);
  return true;
}

/** `call *x@tlscall(%eax)` becomes a no-op, or `neg %eax` where the slot has the other sign. */
function callToInitial({ bytes, place }: TlsPlace, slots: number): void {
  const isPositive = slots === slotKind.iePositive || slots === slotKind.ieBoth;
  bytes.set(isPositive ? [0x66, 0x90] : [0xf7, 0xd8], place);
}

/** The descriptor's two instructions become `lea x@ntpoff, %eax` and a no-op. */
function descriptorToLocal({ bytes, view, place, type }: TlsPlace, offset: number): boolean {
  if (type === i386.TLS_DESC_CALL) {
    bytes.set([0x66, 0x90], place);
    return true;
  }
  if (bytes[place - 2] !== 0x8d) return false;
  bytes[place - 1] ^= 0x86;
  view.setUint32(place, offset, true);
  return true;
}
