// Expressions once places have addresses: equated symbols are replaced by what they stand for, and
// distances within a section by numbers.

import type { Assembly } from '../object/assembly.ts';
import { constant, constantOf, fold, symbolValue, zero } from './expression.ts';
import type { Deferred, Expression, Folding, Linear } from './expression.ts';
import { labelAddress } from '../object/sections.ts';
import type { AsmSymbol } from '../object/symbols.ts';

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
    farShift: () => {},
    loop: (symbol) => assembly.reportLoop(symbol),
    tooComplex: () => assembly.reportComplexity(),
  };
}

/** Symbols that stand for sums of symbols may double the work at each step. */
const stepsMax = 200_000;
const depthMax = 1000;

/** The work on one value. */
interface Walk {
  readonly folding: Folding;
  steps: number;
  depth: number;
}

function settleSymbol(symbol: AsmSymbol, walk: Walk): Expression {
  if (symbol.state === 'absolute') return constant(symbol.value);
  if (symbol.state !== 'equated' || !symbol.expression) return symbolValue(symbol);
  if (symbol.isBeingResolved) {
    walk.folding.loop(symbol);
    symbol.state = 'absolute';
    symbol.value = 0n;
    return zero;
  }
  symbol.isBeingResolved = true;
  const value = step(symbol.expression, walk);
  symbol.isBeingResolved = false;
  return value;
}

const isPlain = (symbol: AsmSymbol | undefined) =>
  !symbol || (symbol.state !== 'equated' && symbol.state !== 'absolute');

/** The simplest form of `value`; still deferred where no address settles it. */
export function settle(value: Expression, folding: Folding): Expression {
  if (value.kind === 'linear' && isPlain(value.plus) && isPlain(value.minus)) {
    return merged(value, folding);
  }
  return step(value, { folding, steps: 0, depth: 0 });
}

/**
 * The same for a field that a relocation may fill: a symbol that other files see keeps its name,
 * also where its value is known here, since another definition may take its place.
 */
export function settleReference(value: Expression, folding: Folding): Expression {
  const settled = settle(value, folding);
  if (value.kind !== 'linear' || !value.plus || value.minus) return settled;
  const { isGlobal, isWeak, state } = value.plus;
  if ((!isGlobal && !isWeak) || (state !== 'equated' && state !== 'absolute')) return settled;
  if (settled.kind !== 'linear' || settled.minus) return settled;
  // What stands for a symbol of another file is that symbol.
  const isElsewhere = settled.plus !== undefined && settled.plus.state !== 'label';
  return isElsewhere ? settled : value;
}

function step(value: Expression, walk: Walk): Expression {
  const { folding } = walk;
  if (++walk.steps > stepsMax || walk.depth > depthMax) {
    folding.tooComplex();
    // The rest is left out quickly.
    walk.steps = stepsMax;
    return zero;
  }
  walk.depth++;
  const result = value.kind === 'deferred' ? operation(value, walk) : sum(value, walk);
  walk.depth--;
  return result;
}

function operation(value: Deferred, walk: Walk): Expression {
  const left = value.left && step(value.left, walk);
  return fold(value.operator, left, step(value.right, walk), walk.folding);
}

function sum(value: Linear, walk: Walk): Expression {
  const { folding } = walk;
  if (isPlain(value.plus) && isPlain(value.minus)) return merged(value, folding);
  const plus = value.plus ? settleSymbol(value.plus, walk) : zero;
  const minus = value.minus ? settleSymbol(value.minus, walk) : zero;
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

/**
 * Once places are final: what stands for a place or a number becomes one of its own, so that
 * relocations name it and not what it stands for, as in GNU as. What stands for a symbol of another
 * file stays.
 */
export function settleEquated(assembly: Assembly): void {
  // Of half a million labels of a compiler none is.
  if (!assembly.hasEquated) return;
  const folding = finalFolding(assembly);
  for (const symbol of assembly.symbols.all.filter(isEquated)) settleOne(assembly, symbol, folding);
  for (const symbol of assembly.places.referents.symbols.filter(isEquated)) {
    if (symbol.isHidden) settleOne(assembly, symbol, folding);
  }
}

const isEquated = (symbol: AsmSymbol) => symbol.state === 'equated';

function settleOne(assembly: Assembly, symbol: AsmSymbol, folding: Folding): void {
  if (!symbol.expression || symbol.weakTarget) return;
  const value = settle(symbolValue(symbol), folding);
  if (value.kind === 'linear' && value.plus?.state === 'common') {
    const message = `'${symbol.name}' cannot stand for '${value.plus.name}', which the linker places: it is common`;
    assembly.error('A0305', message, symbol.definedAt);
  }
  if (value.kind !== 'linear' || value.minus || value.reference !== undefined) return;
  const { plus, addend } = value;
  if (!plus) {
    symbol.state = 'absolute';
    symbol.value = addend;
  } else if (plus.state === 'label' && Number.isSafeInteger(Number(addend))) {
    symbol.state = 'label';
    symbol.subsection = plus.subsection;
    symbol.item = plus.item;
    symbol.offset = plus.offset + Number(addend);
    symbol.type ??= plus.type;
    symbol.size ??= plus.size;
  }
}

/** `number@GOT`, where the symbol got its number behind the use. */
export function isGotOfNumber({ plus, minus, reference }: Linear): boolean {
  return reference === 'GOT' && plus?.state === 'absolute' && !minus;
}

/** `symbol@SIZE` or a number less that, of a symbol that no other file can replace. */
export function sizeValue(value: Expression, folding: Folding): bigint | undefined {
  if (value.kind !== 'linear' || value.reference !== 'SIZE') return undefined;
  const { plus, minus, addend } = value;
  const symbol = plus ?? minus;
  const size = symbol && !(plus && minus) ? ownSize(symbol, folding) : undefined;
  return size === undefined ? undefined : addend + (plus ? size : -size);
}

function ownSize(symbol: AsmSymbol, folding: Folding): bigint | undefined {
  if (symbol.isSectionStart) return BigInt(symbol.subsection?.section.size ?? 0);
  if (symbol.state !== 'label' || symbol.isGlobal || symbol.isWeak || !symbol.size) {
    return undefined;
  }
  return constantOf(settleReference(symbol.size, folding));
}
