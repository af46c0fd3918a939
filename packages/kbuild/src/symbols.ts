// The symbols of a linked file, as a table for tracers.

import { readElf, symbolBinding, symbolType } from '@ring0/elf';

/** Addresses by name; of a local name that stands for several, the first; sorted by address, then name. */
export function elfSymbolTable(bytes: Uint8Array): Record<string, number> {
  const { file } = readElf(bytes, 'kernel.elf');
  const table = new Map<string, number>();
  const skipped: readonly number[] = [symbolType.section, symbolType.file];
  const named = (file?.symbols ?? [])
    .filter(({ name, type }) => name !== '' && !skipped.includes(type))
    .sort(
      (a, b) =>
        Number(a.binding === symbolBinding.local) - Number(b.binding === symbolBinding.local),
    );
  for (const { name, value } of named) if (!table.has(name)) table.set(name, Number(value));
  const rows = [...table].sort(([a, left], [b, right]) => left - right || (a < b ? -1 : 1));
  return Object.fromEntries(rows);
}
