// Fills .plt, .got and their companions, once addresses are known, and adds the relocations that
// the dynamic linker then resolves them by.

import { i386, symbolBinding } from '@ring0/elf';
import { isPic } from '../input/binding.ts';
import { isHidden } from '../input/shared-symbols.ts';
import type { Dynamic } from './dynamic.ts';
import type { RelocationSink } from './dynamic-relocations.ts';
import { addressOf } from '../layout/linker-sections.ts';
import { symbolAddress } from '../model.ts';
import type { InputSection, LinkSymbol } from '../model.ts';
import { slotKind } from './needs.ts';
import type { Needs } from './needs.ts';
import { pltShape, writeEntry } from './plt.ts';
import {
  gotBase,
  isNowhere,
  isOwnStub,
  pltSlot,
  slotFilling,
  targetAddress,
  threadIndex,
} from './run-time.ts';

const viewOf = ({ data }: InputSection): DataView =>
  new DataView(data.buffer, data.byteOffset, data.byteLength);

/** Fills all; `tlsStart` is where the TLS segment begins. */
export function finishTables(dynamic: Dynamic, sink: RelocationSink, tlsStart: number): void {
  const { sections, binding } = dynamic;
  if (sections.gotPlt.size >= 12 && binding.hasTables) {
    viewOf(sections.gotPlt).setUint32(0, addressOf(sections.dynamic), true);
  }
  writeHead(dynamic);
  for (const [symbol, needs] of inWritingOrder(dynamic)) {
    if (needs.pltGotAt >= 0 || needs.pltAt >= 0) writePlt(dynamic, symbol, needs);
    if (needs.gotAt >= 0) writeSlot(dynamic, symbol, needs, sink, tlsStart);
    if (needs.isCopied) copyRelocation(dynamic, symbol, sink);
  }
  if (dynamic.moduleSlot >= 0) {
    const slot = addressOf(sections.got) + dynamic.moduleSlot;
    sink.add(sections.relGot, slot, i386.TLS_DTPMOD32);
  }
}

/**
 * What has slots or stubs. Which get their relocations first, seen where a script leaves them
 * unsorted: those of local symbols and thread-local ones as code refers to them, then those that no
 * other module sees, then the others.
 */
function inWritingOrder(dynamic: Dynamic): (readonly [LinkSymbol, Needs])[] {
  const { needs, binding } = dynamic;
  const rank = (symbol: LinkSymbol, { slots }: Needs): number => {
    const isThread = slots !== slotKind.normal && slots !== 0;
    if (isThread || symbol.binding === symbolBinding.local) return 0;
    const isHere = symbol.isForcedLocal || (isPic(binding) && isHidden(symbol));
    return isHere || slotFilling(dynamic, symbol) === 'relative' ? 1 : 2;
  };
  const ranked: { readonly row: readonly [LinkSymbol, Needs]; readonly rank: number }[] = [];
  for (const row of needs) {
    const { pltAt, pltGotAt, gotAt, isCopied } = row[1];
    const isWritten = pltAt >= 0 || pltGotAt >= 0 || gotAt >= 0 || isCopied;
    if (isWritten) ranked.push({ row, rank: rank(...row) });
  }
  ranked.sort((a, b) => a.rank - b.rank || (a.rank && a.row[1].gotAt - b.row[1].gotAt));
  return ranked.map(({ row }) => row);
}

function writeHead(dynamic: Dynamic): void {
  const { sections } = dynamic;
  if (sections.plt.size === 0) return;
  const view = viewOf(sections.plt);
  const { head } = pltShape(dynamic);
  writeEntry(view, 0, head, { slot: gotBase(dynamic) + 4 });
  if (!isPic(dynamic.binding)) view.setUint32(8, gotBase(dynamic) + 8, true);
}

function writePlt(dynamic: Dynamic, symbol: LinkSymbol, needs: Needs): void {
  const { sections, binding } = dynamic;
  const shape = pltShape(dynamic);
  const inCode = (slot: number): number => (isPic(binding) ? slot - gotBase(dynamic) : slot);
  if (needs.pltGotAt >= 0) {
    const slot = addressOf(sections.got) + needs.gotAt;
    writeEntry(viewOf(sections.pltGot), needs.pltGotAt, shape.slotEntry, { slot: inCode(slot) });
    return;
  }
  if (!binding.hasTables) {
    writeStub(dynamic, symbol, needs);
    return;
  }
  if (isNowhere(symbol)) return;
  const { relPlt, plt, gotPlt, pltSec } = sections;
  const slot = pltSlot(dynamic, needs.pltIndex);
  const index = needs.relocationIndex;
  const isResolved = index >= 0;
  writeEntry(viewOf(plt), needs.pltAt, shape.entry, {
    slot: inCode(slot),
    relocation: isResolved ? index * 8 : undefined,
    fromHead: isResolved ? needs.pltAt : undefined,
  });
  if (needs.pltSecAt >= 0) {
    writeEntry(viewOf(pltSec), needs.pltSecAt, shape.second, { slot: inCode(slot) });
  }
  const isStub = isOwnStub(dynamic, symbol);
  const lazy = addressOf(plt) + needs.pltAt + shape.entry.lazy;
  const content = isStub ? symbolAddress(symbol) : lazy;
  // A weak reference that is zero for good is never called.
  if (!isResolved) return;
  viewOf(gotPlt).setUint32(slot - addressOf(gotPlt), content, true);
  const view = viewOf(relPlt);
  view.setUint32(index * 8, slot, true);
  const info = isStub ? i386.IRELATIVE : symbol.dynamicIndex * 256 + i386.JUMP_SLOT;
  view.setUint32(index * 8 + 4, info, true);
}

