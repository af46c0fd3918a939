// What a reference becomes at run time: the address it means as far as the linker knows it, and
// what the dynamic linker has to do about it. The pass that reserves room and the pass that fills
// it ask the same questions here.

import { i386 } from '@ring0/elf';
import {
  callsLocally,
  isConstant,
  isNumber,
  isDefinedHere,
  isDynamic,
  isIndirect,
  isPic,
  isWeakUndefined,
  refersLocally,
} from '../input/binding.ts';
import type { Dynamic } from './dynamic.ts';
import { addressOf } from '../layout/linker-sections.ts';
import { symbolAddress } from '../model.ts';
import type { LinkSymbol } from '../model.ts';

/** A weak reference to nothing that is zero from the start. */
export function isZero(dynamic: Dynamic, symbol: LinkSymbol): boolean {
  if (!isWeakUndefined(symbol)) return false;
  if (refersLocally(dynamic.binding, symbol)) return true;
  if (dynamic.binding.kind === 'shared') return false;
  const needs = dynamic.needs.get(symbol);
  const isRefused = dynamic.settings.keywords.has('nodynamic-undefined-weak');
  return (
    !dynamic.binding.hasInterpreter ||
    isRefused ||
    !needs ||
    needs.hasNonGot ||
    !(needs.got || needs.isCalled)
  );
}

/** What fills a slot of .got: the linker, the load address, or a symbol's lookup. */
export function slotFilling(
  dynamic: Dynamic,
  symbol: LinkSymbol,
): 'none' | 'relative' | 'symbol' | 'indirect' {
  const { binding } = dynamic;
  if (isZero(dynamic, symbol)) return 'none';
  if (isWeakUndefined(symbol) && symbol.visibility !== 0) return 'none';
  const isLocal = refersLocally(binding, symbol);
  if (isIndirect(symbol) && isLocal) {
    if (!hasStub(dynamic, symbol)) return 'indirect';
    return isPic(binding) ? 'relative' : 'none';
  }
  if (isLocal) return isPic(binding) && !isConstant(symbol) ? 'relative' : 'none';
  return isDynamic(symbol) ? 'symbol' : 'none';
}

const hasStub = ({ needs }: Dynamic, symbol: LinkSymbol): boolean =>
  (needs.get(symbol)?.pltAt ?? -1) >= 0;

/** What fills a field that holds an address or a distance. */
export function fieldFilling(
  dynamic: Dynamic,
  symbol: LinkSymbol,
  type: number,
  isWritable: boolean,
): 'none' | 'relative' | 'symbol' | 'indirect' {
  const { binding } = dynamic;
  const isDistance = type === i386.PC32 || type === i386.SIZE32;
  if (isIndirect(symbol) && callsLocally(binding, symbol)) {
    if (isDistance || (!isPic(binding) && hasStub(dynamic, symbol))) return 'none';
    return isPic(binding) || isWritable ? 'indirect' : 'none';
  }
  if (!isPic(binding)) return fixedFilling(dynamic, symbol);
  if (symbol.binding === 0) return isDistance || isNumber(symbol) ? 'none' : 'relative';
  if (isWeakUndefined(symbol) && (symbol.visibility !== 0 || isZero(dynamic, symbol))) {
    return isDistance && isDynamic(symbol) ? 'symbol' : 'none';
  }
  // Who takes it for granted gets what GNU ld makes of it.
  if (isNowhere(symbol) && binding.kind === 'pie') return 'relative';
  if (isDistance) {
    if (callsLocally(binding, symbol) || !isDynamic(symbol)) return 'none';
    return binding.kind === 'pie' && symbol.section !== undefined ? 'none' : 'symbol';
  }
  // The edges of a section are the linker's own, so nobody else's can be meant.
  const isEdge = symbol.isMade && symbol.visibility === 3;
  const isOpen = binding.kind === 'shared' && !binding.bindsHere(symbol) && !isEdge;
  if (isDynamic(symbol) && (isOpen || !isDefinedHere(symbol))) return 'symbol';
  if (symbol.state === 'undefined') return 'none';
  return isNumber(symbol) ? 'none' : 'relative';
}

function fixedFilling(dynamic: Dynamic, symbol: LinkSymbol): 'none' | 'symbol' {
  if (symbol.binding === 0 || !isDynamic(symbol)) return 'none';
  const needs = dynamic.needs.get(symbol);
  const isOpenWeak = isWeakUndefined(symbol) && !isZero(dynamic, symbol);
  if (needs?.isDirect && !isOpenWeak) return 'none';
  return symbol.state === 'shared' || symbol.state === 'undefined' ? 'symbol' : 'none';
}

/** The symbol's index in relocations for thread-local storage; 0: the offset is known. */
export function threadIndex(symbol: LinkSymbol): number {
  return isDynamic(symbol) ? Math.max(1, symbol.dynamicIndex) : 0;
}

/** Only a call that was rewritten refers to it: it has an entry that nothing uses. */
export const isNowhere = (symbol: LinkSymbol): boolean =>
  symbol.state === 'undefined' && !isWeakUndefined(symbol) && !isDynamic(symbol);

/** An indirect function that nobody else can replace: its entry is resolved by its own code. */
export const isOwnStub = ({ binding }: Dynamic, symbol: LinkSymbol): boolean =>
  isIndirect(symbol) &&
  (!isDynamic(symbol) || binding.kind !== 'shared' || symbol.visibility !== 0);

/** The address of `_GLOBAL_OFFSET_TABLE_`. */
export const gotBase = ({ sections }: Dynamic): number => addressOf(sections.gotPlt);

/** The symbol's entry in a procedure linkage table, where it has one. */
export function pltAddress(
  { sections, needs, binding }: Dynamic,
  s: LinkSymbol,
): number | undefined {
  const own = needs.get(s);
  if (!own) return undefined;
  if (own.pltGotAt >= 0) return addressOf(sections.pltGot) + own.pltGotAt;
  if (own.pltSecAt >= 0) return addressOf(sections.pltSec) + own.pltSecAt;
  if (own.pltAt < 0) return undefined;
  return addressOf(binding.hasTables ? sections.plt : sections.iplt) + own.pltAt;
}

/** The address that the symbol means in code and data that need no relocation. */
export function targetAddress(dynamic: Dynamic, symbol: LinkSymbol): number {
  const isElsewhere = symbol.state === 'shared' && symbol.section === undefined;
  if (isElsewhere || isIndirect(symbol)) {
    return pltAddress(dynamic, symbol) ?? symbolAddress(symbol);
  }
  return symbolAddress(symbol);
}

/** Where a call by way of the procedure linkage table goes. */
export function callAddress(dynamic: Dynamic, symbol: LinkSymbol): number {
  return pltAddress(dynamic, symbol) ?? symbolAddress(symbol);
}

/** The address of the symbol's slot, be it in .got or that of its entry in .plt. */
export function slotAddress(dynamic: Dynamic, symbol: LinkSymbol): number {
  const { needs, sections, binding } = dynamic;
  const own = needs.get(symbol);
  if (!own) return 0;
  if (own.gotAt >= 0) return addressOf(sections.got) + own.gotAt;
  if (own.pltIndex < 0) return 0;
  if (!binding.hasTables) return addressOf(sections.igotPlt) + own.pltIndex * 4;
  return pltSlot(dynamic, own.pltIndex);
}

/** The slot of the entry of .plt with that index. */
export const pltSlot = ({ sections }: Dynamic, index: number): number =>
  addressOf(sections.gotPlt) + 12 + index * 4;
