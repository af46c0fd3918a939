// Symbols that the script defines. PROVIDE defines a name only where an object refers to it and
// none defines it.

import type { LayoutItem, LinkSymbol } from './model.ts';
import type { Assignment } from './script-syntax.ts';

/** The assignment takes effect: always, but for PROVIDE of a name that nobody wants. */
export function isScriptSymbolWanted(
  { name, isProvided }: Assignment,
  globals: ReadonlyMap<string, LinkSymbol>,
): boolean {
  if (name === '.' || !isProvided) return true;
  const symbol = globals.get(name);
  if (!symbol) return false;
  return symbol.isMade || symbol.state === 'undefined' || symbol.state === 'common';
}

/** All assignments of a list of items, those inside sections included. */
export function* assignments(items: readonly LayoutItem[]): Generator<Assignment> {
  for (const item of items) {
    if (item.kind === 'assign') yield item;
    else if (item.kind === 'output') {
      for (const part of item.body) if (part.kind === 'assign') yield part;
    }
  }
}
