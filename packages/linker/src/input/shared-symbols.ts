// How shared objects take part in resolution. Their definitions count where no object of the link
// has one; a name with a version (`foo@VERSION`) is a name of its own, and that of the default
// version is `foo` too. Which symbols become dynamic, and when, is noted on the way: their names
// go into .dynstr in that order.

import { symbolBinding, symbolType } from '@ring0/elf';
import { isDefinedHere } from './binding.ts';
import type { LinkSymbol } from '../model.ts';
import type { SharedLibrary, SharedSymbol } from './shared-object.ts';

export class SharedScope {
  /** In the order of loading; those that turned out not to be needed are left out. */
  readonly libraries: SharedLibrary[] = [];
  /** Every name that a shared object defines, with its first definition. */
  readonly definitions = new Map<string, SharedSymbol>();
  /** Names as GNU ld enters them into its table. */
  readonly entered: string[] = [];
  private readonly known = new Set<string>();
  /** Symbols in the order in which they were found to be dynamic. */
  readonly dynamic: LinkSymbol[] = [];
  /** The output is a shared object: all its globals are dynamic. */
  exportsAll = false;

  /** Notes that GNU ld enters the name now. */
  enter(name: string): void {
    if (this.known.has(name)) return;
    this.known.add(name);
    this.entered.push(name);
  }

  /** What a shared object already says about a symbol that is mentioned for the first time. */
  introduce(symbol: LinkSymbol): void {
    const definition = this.definitions.get(symbol.name);
    if (!definition) return;
    adopt(symbol, definition);
  }

  /** An object of the link mentioned the symbol. */
  mention(symbol: LinkSymbol): void {
    const isShared = symbol.shared !== undefined || symbol.isReferencedByShared;
    if (this.exportsAll || (isShared && !isKept(symbol))) this.record(symbol);
  }

  /** The symbol goes into .dynsym, unless it is hidden. */
  record(symbol: LinkSymbol): void {
    if (symbol.dynamicOrder >= 0) return;
    if (isHidden(symbol) && symbol.state !== 'undefined') {
      symbol.isForcedLocal = true;
      return;
    }
    symbol.dynamicOrder = this.dynamic.length;
    this.dynamic.push(symbol);
  }
}

export const isHidden = ({ visibility }: LinkSymbol): boolean =>
  visibility === 1 || visibility === 2;

/** A hidden definition of the link's own stands beside that of a shared object, unaffected. */
export const isKept = (symbol: LinkSymbol): boolean => isHidden(symbol) && isDefinedHere(symbol);

/** The names that lead to a definition, its own in GNU ld's table first. */
export function namesOf({ name, version, isHidden: isNonDefault }: SharedSymbol): string[] {
  if (version === undefined) return [name];
  if (isNonDefault) return [`${name}@${version}`];
  return [`${name}@@${version}`, name, `${name}@${version}`];
}

/** From outside an indirect function is a function like others. */
const seenType = ({ type }: SharedSymbol): number =>
  type === symbolType.gnuIfunc ? symbolType.func : type;

/** Contents count for more than a common symbol does, which is only room. */
export const overridesCommon = ({ binding, type, size, isUnfilled }: SharedSymbol): boolean =>
  binding !== symbolBinding.weak && type !== symbolType.func && !(isUnfilled && size > 0);

/** A common symbol has room for what a shared object has room for under its name. */
export function enlargeCommon(symbol: LinkSymbol, definition: SharedSymbol): void {
  const { binding, type, size, alignment } = definition;
  if (binding === symbolBinding.weak || type === symbolType.func) return;
  symbol.size = Math.max(symbol.size, size);
  symbol.value = Math.max(symbol.value, alignment);
}

/** The symbol has a definition in a shared object; true where that is the one that counts. */
export function adopt(symbol: LinkSymbol, definition: SharedSymbol): boolean {
  const isFirst = symbol.shared === undefined;
  if (isFirst) symbol.shared = definition;
  if (symbol.state === 'common') {
    if (!overridesCommon(definition)) {
      enlargeCommon(symbol, definition);
      return false;
    }
    Object.assign(symbol, { state: 'undefined', isReferenced: true, isReferencedStrongly: true });
  }
  if (symbol.state === 'defined' && !isHidden(symbol)) {
    if (symbol.type === 0) symbol.type = seenType(definition);
    if (symbol.size === 0) symbol.size = definition.size;
  }
  if (!isFirst || symbol.state !== 'undefined') return false;
  // What is not to be seen outside cannot be found there either.
  if (isHidden(symbol)) return false;
  symbol.state = 'shared';
  symbol.type = seenType(definition);
  symbol.size = definition.size;
  symbol.rankName = namesOf(definition)[0];
  return true;
}

/** What loading `library` would give that something refers to strongly: the first such name. */
export function wantedOf(
  library: SharedLibrary,
  globals: ReadonlyMap<string, LinkSymbol>,
  loaded: readonly SharedLibrary[],
): { name: string; by: string } | undefined {
  const isOnList = loaded.some((l) => l.needed.includes(library.soname));
  for (const definition of library.symbols) {
    if (!definition.isDefined) continue;
    const names = namesOf(definition);
    const found = names.find((name) => {
      const symbol = globals.get(name);
      if (symbol?.state !== 'undefined' || isHidden(symbol)) return false;
      if (symbol.isReferencedStrongly) return true;
      const isWeak = symbol.binding === symbolBinding.weak;
      return symbol.isReferencedByShared && !isWeak && !isOnList;
    });
    const by = found === undefined ? undefined : globals.get(found);
    if (by) return { name: names[0], by: by.object?.name ?? '' };
  }
  return undefined;
}

/**
 * A weak data definition and a strong one of the same place are one object: where the one is
 * dynamic, so is the other.
 */
export function pairAliases(
  library: SharedLibrary,
  find: (definition: SharedSymbol) => LinkSymbol | undefined,
  enter: (definition: SharedSymbol) => LinkSymbol,
  record: (symbol: LinkSymbol) => void,
): void {
  // The last one comes first, as in GNU ld's list.
  for (const [weak, strong] of aliases(library).toReversed()) {
    const one = find(weak);
    const other = find(strong);
    const isDynamic = (symbol: LinkSymbol | undefined): boolean =>
      symbol !== undefined && symbol.dynamicOrder >= 0;
    if (one && isDynamic(one) && !isDynamic(other)) record(other ?? enter(strong));
    else if (isDynamic(other) && !isDynamic(one)) record(one ?? enter(weak));
  }
}

/** Weak data definitions with the strong one at the same address. */
export function aliases(library: SharedLibrary): [SharedSymbol, SharedSymbol][] {
  const strong = new Map<number, SharedSymbol>();
  const isData = (s: SharedSymbol): boolean =>
    s.isDefined && !s.isAbsolute && s.type !== symbolType.func && s.type !== symbolType.gnuIfunc;
  for (const symbol of library.symbols) {
    if (!isData(symbol) || symbol.binding === symbolBinding.weak) continue;
    const other = strong.get(symbol.value);
    if (!other || other.size !== symbol.size) strong.set(symbol.value, symbol);
  }
  const pairs: [SharedSymbol, SharedSymbol][] = [];
  for (const symbol of library.symbols) {
    if (!isData(symbol) || symbol.binding !== symbolBinding.weak) continue;
    const other = strong.get(symbol.value);
    if (other && other.type === symbol.type) pairs.push([symbol, other]);
  }
  return pairs;
}
