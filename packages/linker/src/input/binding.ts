// Who a reference reaches at run time: the definition in this output, or whatever the dynamic
// linker finds (gABI chapter 4, "Symbol Table"; ELF visibility). Every pass that asks whether
// something can be settled at link time asks here.

import { symbolBinding, symbolType } from '@ring0/elf';
import type { LinkSymbol } from '../model.ts';

/** What the questions depend on. */
export interface Binding {
  readonly kind: 'executable' | 'pie' | 'shared';
  /** The output has .dynamic and its tables. */
  readonly hasTables: boolean;
  readonly hasInterpreter: boolean;
  /** -z nodynamic-undefined-weak: a weak reference to nothing is zero for good. */
  readonly settlesWeak: boolean;
  /** -Bsymbolic, or -Bsymbolic-functions for functions. */
  readonly bindsHere: (symbol: LinkSymbol) => boolean;
}

/** Code and data may be loaded anywhere. */
export const isPic = ({ kind }: Binding): boolean => kind !== 'executable';

export const isDynamic = (symbol: LinkSymbol): boolean =>
  symbol.dynamicOrder >= 0 && !symbol.isForcedLocal;

/** An object of the link, the script or the linker defines it. */
export const isDefinedHere = ({ state }: LinkSymbol): boolean =>
  state === 'defined' || state === 'common';

export const isWeakUndefined = ({ state, binding }: LinkSymbol): boolean =>
  state === 'undefined' && binding === symbolBinding.weak;

export const isFunction = ({ type }: LinkSymbol): boolean =>
  type === symbolType.func || type === symbolType.gnuIfunc;

/** An indirect function: its address is what it returns at start. */
export const isIndirect = (symbol: LinkSymbol): boolean =>
  symbol.type === symbolType.gnuIfunc && isDefinedHere(symbol);

/** A plain number, which does not move with the output. */
export const isConstant = (symbol: LinkSymbol): boolean =>
  symbol.state === 'defined' &&
  symbol.section === 'absolute' &&
  !symbol.isMade &&
  symbol.object?.isBare !== true;

/** A number once all is laid out, be it the script's. */
export const isNumber = ({ state, section, object, isMade }: LinkSymbol): boolean =>
  state === 'defined' && section === 'absolute' && (isMade || object?.isBare !== true);

function bindsLocally(binding: Binding, symbol: LinkSymbol, isProtectedLocal: boolean): boolean {
  if (symbol.binding === symbolBinding.local || symbol.isForcedLocal) return true;
  if (symbol.visibility === 1 || symbol.visibility === 2) return true;
  if (!isDefinedHere(symbol)) return false;
  if (!isDynamic(symbol)) return true;
  if (binding.kind !== 'shared' || binding.bindsHere(symbol)) return true;
  if (symbol.visibility === 0) return false;
  return isProtectedLocal || !isFunction(symbol);
}

/** The address that a reference means is the definition here. */
export function refersLocally(binding: Binding, symbol: LinkSymbol): boolean {
  if (bindsLocally(binding, symbol, false)) return true;
  if (!isWeakUndefined(symbol)) return false;
  const cannotBeFound = binding.kind !== 'shared' && !binding.hasInterpreter;
  return symbol.visibility !== 0 || cannotBeFound;
}

/** A call reaches the definition here. */
export const callsLocally = (binding: Binding, symbol: LinkSymbol): boolean =>
  bindsLocally(binding, symbol, true);

/** What is excluded from the link (SHF_EXCLUDE) gives way. */
export const isLeftOut = ({ section }: LinkSymbol): boolean =>
  typeof section === 'object' && section.kind === 'input' && section.isDiscarded;