/** In a static program: a stub, its slot, and the relocation that the start code resolves. */
function writeStub(dynamic: Dynamic, symbol: LinkSymbol, needs: Needs): void {
  const { iplt, igotPlt, relIplt } = dynamic.sections;
  const slot = addressOf(igotPlt) + needs.pltIndex * 4;
  writeEntry(viewOf(iplt), needs.pltAt, pltShape(dynamic).slotEntry, { slot });
  viewOf(igotPlt).setUint32(needs.pltIndex * 4, symbolAddress(symbol), true);
  const at = needs.relocationIndex * 8;
  viewOf(relIplt).setUint32(at, slot, true);
  viewOf(relIplt).setUint32(at + 4, i386.IRELATIVE, true);
}

function writeSlot(
  dynamic: Dynamic,
  symbol: LinkSymbol,
  needs: Needs,
  sink: RelocationSink,
  tlsStart: number,
): void {
  const { got, relGot, relIplt } = dynamic.sections;
  const view = viewOf(got);
  const at = needs.gotAt;
  const address = addressOf(got) + at;
  if (needs.slots !== slotKind.normal && needs.slots !== 0) {
    writeThreadSlots(dynamic, symbol, needs, sink, tlsStart);
    return;
  }
  const filling = slotFilling(dynamic, symbol);
  if (filling === 'symbol') sink.add(relGot, address, i386.GLOB_DAT, symbol.dynamicIndex);
  else if (filling === 'relative') sink.add(relGot, address, i386.RELATIVE);
  else if (filling === 'indirect') {
    sink.add(dynamic.binding.hasTables ? relGot : relIplt, address, i386.IRELATIVE);
  }
  view.setUint32(at, filling === 'symbol' ? 0 : targetAddress(dynamic, symbol), true);
}

function writeThreadSlots(
  dynamic: Dynamic,
  symbol: LinkSymbol,
  { slots, gotAt }: Needs,
  sink: RelocationSink,
  tlsStart: number,
): void {
  const { got, relGot } = dynamic.sections;
  const view = viewOf(got);
  const address = addressOf(got) + gotAt;
  const index = threadIndex(symbol);
  const offset = index === 0 ? symbolAddress(symbol) - tlsStart : 0;
  if (slots & slotKind.gd) {
    sink.add(relGot, address, i386.TLS_DTPMOD32, index);
    if (index !== 0) sink.add(relGot, address + 4, i386.TLS_DTPOFF32, index);
    view.setUint32(gotAt + 4, offset, true);
    return;
  }
  if (slots === slotKind.iePositive) {
    sink.add(relGot, address, i386.TLS_TPOFF, index);
    view.setUint32(gotAt, offset, true);
    return;
  }
  sink.add(relGot, address, i386.TLS_TPOFF32, index);
  view.setUint32(gotAt, -offset, true);
  if (slots !== slotKind.ieBoth) return;
  sink.add(relGot, address + 4, i386.TLS_TPOFF, index);
  view.setUint32(gotAt + 4, offset, true);
}

/** Descriptors are numbered in the order in which code refers to them. */
export function writeDescriptor(
  dynamic: Dynamic,
  symbol: LinkSymbol,
  needs: Needs,
  tlsStart: number,
): void {
  if (needs.isDescribed) return;
  needs.isDescribed = true;
  const { gotPlt, relPlt } = dynamic.sections;
  const index = threadIndex(symbol);
  const address = addressOf(gotPlt) + needs.descriptorAt;
  const offset = index === 0 ? symbolAddress(symbol) - tlsStart : 0;
  viewOf(gotPlt).setUint32(needs.descriptorAt + 4, offset, true);
  const at = relPlt.size - dynamic.descriptors.length * 8 + dynamic.descriptorCount++ * 8;
  viewOf(relPlt).setUint32(at, address, true);
  viewOf(relPlt).setUint32(at + 4, index * 256 + i386.TLS_DESC, true);
}

function copyRelocation(dynamic: Dynamic, symbol: LinkSymbol, sink: RelocationSink): void {
  const { dataRelRo, relBss, relDataRelRo } = dynamic.sections;
  const table = symbol.section === dataRelRo ? relDataRelRo : relBss;
  sink.add(table, symbolAddress(symbol), i386.COPY, symbol.dynamicIndex);
}
