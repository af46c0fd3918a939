// Symbols whose use is to be warned of: what to say stands in section .gnu.warning.NAME of the
// object, or of the shared object, that defines NAME (GNU's extension; glibc's gets and tmpnam).

import { sectionIndex, stringAt } from '@ring0/elf';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';

const prefix = '.gnu.warning.';

export interface SymbolWarning {
  readonly name: string;
  readonly text: string;
}

/** What a section of that name says; undefined: it is another section. */
export function symbolWarning(name: string, data: Uint8Array): SymbolWarning | undefined {
  return name.startsWith(prefix)
    ? { name: name.slice(prefix.length), text: stringAt(data, 0) }
    : undefined;
}

export class WarnedSymbols {
  private readonly said: SymbolWarning[] = [];
  private readonly waiting = new Map<string, SymbolWarning>();

  /** Whoever used the name before is told each time, whoever uses it later only once. */
  note(warning: SymbolWarning, isUsed: boolean): void {
    if (isUsed) this.said.push(warning);
    else if (!this.waiting.has(warning.name)) this.waiting.set(warning.name, warning);
  }

  /** Everything that is to be said once all is loaded. */
  all(globals: ReadonlyMap<string, LinkSymbol>): SymbolWarning[] {
    const isUsed = ({ name }: SymbolWarning): boolean =>
      globals.get(name)?.isReferencedStrongly === true &&
      !this.said.some((each) => each.name === name);
    return [...this.said, ...[...this.waiting.values()].filter(isUsed)];
  }
}

/** The first place of the first object that refers to the symbol without defining it. */
export function firstReference(
  objects: readonly InputObject[],
  symbol: LinkSymbol,
): { readonly section: InputSection; readonly offset: number } | undefined {
  for (const { symbols, file, sections } of objects) {
    const index = symbols.indexOf(symbol);
    if (index <= 0 || file?.symbolSection(index) !== sectionIndex.undefined) continue;
    for (const section of sections) {
      const list = section.relocations;
      for (let i = 0; i < list.length; i++) {
        if (list.symbol(i) === symbol) return { section, offset: list.offset(i) };
      }
    }
    return undefined;
  }
  return undefined;
}
