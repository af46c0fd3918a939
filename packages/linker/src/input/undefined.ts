// What the output refers to and nobody defines.

import { i386, symbolBinding } from '@ring0/elf';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';

/** The places that need a symbol. */
export type References = Map<LinkSymbol, { section: InputSection; offset: number }[]>;

/**
 * References of sections that are placed to undefined symbols, weak ones excepted. The call of
 * ___tls_get_addr behind a general access to thread-local storage is rewritten with it, so that
 * reference does not count, nor does the symbol where there is no other. In a shared object it is
 * not rewritten. GNU ld shows the symbol all the same where it collects garbage.
 */
export function undefinedReferences(
  objects: readonly InputObject[],
  globals: Iterable<LinkSymbol>,
  isProgram: boolean,
  collects: boolean,
): References {
  const references: References = new Map();
  if (![...globals].some(isOpen)) return references;
  const rewritten = new Set<LinkSymbol>();
  for (const object of objects) {
    if (!object.symbols.some((symbol) => symbol && isOpen(symbol))) continue;
    for (const section of object.sections) {
      if (!section.isDiscarded && section.output) {
        collect(section, references, isProgram ? rewritten : undefined);
      }
    }
  }
  for (const symbol of collects ? [] : rewritten) {
    if (!references.has(symbol)) symbol.isReferenced = false;
  }
  return references;
}

const isOpen = ({ state, binding }: LinkSymbol): boolean =>
  state === 'undefined' && binding !== symbolBinding.weak && binding !== symbolBinding.local;

function collect(
  section: InputSection,
  references: References,
  rewritten: Set<LinkSymbol> | undefined,
): void {
  const { relocations } = section;
  for (let i = 0; i < relocations.length; i++) {
    const symbol = relocations.symbol(i);
    if (!symbol || !isOpen(symbol)) continue;
    const offset = relocations.offset(i);
    const before = i > 0 ? relocations.type(i - 1) : undefined;
    const isGone = before === i386.TLS_GD || before === i386.TLS_LDM;
    const list = references.get(symbol);
    if (isGone && rewritten) rewritten.add(symbol);
    else if (list) list.push({ section, offset });
    else references.set(symbol, [{ section, offset }]);
  }
}
