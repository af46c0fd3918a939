// Expressions once places have addresses: equated symbols are replaced by what they stand for, and
// distances within a section by numbers.

import type { Assembly } from './assembly.ts';
import { constant, fold, symbolValue, zero } from './expression.ts';
import type { Expression, Folding, Linear } from './expression.ts';
import { labelAddress } from './sections.ts';
import type { AsmSymbol } from './symbols.ts';

/** Folding with the addresses of the present layout. */
export function finalFolding(assembly: Assembly): Folding {
  return {
    distance: (left, right) => {
      if (left === right) return 0n;
      if (left.state !== 'label' || right.state !== 'label') return undefined;
      if (left.subsection?.section !== right.subsection?.section) return undefined;
      return BigInt(labelAddress(left) - labelAddress(right));
    },
    divisionByZero: () => assembly.error('A0104', 'division by zero'),
    loop: (symbol) => assembly.reportLoop(symbol),
  };
}

function settleSymbol(symbol: AsmSymbol, folding: Folding): Expression {
  if (symbol.state === 'absolute') return constant(symbol.value);
  if (symbol.state !== 'equated' || !symbol.expression) return symbolValue(symbol);
  if (symbol.isBeingResolved) {
    folding.loop(symbol);
    symbol.state = 'absolute';
    symbol.value = 0n;
    return zero;
  }
  symbol.isBeingResolved = true;
  const value = settle(symbol.expression, folding);
  symbol.isBeingResolved = false;
  return value;
}

const isPlain = (symbol: AsmSymbol | undefined) =>
  !symbol || (symbol.state !== 'equated' && symbol.state !== 'absolute');

/** The simplest form of `value`; still deferred where no address settles it. */
export function settle(value: Expression, folding: Folding): Expression {
  if (value.kind === 'deferred') {
    const left = value.left && settle(value.left, folding);
    return fold(value.operator, left, settle(value.right, folding), folding);
  }
  if (!value.plus && !value.minus) return value;
  if (isPlain(value.plus) && isPlain(value.minus)) {
    return merged(value, folding);
  }
  const plus = value.plus ? settleSymbol(value.plus, folding) : zero;
  const minus = value.minus ? settleSymbol(value.minus, folding) : zero;
  let result = fold('-', plus, minus, folding);
  if (value.addend !== 0n) result = fold('+', result, constant(value.addend), folding);
  if (value.reference !== undefined && result.kind === 'linear') {
    result = { ...result, reference: value.reference };
  }
  return result;
}

function merged(value: Linear, folding: Folding): Linear {
  if (!value.plus || !value.minus) return value;
  const distance = folding.distance(value.plus, value.minus);
  if (distance === undefined) return value;
  const addend = value.addend + distance;
  return { kind: 'linear', plus: undefined, minus: undefined, addend, reference: value.reference };
}
