// Names for addresses, from the symbol table of an ELF file: what explanations of faults and breakpoints use.

import { readElf, symbolBinding, symbolType } from '@ring0/elf';
import type { SymbolSource } from '@ring0/emulator';

/** The symbols of an ELF file; undefined when it is not one. `nameAt` gives `name+0x12`. */
export function elfSymbols(bytes: Uint8Array, path: string): SymbolSource | undefined {
  const { file } = readElf(bytes, path);
  if (!file) return undefined;
  const named = file.symbols
    .filter((symbol) => symbol.name !== '' && typeof symbol.section === 'object')
    .filter((symbol) => symbol.type !== symbolType.section && symbol.type !== symbolType.file)
    .map((symbol) => ({
      name: symbol.name,
      value: Number(symbol.value),
      isGlobal: symbol.binding !== symbolBinding.local,
    }))
    .sort((a, b) => a.value - b.value || Number(a.isGlobal) - Number(b.isGlobal));
  const byName = new Map(named.map((symbol) => [symbol.name, symbol.value]));
  const values = Float64Array.from(named, (symbol) => symbol.value);
  return {
    addressOf: (name) => byName.get(name),
    nameAt(address) {
      let low = 0;
      let high = values.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((values[middle] ?? 0) <= address) low = middle + 1;
        else high = middle;
      }
      const found = named[low - 1];
      if (!found || address - found.value > 0x10000) return undefined;
      const offset = address - found.value;
      return offset === 0 ? found.name : `${found.name}+0x${offset.toString(16)}`;
    },
  };
}
