// The common values by plain arithmetic: a symbol's or the distance of two labels, without the
// objects and the 64-bit numbers of `settle`. What is not common is left to that.

import type { Items } from '../object/items.ts';
import type { OtherReferent } from '../object/references.ts';
import { labelAddress } from '../object/sections.ts';
import type { AsmSymbol } from '../object/symbols.ts';

/** Below 2^53 in magnitude, so that a number holds it; undefined elsewhere. */
function small(value: bigint): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/**
 * The value of a LEB128 item that is a number by now; undefined where it is not, or not easily. An
 * unsigned one is never negative.
 */
export function smallLebValue(items: Items, index: number, isSigned: boolean): number | undefined {
  const plus = items.references.symbol(index);
  const value = plus
    ? valueOfSymbols(plus, items.minus(index))
    : valueOf(items.references.other(index));
  return value !== undefined && (isSigned || value >= 0) ? value : undefined;
}

function distance(plus: AsmSymbol, minus: AsmSymbol): number | undefined {
  if (plus.state !== 'label' || minus.state !== 'label') return undefined;
  if (plus.subsection?.section !== minus.subsection?.section) return undefined;
  return labelAddress(plus) - labelAddress(minus);
}

function valueOfSymbols(plus: AsmSymbol, minus: AsmSymbol | undefined): number | undefined {
  if (minus) return distance(plus, minus);
  return plus.state === 'absolute' ? small(plus.value) : undefined;
}

function valueOf(reference: OtherReferent | undefined): number | undefined {
  if (!reference || !('kind' in reference) || reference.kind !== 'linear') return undefined;
  const { plus, minus, addend } = reference;
  if (!plus || reference.reference !== undefined) return undefined;
  const rest = addend === 0n ? 0 : small(addend);
  if (rest === undefined) return undefined;
  const value = minus
    ? distance(plus, minus)
    : plus.state === 'absolute'
      ? small(plus.value)
      : undefined;
  return value === undefined ? undefined : value + rest;
}
